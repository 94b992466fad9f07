//! Contracts, as programs read them.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::NaiveDate;
use utoipa::ToSchema;
use uuid::Uuid;

/// A device of a contract.
#[derive(ToSchema)]
pub struct AgreementDevice {
    id: Uuid,
    device_id: Uuid,
    inventory_number: String,
    from_on: NaiveDate,
    until_on: Option<NaiveDate>,
    removed_why: Option<String>,
}

/// A contract; money in cents.
#[derive(ToSchema)]
pub struct AgreementResource {
    id: Uuid,
    establishment_id: Uuid,
    reference: String,
    title: String,
    provider_id: Uuid,
    provider: String,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    notice_months: Option<i32>,
    renewal: String,
    renewal_months: Option<i32>,
    services: Vec<String>,
    response_hours: Option<i32>,
    yearly_cents: Option<i64>,
    price_revision: Option<String>,
    penalties: Option<String>,
    note: Option<String>,
    ended_on: Option<NaiveDate>,
    ended_why: Option<String>,
    standing: String,
    current_end_on: Option<NaiveDate>,
    notice_by: Option<NaiveDate>,
    version: i32,
    lines: Vec<AgreementDevice>,
}
