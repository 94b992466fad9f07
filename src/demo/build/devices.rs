//! The lives of the devices, day after day, by the engineer of their establishment.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::catalogue::Models;
use super::directory::Parties;
use super::organisation::Places;
use super::{Hand, morning, queries};
use crate::accounts::access::Place;
use crate::accounts::actions::{
    AnnulDevices, ChangeDeviceState, EditDeviceNetwork, EditDevices, MoveDevices, RegisterDevices,
};
use crate::app::App;
use crate::demo::fleet::{
    Device as Told, FirstService, Happening, HoldingKind, Serial, Step, TakenOverAs,
};
use crate::demo::models::{self, find_model};
use crate::inventory::devices::commands::{
    self, Borrower, Destination, Entry, Exchange, NetworkFacts, NewDevice, NewLoan,
};
use crate::inventory::devices::queries::Interface;
use crate::inventory::devices::{
    DayOrWords, Device, DeviceId, Fields, Holding, IdentifierKind, RemoteAccess, find,
};
use crate::inventory::states::{State, Transition};
use crate::kernel::clock::local_day;
use crate::kernel::{Error, Event, Result};
use crate::platform::db::Tx;

/// What surrounds the devices.
struct World<'a> {
    places: &'a Places,
    parties: &'a Parties,
    models: &'a Models,
    devices: HashMap<String, DeviceId>,
}

/// Lives every day not lived yet; how many that was.
pub(super) async fn live(
    app: &App,
    places: &Places,
    parties: &Parties,
    models: &Models,
    told: &[Told],
    created: DateTime<Utc>,
) -> Result<(usize, Vec<String>)> {
    let mut by_day: BTreeMap<NaiveDate, Vec<(&Told, &Step)>> = BTreeMap::new();
    let lives: Vec<(&Told, Vec<Step>)> = told
        .iter()
        .map(|device| (device, possible(device)))
        .collect();
    for (device, life) in &lives {
        for step in life {
            by_day.entry(step.day).or_default().push((device, step));
        }
    }
    let mut world = World {
        places,
        parties,
        models,
        devices: queries::devices(app.pool()).await?,
    };
    let reached = queries::reached(app.pool()).await?;
    let mut days = 0;
    let mut refused = Vec::new();
    for (day, steps) in by_day {
        let at = morning(day, created);
        // Each establishment's engineer writes his own day, one after the other.
        for (turn, establishment) in crate::demo::places::ESTABLISHMENTS.iter().enumerate() {
            let at = at + TimeDelta::milliseconds(i64::try_from(turn).unwrap_or(0));
            let mine: Vec<_> = steps
                .iter()
                .filter(|(device, _)| device.establishment == establishment.code)
                .collect();
            if mine.is_empty() || reached.is_some_and(|reached| at <= reached) {
                continue;
            }
            let caller = places
                .engineer(establishment.code)
                .ok_or_else(|| Error::internal(format!("no engineer at {}", establishment.code)))?;
            let hand = Hand { app, caller, at };
            let mut tx = hand.begin().await?;
            let mut told: Option<Event> = None;
            for (device, step) in mine {
                let event = match world.happen(&hand, &mut tx, device, step).await {
                    Ok(event) => event,
                    // A rule of the house came after the data: the device keeps its state, and it is said.
                    Err(error @ (Error::Refused { .. } | Error::Invalid(_) | Error::NotFound)) => {
                        refused.push(format!(
                            "{} on {day}: {:?}: {error}",
                            device.inventory_number, step.what
                        ));
                        continue;
                    }
                    Err(error) => {
                        return Err(Error::internal(format!(
                            "{} on {day}: {:?}: {error} after {refused:?}",
                            device.inventory_number, step.what
                        )));
                    }
                };
                told = Some(match told {
                    Some(before) => before.and(event),
                    None => event,
                });
            }
            if let Some(event) = told {
                tx.commit(event, "/inventory/devices").await?;
                days += 1;
            }
        }
    }
    Ok((days, refused))
}

