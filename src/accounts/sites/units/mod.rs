//! Units (unités fonctionnelles, UF): where devices are used and who answers for them.
//!
//! The UF code is unique in its establishment. A closed unit keeps its devices until they are moved,
//! and can be reopened; it is no longer offered where a unit is chosen. This resource is the one the
//! others copy: list, record, form, edit with its version, close and reopen as a *closure*.

mod api;
pub mod commands;
pub mod model;
mod pages;
pub mod queries;

pub use queries::{UNITS, named};

use crate::accounts::sites::closure;
use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/units", pages::index)
        .lists(&UNITS)
        .get("/accounts/units/new", pages::new)
        .post("/accounts/units", pages::create)
        .get("/accounts/units/{id}", pages::show)
        .answers::<api::UnitResource>()
        .get("/accounts/units/{id}/edit", pages::edit)
        .patch("/accounts/units/{id}", pages::update)
        .post(
            "/accounts/units/{id}/closure",
            closure::close::<queries::Unit>,
        )
        .delete(
            "/accounts/units/{id}/closure",
            closure::reopen::<queries::Unit>,
        )
}
