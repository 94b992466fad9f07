//! What waits on the home page: requests nobody read yet, and those where someone may have been harmed.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::model::Harm;
use super::queries::{self, Waiting};
use crate::accounts::access::Caller;
use crate::accounts::actions::{Action, SeeMaintenance};
use crate::kernel::clock::local_day;
use crate::kernel::date::relative;
use crate::kernel::page::Tone;
use crate::shell::domain::{Boxed, HomeBlock, HomeLine};
use crate::shell::lists::ZONE;

fn line(one: &Waiting, today: NaiveDate, tone: Tone) -> HomeLine {
    HomeLine {
        label: format!("{} · {}", one.inventory_number, one.symptom),
        note: format!(
            "{} · {} · {}",
            one.number,
            one.unit.as_deref().unwrap_or("unité inconnue"),
            relative(local_day(one.requested_at, ZONE), today)
        ),
        href: format!("/maintenance/interventions/{}", one.id),
        tone,
    }
}

/// Requests to qualify.
pub fn requests_block<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let (lines, total) =
            queries::waiting(conn, &caller.scope(SeeMaintenance::NAME), false).await?;
        Ok(HomeBlock {
            title: "Demandes à qualifier".into(),
            lines: lines
                .iter()
                .take(7)
                .map(|one| line(one, today, Tone::Watch))
                .collect(),
            total,
            href: "/maintenance/interventions?f=state:is:requested".into(),
            empty: "Aucune demande n’attend.",
        })
    })
}

/// Reports where someone was, or could have been, harmed.
pub fn harm_block<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let (lines, total) =
            queries::waiting(conn, &caller.scope(SeeMaintenance::NAME), true).await?;
        let tone = |one: &Waiting| match one.harm {
            Harm::Yes => Tone::Bad,
            Harm::Unknown => Tone::Unknown,
            _ => Tone::Watch,
        };
        Ok(HomeBlock {
            title: "Signalements où quelqu’un a pu être atteint".into(),
            lines: lines
                .iter()
                .take(7)
                .map(|one| line(one, today, tone(one)))
                .collect(),
            total,
            href: "/maintenance/interventions?f=harm:in:yes,possible,unknown".into(),
            empty: "Aucun signalement ouvert ne dit qu’une personne a pu être atteinte.",
        })
    })
}
