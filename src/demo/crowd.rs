//! The crowd: devices without a name, told from their model, their rank and a seed.

use chrono::NaiveDate;

use super::fleet::{
    Device, FirstService, Happening, Holding, HoldingKind, Network, Serial, Step, TakenOverAs,
    before,
};
use super::models::{self, Holdings, Model};
use super::places::{self, Activity, CHU, Establishment, LOCAL, OVERSEAS, Unit};
use super::seed::Seed;

/// Running inventory numbers of the crowd; the named devices stand below 1,000.
#[derive(Default)]
pub(super) struct Numbers {
    chu: u32,
    local: u32,
    overseas: u32,
}

impl Numbers {
    fn next(&mut self, establishment: &Establishment) -> String {
        let counter = match establishment.code {
            CHU => &mut self.chu,
            LOCAL => &mut self.local,
            _ => &mut self.overseas,
        };
        *counter += 1;
        format!("{}1{:05}", establishment.inventory_prefix, *counter)
    }
}

/// The units where a model may stand, the small establishments after the main one.
fn units_for(model: &Model) -> Vec<&'static Unit> {
    places::UNITS
        .iter()
        .filter(|unit| model.found_in.contains(&unit.activity))
        .collect()
}

/// Invented serials in the makers' many manners: letters, leading zeros, dashes, lower case.
fn serial(model: &Model, rank: u32, seed: &mut Seed) -> Serial {
    if model.traits.software_only {
        return Serial::Absent(
            "Logiciel sans numéro de série : identifié par sa version et son installation",
        );
    }
    if model.traits.in_house {
        return Serial::Known(format!("{}-{:03}", model.reference, rank + 1));
    }
    let number = seed.below(90_000) + 10_000;
    let shape = model.code.bytes().map(u64::from).sum::<u64>() % 5;
    Serial::Known(match shape {
        0 => format!("DE{number}{rank:04}"),
        1 => format!("{:03}{number}{rank:04}", seed.below(100)),
        2 => format!("AS{}-{rank:04}", number % 10_000),
        3 => format!("{number}x{rank:03}"),
        _ => format!("S{number}R{rank:03}"),
    })
}

fn network(model: &Model, unit: &Unit, rank: u32, seed: &mut Seed) -> Option<Network> {
    if !model.traits.network {
        return None;
    }
    if model.traits.software_only {
        return Some(Network {
            mac: None,
            ip: None,
            vlan: None,
            host: Some(format!("srv-{}-{:02}", model.code, rank + 1)),
            wireless: false,
            remote_access: true,
            operating_system: None,
        });
    }
    // One in seven is able to connect and is not.
    if seed.chance(14) {
        return None;
    }
    let group = match unit.establishment {
        CHU => 16,
        LOCAL => 17,
        _ => 18,
    };
    let row = models::all()
        .position(|other| other.code == model.code)
        .unwrap_or(0);
    let host = u64::from(rank) % 250 + 2;
    Some(Network {
        mac: Some(format!(
            "02:{group:02X}:{:02X}:{:02X}:{:02X}:{:02X}",
            row,
            rank / 256,
            rank % 256,
            seed.below(256)
        )),
        ip: Some(format!("10.{group}.{row}.{host}")),
        vlan: Some(u16::try_from(300 + row).unwrap_or(300)),
        host: Some(format!("{}-{}-{:03}", unit.code, model.code, rank + 1)),
        wireless: seed.chance(30),
        remote_access: model.price_euros.0 > 100_000 || seed.chance(5),
        operating_system: None,
    })
}

fn holding(
    model: &Model,
    since: NaiveDate,
    today: NaiveDate,
    rank: u32,
    seed: &mut Seed,
) -> Holding {
    let kind = match model.holdings {
        Holdings::Provided => HoldingKind::Provision,
        Holdings::Rented => HoldingKind::Rental,
        Holdings::Leased => HoldingKind::Lease,
        Holdings::Consigned => HoldingKind::Consignment,
        Holdings::Bought => match seed.below(100) {
            0..=2 => HoldingKind::Donation,
            3..=4 => HoldingKind::Research,
            5..=6 => HoldingKind::Transfer,
            _ => HoldingKind::Purchase,
        },
    };
    let (until, owner) = match kind {
        HoldingKind::Provision | HoldingKind::Consignment => (
            Some(before(today, -seed.between(30, 1_200))),
            Some(model.manufacturer),
        ),
        HoldingKind::Rental => (
            Some(before(today, -seed.between(15, 700))),
            Some("locabloc"),
        ),
        HoldingKind::Lease => (
            Some(before(today, -seed.between(200, 1_800))),
            Some("credimed"),
        ),
        _ => (None, None),
    };
    let convention = until.map(|_| format!("CONV-{}-{:03}", since.format("%Y"), rank + 1));
    Holding {
        kind,
        since: Some(since),
        until,
        convention,
        owner,
    }
}

