//! Seals over the registers: every minute the heads that moved are signed in a block, and once a day
//! every head together, with the key of the journal's seals, which the database never sees.
//!
//! What must always hold: a head is signed only when the lines from the last signed one to it chain up,
//! so that a chain recomputed inside Postgres is refused here and named by `vigie verify`; blocks are
//! chained and never changed; the last block is also remembered beside the key, so that a cut tail shows.

mod queries;
mod verify;

use chrono_tz::Europe::Paris;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::model::canonical::{Block, GENESIS, Head, digest_head, hex};
use crate::app::App;
use crate::audit::seals::keys::Keys;
use crate::kernel::{Error, Result, clock};

pub use verify::{Finding, Report, Why, follows, verify};

/// Heads in a block, at most.
const LONGEST: i64 = 5_000;
/// The file that remembers the last block, beside the key.
pub const REMEMBERED: &str = "register-head.json";

/// The last block known to this machine.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Remembered {
    /// Its number.
    pub block: i64,
    /// Its hash, hexadecimal.
    pub hash: String,
}

/// Seals every head that moved, then the day when it is a new one. Answers how many heads.
pub async fn seal(app: &App) -> Result<usize> {
    let pool = app.pool();
    let mut sealed = 0;
    let mut after = Uuid::nil();
    let mut keys = None;
    loop {
        let moved = queries::moved(pool, after, LONGEST).await?;
        let Some(last) = moved.last() else { break };
        after = last.device_id;
        let mut heads = Vec::with_capacity(moved.len());
        for head in moved {
            match sound(pool, &head).await? {
                Ok(()) => heads.push(head),
                Err(why) => tracing::error!(
                    device = %head.device_id,
                    "the register of a device is not sealed: {why}"
                ),
            }
        }
        if heads.is_empty() {
            continue;
        }
        let keys = match &keys {
            Some(keys) => keys,
            None => keys.insert(Keys::open_or_make(app.data_dir()).await?),
        };
        // Another instance sealed the same heads first: theirs stand.
        if !keep_heads(app, keys, &mut heads).await? {
            return Ok(sealed);
        }
        sealed += heads.len();
    }
    let today = clock::local_day(app.clock().now(), Paris);
    if queries::day_due(pool, today).await? {
        let keys = match keys {
            Some(keys) => keys,
            None => Keys::open_or_make(app.data_dir()).await?,
        };
        keep_day(app, &keys, today).await?;
    }
    Ok(sealed)
}

/// Whether the lines since the last signed head lead to this one.
async fn sound(pool: &sqlx::PgPool, head: &Head) -> Result<std::result::Result<(), String>> {
    let mut conn = pool.acquire().await?;
    let (mut count, mut hash) = match super::queries::sealed(&mut conn, &[head.device_id])
        .await?
        .pop()
    {
        Some((sealed, _)) => (sealed.line_count, sealed.last_hash),
        None => (0, GENESIS.to_vec()),
    };
    // The last signed line itself is read again: a chain recomputed from before it does not lead to it.
    let lines = queries::lines_from(&mut conn, head.device_id, count, head.line_count).await?;
    for line in &lines {
        if line.number == count {
            if line.hash != hash || line.computed_hash()[..] != line.hash[..] {
                return Ok(Err(format!("line {count} is not the one that was sealed")));
            }
            continue;
        }
        if let Err(why) = follows(line, count, &hash) {
            return Ok(Err(format!("line {}: {why}", line.number)));
        }
        count = line.number;
        hash.clone_from(&line.hash);
    }
    if count == head.line_count && hash == head.last_hash {
        Ok(Ok(()))
    } else {
        Ok(Err(format!(
            "its head says {} lines, {count} follow each other",
            head.line_count
        )))
    }
}

async fn keep_heads(app: &App, keys: &Keys, heads: &mut [Head]) -> Result<bool> {
    let last = queries::maybe_last(app.pool()).await?;
    let id = last.as_ref().map_or(0, |b| b.id) + 1;
    let mut digest = Sha256::new();
    let mut lines = 0;
    for head in &mut *heads {
        digest_head(
            &mut digest,
            head.device_id,
            head.line_count,
            &head.last_hash,
        );
        lines += i64::from(head.line_count);
        head.block_id = id;
        head.signature = keys.sign(head.canonical().as_bytes());
    }
    let block = made(app, keys, last, heads.len(), lines, digest, None)?;
    let kept = queries::keep(app.pool(), &block, heads).await?;
    if kept {
        remember(keys, &block).await?;
    }
    Ok(kept)
}

async fn keep_day(app: &App, keys: &Keys, day: chrono::NaiveDate) -> Result<()> {
    let last = queries::maybe_last(app.pool()).await?;
    let (mut digest, mut devices, mut lines) = (Sha256::new(), 0, 0);
    let mut after = Uuid::nil();
    loop {
        let heads = queries::sealed_after(app.pool(), after, LONGEST).await?;
        let Some(end) = heads.last() else { break };
        after = end.device_id;
        for head in &heads {
            digest_head(
                &mut digest,
                head.device_id,
                head.line_count,
                &head.last_hash,
            );
            lines += i64::from(head.line_count);
        }
        devices += heads.len();
    }
    let block = made(app, keys, last, devices, lines, digest, Some(day))?;
    if queries::keep(app.pool(), &block, &[]).await? {
        remember(keys, &block).await?;
    }
    Ok(())
}

fn made(
    app: &App,
    keys: &Keys,
    last: Option<Block>,
    devices: usize,
    lines: i64,
    digest: Sha256,
    day: Option<chrono::NaiveDate>,
) -> Result<Block> {
    let now = app.clock().now();
    let mut block = Block {
        id: last.as_ref().map_or(0, |b| b.id) + 1,
        kind: if day.is_some() { "day" } else { "heads" }.to_owned(),
        day,
        sealed_at: chrono::DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now),
        device_count: i32::try_from(devices).map_err(Error::internal)?,
        line_count: lines,
        content_hash: digest.finalize().to_vec(),
        previous_hash: last.map_or_else(|| GENESIS.to_vec(), |b| b.hash),
        hash: vec![],
        signature: vec![],
    };
    block.hash = block.computed_hash();
    block.signature = keys.sign(block.canonical().as_bytes());
    Ok(block)
}

async fn remember(keys: &Keys, block: &Block) -> Result<()> {
    let text = serde_json::to_string(&Remembered {
        block: block.id,
        hash: hex(&block.hash),
    })
    .map_err(Error::internal)?;
    keys.remember_in(REMEMBERED, &text).await
}
