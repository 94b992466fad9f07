//! Reading registers, within what the caller may see.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::canonical::Head;
use super::model::{Conformity, Entry, Lateness, Line, LineId, LineKind, Source};
use crate::accounts::access::{Caller, Place, Scope};
use crate::accounts::actions::{Action, SeeRegister};
use crate::accounts::{EstablishmentId, UnitId};
use crate::inventory::devices::DeviceId;
use crate::kernel::{Error, Result};
use crate::rules::texts::Purpose;
use crate::rules::texts::queries::of_purpose;
use crate::shell::domain::{Boxed, Named};

/// The columns of a line, ended by the condition and order given.
macro_rules! lines {
    ($end:literal, $($bind:expr),* $(,)?) => {
        sqlx::query_as!(
            Line,
            r#"select l.id as "id: LineId", l.device_id as "device_id: DeviceId", l.number, l.entry as "entry: Entry",
                      l.corrects_id as "corrects_id: LineId", l.kind as "kind: LineKind", l.nature, l.begun_on, l.done_on, l.done_on_text,
                      l.performer_name, l.performer_role, l.performer_employer, l.accreditation, l.performance, l.measurements,
                      l.conformity as "conformity: Conformity", l.stopped_on, l.resumed_on, l.restrictions, l.software_before, l.software_after,
                      l.report_id, l.report_name, l.report_sha256, l.reason, l.late_days, l.source as "source: Source", l.cause_type, l.cause_id,
                      l.recorded_at, l.recorded_by, l.recorded_by_name, l.previous_hash, l.hash
               from register_line l "# + $end,
            $($bind),*
        )
    };
}
pub(super) use lines;

