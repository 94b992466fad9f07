//! The second factor as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::{DateTime, Utc};
use utoipa::ToSchema;

/// One’s own second factor.
#[derive(ToSchema)]
pub struct SecondFactorResource {
    confirmed_at: Option<DateTime<Utc>>,
    codes_left: i64,
    required: bool,
    being_set_up: Option<String>,
}

/// The codes of recovery, shown once.
#[derive(ToSchema)]
pub struct RecoveryCodesResource {
    codes: Vec<String>,
}

/// Whether a role asks for a second factor.
#[derive(ToSchema)]
pub struct RolePolicy {
    role: String,
    required: bool,
    holders: i64,
    protected: i64,
}

/// What each role asks.
#[derive(ToSchema)]
pub struct RolePoliciesResource {
    version: i64,
    rows: Vec<RolePolicy>,
}
