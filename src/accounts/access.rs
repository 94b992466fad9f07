//! Callers, permits, scopes. Nothing else decides a right.

use std::marker::PhantomData;
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::actions::{self, Action, Entails};
use super::roles::Role;
use super::{AccountId, EstablishmentId, UnitId};
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result};
use crate::platform::db::Actor;

/// Where a role applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantScope {
    /// Every establishment of the group, and what they share.
    Group,
    /// One establishment.
    Establishment(EstablishmentId),
    /// One unit.
    Unit(UnitId),
    /// One device.
    Device(Uuid),
}

/// A role over a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub role: Role,
    /// Where.
    pub scope: GrantScope,
    /// Its last day, if it has one.
    pub ends_on: Option<NaiveDate>,
}

/// By which door somebody came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A browser, with its session's id.
    Session(Uuid),
    /// A program with its token's id; may it write?
    Token {
        /// The token.
        id: Uuid,
        /// Tokens are read-only unless said otherwise.
        may_write: bool,
    },
    /// A background job.
    Job(&'static str),
    /// The command line.
    Cli(&'static str),
}

/// Where the caller is with the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Given, or not asked.
    Fine,
    /// The password was right, the code is still to come.
    Due,
    /// A role asks for it and the account has none yet.
    Missing,
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account; `None` for jobs and the command line.
    pub account: Option<AccountId>,
    /// The name shown and kept in the audit.
    pub name: String,
    /// What the person may do where, today.
    pub grants: Vec<Grant>,
    /// Every open establishment of the group: what a grant over the group reaches.
    pub establishments: Vec<EstablishmentId>,
    /// The door.
    pub via: Via,
    /// A password handed over by somebody else must be changed first.
    pub must_change_password: bool,
    /// Where they are with the second factor.
    pub factor: Factor,
    /// For whom they act by delegation: the grants are then the delegated ones, and no other.
    pub acting_for: Option<AccountId>,
    /// The establishment chosen in the top bar, which lists and figures are kept to.
    pub chosen: Option<EstablishmentId>,
}

impl Grant {
    /// Does this grant alone allow `permission` at `place`? `establishments` are those a grant over the group reaches.
    pub fn covers(
        &self,
        permission: &str,
        place: Place,
        establishments: &[EstablishmentId],
    ) -> bool {
        actions::holds(self.role, permission)
            && match (self.scope, place.establishment) {
                (GrantScope::Group, None) => true,
                (GrantScope::Group, Some(e)) => establishments.contains(&e),
                (_, None) => false,
                (GrantScope::Establishment(id), Some(e)) => id == e,
                (GrantScope::Unit(id), _) => place.unit == Some(id),
                (GrantScope::Device(id), _) => place.device == Some(id),
            }
    }
}

impl Caller {
    /// Which grants, by their rank, allow `permission` at `place`: none exactly when it is refused.
    pub fn why(&self, permission: &str, place: Place) -> Vec<usize> {
        (0..self.grants.len())
            .filter(|n| self.grants[*n].covers(permission, place, &self.establishments))
            .collect()
    }

    /// Does any grant hold this permission?
    pub fn holds(&self, permission: &str) -> bool {
        matches!(self.via, Via::Job(_) | Via::Cli(_))
            || self
                .grants
                .iter()
                .any(|g| actions::holds(g.role, permission))
    }

    /// Where this permission reaches.
    pub fn scope(&self, permission: &str) -> Scope {
        if matches!(self.via, Via::Job(_) | Via::Cli(_)) {
            return Scope {
                group: true,
                establishments: bare(&self.establishments),
                ..Scope::default()
            };
        }
        let mut scope = self.scope_of(|role| actions::holds(role, permission));
        if mutants::on(Fault::ScopeIgnored) && self.holds(permission) {
            scope.establishments = bare(&self.establishments);
        }
        scope
    }

    /// Where both permissions reach the same object: rights held at two places do not add up.
    pub fn scope_of_both(&self, one: &str, other: &str) -> Scope {
        let (first, second) = (self.scope(one), self.scope(other));
        if matches!(self.via, Via::Job(_) | Via::Cli(_)) || mutants::on(Fault::ExportsAddUp) {
            return first;
        }
        let mut both =
            self.scope_of(|role| actions::holds(role, one) && actions::holds(role, other));
        let shared = |ours: &[Uuid], theirs: &[Uuid], into: &mut Vec<Uuid>| {
            into.extend(ours.iter().filter(|id| theirs.contains(id)));
            into.sort_unstable();
            into.dedup();
        };
        shared(
            &first.establishments,
            &second.establishments,
            &mut both.establishments,
        );
        shared(&first.units, &second.units, &mut both.units);
        shared(&first.devices, &second.devices, &mut both.devices);
        both.group = first.group && second.group;
        both
    }

