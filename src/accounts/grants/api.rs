//! A grant as programs read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Grant;

/// The JSON resource.
#[derive(Serialize, ToSchema)]
pub struct GrantResource<'a> {
    id: String,
    role: &'static str,
    scope: &'static str,
    over: &'a str,
    ends_on: Option<NaiveDate>,
    granted_at: DateTime<Utc>,
    granted_by: Option<&'a str>,
    revoked_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a Grant> for GrantResource<'a> {
    fn from(grant: &'a Grant) -> Self {
        Self {
            id: grant.id.to_string(),
            role: grant.role.code(),
            scope: grant.scope,
            over: &grant.over,
            ends_on: grant.ends_on,
            granted_at: grant.granted_at,
            granted_by: grant.granted_by.as_deref(),
            revoked_at: grant.revoked_at,
        }
    }
}
