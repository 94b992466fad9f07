//! Who a secret belongs to, and how long the next attempt must wait.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::IDLE;
use crate::accounts::access::{Caller, Factor, Grant, GrantScope, Via};
use crate::accounts::roles::Role;
use crate::accounts::{AccountId, EstablishmentId, UnitId};
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Result, secret};

/// A session's last sight is written at most this often.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Grants travel as JSON so that one statement answers who somebody is and what he may do.
fn grants(value: Value) -> Vec<Grant> {
    let Value::Array(rows) = value else {
        return vec![];
    };
    rows.into_iter()
        .filter_map(|row| {
            let text = |i: usize| row.get(i).and_then(Value::as_str);
            let id = |i: usize| text(i).and_then(|t| t.parse::<Uuid>().ok());
            let scope = match (id(1), id(2), id(3)) {
                (Some(e), _, _) => GrantScope::Establishment(EstablishmentId(e)),
                (_, Some(u), _) => GrantScope::Unit(UnitId(u)),
                (_, _, Some(d)) => GrantScope::Device(d),
                _ => GrantScope::Group,
            };
            let ends_on = text(4).and_then(|t| t.parse::<NaiveDate>().ok());
            Some(Grant {
                role: Role::of_code(text(0)?)?,
                scope,
                ends_on,
            })
        })
        .collect()
}

/// Is a second factor asked of a holder of these grants who has none?
fn factor(has: bool, held: &[Grant], asked: &[String]) -> Factor {
    let wanted = held
        .iter()
        .any(|grant| asked.iter().any(|role| role == grant.role.code()));
    if wanted && !has {
        Factor::Missing
    } else {
        Factor::Fine
    }
}

/// What must not have expired before; the instant itself.
fn alive(now: DateTime<Utc>) -> DateTime<Utc> {
    if mutants::on(Fault::ExpiredOpens) {
        now - TimeDelta::days(3650)
    } else {
        now
    }
}

/// The holder of a session's cookie, if it is open.
pub async fn maybe_by_session(
    pool: &PgPool,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Caller>> {
    let alive = alive(now);
    let found = sqlx::query!(
        r#"select s.id, s.last_seen_at, s.factor_due, a.id as "account: AccountId", a.display_name, a.must_change_password,
                  f.id as "giver?: AccountId", f.display_name as "giver_name?",
                  case when f.id is not null then (
                      select jsonb_agg(jsonb_build_array(
                          g.role,
                          case when d.unit_id is null then coalesce(d.establishment_id, g.establishment_id) end,
                          coalesce(d.unit_id, case when d.establishment_id is null then g.unit_id end),
                          case when d.unit_id is null and d.establishment_id is null then g.device_id end,
                          least(d.ends_on, g.ends_on)))
                      from delegation d
                      join access_grant g on g.id = d.grant_id
                      where d.taker_id = a.id and d.giver_id = f.id and d.revoked_at is null and $3 between d.starts_on and d.ends_on
                        and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $3)
                  ) end as "delegated?",
                  exists (select from second_factor c where c.account_id = a.id and c.confirmed_at is not null) as "has_factor!",
                  array(select role from role_policy where second_factor_required) as "asked!: Vec<String>",
                  coalesce((
                      select jsonb_agg(jsonb_build_array(g.role, g.establishment_id, g.unit_id, g.device_id, g.ends_on))
                      from access_grant g
                      where g.account_id = a.id and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $3)
                  ), '[]') as "grants!",
                  array(select id from establishment order by id) as "establishments!: Vec<EstablishmentId>"
           from session s
           join account a on a.id = s.account_id
           left join account f on f.id = s.acting_for_id and f.deactivated_at is null
           where s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $4 and a.deactivated_at is null"#,
        secret::sha256(token),
        alive,
        now.date_naive(),
        alive - IDLE
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = found else { return Ok(None) };
    if now - row.last_seen_at > SEEN_EVERY {
        sqlx::query!(
            "update session set last_seen_at = $2 where id = $1",
            row.id,
            now
        )
        .execute(pool)
        .await?;
    }
    // Who acts for another has the delegated rights alone; once nothing is delegated any more, his own again.
    let (acting_for, name, held) = match (row.giver, row.giver_name, row.delegated) {
        (Some(giver), Some(giver_name), Some(delegated)) => (
            Some(giver),
            format!("{} pour {giver_name}", row.display_name),
            match mutants::on(Fault::ActingAddsUp) {
                true => [grants(delegated), grants(row.grants)].concat(),
                false => grants(delegated),
            },
        ),
        _ => (None, row.display_name, grants(row.grants)),
    };
    let factor = if row.factor_due {
        Factor::Due
    } else {
        factor(row.has_factor, &held, &row.asked)
    };
    Ok(Some(Caller {
        account: Some(row.account),
        name,
        grants: held,
        establishments: row.establishments,
        via: Via::Session(row.id),
        must_change_password: row.must_change_password,
        factor,
        acting_for,
        chosen: None,
    }))
}

