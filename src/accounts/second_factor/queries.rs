//! Reading second factors and what is asked of roles.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::accounts::AccountId;
use crate::accounts::roles::Role;
use crate::kernel::Result;

/// An account's authenticator.
pub struct Factor {
    /// Its secret, encrypted.
    pub sealed: Vec<u8>,
    /// Since when it counts; `None` while its first code is awaited.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// The authenticator of an account, if it has one or is setting one up.
pub async fn maybe(conn: &mut PgConnection, account: AccountId) -> Result<Option<Factor>> {
    Ok(sqlx::query_as!(
        Factor,
        "select secret_sealed as sealed, confirmed_at from second_factor where account_id = $1",
        account.uuid()
    )
    .fetch_optional(conn)
    .await?)
}

/// How many recovery codes are left.
pub async fn codes_left(conn: &mut PgConnection, account: AccountId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from recovery_code where account_id = $1 and used_at is null"#,
        account.uuid()
    )
    .fetch_one(conn)
    .await?)
}

/// Does this account have a second factor that counts?
pub async fn has(conn: &mut PgConnection, account: AccountId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from second_factor where account_id = $1 and confirmed_at is not null) as "has!""#,
        account.uuid()
    )
    .fetch_one(conn)
    .await?)
}

/// The roles whose holders must have one, and the version of that choice.
pub async fn required(conn: &mut PgConnection) -> Result<(Vec<Role>, i64)> {
    let rows =
        sqlx::query!("select role, second_factor_required, version from role_policy order by role")
            .fetch_all(conn)
            .await?;
    let version = rows.iter().map(|row| i64::from(row.version)).sum();
    let roles = rows
        .into_iter()
        .filter(|row| row.second_factor_required)
        .filter_map(|row| Role::of_code(&row.role))
        .collect();
    Ok((roles, version))
}

/// How many active accounts hold each role today, and how many of those have a second factor.
pub async fn coverage(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<(Role, i64, i64)>> {
    let rows = sqlx::query!(
        r#"select g.role, count(distinct a.id) as "holders!", count(distinct f.account_id) as "protected!"
           from access_grant g
           join account a on a.id = g.account_id and a.deactivated_at is null
           left join second_factor f on f.account_id = a.id and f.confirmed_at is not null
           where g.revoked_at is null and (g.ends_on is null or g.ends_on >= $1)
           group by g.role"#,
        now.date_naive()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((Role::of_code(&row.role)?, row.holders, row.protected)))
        .collect())
}
