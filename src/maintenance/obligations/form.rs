//! The form of an obligation: from texts to what is checked.

use serde::Deserialize;

use super::commands::NewObligation;
use super::model::{Counter, DueFrom, Kind, OnClosedDay, Period, PeriodUnit, SourceKind, Status};
use super::queries::Obligation;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::check;

/// What was typed of an obligation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObligationForm {
    pub(super) model: String,
    pub(super) software_version: String,
    pub(super) establishment: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) interval_value: String,
    pub(super) interval_unit: String,
    pub(super) counter: String,
    pub(super) counter_interval: String,
    pub(super) before_days: String,
    pub(super) after_days: String,
    pub(super) due_from: String,
    pub(super) on_closed_day: String,
    pub(super) source_kind: String,
    pub(super) source_reference: String,
    pub(super) source_version: String,
    pub(super) source_page: String,
    pub(super) asked_value: String,
    pub(super) asked_unit: String,
    pub(super) gap_reason: String,
    pub(super) needs_measures: String,
    pub(super) to_verify: String,
    pub(super) note: String,
    pub(super) version: String,
}

/// A period typed as a number and a unit, both or neither.
pub(in crate::maintenance) fn period(
    errors: &mut FieldErrors,
    fields: (&str, &str),
    value: &str,
    unit: &str,
) -> Option<Period> {
    let number = check::maybe_number(errors, fields.0, value, 1..=1000);
    let unit = check::maybe_code(errors, fields.1, unit, PeriodUnit::from_code);
    match (number, unit) {
        (Some(number), Some(unit)) => Some(Period {
            value: u32::try_from(number).unwrap_or(1),
            unit,
        }),
        (Some(_), None) if errors.of(fields.1).is_none() => {
            errors.add(fields.1, "Dites l’unité : jours, semaines, mois, ans.");
            None
        }
        _ => None,
    }
}

