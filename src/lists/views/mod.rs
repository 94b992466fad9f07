//! Saved views: the query string of a list under a name.
//!
//! A view is its author's alone, a unit's, or everybody's in an establishment (in the group when none
//! is said). One for everybody may be how the list opens for a role: it applies when the address says
//! nothing, and « Sans vue » shows the list bare. What must always hold: a view never widens what its
//! reader may see, for it only holds filters; it is removed by its author or by who may share there.

mod api;
pub mod commands;
pub mod model;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** A saved view. */ ViewId);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/lists/views", pages::index)
        .answers::<api::ListViewsResource>()
        .get("/lists/views/new", pages::new)
        .post("/lists/views", pages::create)
        .get("/lists/views/{id}/edit", pages::edit)
        .patch("/lists/views/{id}", pages::update)
        .delete("/lists/views/{id}", pages::destroy)
}
