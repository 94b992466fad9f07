//! Where a certificate speaks up: on the page of each device it covers, and on the home of who follows them.

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::SOON;
use super::queries;
use crate::accounts::access::Caller;
use crate::kernel::page::Tone;
use crate::shell::domain::{Boxed, DeviceAlert, HomeBlock, HomeLine};

/// Lines of a home block.
const LINES: usize = 7;

/// The certificates of a device that are no longer, or soon no longer, worth anything.
pub fn of_device<'a>(
    conn: &'a mut PgConnection,
    device: Uuid,
    today: NaiveDate,
) -> Boxed<'a, Vec<DeviceAlert>> {
    Box::pin(async move {
        let found = queries::of_device(conn, device).await?;
        // A certificate in order covers the model: another that ended is history, and is said as such.
        Ok(found
            .into_iter()
            .filter_map(|one| {
                let standing = one.standing(today);
                standing.is_watched().then(|| DeviceAlert {
                    tone: standing.tone(),
                    text: format!(
                        "Certificat CE {} (organisme notifié {}) : {}",
                        one.number,
                        one.notified_body_number,
                        standing.words(today)
                    ),
                    action: Some(("Voir le certificat".into(), one.url())),
                })
            })
            .collect())
    })
}

/// What waits for who owns or buys: certificates of the fleet that end or ended.
pub fn to_watch<'a>(
    conn: &'a mut PgConnection,
    _: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let until = today
            .checked_add_days(Days::new(SOON.unsigned_abs()))
            .unwrap_or(today);
        let found = queries::to_watch(conn, until).await?;
        let mut lines: Vec<HomeLine> = found
            .iter()
            .filter(|one| one.standing(today).is_watched())
            .map(|one| {
                let standing = one.standing(today);
                HomeLine {
                    label: format!("{} · {}", one.manufacturer, one.number),
                    note: standing.words(today),
                    href: one.url(),
                    tone: standing.tone(),
                }
            })
            .collect();
        // The most pressing first, whatever the status says.
        lines.sort_by_key(|line| match line.tone {
            Tone::Bad => 0,
            Tone::Watch => 1,
            _ => 2,
        });
        let total = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        lines.truncate(LINES);
        Ok(HomeBlock {
            title: "Certificats CE à suivre".to_owned(),
            lines,
            total,
            href: format!(
                "/inventory/certificates?f=ends_on:max:{until}%7Cstatus:in:withdrawn,suspended,expired%7Cend_unknown:is:true&f=replaced:is:false"
            ),
            empty: "Aucun certificat du parc n’est suspendu, retiré, expiré ni près de sa fin.",
        })
    })
}
