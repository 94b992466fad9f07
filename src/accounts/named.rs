//! The names of this domain's objects, for the histories and references of other rooms.

use chrono::DateTime;
use sqlx::PgConnection;
use uuid::Uuid;

use super::access::{Caller, Place, Placed};
use super::actions::{Action, SeeAccounts, SeeSites};
use super::sites::departments::queries as departments;
use super::sites::establishments::queries as establishments;
use super::sites::queries as sites;
use super::sites::rooms::queries as rooms;
use super::users::queries as users;
use super::{AccountId, DepartmentId, EstablishmentId, RoomId, SiteId};
use crate::kernel::{Error, Result};
use crate::shell::domain::{Boxed, Named};

fn or_none<T>(found: Result<T>, name: impl FnOnce(T) -> Named) -> Result<Option<Named>> {
    match found {
        Ok(found) => Ok(Some(name(found))),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Names an establishment.
pub fn establishment<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let scope = caller.scope(SeeSites::NAME);
        let found = establishments::find(conn, &scope, EstablishmentId(id)).await;
        or_none(found, |e| Named {
            place: e.place(),
            title: e.name,
            href: format!("/accounts/establishments/{id}"),
        })
    })
}

/// Names a site.
pub fn site<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let found = sites::find(conn, &caller.scope(SeeSites::NAME), SiteId(id)).await;
        or_none(found, |s| Named {
            title: format!("{} {}", s.code, s.name),
            href: format!("/accounts/sites/{id}"),
            place: s.place(),
        })
    })
}

/// Names a pôle.
pub fn department<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let scope = caller.scope(SeeSites::NAME);
        let found = departments::find(conn, &scope, DepartmentId(id)).await;
        or_none(found, |d| Named {
            title: format!("{} {}", d.code, d.name),
            href: format!("/accounts/departments/{id}"),
            place: d.place(),
        })
    })
}

/// Names a room.
pub fn room<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let found = rooms::find(conn, &caller.scope(SeeSites::NAME), RoomId(id)).await;
        or_none(found, |r| Named {
            title: format!("{} {}", r.code, r.name),
            href: format!("/accounts/rooms/{id}"),
            place: r.place(),
        })
    })
}

/// Names an account.
pub fn account<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let scope = caller.scope(SeeAccounts::NAME);
        // Which grants are present decides who manages an account, not who reads its name.
        let found = users::find(conn, &scope, AccountId(id), DateTime::UNIX_EPOCH).await;
        or_none(found, |a| Named {
            place: a.places.first().copied().unwrap_or(Place::SHARED),
            title: a.name,
            href: format!("/accounts/users/{id}"),
        })
    })
}
