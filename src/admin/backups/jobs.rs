//! Backups made by themselves: ordered each night by whichever instance looks first, made by whichever is free.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::archive::Written;
use super::{commands, dump, model, queries};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::MakeBackups;
use crate::app::App;
use crate::kernel::{Result, id};
use crate::platform::jobs::{self, Claimed};
use crate::shell::domain::Boxed;

/// The kind of the job.
pub const KIND: &str = "admin.backups";
/// How often the claim is renewed while the archive is written.
const BEAT: Duration = Duration::from_secs(15);
/// Every archive is called so, which is how old ones are told from other files of the folder.
const PREFIX: &str = "vigie-";

/// Orders the backup of the night once its hour has come.
pub fn look(app: &App) -> Boxed<'_, ()> {
    Box::pin(async move {
        let Some(at) = app.backups().at else {
            return Ok(());
        };
        let now = app.clock().now();
        let Some(due) = model::last_due(now, at, chrono_tz::Europe::Paris) else {
            return Ok(());
        };
        if app.instance().is_demo {
            return Ok(());
        }
        let permit = Permit::<MakeBackups>::for_job(KIND, app.establishments().await?);
        let mut tx = app.begin_with(&permit, None).await?;
        let founded = queries::maybe_founded(&mut tx).await?;
        let made = queries::maybe_last(&mut tx, true).await?;
        let done = founded.is_none_or(|at| at >= due)
            || made.is_some_and(|last| last.started_at >= due)
            || queries::is_ordered(&mut tx, KIND, due).await?;
        if !done && queries::alone(&mut tx).await? {
            let event = commands::order(&mut tx, permit.over(&Place::SHARED)?, KIND).await?;
            tx.commit_quietly(event, "/admin/backups").await?;
        }
        Ok(())
    })
}

/// Makes the backup that was ordered.
pub fn run(app: &App, job: Claimed) -> Boxed<'_, ()> {
    Box::pin(async move {
        let work = make(app, "sauvegarde");
        tokio::pin!(work);
        let made = loop {
            tokio::select! {
                made = &mut work => break made,
                () = tokio::time::sleep(BEAT) => {
                    let mut conn = app.pool().acquire().await?;
                    jobs::progress(&mut conn, job.id, 0, None, app.clock().now()).await?;
                }
            }
        };
        made.map(|_| ())
    })
}

/// Makes a backup where the settings say, records it, and puts the oldest away. A failure is recorded too.
pub async fn make(app: &App, command: &'static str) -> Result<(PathBuf, Written)> {
    let settings = app.backups().clone();
    let started = app.clock().now();
    let is_encrypted = settings.recipient.is_some();
    let name = file_name(started, is_encrypted);
    let target = settings.folder.join(&name);
    let made = dump::dump(app, &target, settings.recipient).await;
    let permit = Permit::<MakeBackups>::for_job(command, app.establishments().await?);
    let mut tx = app.begin_with(&permit, None).await?;
    let covered = permit.over(&Place::SHARED)?;
    let event = commands::record(&mut tx, covered, started, &name, is_encrypted, &made).await?;
    tx.commit_quietly(event, "/admin/backups").await?;
    let written = made?;
    put_away(&settings.folder, settings.keep);
    Ok((target, written))
}

fn file_name(at: DateTime<Utc>, is_encrypted: bool) -> String {
    let end = if is_encrypted { "tar.age" } else { "tar" };
    let random = id::fresh().simple().to_string();
    format!(
        "{PREFIX}{}-{}.{end}",
        at.format("%Y%m%dT%H%M%SZ"),
        &random[random.len() - 6..]
    )
}

/// Removes the oldest archives past the number to keep. What cannot be removed is said and stays.
fn put_away(folder: &std::path::Path, keep: usize) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut archives: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| {
                name.starts_with(PREFIX) && (name.ends_with(".tar") || name.ends_with(".tar.age"))
            })
        })
        .collect();
    // Their names begin with their instant.
    archives.sort();
    let old = archives.len().saturating_sub(keep.max(1));
    for path in archives.into_iter().take(old) {
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!(%error, archive = %path.display(), "an old backup stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_archives_go_and_other_files_stay() {
        let folder = std::env::temp_dir().join(format!("vigie-archives-{}", id::fresh()));
        std::fs::create_dir_all(&folder).unwrap();
        let day = |d: u32| format!("vigie-202611{d:02}T013000Z-abcdef.tar");
        for d in 1..=5 {
            std::fs::write(folder.join(day(d)), "x").unwrap();
        }
        std::fs::write(folder.join("lisez-moi.txt"), "x").unwrap();
        put_away(&folder, 2);
        let mut left: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["lisez-moi.txt".to_owned(), day(4), day(5)]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
