//! Reading delegations.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::DelegationId;
use crate::accounts::AccountId;
use crate::accounts::roles::Role;
use crate::kernel::{Error, Result};

/// A delegation, with the names around it.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// Its key.
    pub id: DelegationId,
    /// Who is stood in for.
    pub giver: AccountId,
    /// His name.
    pub giver_name: String,
    /// Who stands in.
    pub taker: AccountId,
    /// His name.
    pub taker_name: String,
    /// Which role.
    pub role: Role,
    /// Where, as people read it.
    pub over: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Ended before its day.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The giver still holds the role, and both may still sign in.
    pub stands: bool,
}

impl Delegation {
    /// Does it give anything on this day?
    pub fn gives_on(&self, today: NaiveDate) -> bool {
        self.stands && self.revoked_at.is_none() && (self.starts_on..=self.ends_on).contains(&today)
    }

    /// Where it is, in words and tone.
    pub fn standing(&self, today: NaiveDate) -> (&'static str, &'static str) {
        if self.revoked_at.is_some() {
            ("plain", "retirée")
        } else if today > self.ends_on {
            ("plain", "terminée")
        } else if !self.stands {
            ("watch", "sans effet : le rôle n’est plus tenu")
        } else if today < self.starts_on {
            ("info", "à venir")
        } else {
            ("good", "en cours")
        }
    }
}

/// The delegations an account gave or received, those that end last first.
pub async fn of_account(
    conn: &mut PgConnection,
    account: AccountId,
    today: NaiveDate,
) -> Result<Vec<Delegation>> {
    let rows = sqlx::query!(
        r#"
        select d.id as "id: DelegationId", d.giver_id as "giver: AccountId", g.display_name as giver_name, d.taker_id as "taker: AccountId", t.display_name as taker_name,
               r.role, d.starts_on, d.ends_on, d.reason, d.revoked_at,
               r.revoked_at is null and (r.ends_on is null or r.ends_on >= $2) and g.deactivated_at is null and t.deactivated_at is null as "stands!",
               coalesce(nu.uf_code || ' ' || nu.name, ne.name, u.uf_code || ' ' || u.name, e.name, 'équipement ' || v.inventory_number, 'Tout le groupe') as "over!"
        from delegation d
        join account g on g.id = d.giver_id
        join account t on t.id = d.taker_id
        join access_grant r on r.id = d.grant_id
        left join unit nu on nu.id = d.unit_id
        left join establishment ne on ne.id = d.establishment_id
        left join unit u on u.id = r.unit_id
        left join establishment e on e.id = r.establishment_id
        left join device v on v.id = r.device_id
        where d.giver_id = $1 or d.taker_id = $1
        order by d.ends_on desc, d.id desc
        "#,
        account.uuid(),
        today
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Delegation {
                id: row.id,
                giver: row.giver,
                giver_name: row.giver_name,
                taker: row.taker,
                taker_name: row.taker_name,
                role: Role::of_code(&row.role)?,
                over: row.over,
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                reason: row.reason,
                revoked_at: row.revoked_at,
                stands: row.stands,
            })
        })
        .collect())
}

/// One of the delegations of an account; `NotFound` for anybody else's.
pub async fn find(
    conn: &mut PgConnection,
    account: AccountId,
    id: DelegationId,
    today: NaiveDate,
) -> Result<Delegation> {
    of_account(conn, account, today)
        .await?
        .into_iter()
        .find(|d| d.id == id)
        .ok_or(Error::NotFound)
}

/// The active account of a login, with its name.
pub async fn maybe_taker(
    conn: &mut PgConnection,
    login: &str,
) -> Result<Option<(AccountId, String)>> {
    let row = sqlx::query!(
        r#"select id as "id: AccountId", display_name from account where login = $1 and deactivated_at is null"#,
        login
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.id, r.display_name)))
}