    fn scope_of(&self, holds: impl Fn(Role) -> bool) -> Scope {
        let mut scope = Scope {
            chosen: self.chosen.map(|chosen| chosen.uuid()),
            ..Scope::default()
        };
        for grant in self.grants.iter().filter(|g| holds(g.role)) {
            match grant.scope {
                GrantScope::Group => {
                    scope.group = true;
                    scope.establishments = bare(&self.establishments);
                }
                GrantScope::Establishment(id) if !scope.group => {
                    scope.establishments.push(id.uuid())
                }
                GrantScope::Establishment(_) => {}
                GrantScope::Unit(id) => scope.units.push(id.uuid()),
                GrantScope::Device(id) => scope.devices.push(id),
            }
        }
        scope.establishments.sort_unstable();
        scope.establishments.dedup();
        scope
    }

    /// The roles held, without repetition.
    pub fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<_> = self.grants.iter().map(|g| g.role).collect();
        roles.sort();
        roles.dedup();
        roles
    }

    /// The name rows are written under.
    pub fn actor(&self) -> Actor {
        Actor {
            id: self.account.map(AccountId::uuid),
            label: self.name.clone(),
        }
    }
}

fn bare(ids: &[EstablishmentId]) -> Vec<Uuid> {
    ids.iter().map(|i| i.uuid()).collect()
}

/// What a permission reaches, all listed. SQL:
/// `(establishment_id = any($e) or unit_id = any($u) or id = any($d))`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Held over the whole group: only for what the group shares, never a shortcut past the lists.
    pub group: bool,
    /// Establishments.
    pub establishments: Vec<Uuid>,
    /// Units.
    pub units: Vec<Uuid>,
    /// Devices.
    pub devices: Vec<Uuid>,
    /// The establishment looked at, when one is chosen: it narrows lists and figures, never a right.
    pub chosen: Option<Uuid>,
}

impl Scope {
    /// The same scope kept to the establishment looked at; whole when none is chosen.
    pub fn narrowed(&self) -> Self {
        let mut narrowed = self.clone();
        if let Some(chosen) = self.chosen {
            narrowed.establishments.retain(|one| *one == chosen);
        }
        narrowed
    }

    /// Does the scope reach an object standing at `place`?
    pub fn reaches(&self, place: Place) -> bool {
        match place.establishment {
            None => self.group,
            Some(e) => {
                self.establishments.contains(&e.uuid())
                    || place.unit.is_some_and(|u| self.units.contains(&u.uuid()))
                    || place.device.is_some_and(|d| self.devices.contains(&d))
            }
        }
    }
}

/// Where an object stands: what decides who may touch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `None` for what the group shares.
    pub establishment: Option<EstablishmentId>,
    /// The unit that uses it.
    pub unit: Option<UnitId>,
    /// The device itself, or the one it belongs to.
    pub device: Option<Uuid>,
}

impl Place {
    /// What the group shares.
    pub const SHARED: Place = Place {
        establishment: None,
        unit: None,
        device: None,
    };

    /// Somewhere in an establishment.
    pub fn establishment(id: EstablishmentId) -> Self {
        Self {
            establishment: Some(id),
            ..Self::SHARED
        }
    }

    /// In a unit of it.
    pub fn unit(self, unit: Option<UnitId>) -> Self {
        Self { unit, ..self }
    }

    /// On a device.
    pub fn device(self, device: impl Into<Uuid>) -> Self {
        Self {
            device: Some(device.into()),
            ..self
        }
    }
}

/// Anything that stands somewhere.
pub trait Placed {
    /// Where.
    fn place(&self) -> Place;
}

impl Placed for Place {
    fn place(&self) -> Place {
        *self
    }
}

