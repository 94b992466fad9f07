//! Whom to call at an organisation, by function, and when that was last verified.
//!
//! A contact is a person or a desk: support, security officer, data protection, vigilance… It is the
//! whole group's, or one establishment's own. *Verifying* it stamps the day and the person; past a
//! year without, or never, it is shown as doubtful, because a notice sent to a dead mailbox is a
//! notice nobody read.
//!
//! What must always hold: a contact can be reached by at least one way; it ends with a day, it is
//! never deleted; an establishment's contacts are seen and changed within it only.

pub mod api;
pub mod commands;
mod list;
mod model;
mod pages;
pub mod queries;
mod verifications;

pub use list::CONTACTS;
pub use model::{ContactFunction, DOUBTFUL_AFTER_DAYS, Freshness, NewContact};

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of contacts.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/parties/contacts", pages::index)
        .lists(&CONTACTS)
        .get("/parties/organisations/{id}/contacts/new", pages::new)
        .post("/parties/organisations/{id}/contacts", pages::create)
        .get("/parties/contacts/{id}", pages::show)
        .answers::<api::ContactResource>()
        .get("/parties/contacts/{id}/edit", pages::edit)
        .patch("/parties/contacts/{id}", pages::update)
        .post(
            "/parties/contacts/{id}/verifications",
            verifications::create,
        )
}
