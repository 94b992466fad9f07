//! Merges: two records of the same maker, model or device become one.
//!
//! The *kept* record answers for both; the *double* is annulled with a pointer, never deleted, and its
//! history stays readable on its own page. What pointed to the double points to the kept record, but
//! for append-only history, which stays with the record it happened to. Field by field, a person chooses
//! which value holds. The double's names (an alias), inventory number, serial and label (identifiers with
//! an end) keep leading to the kept record. What must always hold: nothing is merged without having been
//! previewed; a merge is taken back within 30 days, and puts back everything that still is as it left it;
//! what changed since is left and listed. Two devices are of one establishment; makers and models are
//! the group's, and are merged under a right over the group.

pub mod alerts;
mod api;
pub mod commands;
mod list;
pub mod model;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

pub use list::MERGES;
pub use model::Kind;

crate::id_type!(/** Two records made one. */ MergeId);

/// Days during which a merge may be taken back.
pub const UNDO_DAYS: i64 = 30;

/// The routes of merges.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/merges", pages::index)
        .lists(&list::MERGES)
        .get("/inventory/merges/new", pages::new)
        .post("/inventory/merges", pages::create)
        .get("/inventory/merges/{id}", pages::show)
        .answers::<api::MergeResource>()
        .delete("/inventory/merges/{id}", pages::destroy)
}
