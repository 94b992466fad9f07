//! Fixed assets: what the economic system says of the equipment, beside what Vigie says.
//!
//! An extract (asset number, value, serial…) is read line by line; a later extract updates the same
//! assets and marks those it no longer has. The reconciliation then sorts both sides: matched, only in
//! Vigie, only in the economic system, different value. What must always hold: every line read is
//! created, updated, unchanged or rejected; nothing is written on a device without a person saying so.

mod api;
pub mod commands;
mod pages;
pub mod queries;
pub mod reading;

use crate::app::App;
use crate::platform::web::Routes;

pub use queries::Side;

/// The routes of the reconciliation.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/exchange/assets", pages::index)
        .answers::<api::AssetsResource>()
        .post("/exchange/assets", pages::create)
        .post("/exchange/assets/{id}/adoption", pages::adopt)
}
