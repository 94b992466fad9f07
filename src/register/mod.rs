//! The legal register (registre sécurité, qualité et maintenance, RSQM; art. R.5212-28 5° CSP): for
//! each device, every operation of maintenance and control, with who did it and for whom, when, its
//! nature, the performance obtained, the conformity, the stop and the resumption.
//!
//! Words: a *line* is an operation, or the correction or annulment of an earlier line; a *register* is
//! the chain of the lines of a device; its *head* is how many lines there are and the hash of the last;
//! a *block* seals heads. What must always hold:
//! - numbers have no gap and lines never change: the head is locked while one is written, triggers
//!   refuse the rest, and what was wrong is corrected by a line that follows;
//! - a line says the items of the article, but where it was taken over from another register;
//! - each hash covers the line and the hash before it (`model/canonical.rs`); heads are signed every
//!   minute with a key outside the database, all of them together once a day;
//! - a line written late says by how many days and why; very late, it is refused;
//! - a register is kept five years from the end of exploitation (rule `csp.r5212-28.5`).
//!
//! Other domains write by [`append`], in their own transaction.

mod api;
mod commands;
mod exports;
mod list;
pub mod model;
mod pages;
mod queries;
mod seals;

pub use commands::{annul, append, append_all, correct, report_of};
pub use list::LINES;
pub use model::{Conformity, Entry, Line, LineId, LineKind, NewLine, Report, Source};
pub use queries::{in_force, last_done, of_cause};
pub use seals::{Finding, Report as Verified, Why, seal, verify};

use crate::accounts::actions::{Action, SeeRegister};
use crate::app::App;
use crate::platform::web::Routes;
use crate::shell::domain::DeviceTab;
use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "register",
        routes: routes(),
        nav: vec![NavEntry {
            label: "Registre",
            href: "/register/lines",
            icon: "register",
            permission: SeeRegister::NAME,
            order: 30,
        }],
        device_tabs: vec![DeviceTab {
            label: "Registre",
            prefix: "/register/devices/",
            permission: SeeRegister::NAME,
        }],
        subjects: vec![("register_line", queries::named)],
        lists: vec![&LINES],
        ..Domain::default()
    }
}

fn routes() -> Routes<App> {
    Routes::new()
        .get("/register/lines", pages::index)
        .lists(&list::LINES)
        .get("/register/lines/{id}", pages::line)
        .answers::<api::RegisterLineResource>()
        .get(
            "/register/lines/{id}/corrections/new",
            pages::corrections_new,
        )
        .post("/register/lines/{id}/corrections", pages::correct)
        .post("/register/lines/{id}/annulment", pages::annul)
        .get("/register/codes", pages::codes)
        .answers::<api::RegisterCodesResource>()
        .get("/register/devices/{id}", pages::device)
        .answers::<api::RegisterResource>()
        .post("/register/devices/{id}", pages::create)
        .get("/register/devices/{id}/new", pages::new)
        .get("/register/devices/{id}/export", pages::export_device)
        .gives_a_file()
        .get("/register/units/{id}", pages::unit)
        .answers::<api::RegistersResource>()
        .get("/register/units/{id}/export", pages::export_unit)
        .gives_a_file()
        .get("/register/families/{id}", pages::family)
        .answers::<api::RegistersResource>()
        .get("/register/families/{id}/export", pages::export_family)
        .gives_a_file()
}
