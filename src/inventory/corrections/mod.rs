//! Corrections: one value given to many devices at once.
//!
//! The words: a *selection* is the ticked lines of the list, or all that its address matches; a
//! *target* is the field given a value; an *order* is selection, target, value and the number of
//! devices, signed. What must always hold: the preview shows old → new before anything is written;
//! the order is carried out by who asked for it, within the hour, on exactly the number they typed,
//! or not at all; a filter that was not understood selects nothing; one event tells it; it can be
//! undone for thirty days, which restores only what still holds the value given, and lists the rest
//! with why. Places, states and identifiers have their own doors and are not corrected here.

mod api;
pub mod commands;
pub mod model;
pub mod order;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** A correction of many devices. */ CorrectionId);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/corrections", pages::index)
        .answers::<api::CorrectionsResource>()
        .get("/inventory/corrections/new", pages::new)
        .answers::<api::CorrectionChoices>()
        .reads(&["list", "id", "all", "field", "value"])
        .post("/inventory/corrections", pages::create)
        .get("/inventory/corrections/{id}", pages::show)
        .answers::<api::CorrectionResource>()
        .post("/inventory/corrections/{id}/undoing", pages::undo)
}
