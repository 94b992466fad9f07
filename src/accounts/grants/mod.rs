//! Grants: a role over a scope (the group, an establishment, a unit, one device), with an end if need be.
//!
//! Nobody gives what he does not hold, and nobody changes his own: `src/decisions/003-who-gives-what.md`.
//! A change of role ends the sessions of the account. An external technician is given devices, one
//! by one (art. R.5212-28 6° CSP), and nobody else is.

pub(in crate::accounts) mod api;
pub mod commands;
pub mod model;
pub(in crate::accounts) mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/users/{id}/grants/new", pages::new)
        .post("/accounts/users/{id}/grants", pages::create)
        .delete("/accounts/users/{id}/grants/{grant}", pages::destroy)
}
