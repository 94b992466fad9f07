//! Pages of interventions and the short forms of each step.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, RawQuery, State};
use serde::Deserialize;

use super::checklists::{self, MeasureLine};
use super::commands::{self, NewPart, NewRequest, Plan, Qualification};
use super::model::{Channel, Harm, Kind, Priority, State as Stage, Step, Usable, WaitingFor};
use super::queries::{self, ChangeLine, INTERVENTIONS, Intervention, PartLine};
use super::{InterventionId, InterventionId as Id};
use crate::accounts::access::{Permit, Placed};
use crate::accounts::actions::{Action, RequestInterventions, RunInterventions, SeeMaintenance};
use crate::app::App;
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{self, Device, DeviceId, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::maintenance::due::{self, DueId};
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

type Codes = Vec<(&'static str, &'static str)>;
type Options = Vec<(String, String)>;

/// The pairs (code, label) of a closed list.
macro_rules! codes {
    ($coded:ty) => {
        <$coded>::ALL
            .iter()
            .map(|v| (v.code(), v.label()))
            .collect()
    };
}

fn crumbs(last: &str) -> Vec<Crumb> {
    vec![
        Crumb::to("Maintenance", "/maintenance/due"),
        Crumb::to("Interventions", "/maintenance/interventions"),
        Crumb::here(last),
    ]
}

#[derive(Template)]
#[template(path = "maintenance/interventions/index.html")]
struct InterventionIndex {
    list: ListPage,
}

impl View for InterventionIndex {
    fn title(&self) -> String {
        "Interventions".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::here("Interventions"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists interventions, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    lists::index(&app, &permit, &INTERVENTIONS, raw.as_deref(), |list| {
        InterventionIndex { list }
    })
    .await
}

#[derive(Template)]
#[template(path = "maintenance/interventions/show.html")]
struct InterventionShow {
    head: Head,
    kept: Intervention,
    position: Option<Position>,
    asked: String,
    closed: String,
    measures: Vec<MeasureLine>,
    line: Option<(uuid::Uuid, i32)>,
    parts: Vec<PartLine>,
    changes: Vec<(String, ChangeLine)>,
    may_run: bool,
    held: bool,
    today: String,
    me: String,
    employer: String,
    priorities: Codes,
    kinds: Codes,
    waits: Codes,
    people: Options,
    qualification: Typed<QualificationForm>,
    planning: Typed<PlanForm>,
    waiting: Typed<WaitForm>,
    part: Typed<PartForm>,
}

impl InterventionShow {
    fn offers(&self, step: &str) -> bool {
        self.may_run && Step::from_code(step).is_some_and(|s| s.target(self.kept.state).is_some())
    }
}

impl View for InterventionShow {
    fn title(&self) -> String {
        format!("{} · {}", self.kept.number, self.kept.symptom)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs(&self.kept.number)
    }

    fn resource(&self) -> serde_json::Value {
        let k = &self.kept;
        serde_json::json!({
            "id": k.id, "number": k.number, "device_id": k.device_id, "kind": k.kind, "state": k.state, "obligation_id": k.obligation_id, "due_on": k.due_on,
            "requested_at": k.requested_at, "requester": k.requester, "channel": k.channel, "symptom": k.symptom, "usable": k.usable, "harm": k.harm,
            "priority": k.priority, "planned_on": k.planned_on, "assignee": k.assignee, "provider_id": k.provider_id, "waiting_for": k.waiting_for,
            "not_presented": k.not_presented, "done_on": k.done_on, "performer": k.performer, "performer_employer": k.performer_employer,
            "work_done": k.work_done, "performance_level": k.performance_level, "conformity": k.conformity, "restrictions": k.restrictions,
            "software_before": k.software_before, "software_after": k.software_after, "work_minutes": k.work_minutes, "labour_cents": k.labour_cents,
            "external_cents": k.external_cents, "closed_at": k.closed_at, "measures": self.measures, "parts": self.parts, "version": k.version,
        })
    }
}

/// The short forms of the page: what was typed belongs to the one whose fields it has.
pub struct Forms {
    qualification: Typed<QualificationForm>,
    planning: Typed<PlanForm>,
    waiting: Typed<WaitForm>,
    part: Typed<PartForm>,
}

impl crate::platform::web::told::Part for Forms {}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Forms {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self> {
        Ok(Self {
            qualification: Typed::from_request_parts(parts, state).await?,
            planning: Typed::from_request_parts(parts, state).await?,
            waiting: Typed::from_request_parts(parts, state).await?,
            part: Typed::from_request_parts(parts, state).await?,
        })
    }
}

/// `GET /maintenance/interventions/{id}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
    forms: Forms,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = queries::find(&mut read, permit.sees(), id).await?;
    let device = devices::find(&mut read, permit.sees(), kept.device_id).await?;
    let zone = standing::zone(&device);
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Maintenance");
    let may_run = permit
        .caller()
        .scope(RunInterventions::NAME)
        .reaches(kept.place());
    let people = match may_run {
        true => queries::technicians(&mut read, device.establishment_id).await?,
        false => vec![],
    };
    let changes = queries::changes(&mut read, id)
        .await?
        .into_iter()
        .map(|c| (date::instant(c.at, zone), c))
        .collect();
    Ok(Page::of(InterventionShow {
        position: lists::position(&mut read, &INTERVENTIONS, raw.as_deref(), permit.sees(), id)
            .await?,
        asked: date::instant(kept.requested_at, zone),
        closed: kept
            .closed_at
            .map(|at| date::instant(at, zone))
            .unwrap_or_default(),
        measures: checklists::measures(&mut read, id).await?,
        parts: queries::parts(&mut read, id).await?,
        line: queries::line_of(&mut read, id).await?,
        changes,
        may_run,
        held: super::returns::way_back(device.state).is_some(),
        today: standing::local_day(&device, app.clock().now()).to_string(),
        me: permit.caller().name.clone(),
        employer: device.establishment_name.clone(),
        priorities: codes!(Priority),
        kinds: codes!(Kind),
        waits: codes!(WaitingFor),
        people,
        qualification: forms.qualification.or(|| QualificationForm {
            priority: Priority::Normal.code().into(),
            kind: kept.kind.code().into(),
            broken: if kept.usable == Usable::No {
                "true"
            } else {
                ""
            }
            .into(),
            ..QualificationForm::default()
        }),
        planning: forms.planning,
        waiting: forms.waiting,
        part: forms.part,
        head,
        kept,
    }))
}

/// What was typed of a request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestForm {
    device: String,
    kind: String,
    symptom: String,
    usable: String,
    harm: String,
    harm_note: String,
}

#[derive(Template)]
#[template(path = "maintenance/interventions/form.html")]
struct RequestFormPage {
    form: Typed<RequestForm>,
    devices: Options,
    usable: Codes,
    harm: Codes,
    kinds: Codes,
}

impl View for RequestFormPage {
    fn title(&self) -> String {
        "Demander une intervention".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs("Demander une intervention")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "errors": self.form.errors })
    }
}

