//! What the hospital has: models, devices, their places and states.

pub mod catalogue;
pub mod devices;
pub mod labels;
pub mod states;

use crate::accounts::actions::{Action, SeeCatalogue, SeeDevices};
use crate::shell::{Domain, NavEntry};

/// What this domain offers to the whole.
pub fn domain() -> Domain {
    Domain {
        name: "inventory",
        routes: devices::routes()
            .and(labels::routes())
            .and(catalogue::routes()),
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
        ],
        lists: vec![&catalogue::MODELS, &devices::DEVICES],
        subjects: vec![("device", devices::named)],
        ..Domain::default()
    }
}
