//! Who did what, as programs read it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{Act, Deed};
use super::queries::Written;
use super::words::Change;

/// A row of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenResource<'a> {
    id: i64,
    at: DateTime<Utc>,
    actor: &'a str,
    request: Option<Uuid>,
    reason: Option<&'a str>,
    table: &'a str,
    row: Option<Uuid>,
    subject: Option<Uuid>,
    operation: &'a str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
}

impl<'a> From<&'a Written> for WrittenResource<'a> {
    fn from(row: &'a Written) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor: &row.actor_label,
            request: row.request_id,
            reason: row.reason.as_deref(),
            table: &row.table_name,
            row: row.row_id,
            subject: row.subject_id,
            operation: &row.operation,
            before: row.before.as_ref(),
            after: row.after.as_ref(),
        }
    }
}

/// A value before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedResource<'a> {
    field: &'a str,
    label: &'a str,
    before: &'a str,
    after: &'a str,
}

impl<'a> From<&'a Change> for ChangedResource<'a> {
    fn from(change: &'a Change) -> Self {
        Self {
            field: &change.field,
            label: &change.label,
            before: &change.before,
            after: &change.after,
        }
    }
}

/// A row written by an act.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeedResource<'a> {
    what: &'a str,
    operation: &'static str,
    changes: Vec<ChangedResource<'a>>,
}

impl<'a> From<&'a Deed> for DeedResource<'a> {
    fn from(deed: &'a Deed) -> Self {
        Self {
            what: &deed.what,
            operation: deed.operation,
            changes: deed.changes.iter().map(Into::into).collect(),
        }
    }
}

/// What somebody did at once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActResource<'a> {
    title: &'a str,
    who: &'a str,
    at: DateTime<Utc>,
    why: Option<&'a str>,
    deeds: Vec<DeedResource<'a>>,
}

impl<'a> From<&'a Act> for ActResource<'a> {
    fn from(act: &'a Act) -> Self {
        Self {
            title: &act.title,
            who: &act.who,
            at: act.at,
            why: act.why.as_deref(),
            deeds: act.deeds.iter().map(Into::into).collect(),
        }
    }
}

/// The history of an object.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryResource<'a> {
    /// What it is called.
    pub subject: &'a str,
    /// Where it is read.
    pub href: &'a str,
    /// The last first.
    pub acts: Vec<ActResource<'a>>,
    /// The page of older acts.
    pub next: Option<&'a str>,
}
