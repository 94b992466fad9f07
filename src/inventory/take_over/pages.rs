//! What people see of a take-over: the counts, the plan, the points of a device, the waivers.

use askama::Template;
use axum::extract::{Path, Query, State};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::commands::{self, NewWaiver};
use super::model::{Gap, Point, Weight};
use super::queries::{self, Asked, Concerned, Count, Planned};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, PlanTakeOver, SeeDevices, WaiveTakeOver};
use crate::accounts::sites::units::queries::{Options, establishments};
use crate::app::App;
use crate::inventory::devices::{self, DeviceId};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

const HERE: &str = "/inventory/take-over";

fn way(end: Crumb) -> Vec<Crumb> {
    vec![Crumb::to("Parc", "/inventory/devices"), end]
}

/// A row of the table: a point over the criticalities.
struct Row {
    point: Point,
    cells: Vec<(i64, i64, i64)>,
    waivable: bool,
}

#[derive(Template)]
#[template(path = "inventory/take_over/index.html")]
struct TakeOverIndex {
    counts: Vec<Count>,
    rows: Vec<Row>,
    plans: Vec<Planned>,
    establishments: Options,
    form: Typed<PlanForm>,
    may_plan: bool,
}

impl TakeOverIndex {
    fn weights(&self) -> &'static [Weight] {
        Weight::ALL
    }
    fn sum(&self, f: fn(&Count) -> i64) -> i64 {
        self.counts.iter().map(f).sum()
    }
    fn verdict(&self) -> (&'static str, String) {
        let (waiting, overdue, waived) = (
            self.sum(|c| c.waiting),
            self.sum(|c| c.overdue),
            self.sum(|c| c.waived),
        );
        match (waiting, overdue) {
            (0, 0) => (
                "good",
                format!("Aucun point de la reprise n’attend ({waived} dispensés)."),
            ),
            (_, 0) => (
                "unknown",
                format!(
                    "{waiting} points non évalués (reprise), {waived} dispensés. Ce ne sont pas des manquements tant que leur échéance court."
                ),
            ),
            _ => (
                "bad",
                format!(
                    "{overdue} points hors délai comptent comme manquements ; {waiting} autres ne sont pas encore évalués, {waived} sont dispensés."
                ),
            ),
        }
    }
    fn typed(&self, weight: &Weight) -> String {
        let v = &self.form.values;
        match weight {
            Weight::Vital => &v.vital,
            Weight::High => &v.high,
            Weight::Medium => &v.medium,
            Weight::Low => &v.low,
            Weight::Unset => &v.unset,
        }
        .clone()
    }
}

impl View for TakeOverIndex {
    fn title(&self) -> String {
        "Reprise à régulariser".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        way(Crumb::here("Reprise"))
    }
    fn resource(&self) -> serde_json::Value {
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|c| serde_json::json!({ "point": c.point, "criticality": c.weight, "not_evaluated": c.waiting, "overdue": c.overdue, "waived": c.waived }))
            .collect();
        let plans: Vec<_> = self
            .plans
            .iter()
            .map(|p| serde_json::json!({ "establishment_id": p.establishment_id, "criticality": p.weight, "due_on": p.due_on }))
            .collect();
        serde_json::json!({ "counts": counts, "plans": plans })
    }
}

/// `GET /inventory/take-over`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    form: Typed<PlanForm>,
) -> Result<Page> {
    let today = app.clock().now().date_naive();
    let mut read = app.read(&permit).await?;
    let counts = queries::counts(&mut read, permit.sees(), today).await?;
    let caller = permit.caller();
    let rows = Point::ALL
        .iter()
        .map(|point| Row {
            point: *point,
            cells: Weight::ALL
                .iter()
                .map(|weight| {
                    counts
                        .iter()
                        .find(|c| c.point == *point && c.weight == *weight)
                        .map_or((0, 0, 0), |c| (c.waiting, c.overdue, c.waived))
                })
                .collect(),
            waivable: caller.holds(WaiveTakeOver::NAME)
                && commands::reach(caller, *point) != crate::accounts::access::Scope::default(),
        })
        .collect();
    let acts = caller.scope(PlanTakeOver::NAME);
    Ok(Page::of(TakeOverIndex {
        rows,
        plans: queries::plans(&mut read, permit.sees()).await?,
        establishments: establishments(&mut read, &acts).await?,
        may_plan: !acts.establishments.is_empty(),
        counts,
        form,
    }))
}

/// The days of a plan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanForm {
    establishment: String,
    vital: String,
    high: String,
    medium: String,
    low: String,
    unset: String,
}

/// `POST /inventory/take-over/plan`
pub async fn plan(
    State(app): State<App>,
    permit: Permit<PlanTakeOver>,
    form: Form<PlanForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let mut errors = FieldErrors::default();
    let place = check::chosen::<EstablishmentId>(&mut errors, "establishment", &form.establishment);
    let mut days: Vec<(Weight, NaiveDate)> = vec![];
    for (weight, typed) in [
        (Weight::Vital, &form.vital),
        (Weight::High, &form.high),
        (Weight::Medium, &form.medium),
        (Weight::Low, &form.low),
        (Weight::Unset, &form.unset),
    ] {
        if let Some(day) = check::maybe_day(&mut errors, weight.code(), typed) {
            days.push((weight, day));
        }
    }
    if days.is_empty() && errors.is_empty() {
        errors.add("vital", "Donnez au moins une échéance.");
    }
    let (Some(place), true) = (place, errors.is_empty()) else {
        return Err(errors.into());
    };
    let covered = permit.over(&Place::establishment(place))?;
    let event = commands::plan(&mut tx, covered, place, &days).await?;
    tx.commit(event, HERE).await
}

