//! What the hospital has: models, devices, their places and states.

pub mod catalogue;
pub mod certificates;
pub mod corrections;
pub mod custom_fields;
pub mod devices;
pub mod labels;
mod lookups;
pub mod merges;
pub mod states;
pub mod take_over;

use crate::accounts::actions::{
    Action, ManageCatalogue, PlanTakeOver, RegisterDevices, SeeCatalogue, SeeDevices,
    WatchCertificates,
};
use crate::shell::domain::PaletteEntry;
use crate::shell::{Domain, NavEntry};

/// What this domain offers to the whole.
pub fn domain() -> Domain {
    Domain {
        name: "inventory",
        routes: devices::routes()
            .and(labels::routes())
            .and(catalogue::routes())
            .and(corrections::routes())
            .and(custom_fields::routes())
            .and(lookups::routes())
            .and(certificates::routes())
            .and(merges::routes())
            .and(take_over::routes()),
        nav: vec![
            NavEntry {
                label: "Équipements",
                href: "/inventory/devices",
                icon: "devices",
                permission: SeeDevices::NAME,
                order: 20,
            },
            NavEntry {
                label: "Modèles",
                href: "/inventory/models",
                icon: "box",
                permission: SeeCatalogue::NAME,
                order: 25,
            },
            NavEntry {
                label: "Certificats CE",
                href: "/inventory/certificates",
                icon: "check",
                permission: WatchCertificates::NAME,
                order: 26,
            },
        ],
        lists: vec![
            &catalogue::MODELS,
            &certificates::CERTIFICATES,
            &devices::DEVICES,
            &merges::MERGES,
        ],
        subjects: vec![
            ("device", devices::named),
            ("device_model", catalogue::named),
            ("certificate", certificates::named),
            ("nomenclature_term", catalogue::term_named),
            ("correction", corrections::queries::named),
            ("custom_field", custom_fields::queries::named),
        ],
        device_alerts: vec![
            certificates::alerts::of_device,
            catalogue::supports::alerts,
            merges::alerts::of_device,
            take_over::alerts::of_device,
        ],
        home_blocks: vec![
            (WatchCertificates::NAME, certificates::alerts::to_watch),
            (PlanTakeOver::NAME, take_over::alerts::to_settle),
        ],
        actions: vec![
            PaletteEntry::new(
                "Inscrire un équipement",
                "/inventory/devices/new",
                "plus",
                RegisterDevices::NAME,
            ),
            PaletteEntry::new(
                "Coller une liste de numéros",
                "/inventory/lookups/new",
                "search",
                SeeDevices::NAME,
            ),
            PaletteEntry::new(
                "Modifications en nombre",
                "/inventory/corrections",
                "edit",
                SeeDevices::NAME,
            ),
            PaletteEntry::new(
                "Champs complémentaires",
                "/inventory/custom_fields",
                "tag",
                SeeDevices::NAME,
            ),
            PaletteEntry::new(
                "Créer un modèle",
                "/inventory/models/new",
                "plus",
                ManageCatalogue::NAME,
            )
            .of_group(),
        ],
        ..Domain::default()
    }
}
