//! Backups: the whole base and its files in one archive of our own, and the way back.
//!
//! Words: an *archive* is a tar of plain files, encrypted with age when a recipient is set; a *part* is a piece of a
//! table as `COPY` writes it; the *manifest* names every entry with its digest, every table with its rows, and is
//! signed by the key of the seals. What must always hold: everything is read in one snapshot; the archive holds no SQL
//! and restoring executes none of its text (names come from the schema of this version, never from the archive); an
//! archive is read whole and verified before anything is written; only an archive signed by a known key is restored,
//! into a base that is new; open sessions are not carried, for one that was closed since would open again. The private
//! key never leaves its machine: a restored base is verified by the public one.

pub mod archive;
mod commands;
pub mod dump;
pub mod jobs;
mod list;
pub mod load;
pub mod model;
mod pages;
pub mod proof;
pub mod queries;

pub use list::BACKUPS;
pub use pages::{Standing, home_block};

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of backups.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/admin/backups", pages::index)
        .lists(&BACKUPS)
        .post("/admin/backups", pages::create)
        .leads_to("/admin/backups")
}