/// The caller may do `A` somewhere. Got by asking for it in a handler's second parameter.
pub struct Permit<A> {
    caller: Arc<Caller>,
    sees: Scope,
    acts: Scope,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Permit<A> {
    /// Decides. Not held anywhere → `Forbidden`, naming the missing right.
    pub fn ask(caller: Arc<Caller>) -> Result<Self> {
        if !caller.holds(A::NAME) && !mutants::on(Fault::PermitIgnored) {
            return Err(Error::Forbidden(A::LABEL));
        }
        let (sees, acts) = (caller.scope(A::SEES), caller.scope(A::NAME));
        Ok(Self {
            caller,
            sees,
            acts,
            action: PhantomData,
        })
    }

    /// A background job, from the closed list of its kind's name.
    pub fn for_job(job: &'static str, establishments: Vec<EstablishmentId>) -> Self {
        Self::for_machine(Via::Job(job), format!("Vigie ({job})"), establishments)
    }

    /// The command line: whoever holds the machine's shell holds the group.
    pub fn for_cli(command: &'static str, establishments: Vec<EstablishmentId>) -> Self {
        Self::for_machine(
            Via::Cli(command),
            format!("ligne de commande ({command})"),
            establishments,
        )
    }

    fn for_machine(via: Via, name: String, establishments: Vec<EstablishmentId>) -> Self {
        let caller = Arc::new(Caller {
            account: None,
            name,
            grants: vec![],
            establishments,
            via,
            must_change_password: false,
            factor: Factor::Fine,
            acting_for: None,
            chosen: None,
        });
        let (sees, acts) = (caller.scope(A::SEES), caller.scope(A::NAME));
        Self {
            caller,
            sees,
            acts,
            action: PhantomData,
        }
    }

    /// What the caller sees while doing `A`: what queries ask for.
    pub fn sees(&self) -> &Scope {
        &self.sees
    }

    /// Where the caller may do `A`.
    pub fn acts(&self) -> &Scope {
        &self.acts
    }

    /// Who.
    pub fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// Proof that the caller may do `A` to this object. Seen but not covered → `Forbidden`.
    pub fn over(&self, object: &impl Placed) -> Result<Covered<A>> {
        let seen = mutants::on(Fault::SeenIsCovered) && self.sees.reaches(object.place());
        let given = mutants::on(Fault::GiveAnything) && A::NAME == actions::GiveGrants::NAME;
        if seen || given || self.acts.reaches(object.place()) {
            Ok(Covered {
                caller: self.caller.clone(),
                place: object.place(),
                action: PhantomData,
            })
        } else {
            Err(Error::Forbidden(A::LABEL))
        }
    }

    /// The right to `B` that comes with `A`.
    pub fn entail<B: Action>(&self) -> Permit<B>
    where
        A: Entails<B>,
    {
        Permit {
            caller: self.caller.clone(),
            sees: self.sees.clone(),
            acts: self.acts.clone(),
            action: PhantomData,
        }
    }
}

/// Proof that the caller may do `A` at a place: what commands ask for.
pub struct Covered<A> {
    caller: Arc<Caller>,
    place: Place,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Covered<A> {
    /// Who.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The place it was given for.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The right to `B` at the same place that comes with `A`.
    pub fn entail<B: Action>(&self) -> Covered<B>
    where
        A: Entails<B>,
    {
        Covered {
            caller: self.caller.clone(),
            place: self.place,
            action: PhantomData,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::actions::*;
    use super::*;
    use proptest::prelude::*;

    fn caller(grants: Vec<Grant>, establishments: Vec<EstablishmentId>) -> Arc<Caller> {
        Arc::new(Caller {
            account: Some(AccountId::fresh()),
            name: "x".into(),
            grants,
            establishments,
            via: Via::Session(Uuid::nil()),
            must_change_password: false,
            factor: Factor::Fine,
            acting_for: None,
            chosen: None,
        })
    }

    fn role() -> impl Strategy<Value = Role> {
        (0..Role::ALL.len()).prop_map(|i| Role::ALL[i])
    }

    #[test]
    fn reading_everywhere_and_writing_here_is_not_writing_everywhere() {
        let (a, b) = (EstablishmentId::fresh(), EstablishmentId::fresh());
        let who = caller(
            vec![
                Grant {
                    role: Role::Auditor,
                    scope: GrantScope::Group,
                    ends_on: None,
                },
                Grant {
                    role: Role::BiomedicalEngineer,
                    scope: GrantScope::Establishment(a),
                    ends_on: None,
                },
            ],
            vec![a, b],
        );
        let permit = Permit::<EditDevices>::ask(who).unwrap();
        assert!(permit.sees().reaches(Place::establishment(b)));
        assert!(permit.over(&Place::establishment(a)).is_ok());
        assert!(matches!(
            permit.over(&Place::establishment(b)),
            Err(Error::Forbidden(_))
        ));
        assert!(matches!(
            permit.over(&Place::SHARED),
            Err(Error::Forbidden(_))
        ));
    }

    proptest! {
        /// Rights are decided by one grant that covers the object, never by adding grants up.
        #[test]
        fn some_single_grant_explains_every_right(picks in prop::collection::vec((role(), 0usize..4), 1..6), at in 0usize..3, unit in 0usize..3) {
            let places: Vec<EstablishmentId> = (0..3).map(|_| EstablishmentId::fresh()).collect();
            let units: Vec<UnitId> = (0..3).map(|_| UnitId::fresh()).collect();
            let grants: Vec<Grant> = picks.iter().map(|(role, s)| Grant {
                role: *role,
                scope: match s { 0 => GrantScope::Group, 1 => GrantScope::Establishment(places[0]), 2 => GrantScope::Establishment(places[1]), _ => GrantScope::Unit(units[2]) },
                ends_on: None,
            }).collect();
            let place = Place::establishment(places[at]).unit(Some(units[unit]));
            for permission in MATRIX {
                let together = caller(grants.clone(), places.clone()).scope(permission.name).reaches(place);
                let alone = grants.iter().any(|g| caller(vec![*g], places.clone()).scope(permission.name).reaches(place));
                prop_assert_eq!(together, alone);
            }
        }
    }

    /// What the decision itself answers, by the type of the action.
    fn decided(name: &str, who: &Arc<Caller>, place: Place) -> bool {
        fn ask<A: Action>(who: &Arc<Caller>, place: Place) -> bool {
            Permit::<A>::ask(who.clone()).is_ok_and(|permit| permit.over(&place).is_ok())
        }
        match name {
            SeeDevices::NAME => ask::<SeeDevices>(who, place),
            EditDevices::NAME => ask::<EditDevices>(who, place),
            MoveDevices::NAME => ask::<MoveDevices>(who, place),
            ManageSites::NAME => ask::<ManageSites>(who, place),
            GiveGrants::NAME => ask::<GiveGrants>(who, place),
            SeeAudit::NAME => ask::<SeeAudit>(who, place),
            PrintLabels::NAME => ask::<PrintLabels>(who, place),
            ManageCatalogue::NAME => ask::<ManageCatalogue>(who, place),
            other => panic!("{other}"),
        }
    }

    proptest! {
        /// The simulator's answer and its reasons, against the decision, on random triples.
        #[test]
        fn what_is_explained_is_what_is_decided(
            picks in proptest::collection::vec((0..Role::ALL.len(), 0usize..4, 0usize..3), 0..5),
            action in 0usize..8, at in 0usize..5, unit in 0usize..3, device in 0usize..3
        ) {
            let names = [SeeDevices::NAME, EditDevices::NAME, MoveDevices::NAME, ManageSites::NAME, GiveGrants::NAME, SeeAudit::NAME, PrintLabels::NAME, ManageCatalogue::NAME];
            let establishments: Vec<_> = (0..3).map(|_| EstablishmentId::fresh()).collect();
            let units: Vec<_> = (0..3).map(|_| UnitId::fresh()).collect();
            let devices: Vec<_> = (0..3).map(|_| EstablishmentId::fresh().uuid()).collect();
            let grants = picks.into_iter().map(|(role, kind, n)| Grant {
                role: Role::ALL[role],
                scope: match kind {
                    0 => GrantScope::Group,
                    1 => GrantScope::Establishment(establishments[n]),
                    2 => GrantScope::Unit(units[n]),
                    _ => GrantScope::Device(devices[n]),
                },
                ends_on: None,
            }).collect();
            let who = caller(grants, establishments.clone());
            let place = match at {
                0 => Place::SHARED,
                // An establishment nobody listed: reached by no grant over the group.
                1 => Place::establishment(EstablishmentId::fresh()).unit(Some(units[unit])),
                n => Place::establishment(establishments[n - 2]).unit(Some(units[unit])).device(devices[device]),
            };
            let why = who.why(names[action], place);
            prop_assert_eq!(!why.is_empty(), decided(names[action], &who, place));
            prop_assert_eq!(!why.is_empty(), who.scope(names[action]).reaches(place));
            for n in why {
                // Each reason is enough alone.
                let alone = caller(vec![who.grants[n]], establishments.clone());
                prop_assert!(decided(names[action], &alone, place));
            }
        }
    }
}
