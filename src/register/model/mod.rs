//! Lines of the register: their words, what each must say, how late they may come. Pure.

pub mod canonical;

use chrono::{DateTime, Months, NaiveDate, Utc};
use uuid::Uuid;

use crate::inventory::devices::DeviceId;
use crate::kernel::{FieldErrors, text};
use crate::platform::db::list::Tone;

crate::id_type!(/** A line of the register. */ LineId);

crate::coded! {
    /// What a line is in its chain.
    pub enum Entry {
        Operation = "operation" => "Opération",
        Correction = "correction" => "Correction",
        Annulment = "annulment" => "Annulation",
    }
}

crate::coded! {
    /// The nature of an operation.
    pub enum LineKind {
        Preventive = "preventive" => "Maintenance préventive",
        Corrective = "corrective" => "Maintenance corrective",
        InternalControl = "internal_control" => "Contrôle de qualité interne",
        ExternalControl = "external_control" => "Contrôle de qualité externe",
        ControlAudit = "control_audit" => "Audit du contrôle interne",
        ElectricalSafety = "electrical_safety" => "Sécurité électrique",
        Calibration = "calibration" => "Étalonnage",
        Regulatory = "regulatory" => "Vérification réglementaire",
        SoftwareUpdate = "software_update" => "Mise à jour logicielle",
        RemoteMaintenance = "remote_maintenance" => "Télémaintenance",
        Commissioning = "commissioning" => "Mise en service",
        PostRepairControl = "post_repair_control" => "Contrôle après réparation",
        UserAssistance = "user_assistance" => "Assistance aux utilisateurs",
        FieldAction = "field_action" => "Action de sécurité (rappel, avis)",
        Other = "other" => "Autre opération",
    }
}

crate::coded! {
    /// The result as to the conformity of the device.
    pub enum Conformity {
        Conform = "conform" => "Conforme",
        ConformWithRemark = "conform_with_remark" => "Conforme avec réserve",
        Nonconform = "nonconform" => "Non conforme",
        NotApplicable = "not_applicable" => "Sans objet",
    }
}

crate::coded! {
    /// How a line came.
    pub enum Source {
        Manual = "manual" => "saisie",
        Intervention = "intervention" => "intervention",
        QualityControl = "quality_control" => "contrôle de qualité",
        Import = "import" => "reprise d’un registre antérieur",
    }
}

impl Conformity {
    /// What it means.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Conform => Tone::Good,
            Self::ConformWithRemark => Tone::Watch,
            Self::Nonconform => Tone::Bad,
            Self::NotApplicable => Tone::Neutral,
        }
    }
}

/// A report attached: its content is named by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The document that holds it, when Vigie keeps it.
    pub document: Option<Uuid>,
    /// The name of the file.
    pub name: String,
    /// SHA-256 of its content, lower hexadecimal.
    pub sha256: String,
}

/// A line about to be written. `NewLine::of` gives one to complete with `..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// The nature of the operation, from the closed list.
    pub kind: LineKind,
    /// What was done, in words.
    pub nature: String,
    /// Its first day, when it took several.
    pub begun_on: Option<NaiveDate>,
    /// The day it was done.
    pub done_on: Option<NaiveDate>,
    /// What an earlier register said instead of a day.
    pub done_on_text: Option<String>,
    /// The person who did it.
    pub performer_name: Option<String>,
    /// In what quality.
    pub performer_role: Option<String>,
    /// Whose employee.
    pub performer_employer: Option<String>,
    /// The number of accreditation of the body, for an external control.
    pub accreditation: Option<String>,
    /// The level of performance obtained.
    pub performance: Option<String>,
    /// The values measured, one a line.
    pub measurements: Option<String>,
    /// The result as to conformity.
    pub conformity: Option<Conformity>,
    /// When the device was stopped, for a nonconformity.
    pub stopped_on: Option<NaiveDate>,
    /// When it was used again.
    pub resumed_on: Option<NaiveDate>,
    /// Restrictions of use.
    pub restrictions: Option<String>,
    /// Software before.
    pub software_before: Option<String>,
    /// Software after.
    pub software_after: Option<String>,
    /// The report.
    pub report: Option<Report>,
    /// Why the line comes late, when it does.
    pub reason: Option<String>,
    /// How it came.
    pub source: Source,
    /// The object of another domain that caused it: its table and id.
    pub cause: Option<(String, Uuid)>,
}

impl NewLine {
    /// A line that says what, when and who: the rest is nothing yet.
    pub fn of(kind: LineKind, nature: &str, done_on: NaiveDate, performer: &str) -> Self {
        Self {
            kind,
            nature: nature.to_owned(),
            begun_on: None,
            done_on: Some(done_on),
            done_on_text: None,
            performer_name: text::maybe(performer),
            performer_role: None,
            performer_employer: None,
            accreditation: None,
            performance: None,
            measurements: None,
            conformity: None,
            stopped_on: None,
            resumed_on: None,
            restrictions: None,
            software_before: None,
            software_after: None,
            report: None,
            reason: None,
            source: Source::Manual,
            cause: None,
        }
    }
}

/// How late a line may come: rule `vigie.registre-antidatage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lateness {
    /// Past this, the line says how many days, and why.
    pub marked_after_days: i64,
    /// Past this, it is refused.
    pub refused_after_days: i64,
}

