//! How maintenance is organised, as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use chrono::{DateTime, NaiveDate, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

/// Somebody the document was sent to.
#[derive(ToSchema)]
pub struct OrganisationReader {
    account_id: Uuid,
    name: String,
    sent_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

/// An edition of the document.
#[derive(ToSchema)]
pub struct OrganisationEdition {
    id: Uuid,
    establishment_id: Uuid,
    edition: String,
    title: String,
    document_id: Uuid,
    changes: Option<String>,
    applies_from: NaiveDate,
    opinion: String,
    opinion_on: Option<NaiveDate>,
    opinion_reference: Option<String>,
    diffused_at: Option<DateTime<Utc>>,
    replaced_at: Option<DateTime<Utc>>,
    sent: i64,
    read: i64,
    lacking: Vec<String>,
    version: i32,
    /// For who manages it.
    readers: Option<Vec<OrganisationReader>>,
}

/// The editions, and the establishments that have none.
#[derive(ToSchema)]
pub struct OrganisationEditions {
    items: Vec<OrganisationEdition>,
    without: Vec<String>,
}
