//! The pages of corrections: choose a field, see old → new, confirm; what was done, and undo it.

use std::collections::HashMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::CorrectionId;
use super::commands::{self, NewCorrection};
use super::model::{Current, Form as ValueForm, MOST, SheetField, Target, confirmed};
use super::order::{self, Order};
use super::queries::{self, Correction};
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::{Action, EditDevices, SeeDevices};
use crate::app::App;
use crate::inventory::custom_fields::{self, CustomField};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result, date};
use crate::platform::db::list::{ListQuery, ListSpec, Reading, Within, address, thousands};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Context, Form, Page, Saved, Typed, View, filters};
use crate::shell::lists::ZONE;

/// Lines of a preview or of a correction shown at once.
const SHOWN: usize = 200;

fn crumbs(here: String) -> Vec<Crumb> {
    vec![
        Crumb::to("Équipements", "/inventory/devices"),
        Crumb::to("Modifications en nombre", "/inventory/corrections"),
        Crumb::here(here),
    ]
}

/// What the address asks: a selection, then a field, then a value.
#[derive(Clone, Debug, Default)]
struct Asked {
    list: String,
    ids: Vec<Uuid>,
    all: bool,
    field: String,
    value: Option<String>,
}

impl Asked {
    fn read(raw: Option<&str>) -> Self {
        let pairs: Vec<(String, String)> =
            serde_html_form::from_str(raw.unwrap_or_default()).unwrap_or_default();
        let mut asked = Self::default();
        for (key, value) in pairs {
            match key.as_str() {
                "list" => asked.list = value,
                "id" => asked.ids.extend(value.parse::<Uuid>().ok()),
                "all" => asked.all = value == "1",
                "field" => asked.field = value,
                "value" => asked.value = Some(value),
                _ => {}
            }
        }
        asked.ids.truncate(500);
        asked
    }
}

/// The devices selected that the caller may correct, annulled ones left out, and how many others the
/// selection has.
struct Selected {
    devices: Vec<Current>,
    out_of_reach: i64,
}

/// The lines ticked, or all that the filters match; a filter that was not understood selects nothing.
async fn selected(
    conn: &mut PgConnection,
    permit: &Permit<EditDevices>,
    spec: &'static ListSpec,
    (list, ids): (&str, &[Uuid]),
    target: &Target,
) -> Result<Selected> {
    let ids: Vec<Uuid> = if ids.is_empty() {
        let query = ListQuery::parse(list, spec);
        if !query.is_exact() {
            return Err(Error::refused(
                "modification en nombre",
                format!(
                    "Un filtre de la liste n’est pas compris, la sélection serait trop large : {}",
                    query.warnings.join(" ")
                ),
            ));
        }
        let within = Within::from(permit.sees());
        let reading = Reading {
            query: &query,
            within: &within,
            zone: ZONE,
        };
        let (keys, more) = reading.keys(conn, MOST).await?;
        if more {
            return Err(Error::refused(
                "modification en nombre",
                format!(
                    "La sélection dépasse {} équipements : ajoutez un filtre et procédez en plusieurs fois.",
                    thousands(MOST as i64)
                ),
            ));
        }
        keys.iter().filter_map(|key| key.parse().ok()).collect()
    } else {
        ids.to_vec()
    };
    let mut devices = queries::current(conn, target, &ids, permit.acts()).await?;
    // A field of one establishment says nothing of the devices of another.
    if let Target::Custom(CustomField {
        establishment_id: Some(own),
        ..
    }) = target
    {
        devices.retain(|device| device.establishment_id == own.uuid());
    }
    let all = devices.len();
    devices.retain(|device| !device.annulled);
    Ok(Selected {
        out_of_reach: ids.len() as i64 - all as i64,
        devices,
    })
}