/// `GET /maintenance/interventions/new?device=…`
pub async fn new(
    State(app): State<App>,
    permit: Permit<RequestInterventions>,
    Query(query): Query<HashMap<String, String>>,
    form: Typed<RequestForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let asked = query.get("device").cloned().unwrap_or_default();
    let form = form.or(|| RequestForm {
        device: asked,
        kind: Kind::Corrective.code().into(),
        ..RequestForm::default()
    });
    let devices = match form.values.device.parse::<DeviceId>() {
        Ok(id) => {
            let device = devices::find(&mut read, permit.sees(), id).await?;
            vec![(
                id.to_string(),
                format!("{} · {}", device.inventory_number, device.name()),
            )]
        }
        Err(_) => vec![],
    };
    Ok(Page::of(RequestFormPage {
        form,
        devices,
        usable: codes!(Usable),
        harm: codes!(Harm),
        kinds: codes!(Kind),
    }))
}

/// `POST /maintenance/interventions`
pub async fn create(
    State(app): State<App>,
    permit: Permit<RequestInterventions>,
    form: Form<RequestForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let mut errors = FieldErrors::default();
    let id: Option<DeviceId> = check::chosen(&mut errors, "device", &form.device);
    let kind = check::maybe_code(&mut errors, "kind", &form.kind, Kind::from_code);
    let symptom = check::line(&mut errors, "symptom", &form.symptom, 1000);
    let usable = check::maybe_code(&mut errors, "usable", &form.usable, Usable::from_code);
    let harm = check::maybe_code(&mut errors, "harm", &form.harm, Harm::from_code);
    let harm_note = check::maybe_line(&mut errors, "harm_note", &form.harm_note, 1000);
    if usable.is_none() && errors.of("usable").is_none() {
        errors.add("usable", "Peut-on encore l’utiliser ?");
    }
    if harm.is_none() && errors.of("harm").is_none() {
        errors.add(
            "harm",
            "Quelqu’un a-t-il été atteint, ou aurait-il pu l’être ?",
        );
    }
    errors.done()?;
    let (Some(id), Some(symptom), Some(usable), Some(harm)) = (id, symptom, usable, harm) else {
        return Err(Error::internal("checked above"));
    };
    let device = devices::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let new = NewRequest {
        kind: kind.unwrap_or(Kind::Corrective),
        requester: permit.caller().name.clone(),
        phone: None,
        channel: Channel::Vigie,
        symptom,
        usable,
        harm,
        harm_note,
        address: None,
        due: None,
    };
    let (asked, event) = commands::ask(&mut tx, covered, &device, new).await?;
    tx.commit(event, format!("/maintenance/interventions/{}", asked.id))
        .await
}

