//! What the economic system calls a device, taken onto its sheet.

use crate::accounts::access::Covered;
use crate::accounts::actions::EditDevices;
use crate::inventory::devices::{Device, refuse_if_annulled};
use crate::kernel::{Event, Result};
use crate::platform::db::Tx;
use crate::platform::db::constraint::OneRow;

/// Writes the asset number of a device and, where the economic system gives one, its value.
pub async fn account(
    tx: &mut Tx,
    _: Covered<EditDevices>,
    device: &Device,
    asset_number: &str,
    value_cents: Option<i64>,
) -> Result<Event> {
    refuse_if_annulled(device)?;
    sqlx::query!(
        "update device
         set asset_number = $2, price_cents = coalesce($3, price_cents), price_text = case when $3::bigint is null then price_text end, version = version + 1
         where id = $1",
        device.id.uuid(),
        asset_number,
        value_cents
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "device.accounted",
        device.subject(),
        format!("N° d’immobilisation {asset_number} repris du système économique"),
    ))
}
