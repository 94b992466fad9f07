//! What comes from other systems and what leaves for them.

pub mod imports;

use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "exchange",
        routes: imports::routes(),
        nav: vec![NavEntry {
            label: "Imports",
            href: "/exchange/imports",
            icon: "upload",
            permission: "exchange.imports.run",
            order: 85,
        }],
        jobs: vec![(imports::jobs::KIND, imports::jobs::run)],
        ..Domain::default()
    }
}
