//! The devices of the demonstration, told as their lives: where they came from, what happened to
//! them, in the order it happened. Days are counted back from the day the world is seen.

use chrono::{Days, NaiveDate};

use super::crowd::{Numbers, one_of_the_crowd};
use super::models;
use super::named;
use super::seed::Seed;

/// The day the tests' world is seen: a Monday.
pub const REFERENCE_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 3, 2) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// How a device is held (domain words of the house, design §14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HoldingKind {
    /// Achat.
    Purchase,
    /// Location.
    Rental,
    /// Mise à disposition.
    Provision,
    /// Dépôt.
    Consignment,
    /// Prêt.
    Loan,
    /// Essai.
    Trial,
    /// Crédit-bail.
    Lease,
    /// Don.
    Donation,
    /// Recherche.
    Research,
    /// Transfert entre entités juridiques.
    Transfer,
}

/// How a device is held, since when, until when, under which convention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Kind.
    pub kind: HoldingKind,
    /// First day.
    pub since: Option<NaiveDate>,
    /// Last day agreed.
    pub until: Option<NaiveDate>,
    /// Reference of the convention.
    pub convention: Option<String>,
    /// Code of the owner when it is not the hospital.
    pub owner: Option<&'static str>,
}

/// A serial number, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serial {
    /// As on the label.
    Known(String),
    /// None, with the reason.
    Absent(&'static str),
}

/// The date of first service, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstService {
    /// The day.
    Day(NaiveDate),
    /// What the user knew, never turned into a day.
    Text(&'static str),
    /// Nothing: not in service yet, or never known.
    None,
}

/// How a device is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Physical address, locally administered: no maker owns it.
    pub mac: Option<String>,
    /// Address in the hospital's invented network.
    pub ip: Option<String>,
    /// VLAN.
    pub vlan: Option<u16>,
    /// Host name.
    pub host: Option<String>,
    /// Wireless.
    pub wireless: bool,
    /// The maker reaches it from outside.
    pub remote_access: bool,
    /// Operating system, when known.
    pub operating_system: Option<&'static str>,
}

/// Something that happens to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Delivered.
    Receive,
    /// Tests before service begin.
    BeginTests,
    /// Put into service.
    Commission,
    /// Entered as already in the fleet, proofs not verified.
    TakeOver(TakenOverAs),
    /// Lent to another unit until a day.
    Lend {
        /// UF code of the borrower, in the same establishment.
        to: &'static str,
        /// Day of return agreed.
        until: NaiveDate,
    },
    /// Back from a loan.
    ReturnLoan,
    /// Moved to another unit for good.
    Move {
        /// UF code.
        to: &'static str,
    },
    /// Broken down.
    BreakDown,
    /// In the workshop.
    BeginMaintenance,
    /// Set aside by the vigilance correspondent.
    Quarantine,
    /// Stored.
    Store,
    /// Standard exchange: the device keeps its life, its serial changes.
    ExchangeSerial(String),
    /// Decommissioning decided.
    Decommission,
    /// Entered by mistake.
    Annul,
}

/// The state in which a device in service before Vigie is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenOverAs {
    /// En service.
    InService,
    /// Stocké.
    Stored,
    /// Sorti, shown with its proofs not verified.
    Disposed,
}

/// A happening, its day and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Day, local to the establishment.
    pub day: NaiveDate,
    /// What.
    pub what: Happening,
    /// Why, in the words of the one who did it; empty where nobody asks.
    pub why: &'static str,
}

/// A device of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Name by which tests know it; none for the crowd.
    pub name: Option<&'static str>,
    /// Establishment.
    pub establishment: &'static str,
    /// Inventory number, unique in the group here.
    pub inventory_number: String,
    /// Code of the model.
    pub model: &'static str,
    /// UF code, in the establishment.
    pub unit: &'static str,
    /// Code of the room.
    pub room: Option<String>,
    /// Serial.
    pub serial: Serial,
    /// Code of the supplier.
    pub supplier: Option<&'static str>,
    /// Holding.
    pub holding: Holding,
    /// First service.
    pub first_service: FirstService,
    /// Software version.
    pub software: Option<&'static str>,
    /// Network.
    pub network: Option<Network>,
    /// Inventory number of the device it is part of.
    pub parent: Option<String>,
    /// Price paid, in cents.
    pub price_cents: Option<i64>,
    /// End of warranty.
    pub warranty_end: Option<NaiveDate>,
    /// What was put in the notes.
    pub notes: &'static str,
    /// Its life.
    pub life: Vec<Step>,
}

/// Which world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The tests' world, at most 300 devices.
    Core,
    /// About 3,000 devices.
    Full,
}

/// All devices of a world seen on a day: the named ones first, then the crowd.
pub fn devices(extent: Extent, today: NaiveDate) -> Vec<Device> {
    let mut devices = named::devices(today);
    let mut numbers = Numbers::default();
    for model in models::all() {
        let count = match extent {
            Extent::Core => model.core,
            Extent::Full => model.fleet,
        };
        // One stream a model: the core's devices are the first of the full fleet.
        let mut seed = Seed::of(model.code);
        for rank in 0..count {
            devices.extend(one_of_the_crowd(
                model,
                rank,
                &mut seed,
                &mut numbers,
                today,
            ));
        }
    }
    devices
}

