//! What maintenance says first: on the page of a device, on the home page.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::queries;
use crate::accounts::access::Caller;
use crate::accounts::actions::{Action, SeeMaintenance};
use crate::inventory::devices::DeviceId;
use crate::kernel::page::Tone;
use crate::maintenance::obligations::model::Standing;
use crate::shell::domain::{Boxed, DeviceAlert, HomeBlock, HomeLine};

/// What is late, due or undetermined of a device.
pub fn alerts(
    conn: &mut PgConnection,
    device: Uuid,
    today: NaiveDate,
) -> Boxed<'_, Vec<DeviceAlert>> {
    Box::pin(async move {
        let lines = queries::of_device(conn, DeviceId(device)).await?;
        let mut alerts = Vec::new();
        for line in lines.iter().filter(|line| !line.is_exempt) {
            let tone = match line.standing(today) {
                Standing::Late => Tone::Bad,
                Standing::Due => Tone::Watch,
                Standing::Unknown => Tone::Unknown,
                Standing::UpToDate => continue,
            };
            alerts.push(DeviceAlert {
                tone,
                text: format!("{} : {}", line.title, line.words(&today)),
                action: Some(("Voir l’échéance".into(), line.url())),
            });
        }
        Ok(alerts)
    })
}

/// The operations longest late.
pub fn late_block<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let scope = caller.scope(SeeMaintenance::NAME);
        let (lines, total) = queries::late(conn, &scope, today, 7).await?;
        let yesterday = today.pred_opt().unwrap_or(today);
        Ok(HomeBlock {
            title: "Maintenances et contrôles en retard".into(),
            lines: lines
                .into_iter()
                .map(|line| HomeLine {
                    label: format!("{} · {}", line.inventory_number, line.title),
                    note: format!(
                        "{} · dû {}",
                        line.unit.as_deref().unwrap_or("unité inconnue"),
                        line.due_on
                            .map_or_else(String::new, |on| crate::kernel::date::relative(
                                on, today
                            ))
                    ),
                    href: format!("/maintenance/due/{}", line.id),
                    tone: Tone::Bad,
                })
                .collect(),
            total,
            href: format!("/maintenance/due?f=latest_on:max:{yesterday}"),
            empty: "Aucune maintenance ni aucun contrôle n’est en retard.",
        })
    })
}