/// What a new line must say. Answers how many days late it is, when that must be marked.
pub fn check(
    new: &NewLine,
    entry: Entry,
    today: NaiveDate,
    lateness: Lateness,
) -> Result<Option<i32>, FieldErrors> {
    let mut wrong = FieldErrors::default();
    let imported = new.source == Source::Import;
    if text::maybe(&new.nature).is_none() {
        wrong.add("nature", "Dites ce qui a été fait.");
    }
    let future = |wrong: &mut FieldErrors, field: &str, day: Option<NaiveDate>| {
        if let Some(day) = day.filter(|d| *d > today) {
            wrong.add(
                field,
                format!(
                    "Le {} n’est pas encore arrivé : le registre dit ce qui est fait.",
                    day.format("%d/%m/%Y")
                ),
            );
        }
    };
    for (field, day) in [
        ("begun_on", new.begun_on),
        ("done_on", new.done_on),
        ("stopped_on", new.stopped_on),
        ("resumed_on", new.resumed_on),
    ] {
        future(&mut wrong, field, day);
    }
    let after = |first: Option<NaiveDate>, then: Option<NaiveDate>| {
        first.zip(then).is_some_and(|(first, then)| first > then)
    };
    if after(new.begun_on, new.done_on) {
        wrong.add(
            "begun_on",
            "Le début suit la fin : le jour où l’opération a commencé est attendu.",
        );
    }
    if after(new.stopped_on, new.resumed_on) {
        wrong.add("resumed_on", "La reprise d’exploitation précède l’arrêt.");
    }
    if new.resumed_on.is_some() && new.stopped_on.is_none() && !imported {
        wrong.add(
            "stopped_on",
            "Une reprise suit un arrêt : dites quel jour l’appareil a été arrêté.",
        );
    }
    if !imported {
        items(new, &mut wrong);
    }
    let mut late = None;
    if let (Entry::Operation, false, Some(done)) = (entry, imported, new.done_on) {
        let days = (today - done).num_days();
        if days > lateness.refused_after_days {
            wrong.add(
                "done_on",
                format!(
                    "L’opération date de {days} jours : au-delà de {}, elle ne se saisit plus et n’entre que par l’import d’un registre antérieur.",
                    lateness.refused_after_days
                ),
            );
        } else if days > lateness.marked_after_days {
            late = i32::try_from(days).ok();
            if new.reason.is_none() {
                wrong.add(
                    "reason",
                    format!("L’opération date de {days} jours : dites pourquoi elle est consignée si tard. Le retard sera marqué au registre."),
                );
            }
        }
    }
    if entry == Entry::Correction && new.reason.is_none() {
        wrong.add("reason", "Dites pourquoi la ligne est corrigée.");
    }
    if wrong.is_empty() {
        Ok(late)
    } else {
        Err(wrong)
    }
}

/// The items of art. R.5212-28 5°, and the report of R.5212-30.
fn items(new: &NewLine, wrong: &mut FieldErrors) {
    if new.done_on.is_none() {
        wrong.add("done_on", "Dites quel jour l’opération a été faite.");
    }
    if new.performer_name.is_none() {
        wrong.add(
            "performer_name",
            "Le registre nomme la personne, et non la seule société (art. R.5212-28 5°).",
        );
    }
    match new.conformity {
        None => wrong.add(
            "conformity",
            "Dites le résultat quant à la conformité, ou « sans objet ».",
        ),
        Some(Conformity::NotApplicable) => {}
        Some(_) if new.performance.is_none() => wrong.add(
            "performance",
            "Dites le niveau de performances obtenu : une valeur ou un résultat, non « OK ».",
        ),
        Some(Conformity::Nonconform) if new.stopped_on.is_none() && new.restrictions.is_none() => {
            wrong.add(
                "stopped_on",
                "Non conforme : dites quel jour l’appareil a été arrêté, ou ses restrictions d’utilisation.",
            );
        }
        Some(_) => {}
    }
    if new.kind == LineKind::ExternalControl {
        if new.performer_employer.is_none() {
            wrong.add(
                "performer_employer",
                "Un contrôle externe est fait par un organisme : nommez-le.",
            );
        }
        if new.accreditation.is_none() {
            wrong.add(
                "accreditation",
                "Donnez le n° d’accréditation de l’organisme (art. R.5212-29).",
            );
        }
        if new.report.is_none() {
            wrong.add(
                "report",
                "Le rapport du contrôle externe se joint au registre (art. R.5212-30).",
            );
        }
    }
}

/// A line as it is kept.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "the columns of register_line, said in its migration"
)]
pub struct Line {
    pub id: LineId,
    pub device_id: DeviceId,
    pub number: i32,
    pub entry: Entry,
    pub corrects_id: Option<LineId>,
    pub kind: LineKind,
    pub nature: String,
    pub begun_on: Option<NaiveDate>,
    pub done_on: Option<NaiveDate>,
    pub done_on_text: Option<String>,
    pub performer_name: Option<String>,
    pub performer_role: Option<String>,
    pub performer_employer: Option<String>,
    pub accreditation: Option<String>,
    pub performance: Option<String>,
    pub measurements: Option<String>,
    pub conformity: Option<Conformity>,
    pub stopped_on: Option<NaiveDate>,
    pub resumed_on: Option<NaiveDate>,
    pub restrictions: Option<String>,
    pub software_before: Option<String>,
    pub software_after: Option<String>,
    pub report_id: Option<Uuid>,
    pub report_name: Option<String>,
    pub report_sha256: Option<String>,
    pub reason: Option<String>,
    pub late_days: Option<i32>,
    pub source: Source,
    pub cause_type: Option<String>,
    pub cause_id: Option<Uuid>,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: Option<Uuid>,
    pub recorded_by_name: String,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

/// Until when a register is kept: the day after which it may be destroyed, once exploitation ended.
pub fn retained_until(end_of_exploitation: NaiveDate, years: u32) -> Option<NaiveDate> {
    end_of_exploitation.checked_add_months(Months::new(years * 12))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
