//! The rules of retention, and what has passed its term.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Class, Effect, Standing};
use crate::kernel::{Error, Result};

/// A rule, as it is kept.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = RetentionRule)]
pub struct Rule {
    /// Its code.
    pub code: String,
    /// What it is about.
    pub title: String,
    /// What that holds.
    pub content: String,
    /// What the term runs from.
    pub starts_from: String,
    /// The term.
    pub months: i32,
    /// What becomes of it then.
    pub effect: Effect,
    /// Whether its destruction needs a visa of the archives.
    pub is_public_record: bool,
    /// Where the term comes from.
    pub source: String,
    /// How sure that is.
    pub status: Standing,
}

/// Every rule, in order.
pub async fn list(conn: &mut PgConnection) -> Result<Vec<Rule>> {
    Ok(sqlx::query_as!(
        Rule,
        r#"select code, title, content, starts_from, months, effect as "effect: Effect", is_public_record, source, status as "status: Standing"
           from retention_rule order by position, code"#
    )
    .fetch_all(conn)
    .await?)
}

/// The rule of a class.
pub async fn find(conn: &mut PgConnection, class: Class) -> Result<Rule> {
    let rules = list(conn).await?;
    rules
        .into_iter()
        .find(|rule| rule.code == class.code())
        .ok_or(Error::NotFound)
}

/// How much of a class is past its term, and since when the oldest of it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = RetentionDue)]
pub struct Due {
    /// How many.
    pub count: i64,
    /// The oldest end.
    pub oldest: Option<DateTime<Utc>>,
}

/// What of a class ended before an instant.
pub async fn due(conn: &mut PgConnection, class: Class, before: DateTime<Utc>) -> Result<Due> {
    let due = match class {
        Class::Sessions => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(coalesce(revoked_at, expires_at)) as oldest from session where coalesce(revoked_at, expires_at) < $1"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::SignInDelays => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(last_failure_at) as oldest from sign_in_delay where last_failure_at < $1"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::Links => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(expires_at) as oldest from one_time_link where expires_at < $1"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::Tokens => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(coalesce(revoked_at, expires_at)) as oldest from api_token where coalesce(revoked_at, expires_at) < $1"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::Answers => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(at) as oldest from idempotency where at < $1"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::Jobs => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(coalesce(finished_at, failed_at, cancelled_at)) as oldest from job where coalesce(finished_at, failed_at, cancelled_at) < $1"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::ImportRows => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(r.created_at) as oldest from import_run r join import_row l on l.run_id = r.id
               where r.created_at < $1 and r.state in ('committed', 'undone', 'cancelled', 'failed')"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::Accounts => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(deactivated_at) as oldest from account
               where deactivated_at < $1 and num_nonnulls(email, phone, job_title, password_hash) > 0"#,
            before
        )
        .fetch_one(conn)
        .await?,
        Class::DeviceDocuments => sqlx::query_as!(
            Due,
            r#"select count(*) as "count!", min(v.end_of_exploitation_date)::timestamptz as oldest
               from document d join device v on d.subject_type = 'device' and v.id = d.subject_id
               where v.end_of_exploitation_date <= $1"#,
            before.date_naive()
        )
        .fetch_one(conn)
        .await?,
    };
    Ok(due)
}

/// A document past its term, and why.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = RetentionDueDocument)]
pub struct DueDocument {
    /// The document.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The device it is about.
    pub inventory_number: String,
    /// That device.
    pub device_id: Uuid,
    /// The day the device left use.
    pub ended_on: NaiveDate,
}

/// The documents of devices that left use on a day or before it, those that replace others first.
pub async fn due_documents(
    conn: &mut PgConnection,
    last: NaiveDate,
    most: i64,
) -> Result<Vec<DueDocument>> {
    Ok(sqlx::query_as!(
        DueDocument,
        r#"select d.id, d.title, v.inventory_number, v.id as device_id, v.end_of_exploitation_date as "ended_on!"
           from document d join device v on d.subject_type = 'device' and v.id = d.subject_id
           where v.end_of_exploitation_date <= $1
           order by d.recorded_at desc, d.id desc
           limit $2"#,
        last,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// What is left of a record destroyed.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = RetentionTombstone)]
pub struct Tombstone {
    /// What it was.
    pub title: String,
    /// The hash of its content.
    pub content_hash: String,
    /// Under which visa.
    pub visa_reference: String,
    /// When.
    pub destroyed_at: DateTime<Utc>,
}

/// The last records destroyed.
pub async fn tombstones(conn: &mut PgConnection) -> Result<Vec<Tombstone>> {
    Ok(sqlx::query_as!(
        Tombstone,
        "select title, content_hash, visa_reference, destroyed_at from tombstone order by destroyed_at desc, id desc limit 50"
    )
    .fetch_all(conn)
    .await?)
}

/// How many people have an account.
pub async fn people(conn: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from account where deactivated_at is null"#
    )
    .fetch_one(conn)
    .await?)
}
