//! An import as programs read it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mapping::Line;
use super::show::{Proposal, Shown};
use crate::accounts::EstablishmentId;
use crate::exchange::imports::commands::RunId;
use crate::exchange::imports::queries::{Received, Sums};

/// An import, its sums, and the lines of the tab asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub struct RunResource<'a> {
    pub id: RunId,
    pub file_name: &'a str,
    pub establishment_id: EstablishmentId,
    pub state: &'a str,
    pub sums: Sums,
    pub pending: i64,
    pub error: Option<&'a str>,
    pub encoding: &'a str,
    pub separator: Option<&'a str>,
    pub mapping: Value,
    #[schema(value_type = Vec<Shown>)]
    pub lines: &'a [Shown],
    #[schema(value_type = Vec<Proposal>)]
    pub proposals: &'a [Proposal],
    pub committed_at: Option<DateTime<Utc>>,
    pub undo_before: Option<DateTime<Utc>>,
    pub undone_at: Option<DateTime<Utc>>,
}

/// An import, in their list.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportSummary)]
pub struct ReceivedResource<'a> {
    id: Uuid,
    file_name: &'a str,
    establishment: &'a str,
    state: &'a str,
    read_count: i32,
    created_count: i32,
    updated_count: i32,
    unchanged_count: i32,
    rejected_count: i32,
    created_at: DateTime<Utc>,
    sent_by: &'a str,
}

impl<'a> From<&'a Received> for ReceivedResource<'a> {
    fn from(run: &'a Received) -> Self {
        Self {
            id: run.id,
            file_name: &run.file_name,
            establishment: &run.establishment,
            state: &run.state,
            read_count: run.read_count,
            created_count: run.created_count,
            updated_count: run.updated_count,
            unchanged_count: run.unchanged_count,
            rejected_count: run.rejected_count,
            created_at: run.created_at,
            sent_by: &run.sent_by,
        }
    }
}

/// The imports.
#[derive(Serialize, ToSchema)]
#[schema(as = Imports)]
pub struct RunsResource<'a> {
    pub items: Vec<ReceivedResource<'a>>,
}

/// What each column of a file is taken for.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportMapping)]
pub struct MappingResource<'a> {
    #[schema(value_type = Vec<Line>)]
    pub columns: &'a [Line],
    #[schema(value_type = Vec<String>)]
    pub problems: &'a [String],
    pub mapping: Value,
}
