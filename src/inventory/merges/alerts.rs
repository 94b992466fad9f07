//! The page of a device says that it was a double, or whose doubles it answers for.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::queries;
use crate::kernel::page::Tone;
use crate::shell::domain::{Boxed, DeviceAlert};

/// Merges in place of a device.
pub fn of_device<'a>(
    conn: &'a mut PgConnection,
    device: Uuid,
    _: NaiveDate,
) -> Boxed<'a, Vec<DeviceAlert>> {
    Box::pin(async move {
        Ok(queries::of_record(conn, device)
            .await?
            .into_iter()
            .map(|(_, is_double, other, name)| {
                let (tone, text, word) = if is_double {
                    (
                        Tone::Watch,
                        format!("Double de {name} : ses numéros et étiquettes ouvrent cette fiche-là"),
                        "Ouvrir la fiche conservée",
                    )
                } else {
                    (
                        Tone::Plain,
                        format!("Répond aussi pour {name}, fiche annulée comme double : son histoire y reste lisible"),
                        "Lire l’autre fiche",
                    )
                };
                DeviceAlert {
                    tone,
                    text,
                    action: Some((word.into(), format!("/inventory/devices/{other}"))),
                }
            })
            .collect())
    })
}
