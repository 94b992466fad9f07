//! The list of what is due, one line of it, and what may be said or decided there.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::commands::{self, NewException, NewStatement};
use super::deferrals::DeferralForm;
use super::queries::{self, Count, Deferral, DueLine, Exception, Statement};
use super::{DUE, DueId};
use crate::accounts::access::Permit;
use crate::accounts::actions::{
    Action, AnswerDeferrals, AskDeferrals, DecideExceptions, ManageObligations, SeeMaintenance,
    StateLastDone,
};
use crate::app::App;
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{self, Device, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, clock};
use crate::maintenance::obligations::model::PeriodUnit;
use crate::maintenance::obligations::period;
use crate::maintenance::obligations::queries::Obligation;
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed, ZONE};

#[derive(Template)]
#[template(path = "maintenance/due/index.html")]
struct DueIndex {
    list: ListPage,
    counts: Vec<Count>,
    late: String,
    soon: String,
    later: String,
    may_manage: bool,
}

impl View for DueIndex {
    fn title(&self) -> String {
        "Échéances de maintenance".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Maintenance")]
    }

    fn resource(&self) -> serde_json::Value {
        let mut list = self.list.json();
        if let Some(object) = list.as_object_mut() {
            object.insert("counts".into(), serde_json::json!(self.counts));
        }
        list
    }
}

fn in_days(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_add_days(Days::new(days)).unwrap_or(today)
}

/// `GET /maintenance/due`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    if let Some(file) = lists::export(&app, &permit, &DUE, raw.as_deref()).await? {
        return Ok(Listed::File(file));
    }
    let today = clock::local_day(app.clock().now(), ZONE);
    let mut read = app.read(&permit).await?;
    let list = lists::page(&mut read, &DUE, raw.as_deref(), &permit).await?;
    let counts = queries::counts(&mut read, permit.sees(), today).await?;
    let yesterday = today.pred_opt().unwrap_or(today);
    let until = |days| {
        format!(
            "/maintenance/due?f=latest_on:min:{today}&f=due_on:max:{}",
            in_days(today, days)
        )
    };
    Ok(Listed::Page(Page::of(DueIndex {
        list,
        counts,
        late: format!("/maintenance/due?f=latest_on:max:{yesterday}"),
        soon: until(30),
        later: until(90),
        may_manage: permit.caller().holds(ManageObligations::NAME),
    })))
}

/// What may be done on a line.
struct Rights {
    state: bool,
    except: bool,
    ask: bool,
    answer: bool,
}

#[derive(Template)]
#[template(path = "maintenance/due/show.html")]
struct DueShow {
    head: Head,
    line: DueLine,
    obligation: Obligation,
    exception: Option<Exception>,
    deferrals: Vec<Deferral>,
    statements: Vec<Statement>,
    position: Option<Position>,
    today: NaiveDate,
    rights: Rights,
    units: Vec<(&'static str, &'static str)>,
    statement: Typed<StatementForm>,
    exempt: Typed<ExceptionForm>,
    deferral: Typed<DeferralForm>,
    reading: Typed<ReadingForm>,
}

impl View for DueShow {
    fn title(&self) -> String {
        self.head.title(&self.line.title)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::to(
                self.head.number.clone(),
                format!("/maintenance/devices/{}", self.line.device_id),
            ),
            Crumb::here(self.line.title.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let line = &self.line;
        serde_json::json!({
            "id": line.id, "device_id": line.device_id, "obligation_id": line.obligation_id, "title": line.title, "kind": line.kind,
            "standing": line.standing(self.today), "is_exempt": line.is_exempt, "last_done_on": line.last_done_on, "due_on": line.due_on,
            "earliest_on": line.earliest_on, "latest_on": line.latest_on, "due_counter": line.due_counter, "counter_now": line.counter_now,
            "not_presented": line.not_presented, "deferred_until": line.deferred_until,
            "exception": self.exception, "deferrals": self.deferrals, "statements": self.statements,
        })
    }
}

/// `GET /maintenance/due/{id}`
#[allow(clippy::too_many_arguments)] // one form a decision
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    Path(id): Path<DueId>,
    RawQuery(raw): RawQuery,
    forms: Forms,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let line = queries::find(&mut read, permit.sees(), id).await?;
    let device = devices::find(&mut read, permit.sees(), line.device_id).await?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Maintenance");
    let obligation = crate::maintenance::obligations::queries::find(
        &mut read,
        permit.sees(),
        line.obligation_id,
    )
    .await?;
    let exception = queries::maybe_exception(&mut read, line.device_id, line.obligation_id).await?;
    let deferrals = queries::deferrals(&mut read, &line).await?;
    let statements = queries::statements(&mut read, &line).await?;
    let position = lists::position(&mut read, &DUE, raw.as_deref(), permit.sees(), id).await?;
    let over = |name: &str| {
        device.annulled_at.is_none() && devices::reaches(permit.caller(), name, &device)
    };
    Ok(Page::of(DueShow {
        head,
        obligation,
        exception,
        deferrals,
        statements,
        position,
        today,
        rights: Rights {
            state: over(StateLastDone::NAME),
            except: over(DecideExceptions::NAME),
            ask: over(AskDeferrals::NAME) && line.due_on.is_some(),
            answer: over(AnswerDeferrals::NAME),
        },
        units: PeriodUnit::ALL
            .iter()
            .map(|u| (u.code(), u.label()))
            .collect(),
        line,
        statement: forms.statement,
        exempt: forms.exempt,
        deferral: forms.deferral,
        reading: forms.reading,
    }))
}

