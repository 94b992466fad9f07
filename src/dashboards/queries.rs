//! What the home page counts, within what the caller sees. Its lists of work are lists of the house.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::Scope;
use crate::kernel::Result;

/// Somebody who can sign in and hold no right.
pub struct Person {
    /// The account.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// What they do.
    pub job_title: Option<String>,
    /// How many there are in all.
    pub total: i64,
}

/// People who can sign in and hold no right.
pub async fn without_grant(
    conn: &mut PgConnection,
    today: NaiveDate,
    most: i64,
) -> Result<Vec<Person>> {
    Ok(sqlx::query_as!(
        Person,
        r#"select a.id, a.display_name as name, a.job_title, count(*) over () as "total!"
           from account a
           where a.deactivated_at is null
             and not exists (select from access_grant g where g.account_id = a.id and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $2))
           order by a.display_name, a.id
           limit $1"#,
        most,
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
    /// Entered from an earlier inventory, their proofs not seen.
    pub unproved: i64,
    /// Lacking none of the seven items, or with a reason.
    pub complete: i64,
}

/// Counts the fleet.
pub async fn figures(conn: &mut PgConnection, sees: &Scope) -> Result<Figures> {
    Ok(sqlx::query_as!(
        Figures,
        r#"select count(*) filter (where d.state in ('in_service', 'lent')) as "in_use!",
                  count(*) filter (where d.state in ('in_maintenance', 'broken', 'quarantined', 'suspended_quality', 'suspended_cyber')) as "unavailable!",
                  count(*) as "fleet!",
                  count(*) filter (where d.taken_over) as "unproved!",
                  count(*) filter (where not exists (
                      select from unnest(array_remove(array[
                          case when m.common_name is null then 'common_name' end,
                          case when m.trade_name is null then 'trade_name' end,
                          case when m.manufacturer_id is null then 'manufacturer' end,
                          case when d.supplier_id is null then 'supplier' end,
                          case when d.serial_number is null then 'serial_number' end,
                          case when d.unit_id is null and d.room_id is null and d.place_detail is null then 'location' end,
                          case when d.first_service_date is null then 'first_service_date' end
                      ], null)) one
                      where not exists (select from device_item_justification j where j.device_id = d.id and j.item = one and j.withdrawn_at is null))) as "complete!"
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

/// A unit and how many of its devices there are of a kind.
pub struct UnitCount {
    /// The unit.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// How many.
    pub count: i64,
}

/// The units where most devices lack one of the seven items of art. R.5212-28 1° CSP without a reason.
pub async fn incomplete_by_unit(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<UnitCount>> {
    Ok(sqlx::query_as!(
        UnitCount,
        r#"select u.id, u.name, count(*) as "count!"
           from device d
           join device_model m on m.id = d.model_id
           join unit u on u.id = d.unit_id
           where d.annulled_at is null and d.state not in ('disposed', 'data_destroyed', 'no_data', 'decommissioning')
             and (d.establishment_id = any($1) or d.unit_id = any($2) or d.id = any($3))
             and exists (
                 select from unnest(array_remove(array[
                     case when m.common_name is null then 'common_name' end,
                     case when m.trade_name is null then 'trade_name' end,
                     case when m.manufacturer_id is null then 'manufacturer' end,
                     case when d.supplier_id is null then 'supplier' end,
                     case when d.serial_number is null then 'serial_number' end,
                     case when d.first_service_date is null then 'first_service_date' end
                 ], null)) one
                 where not exists (select from device_item_justification j where j.device_id = d.id and j.item = one and j.withdrawn_at is null))
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

/// The units with most devices out of use.
pub async fn unavailable_by_unit(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<UnitCount>> {
    Ok(sqlx::query_as!(
        UnitCount,
        r#"select u.id, u.name, count(*) as "count!"
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
