//! What a take-over says on a device's page and on the home of who settles it.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::Standing;
use super::queries;
use crate::accounts::access::Caller;
use crate::accounts::actions::{Action, SeeDevices};
use crate::inventory::devices::DeviceId;
use crate::kernel::date;
use crate::kernel::page::Tone;
use crate::shell::domain::{Boxed, DeviceAlert, HomeBlock, HomeLine};

/// One line for the points nobody looked at, one for those whose day is past.
pub fn of_device<'a>(
    conn: &'a mut PgConnection,
    device: Uuid,
    today: NaiveDate,
) -> Boxed<'a, Vec<DeviceAlert>> {
    Box::pin(async move {
        let gaps = queries::of_device(conn, DeviceId(device), today).await?;
        let action = || {
            Some((
                "Voir les points".to_owned(),
                format!("/inventory/devices/{device}/take-over"),
            ))
        };
        let many = |n: usize| {
            if n == 1 {
                "1 point".to_owned()
            } else {
                format!("{n} points")
            }
        };
        let overdue = gaps
            .iter()
            .filter(|g| matches!(g.standing, Standing::Overdue(_)))
            .count();
        let waiting: Vec<_> = gaps
            .iter()
            .filter(|g| matches!(g.standing, Standing::Undated | Standing::Planned(_)))
            .collect();
        let mut alerts = vec![];
        if overdue > 0 {
            alerts.push(DeviceAlert {
                tone: Tone::Bad,
                text: format!(
                    "Reprise : {} toujours non évalué(s), échéance dépassée",
                    many(overdue)
                ),
                action: action(),
            });
        }
        if !waiting.is_empty() {
            let due = waiting
                .iter()
                .find_map(|g| match g.standing {
                    Standing::Planned(due) => Some(format!(
                        ", à régulariser avant le {} ({})",
                        date::short(due),
                        date::relative(due, today)
                    )),
                    _ => None,
                })
                .unwrap_or_default();
            alerts.push(DeviceAlert {
                tone: Tone::Unknown,
                text: format!("Non évalué (reprise) : {}{due}", many(waiting.len())),
                action: action(),
            });
        }
        Ok(alerts)
    })
}

/// What a take-over still owes, point by point.
pub fn to_settle<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let counts = queries::counts(conn, &caller.scope(SeeDevices::NAME), today).await?;
        let mut lines: Vec<(i64, HomeLine)> = vec![];
        for point in super::Point::ALL {
            let of = |f: fn(&queries::Count) -> i64| {
                counts
                    .iter()
                    .filter(|c| c.point == *point)
                    .map(f)
                    .sum::<i64>()
            };
            let (waiting, overdue) = (of(|c| c.waiting), of(|c| c.overdue));
            if waiting + overdue > 0 {
                let note = match overdue {
                    0 => format!("{waiting} non évalué(s)"),
                    late => format!("{late} hors délai, {waiting} non évalué(s)"),
                };
                lines.push((
                    overdue,
                    HomeLine {
                        label: point.label().to_owned(),
                        note,
                        href: "/inventory/take-over".to_owned(),
                        tone: if overdue > 0 {
                            Tone::Bad
                        } else {
                            Tone::Unknown
                        },
                    },
                ));
            }
        }
        lines.sort_by_key(|(overdue, _)| -overdue);
        let total = counts.iter().map(|c| c.waiting + c.overdue).sum();
        Ok(HomeBlock {
            title: "Reprise à régulariser".to_owned(),
            lines: lines.into_iter().map(|(_, line)| line).take(7).collect(),
            total,
            href: "/inventory/take-over".to_owned(),
            empty: "Chaque point du parc repris a été évalué.",
        })
    })
}
