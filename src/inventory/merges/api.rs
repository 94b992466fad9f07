//! A merge as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::{DateTime, Utc};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A merge of two records.
#[derive(ToSchema)]
pub struct MergeResource {
    id: Uuid,
    kind: String,
    kept_id: Uuid,
    kept: String,
    double_id: Uuid,
    double: String,
    taken: Vec<String>,
    before: Value,
    after: Value,
    reason: String,
    merged_at: DateTime<Utc>,
    merged_by: Option<String>,
    undo_before: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
    undone_reason: Option<String>,
    left_as_is: Option<Vec<String>>,
    version: i32,
}
