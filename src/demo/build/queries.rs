//! What the builder asks of the database: where it stands.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::accounts::{AccountId, DepartmentId, EstablishmentId, RoomId, SiteId, UnitId};
use crate::inventory::devices::DeviceId;
use crate::kernel::Result;

/// When the database was created, if it is a demonstration.
pub(super) async fn founded_at(pool: &PgPool) -> Result<Option<DateTime<Utc>>> {
    Ok(
        sqlx::query_scalar!("select created_at from instance where is_demo")
            .fetch_optional(pool)
            .await?,
    )
}

/// The devices there are, by inventory number: those of the demonstration differ across the group.
pub(super) async fn devices(pool: &PgPool) -> Result<HashMap<String, DeviceId>> {
    let rows = sqlx::query!("select inventory_number, id from device")
        .fetch_all(pool)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.inventory_number, row.id.into()))
        .collect())
}

/// The last instant at which the builder wrote something of a device; nothing was, after it.
pub(super) async fn reached(pool: &PgPool) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!("select max(at) from event where subject_type = 'device' and actor_id is not null and request_id is null")
        .fetch_one(pool)
        .await?)
}

/// The devices an external company looks after.
pub(super) async fn entrusted(conn: &mut PgConnection, numbers: &[&str]) -> Result<Vec<Uuid>> {
    let numbers: Vec<String> = numbers.iter().map(|number| (*number).to_owned()).collect();
    Ok(sqlx::query_scalar!(
        "select d.id
         from device d
         join device_model m on m.id = d.model_id
         where d.annulled_at is null and (d.inventory_number = any($1) or m.trade_name = '5008 CorDiax')
         order by d.inventory_number
         limit 12",
        &numbers,
    )
    .fetch_all(conn)
    .await?)
}

/// What is there already, by the codes of the data; places by establishment (rooms by site) and code.
#[derive(Default)]
pub(super) struct Known {
    pub(super) establishments: HashMap<String, EstablishmentId>,
    pub(super) sites: HashMap<(EstablishmentId, String), SiteId>,
    pub(super) departments: HashMap<(EstablishmentId, String), DepartmentId>,
    pub(super) units: HashMap<(EstablishmentId, String), UnitId>,
    pub(super) rooms: HashMap<(SiteId, String), RoomId>,
    pub(super) people: HashMap<String, AccountId>,
}

/// Reads what is there.
pub(super) async fn known(conn: &mut PgConnection) -> Result<Known> {
    let mut known = Known::default();
    for row in sqlx::query!("select id, code from establishment")
        .fetch_all(&mut *conn)
        .await?
    {
        known.establishments.insert(row.code, row.id.into());
    }
    for row in sqlx::query!("select id, establishment_id, code from site")
        .fetch_all(&mut *conn)
        .await?
    {
        known
            .sites
            .insert((row.establishment_id.into(), row.code), row.id.into());
    }
    for row in sqlx::query!("select id, establishment_id, code from department")
        .fetch_all(&mut *conn)
        .await?
    {
        known
            .departments
            .insert((row.establishment_id.into(), row.code), row.id.into());
    }
    for row in sqlx::query!("select id, establishment_id, uf_code from unit")
        .fetch_all(&mut *conn)
        .await?
    {
        known
            .units
            .insert((row.establishment_id.into(), row.uf_code), row.id.into());
    }
    for row in sqlx::query!("select id, site_id, code from room")
        .fetch_all(&mut *conn)
        .await?
    {
        known
            .rooms
            .insert((row.site_id.into(), row.code), row.id.into());
    }
    for row in sqlx::query!("select id, login from account")
        .fetch_all(&mut *conn)
        .await?
    {
        known.people.insert(row.login, row.id.into());
    }
    Ok(known)
}

/// Whether an account holds anything over single devices already.
pub(super) async fn is_entrusted(conn: &mut PgConnection, account: AccountId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from access_grant where account_id = $1 and device_id is not null) as "held!""#,
        account.uuid(),
    )
    .fetch_one(conn)
    .await?)
}

/// The last instant at which the builder wrote in a register.
pub(super) async fn register_reached(pool: &PgPool) -> Result<Option<DateTime<Utc>>> {
    Ok(
        sqlx::query_scalar!("select max(recorded_at) from register_line")
            .fetch_one(pool)
            .await?,
    )
}

/// Whether obligations were defined already.
pub(super) async fn any_obligation(pool: &PgPool) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists (select from obligation) as "any!""#)
            .fetch_one(pool)
            .await?,
    )
}

/// Whether anything was asked for already.
pub(super) async fn any_intervention(pool: &PgPool) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists (select from intervention) as "any!""#)
            .fetch_one(pool)
            .await?,
    )
}

/// Whether a contract was signed already.
pub(super) async fn any_agreement(pool: &PgPool) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists (select from agreement) as "any!""#)
            .fetch_one(pool)
            .await?,
    )
}

/// Devices in use, those with a name first, and since when the registry knows them.
pub(super) async fn in_use(pool: &PgPool, most: i64) -> Result<Vec<super::register::Kept>> {
    Ok(sqlx::query!(
        "select d.id, e.code, d.recorded_at
         from device d join establishment e on e.id = d.establishment_id
         where d.annulled_at is null and d.state in ('in_service', 'lent', 'in_maintenance', 'broken', 'on_trial')
         order by length(d.inventory_number) desc, right(d.inventory_number, 4), d.inventory_number, d.id
         limit $1",
        most
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|r| super::register::Kept {
        id: r.id.into(),
        establishment: r.code,
        since: r.recorded_at,
    })
    .collect())
}
