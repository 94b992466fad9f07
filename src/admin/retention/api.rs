//! How long data lasts, as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use utoipa::ToSchema;

use super::pages::Line;
use super::queries::{DueDocument, Rule, Tombstone};

/// The terms, what is past them, what was destroyed.
#[derive(ToSchema)]
pub struct RetentionResource {
    rules: Vec<Line>,
    documents: Vec<DueDocument>,
    tombstones: Vec<Tombstone>,
}

/// The sheet of the processing of personal data.
#[derive(ToSchema)]
pub struct ProcessingResource {
    controller: String,
    people: i64,
    retention: Vec<Rule>,
}
