//! A correction of many devices as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::{DateTime, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

/// A value given to many devices.
#[derive(ToSchema)]
pub struct CorrectionResource {
    id: Uuid,
    field: String,
    value: Option<String>,
    value_words: Option<String>,
    selection: String,
    author: String,
    made_at: DateTime<Utc>,
    changed: i32,
    unchanged: i32,
    undo_before: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
    restored: Option<i32>,
}

/// The last corrections.
#[derive(ToSchema)]
pub struct CorrectionsResource {
    items: Vec<CorrectionResource>,
}

/// What would change, signed for an hour.
#[derive(ToSchema)]
pub struct CorrectionPreview {
    count: i64,
    unchanged: i64,
    value: String,
    token: String,
}

/// What a selection may be given.
#[derive(ToSchema)]
pub struct CorrectionChoices {
    selected: i64,
    out_of_reach: i64,
    fields: Vec<Vec<String>>,
    field: String,
    preview: Option<CorrectionPreview>,
}
