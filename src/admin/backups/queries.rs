//! What is read of backups, and of the base to make or check one.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::kernel::Result;

/// A backup that succeeded or failed.
#[derive(Clone, Debug)]
pub struct Backup {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Its archive, unless it failed.
    pub file_name: Option<String>,
    /// How long the archive is.
    pub size_bytes: i64,
    /// Attached files it lacks.
    pub missing_count: i32,
    /// Why it failed.
    pub error: Option<String>,
}

/// The last one made, or the last one tried.
pub async fn maybe_last(conn: &mut PgConnection, made: bool) -> Result<Option<Backup>> {
    Ok(sqlx::query_as!(
        Backup,
        "select started_at, file_name, size_bytes, missing_count, error from backup
         where error is null or not $1 order by started_at desc, id desc limit 1",
        made
    )
    .fetch_optional(conn)
    .await?)
}

/// When the base was founded, if it was.
pub async fn maybe_founded(conn: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!("select created_at from instance")
        .fetch_optional(conn)
        .await?)
}

/// Whether a job of this kind was ordered since, or waits.
pub async fn is_ordered(conn: &mut PgConnection, kind: &str, since: DateTime<Utc>) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select from job where kind = $1
                 and (created_at >= $2 or (finished_at is null and failed_at is null and cancelled_at is null))) as "there!""#,
        kind,
        since
    )
    .fetch_one(conn)
    .await?)
}

/// Keeps other instances from deciding the same thing until the end of this transaction; false when one is at it.
pub async fn alone(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('vigie'), hashtext('admin.backups')) as "alone!""#
    )
    .fetch_one(conn)
    .await?)
}

/// Values written the same way whatever the server's settings, and no limit of time: for this transaction.
pub async fn as_written(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!(
        "select set_config('statement_timeout', '0', true) as a, set_config('idle_in_transaction_session_timeout', '0', true) as b,
                set_config('datestyle', 'ISO, YMD', true) as c, set_config('timezone', 'UTC', true) as d,
                set_config('intervalstyle', 'postgres', true) as e, set_config('bytea_output', 'hex', true) as f,
                set_config('extra_float_digits', '1', true) as g, set_config('synchronize_seqscans', 'off', true) as h"
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The migrations that made this schema, with their digests.
pub async fn migrations(conn: &mut PgConnection) -> Result<Vec<(i64, Vec<u8>)>> {
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "select version, checksum from _sqlx_migrations where success order by version",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The tables and their columns, as this schema has them.
pub async fn tables(conn: &mut PgConnection) -> Result<Vec<(String, Vec<String>)>> {
    let rows = sqlx::query!(
        r#"select c.relname::text as "name!",
                  array(select a.attname::text from pg_attribute a
                        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                        order by a.attnum) as "columns!: Vec<String>"
           from pg_class c
           where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> '_sqlx_migrations'
           order by c.relname::text collate "C""#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.name, row.columns))
        .collect())
}

/// The sequences that gave a number, and the last one.
pub async fn sequences(conn: &mut PgConnection) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"select relname::text as "name!", pg_sequence_last_value(oid) as last from pg_class
           where relnamespace = 'public'::regnamespace and relkind = 'S' order by relname"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.name, row.last?)))
        .collect())
}

/// The contents of attached files, by digest.
pub async fn files(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(
        sqlx::query_scalar!("select sha256 from file order by sha256")
            .fetch_all(conn)
            .await?,
    )
}

/// A seal's number, last row, hash and signature.
#[derive(Debug)]
pub struct Sealed {
    /// Its number.
    pub id: i64,
    /// Its last row.
    pub last_row_id: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// Its signature.
    pub signature: Vec<u8>,
}

/// The last seal of the journal.
pub async fn maybe_head(conn: &mut PgConnection) -> Result<Option<Sealed>> {
    Ok(sqlx::query_as!(
        Sealed,
        "select id, last_row_id, hash, signature from audit_block order by id desc limit 1"
    )
    .fetch_optional(conn)
    .await?)
}

/// Somebody who may sign in, the widest administrator first.
#[derive(Debug)]
pub struct Somebody {
    /// The account.
    pub id: Uuid,
    /// Its login.
    pub login: String,
}

/// Who is to be signed in to prove that a restored base opens.
pub async fn maybe_somebody(
    conn: &mut PgConnection,
    today: chrono::NaiveDate,
) -> Result<Option<Somebody>> {
    Ok(sqlx::query_as!(
        Somebody,
        "select a.id, a.login
         from account a
         join access_grant g on g.account_id = a.id and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $1)
         where a.deactivated_at is null and not a.must_change_password
         order by (g.role = 'administrator') desc, num_nonnulls(g.establishment_id, g.unit_id, g.device_id), a.login
         limit 1",
        today
    )
    .fetch_optional(conn)
    .await?)
}

/// How many active accounts have a password, and how many of those no argon2id could check.
pub async fn passwords(conn: &mut PgConnection) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) as "all!", count(*) filter (where password_hash not like '$argon2id$%') as "strange!"
           from account where deactivated_at is null and password_hash is not null"#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.all, row.strange))
}
