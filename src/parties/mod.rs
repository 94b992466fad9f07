//! Makers, suppliers, providers and authorities, the names they go by, and whom to call there.
//!
//! The whole group shares them: there is one Philips, whatever each hospital writes. A label says
//! Datex-Ohmeda, an advisory says GE, a file says « Phillips »: *aliases* lead every spelling to one
//! row, and *successions* say who answers today for what another organisation made. A *contact* is a
//! person or a desk by function, with the day somebody last verified it: an old security address is
//! worth nothing, and says so.
//!
//! What must always hold: a name, folded, means one organisation, be it its own or an alias;
//! successions never turn in a circle; a contact can be reached; nothing is deleted but a wrong alias
//! or succession, which the audit keeps. Legal basis: manufacturer and supplier are two of the items
//! of art. R.5212-28 1° CSP; single registration numbers are those of EUDAMED (MDR art. 31).

pub mod contacts;
pub mod organisations;

use crate::accounts::actions::{Action, ManageParties, SeeParties};
use crate::kernel::text;
use crate::shell::domain::PaletteEntry;
use crate::shell::{Domain, NavEntry};

crate::id_type!(/** A manufacturer, supplier, provider or authority. */ OrganisationId);
crate::id_type!(/** Another name of an organisation. */ AliasId);
crate::id_type!(/** One organisation taking over from another. */ SuccessionId);
crate::id_type!(/** A person or desk to call at an organisation. */ ContactId);

/// What this domain offers to the whole.
pub fn domain() -> Domain {
    Domain {
        name: "parties",
        routes: organisations::routes().and(contacts::routes()),
        nav: vec![NavEntry {
            label: "Fabricants et fournisseurs",
            href: "/parties/organisations",
            icon: "factory",
            permission: SeeParties::NAME,
            order: 70,
        }],
        actions: vec![
            PaletteEntry::new(
                "Créer un fabricant ou un fournisseur",
                "/parties/organisations/new",
                "plus",
                ManageParties::NAME,
            )
            .of_group(),
        ],
        subjects: vec![
            ("organisation", organisations::queries::named),
            ("contact", contacts::queries::named),
        ],
        lists: vec![&organisations::ORGANISATIONS, &contacts::CONTACTS],
        ..Domain::default()
    }
}

/// A text that says something, without the blanks around.
fn said(text: &str) -> Option<String> {
    text::maybe(text)
}