#[derive(Template)]
#[template(path = "inventory/take_over/device.html")]
struct TakeOverShow {
    number: String,
    url: String,
    device: Uuid,
    taken_over: bool,
    gaps: Vec<Gap>,
    today: NaiveDate,
}

impl View for TakeOverShow {
    fn title(&self) -> String {
        format!("Reprise · {}", self.number)
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Parc", "/inventory/devices"),
            Crumb::to(self.number.clone(), self.url.clone()),
            Crumb::here("Reprise"),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        let points: Vec<_> = self
            .gaps
            .iter()
            .map(|g| serde_json::json!({ "point": g.point, "standing": g.standing.words(self.today), "tone": g.standing.tone().class() }))
            .collect();
        serde_json::json!({ "taken_over": self.taken_over, "points": points })
    }
}

/// `GET /inventory/devices/{id}/take-over`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = devices::find(&mut read, permit.sees(), id).await?;
    let today = devices::standing::local_day(&device, app.clock().now());
    Ok(Page::of(TakeOverShow {
        gaps: queries::of_device(&mut read, id, today).await?,
        number: device.inventory_number.clone(),
        url: device.url(),
        device: id.uuid(),
        taken_over: device.taken_over,
        today,
    }))
}

/// Which devices.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    point: String,
    criticality: String,
    unit: String,
}

/// A waiver, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WaiverForm {
    point: String,
    criticality: String,
    unit: String,
    expected: String,
    reason: String,
    expires_on: String,
}

#[derive(Template)]
#[template(path = "inventory/take_over/waiver.html")]
struct WaiverNew {
    form: Typed<WaiverForm>,
    concerned: Vec<Concerned>,
    points: Vec<(&'static str, &'static str)>,
}

impl WaiverNew {
    fn weights(&self) -> Vec<(&'static str, &'static str)> {
        Weight::ALL.iter().map(|w| (w.code(), w.label())).collect()
    }
    fn shown(&self) -> &[Concerned] {
        self.concerned.get(..50).unwrap_or(&self.concerned)
    }
}

impl View for WaiverNew {
    fn title(&self) -> String {
        "Dispenser des points de la reprise".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Parc", "/inventory/devices"),
            Crumb::to("Reprise", HERE),
            Crumb::here("Dispense"),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "concerned": self.concerned.len(), "points": self.points })
    }
}

fn asked(errors: &mut FieldErrors, point: &str, weight: &str, unit: &str) -> Option<Asked> {
    let point = check::maybe_code(errors, "point", point, Point::from_code);
    let weight = check::maybe_code(errors, "criticality", weight, Weight::from_code);
    let unit = check::maybe_chosen::<Uuid>(errors, "unit", unit);
    point.map(|point| Asked {
        point,
        weight,
        unit,
    })
}

/// `GET /inventory/take-over/waivers/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<WaiveTakeOver>,
    Query(chosen): Query<Chosen>,
    form: Typed<WaiverForm>,
) -> Result<Page> {
    let today = app.clock().now().date_naive();
    let mut read = app.read(&permit).await?;
    let form = form.or(|| WaiverForm {
        point: chosen.point.clone(),
        criticality: chosen.criticality.clone(),
        unit: chosen.unit.clone(),
        ..WaiverForm::default()
    });
    let caller = permit.caller();
    let v = &form.values;
    let concerned = match asked(
        &mut FieldErrors::default(),
        &v.point,
        &v.criticality,
        &v.unit,
    ) {
        Some(asked) => {
            let reach = commands::reach(caller, asked.point);
            queries::concerned(&mut read, &reach, asked, today).await?
        }
        None => vec![],
    };
    Ok(Page::of(WaiverNew {
        concerned,
        points: Point::ALL
            .iter()
            .filter(|p| commands::reach(caller, **p) != crate::accounts::access::Scope::default())
            .map(|p| (p.code(), p.label()))
            .collect(),
        form,
    }))
}

/// `POST /inventory/take-over/waivers`
pub async fn create(
    State(app): State<App>,
    permit: Permit<WaiveTakeOver>,
    form: Form<WaiverForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let mut errors = FieldErrors::default();
    let found = asked(&mut errors, &form.point, &form.criticality, &form.unit);
    if form.point.trim().is_empty() {
        errors.add("point", "Choisissez le point.");
    }
    let reason = check::line(&mut errors, "reason", &form.reason, 300);
    if reason.as_ref().is_some_and(|r| r.chars().count() < 5) {
        errors.add("reason", "Dites pourquoi, en quelques mots.");
    }
    let expires_on = check::maybe_day(&mut errors, "expires_on", &form.expires_on);
    if form.expires_on.trim().is_empty() {
        errors.add("expires_on", "Une dispense a une fin.");
    }
    let expected = check::maybe_number(&mut errors, "expected", &form.expected, 0..=1_000_000);
    let (Some(asked), Some(reason), Some(expires_on), true) =
        (found, reason, expires_on, errors.is_empty())
    else {
        return Err(Error::from(errors));
    };
    let new = NewWaiver {
        asked,
        reason,
        expires_on,
        expected: usize::try_from(expected.unwrap_or(0)).unwrap_or_default(),
    };
    let event = commands::waive(&mut tx, &permit, new).await?;
    tx.commit(event, HERE).await
}
