//! The going of what has passed its term. Each class is its own transaction, with its own line in the timeline.
//!
//! This writes to tables of lower levels from above, as imports do: one statement a class, whatever the number of rows.

use uuid::Uuid;

use super::model::{Class, cutoff, last_day};
use super::queries::{self, Rule};
use crate::accounts::access::Covered;
use crate::accounts::actions::PurgeData;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::Tx;

/// Documents destroyed in one transaction, at most.
const MOST: i64 = 100_000;

/// What went.
#[derive(Debug)]
pub struct Purged {
    /// How many.
    pub count: u64,
    /// Contents that nothing shows any more, to be removed from the disk once this is committed.
    pub contents: Vec<String>,
}

/// Purges what of a class is past its term. A public record asks for the reference of a visa of the archives.
pub async fn purge(
    tx: &mut Tx,
    _: Covered<PurgeData>,
    class: Class,
    visa: &str,
) -> Result<(Purged, Event)> {
    let rule = queries::find(tx, class).await?;
    let visa = visa.trim();
    if rule.is_public_record && !(3..=200).contains(&visa.chars().count()) {
        return Err(Error::field(
            "visa",
            "Donnez la référence du visa d’élimination des archives publiques, de 3 à 200 caractères, par exemple « AD75-2026-118 ».",
        ));
    }
    tx.because(&format!(
        "purge : {}, {} mois après {}",
        rule.title, rule.months, rule.starts_from
    ))
    .await?;
    let before = cutoff(tx.now(), rule.months);
    let now = tx.now();
    let (mut contents, mut count) = (Vec::new(), 0);
    let done = match class {
        Class::Sessions => {
            sqlx::query!("delete from session where coalesce(revoked_at, expires_at) < $1", before)
                .execute(&mut **tx)
                .await?
        }
        Class::SignInDelays => {
            sqlx::query!("delete from sign_in_delay where last_failure_at < $1", before)
                .execute(&mut **tx)
                .await?
        }
        Class::Links => {
            sqlx::query!("delete from one_time_link where expires_at < $1", before)
                .execute(&mut **tx)
                .await?
        }
        Class::Tokens => {
            sqlx::query!("delete from api_token where coalesce(revoked_at, expires_at) < $1", before)
                .execute(&mut **tx)
                .await?
        }
        Class::Answers => {
            sqlx::query!("delete from idempotency where at < $1", before)
                .execute(&mut **tx)
                .await?
        }
        Class::Jobs => {
            sqlx::query!(
                "delete from job where coalesce(finished_at, failed_at, cancelled_at) < $1",
                before
            )
            .execute(&mut **tx)
            .await?
        }
        Class::ImportRows => {
            sqlx::query!(
                "delete from import_row l using import_run r
                 where r.id = l.run_id and r.created_at < $1 and r.state in ('committed', 'undone', 'cancelled', 'failed')",
                before
            )
            .execute(&mut **tx)
            .await?
        }
        Class::Accounts => {
            sqlx::query!(
                "update account set email = null, phone = null, job_title = null, password_hash = null, version = version + 1
                 where deactivated_at < $1 and num_nonnulls(email, phone, job_title, password_hash) > 0",
                before
            )
            .execute(&mut **tx)
            .await?
        }
        Class::DeviceDocuments => {
            let last = last_day(now, rule.months);
            for document in queries::due_documents(tx, last, MOST).await? {
                contents.extend(destroy(tx, document.id, visa).await?);
                count += 1;
            }
            Default::default()
        }
    };
    let count = count.max(done.rows_affected());
    let event = told(&rule, count, visa);
    Ok((Purged { count, contents }, event))
}

/// Destroys a document under a visa: the database checks its term again, and leaves its tombstone.
async fn destroy(tx: &mut Tx, document: Uuid, visa: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select purge_document($1, $2, $3)",
        document,
        id::fresh(),
        visa
    )
    .fetch_one(&mut **tx)
    .await?)
}

fn told(rule: &Rule, count: u64, visa: &str) -> Event {
    let under = match rule.is_public_record {
        true => format!(", visa {visa}"),
        false => String::new(),
    };
    Event::new(
        "retention.purged",
        Subject::shared("retention_rule", Uuid::nil()),
        format!("Purge faite : {} ({count}){under}", rule.title),
    )
    .with(serde_json::json!({ "class": rule.code, "count": count, "visa": visa }))
}
