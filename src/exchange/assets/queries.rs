//! Both sides of the reconciliation.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::EstablishmentId;
use crate::accounts::access::{Place, Placed, Scope};
use crate::kernel::{Error, Result};

crate::coded! {
    /// How a line of the reconciliation stands.
    pub enum Side {
        Different = "different" => "Valeur différente",
        Unlinked = "unlinked" => "Reconnus sans n° d’immobilisation",
        Economic = "economic" => "Seulement dans le système économique",
        Vigie = "vigie" => "Seulement dans Vigie",
        Matched = "matched" => "Rapprochés",
    }
}

/// The last extract of an establishment.
#[derive(Clone, Debug)]
pub struct Extract {
    /// Its name.
    pub file_name: String,
    /// When it was read.
    pub received_at: DateTime<Utc>,
    /// By whom.
    pub received_by: Option<String>,
    /// Lines.
    pub read_count: i32,
    /// New assets.
    pub created_count: i32,
    /// Changed assets.
    pub updated_count: i32,
    /// The same.
    pub unchanged_count: i32,
    /// Refused.
    pub rejected_count: i32,
}

/// The last extract read.
pub async fn last(conn: &mut PgConnection, place: EstablishmentId) -> Result<Option<Extract>> {
    Ok(sqlx::query_as!(
        Extract,
        r#"select f.file_name, f.received_at, a.display_name as "received_by?", f.read_count, f.created_count, f.updated_count, f.unchanged_count, f.rejected_count
           from asset_file f left join account a on a.id = f.received_by
           where f.establishment_id = $1
           order by f.id desc limit 1"#,
        place.uuid()
    )
    .fetch_optional(conn)
    .await?)
}

/// A line: an asset, a device, or both.
#[derive(Clone, Debug)]
pub struct Line {
    /// The asset.
    pub asset_id: Option<Uuid>,
    /// Its number, on either side.
    pub asset_number: Option<String>,
    /// What the economic system calls it.
    pub label: Option<String>,
    /// What it is worth there.
    pub asset_cents: Option<i64>,
    /// Acquired.
    pub acquired_on: Option<NaiveDate>,
    /// The device.
    pub device_id: Option<Uuid>,
    /// Its inventory number.
    pub inventory_number: Option<String>,
    /// What Vigie calls it.
    pub name: Option<String>,
    /// What Vigie says it cost.
    pub device_cents: Option<i64>,
    /// How it stands.
    pub side: Side,
}

/// Every line of a side, at most 500, and how many each side has.
///
/// An asset is matched by its number; where no device bears it, by inventory number, then by serial when one device alone has it.
pub async fn lines(
    conn: &mut PgConnection,
    place: EstablishmentId,
    side: Side,
) -> Result<(Vec<Line>, Vec<(Side, i64)>)> {
    let all = sqlx::query_as!(
        Line,
        r#"with fleet as materialized (
               select d.id, d.inventory_number, d.asset_number, d.serial_number, d.price_cents, d.holding, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as name
               from device d join device_model m on m.id = d.model_id
               where d.establishment_id = $1 and d.annulled_at is null and d.state <> 'disposed'
           ),
           serials as materialized (
               select upper(serial_number) as serial, min(id::text)::uuid as id from fleet where serial_number is not null group by 1 having count(*) = 1
           ),
           paired as materialized (
               select a.id as asset_id, a.asset_number, a.label, a.value_cents, a.acquired_on,
                      coalesce(n.id, case when i.asset_number is null then i.id end, case when z.asset_number is null then s.id end) as device_id, n.id is not null as by_number
               from asset a
               left join lateral (select id from fleet f where f.asset_number = a.asset_number order by f.id limit 1) n on true
               left join fleet i on i.inventory_number = a.inventory_number
               left join serials s on s.serial = upper(a.serial_number)
               left join fleet z on z.id = s.id
               where a.establishment_id = $1 and a.gone_since is null
           )
           select p.asset_id as "asset_id?", p.asset_number as "asset_number?", p.label as "label?", p.value_cents as "asset_cents?", p.acquired_on as "acquired_on?",
                  f.id as "device_id?", f.inventory_number as "inventory_number?", f.name as "name?", f.price_cents as "device_cents?",
                  case when f.id is null then 'economic' when not p.by_number then 'unlinked'
                       when p.value_cents is not null and p.value_cents is distinct from f.price_cents then 'different' else 'matched' end as "side!: Side"
           from paired p left join fleet f on f.id = p.device_id
           union all
           select null, f.asset_number, null, null, null, f.id, f.inventory_number, f.name, f.price_cents, 'vigie'
           from fleet f
           where (f.asset_number is not null or f.holding is null or f.holding in ('purchase', 'donation', 'lease'))
             and not exists (select from paired p where p.device_id = f.id)
           order by 2 nulls last, 7"#,
        place.uuid()
    )
    .fetch_all(conn)
    .await?;
    let counts = Side::ALL
        .iter()
        .map(|one| {
            let n = all.iter().filter(|l| l.side == *one).count();
            (*one, i64::try_from(n).unwrap_or(i64::MAX))
        })
        .collect();
    let shown = all
        .into_iter()
        .filter(|l| l.side == side)
        .take(500)
        .collect();
    Ok((shown, counts))
}

/// An asset, as kept.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its id.
    pub id: Uuid,
    /// Where.
    pub establishment_id: EstablishmentId,
    /// Its number.
    pub asset_number: String,
    /// Its value.
    pub value_cents: Option<i64>,
}

impl Placed for Asset {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id)
    }
}

/// The asset, within what the caller sees.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: Uuid) -> Result<Asset> {
    sqlx::query_as!(
        Asset,
        r#"select id, establishment_id as "establishment_id: EstablishmentId", asset_number, value_cents from asset where id = $1 and establishment_id = any ($2)"#,
        id,
        &scope.establishments
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}
