//! What the legal register keeps of this domain: the report that closes, the return to service, the stop
//! that was really confirmed. One operation is one line; what its article asks for, the register refuses itself.

use chrono::NaiveDate;
use uuid::Uuid;

use super::checklists::StepLine;
use super::closing::{Answer, Report};
use super::model::{Conformity, Kind, Verdict, number_words};
use super::queries::Intervention;
use crate::accounts::access::Covered;
use crate::accounts::actions::AppendRegister;
use crate::inventory::devices::{Device, standing};
use crate::kernel::{Event, Result, date};
use crate::maintenance::nonconformities::Grade;
use crate::platform::db::Tx;
use crate::register::{self, LineKind, NewLine, Source};

impl Kind {
    /// The nature the register has for it.
    pub const fn line(self) -> LineKind {
        match self {
            Self::Corrective => LineKind::Corrective,
            Self::Preventive => LineKind::Preventive,
            Self::InternalControl => LineKind::InternalControl,
            Self::ExternalControl => LineKind::ExternalControl,
            Self::ControlAudit => LineKind::ControlAudit,
            Self::ElectricalSafety => LineKind::ElectricalSafety,
            Self::Calibration => LineKind::Calibration,
            Self::Regulatory => LineKind::Regulatory,
            Self::SoftwareUpdate => LineKind::SoftwareUpdate,
            Self::Remote => LineKind::RemoteMaintenance,
            Self::Commissioning => LineKind::Commissioning,
            Self::AfterRepair => LineKind::PostRepairControl,
            Self::Assistance => LineKind::UserAssistance,
            Self::Recall => LineKind::FieldAction,
        }
    }
}

impl Conformity {
    /// The same result, as the register says it.
    pub const fn line(self) -> register::Conformity {
        match self {
            Self::Conform => register::Conformity::Conform,
            Self::ConformReserve => register::Conformity::ConformWithRemark,
            Self::Nonconform => register::Conformity::Nonconform,
            Self::NotApplicable => register::Conformity::NotApplicable,
        }
    }
}

/// « Courant de fuite : 0,31 µA (≤ 0,3 µA), hors limites ».
fn measured(step: &StepLine, answer: &Answer, verdict: Verdict) -> Option<String> {
    let said = match (answer.value, answer.is_good) {
        (Some(value), _) => {
            let unit = step.unit.as_deref().unwrap_or_default();
            format!("{} {unit}", number_words(value)).trim().to_owned()
        }
        (None, Some(true)) => "bon".to_owned(),
        (None, Some(false)) => "mauvais".to_owned(),
        (None, None) => return None,
    };
    let limits = match step.limit_words() {
        words if words.is_empty() => String::new(),
        words => format!(" ({})", words.trim()),
    };
    let comment = answer
        .comment
        .as_ref()
        .map(|c| format!(" : {c}"))
        .unwrap_or_default();
    Some(format!(
        "{} : {said}{limits}, {}{comment}",
        step.label,
        verdict.label()
    ))
}

/// The day a stopped device was stopped; none when it is in use.
fn stopped_on(device: &Device) -> Option<NaiveDate> {
    super::returns::way_back(device.state)?;
    device.state_since.map(|at| standing::local_day(device, at))
}

/// Writes the report that closes an intervention: the level of performance obtained, and whether the device is in use again.
pub(super) async fn of_report(
    tx: &mut Tx,
    covered: Covered<AppendRegister>,
    device: &Device,
    kept: &Intervention,
    new: &Report,
    judged: &[(&StepLine, &Answer, Verdict)],
    (level, back): (Option<String>, bool),
) -> Result<Event> {
    let today = standing::local_day(device, tx.now());
    let stopped = stopped_on(device);
    let grave = new
        .nonconformity
        .as_ref()
        .is_some_and(|(grade, _)| *grade == Grade::Grave);
    let asked = (grave && stopped.is_none()).then(|| {
        format!(
            "Arrêt d’exploitation demandé le {}, non encore confirmé.",
            date::short(today)
        )
    });
    let restrictions = match (&new.restrictions, asked) {
        (Some(said), Some(asked)) => Some(format!("{said} {asked}")),
        (said, asked) => said.clone().or(asked),
    };
    let (software_before, software_after) = new.software.clone().unzip();
    let values: Vec<String> = judged
        .iter()
        .filter_map(|(step, answer, verdict)| measured(step, answer, *verdict))
        .collect();
    let line = NewLine {
        begun_on: kept
            .started_at
            .map(|at| standing::local_day(device, at))
            .filter(|on| *on < new.done_on),
        performer_role: new.role.clone(),
        performer_employer: Some(new.employer.clone()),
        accreditation: new.accreditation.clone(),
        performance: level,
        measurements: match values.is_empty() {
            true => new.measurements.clone(),
            false => Some(values.join("\n")),
        },
        conformity: Some(new.conformity.line()),
        stopped_on: stopped,
        resumed_on: stopped.filter(|_| back).map(|_| today),
        restrictions,
        software_before,
        software_after,
        report: new.attached.clone(),
        reason: new.late_reason.clone(),
        source: Source::Intervention,
        cause: Some(("intervention".into(), kept.id.uuid())),
        ..NewLine::of(
            kept.kind.line(),
            &format!("{} : {}", kept.number, new.work_done),
            new.done_on,
            &new.performer,
        )
    };
    let (_, event) = register::append(tx, covered, device, line).await?;
    Ok(event)
}

/// Writes a return to service recorded by itself: the test, who made it, and the resumption if it is real.
pub(super) async fn of_return(
    tx: &mut Tx,
    covered: Covered<AppendRegister>,
    device: &Device,
    new: &super::returns::NewReturn,
    record: Uuid,
    back: bool,
) -> Result<Event> {
    let today = standing::local_day(device, tx.now());
    let stopped = stopped_on(device);
    let conformity = match new.restrictions {
        Some(_) => register::Conformity::ConformWithRemark,
        None => register::Conformity::Conform,
    };
    let line = NewLine {
        performance: Some(new.test.clone()),
        conformity: Some(conformity),
        stopped_on: stopped,
        resumed_on: stopped.filter(|_| back).map(|_| today),
        restrictions: new.restrictions.clone(),
        source: Source::Intervention,
        cause: Some(("return_to_service".into(), record)),
        ..NewLine::of(
            LineKind::PostRepairControl,
            "Constat de remise en service",
            today,
            &new.done_by,
        )
    };
    let (_, event) = register::append(tx, covered, device, line).await?;
    Ok(event)
}

/// Writes the stop of a device found not conform, once a named person confirmed it.
pub(in crate::maintenance) async fn of_stop(
    tx: &mut Tx,
    covered: Covered<AppendRegister>,
    device: &Device,
    (cause, found): (Uuid, &str),
    confirmed_by: &str,
    fallback: &str,
) -> Result<Event> {
    let today = standing::local_day(device, tx.now());
    let line = NewLine {
        performance: Some(found.to_owned()),
        conformity: Some(register::Conformity::Nonconform),
        stopped_on: Some(stopped_on(device).unwrap_or(today)),
        restrictions: Some(format!("Remplacement : {fallback}")),
        source: Source::Intervention,
        cause: Some(("nonconformity".into(), cause)),
        ..NewLine::of(
            LineKind::Other,
            "Arrêt d’exploitation pour non-conformité",
            today,
            confirmed_by,
        )
    };
    let (_, event) = register::append(tx, covered, device, line).await?;
    Ok(event)
}
