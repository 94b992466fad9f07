//! Writing interventions. Each command does the whole deed: the step, its trace, what follows for the device.

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::InterventionId;
use super::model::{
    self, Bounds, Channel, Conformity, Found, Harm, Kind, Priority, Step, Usable, Verdict,
    WaitingFor,
};
use super::queries::{self, Intervention, StepLine};
use super::returns::{NewReturn, give_back};
use crate::accounts::EstablishmentId;
use crate::accounts::access::Covered;
use crate::accounts::actions::{
    ChangeDeviceState, RequestInterventions, ReturnToService, RunInterventions,
};
use crate::inventory::devices::commands::{change_state, give_proof};
use crate::inventory::devices::{Device, standing};
use crate::inventory::states::{Need, Transition};
use crate::kernel::{Error, Event, FieldErrors, Result, id, secret};
use crate::maintenance::due::commands::{Fulfilled, miss, settle, trigger};
use crate::maintenance::due::queries::{DueLine, of_device};
use crate::maintenance::nonconformities::{self, Grade};
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

async fn trace(
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
fn target(kept: &Intervention, step: Step) -> Result<model::State> {
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

/// What one point of the checklist was answered.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Answer {
    pub value: Option<f64>,
    pub is_good: Option<bool>,
    pub comment: Option<String>,
}

/// The report that closes an intervention.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Report {
    pub done_on: NaiveDate,
    pub performer: String,
    pub employer: String,
    pub role: Option<String>,
    pub cause_code: Option<String>,
    pub action_code: Option<String>,
    pub work_done: String,
    pub software: Option<(String, String)>,
    pub media_left: Option<bool>,
    pub media_note: Option<String>,
    pub work_minutes: Option<i32>,
    pub travel_minutes: Option<i32>,
    pub labour_cents: Option<i64>,
    pub external_cents: Option<i64>,
    pub performance_level: Option<String>,
    pub conformity: Conformity,
    pub restrictions: Option<String>,
    pub answers: Vec<(StepLine, Answer)>,
    pub tool: Option<(Uuid, bool)>,
    pub operations: Vec<Uuid>,
    pub back_in_service: Option<String>,
    pub nonconformity: Option<(Grade, String)>,
}

