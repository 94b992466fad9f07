//! What is kept of a backup once it is made, or has failed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::archive::Written;
use crate::accounts::access::Covered;
use crate::accounts::actions::MakeBackups;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::Tx;
use crate::platform::jobs;

/// Orders a backup, made as soon as somebody is free.
pub async fn order(tx: &mut Tx, _: Covered<MakeBackups>, kind: &str) -> Result<Event> {
    jobs::enqueue(tx, kind, serde_json::Value::Null).await?;
    Ok(Event::new(
        "backup.ordered",
        Subject::shared("backup", Uuid::nil()),
        "Sauvegarde demandée : elle paraîtra ici une fois faite",
    ))
}

/// Records a backup, made or failed.
pub async fn record(
    tx: &mut Tx,
    _: Covered<MakeBackups>,
    started_at: DateTime<Utc>,
    file_name: &str,
    is_encrypted: bool,
    made: &Result<Written>,
) -> Result<Event> {
    let (id, now) = (id::fresh(), tx.now().max(started_at));
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let long = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let written = made.as_ref().ok();
    let error = made.as_ref().err().map(|error| match error {
        Error::Refused { why, .. } => why.clone(),
        other => other.to_string(),
    });
    let manifest = written.map(|written| &written.manifest);
    sqlx::query!(
        "insert into backup (id, started_at, finished_at, file_name, size_bytes, sha256, is_encrypted, table_count, row_count, file_count, missing_count, error)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        started_at,
        now,
        written.map(|_| file_name),
        written.map_or(0, |w| long(w.bytes)),
        written.map(|w| w.sha256.clone()),
        is_encrypted,
        manifest.map_or(0, |m| count(m.tables.len())),
        manifest.map_or(0, |m| long(m.rows())),
        manifest.map_or(0, |m| count(m.files())),
        manifest.map_or(0, |m| count(m.missing.len())),
        error
    )
    .execute(&mut **tx)
    .await?;
    let (kind, summary) = match &error {
        None => ("backup.made", format!("Sauvegarde faite : {file_name}")),
        Some(why) => ("backup.failed", format!("Sauvegarde échouée : {why}")),
    };
    Ok(Event::new(kind, Subject::shared("backup", id), summary))
}
