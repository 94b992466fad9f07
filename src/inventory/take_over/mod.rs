//! Take-over: what an inventory taken over in service left unevaluated, told apart from what is wrong.
//!
//! A *point* (an item of the inventory, a proof of commissioning, an opinion…) that nobody has looked at
//! is « non évalué (reprise) »: violet, neither good nor a breach. Each establishment decides by what day
//! it settles them, for each criticality; past that day a point still unevaluated is a breach like any
//! other. Who has the right of a point may waive it for many devices at once, with a reason and an end.
//! What must always hold: a point is settled by its proof, never by a tick; a waiver ends; the number of
//! devices waived is the number that was shown.

pub mod alerts;
mod api;
pub mod commands;
pub mod model;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

pub use model::{Gap, Point, Standing};

/// The routes of the take-over.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/take-over", pages::index)
        .answers::<api::TakeOverResource>()
        .post("/inventory/take-over/plan", pages::plan)
        .get("/inventory/take-over/waivers/new", pages::new)
        .post("/inventory/take-over/waivers", pages::create)
        .get("/inventory/devices/{id}/take-over", pages::show)
        .answers::<api::DeviceTakeOverResource>()
}
