//! What the home page counts and lists, within what the caller sees.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::Scope;
use crate::kernel::Result;

/// Lines a block shows.
pub const LINES: i64 = 7;

/// A device in a block: which, where, and the day or words that explain why it is there.
pub struct Waiting {
    /// The device.
    pub id: Uuid,
    /// Its inventory number.
    pub inventory_number: String,
    /// What it is.
    pub name: String,
    /// Its unit, or that nobody knows.
    pub place: Option<String>,
    /// What the block says of it: a code or words, by block.
    pub word: Option<String>,
    /// Since or until when.
    pub day: Option<NaiveDate>,
    /// How many there are in all.
    pub total: i64,
}

/// Devices out of use against their will, oldest first.
pub async fn out_of_use(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", d.state as "word?", d.state_since::date as "day?", count(*) over () as "total!"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where d.annulled_at is null
             and d.state in ('broken', 'quarantined', 'suspended_quality', 'suspended_cyber')
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           order by d.state_since nulls first, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES
    )
    .fetch_all(conn)
    .await?)
}

/// Loans not returned, the most overdue first.
pub async fn loans(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", coalesce(b.name, e.name, o.name, l.borrower_name) as "word?", l.due_on as "day?", count(*) over () as "total!"
           from device_loan l
           join device d on d.id = l.device_id
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           left join unit b on b.id = l.borrower_unit_id
           left join establishment e on e.id = l.borrower_establishment_id
           left join organisation o on o.id = l.borrower_organisation_id
           where l.returned_at is null and d.annulled_at is null
             and (d.establishment_id = any($1) or d.unit_id = any($2) or l.borrower_unit_id = any($2) or d.id = any($3))
           order by l.due_on, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES
    )
    .fetch_all(conn)
    .await?)
}

/// Devices in the fleet that lack one of the seven items of art. R.5212-28 1° CSP without a reason:
/// the word says which, the most lacking first.
pub async fn items_missing(
    conn: &mut PgConnection,
    sees: &Scope,
    today: NaiveDate,
) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", array_to_string(lacks.items, ', ') as "word?", null::date as "day?", count(*) over () as "total!"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           cross join lateral (
               select array_remove(array[
                   case when m.common_name is null then 'common_name' end,
                   case when m.trade_name is null then 'trade_name' end,
                   case when m.manufacturer_id is null then 'manufacturer' end,
                   case when d.supplier_id is null then 'supplier' end,
                   case when d.serial_number is null then 'serial_number' end,
                   case when d.unit_id is null and d.room_id is null and d.place_detail is null then 'location' end,
                   case when d.first_service_date is null then 'first_service_date' end
               ], null) as items
           ) raw
           cross join lateral (
               select array(
                   select one from unnest(raw.items) as one
                   where not exists (select from device_item_justification j where j.device_id = d.id and j.item = one and j.withdrawn_at is null)
               ) as items
           ) lacks
           where d.annulled_at is null
             -- What a take-over left out is counted apart, until the day decided for it is past.
             and (not d.taken_over or exists (
                 select from take_over_gap g join take_over_plan p on p.establishment_id = g.establishment_id and p.criticality = g.criticality
                 where g.device_id = d.id and g.point = 'inventory_items' and p.due_on < $5
                   and not exists (select from take_over_waiver w where w.device_id = d.id and w.point = g.point and w.revoked_at is null and w.expires_on >= $5)))
             and d.state in ('in_service', 'lent', 'in_maintenance', 'broken', 'quarantined', 'suspended_quality', 'suspended_cyber', 'stored')
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
             and cardinality(raw.items) > 0
             and cardinality(lacks.items) > 0
           order by cardinality(lacks.items) desc, d.inventory_number, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES,
        today
    )
    .fetch_all(conn)
    .await?)
}

/// Devices the establishment does not own whose agreement ended or ends by `until`.
pub async fn holdings_ending(
    conn: &mut PgConnection,
    sees: &Scope,
    until: NaiveDate,
) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", d.holding as "word?", d.holding_end_date as "day?", count(*) over () as "total!"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where d.annulled_at is null and d.state not in ('disposed', 'data_destroyed', 'no_data')
             and d.holding_end_date <= $5
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           order by d.holding_end_date, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES,
        until
    )
    .fetch_all(conn)
    .await?)
}

/// Warranties that end between `today` and `until`.
pub async fn warranties_ending(
    conn: &mut PgConnection,
    sees: &Scope,
    today: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", null::text as "word?", d.warranty_end_date as "day?", count(*) over () as "total!"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where d.annulled_at is null and d.state not in ('disposed', 'data_destroyed', 'no_data', 'decommissioning')
             and d.warranty_end_date between $5 and $6
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           order by d.warranty_end_date, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES,
        today,
        until
    )
    .fetch_all(conn)
    .await?)
}

