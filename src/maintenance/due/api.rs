//! What is due, as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::DUE;
use super::queries::{Count, Deferral, Exception, Statement};
use crate::platform::db::list;
use crate::platform::web::told::{Schemas, schema_of};

/// An operation due on a device.
#[derive(ToSchema)]
pub struct DueOfDevice {
    id: Uuid,
    obligation_id: Uuid,
    title: String,
    kind: String,
    standing: String,
    is_exempt: bool,
    last_done_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    latest_on: Option<NaiveDate>,
}

/// What is due on a device.
#[derive(ToSchema)]
pub struct DeviceMaintenanceResource {
    due: Vec<DueOfDevice>,
    interventions: Vec<InterventionOfDevice>,
}

/// An intervention on a device, in a line.
#[derive(ToSchema)]
pub struct InterventionOfDevice {
    id: Uuid,
    number: String,
    kind: String,
    state: String,
    symptom: String,
    requested_at: DateTime<Utc>,
    done_on: Option<NaiveDate>,
    performer: Option<String>,
    conformity: Option<String>,
}

/// An operation due, with what was decided of it.
#[derive(ToSchema)]
pub struct DueResource {
    id: Uuid,
    device_id: Uuid,
    obligation_id: Uuid,
    title: String,
    kind: String,
    standing: String,
    is_exempt: bool,
    last_done_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    earliest_on: Option<NaiveDate>,
    latest_on: Option<NaiveDate>,
    due_counter: Option<i64>,
    counter_now: Option<i64>,
    not_presented: i64,
    deferred_until: Option<NaiveDate>,
    exception: Option<Exception>,
    deferrals: Vec<Deferral>,
    statements: Vec<Statement>,
}

/// The list of what is due, with how much by criticality.
pub fn list(schemas: &mut Schemas) -> Value {
    let counts = schema_of::<Count>(schemas);
    let mut list = list::schema(&DUE);
    list["properties"]["counts"] = json!({ "type": "array", "items": counts });
    list
}