/// The names of the organisations that values say.
async fn names<'v>(
    conn: &mut PgConnection,
    target: &Target,
    values: impl Iterator<Item = Option<&'v str>>,
) -> Result<HashMap<String, String>> {
    if target.form() != ValueForm::Organisation {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<Uuid> = values
        .flatten()
        .filter_map(|value| value.parse().ok())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    queries::names(conn, &ids).await
}

/// A device of the preview: number, name, old, new.
struct Change {
    href: String,
    number: String,
    name: String,
    before: String,
}

/// The preview.
struct Preview {
    words: String,
    count: i64,
    unchanged: i64,
    parts: Vec<(String, usize)>,
    changes: Vec<Change>,
    token: String,
}

#[derive(Template)]
#[template(path = "inventory/corrections/new.html")]
struct CorrectionNew {
    back: String,
    kept: Vec<(&'static str, String)>,
    all: bool,
    total: i64,
    out_of_reach: i64,
    targets: Vec<(String, String)>,
    target: Option<Target>,
    value: String,
    problem: Option<String>,
    options: Vec<(String, String)>,
    preview: Option<Preview>,
    form: Typed<ConfirmForm>,
}

impl CorrectionNew {
    fn control(&self) -> &'static str {
        match self.target.as_ref().map(Target::form) {
            None => "none",
            Some(ValueForm::Line(most)) if most > 500 => "area",
            Some(ValueForm::Line(_)) => "text",
            Some(ValueForm::Day) => "date",
            Some(ValueForm::Number) => "number",
            Some(ValueForm::Flag | ValueForm::Choice(_)) => "choice",
            Some(ValueForm::Organisation) => "organisation",
        }
    }

    /// What the selection holds and will not change.
    fn left_out(&self) -> String {
        format!(
            "{} de la sélection hors de vos droits de modification : laissés de côté.",
            thousands(self.out_of_reach)
        )
    }

    fn code(&self) -> String {
        self.target.as_ref().map(Target::code).unwrap_or_default()
    }

    fn label(&self) -> String {
        self.target.as_ref().map(Target::label).unwrap_or_default()
    }
}

impl View for CorrectionNew {
    fn title(&self) -> String {
        "Modifier en nombre".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs(self.title())
    }

    fn resource(&self) -> serde_json::Value {
        let preview = self.preview.as_ref().map(|preview| {
            serde_json::json!({ "count": preview.count, "unchanged": preview.unchanged, "value": preview.words, "token": preview.token })
        });
        serde_json::json!({ "selected": self.total, "out_of_reach": self.out_of_reach, "fields": self.targets, "field": self.code(), "preview": preview })
    }
}

fn targets(fields: &[CustomField]) -> Vec<(String, String)> {
    let sheet = SheetField::ALL.iter().map(|field| Target::Sheet(*field));
    let custom = fields.iter().cloned().map(Target::Custom);
    sheet
        .chain(custom)
        .map(|target| (target.code(), target.label()))
        .collect()
}

/// Chooses what to change in a selection, and previews it.
pub async fn new(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Extension(context): Extension<Context>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
    form: Typed<ConfirmForm>,
) -> Result<Page> {
    let asked = Asked::read(raw.as_deref());
    let mut read = app.read(&permit).await?;
    let fields = custom_fields::queries::seen(&mut read, permit.sees(), false).await?;
    let spec = custom_fields::lists::with(&fields);
    let target = Target::from_code(&asked.field, &fields);
    // Before a field is chosen, the selection is counted over any of them.
    let counted = target.clone().unwrap_or(Target::Sheet(SheetField::Note));
    let ticked: &[Uuid] = if asked.all { &[] } else { &asked.ids };
    if !asked.all && ticked.is_empty() {
        return Err(Error::BadRequest(
            "aucune ligne n’est cochée : cochez des équipements dans la liste, ou prenez toute la liste"
                .into(),
        ));
    }
    let found = selected(&mut read, &permit, spec, (&asked.list, ticked), &counted).await?;
    let (mut problem, mut preview) = (None, None);
    if let (Some(target), Some(typed)) = (&target, &asked.value) {
        match target.read(typed) {
            Err(Error::Invalid(errors)) => problem = errors.of("value"),
            Err(error) => return Err(error),
            Ok(value) => {
                let order = Order {
                    account: permit.caller().account.map(|a| a.uuid()),
                    chosen: permit.caller().chosen.map(|e| e.uuid()),
                    selection: ListQuery::parse(&asked.list, spec).selection(),
                    ids: ticked.to_vec(),
                    target: target.code(),
                    value,
                    count: 0,
                    until: Order::until(context.now),
                };
                let key = order::key(&context, &headers);
                preview = Some(previewed(&mut read, target, &found, order, &key).await?);
            }
        }
    }
    let options = options(&mut read, target.as_ref(), asked.value.as_deref()).await?;
    let mut kept = vec![("list", asked.list.clone())];
    match asked.all {
        true => kept.push(("all", "1".to_owned())),
        false => kept.extend(asked.ids.iter().map(|id| ("id", id.to_string()))),
    }
    Ok(Page::of(CorrectionNew {
        back: address("/inventory/devices", &asked.list),
        kept,
        all: asked.all,
        total: found.devices.len() as i64,
        out_of_reach: found.out_of_reach,
        targets: targets(&fields),
        target,
        value: asked.value.unwrap_or_default(),
        problem,
        options,
        preview,
        form,
    }))
}

/// The choices of the value's input.
async fn options(
    conn: &mut PgConnection,
    target: Option<&Target>,
    typed: Option<&str>,
) -> Result<Vec<(String, String)>> {
    let yes_no = || {
        vec![
            ("true".to_owned(), "oui".to_owned()),
            ("false".to_owned(), "non".to_owned()),
        ]
    };
    Ok(match target.map(Target::form) {
        Some(ValueForm::Choice(choices)) => choices,
        Some(ValueForm::Flag) => yes_no(),
        Some(ValueForm::Organisation) => {
            let id = typed.and_then(|typed| typed.parse::<Uuid>().ok());
            let ids: Vec<Uuid> = id.into_iter().collect();
            queries::names(conn, &ids).await?.into_iter().collect()
        }
        _ => Vec::new(),
    })
}

async fn previewed(
    conn: &mut PgConnection,
    target: &Target,
    found: &Selected,
    order: Order,
    key: &str,
) -> Result<Preview> {
    let value = order.value.clone();
    let said = found.devices.iter().map(|device| device.value.as_deref());
    let names = names(conn, target, said.chain(std::iter::once(value.as_deref()))).await?;
    if let (ValueForm::Organisation, Some(id)) = (target.form(), &value)
        && !names.contains_key(id)
    {
        return Err(Error::field("value", "Cet organisme n’existe pas."));
    }
    let changing: Vec<&Current> = found
        .devices
        .iter()
        .filter(|device| device.differs(value.as_deref()))
        .collect();
    let before = |device: &Current| match &device.words {
        Some(words) => format!("« {words} »"),
        None => target.words(device.value.as_deref(), &names),
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for device in &changing {
        *counts.entry(before(device)).or_default() += 1;
    }
    let mut parts: Vec<(String, usize)> = counts.into_iter().collect();
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    parts.truncate(12);
    let count = changing.len() as i64;
    Ok(Preview {
        words: target.words(value.as_deref(), &names),
        count,
        unchanged: found.devices.len() as i64 - count,
        parts,
        changes: changing
            .iter()
            .take(SHOWN)
            .map(|device| Change {
                href: format!("/inventory/devices/{}", device.id),
                number: device.inventory_number.clone(),
                name: device.name.clone(),
                before: before(device),
            })
            .collect(),
        token: Order { count, ..order }.sign(key)?,
    })
}

/// What confirms a correction.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmForm {
    token: String,
    confirm: String,
    reason: String,
}

/// Proofs over every place of the devices.
fn proofs(permit: &Permit<EditDevices>, devices: &[Current]) -> Result<Vec<Covered<EditDevices>>> {
    commands::places(devices)
        .iter()
        .map(|place| permit.over(place))
        .collect()
}

/// Carries out the order that was previewed, on the number confirmed.
pub async fn create(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Extension(context): Extension<Context>,
    headers: HeaderMap,
    form: Form<ConfirmForm>,
) -> Result<Saved> {
    let order = Order::open(&form.token, &order::key(&context, &headers), context.now)?;
    let caller = permit.caller();
    if order.account != caller.account.map(|a| a.uuid()) {
        return Err(Error::NotFound);
    }
    confirmed(&form.confirm, order.count)?;
    let mut tx = app.begin(&permit, &form).await?;
    let fields = custom_fields::queries::seen(&mut tx, permit.sees(), false).await?;
    let target = Target::from_code(&order.target, &fields).ok_or(Error::NotFound)?;
    let spec = custom_fields::lists::with(&fields);
    let found = selected(
        &mut tx,
        &permit,
        spec,
        (&order.selection, &order.ids),
        &target,
    )
    .await?;
    let changing = found
        .devices
        .iter()
        .filter(|device| device.differs(order.value.as_deref()))
        .count() as i64;
    if changing != order.count || order.chosen != caller.chosen.map(|e| e.uuid()) {
        return Err(Error::refused(
            "modification en nombre",
            format!(
                "La sélection a changé depuis la préparation : {changing} équipements seraient modifiés, et non {}. Rien n’a été modifié : préparez de nouveau.",
                order.count
            ),
        ));
    }
    let covered = proofs(&permit, &found.devices)?;
    let names = names(&mut tx, &target, std::iter::once(order.value.as_deref())).await?;
    if !form.reason.trim().is_empty() {
        tx.because(form.reason.trim()).await?;
    }
    let new = NewCorrection {
        words: target.words(order.value.as_deref(), &names),
        target,
        value: order.value,
        selection: order.selection,
        devices: found.devices,
    };
    let (id, event) = commands::make(&mut tx, &covered, new).await?;
    tx.commit(event, format!("/inventory/corrections/{id}"))
        .await
}

fn instant(at: &DateTime<Utc>) -> String {
    date::instant(*at, ZONE)
}

/// A correction with its field in words.
struct Told {
    correction: Correction,
    field: String,
    made: String,
}

fn told(correction: Correction, fields: &[CustomField]) -> Told {
    let field = Target::from_code(&correction.field, fields)
        .map_or_else(|| "champ retiré".to_owned(), |target| target.label());
    Told {
        made: instant(&correction.made_at),
        correction,
        field,
    }
}

#[derive(Template)]
#[template(path = "inventory/corrections/index.html")]
struct CorrectionIndex {
    corrections: Vec<Told>,
}

impl View for CorrectionIndex {
    fn title(&self) -> String {
        "Modifications en nombre".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Équipements", "/inventory/devices"),
            Crumb::here("Modifications en nombre"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let items: Vec<_> = self.corrections.iter().map(resource).collect();
        serde_json::json!({ "items": items })
    }
}

fn resource(told: &Told) -> serde_json::Value {
    let c = &told.correction;
    serde_json::json!({
        "id": c.id, "field": c.field, "value": c.value, "value_words": c.value_words, "selection": c.selection,
        "author": c.author, "made_at": c.made_at, "changed": c.changed_count, "unchanged": c.unchanged_count,
        "undo_before": c.undo_before, "undone_at": c.undone_at, "restored": c.restored_count,
    })
}

/// The latest corrections.
pub async fn index(State(app): State<App>, permit: Permit<SeeDevices>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let fields = custom_fields::queries::seen(&mut read, permit.sees(), true).await?;
    let corrections = queries::list(&mut read, permit.caller(), None).await?;
    let corrections = corrections
        .into_iter()
        .map(|one| told(one, &fields))
        .collect();
    Ok(Page::of(CorrectionIndex { corrections }))
}

/// A line of a correction in words.
struct LineTold {
    href: String,
    number: String,
    before: String,
    became: (&'static str, String),
}

#[derive(Template)]
#[template(path = "inventory/corrections/show.html")]
struct CorrectionShow {
    told: Told,
    list: String,
    lines: Vec<LineTold>,
    until: String,
    undone: Option<String>,
    may_undo: bool,
}

impl View for CorrectionShow {
    fn title(&self) -> String {
        format!(
            "{} : {} équipements",
            self.told.field, self.told.correction.changed_count
        )
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs(self.title())
    }

    fn resource(&self) -> serde_json::Value {
        resource(&self.told)
    }
}

/// Shows what was done, device by device.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<CorrectionId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let correction = queries::find(&mut read, permit.caller(), id).await?;
    let fields = custom_fields::queries::seen(&mut read, permit.sees(), true).await?;
    let target = Target::from_code(&correction.field, &fields);
    let lines = queries::lines(&mut read, permit.sees(), id, SHOWN as i64).await?;
    let names = match &target {
        Some(target) => {
            names(
                &mut read,
                target,
                lines.iter().map(|line| line.before_value.as_deref()),
            )
            .await?
        }
        None => HashMap::new(),
    };
    let acts = permit.caller().scope(EditDevices::NAME);
    let reaches_all = queries::places(&mut read, id)
        .await?
        .into_iter()
        .all(|place| acts.reaches(place));
    let open = correction.undone_at.is_none() && app.clock().now() < correction.undo_before;
    let lines = lines
        .into_iter()
        .map(|line| LineTold {
            href: format!("/inventory/devices/{}", line.device_id),
            number: line.inventory_number,
            before: match (&line.before_words, &target) {
                (Some(words), _) => format!("« {words} »"),
                (None, Some(target)) => target.words(line.before_value.as_deref(), &names),
                (None, None) => line.before_value.unwrap_or_default(),
            },
            became: match (line.restored_at, line.kept_why) {
                (Some(_), _) => ("good", "rétabli".to_owned()),
                (None, Some(why)) => ("watch", format!("laissé tel quel : {why}")),
                (None, None) => ("plain", "modifié".to_owned()),
            },
        })
        .collect();
    Ok(Page::of(CorrectionShow {
        list: address("/inventory/devices", &correction.selection),
        until: instant(&correction.undo_before),
        undone: correction.undone_at.as_ref().map(instant),
        may_undo: open && target.is_some() && reaches_all,
        lines,
        told: told(correction, &fields),
    }))
}

/// Undoes a correction.
pub async fn undo(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<CorrectionId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let correction = queries::find(&mut tx, permit.caller(), id).await?;
    let fields = custom_fields::queries::seen(&mut tx, permit.sees(), true).await?;
    let target = Target::from_code(&correction.field, &fields).ok_or(Error::NotFound)?;
    let covered = queries::places(&mut tx, id)
        .await?
        .iter()
        .map(|place| permit.over(place))
        .collect::<Result<Vec<_>>>()?;
    let event = commands::undo(&mut tx, &covered, permit.acts(), &correction, &target).await?;
    tx.commit(event, format!("/inventory/corrections/{id}"))
        .await
}
