//! Accounts: people who sign in. Deactivated, never deleted; what they did keeps their name.
//!
//! An account is seen by holders of `accounts.users.see` from every place where it holds or held a
//! grant; one that never had a grant, or holds over the group, only from the group. It is changed
//! (name, password, deactivation) only by who reaches *every* place where it holds a grant: see
//! [`queries::Account::covered`] and `src/decisions/003-who-gives-what.md`.

mod api;
pub mod commands;
mod keys;
pub mod model;
mod pages;
pub mod queries;

pub use queries::USERS;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/users", pages::index)
        .lists(&USERS)
        .get("/accounts/users/new", pages::new)
        .post("/accounts/users", pages::create)
        .get("/accounts/users/{id}", pages::show)
        .answers::<api::AccountResource>()
        .get("/accounts/users/{id}/edit", pages::edit)
        .patch("/accounts/users/{id}", pages::update)
        .post("/accounts/users/{id}/deactivation", keys::deactivate)
        .delete("/accounts/users/{id}/deactivation", keys::reactivate)
        .post("/accounts/users/{id}/link", keys::link)
        .answers::<api::LinkResource>()
        .delete("/accounts/users/{id}/sessions/{session}", keys::end_session)
        .delete("/accounts/users/{id}/tokens/{token}", keys::revoke_token)
}
