//! Who may do what, as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::NaiveDate;
use utoipa::ToSchema;
use uuid::Uuid;

/// The grant a right comes from.
#[derive(ToSchema)]
pub struct RightReason {
    role: String,
    over: String,
    until: Option<NaiveDate>,
}

/// Somebody who holds the right.
#[derive(ToSchema)]
pub struct RightHolder {
    account: Uuid,
    login: String,
    name: String,
    by: Vec<RightReason>,
}

/// May this account do this here, and who may.
#[derive(ToSchema)]
pub struct SimulatorResource {
    may: Option<bool>,
    by: Option<Vec<RightReason>>,
    holders: Option<Vec<RightHolder>>,
    problem: Option<String>,
}