/// The life as the registry lets it be told. A connected or ionising device is commissioned on the
/// opinion or the control of domains that have no record yet: it is told as taken over, and says so.
fn possible(device: &Told) -> Vec<Step> {
    let Some(model) = find_model(device.model) else {
        return Vec::new();
    };
    // The seven items must be complete: a gap, or a serial that is only explained, is taken over too.
    let listed_gap = device.supplier.is_none()
        || matches!(device.serial, Serial::Absent(_))
        || !matches!(device.first_service, FirstService::Day(_));
    let refused = device.network.is_some() || model.traits.ionising || listed_gap;
    let commissioned = device
        .life
        .iter()
        .find(|step| step.what == Happening::Commission)
        .map(|step| step.day);
    match commissioned {
        Some(day) if refused => {
            let mut life = vec![Step {
                day,
                what: Happening::TakeOver(TakenOverAs::InService),
                why: "Mis en service avant l’ouverture de son dossier dans Vigie",
            }];
            life.extend(
                device
                    .life
                    .iter()
                    .filter(|step| step.day >= day && !is_arrival(&step.what))
                    .cloned(),
            );
            life
        }
        _ => device.life.clone(),
    }
}

fn is_arrival(what: &Happening) -> bool {
    matches!(
        what,
        Happening::Receive | Happening::BeginTests | Happening::Commission
    )
}

fn day(day: Option<NaiveDate>) -> DayOrWords {
    DayOrWords { day, words: None }
}

