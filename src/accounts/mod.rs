//! People, places and rights: who may do what where.
//!
//! A grant is a role over a scope (the group, an establishment, a unit, a device). A handler asks
//! for a [`Permit`](access::Permit); queries ask it for a [`Scope`](access::Scope); commands ask it
//! for [`Covered`](access::Covered), the proof that the permit reaches the object at hand. Invisible
//! is 404, visible but not allowed is 403. Rights are decided per object by the grant that covers
//! it, never by adding grants up.

pub mod access;
pub mod actions;
pub mod delegations;
pub mod grants;
pub mod guard;
pub mod links;
pub mod matrix;
mod named;
pub mod passwords;
pub mod profile;
pub mod roles;
pub mod second_factor;
pub mod sessions;
mod simulator;
pub mod sites;
pub mod tokens;
pub mod users;

use self::actions::{Action, ManageAccounts, ManageSites, SeeAccounts, UseVigie};
use crate::shell::domain::PaletteEntry;
use crate::shell::{Domain, NavEntry};

/// What this domain offers.
pub fn domain() -> Domain {
    Domain {
        name: "accounts",
        routes: sessions::routes()
            .and(sites::routes())
            .and(users::routes())
            .and(grants::routes())
            .and(links::routes())
            .and(tokens::routes())
            .and(profile::routes())
            .and(matrix::routes())
            .and(second_factor::routes())
            .and(delegations::routes())
            .and(simulator::routes()),
        nav: vec![
            NavEntry {
                label: "Organisation",
                href: "/accounts/sites",
                icon: "building",
                permission: "accounts.sites.see",
                order: 80,
            },
            NavEntry {
                label: "Comptes",
                href: "/accounts/users",
                icon: "people",
                permission: "accounts.users.see",
                order: 85,
            },
        ],
        actions: vec![
            PaletteEntry::new(
                "Créer une unité",
                "/accounts/units/new",
                "plus",
                ManageSites::NAME,
            ),
            PaletteEntry::new(
                "Créer un local",
                "/accounts/rooms/new",
                "plus",
                ManageSites::NAME,
            ),
            PaletteEntry::new(
                "Créer un compte",
                "/accounts/users/new",
                "plus",
                ManageAccounts::NAME,
            ),
            PaletteEntry::new(
                "Qui peut quoi",
                "/accounts/matrix",
                "key",
                SeeAccounts::NAME,
            ),
            PaletteEntry::new("Mon compte", "/accounts/profile", "user", UseVigie::NAME),
        ],
        subjects: vec![
            ("establishment", named::establishment),
            ("site", named::site),
            ("department", named::department),
            ("unit", sites::units::named),
            ("room", named::room),
            ("account", named::account),
        ],
        lists: vec![
            &sites::establishments::ESTABLISHMENTS,
            &sites::departments::DEPARTMENTS,
            &sites::units::UNITS,
            &sites::rooms::ROOMS,
            &users::USERS,
        ],
        ..Domain::default()
    }
}

crate::id_type!(/** An account. */ AccountId);
crate::id_type!(/** An establishment. */ EstablishmentId);
crate::id_type!(/** A site of an establishment. */ SiteId);
crate::id_type!(/** A department (pôle). */ DepartmentId);
crate::id_type!(/** A unit (UF). */ UnitId);
crate::id_type!(/** A room. */ RoomId);
crate::id_type!(/** A role over a scope. */ GrantId);
crate::id_type!(/** A program's key. */ TokenId);
