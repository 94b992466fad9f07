//! Reading heads and lines for their seals, adding blocks. Not a request's work: no scope, no permit.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::inventory::devices::DeviceId;
use crate::kernel::Result;
use crate::register::model::canonical::{Block, Head};
use crate::register::model::{Conformity, Entry, Line, LineId, LineKind, Source};
use crate::register::queries::lines;

/// The heads that moved since they were sealed, in the order of devices.
pub async fn moved(pool: &PgPool, after: Uuid, most: i64) -> Result<Vec<Head>> {
    Ok(sqlx::query!(
        "select device_id, line_count, last_hash from register_head
         where line_count > sealed_count and device_id > $1
         order by device_id limit $2",
        after,
        most
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|r| Head {
        block_id: 0,
        device_id: r.device_id,
        line_count: r.line_count,
        last_hash: r.last_hash,
        signature: vec![],
    })
    .collect())
}

/// The lines of a register in a range of numbers, in their order.
pub async fn lines_from(
    conn: &mut PgConnection,
    device: Uuid,
    first: i32,
    last: i32,
) -> Result<Vec<Line>> {
    Ok(lines!(
        "where l.device_id = $1 and l.number between $2 and $3 order by l.number",
        device,
        first,
        last
    )
    .fetch_all(conn)
    .await?)
}

/// A stretch of all lines, in the order of devices and numbers, after one of them.
pub async fn stretch(
    conn: &mut PgConnection,
    device: Uuid,
    number: i32,
    until: Uuid,
    most: i64,
) -> Result<Vec<Line>> {
    Ok(lines!(
        "where (l.device_id, l.number) > ($1, $2) and l.device_id <= $3 order by l.device_id, l.number limit $4",
        device,
        number,
        until,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// The last block.
pub async fn maybe_last(pool: &PgPool) -> Result<Option<Block>> {
    Ok(sqlx::query_as!(
        Block,
        "select id, kind, day, sealed_at, device_count, line_count, content_hash, previous_hash, hash, signature
         from register_block order by id desc limit 1"
    )
    .fetch_optional(pool)
    .await?)
}

/// Blocks after a number, in order.
pub async fn blocks(pool: &PgPool, after: i64, most: i64) -> Result<Vec<Block>> {
    Ok(sqlx::query_as!(
        Block,
        "select id, kind, day, sealed_at, device_count, line_count, content_hash, previous_hash, hash, signature
         from register_block where id > $1 order by id limit $2",
        after,
        most
    )
    .fetch_all(pool)
    .await?)
}

/// The heads of some blocks, in the order of blocks and devices.
pub async fn heads(pool: &PgPool, first: i64, last: i64) -> Result<Vec<Head>> {
    Ok(sqlx::query_as!(
        Head,
        "select block_id, device_id, line_count, last_hash, signature from register_block_head
         where block_id between $1 and $2 order by block_id, device_id",
        first,
        last
    )
    .fetch_all(pool)
    .await?)
}

/// The last sealed head of each register, in the order of devices.
pub async fn sealed_after(pool: &PgPool, after: Uuid, most: i64) -> Result<Vec<Head>> {
    Ok(sqlx::query_as!(
        Head,
        r#"select k.block_id, h.device_id, k.line_count, k.last_hash, k.signature
           from register_head h
           cross join lateral (select * from register_block_head k where k.device_id = h.device_id order by k.block_id desc limit 1) k
           where h.device_id > $1 order by h.device_id limit $2"#,
        after,
        most
    )
    .fetch_all(pool)
    .await?)
}

/// Whether a daily head is due: something is sealed, and none for that day.
pub async fn day_due(pool: &PgPool, day: NaiveDate) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from register_block_head) and not exists (select from register_block where day >= $1) as "due!""#,
        day
    )
    .fetch_one(pool)
    .await?)
}

/// Keeps a block with its heads; false when another instance kept one of that number.
pub async fn keep(pool: &PgPool, block: &Block, heads: &[Head]) -> Result<bool> {
    let mut tx = pool.begin().await?;
    let kept = sqlx::query!(
        "insert into register_block (id, kind, day, sealed_at, device_count, line_count, content_hash, previous_hash, hash, signature)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
        block.id,
        block.kind,
        block.day,
        block.sealed_at,
        block.device_count,
        block.line_count,
        block.content_hash,
        block.previous_hash,
        block.hash,
        block.signature
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if kept == 0 {
        return Ok(false);
    }
    let devices: Vec<Uuid> = heads.iter().map(|h| h.device_id).collect();
    let counts: Vec<i32> = heads.iter().map(|h| h.line_count).collect();
    let hashes: Vec<Vec<u8>> = heads.iter().map(|h| h.last_hash.clone()).collect();
    let signatures: Vec<Vec<u8>> = heads.iter().map(|h| h.signature.clone()).collect();
    sqlx::query!(
        "insert into register_block_head (block_id, device_id, line_count, last_hash, signature)
         select $1, * from unnest($2::uuid[], $3::int[], $4::bytea[], $5::bytea[])",
        block.id,
        &devices,
        &counts,
        &hashes,
        &signatures
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// Where each register says it ends, in the order of devices.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The device.
    pub device_id: Uuid,
    /// How many lines.
    pub line_count: i32,
    /// The hash of the last.
    pub last_hash: Vec<u8>,
}

/// Where each register says it ends.
pub async fn endings(pool: &PgPool) -> Result<Vec<Ending>> {
    Ok(sqlx::query_as!(
        Ending,
        "select device_id, line_count, last_hash from register_head where line_count > 0 order by device_id"
    )
    .fetch_all(pool)
    .await?)
}

/// What a device is called in a finding.
pub async fn names(pool: &PgPool, devices: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    Ok(sqlx::query!(
        "select id, inventory_number from device where id = any ($1)",
        devices
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|r| (r.id, r.inventory_number))
    .collect())
}

/// When the oldest of the lines after the sealed ones was written, and how many there are.
pub async fn unsealed(pool: &PgPool) -> Result<(i64, Option<DateTime<Utc>>)> {
    let row = sqlx::query!(
        r#"select count(*) as "n!", min(l.recorded_at) as since
           from register_head h join register_line l on l.device_id = h.device_id and l.number > h.sealed_count
           where h.line_count > h.sealed_count"#
    )
    .fetch_one(pool)
    .await?;
    Ok((row.n, row.since))
}
