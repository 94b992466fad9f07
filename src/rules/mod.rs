//! The law as data: texts with their standing, and what is computed from them.

pub mod texts;

use crate::accounts::actions::{Action, SeeRules};
use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "rules",
        routes: texts::routes(),
        nav: vec![NavEntry {
            label: "Textes appliqués",
            href: "/rules/texts",
            icon: "scale",
            permission: SeeRules::NAME,
            order: 90,
        }],
        lists: vec![&texts::RULES],
        subjects: vec![("legal_rule", texts::queries::named)],
        ..Domain::default()
    }
}
