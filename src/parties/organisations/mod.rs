//! Manufacturers, suppliers, maintainers, control bodies: one row each, whatever its spellings.
//!
//! An organisation plays one or several *roles*. Its *aliases* are other spellings, former names,
//! brands and subsidiaries found on labels and in files. A *succession* goes from the one that was to
//! the one that answers; [`Standing`] follows them to today.
//!
//! What must always hold: names and aliases, folded, are unique together; nobody succeeds himself,
//! even through others; before a new organisation is created, those that resemble it are shown.

mod aliases;
pub mod api;
pub mod commands;
mod list;
mod model;
mod pages;
pub mod queries;
mod successions;
mod suggestions;

pub use list::ORGANISATIONS;
pub use model::{
    AliasKind, NewAlias, NewOrganisation, NewSuccession, OrganisationRole, Standing, SuccessionKind,
};

use crate::app::App;
use crate::platform::web::Routes;
use crate::shell::suggestions::SuggestionsResource;

/// The routes of organisations, their aliases and successions.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/parties/organisations", pages::index)
        .lists(&ORGANISATIONS)
        .get("/parties/organisations/suggestions", suggestions::index)
        .answers::<SuggestionsResource>()
        .get("/parties/organisations/new", pages::new)
        .post("/parties/organisations", pages::create)
        .get("/parties/organisations/{id}", pages::show)
        .answers::<api::OrganisationResource>()
        .get("/parties/organisations/{id}/edit", pages::edit)
        .patch("/parties/organisations/{id}", pages::update)
        .post("/parties/organisations/{id}/aliases", aliases::create)
        .delete(
            "/parties/organisations/{id}/aliases/{alias}",
            aliases::destroy,
        )
        .post(
            "/parties/organisations/{id}/successions",
            successions::create,
        )
        .delete(
            "/parties/organisations/{id}/successions/{succession}",
            successions::destroy,
        )
}
