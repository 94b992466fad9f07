//! The return to service of a device that was stopped: who, which test, which restrictions.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::{InterventionId, lines};
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::{ChangeDeviceState, ReturnToService};
use crate::app::App;
use crate::inventory::devices::commands::{change_state, give_proof};
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{self, Device, DeviceId, standing};
use crate::inventory::states::{Need, State as DeviceState, Transition, offer};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Event, FieldErrors, Result, id};
use crate::platform::db::Tx;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// Who says that a device may be used again.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct NewReturn {
    pub intervention: Option<InterventionId>,
    pub done_by: String,
    pub test: String,
    pub restrictions: Option<String>,
}

/// The transition that leads a stopped device back.
pub fn way_back(state: DeviceState) -> Option<Transition> {
    match state {
        DeviceState::Broken | DeviceState::InMaintenance => Some(Transition::ReturnToService),
        DeviceState::Quarantined => Some(Transition::LiftQuarantine),
        DeviceState::SuspendedQuality => Some(Transition::LiftQualitySuspension),
        DeviceState::SuspendedCyber => Some(Transition::LiftCyberSuspension),
        _ => None,
    }
}

/// Records a return to service; the device comes back if nothing else is missing: answers whether it did.
/// By itself it is a line of the register; with a report, it is said by the line of that report.
pub async fn give_back(
    tx: &mut Tx,
    covered: Covered<ReturnToService>,
    device: &Device,
    new: NewReturn,
) -> Result<(Event, bool)> {
    let Some(transition) = way_back(device.state) else {
        return Err(Error::refused(
            "Remise en service",
            format!(
                "L’équipement est « {} » : il n’est pas arrêté.",
                device.state.label()
            ),
        ));
    };
    let open_stop = sqlx::query_scalar!(
        r#"select exists (select from nonconformity where device_id = $1 and grade = 'grave' and resolved_at is null) as "open!""#,
        device.id.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    if open_stop {
        return Err(Error::refused(
            "Art. R.5212-31 et R.5212-32 CSP",
            "Une non-conformité grave est ouverte sur cet équipement : elle se résout avant la remise en service.",
        ));
    }
    let record = id::fresh();
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into return_to_service (id, device_id, intervention_id, at, recorded_by, done_by, test, restrictions) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        record,
        device.id.uuid(),
        new.intervention.map(InterventionId::uuid),
        now,
        by,
        new.done_by,
        new.test,
        new.restrictions
    )
    .execute(&mut **tx)
    .await?;
    give_proof(
        tx,
        device.id,
        Need::ReturnToServiceRecord,
        ("return_to_service", record),
    )
    .await?;
    let event = Event::new(
        "maintenance.return_recorded",
        device.subject(),
        format!(
            "Constat de remise en service par {} : {}",
            new.done_by, new.test
        ),
    );
    let weighed = standing::of(tx, device, standing::local_day(device, now)).await?;
    let (event, back) = match offer(transition, Some(device.state), &weighed.facts) {
        Some(way) if way.is_open() => {
            let why = format!("Constat de remise en service : {}", new.test);
            let entailed = covered.entail::<ChangeDeviceState>();
            let changed = change_state(tx, entailed, device, transition, Some(&why)).await?;
            (event.and(changed), true)
        }
        _ => (event, false),
    };
    if new.intervention.is_some() {
        return Ok((event, back));
    }
    let written = lines::of_return(tx, covered.entail(), device, &new, record, back).await?;
    Ok((event.and(written), back))
}

/// What was typed of a return to service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnForm {
    done_by: String,
    test: String,
    restrictions: String,
}

#[derive(Template)]
#[template(path = "maintenance/devices/return_form.html")]
struct ReturnFormPage {
    head: Head,
    device: DeviceId,
    form: Typed<ReturnForm>,
    stopped: bool,
    missing: Vec<Need>,
}

impl View for ReturnFormPage {
    fn title(&self) -> String {
        self.head.title("Remise en service")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Remise en service")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "stopped": self.stopped, "missing": self.missing, "errors": self.form.errors })
    }
}

/// `GET /maintenance/devices/{id}/returns/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<ReturnToService>,
    Path(id): Path<DeviceId>,
    form: Typed<ReturnForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = devices::find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Maintenance");
    let way = way_back(device.state);
    let missing = way
        .and_then(|way| offer(way, Some(device.state), &weighed.facts))
        .map(|offer| offer.missing)
        .unwrap_or_default();
    let name = permit.caller().name.clone();
    Ok(Page::of(ReturnFormPage {
        head,
        device: id,
        form: form.or(|| ReturnForm {
            done_by: name,
            ..ReturnForm::default()
        }),
        stopped: way.is_some(),
        missing: missing
            .into_iter()
            .filter(|need| *need != Need::ReturnToServiceRecord)
            .collect(),
    }))
}

/// `POST /maintenance/devices/{id}/returns`
pub async fn create(
    State(app): State<App>,
    permit: Permit<ReturnToService>,
    Path(id): Path<DeviceId>,
    form: Form<ReturnForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = devices::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut errors = FieldErrors::default();
    let done_by = check::line(&mut errors, "done_by", &form.done_by, 200);
    let test = check::line(&mut errors, "test", &form.test, 400);
    if test.as_ref().is_some_and(|t| t.chars().count() < 5) {
        errors.add("test", "Dites quel essai a été fait, et son résultat.");
    }
    let restrictions = check::maybe_line(&mut errors, "restrictions", &form.restrictions, 1000);
    errors.done()?;
    let (Some(done_by), Some(test)) = (done_by, test) else {
        return Err(Error::internal("checked above"));
    };
    let new = NewReturn {
        intervention: None,
        done_by,
        test,
        restrictions,
    };
    let (event, _) = give_back(&mut tx, covered, &device, new).await?;
    tx.commit(event, format!("/maintenance/devices/{id}")).await
}
