//! Writing rooms.

use chrono::NaiveDate;

use super::model::NewRoom;
use super::queries::Room;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageSites;
use crate::accounts::{EstablishmentId, RoomId};
use crate::kernel::{Event, Result, Subject};
use crate::platform::db::constraint::Broken;
use crate::platform::db::{OnConstraint, OneRow, Tx};

fn subject(id: RoomId, establishment: EstablishmentId) -> Subject {
    Subject::of("room", id, establishment)
}

fn at_its_field<T>(done: Result<T, sqlx::Error>) -> Result<T, Broken> {
    const ELSEWHERE: &str = "Choisissez un lieu du même établissement.";
    done.on_constraint(
        "room_code_key",
        "code",
        "Ce code est déjà celui d’un autre local du site.",
    )
    .on_constraint("room_site_fkey", "site", ELSEWHERE)
    .on_constraint("room_unit_fkey", "unit", ELSEWHERE)
}

/// Opens a room.
pub async fn open(tx: &mut Tx, _: Covered<ManageSites>, new: NewRoom) -> Result<(RoomId, Event)> {
    let id = RoomId::fresh();
    at_its_field(
        sqlx::query!(
            "insert into room (id, establishment_id, site_id, unit_id, code, name, building, floor, gln, version)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
            id.uuid(),
            new.establishment.uuid(),
            new.site.uuid(),
            new.unit.map(|u| u.uuid()),
            new.code,
            new.name,
            new.building,
            new.floor,
            new.gln
        )
        .execute(&mut **tx)
        .await,
    )?;
    let event = Event::new(
        "room.opened",
        subject(id, new.establishment),
        format!("Local {} {} créé", new.code, new.name),
    );
    Ok((id, event))
}

/// Changes what is said of a room, its site and unit included; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    room: &Room,
    new: NewRoom,
    version: i32,
) -> Result<Event> {
    at_its_field(
        sqlx::query!(
            "update room set site_id = $3, unit_id = $4, code = $5, name = $6, building = $7, floor = $8, gln = $9, version = version + 1
             where id = $1 and version = $2",
            room.id.uuid(),
            version,
            new.site.uuid(),
            new.unit.map(|u| u.uuid()),
            new.code,
            new.name,
            new.building,
            new.floor,
            new.gln
        )
        .execute(&mut **tx)
        .await,
    )?
    .one_row()?;
    let (kind, done) = if new.site != room.site_id || new.unit != room.unit_id {
        ("room.moved", "déplacé")
    } else {
        ("room.revised", "modifié")
    };
    Ok(Event::new(
        kind,
        subject(room.id, room.establishment_id),
        format!("Local {} {} {done}", new.code, new.name),
    ))
}

/// Closes a room from `day` on.
pub async fn close(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    room: &Room,
    day: NaiveDate,
) -> Result<Event> {
    sqlx::query!(
        "update room set closed_on = $2, version = version + 1 where id = $1 and closed_on is null",
        room.id.uuid(),
        day
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "room.closed",
        subject(room.id, room.establishment_id),
        format!("Local {} {} fermé", room.code, room.name),
    ))
}

/// Reopens a closed room.
pub async fn reopen(tx: &mut Tx, _: Covered<ManageSites>, room: &Room) -> Result<Event> {
    sqlx::query!("update room set closed_on = null, version = version + 1 where id = $1 and closed_on is not null", room.id.uuid())
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "room.reopened",
        subject(room.id, room.establishment_id),
        format!("Local {} {} rouvert", room.code, room.name),
    ))
}
