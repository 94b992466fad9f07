//! What comes from other systems and what leaves for them.

pub mod assets;
mod custom_values;
pub mod imports;
mod nomenclatures;

use crate::accounts::actions::{Action, ImportDevices, SeeCatalogue};
use crate::shell::domain::PaletteEntry;
use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "exchange",
        routes: imports::routes()
            .and(nomenclatures::routes())
            .and(assets::routes())
            .and(custom_values::routes()),
        nav: vec![
            NavEntry {
                label: "Imports",
                href: "/exchange/imports",
                icon: "upload",
                permission: "exchange.imports.run",
                order: 85,
            },
            NavEntry {
                label: "Immobilisations",
                href: "/exchange/assets",
                icon: "scale",
                permission: "exchange.assets.see",
                order: 86,
            },
        ],
        actions: vec![
            PaletteEntry::new(
                "Importer un fichier",
                "/exchange/imports/new",
                "upload",
                ImportDevices::NAME,
            ),
            PaletteEntry::new(
                "Nomenclatures",
                "/exchange/nomenclatures",
                "book",
                SeeCatalogue::NAME,
            ),
        ],
        subjects: vec![("import_run", imports::queries::named)],
        home_blocks: vec![(ImportDevices::NAME, imports::queries::to_decide)],
        jobs: vec![(imports::jobs::KIND, imports::jobs::run)],
        ..Domain::default()
    }
}
