//! A line as programs read it, and as an export carries it.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Line;
use super::model::canonical::hex;

/// Every field that is hashed, under its name and as it is hashed (a text or null), and the hash.
pub fn hashed(line: &Line) -> Value {
    let mut out = serde_json::Map::new();
    line.each_field(|name, value| {
        out.insert(name.to_owned(), value.map_or(Value::Null, |v| json!(v)));
    });
    out.insert("hash".into(), json!(hex(&line.hash)));
    Value::Object(out)
}

/// The JSON resource: as hashed, with the number a number.
pub fn resource(line: &Line) -> Value {
    let mut out = hashed(line);
    out["number"] = json!(line.number);
    out["late_days"] = json!(line.late_days);
    out
}

/// A line of the register: exactly the fields that are hashed, then the hash.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct RegisterLineResource {
    id: Uuid,
    device_id: Uuid,
    number: i32,
    entry: String,
    corrects_id: Option<Uuid>,
    kind: String,
    nature: String,
    begun_on: Option<NaiveDate>,
    done_on: Option<NaiveDate>,
    done_on_text: Option<String>,
    performer_name: Option<String>,
    performer_role: Option<String>,
    performer_employer: Option<String>,
    accreditation: Option<String>,
    performance: Option<String>,
    measurements: Option<String>,
    conformity: Option<String>,
    stopped_on: Option<NaiveDate>,
    resumed_on: Option<NaiveDate>,
    restrictions: Option<String>,
    software_before: Option<String>,
    software_after: Option<String>,
    report_id: Option<Uuid>,
    report_name: Option<String>,
    report_sha256: Option<String>,
    reason: Option<String>,
    late_days: Option<i32>,
    source: String,
    cause_type: Option<String>,
    cause_id: Option<Uuid>,
    recorded_at: String,
    recorded_by: Option<Uuid>,
    recorded_by_name: String,
    previous_hash: String,
    hash: String,
}

/// The register of a device, the last lines first.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct RegisterResource {
    device_id: Uuid,
    line_count: i32,
    sealed_count: i32,
    sealed_at: Option<DateTime<Utc>>,
    code: String,
    retained_until: Option<NaiveDate>,
    lines: Vec<RegisterLineResource>,
    next: Option<String>,
}

/// A register among those of a unit or a family.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct RegisterOfGroup {
    device_id: Uuid,
    inventory_number: String,
    name: String,
    serial_number: Option<String>,
    unit: Option<String>,
    line_count: i32,
    last_kind: Option<String>,
    last_done_on: Option<NaiveDate>,
    last_conformity: Option<String>,
}

/// The registers of a unit or a family.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct RegistersResource {
    title: String,
    more: bool,
    registers: Vec<RegisterOfGroup>,
}

/// The line a code of verification names.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct CodeFound {
    line_id: Uuid,
    device_id: Uuid,
    inventory_number: String,
    number: i32,
    recorded_at: DateTime<Utc>,
    line_count: i32,
    hash: String,
}

/// A signed head of a day, over all registers.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct DailyHead {
    block: i64,
    day: NaiveDate,
    sealed_at: DateTime<Utc>,
    registers: i32,
    lines: i64,
    hash: String,
}

/// What a code names, and the daily heads.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct RegisterCodesResource {
    found: Option<CodeFound>,
    days: Vec<DailyHead>,
}
