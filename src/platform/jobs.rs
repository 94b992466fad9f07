//! Long work: enqueued in the transaction of its cause, claimed with `skip locked`, resumed when the
//! process that had it died. A job is idempotent: it may run again after a crash.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::kernel::{Result, id};
use crate::platform::db::Tx;

/// How often a free worker looks for work.
pub const LOOK: Duration = Duration::from_millis(300);
/// A claim not renewed for this long belongs to a dead process.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// After this many tries a job is left failed, with its error.
const TRIES: i32 = 5;

/// A job in the hands of this process.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The job.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// What it works on.
    pub payload: Value,
    /// In whose name.
    pub actor_id: Option<Uuid>,
}

/// Where a job stands, for the page that started it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Progress {
    /// Steps done.
    pub done: i64,
    /// Steps in all, once known.
    pub total: Option<i64>,
    /// Someone works on it.
    pub running: bool,
    /// Ended well at.
    pub finished_at: Option<DateTime<Utc>>,
    /// Given up at.
    pub failed_at: Option<DateTime<Utc>>,
    /// Asked to stop at.
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// Adds a job, in the transaction of its cause.
pub async fn enqueue(tx: &mut Tx, kind: &str, payload: Value) -> Result<Uuid> {
    let (id, now, actor) = (id::fresh(), tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into job (id, kind, payload, actor_id, created_at, run_at, attempts, done) values ($1, $2, $3, $4, $5, $5, 0, 0)",
        id,
        kind,
        payload,
        actor,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Takes the oldest waiting job of one of these kinds, if any.
pub async fn claim(
    pool: &PgPool,
    kinds: &[&str],
    worker: &str,
    now: DateTime<Utc>,
) -> Result<Option<Claimed>> {
    let kinds: Vec<String> = kinds.iter().map(|k| (*k).to_owned()).collect();
    Ok(sqlx::query_as!(
        Claimed,
        "update job set claimed_at = $2, claimed_by = $3, attempts = attempts + 1
         where id = (
             select id from job
             where finished_at is null and failed_at is null and cancelled_at is null
               and run_at <= $2 and kind = any ($1) and (claimed_at is null or claimed_at < $4)
             order by run_at, id
             limit 1
             for update skip locked
         )
         returning id, kind, payload, actor_id",
        &kinds,
        now,
        worker,
        now - LEASE
    )
    .fetch_optional(pool)
    .await?)
}

/// Says how far a job is, renews its claim, and answers whether it was asked to stop.
pub async fn progress(
    conn: &mut PgConnection,
    job: Uuid,
    done: i64,
    total: Option<i64>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let cancelled = sqlx::query_scalar!(
        "update job set done = $2, total = coalesce($3, total), claimed_at = $4 where id = $1 returning cancelled_at",
        job,
        done,
        total,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(cancelled.is_some())
}

/// Asks a job to stop at its next step.
pub async fn cancel(tx: &mut Tx, job: Uuid) -> Result<()> {
    let now = tx.now();
    sqlx::query!("update job set cancelled_at = $2 where id = $1 and finished_at is null and failed_at is null", job, now).execute(&mut **tx).await?;
    Ok(())
}

/// Where a job stands.
pub async fn maybe_progress(conn: &mut PgConnection, job: Uuid) -> Result<Option<Progress>> {
    Ok(sqlx::query_as!(
        Progress,
        r#"select done, total, (claimed_at is not null and finished_at is null and failed_at is null) as "running!", finished_at, failed_at, cancelled_at
           from job where id = $1"#,
        job
    )
    .fetch_optional(conn)
    .await?)
}

/// Ends a job: done, or to be tried again later, or given up.
pub async fn settle(
    pool: &PgPool,
    job: Uuid,
    result: &Result<()>,
    now: DateTime<Utc>,
) -> Result<()> {
    match result {
        Ok(()) => {
            sqlx::query!(
                "update job set finished_at = $2, error = null where id = $1",
                job,
                now
            )
            .execute(pool)
            .await?;
        }
        Err(error) => {
            sqlx::query!(
                "update job set error = $2, claimed_at = null,
                        failed_at = case when attempts >= $3 then $4::timestamptz end,
                        run_at = $4 + make_interval(secs => 2 ^ attempts)
                 where id = $1",
                job,
                error.to_string(),
                TRIES,
                now
            )
            .execute(pool)
            .await?;
        }
    }
    Ok(())
}

/// Sees to it that one job of a kind waits, to be run after a while; nothing when one already does.
pub async fn keep(tx: &mut Tx, kind: &str, after: TimeDelta) -> Result<()> {
    let (id, now) = (id::fresh(), tx.now());
    sqlx::query!(
        "insert into job (id, kind, payload, created_at, run_at, attempts, done)
         select $1, $2, '{}', $3, $4, 0, 0
         where not exists (select from job where kind = $2 and finished_at is null and failed_at is null and cancelled_at is null and claimed_at is null)",
        id,
        kind,
        now,
        now + after
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
