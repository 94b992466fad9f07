//! Reading grants, and where they stand.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::{GrantScope, Place, Placed, Scope};
use crate::accounts::roles::Role;
use crate::accounts::{AccountId, EstablishmentId, GrantId, UnitId};
use crate::kernel::{Error, Result};

/// A grant, with the names around it.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// Whose.
    pub account: AccountId,
    /// What.
    pub role: Role,
    /// Where, as people read it.
    pub over: String,
    /// Where, for programs: `group`, `establishment`, `unit` or `device`.
    pub scope: &'static str,
    /// Its last day, if it has one.
    pub ends_on: Option<NaiveDate>,
    /// Since when.
    pub granted_at: DateTime<Utc>,
    /// By whom, when it was a person.
    pub granted_by: Option<String>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub place: Place,
}

impl Placed for Grant {
    fn place(&self) -> Place {
        self.place
    }
}

/// The grants of an account, present ones first.
pub async fn of_account(conn: &mut PgConnection, account: AccountId) -> Result<Vec<Grant>> {
    let rows = sqlx::query!(
        r#"select g.id as "id: GrantId", g.account_id as "account: AccountId", g.role, g.establishment_id, g.unit_id, g.device_id,
                  g.ends_on, g.granted_at, b.display_name as "granted_by?", g.revoked_at,
                  p.under_establishment_id as "under: EstablishmentId", p.under_unit_id as "under_unit: UnitId",
                  e.name as "establishment?", u.uf_code || ' ' || u.name as "unit?", d.inventory_number as "device?"
           from access_grant g
           join grant_place p on p.id = g.id
           left join account b on b.id = g.granted_by
           left join establishment e on e.id = p.under_establishment_id
           left join unit u on u.id = g.unit_id
           left join device d on d.id = g.device_id
           where g.account_id = $1
           order by g.revoked_at is not null, g.granted_at desc, g.id"#,
        account.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let establishment = row.establishment.unwrap_or_default();
            let (scope, over) = match (row.establishment_id, row.unit, row.device) {
                (Some(_), ..) => ("establishment", establishment),
                (_, Some(unit), _) => ("unit", format!("{unit} ({establishment})")),
                (.., Some(device)) => ("device", format!("équipement {device} ({establishment})")),
                _ => ("group", "Tout le groupe".to_owned()),
            };
            Some(Grant {
                id: row.id,
                account: row.account,
                role: Role::of_code(&row.role)?,
                over,
                scope,
                ends_on: row.ends_on,
                granted_at: row.granted_at,
                granted_by: row.granted_by,
                revoked_at: row.revoked_at,
                place: Place {
                    establishment: row.under,
                    unit: row.under_unit,
                    device: row.device_id,
                },
            })
        })
        .collect())
}

/// A grant, or `NotFound` when it stands outside what the caller may see.
pub async fn find(
    conn: &mut PgConnection,
    scope: &Scope,
    account: AccountId,
    id: GrantId,
) -> Result<Grant> {
    of_account(conn, account)
        .await?
        .into_iter()
        .find(|grant| grant.id == id && scope.reaches(grant.place))
        .ok_or(Error::NotFound)
}

/// Where the present grants of an account stand; else its past ones; else the group.
pub async fn places(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<Place>> {
    let rows = sqlx::query!(
        r#"select p.under_establishment_id as "under: EstablishmentId", p.under_unit_id as "unit: UnitId", g.device_id,
                  g.revoked_at is null and (g.ends_on is null or g.ends_on >= $2) as "present!"
           from access_grant g
           join grant_place p on p.id = g.id
           where g.account_id = $1
           order by g.id"#,
        account.uuid(),
        now.date_naive()
    )
    .fetch_all(conn)
    .await?;
    let any_present = rows.iter().any(|row| row.present);
    let mut places: Vec<Place> = rows
        .into_iter()
        .filter(|row| row.present || !any_present)
        .map(|row| Place {
            establishment: row.under,
            unit: row.unit,
            device: row.device_id,
        })
        .collect();
    if places.is_empty() {
        places.push(Place::SHARED);
    }
    Ok(places)
}

/// Where a scope stands: what the right to give it must reach. `NotFound` for a place that does not
/// exist. The one query of this domain that looks up at a table above it: a grant on a device must
/// know where that device stands.
pub async fn place_of(conn: &mut PgConnection, scope: GrantScope) -> Result<Place> {
    match scope {
        GrantScope::Group => Ok(Place::SHARED),
        GrantScope::Establishment(id) => {
            let id = sqlx::query_scalar!(
                r#"select id as "id: EstablishmentId" from establishment where id = $1"#,
                id.uuid()
            )
            .fetch_optional(conn)
            .await?;
            id.map(Place::establishment).ok_or(Error::NotFound)
        }
        GrantScope::Unit(unit) => {
            let under = sqlx::query_scalar!(
                r#"select establishment_id as "id: EstablishmentId" from unit where id = $1"#,
                unit.uuid()
            )
            .fetch_optional(conn)
            .await?;
            under
                .map(|e| Place::establishment(e).unit(Some(unit)))
                .ok_or(Error::NotFound)
        }
        GrantScope::Device(device) => {
            let row = sqlx::query!(
                r#"select establishment_id as "id: EstablishmentId", unit_id as "unit: UnitId" from device where id = $1"#,
                device
            )
            .fetch_optional(conn)
            .await?;
            row.map(|r| Place::establishment(r.id).unit(r.unit).device(device))
                .ok_or(Error::NotFound)
        }
    }
}

/// The device of an inventory number, where the caller may give grants.
pub async fn maybe_device(
    conn: &mut PgConnection,
    scope: &Scope,
    inventory_number: &str,
) -> Result<Option<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select id from device
         where inventory_number = $1 and annulled_at is null and (establishment_id = any ($2) or unit_id = any ($3))
         order by id limit 1",
        inventory_number,
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?)
}