impl World<'_> {
    fn place(&self, device: &Told, unit: &'static str) -> Result<Place> {
        let establishment = self
            .places
            .establishment(device.establishment)
            .ok_or(Error::NotFound)?;
        let unit = self
            .places
            .unit(device.establishment, unit)
            .ok_or(Error::NotFound)?;
        Ok(Place::establishment(establishment).unit(Some(unit)))
    }

    /// The sheet; the date of first service is written when the device is commissioned, if it is.
    fn fields(&self, device: &Told, in_service: bool) -> Result<Fields> {
        let model = find_model(device.model).ok_or(Error::NotFound)?;
        let party = |code: &str| self.parties.get(code).map(|id| id.uuid());
        let holding = match device.holding.kind {
            _ if model.traits.in_house => Holding::InHouse,
            HoldingKind::Purchase => Holding::Purchase,
            HoldingKind::Rental => Holding::Rental,
            HoldingKind::Provision => Holding::Provision,
            HoldingKind::Consignment => Holding::Consignment,
            HoldingKind::Loan => Holding::Loan,
            HoldingKind::Trial => Holding::Trial,
            HoldingKind::Lease => Holding::Lease,
            HoldingKind::Donation => Holding::Donation,
            HoldingKind::Research => Holding::Research,
            HoldingKind::Transfer => Holding::Transfer,
        };
        let parent_id = match &device.parent {
            Some(number) => Some(self.devices.get(number).ok_or(Error::NotFound)?.uuid()),
            None => None,
        };
        Ok(Fields {
            udi_text: udi(device, model),
            supplier_id: device.supplier.and_then(party),
            owner_id: device.holding.owner.and_then(party),
            software_version_id: device
                .software
                .and_then(|number| self.models.version(device.model, number))
                .map(|id| id.uuid()),
            holding: Some(holding),
            holding_reference: device.holding.convention.clone(),
            holding_start: day(device.holding.since),
            holding_end: day(device.holding.until),
            first_service: match device.first_service {
                FirstService::Day(first) if in_service => day(Some(first)),
                FirstService::Text(words) => DayOrWords {
                    day: None,
                    words: Some(words.into()),
                },
                FirstService::Day(_) | FirstService::None => DayOrWords::default(),
            },
            warranty_end: day(device.warranty_end),
            price_cents: device.price_cents,
            parent_id,
            stores_data_locally: Some(model.traits.personal_data),
            stores_data_remotely: Some(model.traits.personal_data && model.traits.software_only),
            note: (!device.notes.is_empty()).then(|| device.notes.to_owned()),
            ..Fields::default()
        })
    }

    async fn happen(
        &mut self,
        hand: &Hand<'_>,
        tx: &mut Tx,
        device: &Told,
        step: &Step,
    ) -> Result<Event> {
        let why = (!step.why.is_empty()).then_some(step.why);
        match &step.what {
            Happening::Receive => self.enter(hand, tx, device, Entry::Received, false).await,
            Happening::TakeOver(state) => {
                let (state, in_service) = match state {
                    TakenOverAs::InService => (State::InService, true),
                    TakenOverAs::Stored => (State::Stored, true),
                    TakenOverAs::Disposed => (State::Disposed, true),
                };
                self.enter(
                    hand,
                    tx,
                    device,
                    Entry::TakenOver { state, since: None },
                    in_service,
                )
                .await
            }
            Happening::BeginTests => {
                self.change(hand, tx, device, Transition::StartAcceptance, why)
                    .await
            }
            Happening::Commission => {
                let kept = self.find(hand, tx, device).await?;
                let covered = hand.permit::<EditDevices>()?.over(&kept)?;
                let fields = self.fields(device, true)?;
                let sheet = commands::edit(
                    tx,
                    covered,
                    &kept,
                    kept.version,
                    fields,
                    kept.serial_number.clone(),
                    kept.serial_unknown_reason.clone(),
                )
                .await?;
                let way = if device.holding.kind == HoldingKind::Trial {
                    Transition::StartTrial
                } else {
                    Transition::Commission
                };
                Ok(sheet.and(self.change(hand, tx, device, way, why).await?))
            }
            Happening::Lend { to, until } => {
                let kept = self.find(hand, tx, device).await?;
                let covered = hand.permit::<MoveDevices>()?.over(&kept)?;
                let unit = self
                    .places
                    .unit(device.establishment, to)
                    .ok_or(Error::NotFound)?;
                let loan = NewLoan {
                    borrower: Borrower::Unit(unit.uuid()),
                    due_on: *until,
                    reason: why.map(str::to_owned),
                };
                commands::lend(
                    tx,
                    covered,
                    &kept,
                    loan,
                    local_day(hand.at, chrono_tz::Europe::Paris),
                )
                .await
            }
            Happening::ReturnLoan => {
                Err(Error::internal("no device of the demonstration comes back"))
            }
            Happening::Move { to } => {
                let kept = self.find(hand, tx, device).await?;
                let permit = hand.permit::<MoveDevices>()?;
                let (from, into) = (permit.over(&kept)?, permit.over(&self.place(device, to)?)?);
                commands::relocate(tx, from, into, &kept, Destination::default(), why).await
            }
            Happening::BreakDown => {
                self.change(hand, tx, device, Transition::ReportFailure, why)
                    .await
            }
            Happening::BeginMaintenance => {
                self.change(hand, tx, device, Transition::StartMaintenance, why)
                    .await
            }
            Happening::Quarantine => {
                self.change(hand, tx, device, Transition::Quarantine, why)
                    .await
            }
            Happening::Store => self.change(hand, tx, device, Transition::Store, why).await,
            Happening::Decommission => {
                self.change(hand, tx, device, Transition::Decommission, why)
                    .await
            }
            Happening::ExchangeSerial(serial) => {
                let kept = self.find(hand, tx, device).await?;
                let covered = hand.permit::<EditDevices>()?.over(&kept)?;
                let exchange = Exchange {
                    kind: IdentifierKind::SerialNumber,
                    value: serial.clone(),
                    reason: step.why.to_owned(),
                };
                commands::exchange(tx, covered, &kept, kept.version, exchange).await
            }
            Happening::Annul => {
                let kept = self.find(hand, tx, device).await?;
                let covered = hand.permit::<AnnulDevices>()?.over(&kept)?;
                commands::annul(tx, covered, &kept, step.why).await
            }
        }
    }

    async fn find(&self, hand: &Hand<'_>, tx: &mut Tx, device: &Told) -> Result<Device> {
        let id = self
            .devices
            .get(&device.inventory_number)
            .ok_or(Error::NotFound)?;
        find(tx, hand.permit::<EditDevices>()?.sees(), *id).await
    }

    async fn change(
        &self,
        hand: &Hand<'_>,
        tx: &mut Tx,
        device: &Told,
        transition: Transition,
        why: Option<&str>,
    ) -> Result<Event> {
        let kept = self.find(hand, tx, device).await?;
        let covered = hand.permit::<ChangeDeviceState>()?.over(&kept)?;
        commands::change_state(tx, covered, &kept, transition, why).await
    }

    async fn enter(
        &mut self,
        hand: &Hand<'_>,
        tx: &mut Tx,
        device: &Told,
        entry: Entry,
        in_service: bool,
    ) -> Result<Event> {
        let place = self.place(device, device.unit)?;
        let covered = hand.permit::<RegisterDevices>()?.over(&place)?;
        let (serial_number, serial_unknown_reason) = match &device.serial {
            Serial::Known(serial) => (Some(serial.clone()), None),
            Serial::Absent(reason) => (None, Some((*reason).to_owned())),
        };
        let new = NewDevice {
            model_id: self.models.id(device.model).ok_or(Error::NotFound)?.uuid(),
            inventory_number: Some(device.inventory_number.clone()),
            serial_number,
            serial_unknown_reason,
            room_id: device
                .room
                .as_ref()
                .and_then(|code| self.places.room(device.establishment, code)),
            place_detail: None,
            entry,
            fields: self.fields(device, in_service)?,
        };
        let (id, event) = commands::register(tx, covered, new).await?;
        self.devices.insert(device.inventory_number.clone(), id);
        let kept = self.find(hand, tx, device).await?;
        let covered = hand.permit::<EditDeviceNetwork>()?.over(&kept)?;
        Ok(event
            .and(commands::edit_network(tx, covered, &kept, kept.version, network(device)).await?))
    }
}

