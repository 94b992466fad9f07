//! Fields that people add, as programs read them.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use utoipa::ToSchema;
use uuid::Uuid;

/// A field.
#[derive(ToSchema)]
pub struct CustomFieldResource {
    id: Uuid,
    label: String,
    kind: String,
    choices: Vec<String>,
    establishment: Option<String>,
    withdrawn: bool,
}

/// The fields.
#[derive(ToSchema)]
pub struct CustomFieldsResource {
    items: Vec<CustomFieldResource>,
}
