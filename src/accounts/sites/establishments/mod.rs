//! Establishments: the exploitants of the devices, hence the first bound of every right.
//!
//! Only who holds the right over the whole group creates, closes or reopens one; the FINESS numbers
//! are checked by their form, never looked up. The inventory pattern (`BM######`) says how Vigie
//! proposes the next number; it never changes those already given.

mod api;
pub mod commands;
pub mod model;
mod pages;
pub mod queries;

pub use queries::ESTABLISHMENTS;

use crate::accounts::sites::closure;
use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/establishments", pages::index)
        .lists(&ESTABLISHMENTS)
        .get("/accounts/establishments/new", pages::new)
        .post("/accounts/establishments", pages::create)
        .get("/accounts/establishments/{id}", pages::show)
        .answers::<api::EstablishmentResource>()
        .get("/accounts/establishments/{id}/edit", pages::edit)
        .patch("/accounts/establishments/{id}", pages::update)
        .post(
            "/accounts/establishments/{id}/closure",
            closure::close::<queries::Establishment>,
        )
        .delete(
            "/accounts/establishments/{id}/closure",
            closure::reopen::<queries::Establishment>,
        )
}
