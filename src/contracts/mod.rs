//! Contracts of maintenance: with whom, what is covered, which devices, until when, and when to decide.
//!
//! A contract covers the devices of its lines, not a model nor a place: what is not on a line is not covered.
//! Its end follows from how it is renewed, the day of the notice from its end; both are computed anew each night
//! and said to the list of devices as a fact. A device in use without a running contract is listed as such.
//! What must hold: a line is taken out with its last day and a reason, never deleted; nothing is said covered
//! before its first day nor after its last.

mod api;
pub mod commands;
mod facts;
mod lists;
pub mod model;
mod pages;
pub mod queries;

pub use lists::{AGREEMENTS, COVERAGE};

use crate::accounts::actions::{Action, SeeContracts};
use crate::app::App;
use crate::platform::web::Routes;
use crate::shell::{Domain, NavEntry};

crate::id_type!(/** A contract. */ AgreementId);
crate::id_type!(/** A device covered by a contract. */ LineId);

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "contracts",
        routes: routes(),
        nav: vec![NavEntry {
            label: "Contrats",
            href: "/contracts/agreements",
            icon: "contract",
            permission: SeeContracts::NAME,
            order: 60,
        }],
        home_blocks: vec![(
            crate::accounts::actions::ManageContracts::NAME,
            queries::notice_block,
        )],
        subjects: vec![("agreement", queries::named)],
        lists: vec![&AGREEMENTS, &COVERAGE],
        jobs: vec![(facts::KIND, facts::run)],
        ..Domain::default()
    }
}

fn routes() -> Routes<App> {
    Routes::new()
        .get("/contracts/agreements", pages::index)
        .lists(&lists::AGREEMENTS)
        .get("/contracts/agreements/new", pages::new)
        .choices()
        .post("/contracts/agreements", pages::create)
        .get("/contracts/agreements/{id}", pages::show)
        .answers::<api::AgreementResource>()
        .get("/contracts/agreements/{id}/edit", pages::edit)
        .choices()
        .patch("/contracts/agreements/{id}", pages::update)
        .post("/contracts/agreements/{id}/end", pages::end)
        .post("/contracts/agreements/{id}/lines", pages::add_lines)
        .delete(
            "/contracts/agreements/{id}/lines/{line}",
            pages::remove_line,
        )
        .get("/contracts/coverage", pages::coverage)
        .lists(&lists::COVERAGE)
}