/// What is said of the network; a device without connection is said not to be connected.
fn network(device: &Told) -> NetworkFacts {
    let Some(known) = &device.network else {
        return NetworkFacts {
            is_connected: Some(false),
            ..NetworkFacts::default()
        };
    };
    let interface = Interface {
        position: 1,
        label: known.operating_system.map(str::to_owned),
        mac: known.mac.clone(),
        ip: known.ip.clone(),
        vlan: known.vlan.map(|vlan| vlan.to_string()),
        host_name: known.host.clone(),
        is_wireless: Some(known.wireless),
    };
    NetworkFacts {
        is_connected: Some(true),
        network_zone: Some("Biomédical".into()),
        remote_access: Some(if known.remote_access {
            RemoteAccess::VendorGateway
        } else {
            RemoteAccess::None
        }),
        remote_access_note: known.operating_system.map(str::to_owned),
        interfaces: vec![interface],
    }
}

/// What the label bears: a device identifier of the range kept for examples, and the serial.
fn udi(device: &Told, model: &models::Model) -> Option<String> {
    match &device.serial {
        Serial::Known(serial) => model
            .device_identifier(0)
            .map(|identifier| format!("(01){identifier}(21){serial}")),
        Serial::Absent(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::fleet::{Extent, REFERENCE_DAY, devices};

    #[test]
    fn only_what_the_registry_can_prove_is_told_as_commissioned_in_it() {
        for device in devices(Extent::Full, REFERENCE_DAY) {
            let model = find_model(device.model).unwrap();
            if possible(&device)
                .iter()
                .any(|step| step.what == Happening::Commission)
            {
                assert!(
                    device.network.is_none() && !model.traits.ionising,
                    "{}",
                    device.inventory_number
                );
            }
        }
    }

    #[test]
    fn what_carries_is_there_before_what_it_carries() {
        let fleet = devices(Extent::Full, REFERENCE_DAY);
        let arrival = |device: &Told| possible(device).first().map(|step| step.day);
        let carried: Vec<_> = fleet
            .iter()
            .filter(|device| device.parent.is_some())
            .collect();
        assert!(carried.len() >= 2);
        for device in carried {
            let parent = fleet
                .iter()
                .find(|other| Some(&other.inventory_number) == device.parent.as_ref())
                .unwrap();
            assert!(
                arrival(parent) < arrival(device),
                "{}",
                device.inventory_number
            );
        }
    }

    #[test]
    fn every_life_begins_by_an_arrival_and_has_but_one() {
        for device in devices(Extent::Full, REFERENCE_DAY) {
            let life = possible(&device);
            let arrives =
                |step: &&Step| matches!(step.what, Happening::Receive | Happening::TakeOver(_));
            assert_eq!(
                life.iter().filter(arrives).count(),
                1,
                "{}",
                device.inventory_number
            );
            assert!(
                life.first().is_some_and(|step| arrives(&step)),
                "{}",
                device.inventory_number
            );
        }
    }
}