/// Devices on the network nobody said in which zone.
pub async fn zones_unknown(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", d.remote_access as "word?", null::date as "day?", count(*) over () as "total!"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where d.annulled_at is null and d.state not in ('disposed', 'data_destroyed', 'no_data')
             and d.is_connected and d.network_zone is null
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           order by (d.remote_access is null or d.remote_access = 'none'), d.inventory_number, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES
    )
    .fetch_all(conn)
    .await?)
}

/// Models whose security support ended or ends by `until`, with how many devices still run them.
pub async fn support_ending(
    conn: &mut PgConnection,
    sees: &Scope,
    until: NaiveDate,
) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select m.id, coalesce(m.trade_name, m.common_name, m.reference) as "inventory_number!", coalesce(o.name, '') as "name!",
                  null::text as "place?", count(d.id)::text as "word?", m.security_support_ends_on as "day?", count(*) over () as "total!"
           from device_model m
           join device d on d.model_id = m.id and d.annulled_at is null and d.state not in ('disposed', 'data_destroyed', 'no_data')
           left join organisation o on o.id = m.manufacturer_id
           where m.security_support_ends_on <= $5
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           group by m.id, o.name
           order by m.security_support_ends_on, m.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES,
        until
    )
    .fetch_all(conn)
    .await?)
}

/// Devices that keep personal data and whose encryption is refused or unknown.
pub async fn data_exposed(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", case when d.data_encrypted is null then 'unknown' else 'no' end as "word?", null::date as "day?", count(*) over () as "total!"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where d.annulled_at is null and d.state not in ('disposed', 'data_destroyed', 'no_data')
             and coalesce(d.stores_data_locally, m.stores_personal_data) and d.data_encrypted is not true
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           order by (d.data_encrypted is null), d.inventory_number, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES
    )
    .fetch_all(conn)
    .await?)
}

/// Scanned identifiers that were not understood for sure.
pub async fn udi_unsure(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select d.id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!",
                  u.name as "place?", d.udi_status as "word?", null::date as "day?", count(*) over () as "total!"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where d.annulled_at is null and d.udi_status in ('ambiguous', 'not_understood')
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           order by d.inventory_number, d.id
           limit $4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        LINES
    )
    .fetch_all(conn)
    .await?)
}

/// People who can sign in and hold no right.
pub async fn without_grant(conn: &mut PgConnection, today: NaiveDate) -> Result<Vec<Waiting>> {
    Ok(sqlx::query_as!(
        Waiting,
        r#"select a.id, a.display_name as "inventory_number!", coalesce(a.job_title, '') as "name!",
                  null::text as "place?", null::text as "word?", null::date as "day?", count(*) over () as "total!"
           from account a
           where a.deactivated_at is null
             and not exists (select from access_grant g where g.account_id = a.id and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $2))
           order by a.display_name, a.id
           limit $1"#,
        LINES,
        today
    )
    .fetch_all(conn)
    .await?)
}

/// The figures of the fleet seen.
pub struct Figures {
    /// In service or lent.
    pub in_use: i64,
    /// Out of use: workshop, failure, quarantine, suspension.
    pub unavailable: i64,
    /// In the fleet.
    pub fleet: i64,
    /// Of which digital.
    pub digital: i64,
    /// Entered from an earlier inventory, their proofs not seen.
    pub unproved: i64,
}

/// Counts the fleet.
pub async fn figures(conn: &mut PgConnection, sees: &Scope) -> Result<Figures> {
    Ok(sqlx::query_as!(
        Figures,
        r#"select count(*) filter (where d.state in ('in_service', 'lent')) as "in_use!",
                  count(*) filter (where d.state in ('in_maintenance', 'broken', 'quarantined', 'suspended_quality', 'suspended_cyber')) as "unavailable!",
                  count(*) as "fleet!",
                  count(*) filter (where coalesce(d.is_dmn, m.is_dmn)) as "digital!",
                  count(*) filter (where d.taken_over) as "unproved!"
           from device d
           join device_model m on m.id = d.model_id
           where d.annulled_at is null and d.state not in ('disposed', 'data_destroyed', 'no_data', 'decommissioning')
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))"#,
        &sees.establishments,
        &sees.units,
        &sees.devices
    )
    .fetch_one(conn)
    .await?)
}

/// A unit and how many of its devices are out of use.
pub struct UnitCount {
    /// The unit.
    pub name: String,
    /// How many.
    pub count: i64,
}

/// The units with most devices out of use.
pub async fn unavailable_by_unit(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<UnitCount>> {
    Ok(sqlx::query_as!(
        UnitCount,
        r#"select u.name, count(*) as "count!"
           from device d
           join unit u on u.id = d.unit_id
           where d.annulled_at is null
             and d.state in ('in_maintenance', 'broken', 'quarantined', 'suspended_quality', 'suspended_cyber')
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
           group by u.id, u.name
           order by count(*) desc, u.name
           limit 4"#,
        &sees.establishments,
        &sees.units,
        &sees.devices
    )
    .fetch_all(conn)
    .await?)
}
