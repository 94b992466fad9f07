//! Reading rows and blocks, adding blocks. Not a request's work: no scope, no permit, no event.

use sqlx::PgPool;

use super::model::{Block, Row};
use crate::kernel::Result;

/// The last row behind which nobody writes; `None` when somebody writes right now.
pub async fn horizon(pool: &PgPool) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!("select audit_horizon()")
        .fetch_one(pool)
        .await?)
}

/// The last block.
pub async fn maybe_last(pool: &PgPool) -> Result<Option<Block>> {
    Ok(sqlx::query_as!(
        Block,
        "select id, first_row_id, last_row_id, row_count, sealed_at, previous_hash, hash, signature, leaves
         from audit_block order by id desc limit 1"
    )
    .fetch_optional(pool)
    .await?)
}

/// The blocks after a number, in order.
pub async fn blocks(pool: &PgPool, after: i64, most: i64) -> Result<Vec<Block>> {
    Ok(sqlx::query_as!(
        Block,
        "select id, first_row_id, last_row_id, row_count, sealed_at, previous_hash, hash, signature, leaves
         from audit_block where id > $1 order by id limit $2",
        after,
        most
    )
    .fetch_all(pool)
    .await?)
}

/// The rows of a range of numbers, in order.
pub async fn rows(pool: &PgPool, first: i64, last: i64, most: i64) -> Result<Vec<Row>> {
    Ok(sqlx::query_as!(
        Row,
        "select id, at, actor_id, actor_label, request_id, reason, table_name, row_id, subject_id, establishment_id, operation,
                before::text as before, after::text as after
         from audit_row
         where id between $1 and $2
         order by id
         limit $3",
        first,
        last,
        most
    )
    .fetch_all(pool)
    .await?)
}

/// How many rows come after a number, and when the first of them was written.
pub async fn unsealed(
    pool: &PgPool,
    after: i64,
) -> Result<(i64, Option<chrono::DateTime<chrono::Utc>>)> {
    let row = sqlx::query!(
        r#"select count(*) as "n!", min(at) as since from audit_row where id > $1"#,
        after
    )
    .fetch_one(pool)
    .await?;
    Ok((row.n, row.since))
}

/// Keeps a block; false when another instance kept one over the same rows.
pub async fn keep(pool: &PgPool, block: &Block) -> Result<bool> {
    let kept = sqlx::query!(
        "insert into audit_block (id, first_row_id, last_row_id, row_count, sealed_at, previous_hash, hash, signature, leaves)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
        block.id,
        block.first_row_id,
        block.last_row_id,
        block.row_count,
        block.sealed_at,
        block.previous_hash,
        block.hash,
        block.signature,
        block.leaves
    )
    .execute(pool)
    .await?;
    Ok(kept.rows_affected() == 1)
}
