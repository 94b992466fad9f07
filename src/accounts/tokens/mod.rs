//! Tokens: keys for programs, which act with at most their owner's rights.
//!
//! Read-only unless said otherwise, never for more than a year, shown once and kept as SHA-256. They
//! are made and revoked by a person in a session, never by a token; deactivation ends them all.

mod api;
pub mod commands;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/tokens", pages::index)
        .answers::<api::TokensResource>()
        .get("/accounts/tokens/new", pages::new)
        .post("/accounts/tokens", pages::create)
        .answers::<api::NewTokenResource>()
        .delete("/accounts/tokens/{id}", pages::destroy)
}
