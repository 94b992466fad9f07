//! Obligations: what must be done again and again to every device of a model, or of one of its software
//! versions, and because of what.
//!
//! An obligation is said once and inherited; a device has only exceptions, each with its reason. Its
//! source is named (instructions with version and page, decision, contract, local choice); where the rhythm
//! chosen is not the one the source asks for, the gap is justified. What is to be verified obliges nobody.
//! An obligation is retired, never deleted. Legal basis: art. R.5212-25 to R.5212-28 CSP.

mod api;
pub mod calendar;
pub mod commands;
mod form;
pub(in crate::maintenance) use form::period;
pub mod model;
mod pages;
pub mod queries;
pub mod triggers;

pub use queries::{OBLIGATIONS, Obligation, named};

use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** An obligation. */ ObligationId);
crate::id_type!(/** An operation after which a control is due. */ TriggerId);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/maintenance/obligations", pages::index)
        .lists(&queries::OBLIGATIONS)
        .get("/maintenance/obligations/new", pages::new)
        .post("/maintenance/obligations", pages::create)
        .get("/maintenance/obligations/{id}", pages::show)
        .answers::<api::ObligationResource>()
        .get("/maintenance/obligations/{id}/edit", pages::edit)
        .patch("/maintenance/obligations/{id}", pages::update)
        .post("/maintenance/obligations/{id}/retirement", pages::retire)
        .post("/maintenance/obligations/{id}/triggers", triggers::create)
        .delete(
            "/maintenance/obligations/{id}/triggers/{trigger}",
            triggers::destroy,
        )
}