/// `POST /maintenance/due/{id}/interventions`: the work that answers an obligation, straight to its report.
pub async fn from_due(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<DueId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let line = due::queries::find(&mut tx, permit.sees(), id).await?;
    let device = devices::find(&mut tx, permit.sees(), line.device_id).await?;
    let covered = permit.over(&device)?;
    let (asked, event) = commands::answer_due(&mut tx, covered, &device, line).await?;
    tx.commit_quietly(
        event,
        format!("/maintenance/interventions/{}/report/new", asked.id),
    )
    .await
}

async fn both(
    conn: &mut sqlx::PgConnection,
    permit: &Permit<RunInterventions>,
    id: InterventionId,
) -> Result<(Intervention, Device)> {
    let kept = queries::find(conn, permit.sees(), id).await?;
    let device = devices::find(conn, permit.sees(), kept.device_id).await?;
    Ok((kept, device))
}

/// What was typed to qualify.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QualificationForm {
    priority: String,
    kind: String,
    broken: String,
    loan_given: String,
}

/// `POST /maintenance/interventions/{id}/qualification`
pub async fn qualify(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<Id>,
    form: Form<QualificationForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (kept, device) = both(&mut tx, &permit, id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let priority = check::maybe_code(&mut errors, "priority", &form.priority, Priority::from_code);
    let kind = check::maybe_code(&mut errors, "kind", &form.kind, Kind::from_code);
    if priority.is_none() && errors.of("priority").is_none() {
        errors.add("priority", "Choisissez la priorité.");
    }
    errors.done()?;
    let new = Qualification {
        priority: priority.unwrap_or(Priority::Normal),
        kind: kind.unwrap_or(kept.kind),
        broken: check::ticked(&form.broken),
        loan_given: check::ticked(&form.loan_given),
    };
    let event = commands::qualify(&mut tx, covered, &device, &kept, new).await?;
    tx.commit(event, kept.url()).await
}

/// What was typed to plan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanForm {
    planned_on: String,
    assignee: String,
    provider: String,
    under_contract: String,
}

/// `POST /maintenance/interventions/{id}/plan`
pub async fn plan(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<Id>,
    form: Form<PlanForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (kept, _) = both(&mut tx, &permit, id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let on = check::maybe_day(&mut errors, "planned_on", &form.planned_on);
    if on.is_none() && errors.is_empty() {
        errors.add("planned_on", "Dites quel jour.");
    }
    let assignee = check::maybe_chosen(&mut errors, "assignee", &form.assignee);
    let provider = check::maybe_chosen(&mut errors, "provider", &form.provider);
    errors.done()?;
    let new = Plan {
        on: on.unwrap_or_default(),
        assignee,
        provider,
        under_contract: provider.map(|_| check::ticked(&form.under_contract)),
    };
    let event = commands::plan(&mut tx, covered, &kept, new).await?;
    tx.commit(event, kept.url()).await
}

/// Whether the device is taken out of use meanwhile.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkForm {
    take_out: String,
}

