//! `vigie export`: a list of the house into a file, by the same engine and the same rights as the page's own export:
//! what it writes, `vigie import devices` reads back and finds nothing to change.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{CommandError, open_app, say, words};
use crate::accounts::EstablishmentId;
use crate::accounts::access::Permit;
use crate::accounts::actions::{
    Action, ExportLists, SeeCatalogue, SeeDevices, SeeParties, SeeSites,
};
use crate::accounts::sites::establishments::queries as establishments;
use crate::accounts::sites::units::UNITS;
use crate::app::App;
use crate::config::Config;
use crate::inventory::catalogue::MODELS;
use crate::inventory::devices::DEVICES;
use crate::kernel::{Error, Result, id};
use crate::parties::organisations::ORGANISATIONS;
use crate::platform::db::list::{Format, ListSpec};
use crate::platform::db::{Database, Opening, Read};
use crate::shell::lists;

/// What to export, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// Liste à exporter
    #[arg(value_name = "LISTE", value_enum)]
    list: List,
    /// Fichier à écrire
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
    /// Établissement, par son code ou son FINESS ; sans lui, tout le groupe
    #[arg(long, value_name = "CODE")]
    establishment: Option<String>,
    /// Forme du fichier (par défaut, celle que dit son nom, sinon csv)
    #[arg(long, value_name = "FORME", value_enum)]
    format: Option<Form>,
    /// Filtres et tri, comme dans l’adresse de la page : f=state:is:broken
    #[arg(
        long,
        value_name = "REQUÊTE",
        default_value = "",
        hide_default_value = true
    )]
    query: String,
}

/// A list that may be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum List {
    /// Équipements
    Devices,
    /// Modèles
    Models,
    /// Fabricants et fournisseurs
    Organisations,
    /// Unités fonctionnelles
    Units,
}

/// A form of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Texte, point-virgule, UTF-8
    Csv,
    /// Classeur
    Xlsx,
}

/// Exports, tells, and ends the database it may have started.
pub async fn export(config: Config, asked: Export) -> Result<(), CommandError> {
    let database = Database::open(&config, Opening::Command).await?;
    let done = work(&database, &config, &asked).await;
    database.close().await;
    let written = done?;
    say(&format!(
        "Écrit : {} ({written} octets)",
        asked.file.display()
    ));
    Ok(())
}

async fn work(database: &Database, config: &Config, asked: &Export) -> Result<u64> {
    let app = open_app(database, config).await?;
    match asked.list {
        List::Devices => write::<SeeDevices>(&app, asked, &DEVICES).await,
        List::Models => write::<SeeCatalogue>(&app, asked, &MODELS).await,
        List::Organisations => write::<SeeParties>(&app, asked, &ORGANISATIONS).await,
        List::Units => write::<SeeSites>(&app, asked, &UNITS).await,
    }
}

async fn write<A: Action>(app: &App, asked: &Export, spec: &'static ListSpec) -> Result<u64> {
    let within = within(app, asked.establishment.as_deref()).await?;
    let permit = Permit::<A>::for_cli("export", within.clone());
    let _may = Permit::<ExportLists>::for_cli("export", within);
    let raw = format!("cols=all&{}", asked.query.trim_start_matches('?'));
    let read = lists::open_logged(app, &permit, spec, &raw, format(asked)).await?;
    let mut chunks = lists::stream(read, spec, &raw, permit.sees(), format(asked));
    // Under another name until whole: a cut leaves no file that looks finished.
    let aside = aside(&asked.file);
    let written = async {
        let refused = |error: std::io::Error| {
            Error::refused(
                "export",
                format!(
                    "{} ne s’écrit pas : {}",
                    asked.file.display(),
                    words::system(&error)
                ),
            )
        };
        let mut file = std::fs::File::create(&aside).map_err(refused)?;
        let mut written = 0;
        while let Some(chunk) = chunks.recv().await {
            let chunk = chunk.map_err(Error::internal)?;
            file.write_all(&chunk).map_err(refused)?;
            written += chunk.len() as u64;
        }
        file.sync_all().map_err(refused)?;
        std::fs::rename(&aside, &asked.file).map_err(refused)?;
        Ok(written)
    }
    .await;
    if written.is_err() {
        let _ = std::fs::remove_file(&aside);
    }
    written
}

fn aside(file: &Path) -> PathBuf {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    file.with_file_name(format!(".{name}.{}", id::fresh().simple()))
}

fn format(asked: &Export) -> Format {
    let named = asked.file.extension().and_then(|end| end.to_str());
    match (asked.format, named) {
        (Some(Form::Xlsx), _) | (None, Some("xlsx")) => Format::Xlsx,
        _ => Format::Csv,
    }
}

async fn within(app: &App, code: Option<&str>) -> Result<Vec<EstablishmentId>> {
    let all = app.establishments().await?;
    let Some(code) = code else { return Ok(all) };
    let scope = Permit::<SeeSites>::for_cli("export", all);
    let mut read = Read::open(app.pool()).await?;
    let found = establishments::maybe_by_code(&mut read, scope.sees(), code).await?;
    let found = found.ok_or_else(|| {
        Error::refused(
            "export",
            format!("aucun établissement ne porte le code ou le FINESS « {code} »"),
        )
    })?;
    Ok(vec![found.id])
}
