//! Delegations as programs read them.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::NaiveDate;
use utoipa::ToSchema;
use uuid::Uuid;

/// A role that one uses for another.
#[derive(ToSchema)]
pub struct DelegationResource {
    id: Uuid,
    giver: String,
    taker: String,
    role: String,
    over: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    reason: String,
    gives_today: bool,
}

/// Delegations given and received.
#[derive(ToSchema)]
pub struct DelegationsResource {
    given: Vec<DelegationResource>,
    received: Vec<DelegationResource>,
}