impl ObligationForm {
    /// Empty, with the usual choices.
    pub(super) fn usual(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            kind: Kind::Preventive.code().into(),
            interval_unit: PeriodUnit::Months.code().into(),
            before_days: "30".into(),
            after_days: "30".into(),
            due_from: DueFrom::Actual.code().into(),
            on_closed_day: OnClosedDay::Next.code().into(),
            source_kind: SourceKind::Instructions.code().into(),
            ..Self::default()
        }
    }

    pub(super) fn of(o: &Obligation) -> Self {
        let number = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        Self {
            model: o.model_id.to_string(),
            software_version: o
                .software_version_id
                .map(|v| v.to_string())
                .unwrap_or_default(),
            establishment: o
                .establishment_id
                .map(|e| e.to_string())
                .unwrap_or_default(),
            kind: o.kind.code().into(),
            title: o.title.clone(),
            interval_value: number(o.interval_value),
            interval_unit: o
                .interval_unit
                .map(|u| u.code().to_owned())
                .unwrap_or_default(),
            counter: o.counter.map(|c| c.code().to_owned()).unwrap_or_default(),
            counter_interval: o
                .counter_interval
                .map(|n| n.to_string())
                .unwrap_or_default(),
            before_days: o.before_days.to_string(),
            after_days: o.after_days.to_string(),
            due_from: o.due_from.code().into(),
            on_closed_day: o.on_closed_day.code().into(),
            source_kind: o.source_kind.code().into(),
            source_reference: o.source_reference.clone(),
            source_version: text(&o.source_version),
            source_page: text(&o.source_page),
            asked_value: number(o.asked_value),
            asked_unit: o
                .asked_unit
                .map(|u| u.code().to_owned())
                .unwrap_or_default(),
            gap_reason: text(&o.gap_reason),
            needs_measures: if o.needs_measures { "true" } else { "" }.into(),
            to_verify: if o.status == Status::ToVerify {
                "true"
            } else {
                ""
            }
            .into(),
            note: text(&o.note),
            version: o.version.to_string(),
        }
    }

    /// The texts as an obligation, or what is wrong with them.
    pub(super) fn check(&self) -> Result<NewObligation> {
        let mut errors = FieldErrors::default();
        let e = &mut errors;
        let model = check::chosen(e, "model", &self.model);
        let software_version = check::maybe_chosen(e, "software_version", &self.software_version);
        let establishment = check::maybe_chosen(e, "establishment", &self.establishment);
        let kind = check::maybe_code(e, "kind", &self.kind, Kind::from_code);
        let title = check::line(e, "title", &self.title, 200);
        if title.as_ref().is_some_and(|t| t.chars().count() < 3) {
            e.add(
                "title",
                "Un titre de trois caractères au moins, comme « Maintenance annuelle ».",
            );
        }
        let period_unit = if self.interval_value.trim().is_empty() {
            ""
        } else {
            &self.interval_unit
        };
        let by_time = period(
            e,
            ("interval_value", "interval_unit"),
            &self.interval_value,
            period_unit,
        );
        let counter = check::maybe_code(e, "counter", &self.counter, Counter::from_code);
        let every = check::maybe_number(
            e,
            "counter_interval",
            &self.counter_interval,
            1..=1_000_000_000,
        );
        if counter.is_some() != every.is_some() && e.of("counter_interval").is_none() {
            e.add(
                "counter_interval",
                "Dites le compteur et combien entre deux opérations, ou ni l’un ni l’autre.",
            );
        }
        if by_time.is_none() && every.is_none() && e.is_empty() {
            e.add(
                "interval_value",
                "Dites tous les combien : par le temps, par un compteur, ou les deux.",
            );
        }
        let before = check::maybe_number(e, "before_days", &self.before_days, 0..=366).unwrap_or(0);
        let after = check::maybe_number(e, "after_days", &self.after_days, 0..=366).unwrap_or(0);
        let due_from = check::maybe_code(e, "due_from", &self.due_from, DueFrom::from_code);
        let on_closed_day = check::maybe_code(
            e,
            "on_closed_day",
            &self.on_closed_day,
            OnClosedDay::from_code,
        );
        let source_kind =
            check::maybe_code(e, "source_kind", &self.source_kind, SourceKind::from_code);
        let source_reference = check::line(e, "source_reference", &self.source_reference, 400);
        if source_reference
            .as_ref()
            .is_some_and(|t| t.chars().count() < 3)
        {
            e.add(
                "source_reference",
                "Nommez le document : notice, décision, contrat, protocole.",
            );
        }
        let source_version = check::maybe_line(e, "source_version", &self.source_version, 100);
        let source_page = check::maybe_line(e, "source_page", &self.source_page, 60);
        if source_kind == Some(SourceKind::Instructions)
            && e.is_empty()
            && (source_version.is_none() || source_page.is_none())
        {
            e.add(
                "source_version",
                "D’une notice, dites la version et la page.",
            );
        }
        let asked_unit = if self.asked_value.trim().is_empty() {
            ""
        } else {
            &self.asked_unit
        };
        let asked = period(
            e,
            ("asked_value", "asked_unit"),
            &self.asked_value,
            asked_unit,
        );
        let gap_reason = check::maybe_line(e, "gap_reason", &self.gap_reason, 1000);
        let note = check::maybe_paragraph(e, "note", &self.note, 2000);
        let missing = |errors: &mut FieldErrors, field: &str, there: bool| {
            if !there && errors.of(field).is_none() {
                errors.add(field, "Choisissez une valeur.");
            }
        };
        missing(&mut errors, "kind", kind.is_some());
        missing(&mut errors, "source_kind", source_kind.is_some());
        errors.clone().done()?;
        match (model, kind, title, source_kind, source_reference) {
            (Some(model), Some(kind), Some(title), Some(source_kind), Some(source_reference)) => {
                Ok(NewObligation {
                    model,
                    software_version,
                    establishment,
                    kind,
                    title,
                    period: by_time,
                    counter: counter.zip(every),
                    before_days: i32::try_from(before).unwrap_or(0),
                    after_days: i32::try_from(after).unwrap_or(0),
                    due_from: due_from.unwrap_or(DueFrom::Actual),
                    on_closed_day: on_closed_day.unwrap_or(OnClosedDay::Keep),
                    source_kind,
                    source_reference,
                    source_version,
                    source_page,
                    asked,
                    gap_reason,
                    needs_measures: check::ticked(&self.needs_measures) || kind.is_measured(),
                    status: if check::ticked(&self.to_verify) {
                        Status::ToVerify
                    } else {
                        Status::InForce
                    },
                    note,
                })
            }
            _ => Err(errors.into()),
        }
    }
}
