//! Writing interventions. Each command does the whole deed: the step, its trace, what follows for the device.

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::InterventionId;
use super::model::{self, Channel, Harm, Kind, Priority, Step, Usable, WaitingFor};
use super::queries::Intervention;
use crate::accounts::EstablishmentId;
use crate::accounts::access::Covered;
use crate::accounts::actions::{ChangeDeviceState, RequestInterventions, RunInterventions};
use crate::inventory::devices::Device;
use crate::inventory::devices::commands::change_state;
use crate::inventory::states::Transition;
use crate::kernel::{Error, Event, Result, id, secret};
use crate::maintenance::due::commands::miss;
use crate::maintenance::due::queries::DueLine;
use crate::platform::db::{OneRow, Tx};

const RULE: &str = "Interventions de maintenance";
/// A report is written within so many days of the work.
pub const LATE_ENTRY_DAYS: i64 = 30;

/// What is asked for.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct NewRequest {
    pub kind: Kind,
    pub requester: String,
    pub phone: Option<String>,
    pub channel: Channel,
    pub symptom: String,
    pub usable: Usable,
    pub harm: Harm,
    pub harm_note: Option<String>,
    pub address: Option<String>,
    pub due: Option<DueLine>,
}

/// What was made of a request.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Asked {
    pub id: InterventionId,
    pub number: String,
    pub receipt: Option<String>,
}

