//! `vigie migrate`: brings the database to the schema of this version, which `serve` also does when it starts.

use super::{CommandError, say};
use crate::config::Config;
use crate::platform::db::migrate::MIGRATIONS;
use crate::platform::db::{Database, Opening};

/// Opens the database, which migrates it, and says where it stands.
pub async fn migrate(config: Config) -> Result<(), CommandError> {
    let database = Database::open(&config, Opening::Command).await?;
    let last = MIGRATIONS.iter().last().map_or(0, |m| m.version);
    say(&format!("La base est à jour (migration {last})."));
    database.close().await;
    Ok(())
}
