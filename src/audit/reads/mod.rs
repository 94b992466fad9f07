//! Reads that leave a trace: lists taken away as files, sensitive zones opened.
//!
//! A read is written in a transaction of its own before the data is read ([`record`], through
//! `App::read_logged`), so that what was cut on the way was logged too; rows are never changed. Whoever
//! reads the journal reads these, over the whole group.

mod commands;
mod list;
mod pages;

pub use commands::{Kind, Note, record};
pub use list::READS;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/audit/reads", pages::index)
        .lists(&list::READS)
}
