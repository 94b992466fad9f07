//! Annulling what was entered by mistake.

use crate::accounts::access::Covered;
use crate::accounts::actions::AnnulDevices;
use crate::inventory::devices::model::{Annulment, annulment};
use crate::inventory::devices::{Device, standing};
use crate::kernel::{Error, Event, Result};
use crate::platform::db::Tx;
use crate::platform::db::constraint::OneRow;

/// Annuls by hand, within the time of rule `vigie.annulation`, with a reason.
pub async fn annul(
    tx: &mut Tx,
    covered: Covered<AnnulDevices>,
    device: &Device,
    reason: &str,
) -> Result<Event> {
    let _ = covered;
    let hours = standing::annulment_hours(tx).await?;
    match annulment(
        device.recorded_at,
        device.annulled_at.is_some(),
        tx.now(),
        hours,
    ) {
        Annulment::Done => {
            return Err(Error::refused(
                "Annulation",
                "Cette inscription est déjà annulée.",
            ));
        }
        Annulment::TooLate => {
            return Err(Error::refused(
                "Annulation d’une saisie erronée",
                format!(
                    "Les {hours} heures sont passées : l’équipement suit toute sa vie, jusqu’à la réforme. Rien n’est jamais supprimé."
                ),
            ));
        }
        Annulment::Until(_) => {}
    }
    let parts = sqlx::query_scalar!(
        r#"select exists (select from device where parent_id = $1 and annulled_at is null) as "parts!""#,
        device.id.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    if parts {
        return Err(Error::refused(
            "Annulation",
            "D’autres équipements en font partie : détachez-les d’abord.",
        ));
    }
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update device set annulled_at = $2, annulled_by = $3, annulled_reason = $4, version = version + 1 where id = $1 and annulled_at is null",
        device.id.uuid(),
        now,
        actor,
        reason,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "device.annulled",
        device.subject(),
        format!("Inscription de {} annulée", device.inventory_number),
    ))
}
