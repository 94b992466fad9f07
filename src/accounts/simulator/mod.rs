//! « Qui peut faire quoi »: may this person do this to that, and by which of his roles?
//!
//! The answer is the decision itself ([`Caller::scope`](super::access::Caller::scope) on the grants of the
//! account), never a copy of it; the reasons are the grants that cover the place. The list of all who may is
//! made the same way, account by account.

mod api;
mod pages;
mod queries;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this page.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/simulator", pages::show)
        .answers::<api::SimulatorResource>()
}
