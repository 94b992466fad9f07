//! Labels: what is stuck on a device so that anybody finds its record with a phone.
//!
//! A label bears a QR code (`PUBLIC_URL/q/` + the eight characters of the device's label code), the same
//! code to be typed, the inventory number, the common name and the phone of the biomedical department.
//! What must always hold:
//! - a format is data (`formats`), and a label has exactly its size in millimetres;
//! - a code that would be too fine to be read by a phone is refused before paper is spent;
//! - printing takes nothing away from the labels of the former system: they are identifiers of the device,
//!   and open it as before; a label torn off is revoked by exchanging the code (`identifiers`), and the
//!   former one then leads nowhere.
//!
//! `GET /inventory/labels` is the file itself (PDF, or ZPL for thermal printers): what it is made of is in
//! its address, nothing is written.

pub mod formats;
mod model;
mod pages;
mod print;
mod queries;
mod zpl;

use crate::app::App;
use crate::platform::web::Routes;

pub use model::{LabelFormat, LabelText};

crate::id_type!(/** A format of labels. */ LabelFormatId);

/// The most labels of one file: a ream of sheets, and a second of typesetting.
pub const MOST: usize = 1_000;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/labels", print::index)
        .gives_a_file()
        .get("/inventory/labels/new", pages::new)
        .and(formats::routes())
}
