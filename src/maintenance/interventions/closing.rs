//! Closing an intervention: the report is judged, written, and what follows from it is done at once.

use chrono::NaiveDate;
use uuid::Uuid;

use super::checklists::{self, StepLine};
use super::commands::{LATE_ENTRY_DAYS, target, trace};
use super::lines;
use super::model::{self, Bounds, Conformity, Found, Kind, Step, Verdict};
use super::queries::Intervention;
use super::returns::{NewReturn, give_back, way_back};
use crate::accounts::access::Covered;
use crate::accounts::actions::{ReturnToService, RunInterventions};
use crate::inventory::devices::commands::give_proof;
use crate::inventory::devices::{Device, standing};
use crate::inventory::states::Need;
use crate::kernel::{Error, Event, FieldErrors, Result, id};
use crate::maintenance::due::commands::{Fulfilled, settle, trigger};
use crate::maintenance::due::queries::of_device;
use crate::maintenance::nonconformities::{self, Grade};
use crate::platform::db::{OneRow, Tx};

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
    pub accreditation: Option<String>,
    pub attached: Option<crate::register::Report>,
    pub late_reason: Option<String>,
    pub measurements: Option<String>,
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
    // Without a checklist, the values are said in words.
    let measurements = new.measurements.clone().filter(|_| new.answers.is_empty());
    let measured = kept.kind.is_measured() || line.as_ref().is_some_and(|l| l.needs_measures);
    let mut errors = FieldErrors::default();
    if let Some(why) = model::refuse_checklist(measured && measurements.is_none(), &found) {
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
    let used_on = new.conformity == Conformity::Nonconform && way_back(device.state).is_none();
    if used_on
        && new.restrictions.is_none()
        && new
            .nonconformity
            .as_ref()
            .is_some_and(|(grade, _)| *grade == Grade::Minor)
    {
        errors.add(
            "restrictions",
            "Non conforme et toujours utilisé : dites ses restrictions d’usage.",
        );
    }
    errors.done()?;
    let (now, by) = (tx.now(), tx.actor().id);
    let (checked, closed) = (model::State::Checked, model::State::Closed);
    for (step, answer, verdict) in &judged {
        if answer.value.is_none() && answer.is_good.is_none() {
            continue;
        }
        let (reference, _) = checklists::previous(tx, device.id, step.id).await?;
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
             measurements = $23, waiting_for = null, waiting_why = null, version = version + 1
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
        level.clone(),
        new.conformity.code(),
        new.restrictions,
        by,
        measurements
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
    let mut back = false;
    if let (Some(test), Some(returns)) = (&new.back_in_service, returns) {
        let record = NewReturn {
            intervention: Some(kept.id),
            done_by: new.performer.clone(),
            test: test.clone(),
            restrictions: new.restrictions.clone(),
        };
        let (given, came_back) = give_back(tx, returns, device, record).await?;
        event = event.and(given);
        back = came_back;
    }
    let written = lines::of_report(
        tx,
        covered.entail(),
        device,
        kept,
        &new,
        &judged,
        (level, back),
    )
    .await?;
    Ok(event.and(written))
}