/// A day before another.
pub(in crate::demo) fn before(today: NaiveDate, days: i64) -> NaiveDate {
    let back = today.checked_sub_days(Days::new(days.unsigned_abs()));
    let forward = today.checked_add_days(Days::new(days.unsigned_abs()));
    if days >= 0 { back } else { forward }.unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::organisations::find_organisation;
    use crate::demo::places;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn the_reference_day_is_the_second_of_march_2026_a_monday() {
        assert_eq!(
            REFERENCE_DAY.format("%Y-%m-%d %a").to_string(),
            "2026-03-02 Mon"
        );
    }

    #[test]
    fn the_core_stays_under_three_hundred_devices_and_the_full_group_has_about_three_thousand() {
        let core = devices(Extent::Core, REFERENCE_DAY).len();
        assert!((200..=300).contains(&core), "{core}");
        let full = devices(Extent::Full, REFERENCE_DAY).len();
        assert!((2_800..=3_250).contains(&full), "{full}");
    }

    #[test]
    fn the_same_day_tells_the_same_story_and_another_day_moves_it() {
        assert_eq!(
            devices(Extent::Core, REFERENCE_DAY),
            devices(Extent::Core, REFERENCE_DAY)
        );
        let later = before(REFERENCE_DAY, -40);
        let (now, then) = (
            devices(Extent::Full, REFERENCE_DAY),
            devices(Extent::Full, later),
        );
        assert_eq!(now.len(), then.len());
        assert!(
            now.iter()
                .zip(&then)
                .all(|(a, b)| a.inventory_number == b.inventory_number && a.serial == b.serial)
        );
        assert_ne!(now, then);
    }

    #[test]
    fn nothing_happens_after_the_day_nor_out_of_order() {
        for device in devices(Extent::Full, REFERENCE_DAY) {
            let days: Vec<_> = device.life.iter().map(|step| step.day).collect();
            assert!(days.is_sorted(), "{} {days:?}", device.inventory_number);
            assert!(
                days.iter().all(|day| *day <= REFERENCE_DAY),
                "{} lives in the future",
                device.inventory_number
            );
            assert!(!device.life.is_empty(), "{}", device.inventory_number);
        }
    }

    #[test]
    fn numbers_serials_and_addresses_are_not_shared() {
        let fleet = devices(Extent::Full, REFERENCE_DAY);
        let mut numbers = BTreeSet::new();
        let mut serials = BTreeSet::new();
        let mut macs = BTreeSet::new();
        for device in &fleet {
            assert!(
                numbers.insert(&device.inventory_number),
                "{} twice",
                device.inventory_number
            );
            if let Serial::Known(serial) = &device.serial {
                assert!(
                    serials.insert((device.model, serial)),
                    "{} {serial} twice",
                    device.model
                );
            }
            if let Some(mac) = device
                .network
                .as_ref()
                .and_then(|network| network.mac.as_ref())
            {
                assert!(macs.insert(mac), "{mac} twice");
                assert!(mac.starts_with("02:"), "{mac} could be a maker's");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let fleet = devices(Extent::Full, REFERENCE_DAY);
        let rooms: BTreeSet<_> = places::UNITS
            .iter()
            .flat_map(places::rooms)
            .map(|room| room.code)
            .collect();
        let numbers: BTreeSet<_> = fleet
            .iter()
            .map(|device| device.inventory_number.as_str())
            .collect();
        for device in &fleet {
            let unit = places::find_unit(device.establishment, device.unit);
            assert!(unit.is_some(), "{} stands nowhere", device.inventory_number);
            let model = models::find_model(device.model).unwrap();
            assert!(
                device
                    .software
                    .is_none_or(|version| model.software.contains(&version)),
                "{}",
                device.inventory_number
            );
            assert!(
                device.room.as_ref().is_none_or(|room| rooms.contains(room)),
                "{}",
                device.inventory_number
            );
            for party in device.supplier.into_iter().chain(device.holding.owner) {
                assert!(find_organisation(party).is_some(), "{party}");
            }
            assert!(
                device
                    .parent
                    .as_ref()
                    .is_none_or(|parent| numbers.contains(parent.as_str()))
            );
            for step in &device.life {
                if let Happening::Lend { to, .. } | Happening::Move { to } = step.what {
                    assert!(
                        places::find_unit(device.establishment, to).is_some(),
                        "{to}"
                    );
                    assert_ne!(
                        to, device.unit,
                        "{} goes where it is",
                        device.inventory_number
                    );
                }
            }
        }
    }

    #[test]
    fn even_the_core_has_every_establishment_holding_and_many_states_twice() {
        let core = devices(Extent::Core, REFERENCE_DAY);
        let mut holdings: BTreeMap<HoldingKind, usize> = BTreeMap::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for device in &core {
            *holdings.entry(device.holding.kind).or_default() += 1;
            *places.entry(device.establishment).or_default() += 1;
        }
        assert!(
            places.len() == 3 && places.values().all(|count| *count >= 20),
            "{places:?}"
        );
        assert!(
            holdings.len() == 10 && holdings.values().all(|count| *count >= 2),
            "{holdings:?}"
        );
    }
}
