//! Interventions, nonconformities, test tools and planning, as programs read them.
//!
//! These structs are the description alone: the pages give the same fields from what they show, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::{DateTime, NaiveDate, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

/// A step of a checklist, as it was measured.
#[derive(ToSchema)]
pub struct MeasureResource {
    label: String,
    value: Option<f64>,
    is_good: Option<bool>,
    unit: Option<String>,
    lower_limit: Option<f64>,
    upper_limit: Option<f64>,
    reference_value: Option<f64>,
    verdict: String,
    comment: Option<String>,
    tool: Option<String>,
    is_tool_valid: Option<bool>,
    is_doubted: bool,
}

/// A part that was fitted; money in cents.
#[derive(ToSchema)]
pub struct PartResource {
    reference: String,
    lot: Option<String>,
    serial: Option<String>,
    quantity: i32,
    unit_cents: Option<i64>,
    is_original: Option<bool>,
}

/// An intervention; money in cents, time in minutes.
#[derive(ToSchema)]
pub struct InterventionResource {
    id: Uuid,
    number: String,
    device_id: Uuid,
    kind: String,
    state: String,
    obligation_id: Option<Uuid>,
    due_on: Option<NaiveDate>,
    requested_at: DateTime<Utc>,
    requester: String,
    channel: String,
    symptom: String,
    usable: String,
    harm: String,
    priority: Option<String>,
    planned_on: Option<NaiveDate>,
    assignee: Option<String>,
    provider_id: Option<Uuid>,
    waiting_for: Option<String>,
    not_presented: i32,
    done_on: Option<NaiveDate>,
    performer: Option<String>,
    performer_employer: Option<String>,
    work_done: Option<String>,
    performance_level: Option<String>,
    conformity: Option<String>,
    restrictions: Option<String>,
    software_before: Option<String>,
    software_after: Option<String>,
    work_minutes: Option<i32>,
    labour_cents: Option<i64>,
    external_cents: Option<i64>,
    closed_at: Option<DateTime<Utc>>,
    measures: Vec<MeasureResource>,
    parts: Vec<PartResource>,
    version: i32,
}

/// What who reported a problem follows.
#[derive(ToSchema)]
pub struct ReceiptResource {
    number: String,
    state: String,
    planned_on: Option<NaiveDate>,
}

/// A nonconformity found by a quality control.
#[derive(ToSchema)]
pub struct NonconformityResource {
    id: Uuid,
    device_id: Uuid,
    intervention_id: Option<Uuid>,
    grade: String,
    rule_id: Uuid,
    is_persistent: bool,
    description: String,
    found_on: NaiveDate,
    stop_asked_at: Option<DateTime<Utc>>,
    stopped_at: Option<DateTime<Utc>>,
    stop_confirmed_by: Option<String>,
    fallback: Option<String>,
    authority_told_on: Option<NaiveDate>,
    counter_visit_by: Option<NaiveDate>,
    resolved_at: Option<DateTime<Utc>>,
    resolution: Option<String>,
    version: i32,
}

/// A calibration of a test tool.
#[derive(ToSchema)]
pub struct CalibrationResource {
    done_on: NaiveDate,
    valid_until: NaiveDate,
    certificate: String,
    laboratory: String,
    is_conform: bool,
}

/// A measure that a tool out of calibration put in doubt.
#[derive(ToSchema)]
pub struct DoubtResource {
    intervention_id: Uuid,
    number: String,
    inventory_number: String,
    label: String,
    done_on: Option<NaiveDate>,
    is_backwards: bool,
}

/// A test tool (ECME).
#[derive(ToSchema)]
pub struct TestToolResource {
    id: Uuid,
    device_id: Uuid,
    measures: String,
    calibrations: Vec<CalibrationResource>,
    doubts: Vec<DoubtResource>,
}

/// What is due at a place.
#[derive(ToSchema)]
pub struct PlaceLoad {
    unit_id: Option<Uuid>,
    unit: Option<String>,
    late: i64,
    unknown: i64,
    soon: i64,
    later: i64,
    uncovered: i64,
    not_presented: i64,
    total: i64,
}

/// Open interventions of a person.
#[derive(ToSchema)]
pub struct PersonLoad {
    assignee_id: Option<Uuid>,
    assignee: Option<String>,
    open: i64,
    planned: i64,
    overdue: i64,
    waiting: i64,
}

/// What is due, by place and by person.
#[derive(ToSchema)]
pub struct PlanningResource {
    today: NaiveDate,
    places: Vec<PlaceLoad>,
    people: Vec<PersonLoad>,
}

/// A day with something due or planned.
#[derive(ToSchema)]
pub struct DayLoad {
    on: NaiveDate,
    due: i64,
    planned: i64,
}

/// The month shown.
#[derive(ToSchema)]
pub struct MonthResource {
    month: String,
    days: Vec<DayLoad>,
}

/// A calendar address of the person.
#[derive(ToSchema)]
pub struct FeedResource {
    id: Uuid,
    name: String,
    shows: String,
    start: String,
    created_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
}

/// The calendar addresses of the person; the one just made is whole, once.
#[derive(ToSchema)]
pub struct FeedsResource {
    items: Vec<FeedResource>,
    address: Option<String>,
}
