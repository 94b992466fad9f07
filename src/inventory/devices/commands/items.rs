//! The seven items: saying why one does not apply, and taking it back.

use crate::accounts::access::Covered;
use crate::accounts::actions::EditDevices;
use crate::inventory::devices::model::Item;
use crate::inventory::devices::{Device, refuse_if_annulled};
use crate::kernel::{Event, Result, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// « Sans objet », with the reason an inspector will read.
pub async fn justify(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    device: &Device,
    item: Item,
    reason: &str,
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into device_item_justification (id, device_id, item, reason, justified_at, justified_by) values ($1, $2, $3, $4, $5, $6)",
        id::fresh(),
        device.id.uuid(),
        item.code(),
        reason,
        now,
        actor,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("device_item_justification_open_key", "item", "Cette mention est déjà justifiée : retirez d’abord la justification.")
    .on_constraint("device_item_justification_reason_check", "reason", "Dites pourquoi la mention est sans objet, en cinq caractères au moins.")?;
    Ok(Event::new(
        "device.item_justified",
        device.subject(),
        format!("{} : sans objet, {reason}", item.label()),
    ))
}

/// Takes the justification back: the item is missing again unless it has a value.
pub async fn withdraw_justification(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    device: &Device,
    item: Item,
) -> Result<Event> {
    let _ = covered;
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update device_item_justification set withdrawn_at = $3, withdrawn_by = $4 where device_id = $1 and item = $2 and withdrawn_at is null",
        device.id.uuid(),
        item.code(),
        now,
        actor,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "device.item_unjustified",
        device.subject(),
        format!("{} : justification retirée", item.label()),
    ))
}
