//! Formats of labels: the sheets and rolls a hospital buys, as data anybody with the right may add to.
//!
//! Shared by the group, changed under a right over the group. A format that is no longer bought is
//! withdrawn: no longer offered, still there for the files whose address names it.

mod commands;
mod pages;
pub mod queries;

use super::model::LabelFormat;
use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/label-formats", pages::index)
        .post("/inventory/label-formats", pages::create)
        .get("/inventory/label-formats/new", pages::new)
        .get("/inventory/label-formats/{id}/edit", pages::edit)
        .patch("/inventory/label-formats/{id}", pages::update)
}

/// A format as programs read it.
pub fn resource(format: &LabelFormat) -> serde_json::Value {
    serde_json::json!({
        "id": format.id, "code": format.code, "name": format.name,
        "kind": if format.is_single { "single" } else { "sheet" },
        "page_width_um": format.page_width_um, "page_height_um": format.page_height_um,
        "label_width_um": format.label_width_um, "label_height_um": format.label_height_um,
        "columns": format.columns, "lines": format.lines, "left_um": format.left_um, "top_um": format.top_um,
        "pitch_x_um": format.pitch_x_um, "pitch_y_um": format.pitch_y_um,
        "withdrawn_on": format.withdrawn_on, "version": format.version,
    })
}
