//! What is read of a take-over.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Gap, Point, Weight, standing};
use crate::accounts::access::Scope;
use crate::inventory::devices::DeviceId;
use crate::kernel::Result;

/// How many devices lack a point, at a criticality.
#[derive(Clone, Debug)]
pub struct Count {
    /// Which point.
    pub point: Point,
    /// At which criticality.
    pub weight: Weight,
    /// Not evaluated, within its day or without one.
    pub waiting: i64,
    /// Past its day.
    pub overdue: i64,
    /// Waived today.
    pub waived: i64,
}

/// Counts over the devices in sight.
pub async fn counts(conn: &mut PgConnection, sees: &Scope, today: NaiveDate) -> Result<Vec<Count>> {
    Ok(sqlx::query_as!(
        Count,
        r#"select g.point as "point!: Point", g.criticality as "weight!: Weight",
                  count(*) filter (where w.id is null and (p.due_on is null or p.due_on >= $4)) as "waiting!",
                  count(*) filter (where w.id is null and p.due_on < $4) as "overdue!",
                  count(*) filter (where w.id is not null) as "waived!"
           from take_over_gap g
           left join take_over_plan p on p.establishment_id = g.establishment_id and p.criticality = g.criticality
           left join lateral (
               select w.id from take_over_waiver w
               where w.device_id = g.device_id and w.point = g.point and w.revoked_at is null and w.expires_on >= $4
               limit 1
           ) w on true
           where g.establishment_id = any ($1) or g.unit_id = any ($2) or g.device_id = any ($3)
           group by 1, 2"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        today
    )
    .fetch_all(conn)
    .await?)
}

/// The points of a device, each with how it stands.
pub async fn of_device(
    conn: &mut PgConnection,
    device: DeviceId,
    today: NaiveDate,
) -> Result<Vec<Gap>> {
    let rows = sqlx::query!(
        r#"select g.point as "point!: Point", p.due_on as "due_on?", w.expires_on as "until?", w.reason as "reason?"
           from take_over_gap g
           left join take_over_plan p on p.establishment_id = g.establishment_id and p.criticality = g.criticality
           left join lateral (
               select w.expires_on, w.reason from take_over_waiver w
               where w.device_id = g.device_id and w.point = g.point and w.revoked_at is null
               order by w.expires_on desc limit 1
           ) w on true
           where g.device_id = $1"#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?;
    let mut gaps: Vec<Gap> = rows
        .into_iter()
        .map(|row| Gap {
            point: row.point,
            standing: standing(row.due_on, row.until.zip(row.reason), today),
        })
        .collect();
    gaps.sort_by_key(|gap| gap.point);
    Ok(gaps)
}

/// A decided day.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Where.
    pub establishment_id: Uuid,
    /// Its name.
    pub establishment: String,
    /// For which criticality.
    pub weight: Weight,
    /// The day.
    pub due_on: NaiveDate,
}

/// The plans of the establishments in sight.
pub async fn plans(conn: &mut PgConnection, sees: &Scope) -> Result<Vec<Planned>> {
    Ok(sqlx::query_as!(
        Planned,
        r#"select p.establishment_id, e.name as establishment, p.criticality as "weight: Weight", p.due_on
           from take_over_plan p
           join establishment e on e.id = p.establishment_id
           where p.establishment_id = any ($1)
           order by e.name collate "fr-x-icu", array_position(array['vital', 'high', 'medium', 'low', 'unset'], p.criticality)"#,
        &sees.establishments
    )
    .fetch_all(conn)
    .await?)
}

/// Which devices a waiver would be for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The point.
    pub point: Point,
    /// One criticality, or all.
    pub weight: Option<Weight>,
    /// One unit, or all.
    pub unit: Option<Uuid>,
}

/// A device that a waiver would be for.
#[derive(Clone, Debug)]
pub struct Concerned {
    /// Its id.
    pub id: Uuid,
    /// Where it belongs.
    pub establishment_id: Uuid,
    /// Its number.
    pub inventory_number: String,
    /// What it is.
    pub name: String,
    /// Its unit.
    pub unit: Option<String>,
}

/// The devices within a scope that lack a point and have no waiver for it today.
pub async fn concerned(
    conn: &mut PgConnection,
    acts: &Scope,
    asked: Asked,
    today: NaiveDate,
) -> Result<Vec<Concerned>> {
    Ok(sqlx::query_as!(
        Concerned,
        r#"select d.id, d.establishment_id, d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference) as "name!", u.name as "unit?"
           from take_over_gap g
           join device d on d.id = g.device_id
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           where g.point = $4 and ($5::text is null or g.criticality = $5) and ($6::uuid is null or g.unit_id = $6)
             and (g.establishment_id = any ($1) or g.unit_id = any ($2) or g.device_id = any ($3))
             and not exists (select from take_over_waiver w where w.device_id = g.device_id and w.point = g.point and w.revoked_at is null and w.expires_on >= $7)
           order by d.inventory_number, d.id"#,
        &acts.establishments,
        &acts.units,
        &acts.devices,
        asked.point.code(),
        asked.weight.map(Weight::code),
        asked.unit,
        today
    )
    .fetch_all(conn)
    .await?)
}
