//! The form of a line: texts as typed, and the line they make.

use serde::Deserialize;

use crate::inventory::devices::Device;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::check;
use crate::register::model::{Conformity, Line, LineKind, NewLine, Report, Source};

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LineForm {
    pub(super) kind: String,
    pub(super) nature: String,
    pub(super) begun_on: String,
    pub(super) done_on: String,
    pub(super) performer_name: String,
    pub(super) performer_role: String,
    pub(super) performer_employer: String,
    pub(super) accreditation: String,
    pub(super) performance: String,
    pub(super) measurements: String,
    pub(super) conformity: String,
    pub(super) stopped_on: String,
    pub(super) resumed_on: String,
    pub(super) restrictions: String,
    pub(super) software_before: String,
    pub(super) software_after: String,
    pub(super) reason: String,
}

impl LineForm {
    /// An empty form that knows the day, the person and the software.
    pub fn fresh(device: &Device, today: chrono::NaiveDate, who: &str) -> Self {
        Self {
            done_on: today.to_string(),
            performer_name: who.to_owned(),
            performer_employer: device.establishment_name.clone(),
            ..Self::default()
        }
    }

    /// The form of a line to correct.
    pub fn of(line: &Line) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let day =
            |value: Option<chrono::NaiveDate>| value.map(|d| d.to_string()).unwrap_or_default();
        Self {
            kind: line.kind.code().into(),
            nature: line.nature.clone(),
            begun_on: day(line.begun_on),
            done_on: day(line.done_on),
            performer_name: text(&line.performer_name),
            performer_role: text(&line.performer_role),
            performer_employer: text(&line.performer_employer),
            accreditation: text(&line.accreditation),
            performance: text(&line.performance),
            measurements: text(&line.measurements),
            conformity: line
                .conformity
                .map(|c| c.code().to_owned())
                .unwrap_or_default(),
            stopped_on: day(line.stopped_on),
            resumed_on: day(line.resumed_on),
            restrictions: text(&line.restrictions),
            software_before: text(&line.software_before),
            software_after: text(&line.software_after),
            reason: String::new(),
        }
    }

    /// The line; what the register itself asks for is checked when it is written.
    pub fn check(&self, report: Option<Report>) -> Result<NewLine> {
        let mut wrong = FieldErrors::default();
        let kind = check::maybe_code(&mut wrong, "kind", &self.kind, LineKind::from_code);
        if self.kind.trim().is_empty() {
            wrong.add("kind", "Choisissez la nature de l’opération.");
        }
        let mut line =
            |field: &str, typed: &str, most| check::maybe_line(&mut wrong, field, typed, most);
        let performer_name = line("performer_name", &self.performer_name, 200);
        let performer_role = line("performer_role", &self.performer_role, 200);
        let performer_employer = line("performer_employer", &self.performer_employer, 200);
        let accreditation = line("accreditation", &self.accreditation, 60);
        let software_before = line("software_before", &self.software_before, 100);
        let software_after = line("software_after", &self.software_after, 100);
        let mut area =
            |field: &str, typed: &str, most| check::maybe_paragraph(&mut wrong, field, typed, most);
        let nature = area("nature", &self.nature, 2000);
        let performance = area("performance", &self.performance, 2000);
        let measurements = area("measurements", &self.measurements, 8000);
        let restrictions = area("restrictions", &self.restrictions, 2000);
        let reason = area("reason", &self.reason, 1000);
        let conformity = check::maybe_code(
            &mut wrong,
            "conformity",
            &self.conformity,
            Conformity::from_code,
        );
        let mut day = |field: &str, typed: &str| check::maybe_day(&mut wrong, field, typed);
        let begun_on = day("begun_on", &self.begun_on);
        let done_on = day("done_on", &self.done_on);
        let stopped_on = day("stopped_on", &self.stopped_on);
        let resumed_on = day("resumed_on", &self.resumed_on);
        match kind {
            Some(kind) if wrong.is_empty() => Ok(NewLine {
                kind,
                nature: nature.unwrap_or_default(),
                begun_on,
                done_on,
                done_on_text: None,
                performer_name,
                performer_role,
                performer_employer,
                accreditation,
                performance,
                measurements,
                conformity,
                stopped_on,
                resumed_on,
                restrictions,
                software_before,
                software_after,
                report,
                reason,
                source: Source::Manual,
                cause: None,
            }),
            _ => Err(wrong.into()),
        }
    }
}
