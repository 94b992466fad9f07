//! What falls due: each obligation of each device, when it was last done, when it is next due, what was
//! decided about it.
//!
//! Rows follow devices and obligations by triggers of the database. A due date is computed only from a last
//! date that somebody stated with his source, or from an operation; without one it is undetermined, neither
//! late nor up to date. A deferral does not move the due date: it says who asked, and who else allowed it.
//! What is due is told to the list of devices as facts, written in the same transaction, and again each night.

mod alerts;
pub mod api;
pub mod commands;
mod deferrals;
mod facts;
mod list;
mod pages;
pub mod queries;

pub use alerts::{alerts, late_block};
pub use commands::{recompute_all, settle};
pub use facts::{KIND, refresh_devices, refresh_model, run};
pub use list::DUE;
pub use queries::DueLine;

use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** One obligation of one device. */ DueId);
crate::id_type!(/** A deferral asked for. */ DeferralId);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/maintenance/due", pages::index)
        .answers_as(api::list)
        .get("/maintenance/due/{id}", pages::show)
        .answers::<api::DueResource>()
        .post("/maintenance/due/{id}/statements", pages::state)
        .post("/maintenance/due/{id}/readings", pages::read_counter)
        .post("/maintenance/due/{id}/exceptions", pages::except)
        .delete("/maintenance/due/{id}/exceptions", pages::withdraw)
        .post("/maintenance/due/{id}/deferrals", deferrals::create)
        .post(
            "/maintenance/due/{id}/deferrals/{deferral}/answer",
            deferrals::answer,
        )
}
