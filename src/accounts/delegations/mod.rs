//! Delegations: one acts for another, for a while, with a reason.
//!
//! What must always hold:
//! - nobody delegates what he does not hold: one of one's own roles, as wide as it is or narrower, no longer
//!   than it lasts; and it gives nothing from the day the giver no longer holds it;
//! - rights are never mixed: whoever acts for another has the delegated rights alone meanwhile, and all he
//!   does is written « A pour B »;
//! - what was delegated is not delegated further, and a second factor asked of the role is asked of the taker.

mod api;
pub mod commands;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** A delegation. */ DelegationId);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/delegations", pages::index)
        .answers::<api::DelegationsResource>()
        .post("/accounts/delegations", pages::create)
        .get("/accounts/delegations/new", pages::new)
        .delete("/accounts/delegations/{id}", pages::destroy)
        .post("/accounts/profile/acting", pages::start)
        .delete("/accounts/profile/acting", pages::stop)
}
