//! What a take-over still owes, as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::NaiveDate;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many devices wait at one point.
#[derive(ToSchema)]
pub struct TakeOverCount {
    point: String,
    criticality: String,
    not_evaluated: i64,
    overdue: i64,
    waived: i64,
}

/// By what day.
#[derive(ToSchema)]
pub struct TakeOverPlan {
    establishment_id: Uuid,
    criticality: String,
    due_on: NaiveDate,
}

/// The take-over of the fleet.
#[derive(ToSchema)]
pub struct TakeOverResource {
    counts: Vec<TakeOverCount>,
    plans: Vec<TakeOverPlan>,
}

/// A point and where it is.
#[derive(ToSchema)]
pub struct TakeOverPoint {
    point: String,
    standing: String,
    tone: String,
}

/// The take-over of a device.
#[derive(ToSchema)]
pub struct DeviceTakeOverResource {
    taken_over: bool,
    points: Vec<TakeOverPoint>,
}
