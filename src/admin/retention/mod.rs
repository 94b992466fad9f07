//! Retention: how long each class of data is kept, what may go now and why, and its going.
//!
//! Words: a *rule* is a row of `retention_rule` with its source and its standing; a *class* is what a rule is about;
//! what is *due* has passed its term; a *tombstone* is what is left of a public record destroyed. What must always
//! hold: nothing regulated goes before its term, whatever the application asks (the database refuses); a public record
//! goes under the reference of a visa of the archives and leaves its hash; the name of who did an act stays with the
//! act (art. R.5212-28 5° CSP); a class without a way to go is only told.

mod api;
mod commands;
pub mod model;
mod pages;
pub mod queries;

pub use commands::{Purged, purge};

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of retention and of the processing record.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/admin/retention", pages::index)
        .answers::<api::RetentionResource>()
        .post("/admin/retention/purges", pages::create)
        .get("/admin/processing", pages::processing)
        .answers::<api::ProcessingResource>()
}
