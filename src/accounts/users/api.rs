//! An account as programs read it: never its secrets.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Account;
use crate::accounts::grants::api::GrantResource;
use crate::accounts::grants::queries::Grant;

/// The JSON resource.
#[derive(Serialize, ToSchema)]
pub struct AccountResource<'a> {
    id: String,
    login: &'a str,
    name: &'a str,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    job_title: Option<&'a str>,
    has_password: bool,
    created_at: DateTime<Utc>,
    deactivated_at: Option<DateTime<Utc>>,
    version: i32,
    grants: Vec<GrantResource<'a>>,
}

impl<'a> AccountResource<'a> {
    /// The account with those of its grants that the caller sees.
    pub fn of(account: &'a Account, grants: &'a [Grant]) -> Self {
        Self {
            id: account.id.to_string(),
            login: &account.login,
            name: &account.name,
            email: account.email.as_deref(),
            phone: account.phone.as_deref(),
            job_title: account.job_title.as_deref(),
            has_password: account.has_password,
            created_at: account.created_at,
            deactivated_at: account.deactivated_at,
            version: account.version,
            grants: grants.iter().map(GrantResource::from).collect(),
        }
    }
}

/// A one-time address to choose a password at, shown this once.
#[derive(Serialize, ToSchema)]
pub struct LinkResource<'a> {
    /// To hand over.
    pub address: &'a str,
}
