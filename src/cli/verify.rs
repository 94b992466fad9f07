//! `vigie verify`: recomputes the seals of the journal and the registers, and names what was changed behind the application.

use super::{CommandError, say};
use crate::audit::seals::{self, keys::Known};
use crate::config::Config;
use crate::platform::db::{Database, Opening};
use crate::register;

/// Verifies every block; fails when anything does not hold.
pub async fn verify(config: Config) -> Result<(), CommandError> {
    let database = Database::open(&config, Opening::Command).await?;
    let known = Known::of(&config.data_dir)?;
    let report = seals::verify(database.app(), &known).await;
    let registers = register::verify(database.app(), &config.data_dir, &known).await;
    database.close().await;
    let (report, registers) = (report?, registers?);
    for finding in &report.findings {
        say(&format!("NON CONFORME  {finding}"));
    }
    say(&format!(
        "{} bloc(s) relus, {} ligne(s) conformes à leur sceau.",
        report.blocks, report.rows
    ));
    match report.unsealed_since {
        Some(since) => say(&format!(
            "{} ligne(s) pas encore scellées, la première du {} : rien ne prouve encore qu’elles n’ont pas changé.",
            report.unsealed,
            since.format("%Y-%m-%d %H:%M:%S UTC")
        )),
        None => say("Toutes les lignes sont scellées."),
    }
    for finding in &registers.findings {
        say(&format!("NON CONFORME  {finding}"));
    }
    say(&format!(
        "Registres : {} bloc(s) et {} registre(s) relus, {} ligne(s) conformes.",
        registers.blocks, registers.registers, registers.lines
    ));
    match registers.unsealed_since {
        Some(since) => say(&format!(
            "{} ligne(s) de registre pas encore scellées, la première du {}.",
            registers.unsealed,
            since.format("%Y-%m-%d %H:%M:%S UTC")
        )),
        None => say("Toutes les lignes de registre sont scellées."),
    }
    match report.findings.len() + registers.findings.len() {
        0 => Ok(()),
        found => Err(CommandError::Tampered(found)),
    }
}
