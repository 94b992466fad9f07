//! Seals over the journal: blocks of consecutive rows, each covering the block before it, signed with
//! a key that the database never sees.
//!
//! Words: a *leaf* is a row's number and half its digest; a *block* covers leaves, the full text of its
//! rows and the hash of the block before; the *head* is the last block, kept beside the key, so that a
//! cut tail shows. What must always hold: rows are sealed in the order of their numbers, once no
//! writer behind them is still at work; a block is never changed. Who holds the key and the database
//! can forge all of it: that is said in SECURITY.md, and why heads should leave the machine.

pub mod keys;
pub mod model;
mod queries;
mod verify;

use std::time::Duration;

use model::{Block, Digest, GENESIS, Row};

use crate::app::App;
use crate::kernel::{Error, Result};

pub use verify::{Finding, Report, verify};

/// How often new rows are sealed.
pub const EVERY: Duration = Duration::from_secs(60);
/// Rows in a block, at most.
pub const LONGEST: i64 = 10_000;
/// How many times the horizon is asked for while somebody is writing.
const TRIES: u32 = 20;

/// Seals every row behind which no writer is at work. Answers how many.
pub async fn seal(app: &App) -> Result<i64> {
    let pool = app.pool();
    let mut horizon = None;
    for _ in 0..TRIES {
        horizon = queries::horizon(pool).await?;
        if horizon.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Somebody writes all the time: the next minute will do.
    let Some(horizon) = horizon else { return Ok(0) };
    let mut sealed = 0;
    let mut keys = None;
    loop {
        let last = queries::maybe_last(pool).await?;
        let from = last.as_ref().map_or(0, |b| b.last_row_id);
        let rows = queries::rows(pool, from + 1, horizon, LONGEST).await?;
        if rows.is_empty() {
            return Ok(sealed);
        }
        let keys = match &keys {
            Some(keys) => keys,
            None => keys.insert(keys::Keys::open_or_make(app.data_dir()).await?),
        };
        let block = make(last.as_ref(), &rows, keys, app.clock().now())?;
        // Another instance sealed the same rows first: theirs stands.
        if queries::keep(pool, &block).await? {
            keys.remember(&block).await?;
            sealed += block.row_count;
        }
    }
}

fn make(
    last: Option<&Block>,
    rows: &[Row],
    keys: &keys::Keys,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Block> {
    let (Some(first), Some(end)) = (rows.first(), rows.last()) else {
        return Err(Error::internal("an empty block"));
    };
    let previous = last.map_or_else(|| GENESIS.to_vec(), |b| b.hash.clone());
    let mut digest = Digest::default();
    for row in rows {
        digest.add(row);
    }
    let (leaves, content) = digest.end();
    let mut block = Block {
        id: last.map_or(0, |b| b.id) + 1,
        first_row_id: first.id,
        last_row_id: end.id,
        row_count: i64::try_from(rows.len()).map_err(Error::internal)?,
        sealed_at: now,
        previous_hash: previous,
        hash: vec![],
        signature: vec![],
        leaves,
    };
    block.hash = block.hash_over(&content);
    block.signature = keys.sign(&block.hash);
    Ok(block)
}
