//! Reading and ending one-time links.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::AccountId;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result, secret};
use crate::platform::db::OneRow;

/// How long a new password may wait for its owner.
pub const PASSWORD_LIFE: TimeDelta = TimeDelta::hours(24);
/// How long a new base waits for its first administrator.
pub const SET_UP_LIFE: TimeDelta = TimeDelta::hours(1);

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The first account of a new base.
    FirstAccount,
    /// A first or forgotten password.
    SetPassword,
}

impl Purpose {
    fn code(self) -> &'static str {
        match self {
            Self::FirstAccount => "first_account",
            Self::SetPassword => "set_password",
        }
    }
}

/// A link that still works.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its id.
    pub id: Uuid,
    /// Whose password it sets.
    pub account: Option<AccountId>,
    /// That person's login.
    pub login: Option<String>,
    /// That person's name.
    pub name: Option<String>,
}

/// The link of a token, or `NotFound` when it was used, has expired or never was.
pub async fn find(
    conn: &mut PgConnection,
    token: &str,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Link> {
    sqlx::query_as!(
        Link,
        r#"select l.id, l.account_id as "account: AccountId", a.login as "login?", a.display_name as "name?"
           from one_time_link l
           left join account a on a.id = l.account_id
           where l.token_hash = $1 and l.purpose = $2 and l.used_at is null and l.expires_at > $3 and a.deactivated_at is null"#,
        secret::sha256(token),
        purpose.code(),
        if mutants::on(Fault::ExpiredOpens) {
            now - TimeDelta::days(3650)
        } else {
            now
        }
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Writes a link; only the hash of its token is kept.
pub(super) async fn insert(
    conn: &mut PgConnection,
    token: &str,
    purpose: Purpose,
    account: Option<AccountId>,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    let life = match purpose {
        Purpose::FirstAccount => SET_UP_LIFE,
        Purpose::SetPassword => PASSWORD_LIFE,
    };
    sqlx::query!(
        "insert into one_time_link (id, account_id, purpose, token_hash, created_at, created_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        crate::kernel::id::fresh(),
        account.map(|a| a.uuid()),
        purpose.code(),
        secret::sha256(token),
        now,
        by,
        now + life
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses a link up: two people who open it at once cannot both.
pub(super) async fn use_up(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update one_time_link set used_at = $2 where id = $1 and used_at is null",
        id,
        now
    )
    .execute(conn)
    .await?
    .one_row()
}

/// Ends the links of an account that were not used.
pub async fn close_all(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update one_time_link set expires_at = $2 where account_id = $1 and used_at is null and expires_at > $2",
        account.uuid(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the set-up addresses that were not used.
pub(super) async fn close_set_up(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update one_time_link set expires_at = $1 where purpose = 'first_account' and used_at is null and expires_at > $1",
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
