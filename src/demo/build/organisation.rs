//! Places and people.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Hand, queries};
use crate::accounts::access::{Caller, Grant, GrantScope, Permit, Place, Via};
use crate::accounts::actions::{GiveGrants, ManageAccounts, ManageSites, UseDelegations};
use crate::accounts::delegations::{self, commands::NewDelegation};
use crate::accounts::grants::{self, model::NewGrant};
use crate::accounts::roles::Role;
use crate::accounts::sites::departments::{self, model::NewDepartment};
use crate::accounts::sites::establishments::{
    self,
    model::{NewEstablishment, Zone},
};
use crate::accounts::sites::rooms::model::NewRoom;
use crate::accounts::sites::units::{self, model::NewUnit};
use crate::accounts::sites::{self, model::NewSite};
use crate::accounts::users::{commands as users, model::NewAccount};
use crate::accounts::{AccountId, DepartmentId, EstablishmentId, RoomId, SiteId, UnitId};
use crate::demo::people::{Function, PEOPLE, Person, Reach};
use crate::demo::places::{DEPARTMENTS, ESTABLISHMENTS, SITES, UNITS, rooms};
use crate::kernel::{Error, Event, Result};
use crate::platform::db::Tx;

/// Where everything stands, by the codes of the data.
pub struct Places {
    establishments: Establishments,
    units: HashMap<(&'static str, &'static str), UnitId>,
    rooms: HashMap<(&'static str, String), RoomId>,
    people: HashMap<&'static str, AccountId>,
}

impl Places {
    pub(super) fn establishment_ids(&self) -> Vec<EstablishmentId> {
        let mut ids: Vec<_> = self.establishments.values().copied().collect();
        ids.sort();
        ids
    }

    pub(super) fn establishment(&self, code: &str) -> Option<EstablishmentId> {
        self.establishments.get(code).copied()
    }

    pub(super) fn unit(&self, establishment: &'static str, code: &'static str) -> Option<UnitId> {
        self.units.get(&(establishment, code)).copied()
    }

    pub(super) fn room(&self, establishment: &'static str, code: &str) -> Option<RoomId> {
        self.rooms.get(&(establishment, code.to_owned())).copied()
    }

