//! A format of labels as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::inventory::labels::{LabelFormat, LabelFormatId};

/// A format: lengths in micrometres.
#[derive(Serialize, ToSchema)]
#[schema(as = LabelFormat)]
pub struct FormatResource<'a> {
    id: LabelFormatId,
    code: &'a str,
    name: &'a str,
    kind: &'static str,
    page_width_um: i32,
    page_height_um: i32,
    label_width_um: i32,
    label_height_um: i32,
    columns: i32,
    lines: i32,
    left_um: i32,
    top_um: i32,
    pitch_x_um: i32,
    pitch_y_um: i32,
    withdrawn_on: Option<NaiveDate>,
    version: i32,
}

impl<'a> From<&'a LabelFormat> for FormatResource<'a> {
    fn from(format: &'a LabelFormat) -> Self {
        Self {
            id: format.id,
            code: &format.code,
            name: &format.name,
            kind: if format.is_single { "single" } else { "sheet" },
            page_width_um: format.page_width_um,
            page_height_um: format.page_height_um,
            label_width_um: format.label_width_um,
            label_height_um: format.label_height_um,
            columns: format.columns,
            lines: format.lines,
            left_um: format.left_um,
            top_um: format.top_um,
            pitch_x_um: format.pitch_x_um,
            pitch_y_um: format.pitch_y_um,
            withdrawn_on: format.withdrawn_on,
            version: format.version,
        }
    }
}

/// The formats.
#[derive(Serialize, ToSchema)]
#[schema(as = LabelFormats)]
pub struct FormatsResource<'a> {
    /// In their order.
    pub rows: Vec<FormatResource<'a>>,
}