/// `POST /maintenance/interventions/{id}/work`
pub async fn work(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<Id>,
    form: Form<WorkForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (kept, device) = both(&mut tx, &permit, id).await?;
    let covered = permit.over(&kept)?;
    let event = commands::work(
        &mut tx,
        covered,
        &device,
        &kept,
        check::ticked(&form.take_out),
    )
    .await?;
    tx.commit(event, kept.url()).await
}

/// What it waits for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WaitForm {
    waiting_for: String,
    waiting_why: String,
}

/// `POST /maintenance/interventions/{id}/waiting`
pub async fn wait(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<Id>,
    form: Form<WaitForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (kept, _) = both(&mut tx, &permit, id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let cause = check::maybe_code(
        &mut errors,
        "waiting_for",
        &form.waiting_for,
        WaitingFor::from_code,
    );
    let why = check::maybe_line(&mut errors, "waiting_why", &form.waiting_why, 400);
    if cause.is_none() && errors.is_empty() {
        errors.add("waiting_for", "Dites ce qui est attendu.");
    }
    errors.done()?;
    let cause = cause.unwrap_or(WaitingFor::Parts);
    let event = commands::wait(&mut tx, covered, &kept, cause, why.as_deref()).await?;
    tx.commit(event, kept.url()).await
}

/// Why a request is cancelled.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CancelForm {
    cancelled_why: String,
}

/// `POST /maintenance/interventions/{id}/cancellation`
pub async fn cancel(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<Id>,
    form: Form<CancelForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (kept, _) = both(&mut tx, &permit, id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let why = check::line(&mut errors, "cancelled_why", &form.cancelled_why, 400);
    errors.done()?;
    let event = commands::cancel(&mut tx, covered, &kept, &why.unwrap_or_default()).await?;
    tx.commit(event, kept.url()).await
}

/// What was typed of a part.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PartForm {
    reference: String,
    lot: String,
    serial: String,
    quantity: String,
    price: String,
    is_compatible: String,
}

/// `POST /maintenance/interventions/{id}/parts`
pub async fn add_part(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<Id>,
    form: Form<PartForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (kept, _) = both(&mut tx, &permit, id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let reference = check::line(&mut errors, "reference", &form.reference, 200);
    let lot = check::maybe_line(&mut errors, "lot", &form.lot, 100);
    let serial = check::maybe_line(&mut errors, "serial", &form.serial, 100);
    let quantity =
        check::maybe_number(&mut errors, "quantity", &form.quantity, 1..=10_000).unwrap_or(1);
    let unit_cents = super::report::cents(&mut errors, "price", &form.price);
    errors.done()?;
    let new = NewPart {
        reference: reference.unwrap_or_default(),
        lot,
        serial,
        quantity: i32::try_from(quantity).unwrap_or(1),
        unit_cents,
        is_original: Some(!check::ticked(&form.is_compatible)),
    };
    let event = commands::add_part(&mut tx, covered, &kept, new).await?;
    tx.commit(event, kept.url()).await
}

/// The stages drawn on the page, the present one marked.
fn stages(state: Stage, reached: &[Stage]) -> Vec<(&'static str, &'static str)> {
    let order = [
        Stage::Requested,
        Stage::Qualified,
        Stage::Planned,
        Stage::InProgress,
        Stage::Done,
        Stage::Checked,
        Stage::Closed,
    ];
    let here = order.iter().position(|s| *s == state).unwrap_or(3);
    order
        .iter()
        .enumerate()
        // A step that was skipped is not shown as done.
        .filter(|(n, s)| *n >= here || reached.contains(s))
        .map(|(n, s)| {
            let class = match n.cmp(&here) {
                std::cmp::Ordering::Less => "done",
                std::cmp::Ordering::Equal if state == Stage::Closed => "done",
                std::cmp::Ordering::Equal => "here",
                std::cmp::Ordering::Greater => "todo",
            };
            (s.label(), class)
        })
        .collect()
}

impl InterventionShow {
    fn stages(&self) -> Vec<(&'static str, &'static str)> {
        let reached: Vec<Stage> = self.changes.iter().map(|(_, c)| c.to_state).collect();
        stages(self.kept.state, &reached)
    }
}
