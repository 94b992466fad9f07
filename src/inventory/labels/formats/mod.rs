//! Formats of labels: the sheets and rolls a hospital buys, as data anybody with the right may add to.
//!
//! Shared by the group, changed under a right over the group. A format that is no longer bought is
//! withdrawn: no longer offered, still there for the files whose address names it.

pub mod api;
mod commands;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/label-formats", pages::index)
        .answers::<api::FormatsResource>()
        .post("/inventory/label-formats", pages::create)
        .get("/inventory/label-formats/new", pages::new)
        .get("/inventory/label-formats/{id}/edit", pages::edit)
        .patch("/inventory/label-formats/{id}", pages::update)
}
