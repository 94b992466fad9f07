//! Retention on the screen: each rule, what would go now and why; and the processing record of Vigie itself.

use askama::Template;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::commands;
use super::model::{Class, cutoff, last_day, term};
use super::queries::{self, Due, DueDocument, Rule, Tombstone};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, PurgeData, SeeRetention};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result, date};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};
use crate::shell::lists::ZONE;

/// A rule and what it has to say today.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = RetentionLine)]
pub(super) struct Line {
    rule: Rule,
    term: String,
    before: String,
    due: Option<Due>,
    oldest: String,
}

#[derive(Template)]
#[template(path = "admin/retention/index.html")]
struct RetentionIndex {
    lines: Vec<Line>,
    documents: Vec<DueDocument>,
    documents_due: i64,
    tombstones: Vec<(Tombstone, String)>,
    may_purge: bool,
    form: Typed<PurgeForm>,
}

impl View for RetentionIndex {
    fn title(&self) -> String {
        "Conservation".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Conservation")]
    }

    fn resource(&self) -> serde_json::Value {
        let destroyed: Vec<&Tombstone> = self.tombstones.iter().map(|(stone, _)| stone).collect();
        serde_json::json!({ "rules": self.lines, "documents": self.documents, "tombstones": destroyed })
    }
}

/// Documents shown of those that would go.
const SHOWN: i64 = 50;

/// What is kept for how long, and what would go now.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeRetention>,
    form: Typed<PurgeForm>,
) -> Result<Page> {
    let now = app.clock().now();
    let mut read = app.read(&permit).await?;
    let (mut lines, mut documents, mut documents_due) = (Vec::new(), Vec::new(), 0);
    // What is due is counted over the whole group: only who answers for it is told.
    let whole = permit.sees().group;
    for rule in queries::list(&mut read).await? {
        let before = cutoff(now, rule.months);
        let class = Class::of_code(&rule.code).filter(|_| whole);
        let due = match class {
            Some(class) => Some(queries::due(&mut read, class, before).await?),
            None => None,
        };
        if let (Some(Class::DeviceDocuments), Some(due)) = (class, &due) {
            documents_due = due.count;
            documents =
                queries::due_documents(&mut read, last_day(now, rule.months), SHOWN).await?;
        }
        lines.push(Line {
            term: term(rule.months),
            before: day(before),
            oldest: due
                .as_ref()
                .and_then(|due| due.oldest)
                .map(day)
                .unwrap_or_default(),
            due,
            rule,
        });
    }
    let tombstones = match whole {
        true => queries::tombstones(&mut read).await?,
        false => vec![],
    };
    Ok(Page::of(RetentionIndex {
        lines,
        documents,
        documents_due,
        tombstones: tombstones
            .into_iter()
            .map(|stone| {
                let at = date::instant(stone.destroyed_at, ZONE);
                (stone, at)
            })
            .collect(),
        may_purge: permit.caller().scope(PurgeData::NAME).group,
        form,
    }))
}

fn day(at: DateTime<Utc>) -> String {
    at.with_timezone(&ZONE).format("%d/%m/%Y").to_string()
}

/// What to purge, how many rows were announced, under which visa.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PurgeForm {
    class: String,
    count: String,
    visa: String,
}

/// Purges a class.
pub async fn create(
    State(app): State<App>,
    permit: Permit<PurgeData>,
    form: Form<PurgeForm>,
) -> Result<Saved> {
    let asked = &form.fields;
    let class = Class::of_code(&asked.class).ok_or_else(|| {
        Error::field(
            "class",
            "Choisissez une des classes que cette page propose de purger.",
        )
    })?;
    let announced: u64 = asked.count.trim().parse().map_err(|_| {
        Error::field(
            "count",
            "Le nombre annoncé manque : rechargez la page, qui le donne.",
        )
    })?;
    let mut tx = app.begin(&permit, &form).await?;
    let covered = permit.over(&Place::SHARED)?;
    let (purged, event) = commands::purge(&mut tx, covered, class, &asked.visa).await?;
    if purged.count != announced {
        return Err(Error::Conflict(format!(
            "{announced} étaient annoncés et {} sont maintenant échus.",
            purged.count
        )));
    }
    let saved = tx.commit(event, "/admin/retention").await?;
    for sha256 in purged.contents {
        app.blobs().remove(&sha256).await?;
    }
    Ok(saved)
}

#[derive(Template)]
#[template(path = "admin/processing/show.html")]
struct ProcessingShow {
    group: String,
    rules: Vec<(Rule, String)>,
    people: i64,
    concerned: String,
    day: String,
}

impl View for ProcessingShow {
    fn title(&self) -> String {
        "Registre des traitements : Vigie".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Conservation", "/admin/retention"),
            Crumb::here("Fiche du traitement"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let rules: Vec<&Rule> = self.rules.iter().map(|(rule, _)| rule).collect();
        serde_json::json!({ "controller": self.group, "people": self.people, "retention": rules })
    }
}

/// The sheet of art. 30 of the GDPR for Vigie itself, to be completed by the hospital's DPO and printed.
pub async fn processing(State(app): State<App>, permit: Permit<SeeRetention>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let rules = queries::list(&mut read).await?;
    let people = queries::people(&mut read).await?;
    Ok(Page::of(ProcessingShow {
        group: app.instance().group_name.clone(),
        rules: rules
            .into_iter()
            .map(|rule| {
                let term = term(rule.months);
                (rule, term)
            })
            .collect(),
        people,
        concerned: format!(
            "Agents et intervenants qui ont un compte ({people} actifs aujourd’hui) ; contacts des fabricants, fournisseurs et organismes ; personnes nommées comme auteurs d’une opération"
        ),
        day: day(app.clock().now()),
    }))
}
