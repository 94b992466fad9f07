//! From a verified archive to a base that is new. In one transaction, as the owner of the tables: triggers off (history
//! is taken as it is), references removed then made again (which checks every one), then every table read back and
//! compared with what the manifest says of it.

use std::path::PathBuf;

use age::x25519::Identity;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::sync::mpsc;

use super::archive::{self, Refusal};
use super::dump::{LEFT_OUT, copy_in, copy_out};
use super::model::{Manifest, Role, Step, Table, digest, hex, role};
use super::queries;
use crate::kernel::{Error, Result};
use crate::platform::blob::Blobs;
use crate::platform::db::migrate::MIGRATIONS;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::refused("restauration", refusal.to_string())
    }
}

/// What this version of Vigie cannot restore, if anything: the schema must be one it knows, digest by digest.
pub fn foreign_schema(manifest: &Manifest) -> Option<String> {
    let known: Vec<Step> = MIGRATIONS
        .iter()
        .map(|migration| Step {
            version: migration.version,
            checksum: hex(&migration.checksum),
        })
        .collect();
    let (last, ours) = (manifest.migrations.last()?, known.last()?);
    if last.version > ours.version {
        return Some(format!(
            "elle vient d’une version plus récente de Vigie (migration {}, et celle-ci s’arrête à {}) : mettez Vigie à jour",
            last.version, ours.version
        ));
    }
    let same = known
        .iter()
        .take_while(|step| step.version <= last.version)
        .eq(&manifest.migrations);
    (!same).then(|| {
        "son schéma n’est celui d’aucune version de Vigie connue de ce programme".to_owned()
    })
}

fn altered(what: impl Into<String>) -> Error {
    Refusal::Altered(what.into()).into()
}

/// An entry on its way from the archive to the base.
struct Content {
    path: String,
    bytes: Vec<u8>,
}

/// Reads the archive a second time, from a thread of its own, entry by entry.
fn contents(
    archive: PathBuf,
    identity: Option<Identity>,
) -> mpsc::Receiver<Result<Content, Refusal>> {
    let (send, contents) = mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        let done = archive::read(&archive, identity.as_ref(), &mut |path, size, from| {
            if role(path).is_none() {
                return Ok(());
            }
            let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
            from.read_to_end(&mut bytes)
                .map_err(|e| Refusal::Unreadable(e.to_string()))?;
            let path = path.to_owned();
            send.blocking_send(Ok(Content { path, bytes }))
                .map_err(|_| Refusal::Unfinished)
        });
        if let Err(refusal) = done {
            let _ = send.blocking_send(Err(refusal));
        }
    });
    contents
}

async fn next(contents: &mut mpsc::Receiver<Result<Content, Refusal>>) -> Result<Option<Content>> {
    Ok(contents.recv().await.transpose()?)
}

