//! `vigie purge`: what has passed its term of retention. Without `--commit` nothing goes: each class is counted and told.

use clap::Args;

use super::{CommandError, open_app, say};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::PurgeData;
use crate::admin::retention::model::{Class, cutoff, term};
use crate::admin::retention::{purge as purge_class, queries};
use crate::app::App;
use crate::config::Config;
use crate::kernel::Result;
use crate::platform::db::{Database, Opening, Read};

/// What may go.
#[derive(Debug, Args)]
pub struct Purge {
    /// Dit ce qui partirait et pourquoi, et ne touche à rien (c’est ce que fait la commande sans --commit)
    #[arg(long, conflicts_with = "commit")]
    dry_run: bool,
    /// Purge pour de bon
    #[arg(long)]
    commit: bool,
    /// Référence du visa d’élimination, sans laquelle les archives publiques restent
    #[arg(
        long,
        value_name = "RÉFÉRENCE",
        default_value = "",
        hide_default_value = true
    )]
    visa: String,
}

/// Counts, or purges, and tells.
pub async fn purge(config: Config, asked: Purge) -> Result<(), CommandError> {
    let database = Database::open(&config, Opening::Command).await?;
    let done = async {
        let app = open_app(&database, &config).await?;
        for class in Class::ALL {
            one(&app, &asked, class).await?;
        }
        Ok::<_, crate::kernel::Error>(())
    }
    .await;
    database.close().await;
    done?;
    if !asked.commit {
        say("Essai : rien n’a été touché. --commit purge pour de bon.");
    }
    Ok(())
}

async fn one(app: &App, asked: &Purge, class: Class) -> Result<()> {
    let now = app.clock().now();
    let (rule, due) = {
        let mut read = Read::open(app.pool()).await?;
        let rule = queries::find(&mut read, class).await?;
        let due = queries::due(&mut read, class, cutoff(now, rule.months)).await?;
        (rule, due)
    };
    let why = format!(
        "{} : {} ({} après {} ; {}, {})",
        rule.title,
        due.count,
        term(rule.months),
        rule.starts_from,
        rule.source,
        rule.status.label()
    );
    if asked.dry_run || !asked.commit || due.count == 0 {
        say(&format!("  {why}"));
        return Ok(());
    }
    if rule.is_public_record && asked.visa.trim().is_empty() {
        say(&format!(
            "  ▲ gardé, faute de visa des archives (--visa) : {why}"
        ));
        return Ok(());
    }
    let permit = Permit::<PurgeData>::for_cli("purge", app.establishments().await?);
    let mut tx = app.begin_with(&permit, None).await?;
    let covered = permit.over(&Place::SHARED)?;
    let (purged, event) = purge_class(&mut tx, covered, class, &asked.visa).await?;
    tx.commit_quietly(event, "/admin/retention").await?;
    for sha256 in &purged.contents {
        app.blobs().remove(sha256).await?;
    }
    say(&format!("  ✔ purgé : {why}"));
    Ok(())
}
