//! Choosing two records, seeing what merging them would do, doing it, taking it back.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::{Path, Query, RawQuery, State};
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::list::MERGES;
use super::model::{self, Difference, Kind};
use super::queries::{self, Merge, Side};
use super::{MergeId, commands};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, MergeRecords, SeeDevices};
use crate::app::App;
use crate::audit::words;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::platform::db::list::ListPage;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "inventory/merges/index.html")]
struct MergeIndex {
    list: ListPage,
    may_merge: bool,
}

impl View for MergeIndex {
    fn title(&self) -> String {
        "Fusions".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Parc", "/inventory/devices"),
            Crumb::here("Fusions"),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists merges, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    if let Some(file) = lists::export(&app, &permit, &MERGES, raw.as_deref()).await? {
        return Ok(Listed::File(file));
    }
    let mut read = app.read(&permit).await?;
    let list = lists::page(&mut read, &MERGES, raw.as_deref(), &permit).await?;
    Ok(Listed::Page(Page::of(MergeIndex {
        list,
        may_merge: permit.caller().holds(MergeRecords::NAME),
    })))
}

/// Which two.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    kept: String,
    double: String,
}

/// What is chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MergeForm {
    kind: String,
    kept: String,
    double: String,
    taken: Vec<String>,
    reason: String,
}

/// One line of the comparison.
struct Line {
    key: &'static str,
    label: &'static str,
    kept: String,
    double: String,
    taken: bool,
    conflicts: bool,
}

/// What follows the kept record, in words.
struct Following {
    what: String,
    n: i64,
}

#[derive(Template)]
#[template(path = "inventory/merges/new.html")]
struct MergeNew {
    kind: Kind,
    form: Typed<MergeForm>,
    kept: Option<Side>,
    double: Option<Side>,
    lines: Vec<Line>,
    following: Vec<Following>,
    refusal: Option<String>,
}

impl MergeNew {
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        Kind::ALL.iter().map(|k| (k.code(), k.label())).collect()
    }
    fn source(&self) -> &'static str {
        match self.kind {
            Kind::Organisation => "/parties/organisations/suggestions",
            Kind::Model => "/inventory/models/suggestions",
            Kind::Device => "/search/suggestions?kind=device",
        }
    }
    fn chosen(&self, side: &Option<Side>) -> Vec<(String, String)> {
        side.iter()
            .map(|s| (s.id.to_string(), format!("{} · {}", s.name, s.detail)))
            .collect()
    }
    fn conflicts(&self) -> usize {
        self.lines.iter().filter(|l| l.conflicts).count()
    }
    fn swapped(&self) -> String {
        match (&self.kept, &self.double) {
            (Some(kept), Some(double)) => format!(
                "/inventory/merges/new?kind={}&kept={}&double={}",
                self.kind.code(),
                double.id,
                kept.id
            ),
            _ => String::new(),
        }
    }
}

impl View for MergeNew {
    fn title(&self) -> String {
        "Fusionner deux fiches".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Fusions", "/inventory/merges"),
            Crumb::here("Nouvelle"),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|l| serde_json::json!({ "key": l.key, "label": l.label, "kept": l.kept, "double": l.double, "conflicts": l.conflicts, "taken": l.taken }))
            .collect();
        let following: Vec<_> = self
            .following
            .iter()
            .map(|f| serde_json::json!({ "what": f.what, "count": f.n }))
            .collect();
        serde_json::json!({ "kind": self.kind, "differences": lines, "moves": following, "refusal": self.refusal })
    }
}

/// A value in words.
fn said(column: &str, value: &Value, named: &HashMap<String, String>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "oui" } else { "non" }.into(),
        Value::Number(number) if column == "price_cents" => number
            .as_i64()
            .map(|cents| format!("{},{:02} €", cents / 100, cents % 100))
            .unwrap_or_default(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => match text.parse() {
            Ok(day) if text.len() == 10 => date::short(day),
            _ => named.get(text).cloned().unwrap_or_else(|| text.clone()),
        },
        Value::Array(items) => items
            .iter()
            .map(|item| said(column, item, named))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(_) => String::new(),
    }
}

