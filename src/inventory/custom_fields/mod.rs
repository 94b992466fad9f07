//! Custom fields: what an establishment, or the group, adds to the sheet of its devices.
//!
//! A field is typed (text, number, date, one of a list, yes or no), and a value stands in the column of
//! its type: the list filters, shows and exports it as any other. What must always hold: a field of an
//! establishment is asked of its own devices alone; its kind never changes, for values stand under it;
//! withdrawn, it is no longer asked, and what was written stays.

mod api;
pub mod commands;
pub mod lists;
pub mod model;
mod pages;
pub mod queries;
mod values;

pub use model::{CustomField, FieldKind, number};
pub use values::shown as section;

use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** A field that people added. */ CustomFieldId);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/custom_fields", pages::index)
        .answers::<api::CustomFieldsResource>()
        .get("/inventory/custom_fields/new", pages::new)
        .post("/inventory/custom_fields", pages::create)
        .get("/inventory/custom_fields/{id}/edit", pages::edit)
        .patch("/inventory/custom_fields/{id}", pages::update)
        .post("/inventory/custom_fields/{id}/withdrawal", pages::withdraw)
        .delete("/inventory/custom_fields/{id}/withdrawal", pages::restore)
        .get("/inventory/devices/{id}/fields/edit", values::edit)
        .patch("/inventory/devices/{id}/fields", values::update)
}