async fn next_number(tx: &mut Tx, establishment: EstablishmentId) -> Result<String> {
    let year = tx.now().year();
    let rank = sqlx::query_scalar!(
        "insert into counter (establishment_id, name, year, last) values ($1, 'intervention', $2, 1)
         on conflict (establishment_id, name, year) do update set last = counter.last + 1 returning last",
        establishment.uuid(),
        year
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(format!("IN-{year}-{rank:05}"))
}

pub(super) async fn trace(
    tx: &mut Tx,
    id: InterventionId,
    step: &str,
    from: Option<model::State>,
    to: model::State,
    note: Option<&str>,
) -> Result<()> {
    let (row, now, by) = (id::fresh(), tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into intervention_change (id, intervention_id, step, from_state, to_state, at, actor_id, note) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        row,
        id.uuid(),
        step,
        from.map(|s| s.code()),
        to.code(),
        now,
        by,
        note
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Asks for an intervention, or opens the one that answers an obligation.
pub async fn ask(
    tx: &mut Tx,
    _: Covered<RequestInterventions>,
    device: &Device,
    new: NewRequest,
) -> Result<(Asked, Event)> {
    open(tx, device, new).await
}

/// Opens the intervention that answers an obligation of a device.
pub async fn answer_due(
    tx: &mut Tx,
    covered: Covered<RunInterventions>,
    device: &Device,
    line: DueLine,
) -> Result<(Asked, Event)> {
    let new = NewRequest {
        kind: Kind::of_obligation(line.kind),
        requester: covered.caller().name.clone(),
        phone: None,
        channel: Channel::Plan,
        symptom: line.title.clone(),
        usable: Usable::Yes,
        harm: Harm::No,
        harm_note: None,
        address: None,
        due: Some(line),
    };
    open(tx, device, new).await
}

async fn open(tx: &mut Tx, device: &Device, new: NewRequest) -> Result<(Asked, Event)> {
    crate::inventory::devices::refuse_if_annulled(device)?;
    let id = InterventionId::fresh();
    let number = next_number(tx, device.establishment_id).await?;
    let receipt = match new.channel {
        Channel::Label => Some(secret::random_text(18)?),
        _ => None,
    };
    let (now, by) = (tx.now(), tx.actor().id);
    let due = new.due.as_ref();
    sqlx::query!(
        "insert into intervention (id, establishment_id, number, device_id, kind, state, obligation_id, due_on, requested_at, requested_by, requester, requester_phone,
             channel, symptom, usable, harm, harm_note, receipt_token, request_address, not_presented, version)
         values ($1, $2, $3, $4, $5, 'requested', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18::text::inet, 0, 1)",
        id.uuid(),
        device.establishment_id.uuid(),
        number,
        device.id.uuid(),
        new.kind.code(),
        due.map(|d| d.obligation_id.uuid()),
        due.and_then(|d| d.due_on),
        now,
        by,
        new.requester,
        new.phone,
        new.channel.code(),
        new.symptom,
        new.usable.code(),
        new.harm.code(),
        new.harm_note,
        receipt,
        new.address
    )
    .execute(&mut **tx)
    .await?;
    trace(tx, id, "request", None, model::State::Requested, None).await?;
    let words = format!("Intervention {number} demandée : {}", new.symptom);
    let event = Event::new("intervention.requested", device.subject(), words)
        .with(serde_json::json!({ "intervention_id": id, "harm": new.harm, "usable": new.usable }));
    Ok((
        Asked {
            id,
            number,
            receipt,
        },
        event,
    ))
}

/// The step, if the machine has it from here.
pub(super) fn target(kept: &Intervention, step: Step) -> Result<model::State> {
    step.target(kept.state).ok_or_else(|| {
        Error::refused(
            RULE,
            format!(
                "« {} » n’est pas possible : l’intervention {} est {}.",
                step.label(),
                kept.number,
                kept.state.label().to_lowercase()
            ),
        )
    })
}

/// How pressing, which kind of work, and whether the device is stopped.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Qualification {
    pub priority: Priority,
    pub kind: Kind,
    pub broken: bool,
    pub loan_given: bool,
}

/// Qualifies a request; a device that cannot be used is declared out of order.
pub async fn qualify(
    tx: &mut Tx,
    covered: Covered<RunInterventions>,
    device: &Device,
    kept: &Intervention,
    new: Qualification,
) -> Result<Event> {
    let to = target(kept, Step::Qualify)?;
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update intervention set state = $2, priority = $3, kind = $4, loan_given = $5, qualified_at = $6, qualified_by = $7, version = version + 1 where id = $1 and version = $8",
        kept.id.uuid(),
        to.code(),
        new.priority.code(),
        new.kind.code(),
        new.loan_given,
        now,
        by,
        kept.version
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    trace(
        tx,
        kept.id,
        Step::Qualify.code(),
        Some(kept.state),
        to,
        None,
    )
    .await?;
    let mut event = Event::new(
        "intervention.qualified",
        kept.subject(),
        format!(
            "Intervention {} qualifiée, priorité {}",
            kept.number,
            new.priority.label().to_lowercase()
        ),
    );
    if new.broken
        && Transition::ReportFailure
            .target(Some(device.state))
            .is_some()
    {
        let covered = covered.entail::<ChangeDeviceState>();
        let why = format!("Intervention {} : {}", kept.number, kept.symptom);
        event = event
            .and(change_state(tx, covered, device, Transition::ReportFailure, Some(&why)).await?);
    }
    Ok(event)
}

/// When, by whom.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Plan {
    pub on: NaiveDate,
    pub assignee: Option<Uuid>,
    pub provider: Option<Uuid>,
    pub under_contract: Option<bool>,
}