    /// The engineer of an establishment, acting on the machine.
    pub(super) fn engineer(&self, establishment: &'static str) -> Option<Arc<Caller>> {
        let here = |person: &&Person| matches!(person.functions, [(Function::BiomedicalEngineer, Reach::Establishment(code))] if *code == establishment);
        let person = PEOPLE.iter().find(here)?;
        let scope = GrantScope::Establishment(self.establishment(establishment)?);
        Some(Arc::new(Caller {
            account: self.people.get(person.login).copied(),
            name: full_name(person),
            grants: vec![Grant {
                role: Role::BiomedicalEngineer,
                scope,
                ends_on: None,
            }],
            establishments: self.establishment_ids(),
            via: Via::Cli("demo"),
            must_change_password: false,
            factor: crate::accounts::access::Factor::Fine,
            acting_for: None,
            chosen: None,
        }))
    }
}

fn full_name(person: &Person) -> String {
    format!("{} {}", person.first_name, person.last_name)
}

/// The role of a function.
pub fn role_of(function: Function) -> Role {
    match function {
        Function::Administrator => Role::Administrator,
        Function::BiomedicalEngineer => Role::BiomedicalEngineer,
        Function::Technician => Role::Technician,
        Function::DeviceVigilance => Role::Pharmacist,
        Function::IvdVigilance => Role::IvdCorrespondent,
        Function::SecurityOfficer => Role::SecurityOfficer,
        Function::InformationSystems => Role::It,
        Function::DataProtection => Role::Dpo,
        Function::Quality => Role::Quality,
        Function::MedicalPhysicist => Role::MedicalPhysicist,
        Function::Buyer => Role::Buyer,
        Function::PharmacyStore => Role::PharmacyStore,
        Function::HeadOfDepartment => Role::DepartmentHead,
        Function::UnitManager => Role::UnitManager,
        Function::WardUser => Role::WardUser,
        Function::Director => Role::Director,
        Function::ExternalTechnician => Role::ExternalTechnician,
        Function::Auditor => Role::Auditor,
    }
}

fn also(event: &mut Option<Event>, more: Option<Event>) {
    if let Some(more) = more {
        *event = Some(match event.take() {
            Some(event) => event.and(more),
            None => more,
        });
    }
}

/// Establishments by the codes of the data.
pub(super) type Establishments = HashMap<&'static str, EstablishmentId>;

/// The establishments, before anything can stand in them.
pub(super) async fn establish(hand: &Hand<'_>) -> Result<Establishments> {
    let mut tx = hand.begin().await?;
    let known = queries::known(&mut tx).await?;
    let mut event = None;
    let mut establishments = Establishments::new();
    for new in ESTABLISHMENTS {
        let id = match known.establishments.get(new.code) {
            Some(id) => *id,
            None => {
                let facts = NewEstablishment {
                    code: new.code.to_owned(),
                    name: new.name.to_owned(),
                    finess_legal: Some(new.legal_finess.to_owned()),
                    finess_geographic: Some(new.geographic_finess.to_owned()),
                    time_zone: Zone::from_code(new.time_zone).unwrap_or(Zone::Paris),
                    inventory_pattern: None,
                    service_phone: Some(SERVICE_PHONE.to_owned()),
                };
                let covered = hand.permit::<ManageSites>()?.over(&Place::SHARED)?;
                let (id, made) = establishments::commands::open(&mut tx, covered, facts).await?;
                also(&mut event, Some(made));
                id
            }
        };
        establishments.insert(new.code, id);
    }
    if let Some(event) = event {
        tx.commit(event, "/").await?;
    }
    Ok(establishments)
}

/// A number kept for fiction by the regulator's numbering plan.
const SERVICE_PHONE: &str = "01 99 00 00 10";

/// Places first, then the people who work there.
pub(super) async fn found(hand: &Hand<'_>, establishments: Establishments) -> Result<Places> {
    let mut tx = hand.begin().await?;
    let known = queries::known(&mut tx).await?;
    let permit = hand.permit::<ManageSites>()?;
    let over = |establishment: EstablishmentId| permit.over(&Place::establishment(establishment));
    let within = |code: &str| {
        establishments
            .get(code)
            .copied()
            .ok_or_else(|| Error::internal(format!("no establishment {code}")))
    };
    let mut event = None;
    let mut open_sites: HashMap<&str, SiteId> = HashMap::new();
    for new in SITES {
        let establishment = within(new.establishment)?;
        let id = match known.sites.get(&(establishment, new.code.to_owned())) {
            Some(id) => *id,
            None => {
                let site = NewSite {
                    establishment,
                    code: new.code.to_owned(),
                    name: new.name.to_owned(),
                    address: None,
                };
                let (id, made) = sites::commands::open(&mut tx, over(establishment)?, site).await?;
                also(&mut event, Some(made));
                id
            }
        };
        open_sites.insert(new.code, id);
    }
    let mut open_departments: HashMap<&str, DepartmentId> = HashMap::new();
    for new in DEPARTMENTS {
        let establishment = within(new.establishment)?;
        let id = match known.departments.get(&(establishment, new.code.to_owned())) {
            Some(id) => *id,
            None => {
                let department = NewDepartment {
                    establishment,
                    code: new.code.to_owned(),
                    name: new.name.to_owned(),
                };
                let (id, made) =
                    departments::commands::open(&mut tx, over(establishment)?, department).await?;
                also(&mut event, Some(made));
                id
            }
        };
        open_departments.insert(new.code, id);
    }
    let mut open_units = HashMap::new();
    let mut open_rooms = HashMap::new();
    for unit in UNITS {
        let establishment = within(unit.establishment)?;
        let site = open_sites.get(unit.site).copied().ok_or(Error::NotFound)?;
        let id = match known.units.get(&(establishment, unit.code.to_owned())) {
            Some(id) => *id,
            None => {
                let new = NewUnit {
                    establishment,
                    department: open_departments.get(unit.department).copied(),
                    site: Some(site),
                    uf_code: unit.code.to_owned(),
                    name: unit.name.to_owned(),
                    valid_from: None,
                };
                let (id, made) = units::commands::open(&mut tx, over(establishment)?, new).await?;
                also(&mut event, Some(made));
                id
            }
        };
        open_units.insert((unit.establishment, unit.code), id);
        for room in rooms(unit) {
            let room_id = match known.rooms.get(&(site, room.code.clone())) {
                Some(id) => *id,
                None => {
                    let new = NewRoom {
                        establishment,
                        site,
                        unit: Some(id),
                        code: room.code.clone(),
                        name: room.name,
                        building: Some(unit.building.to_owned()),
                        floor: Some(unit.storey.to_string()),
                        gln: None,
                    };
                    let (id, made) =
                        sites::rooms::commands::open(&mut tx, over(establishment)?, new).await?;
                    also(&mut event, Some(made));
                    id
                }
            };
            open_rooms.insert((unit.establishment, room.code), room_id);
        }
    }
    let people = welcome(
        hand,
        &mut tx,
        &known,
        &establishments,
        &open_units,
        &mut event,
    )
    .await?;
    let places = Places {
        establishments,
        units: open_units,
        rooms: open_rooms,
        people,
    };
    if let Some(event) = event {
        tx.commit(event, "/").await?;
    }
    Ok(places)
}

/// Creates the accounts that are not there, each with its roles, in the transaction of the places.
async fn welcome(
    hand: &Hand<'_>,
    tx: &mut Tx,
    known: &queries::Known,
    establishments: &Establishments,
    units: &HashMap<(&'static str, &'static str), UnitId>,
    event: &mut Option<Event>,
) -> Result<HashMap<&'static str, AccountId>> {
    let manage = hand.permit::<ManageAccounts>()?;
    let mut people = HashMap::new();
    for person in PEOPLE {
        if let Some(id) = known.people.get(person.login) {
            people.insert(person.login, *id);
            continue;
        }
        let new = NewAccount {
            login: person.login.to_owned(),
            name: full_name(person),
            email: Some(person.mail()),
            phone: None,
            job_title: Some(person.title.to_owned()),
        };
        let (account, made) = users::create(tx, manage.over(&Place::SHARED)?, new).await?;
        people.insert(person.login, account);
        also(event, Some(made));
        for (function, reach) in person.functions {
            let scopes: Vec<GrantScope> = match reach {
                Reach::Group => vec![GrantScope::Group],
                Reach::Establishment(code) => establishments
                    .get(code)
                    .map(|id| GrantScope::Establishment(*id))
                    .into_iter()
                    .collect(),
                Reach::Units(establishment, codes) => codes
                    .iter()
                    .filter_map(|code| units.get(&(*establishment, *code)))
                    .map(|id| GrantScope::Unit(*id))
                    .collect(),
                // The devices of a company are entrusted once they exist.
                Reach::Company(_) => Vec::new(),
            };
            for scope in scopes {
                also(
                    event,
                    Some(give(hand, tx, account, role_of(*function), scope).await?),
                );
            }
        }
        if let Some((function, _)) = person.functions.first().filter(|_| person.one_click) {
            let shown = users::show_in_demonstration(
                tx,
                manage.over(&Place::SHARED)?,
                account,
                role_of(*function),
            )
            .await?;
            also(event, Some(shown));
        }
    }
    Ok(people)
}

