//! Places: establishments, sites, departments (pôles), units (UF) and rooms.
//!
//! An establishment is the exploitant of its devices (art. R.5211-5 CSP) and the first bound of every
//! right; a unit is the second. Places are closed, never deleted: what happened there stays readable.

mod api;
mod closure;
pub mod commands;
pub mod departments;
pub mod establishments;
pub mod model;
mod pages;
pub mod queries;
pub mod rooms;
mod tree;
pub mod units;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of places.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/sites", pages::index)
        .answers::<api::TreeResource>()
        .get("/accounts/sites/new", pages::new)
        .post("/accounts/sites", pages::create)
        .get("/accounts/sites/{id}", pages::show)
        .answers::<api::SiteResource>()
        .get("/accounts/sites/{id}/edit", pages::edit)
        .patch("/accounts/sites/{id}", pages::update)
        .post(
            "/accounts/sites/{id}/closure",
            closure::close::<queries::Site>,
        )
        .delete(
            "/accounts/sites/{id}/closure",
            closure::reopen::<queries::Site>,
        )
        .and(establishments::routes())
        .and(departments::routes())
        .and(units::routes())
        .and(rooms::routes())
}