/// Plans an intervention.
pub async fn plan(
    tx: &mut Tx,
    _: Covered<RunInterventions>,
    kept: &Intervention,
    new: Plan,
) -> Result<Event> {
    let to = target(kept, Step::Plan)?;
    sqlx::query!(
        "update intervention set state = $2, planned_on = $3, assignee_id = $4, provider_id = $5, under_contract = $6, waiting_for = null, waiting_why = null,
             version = version + 1 where id = $1 and version = $7",
        kept.id.uuid(),
        to.code(),
        new.on,
        new.assignee,
        new.provider,
        new.under_contract,
        kept.version
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    trace(tx, kept.id, Step::Plan.code(), Some(kept.state), to, None).await?;
    Ok(Event::new(
        "intervention.planned",
        kept.subject(),
        format!(
            "Intervention {} prévue le {}",
            kept.number,
            crate::kernel::date::short(new.on)
        ),
    ))
}

/// Starts or resumes the work; the device may be taken out of use meanwhile.
pub async fn work(
    tx: &mut Tx,
    covered: Covered<RunInterventions>,
    device: &Device,
    kept: &Intervention,
    take_out: bool,
) -> Result<Event> {
    let step = if kept.state == model::State::Waiting {
        Step::Resume
    } else {
        Step::Start
    };
    let to = target(kept, step)?;
    let now = tx.now();
    sqlx::query!(
        "update intervention set state = $2, started_at = coalesce(started_at, $3), waiting_for = null, waiting_why = null, version = version + 1 where id = $1 and version = $4",
        kept.id.uuid(),
        to.code(),
        now,
        kept.version
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    trace(tx, kept.id, step.code(), Some(kept.state), to, None).await?;
    let mut event = Event::new(
        "intervention.started",
        kept.subject(),
        format!("Intervention {} en cours", kept.number),
    );
    if take_out
        && Transition::StartMaintenance
            .target(Some(device.state))
            .is_some()
    {
        let covered = covered.entail::<ChangeDeviceState>();
        let why = format!("Intervention {}", kept.number);
        event = event.and(
            change_state(
                tx,
                covered,
                device,
                Transition::StartMaintenance,
                Some(&why),
            )
            .await?,
        );
    }
    Ok(event)
}

/// Puts the work off until something comes. A device not presented is counted, here and on its obligation.
pub async fn wait(
    tx: &mut Tx,
    _: Covered<RunInterventions>,
    kept: &Intervention,
    cause: WaitingFor,
    why: Option<&str>,
) -> Result<Event> {
    let to = target(kept, Step::Wait)?;
    let missed = i32::from(cause == WaitingFor::Device);
    sqlx::query!(
        "update intervention set state = $2, waiting_for = $3, waiting_why = $4, not_presented = not_presented + $5, version = version + 1 where id = $1 and version = $6",
        kept.id.uuid(),
        to.code(),
        cause.code(),
        why,
        missed,
        kept.version
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    if let (WaitingFor::Device, Some(obligation)) = (cause, kept.obligation_id) {
        miss(tx, kept.device_id, obligation).await?;
    }
    trace(tx, kept.id, Step::Wait.code(), Some(kept.state), to, why).await?;
    Ok(Event::new(
        "intervention.waiting",
        kept.subject(),
        format!(
            "Intervention {} en attente : {}",
            kept.number,
            cause.label().to_lowercase()
        ),
    ))
}

/// Cancels a request, with its reason.
pub async fn cancel(
    tx: &mut Tx,
    _: Covered<RunInterventions>,
    kept: &Intervention,
    why: &str,
) -> Result<Event> {
    let to = target(kept, Step::Cancel)?;
    tx.because(why).await?;
    sqlx::query!(
        "update intervention set state = $2, cancelled_why = $3, waiting_for = null, waiting_why = null, version = version + 1 where id = $1 and version = $4",
        kept.id.uuid(),
        to.code(),
        why,
        kept.version
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    trace(
        tx,
        kept.id,
        Step::Cancel.code(),
        Some(kept.state),
        to,
        Some(why),
    )
    .await?;
    Ok(Event::new(
        "intervention.cancelled",
        kept.subject(),
        format!("Intervention {} annulée : {why}", kept.number),
    ))
}

/// A part used.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct NewPart {
    pub reference: String,
    pub lot: Option<String>,
    pub serial: Option<String>,
    pub quantity: i32,
    pub unit_cents: Option<i64>,
    pub is_original: Option<bool>,
}

/// Writes a part used, while the intervention is open.
pub async fn add_part(
    tx: &mut Tx,
    _: Covered<RunInterventions>,
    kept: &Intervention,
    new: NewPart,
) -> Result<Event> {
    if kept.state.is_over() {
        return Err(Error::refused(
            RULE,
            "L’intervention est terminée : son compte rendu ne change plus.",
        ));
    }
    sqlx::query!(
        "insert into intervention_part (id, intervention_id, reference, lot, serial, quantity, unit_cents, is_original) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id::fresh(),
        kept.id.uuid(),
        new.reference,
        new.lot,
        new.serial,
        new.quantity,
        new.unit_cents,
        new.is_original
    )
    .execute(&mut **tx)
    .await?;
    Ok(Event::new(
        "intervention.part_used",
        kept.subject(),
        format!("Pièce {} × {}", new.quantity, new.reference),
    ))
}