async fn give(
    hand: &Hand<'_>,
    tx: &mut Tx,
    account: AccountId,
    role: Role,
    scope: GrantScope,
) -> Result<Event> {
    let place = grants::queries::place_of(tx, scope).await?;
    let covered = hand.permit::<GiveGrants>()?.over(&place)?;
    Ok(grants::commands::give(
        tx,
        covered,
        NewGrant {
            account,
            role,
            scope,
            ends_on: None,
        },
    )
    .await?
    .1)
}

/// Devices an external company looks after: dialysis and monitors of the main establishment.
const ENTRUSTED: &[&str] = &["V000001", "V000023"];

/// Gives external technicians the file of their devices, and of no other (art. R.5212-28, 6° CSP).
pub(super) async fn entrust(hand: &Hand<'_>, places: &Places, at: DateTime<Utc>) -> Result<()> {
    let hand = Hand {
        app: hand.app,
        caller: hand.caller.clone(),
        at,
    };
    let mut tx = hand.begin().await?;
    let devices = queries::entrusted(&mut tx, ENTRUSTED).await?;
    let mut event = None;
    for person in PEOPLE {
        let Some(account) = places.people.get(person.login) else {
            continue;
        };
        for (function, reach) in person.functions {
            if matches!(reach, Reach::Company(_)) {
                if queries::is_entrusted(&mut tx, *account).await? {
                    continue;
                }
                for device in &devices {
                    also(
                        &mut event,
                        Some(
                            give(
                                &hand,
                                &mut tx,
                                *account,
                                role_of(*function),
                                GrantScope::Device(*device),
                            )
                            .await?,
                        ),
                    );
                }
            }
        }
    }
    if let Some(event) = event {
        tx.commit(event, "/").await?;
    }
    delegate(&hand, places).await
}

/// The engineer of the first hospital is away for ten days: a technician acts for him meanwhile.
async fn delegate(hand: &Hand<'_>, places: &Places) -> Result<()> {
    let found = PEOPLE.iter().find_map(|person| match person.functions {
        [(Function::Technician, Reach::Establishment(code))] => Some((
            places.engineer(code),
            *places.people.get(person.login)?,
            full_name(person),
        )),
        _ => None,
    });
    let Some((Some(engineer), taker, taker_name)) = found else {
        return Ok(());
    };
    let Some(giver) = engineer.account else {
        return Ok(());
    };
    let mut tx = Tx::open(hand.app.pool(), engineer.actor(), hand.at, None, None).await?;
    let today = hand.at.date_naive();
    let given = !delegations::queries::of_account(&mut tx, giver, today)
        .await?
        .is_empty();
    let grant = grants::queries::of_account(&mut tx, giver)
        .await?
        .into_iter()
        .next();
    let Some(grant) = grant.filter(|_| !given) else {
        return Ok(());
    };
    let new = NewDelegation {
        taker,
        taker_name,
        grant: grant.id,
        narrower: None,
        starts_on: today,
        ends_on: today + chrono::Days::new(10),
        reason: "congés de l’ingénieur".into(),
    };
    let permit = Permit::<UseDelegations>::ask(engineer)?;
    let (_, event) = delegations::commands::give(&mut tx, &permit, new).await?;
    tx.commit(event, "/").await?;
    Ok(())
}