fn supplier(model: &Model, unit: &Unit, seed: &mut Seed) -> &'static str {
    use super::organisations::{Part, find_organisation};
    let sells = find_organisation(model.manufacturer)
        .is_some_and(|maker| maker.parts.contains(&Part::Supplier));
    if unit.establishment == OVERSEAS && seed.chance(70) {
        "filaos-biomed"
    } else if sells && seed.chance(75) {
        model.manufacturer
    } else if seed.chance(50) {
        "verrelab"
    } else {
        "argance-services"
    }
}

/// What happened to one of the crowd; most devices simply serve.
fn life(
    first_service: NaiveDate,
    today: NaiveDate,
    unit: &'static Unit,
    movable: bool,
    seed: &mut Seed,
) -> Vec<Step> {
    let step = |day, what, why| Step { day, what, why };
    let age = (today - first_service).num_days();
    // Devices older than the registry come in as a take-over, without proofs.
    let mut life = if age > 900 {
        vec![step(
            before(today, 880.min(age)),
            Happening::TakeOver(TakenOverAs::InService),
            "Reprise de l’ancienne GMAO",
        )]
    } else {
        vec![
            step(before(first_service, 9), Happening::Receive, ""),
            step(before(first_service, 4), Happening::BeginTests, ""),
            step(first_service, Happening::Commission, ""),
        ]
    };
    let recent = before(today, seed.between(2, 25).min(age.max(2) - 1));
    let what = seed.below(100);
    let neighbours: Vec<&'static Unit> = places::UNITS
        .iter()
        .filter(|other| {
            other.establishment == unit.establishment
                && other.code != unit.code
                && other.activity != Activity::Workshop
        })
        .collect();
    match what {
        0..=3 => life.push(step(recent, Happening::BreakDown, "Ne s’allume plus")),
        4..=6 => {
            life.push(step(
                recent,
                Happening::BreakDown,
                "Alarme technique au démarrage",
            ));
            life.push(step(
                recent,
                Happening::BeginMaintenance,
                "Pris en charge à l’atelier",
            ));
        }
        7..=8 => life.push(step(
            recent,
            Happening::BeginMaintenance,
            "Maintenance préventive annuelle",
        )),
        9..=11 => life.push(step(recent, Happening::Store, "Réserve de la prêthèque")),
        12..=14 if movable => {
            if let Some(to) = seed.pick(&neighbours) {
                let until = before(today, seed.between(-30, 1));
                life.push(step(
                    recent,
                    Happening::Lend { to: to.code, until },
                    "Dépannage d’une unité voisine",
                ));
            }
        }
        15..=17 if movable => {
            if let Some(to) = seed.pick(&neighbours) {
                life.push(step(
                    recent,
                    Happening::Move { to: to.code },
                    "Réorganisation des lits",
                ));
            }
        }
        _ => {}
    }
    life
}

/// One device of a model: where it stands, how old it is, what became of it.
pub(super) fn one_of_the_crowd(
    model: &'static Model,
    rank: u32,
    seed: &mut Seed,
    numbers: &mut Numbers,
    today: NaiveDate,
) -> Option<Device> {
    let units = units_for(model);
    // In turn rather than at random, so that even the core spreads over the establishments.
    let unit = *units.get(usize::try_from(rank).ok()? * 7 % units.len().max(1))?;
    let establishment = places::ESTABLISHMENTS
        .iter()
        .find(|place| place.code == unit.establishment)?;
    let (youngest, oldest) = model.ages;
    let age = seed.between((youngest * 365).max(20), oldest.max(1) * 365 + 200);
    let first_service = before(today, age);
    let (low, high) = model.price_euros;
    let price = seed.between(i64::from(low), i64::from(high));
    let holding = holding(model, before(first_service, 20), today, rank, seed);
    let rooms = places::rooms(unit);
    let movable = price < 60_000 && !model.traits.software_only;
    // A third of the serving devices have no room: the ward does not say where they stand.
    let room = if seed.chance(67) {
        seed.pick(&rooms).map(|room| room.code.clone())
    } else {
        None
    };
    let serial = serial(model, rank, seed);
    let supplier = supplier(model, unit, seed);
    let software = seed.pick(model.software).copied();
    let network = network(model, unit, rank, seed);
    Some(Device {
        name: None,
        establishment: unit.establishment,
        inventory_number: numbers.next(establishment),
        model: model.code,
        unit: unit.code,
        room,
        serial,
        supplier: seed.chance(94).then_some(supplier),
        price_cents: (holding.owner.is_none() && holding.kind != HoldingKind::Donation)
            .then_some(price * 100),
        warranty_end: (age < 1_000 && holding.kind == HoldingKind::Purchase)
            .then(|| before(first_service, -730)),
        first_service: if age > 3_200 && seed.chance(6) {
            FirstService::Text("inconnue, avant la reprise")
        } else {
            FirstService::Day(first_service)
        },
        life: life(first_service, today, unit, movable, seed),
        holding,
        software,
        network,
        parent: None,
        notes: "",
    })
}