fn line(difference: Difference, typed: Option<&[String]>, named: &HashMap<String, String>) -> Line {
    let words = |left: bool| {
        difference
            .columns
            .iter()
            .filter(|(column, ..)| !column.starts_with("udi_") || *column == "udi_text")
            .map(|(column, a, b)| said(column, if left { a } else { b }, named))
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    };
    Line {
        key: difference.key,
        label: difference.label,
        kept: words(true),
        double: words(false),
        taken: typed.map_or(difference.fills, |t| t.iter().any(|k| k == difference.key)),
        conflicts: difference.conflicts,
    }
}

async fn maybe_side(
    conn: &mut PgConnection,
    permit: &Permit<MergeRecords>,
    kind: Kind,
    typed: &str,
) -> Result<Option<Side>> {
    let Ok(id) = typed.trim().parse::<Uuid>() else {
        return Ok(None);
    };
    match queries::side(conn, permit.sees(), kind, id).await {
        Ok(side) => Ok(Some(side)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn compared(
    conn: &mut PgConnection,
    kind: Kind,
    (kept, double): (&Side, &Side),
    typed: Option<&[String]>,
) -> Result<(Vec<Line>, Vec<Following>, Option<String>)> {
    let found = model::differences(kind, &kept.record, &double.record);
    let ids: HashSet<Uuid> = found
        .iter()
        .flat_map(|d| &d.columns)
        .flat_map(|(_, a, b)| [a, b])
        .filter_map(|v| v.as_str()?.parse().ok())
        .collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let named = queries::words(conn, &ids).await?;
    let following = queries::pointing(conn, kind, double.id)
        .await?
        .into_iter()
        .map(|p| Following {
            what: words::table(&p.tab).to_owned(),
            n: p.n,
        })
        .collect();
    let refusal = commands::refusal(conn, kind, kept, double).await?;
    Ok((
        found.into_iter().map(|d| line(d, typed, &named)).collect(),
        following,
        refusal,
    ))
}

/// Shows two records side by side, and what merging them would do.
pub async fn new(
    State(app): State<App>,
    permit: Permit<MergeRecords>,
    Query(asked): Query<Asked>,
    form: Typed<MergeForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let again = form.is_again();
    let form = form.or(|| MergeForm {
        kind: asked.kind.clone(),
        kept: asked.kept.clone(),
        double: asked.double.clone(),
        ..MergeForm::default()
    });
    let kind = Kind::from_code(&form.values.kind).unwrap_or(Kind::Device);
    let kept = maybe_side(&mut read, &permit, kind, &form.values.kept).await?;
    let double = maybe_side(&mut read, &permit, kind, &form.values.double).await?;
    let (lines, following, refusal) = match (&kept, &double) {
        (Some(kept), Some(double)) => {
            let typed = again.then_some(form.values.taken.as_slice());
            compared(&mut read, kind, (kept, double), typed).await?
        }
        _ => (vec![], vec![], None),
    };
    Ok(Page::of(MergeNew {
        kind,
        form,
        kept,
        double,
        lines,
        following,
        refusal,
    }))
}

/// Merges.
pub async fn create(
    State(app): State<App>,
    permit: Permit<MergeRecords>,
    form: Form<MergeForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let mut errors = FieldErrors::default();
    let kind = check::maybe_code(&mut errors, "kind", &form.kind, Kind::from_code);
    let kept = check::chosen::<Uuid>(&mut errors, "kept", &form.kept);
    let double = check::chosen::<Uuid>(&mut errors, "double", &form.double);
    let reason = check::line(&mut errors, "reason", &form.reason, 300);
    if reason.as_ref().is_some_and(|r| r.chars().count() < 5) {
        errors.add(
            "reason",
            "Dites en quelques mots pourquoi c’est la même chose.",
        );
    }
    let (Some(kind), Some(kept), Some(double), Some(reason), true) =
        (kind, kept, double, reason, errors.is_empty())
    else {
        if form.kind.trim().is_empty() {
            errors.add("kind", "Dites ce que vous fusionnez.");
        }
        return Err(errors.into());
    };
    let kept = queries::side(&mut tx, permit.sees(), kind, kept).await?;
    let double = queries::side(&mut tx, permit.sees(), kind, double).await?;
    permit.over(&double)?;
    let covered = permit.over(&kept)?;
    let (id, event) = commands::merge(
        &mut tx,
        covered,
        kind,
        (&kept, &double),
        &form.taken,
        &reason,
    )
    .await?;
    tx.commit(event, format!("/inventory/merges/{id}")).await
}

#[derive(Template)]
#[template(path = "inventory/merges/show.html")]
struct MergeShow {
    merge: Merge,
    moved: Vec<Following>,
    taken: Vec<&'static str>,
    may_undo: bool,
    merged: String,
    until: String,
    undone: String,
    form: Typed<UndoForm>,
}

impl MergeShow {
    fn verdict(&self) -> (&'static str, String) {
        if self.merge.undone_at.is_some() {
            match self.merge.left_as_is.as_deref().unwrap_or_default() {
                [] => ("good", "Fusion défaite : tout est rétabli.".into()),
                left => (
                    "watch",
                    format!("Fusion défaite, sauf : {}.", left.join(" ; ")),
                ),
            }
        } else {
            (
                "info",
                format!(
                    "« {} » est annulée comme double de « {} ». Peut être défaite jusqu’au {}.",
                    self.merge.merged_name, self.merge.kept_name, self.until
                ),
            )
        }
    }
}

impl View for MergeShow {
    fn title(&self) -> String {
        format!("Fusion de {}", self.merge.merged_name)
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Fusions", "/inventory/merges"),
            Crumb::here(self.merge.merged_name.clone()),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        let m = &self.merge;
        serde_json::json!({
            "id": m.id, "kind": m.kind, "kept_id": m.kept_id, "kept": m.kept_name, "double_id": m.merged_id, "double": m.merged_name,
            "taken": m.taken, "before": m.before, "after": m.after, "reason": m.reason, "merged_at": m.merged_at, "merged_by": m.merged_by,
            "undo_before": m.undo_before, "undone_at": m.undone_at, "undone_reason": m.undone_reason, "left_as_is": m.left_as_is, "version": m.version,
        })
    }
}

/// Shows a merge.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<MergeId>,
    form: Typed<UndoForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let merge = queries::find(&mut read, permit.sees(), id).await?;
    let now = app.clock().now();
    let zone = chrono_tz::Europe::Paris;
    let moved = merge
        .moved
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, ids)| Following {
            what: words::table(key.split('.').next().unwrap_or_default()).to_owned(),
            n: ids
                .as_array()
                .map_or(0, |a| i64::try_from(a.len()).unwrap_or(i64::MAX)),
        })
        .collect();
    let acts = permit.caller().scope(MergeRecords::NAME);
    Ok(Page::of(MergeShow {
        taken: merge
            .kind
            .groups()
            .iter()
            .filter(|g| merge.taken.iter().any(|t| t == g.key))
            .map(|g| g.label)
            .collect(),
        may_undo: merge.may_be_undone(now)
            && acts.reaches(crate::accounts::access::Placed::place(&merge)),
        merged: date::instant(merge.merged_at, zone),
        until: date::instant(merge.undo_before, zone),
        undone: merge
            .undone_at
            .map(|at| date::instant(at, zone))
            .unwrap_or_default(),
        moved,
        form,
        merge,
    }))
}

/// Why a merge is taken back.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UndoForm {
    reason: String,
}

/// Takes a merge back.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<MergeRecords>,
    Path(id): Path<MergeId>,
    form: Form<UndoForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let merge = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&merge)?;
    let mut errors = FieldErrors::default();
    let reason = check::line(&mut errors, "reason", &form.reason, 300);
    errors.done()?;
    let kept = queries::side(&mut tx, permit.sees(), merge.kind, merge.kept_id).await?;
    let event = commands::undo(
        &mut tx,
        covered,
        &merge,
        &kept.record,
        &reason.unwrap_or_default(),
    )
    .await?;
    tx.commit(event, format!("/inventory/merges/{id}")).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_said_in_words() {
        let named = HashMap::from([("a1".to_owned(), "Réanimation".to_owned())]);
        assert_eq!(said("unit_id", &json!("a1"), &named), "Réanimation");
        assert_eq!(said("price_cents", &json!(120050), &named), "1200,50 €");
        assert_eq!(
            said("first_service_date", &json!("2026-03-01"), &named),
            "1er\u{a0}mars\u{a0}2026"
        );
        assert_eq!(said("is_dmn", &json!(false), &named), "non");
    }
}
