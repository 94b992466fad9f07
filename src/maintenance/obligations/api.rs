//! An obligation as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Counter, DueFrom, Kind, OnClosedDay, PeriodUnit, SourceKind, Status};
use super::queries::{Obligation, Trigger};

/// The JSON resource.
#[derive(Serialize, ToSchema)]
#[schema(as = Obligation)]
pub struct ObligationResource<'a> {
    id: String,
    model_id: String,
    model: &'a str,
    software_version_id: Option<String>,
    software_version: Option<&'a str>,
    establishment_id: Option<String>,
    kind: Kind,
    title: &'a str,
    interval_value: Option<i32>,
    interval_unit: Option<PeriodUnit>,
    counter: Option<Counter>,
    counter_interval: Option<i64>,
    before_days: i32,
    after_days: i32,
    due_from: DueFrom,
    on_closed_day: OnClosedDay,
    source_kind: SourceKind,
    source_reference: &'a str,
    source_version: Option<&'a str>,
    source_page: Option<&'a str>,
    asked_value: Option<i32>,
    asked_unit: Option<PeriodUnit>,
    gap_reason: Option<&'a str>,
    needs_measures: bool,
    status: Status,
    note: Option<&'a str>,
    retired_on: Option<NaiveDate>,
    retired_reason: Option<&'a str>,
    #[schema(value_type = Vec<Trigger>)]
    triggers: &'a [Trigger],
    version: i32,
}

impl<'a> ObligationResource<'a> {
    /// The obligation with the operations that make it due.
    pub fn of(o: &'a Obligation, triggers: &'a [Trigger]) -> Self {
        Self {
            id: o.id.to_string(),
            model_id: o.model_id.to_string(),
            model: &o.model,
            software_version_id: o.software_version_id.map(|v| v.to_string()),
            software_version: o.software_number.as_deref(),
            establishment_id: o.establishment_id.map(|e| e.to_string()),
            kind: o.kind,
            title: &o.title,
            interval_value: o.interval_value,
            interval_unit: o.interval_unit,
            counter: o.counter,
            counter_interval: o.counter_interval,
            before_days: o.before_days,
            after_days: o.after_days,
            due_from: o.due_from,
            on_closed_day: o.on_closed_day,
            source_kind: o.source_kind,
            source_reference: &o.source_reference,
            source_version: o.source_version.as_deref(),
            source_page: o.source_page.as_deref(),
            asked_value: o.asked_value,
            asked_unit: o.asked_unit,
            gap_reason: o.gap_reason.as_deref(),
            needs_measures: o.needs_measures,
            status: o.status,
            note: o.note.as_deref(),
            retired_on: o.retired_on,
            retired_reason: o.retired_reason.as_deref(),
            triggers,
            version: o.version,
        }
    }
}
