//! A token as programs read it: never its secret, but once.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Token;
use crate::accounts::TokenId;

/// A token.
#[derive(Serialize, ToSchema)]
pub struct TokenResource<'a> {
    id: TokenId,
    name: &'a str,
    start: &'a str,
    may_write: bool,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a Token> for TokenResource<'a> {
    fn from(token: &'a Token) -> Self {
        Self {
            id: token.id,
            name: &token.name,
            start: &token.token_start,
            may_write: token.may_write,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// One's own tokens.
#[derive(Serialize, ToSchema)]
pub struct TokensResource<'a> {
    /// The last made first.
    pub items: Vec<TokenResource<'a>>,
}

/// A token just made: its secret is shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewTokenResource<'a> {
    /// Its name.
    pub name: &'a str,
    /// The secret.
    pub token: &'a str,
}
