//! From the base to an archive: one snapshot, table after table by `COPY`, then the attached files.

use std::path::Path;

use age::x25519::Recipient;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::archive::{self, Piece, Written};
use super::model::{FORMAT, Manifest, Step, Table, file_path, hex, part_path, signed};
use super::queries;
use crate::app::App;
use crate::audit::seals::{self, keys::Head, keys::Keys};
use crate::kernel::{Error, Result, id};

/// A part is cut at the first row past this.
const PART: usize = 4 << 20;

/// Tables whose rows stay: open sessions and what goes with a request under way.
pub const LEFT_OUT: &[&str] = &["idempotency", "session", "sign_in_delay"];

/// Writes an archive of everything at `target`, which appears once it is whole.
pub async fn dump(app: &App, target: &Path, recipient: Option<Recipient>) -> Result<Written> {
    // What is written so far is sealed, so that the head the archive carries covers it.
    seals::seal(app).await?;
    let keys = Keys::open_or_make(app.data_dir()).await?;
    let folder = target
        .parent()
        .ok_or_else(|| Error::internal("no folder"))?;
    tokio::fs::create_dir_all(folder)
        .await
        .map_err(|e| refused(folder, &e))?;
    let aside = folder.join(format!(".{}.partial", id::fresh().simple()));
    let (send, pieces) = mpsc::channel(4);
    let writing = tokio::task::spawn_blocking({
        let aside = aside.clone();
        move || {
            archive::write(&aside, recipient.as_ref(), pieces, |text| {
                keys.sign(&signed(text))
            })
        }
    });
    let read = snapshot(app, &send).await;
    drop(send);
    let written = writing.await.map_err(Error::internal)?;
    let kept = match (read, written) {
        (Ok(()), Ok(written)) => tokio::fs::rename(&aside, target)
            .await
            .map_err(|e| refused(target, &e))
            .map(|()| written),
        // The base gave up: what the writer says is only that nothing came any more.
        (Err(error), Err(cut)) if cut.kind() == std::io::ErrorKind::UnexpectedEof => Err(error),
        (_, Err(error)) => Err(refused(target, &error)),
        (Err(error), Ok(_)) => Err(error),
    };
    if kept.is_err() {
        let _ = tokio::fs::remove_file(&aside).await;
    }
    kept
}

fn refused(place: &Path, error: &std::io::Error) -> Error {
    let why = match error.kind() {
        std::io::ErrorKind::PermissionDenied => "accès refusé à ce compte".to_owned(),
        std::io::ErrorKind::StorageFull => "le disque est plein".to_owned(),
        std::io::ErrorKind::NotADirectory => "ce n’est pas un dossier".to_owned(),
        _ => error.to_string(),
    };
    Error::refused(
        "sauvegarde",
        format!("{} ne s’écrit pas : {why}", place.display()),
    )
}

/// The writer ended before us: its own error says why.
fn gone<T>(_: mpsc::error::SendError<T>) -> Error {
    Error::internal("the archive is not written any more")
}

async fn snapshot(app: &App, send: &mpsc::Sender<Piece>) -> Result<()> {
    let mut tx = app
        .pool()
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    queries::as_written(&mut tx).await?;
    let migrations = queries::migrations(&mut tx).await?;
    let mut tables = Vec::new();
    for (name, columns) in queries::tables(&mut tx).await? {
        if !LEFT_OUT.contains(&name.as_str()) {
            tables.push(table(&mut tx, send, name, columns).await?);
        }
    }
    for sha256 in queries::files(&mut tx).await? {
        let piece = Piece::File {
            path: file_path(&sha256),
            from: app.blobs().place(&sha256)?,
            sha256,
        };
        send.send(piece).await.map_err(gone)?;
    }
    let head = queries::maybe_head(&mut tx).await?.map(|head| Head {
        block: head.id,
        last_row: head.last_row_id,
        hash: STANDARD.encode(head.hash),
        signature: STANDARD.encode(head.signature),
    });
    let manifest = Manifest {
        format: FORMAT,
        made_at: app.clock().now(),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        group_name: app.instance().group_name.clone(),
        is_demo: app.instance().is_demo,
        migrations: migrations
            .into_iter()
            .map(|(version, checksum)| Step {
                version,
                checksum: hex(&checksum),
            })
            .collect(),
        tables,
        left_out: LEFT_OUT.iter().map(|name| (*name).to_owned()).collect(),
        sequences: queries::sequences(&mut tx).await?.into_iter().collect(),
        missing: vec![],
        head,
        entries: vec![],
    };
    send.send(Piece::End(Box::new(manifest)))
        .await
        .map_err(gone)?;
    tx.rollback().await?;
    Ok(())
}

async fn table(
    conn: &mut PgConnection,
    send: &mpsc::Sender<Piece>,
    name: String,
    columns: Vec<String>,
) -> Result<Table> {
    let (mut rows, mut number, mut digest) = (0, 0, Sha256::new());
    let statement = copy_out(&name, &columns)?;
    let mut copied = conn.copy_out_raw(&statement).await?;
    let mut part = Vec::new();
    loop {
        let chunk = copied.try_next().await?;
        let ended = chunk.is_none();
        if let Some(chunk) = chunk {
            // Line breaks inside values are written `\n`: a line is a row, and a chunk is whole lines.
            rows += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
            digest.update(&chunk);
            part.extend_from_slice(&chunk);
        }
        if part.len() >= PART || (ended && !part.is_empty()) {
            number += 1;
            let piece = Piece::Part {
                path: part_path(&name, number),
                bytes: std::mem::take(&mut part),
            };
            send.send(piece).await.map_err(gone)?;
        }
        if ended {
            break;
        }
    }
    Ok(Table {
        name,
        columns,
        rows,
        sha256: hex(&digest.finalize()),
    })
}

/// How a table is read. The names are the catalogue's, and still only letters, digits and underscores.
pub(super) fn copy_out(table: &str, columns: &[String]) -> Result<String> {
    Ok(format!("copy {} to stdout", named(table, columns)?))
}

/// How a table is filled.
pub(super) fn copy_in(table: &str, columns: &[String]) -> Result<String> {
    Ok(format!("copy {} from stdin", named(table, columns)?))
}

fn named(table: &str, columns: &[String]) -> Result<String> {
    let right = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !right(table) || columns.is_empty() || !columns.iter().all(|column| right(column)) {
        return Err(Error::internal(format!("a name of the schema: {table}")));
    }
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("\"{column}\""))
        .collect();
    Ok(format!("public.\"{table}\" ({})", columns.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_carries_a_statement() {
        let columns = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            copy_in("unit", &columns(&["id", "uf_code"])).unwrap(),
            "copy public.\"unit\" (\"id\", \"uf_code\") from stdin"
        );
        assert!(copy_in("unit\"; drop table device; --", &columns(&["id"])).is_err());
        assert!(copy_out("unit", &columns(&["id\") to program 'sh'"])).is_err());
        assert!(copy_out("unit", &[]).is_err());
    }
}
