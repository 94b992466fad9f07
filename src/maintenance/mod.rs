//! Maintenance: what must be done to devices, what was done, and what follows from it.
//!
//! Obligations say what is due and why; interventions say what was done, by whom, with which values;
//! a device that was stopped comes back only with a record of its return to service. What is not known
//! is said to be undetermined, which is never green.

mod api;
mod devices;
pub mod due;
pub mod interventions;
pub mod nonconformities;
pub mod obligations;
mod planning;
pub mod test_tools;

use crate::accounts::actions::{Action, RunInterventions, SeeHarm, SeeMaintenance, StateLastDone};
use crate::shell::domain::{DeviceTab, Domain, NavEntry};

/// What this domain offers to the whole.
pub fn domain() -> Domain {
    Domain {
        name: "maintenance",
        routes: obligations::routes()
            .and(due::routes())
            .and(devices::routes())
            .and(interventions::routes())
            .and(nonconformities::routes())
            .and(test_tools::routes())
            .and(planning::routes()),
        nav: vec![NavEntry {
            label: "Maintenance",
            href: "/maintenance/due",
            icon: "wrench",
            permission: SeeMaintenance::NAME,
            order: 30,
        }],
        home_blocks: vec![
            (SeeHarm::NAME, interventions::harm_block),
            (RunInterventions::NAME, interventions::requests_block),
            (StateLastDone::NAME, due::late_block),
        ],
        device_tabs: vec![DeviceTab {
            label: "Maintenance",
            prefix: "/maintenance/devices/",
            permission: SeeMaintenance::NAME,
        }],
        device_alerts: vec![nonconformities::alerts, due::alerts],
        lists: vec![
            &obligations::OBLIGATIONS,
            &due::DUE,
            &interventions::INTERVENTIONS,
            &nonconformities::NONCONFORMITIES,
            &test_tools::TEST_TOOLS,
        ],
        jobs: vec![(due::KIND, due::run)],
        subjects: vec![
            ("obligation", obligations::named),
            ("intervention", interventions::named),
            ("nonconformity", nonconformities::named),
            ("test_tool", test_tools::named),
        ],
        ..Domain::default()
    }
}
