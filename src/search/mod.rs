//! One box that finds anything by what is written on it.
//!
//! A UDI, a serial, an inventory number or a label code opens the device; words, pieces of words
//! and misspelt words show what matches, by kind. What must always hold: nothing out of the
//! caller's scope or rights is found, counted or suggested, for each kind by the right that opens
//! its page. `search_entry` is kept by triggers; `search_rebuild()` makes it again.

mod api;
pub mod model;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;
use crate::shell::Domain;
use crate::shell::suggestions::SuggestionsResource;

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "search",
        routes: routes(),
        ..Domain::default()
    }
}

fn routes() -> Routes<App> {
    Routes::new()
        .get("/search", pages::index)
        .answers::<api::FoundResource>()
        .reads(&["q"])
        .get("/search/suggestions", pages::suggestions)
        .answers::<SuggestionsResource>()
        .reads(&["kind", "q"])
}
