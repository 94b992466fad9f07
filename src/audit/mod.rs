//! Who did what: every row written, by whom, when, why, with its values before and after.
//!
//! Rows are written by triggers in the transaction of their cause and never change; rows of one
//! request are one *act*. A *history* is the acts on one object, read by who may see the object
//! ([`SeeHistory`](crate::accounts::actions::SeeHistory)); the *journal* is all of them, read by who
//! answers for traces, each establishment its own, and what the group shares by who holds the group.
//! Secret columns are only said to have changed. *Seals* (blocks of rows chained by their hashes, signed
//! with a key kept outside the database) let `vigie verify` name a row changed behind the application.

mod api;
mod history;
mod journal;
mod queries;
pub mod reads;
pub mod seals;
pub mod words;

pub use queries::JOURNAL;

use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "audit",
        routes: journal::routes()
            .and(history::routes())
            .and(reads::routes()),
        nav: vec![NavEntry {
            label: "Journal",
            href: "/audit/rows",
            icon: "history",
            permission: "audit.rows.see",
            order: 90,
        }],
        lists: vec![&JOURNAL, &reads::READS],
        ..Domain::default()
    }
}