/// The four forms of the page: what was typed belongs to the one whose fields it has.
pub struct Forms {
    statement: Typed<StatementForm>,
    exempt: Typed<ExceptionForm>,
    deferral: Typed<DeferralForm>,
    reading: Typed<ReadingForm>,
}

impl crate::platform::web::told::Part for Forms {}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Forms {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self> {
        Ok(Self {
            statement: Typed::from_request_parts(parts, state).await?,
            exempt: Typed::from_request_parts(parts, state).await?,
            deferral: Typed::from_request_parts(parts, state).await?,
            reading: Typed::from_request_parts(parts, state).await?,
        })
    }
}

async fn line_and_device<A: Action>(
    conn: &mut sqlx::PgConnection,
    permit: &Permit<A>,
    id: DueId,
) -> Result<(DueLine, Device)> {
    let line = queries::find(conn, permit.sees(), id).await?;
    let device = devices::find(conn, permit.sees(), line.device_id).await?;
    devices::refuse_if_annulled(&device)?;
    Ok((line, device))
}

/// What was typed of the last known date.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatementForm {
    done_on: String,
    counter_value: String,
    source: String,
}

/// `POST /maintenance/due/{id}/statements`
pub async fn state(
    State(app): State<App>,
    permit: Permit<StateLastDone>,
    Path(id): Path<DueId>,
    form: Form<StatementForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (line, device) = line_and_device(&mut tx, &permit, id).await?;
    let covered = permit.over(&device)?;
    let mut errors = FieldErrors::default();
    let done_on = check::maybe_day(&mut errors, "done_on", &form.done_on);
    if done_on.is_none() && errors.is_empty() {
        errors.add("done_on", "Dites quel jour l’opération a été faite.");
    }
    let counter = check::maybe_number(
        &mut errors,
        "counter_value",
        &form.counter_value,
        0..=1_000_000_000_000,
    );
    let source = check::line(&mut errors, "source", &form.source, 400);
    errors.done()?;
    let (Some(done_on), Some(source)) = (done_on, source) else {
        return Err(Error::internal("checked above"));
    };
    let today = standing::local_day(&device, tx.now());
    let new = NewStatement {
        done_on,
        counter,
        source,
    };
    let event = commands::state(&mut tx, covered, &device, &line, new, today).await?;
    tx.commit(event, line.url()).await
}

/// What was typed of an exception.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExceptionForm {
    own_value: String,
    own_unit: String,
    reason: String,
    ends_on: String,
}

/// `POST /maintenance/due/{id}/exceptions`
pub async fn except(
    State(app): State<App>,
    permit: Permit<DecideExceptions>,
    Path(id): Path<DueId>,
    form: Form<ExceptionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (line, device) = line_and_device(&mut tx, &permit, id).await?;
    let covered = permit.over(&device)?;
    let mut errors = FieldErrors::default();
    let unit = if form.own_value.trim().is_empty() {
        ""
    } else {
        &form.own_unit
    };
    let own = period(
        &mut errors,
        ("own_value", "own_unit"),
        &form.own_value,
        unit,
    );
    let reason = check::line(&mut errors, "reason", &form.reason, 1000);
    let ends_on = check::maybe_day(&mut errors, "ends_on", &form.ends_on);
    errors.done()?;
    let new = NewException {
        period: own,
        reason: reason.unwrap_or_default(),
        ends_on,
    };
    let event = commands::except(&mut tx, covered, &device, &line, new).await?;
    tx.commit(event, line.url()).await
}

/// `DELETE /maintenance/due/{id}/exceptions`
pub async fn withdraw(
    State(app): State<App>,
    permit: Permit<DecideExceptions>,
    Path(id): Path<DueId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (line, device) = line_and_device(&mut tx, &permit, id).await?;
    let covered = permit.over(&device)?;
    let event = commands::withdraw(&mut tx, covered, &device, &line).await?;
    tx.commit(event, line.url()).await
}

/// What a counter shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadingForm {
    value: String,
    read_on: String,
}

/// `POST /maintenance/due/{id}/readings`
pub async fn read_counter(
    State(app): State<App>,
    permit: Permit<StateLastDone>,
    Path(id): Path<DueId>,
    form: Form<ReadingForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (line, device) = line_and_device(&mut tx, &permit, id).await?;
    let covered = permit.over(&device)?;
    let today = standing::local_day(&device, tx.now());
    let mut errors = FieldErrors::default();
    let value = check::maybe_number(&mut errors, "value", &form.value, 0..=1_000_000_000_000);
    if value.is_none() && errors.is_empty() {
        errors.add("value", "Lisez le compteur : un nombre entier.");
    }
    let read_on = check::maybe_day(&mut errors, "read_on", &form.read_on).unwrap_or(today);
    if read_on > today {
        errors.add("read_on", "Cette date est à venir.");
    }
    errors.done()?;
    let event = commands::read_counter(
        &mut tx,
        covered,
        &device,
        &line,
        value.unwrap_or(0),
        read_on,
    )
    .await?;
    tx.commit(event, line.url()).await
}