/// Finishes, checks and closes an intervention by its report, and does what follows from it.
pub async fn report(
    tx: &mut Tx,
    covered: Covered<RunInterventions>,
    returns: Option<Covered<ReturnToService>>,
    device: &Device,
    kept: &Intervention,
    new: Report,
) -> Result<Event> {
    let done = target(kept, Step::Finish)?;
    let lines = of_device(tx, device.id).await?;
    let line = lines
        .into_iter()
        .find(|l| Some(l.obligation_id) == kept.obligation_id);
    let today = standing::local_day(device, tx.now());
    let bounds = Bounds {
        today,
        asked_on: standing::local_day(device, kept.requested_at),
        last_done_on: line.as_ref().and_then(|l| l.last_done_on),
        late_entry_days: LATE_ENTRY_DAYS,
    };
    if let Some(why) = model::refuse_day(new.done_on, bounds) {
        return Err(Error::field("done_on", why));
    }
    let mut judged = Vec::new();
    for (step, answer) in &new.answers {
        let verdict = match (answer.value, answer.is_good) {
            (Some(value), _) => model::judge(value, step.limits()),
            (None, Some(true)) => Verdict::Within,
            (None, Some(false)) => Verdict::Outside,
            (None, None) => Verdict::NotJudged,
        };
        judged.push((step, answer, verdict));
    }
    let found: Vec<Found> = judged
        .iter()
        .map(|(step, answer, verdict)| Found {
            mandatory: step.is_mandatory,
            answered: answer.value.is_some() || answer.is_good.is_some(),
            outside: *verdict == Verdict::Outside,
            commented: answer
                .comment
                .as_ref()
                .is_some_and(|c| c.chars().count() >= 3),
        })
        .collect();
    let measured = kept.kind.is_measured() || line.as_ref().is_some_and(|l| l.needs_measures);
    let mut errors = FieldErrors::default();
    if let Some(why) = model::refuse_checklist(measured, &found) {
        errors.add("value", why);
    }
    for (n, (_, _, verdict)) in judged.iter().enumerate() {
        if *verdict == Verdict::Outside && !found.get(n).is_some_and(|f| f.commented) {
            errors.add(
                &format!("comment-{}", n + 1),
                "Hors limites : dites pourquoi, et ce qui en est fait.",
            );
        }
    }
    let outside = found.iter().any(|f| f.outside);
    if outside && new.conformity == Conformity::Conform {
        errors.add("conformity", "Une valeur est hors limites : « conforme avec réserve » ou « non conforme », avec ce qui est décidé.");
    }
    if new.conformity == Conformity::ConformReserve && new.restrictions.is_none() {
        errors.add(
            "restrictions",
            "Dites la réserve ou la restriction d’usage.",
        );
    }
    let within = judged
        .iter()
        .filter(|(_, a, v)| a.value.is_some() && *v == Verdict::Within)
        .count();
    let values = judged.iter().filter(|(_, a, _)| a.value.is_some()).count();
    let level = new.performance_level.clone().or_else(|| {
        (values > 0).then(|| format!("{within} valeurs sur {values} dans leurs limites"))
    });
    if level.is_none() {
        errors.add(
            "performance_level",
            "Dites le niveau de performances obtenu : un résultat, pas seulement « OK ».",
        );
    }
    let is_held = device.state.hold().is_some();
    if is_held && new.conformity == Conformity::Nonconform && new.back_in_service.is_some() {
        errors.add(
            "back_in_service",
            "Un équipement non conforme reste arrêté.",
        );
    }
    if new.conformity == Conformity::Nonconform && new.nonconformity.is_none() {
        errors.add(
            "grade",
            "Dites la gravité de la non-conformité et décrivez-la.",
        );
    }
    errors.done()?;
    let (now, by) = (tx.now(), tx.actor().id);
    let (checked, closed) = (model::State::Checked, model::State::Closed);
    for (step, answer, verdict) in &judged {
        if answer.value.is_none() && answer.is_good.is_none() {
            continue;
        }
        let (reference, _) = queries::previous(tx, device.id, step.id).await?;
        let tool = new.tool.filter(|_| step.is_measured);
        sqlx::query!(
            "insert into intervention_measure (id, intervention_id, step_id, label, value, is_good, unit, lower_limit, upper_limit, reference_value, verdict, comment, tool_id, is_tool_valid)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            id::fresh(),
            kept.id.uuid(),
            step.id,
            step.label,
            answer.value,
            answer.is_good,
            step.unit,
            step.lower_limit,
            step.upper_limit,
            reference.or(answer.value),
            verdict.code(),
            answer.comment,
            tool.map(|t| t.0),
            tool.map(|t| t.1)
        )
        .execute(&mut **tx)
        .await?;
    }
    let (before, after) = new.software.clone().unzip();
    sqlx::query!(
        "update intervention set state = 'closed', done_on = $3, done_at = $4, performer = $5, performer_employer = $6, performer_role = $7, cause_code = $8, action_code = $9,
             work_done = $10, software_before = $11, software_after = $12, media_left = $13, media_note = $14, work_minutes = $15, travel_minutes = $16, labour_cents = $17,
             external_cents = $18, performance_level = $19, conformity = $20, restrictions = $21, checked_at = $4, checked_by = $22, closed_at = $4, closed_by = $22,
             waiting_for = null, waiting_why = null, version = version + 1
         where id = $1 and version = $2",
        kept.id.uuid(),
        kept.version,
        new.done_on,
        now,
        new.performer,
        new.employer,
        new.role,
        new.cause_code,
        new.action_code,
        new.work_done,
        before,
        after,
        new.media_left,
        new.media_note,
        new.work_minutes,
        new.travel_minutes,
        new.labour_cents,
        new.external_cents,
        level,
        new.conformity.code(),
        new.restrictions,
        by
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    trace(
        tx,
        kept.id,
        Step::Finish.code(),
        Some(kept.state),
        done,
        None,
    )
    .await?;
    trace(tx, kept.id, Step::Check.code(), Some(done), checked, None).await?;
    trace(tx, kept.id, Step::Close.code(), Some(checked), closed, None).await?;
    if let Some(line) = &line {
        let fulfilled = Fulfilled {
            on: new.done_on,
            counter: None,
        };
        settle(tx, device.establishment_id, line, fulfilled).await?;
    }
    for operation in &new.operations {
        trigger(tx, device.id, *operation, new.done_on).await?;
    }
    let conform = matches!(
        new.conformity,
        Conformity::Conform | Conformity::ConformReserve
    );
    if conform
        && matches!(
            kept.kind,
            Kind::InternalControl | Kind::ExternalControl | Kind::AfterRepair
        )
    {
        give_proof(
            tx,
            device.id,
            Need::ConformQualityControl,
            ("intervention", kept.id.uuid()),
        )
        .await?;
    }
    let mut event = Event::new(
        "intervention.closed",
        device.subject(),
        format!(
            "Intervention {} clôturée, {} : {}",
            kept.number,
            new.conformity.label().to_lowercase(),
            new.work_done
        ),
    )
    .with(serde_json::json!({ "intervention_id": kept.id, "conformity": new.conformity }));
    if let Some((grade, words)) = &new.nonconformity {
        event = event.and(
            nonconformities::declare(tx, device, kept.id.uuid(), *grade, words, new.done_on)
                .await?,
        );
    }
    if let (Some(test), Some(returns)) = (&new.back_in_service, returns) {
        let record = NewReturn {
            intervention: Some(kept.id),
            done_by: new.performer.clone(),
            test: test.clone(),
            restrictions: new.restrictions.clone(),
        };
        event = event.and(give_back(tx, returns, device, record).await?);
    }
    drop(covered);
    Ok(event)
}