/// The line, or `NotFound` when the caller may not see its device.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: LineId) -> Result<Line> {
    lines!(
        "join device d on d.id = l.device_id
         where l.id = $1 and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))",
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// The lines of a register whose caller sees the device, last first, from a number down.
pub async fn latest(
    conn: &mut PgConnection,
    device: DeviceId,
    up_to: i32,
    most: i64,
) -> Result<Vec<Line>> {
    Ok(lines!(
        "where l.device_id = $1 and l.number <= $2 order by l.number desc limit $3",
        device.uuid(),
        up_to,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// The lines of some registers, in the order of devices given then of numbers.
pub async fn of_devices(conn: &mut PgConnection, devices: &[Uuid]) -> Result<Vec<Line>> {
    Ok(lines!(
        "where l.device_id = any ($1) order by array_position($1, l.device_id), l.number",
        devices
    )
    .fetch_all(conn)
    .await?)
}

/// What replaced each of some lines: its id, then the number and nature of the entry that follows.
pub async fn replaced(
    conn: &mut PgConnection,
    lines: &[Uuid],
) -> Result<Vec<(LineId, LineId, i32, Entry)>> {
    Ok(sqlx::query!(
        r#"select corrects_id as "line!: LineId", id as "by: LineId", number, entry as "entry: Entry" from register_line where corrects_id = any ($1)"#,
        lines
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| (r.line, r.by, r.number, r.entry))
    .collect())
}

/// The last lines in force of a device (neither corrected nor annulled), of some kinds or all: what was
/// done the last times.
pub async fn last_done(
    conn: &mut PgConnection,
    device: DeviceId,
    kinds: &[LineKind],
    most: i64,
) -> Result<Vec<Line>> {
    let kinds: Vec<String> = kinds.iter().map(|k| k.code().to_owned()).collect();
    Ok(lines!(
        "where l.device_id = $1 and l.entry <> 'annulment'
           and (cardinality($2::text[]) = 0 or l.kind = any ($2))
           and not exists (select from register_line c where c.corrects_id = l.id)
         order by l.done_on desc nulls last, l.number desc
         limit $3",
        device.uuid(),
        &kinds,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// Where a register stands.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many lines.
    pub line_count: i32,
    /// The hash of the last.
    pub last_hash: Vec<u8>,
    /// How many lines the last seal covers.
    pub sealed_count: i32,
    /// When.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// Where the register of a device stands.
pub async fn summary(conn: &mut PgConnection, device: DeviceId) -> Result<Summary> {
    Ok(sqlx::query_as!(
        Summary,
        r#"select h.line_count, h.last_hash, h.sealed_count,
                  (select b.sealed_at from register_block_head k join register_block b on b.id = k.block_id
                   where k.device_id = h.device_id order by k.block_id desc limit 1) as sealed_at
           from register_head h where h.device_id = $1"#,
        device.uuid()
    )
    .fetch_optional(conn)
    .await?
    .unwrap_or_default())
}

/// The last sealed head of each of some devices.
pub async fn sealed(
    conn: &mut PgConnection,
    devices: &[Uuid],
) -> Result<Vec<(Head, DateTime<Utc>)>> {
    Ok(sqlx::query!(
        r#"select k.block_id, k.device_id, k.line_count, k.last_hash, k.signature, b.sealed_at
           from unnest($1::uuid[]) as asked (id)
           cross join lateral (select * from register_block_head h where h.device_id = asked.id order by h.block_id desc limit 1) k
           join register_block b on b.id = k.block_id"#,
        devices
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| {
        let head = Head {
            block_id: r.block_id,
            device_id: r.device_id,
            line_count: r.line_count,
            last_hash: r.last_hash,
            signature: r.signature,
        };
        (head, r.sealed_at)
    })
    .collect())
}

/// A register in a list: its device, how many lines, the last operation in force.
#[derive(Clone, Debug)]
pub struct Row {
    /// The device.
    pub device_id: DeviceId,
    /// N° d’inventaire.
    pub inventory_number: String,
    /// What it is.
    pub name: String,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// How many lines.
    pub line_count: i32,
    /// The last operation: its nature.
    pub kind: Option<LineKind>,
    /// Its day.
    pub done_on: Option<NaiveDate>,
    /// Its result.
    pub conformity: Option<Conformity>,
}

/// What gathers several registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The devices of a unit.
    Unit(UnitId),
    /// The devices of the same common name as a model's, or of the model when it has none.
    Family(Uuid),
}

impl Group {
    fn keys(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Unit(id) => (Some(id.uuid()), None),
            Self::Family(id) => (None, Some(id)),
        }
    }
}

/// The registers of a unit or a family, within what the caller sees.
pub async fn registers(
    conn: &mut PgConnection,
    scope: &Scope,
    group: Group,
    most: i64,
) -> Result<Vec<Row>> {
    let (unit, model) = group.keys();
    Ok(sqlx::query_as!(
        Row,
        r#"select d.id as "device_id: DeviceId", d.inventory_number, coalesce(m.common_name, m.trade_name, m.reference, 'équipement') as "name!",
                  d.serial_number, u.name as "unit?", coalesce(h.line_count, 0) as "line_count!",
                  l.kind as "kind?: LineKind", l.done_on as "done_on?", l.conformity as "conformity?: Conformity"
           from device d
           join device_model m on m.id = d.model_id
           left join unit u on u.id = d.unit_id
           left join register_head h on h.device_id = d.id
           left join lateral (
               select l.kind, l.done_on, l.conformity from register_line l
               where l.device_id = d.id and l.entry <> 'annulment' and not exists (select from register_line c where c.corrects_id = l.id)
               order by l.done_on desc nulls last, l.number desc limit 1) l on true
           where d.annulled_at is null
             and (d.establishment_id = any ($1) or d.unit_id = any ($2) or d.id = any ($3))
             and ($4::uuid is null or d.unit_id = $4)
             and ($5::uuid is null or m.id = $5
                  or m.common_name is not null and m.common_name = (select k.common_name from device_model k where k.id = $5))
           order by d.inventory_number, d.id
           limit $6"#,
        &scope.establishments,
        &scope.units,
        &scope.devices,
        unit,
        model,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// What a family is called: the common name of the model, else its own.
pub async fn family_name(conn: &mut PgConnection, model: Uuid) -> Result<String> {
    sqlx::query_scalar!(
        r#"select coalesce(common_name, trade_name, reference, 'modèle sans nom') as "name!" from device_model where id = $1"#,
        model
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// What a unit is called, if the caller sees it.
pub async fn unit_name(conn: &mut PgConnection, scope: &Scope, unit: UnitId) -> Result<String> {
    sqlx::query_scalar!(
        r#"select u.uf_code || ' ' || u.name as "name!" from unit u
           where u.id = $1 and (u.establishment_id = any ($2) or u.id = any ($3))"#,
        unit.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// A line found by the code printed on a paper: its number, its device, how many lines there are now.
#[derive(Clone, Debug)]
pub struct Found {
    /// The device.
    pub device_id: DeviceId,
    /// N° d’inventaire.
    pub inventory_number: String,
    /// The line.
    pub id: LineId,
    /// Its number.
    pub number: i32,
    /// When it was written.
    pub recorded_at: DateTime<Utc>,
    /// How many lines the register has now.
    pub line_count: i32,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The line whose hash begins so, within what the caller sees.
pub async fn by_code(
    conn: &mut PgConnection,
    scope: &Scope,
    start: &[u8],
) -> Result<Option<Found>> {
    let mut end = start.to_vec();
    end.resize(32, 0xff);
    let mut begin = start.to_vec();
    begin.resize(32, 0);
    Ok(sqlx::query_as!(
        Found,
        r#"select d.id as "device_id: DeviceId", d.inventory_number, l.id as "id: LineId", l.number, l.recorded_at, h.line_count, l.hash
           from register_line l
           join device d on d.id = l.device_id
           join register_head h on h.device_id = d.id
           where l.hash between $1 and $2 and (d.establishment_id = any ($3) or d.unit_id = any ($4) or d.id = any ($5))
           limit 1"#,
        begin,
        end,
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?)
}

/// The rules of the register: how late a line may come, how many years it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Rule `vigie.registre-antidatage`.
    pub lateness: Lateness,
    /// Rule `csp.r5212-28.5`, when it is in force.
    pub retention_years: Option<u32>,
}

/// The rules that apply on a day.
pub async fn rules(conn: &mut PgConnection, day: NaiveDate) -> Result<Rules> {
    let rules = of_purpose(conn, Purpose::Register).await?;
    let applied = |code: &str| rules.iter().rfind(|r| r.code == code && r.applies_on(day));
    let lateness = applied("vigie.registre-antidatage");
    let days = |key: &str| lateness.and_then(|r| r.parameters.get(key)?.as_i64());
    Ok(Rules {
        lateness: Lateness {
            // Without the rule nothing is marked nor refused: the hospital repealed it.
            marked_after_days: days("marked_after_days").unwrap_or(i64::MAX),
            refused_after_days: days("refused_after_days").unwrap_or(i64::MAX),
        },
        retention_years: applied("csp.r5212-28.5")
            .and_then(|r| r.parameters.get("retention")?.get("years")?.as_u64())
            .and_then(|y| u32::try_from(y).ok()),
    })
}

/// The daily heads, last first.
#[derive(Clone, Debug)]
pub struct Day {
    /// Number of the block.
    pub id: i64,
    /// Which day.
    pub day: NaiveDate,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// How many registers.
    pub device_count: i32,
    /// How many lines.
    pub line_count: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The daily heads, last first.
pub async fn days(conn: &mut PgConnection, most: i64) -> Result<Vec<Day>> {
    Ok(sqlx::query_as!(
        Day,
        r#"select id, day as "day!", sealed_at, device_count, line_count, hash from register_block
           where day is not null order by day desc limit $1"#,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// Names a line for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let scope = caller.scope(SeeRegister::NAME);
        let row = sqlx::query!(
            r#"select l.number, d.inventory_number, d.id, d.establishment_id as "establishment: EstablishmentId", d.unit_id as "unit: UnitId"
               from register_line l join device d on d.id = l.device_id
               where l.id = $1 and (d.establishment_id = any ($2) or d.unit_id = any ($3) or d.id = any ($4))"#,
            id,
            &scope.establishments,
            &scope.units,
            &scope.devices
        )
        .fetch_optional(conn)
        .await?;
        Ok(row.map(|row| Named {
            title: format!("Registre de {}, ligne {}", row.inventory_number, row.number),
            href: format!("/register/lines/{id}"),
            place: Place::establishment(row.establishment)
                .unit(row.unit)
                .device(row.id),
        }))
    })
}

/// The numbers of some lines.
pub async fn numbers(conn: &mut PgConnection, lines: &[Uuid]) -> Result<Vec<(LineId, i32)>> {
    Ok(sqlx::query!(
        r#"select id as "id: LineId", number from register_line where id = any ($1)"#,
        lines
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| (r.id, r.number))
    .collect())
}

/// Every sealed head of some devices, in the order of blocks.
pub async fn all_sealed(
    conn: &mut PgConnection,
    devices: &[Uuid],
) -> Result<Vec<(Head, DateTime<Utc>)>> {
    Ok(sqlx::query!(
        "select k.block_id, k.device_id, k.line_count, k.last_hash, k.signature, b.sealed_at
         from register_block_head k join register_block b on b.id = k.block_id
         where k.device_id = any ($1)
         order by k.block_id",
        devices
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| {
        let head = Head {
            block_id: r.block_id,
            device_id: r.device_id,
            line_count: r.line_count,
            last_hash: r.last_hash,
            signature: r.signature,
        };
        (head, r.sealed_at)
    })
    .collect())
}

/// How many lines some registers hold together.
pub async fn line_total(conn: &mut PgConnection, devices: &[Uuid]) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(sum(line_count), 0) as "n!" from register_head where device_id = any ($1)"#,
        devices
    )
    .fetch_one(conn)
    .await?)
}

/// The lines in force of some devices: neither corrected, annulled, nor annulments.
pub async fn in_force(conn: &mut PgConnection, devices: &[Uuid]) -> Result<Vec<Line>> {
    Ok(lines!(
        "where l.device_id = any ($1) and l.entry <> 'annulment'
           and not exists (select from register_line c where c.corrects_id = l.id)
         order by l.device_id, l.number",
        devices
    )
    .fetch_all(conn)
    .await?)
}

/// The lines that an object of another domain caused.
pub async fn of_cause(conn: &mut PgConnection, cause: Uuid) -> Result<Vec<Line>> {
    Ok(lines!(
        "where l.cause_id = $1 order by l.device_id, l.number",
        cause
    )
    .fetch_all(conn)
    .await?)
}
