//! Moving a device.

use crate::accounts::RoomId;
use crate::accounts::access::Covered;
use crate::accounts::actions::MoveDevices;
use crate::inventory::devices::{Device, refuse_if_annulled};
use crate::kernel::{Error, Event, Result, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// Where a device goes, besides the unit and establishment the permit covers.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// The room.
    pub room_id: Option<RoomId>,
    /// Where within it.
    pub detail: Option<String>,
}

/// Moves a device from where the caller may take it to where the caller may put it.
pub async fn relocate(
    tx: &mut Tx,
    from: Covered<MoveDevices>,
    into: Covered<MoveDevices>,
    device: &Device,
    to: Destination,
    reason: Option<&str>,
) -> Result<Event> {
    let _ = from;
    refuse_if_annulled(device)?;
    let establishment = into
        .place()
        .establishment
        .unwrap_or(device.establishment_id);
    let unit = into.place().unit;
    if establishment == device.establishment_id
        && unit == device.unit_id
        && to.room_id == device.room_id
        && to.detail == device.place_detail
    {
        return Err(Error::field("unit", "L’équipement y est déjà."));
    }
    if establishment != device.establishment_id {
        let tied = sqlx::query_scalar!(
            r#"select exists (select from device where parent_id = $1) or $2 as "tied!""#,
            device.id.uuid(),
            device.parent_id.is_some(),
        )
        .fetch_one(&mut **tx)
        .await?;
        if tied {
            return Err(Error::field(
                "unit",
                "Un ensemble ne change pas d’établissement par morceaux : détachez d’abord ses éléments.",
            ));
        }
    }
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "
        update device set establishment_id = $3, unit_id = $4, room_id = $5, place_detail = $6, version = version + 1
        where id = $1 and version = $2
        ",
        device.id.uuid(),
        device.version,
        establishment.uuid(),
        unit.map(|u| u.uuid()),
        to.room_id.map(|r| r.uuid()),
        to.detail,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("device_inventory_number_key", "unit", "L’établissement d’arrivée a déjà ce numéro d’inventaire : changez-le d’abord.")
    .on_constraint("device_unit_fkey", "unit", "Cette unité n’est pas de l’établissement.")
    .on_constraint("device_room_fkey", "room", "Ce local n’est pas de l’établissement de l’unité.")?
    .one_row()?;
    sqlx::query!(
        "
        insert into device_movement (id, device_id, at, from_establishment_id, from_unit_id, from_room_id, from_detail,
            to_establishment_id, to_unit_id, to_room_id, to_detail, reason, actor_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ",
        id::fresh(),
        device.id.uuid(),
        now,
        device.establishment_id.uuid(),
        device.unit_id.map(|u| u.uuid()),
        device.room_id.map(|r| r.uuid()),
        device.place_detail,
        establishment.uuid(),
        unit.map(|u| u.uuid()),
        to.room_id.map(|r| r.uuid()),
        to.detail,
        reason,
        actor,
    )
    .execute(&mut **tx)
    .await?;
    let name = sqlx::query_scalar!(
        r#"
        select coalesce(nullif(concat_ws(', ',
            (select name from unit where id = $1), (select name from room where id = $2), $3::text), ''), 'un lieu non précisé') as "name!"
        "#,
        unit.map(|u| u.uuid()),
        to.room_id.map(|r| r.uuid()),
        to.detail,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Event::new(
        "device.moved",
        device.subject_in(establishment),
        format!("Déplacé : {name}"),
    ))
}