/// Loads everything, or nothing.
pub async fn load(
    owner: &mut PgConnection,
    blobs: &Blobs,
    archive: PathBuf,
    identity: Option<Identity>,
    manifest: &Manifest,
) -> Result<()> {
    let mut tx = owner.begin().await?;
    queries::as_written(&mut tx).await?;
    let schema = queries::tables(&mut tx).await?;
    let carried = schema
        .iter()
        .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
    let told = manifest.tables.iter().map(|t| (&t.name, &t.columns));
    if !carried.map(|(name, columns)| (name, columns)).eq(told) {
        return Err(altered("ses tables ne sont pas celles de son schéma"));
    }
    let references = loosen(&mut tx, &schema).await?;
    let mut contents = contents(archive, identity);
    let mut content = next(&mut contents).await?;
    for table in &manifest.tables {
        let (mut rows, mut sum) = (0, Sha256::new());
        while let Some(part) = &content {
            match role(&part.path) {
                Some(Role::Part { table: name, .. }) if name == table.name => {}
                _ => break,
            }
            sum.update(&part.bytes);
            rows += fill(&mut tx, table, &part.bytes).await?;
            content = next(&mut contents).await?;
        }
        if rows != table.rows || hex(&sum.finalize()) != table.sha256 {
            return Err(altered(format!(
                "la table {} n’a pas été lue entière",
                table.name
            )));
        }
    }
    while let Some(file) = content {
        match role(&file.path) {
            Some(Role::File(sha256)) if digest(&file.bytes) == sha256 => {
                blobs.put(&file.bytes).await?;
            }
            _ => return Err(altered(format!("« {} » a été modifié", file.path))),
        }
        content = next(&mut contents).await?;
    }
    for (sequence, last) in &manifest.sequences {
        sqlx::query!(
            "select setval(oid, $2) as set from pg_class
             where relnamespace = 'public'::regnamespace and relkind = 'S' and relname = $1",
            sequence,
            last
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| altered(format!("la séquence {sequence} n’est pas de son schéma")))?;
    }
    tighten(&mut tx, &schema, &references).await?;
    for table in &manifest.tables {
        read_back(&mut tx, table).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn fill(conn: &mut PgConnection, table: &Table, bytes: &[u8]) -> Result<u64> {
    let statement = copy_in(&table.name, &table.columns)?;
    let refused = |error: sqlx::Error| {
        Error::refused(
            "restauration",
            format!("la table {} ne se charge pas : {error}", table.name),
        )
    };
    let mut copy = conn.copy_in_raw(&statement).await.map_err(refused)?;
    copy.send(bytes).await.map_err(refused)?;
    copy.finish().await.map_err(refused)
}

/// The base says of a table what the manifest says of it.
async fn read_back(conn: &mut PgConnection, table: &Table) -> Result<()> {
    let statement = copy_out(&table.name, &table.columns)?;
    let mut sum = Sha256::new();
    let mut rows = conn.copy_out_raw(&statement).await?;
    while let Some(chunk) = rows.try_next().await? {
        sum.update(&chunk);
    }
    if hex(&sum.finalize()) == table.sha256 {
        return Ok(());
    }
    Err(Error::refused(
        "restauration",
        format!(
            "la table {} ne se relit pas comme elle a été sauvegardée : rien n’est restauré",
            table.name
        ),
    ))
}

/// A reference between tables, to be made again.
struct Reference {
    table: String,
    name: String,
    definition: String,
}

async fn run(conn: &mut PgConnection, statement: String) -> Result<()> {
    conn.execute(AssertSqlSafe(statement)).await?;
    Ok(())
}

/// Removes references, silences triggers, empties what migrations wrote. Every name is the catalogue's own.
async fn loosen(
    conn: &mut PgConnection,
    schema: &[(String, Vec<String>)],
) -> Result<Vec<Reference>> {
    let references = sqlx::query_as!(
        Reference,
        r#"select conrelid::regclass::text as "table!", quote_ident(conname) as "name!", pg_get_constraintdef(oid) as "definition!"
           from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace order by 1, 2"#
    )
    .fetch_all(&mut *conn)
    .await?;
    for Reference { table, name, .. } in &references {
        run(conn, format!("alter table {table} drop constraint {name}")).await?;
    }
    for (table, _) in schema {
        run(
            conn,
            format!("alter table public.\"{table}\" disable trigger user"),
        )
        .await?;
    }
    let all: Vec<String> = schema
        .iter()
        .map(|(table, _)| format!("public.\"{table}\""))
        .collect();
    run(conn, format!("truncate {}", all.join(", "))).await?;
    Ok(references)
}

async fn tighten(
    conn: &mut PgConnection,
    schema: &[(String, Vec<String>)],
    references: &[Reference],
) -> Result<()> {
    for (table, _) in schema {
        run(
            conn,
            format!("alter table public.\"{table}\" enable trigger user"),
        )
        .await?;
    }
    for Reference {
        table,
        name,
        definition,
    } in references
    {
        run(
            conn,
            format!("alter table {table} add constraint {name} {definition}"),
        )
        .await?;
    }
    Ok(())
}
