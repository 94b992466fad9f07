//! Views of lists as programs read them.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use utoipa::ToSchema;
use uuid::Uuid;

/// A view.
#[derive(ToSchema)]
pub struct ListViewResource {
    id: Uuid,
    name: String,
    list: String,
    query: String,
    audience: String,
    role: Option<String>,
}

/// The views one may open.
#[derive(ToSchema)]
pub struct ListViewsResource {
    items: Vec<ListViewResource>,
}