/// The owner of a program's token, if it is valid.
pub async fn maybe_by_token(
    pool: &PgPool,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Caller>> {
    let found = sqlx::query!(
        r#"select t.id, t.may_write, t.last_used_at, t.name, a.id as "account: AccountId", a.display_name,
                  exists (select from second_factor c where c.account_id = a.id and c.confirmed_at is not null) as "has_factor!",
                  array(select role from role_policy where second_factor_required) as "asked!: Vec<String>",
                  coalesce((
                      select jsonb_agg(jsonb_build_array(g.role, g.establishment_id, g.unit_id, g.device_id, g.ends_on))
                      from access_grant g
                      where g.account_id = a.id and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $3)
                  ), '[]') as "grants!",
                  array(select id from establishment order by id) as "establishments!: Vec<EstablishmentId>"
           from api_token t
           join account a on a.id = t.account_id
           where t.token_hash = $1 and t.revoked_at is null and t.expires_at > $2 and a.deactivated_at is null"#,
        secret::sha256(token),
        alive(now),
        now.date_naive()
    )
    .fetch_optional(pool)
    .await?;
    if let Some(row) = &found
        && row.last_used_at.is_none_or(|at| now - at > SEEN_EVERY)
    {
        // Of its own transaction, outside the request's, and in the name of nobody: a use is no change.
        let mut tx = pool.begin().await?;
        sqlx::query!(
            "select set_config('vigie.now', $1, true) as a, set_config('vigie.actor_label', 'Vigie', true) as b",
            now.to_rfc3339()
        )
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query!(
            "update api_token set last_used_at = $2 where id = $1",
            row.id,
            now
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    Ok(found.map(|row| {
        let held = grants(row.grants);
        Caller {
            account: Some(row.account),
            name: format!("{} (jeton « {} »)", row.display_name, row.name),
            factor: factor(row.has_factor, &held, &row.asked),
            grants: held,
            establishments: row.establishments,
            via: Via::Token {
                id: row.id,
                may_write: row.may_write,
            },
            must_change_password: false,
            acting_for: None,
            chosen: None,
        }
    }))
}

/// An active account with its rights of today, for what is read in its name without a session: it may write nothing.
pub async fn maybe_by_account(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Option<Caller>> {
    let found = sqlx::query!(
        r#"select a.display_name,
                  coalesce((
                      select jsonb_agg(jsonb_build_array(g.role, g.establishment_id, g.unit_id, g.device_id, g.ends_on))
                      from access_grant g
                      where g.account_id = a.id and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $2)
                  ), '[]') as "grants!",
                  array(select id from establishment order by id) as "establishments!: Vec<EstablishmentId>"
           from account a
           where a.id = $1 and a.deactivated_at is null"#,
        account.uuid(),
        now.date_naive()
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| Caller {
        account: Some(account),
        name: row.display_name,
        grants: grants(row.grants),
        establishments: row.establishments,
        via: Via::Token {
            id: account.uuid(),
            may_write: false,
        },
        must_change_password: false,
        factor: Factor::Fine,
        acting_for: None,
        chosen: None,
    }))
}

/// An account that may sign in.
pub struct SignIn {
    /// Who.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// `None` until a password was set.
    pub password_hash: Option<String>,
}

/// The active account of a login.
pub async fn maybe_account(conn: &mut PgConnection, login: &str) -> Result<Option<SignIn>> {
    Ok(sqlx::query_as!(
        SignIn,
        r#"select id as "id: AccountId", display_name as name, password_hash from account where login = $1 and deactivated_at is null"#,
        login
    )
    .fetch_optional(conn)
    .await?)
}

/// Demonstration accounts: role and name.
pub async fn demonstration(conn: &mut PgConnection) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(r#"select demo_role as "role!", display_name from account where demo_role is not null and deactivated_at is null order by login"#)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|r| (r.role, r.display_name)).collect())
}

/// The demonstration account of a role.
pub async fn maybe_demonstration(conn: &mut PgConnection, role: &str) -> Result<Option<SignIn>> {
    Ok(sqlx::query_as!(
        SignIn,
        r#"select id as "id: AccountId", display_name as name, password_hash from account where demo_role = $1 and deactivated_at is null order by login limit 1"#,
        role
    )
    .fetch_optional(conn)
    .await?)
}

/// Seconds to wait before the next attempt with these keys (an account, an address).
///
/// From the third failure on, an account waits 1, 2, 4… seconds, at most fifteen minutes; an address,
/// shared by a ward, from the tenth on. Failures older than a day are forgotten.
pub async fn delay(pool: &PgPool, keys: &[String], now: DateTime<Utc>) -> Result<u64> {
    if mutants::on(Fault::GuessesFree) {
        return Ok(0);
    }
    let rows = sqlx::query!(
        "select key, failures, last_failure_at from sign_in_delay where key = any ($1) and last_failure_at > $2",
        keys,
        now - TimeDelta::days(1)
    )
    .fetch_all(pool)
    .await?;
    let wait = rows.into_iter().map(|row| {
        let free = if row.key.starts_with("account:") {
            3
        } else {
            10
        };
        let over = row.failures - free;
        if over < 0 {
            return 0;
        }
        let wait = 1i64
            .checked_shl(over.min(20) as u32)
            .unwrap_or(900)
            .min(900);
        (wait - (now - row.last_failure_at).num_seconds()).max(0)
    });
    Ok(wait.max().unwrap_or(0).unsigned_abs())
}

/// Counts a failure.
pub async fn failed(pool: &PgPool, keys: &[String], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into sign_in_delay (key, failures, last_failure_at) select unnest($1::text[]), 1, $2
         on conflict (key) do update set
             failures = case when sign_in_delay.last_failure_at < $3 then 1 else sign_in_delay.failures + 1 end,
             last_failure_at = $2",
        keys,
        now,
        now - TimeDelta::days(1)
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Forgets the failures of an account that signed in; its address keeps them.
pub async fn succeeded(conn: &mut PgConnection, key: &str) -> Result<()> {
    sqlx::query!("delete from sign_in_delay where key = $1", key)
        .execute(conn)
        .await?;
    Ok(())
}

/// What is kept of a new session beside its token.
pub struct Opening {
    /// Whose.
    pub account: AccountId,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub agent: Option<String>,
}

/// Opens a session.
pub async fn open(
    conn: &mut PgConnection,
    id: Uuid,
    token: &str,
    opening: Opening,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into session (id, token_hash, account_id, created_at, last_seen_at, expires_at, address, user_agent) values ($1, $2, $3, $4, $4, $5, $6, $7)",
        id,
        secret::sha256(token),
        opening.account.uuid(),
        now,
        now + super::LIFE,
        opening.address,
        opening.agent
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The password was right, the code of the second factor is still to come.
pub async fn owe_factor(conn: &mut PgConnection, session: Uuid) -> Result<()> {
    sqlx::query!(
        "update session set factor_due = true where id = $1",
        session
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a session by its token, whoever's it is.
pub async fn close_by_token(
    conn: &mut PgConnection,
    token: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    if mutants::on(Fault::SessionsNeverEnd) {
        return Ok(());
    }
    sqlx::query!(
        "update session set revoked_at = $2 where token_hash = $1 and revoked_at is null",
        secret::sha256(token),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the sessions of an account: deactivation, password or role change. `keep` stays open.
pub async fn close_all(
    conn: &mut PgConnection,
    account: AccountId,
    keep: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    if mutants::on(Fault::SessionsNeverEnd) {
        return Ok(());
    }
    sqlx::query!(
        "update session set revoked_at = $2 where account_id = $1 and revoked_at is null and ($3::uuid is null or id <> $3)",
        account.uuid(),
        now,
        keep
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An open session, as its owner and who answers for the account see it.
pub struct OpenSession {
    /// Its id.
    pub id: Uuid,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Its last sight, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
}

impl OpenSession {
    /// Where and with what, in a few words.
    pub fn what(&self) -> String {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        let browser = [
            ("Edg/", "Edge"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ]
        .into_iter()
        .find(|(mark, _)| agent.contains(mark))
        .map_or("navigateur inconnu", |(_, name)| name);
        match &self.address {
            Some(address) => format!("{browser}, depuis {address}"),
            None => browser.to_owned(),
        }
    }
}

/// The sessions of an account that are open, the last seen first.
pub async fn of_account(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<OpenSession>> {
    Ok(sqlx::query_as!(
        OpenSession,
        "select id, created_at, last_seen_at, address, user_agent from session
         where account_id = $1 and revoked_at is null and expires_at > $2 and last_seen_at > $3
         order by last_seen_at desc, id",
        account.uuid(),
        now,
        now - IDLE
    )
    .fetch_all(conn)
    .await?)
}

/// Ends one session of an account; `NotFound` when it has no such open session.
pub async fn close(
    conn: &mut PgConnection,
    account: AccountId,
    session: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let done = sqlx::query!(
        "update session set revoked_at = $3 where id = $1 and account_id = $2 and revoked_at is null",
        session,
        account.uuid(),
        now
    )
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// One's own account, as its pages need it.
pub struct Own {
    /// What is typed to sign in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// `None` until a password was set.
    pub password_hash: Option<String>,
}

/// The account of the caller.
pub async fn maybe_own(conn: &mut PgConnection, account: AccountId) -> Result<Option<Own>> {
    Ok(sqlx::query_as!(
        Own,
        "select login, display_name as name, password_hash from account where id = $1 and deactivated_at is null",
        account.uuid()
    )
    .fetch_optional(conn)
    .await?)
}
