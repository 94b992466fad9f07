//! `vigie import`: a file of devices (or a nomenclature) into the registry, from the command line. Without `--commit`
//! it is a dry run: everything is done, told, and taken back.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use sha2::{Digest, Sha256};

use super::{CommandError, open_app, say, words};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{ImportDevices, ManageCatalogue, ManageParties};
use crate::app::App;
use crate::config::Config;
use crate::exchange::imports::commands::{self, NewRun};
use crate::exchange::imports::headers::{Mapping, best_sheet};
use crate::exchange::imports::queries::{self, Run, Sums};
use crate::exchange::imports::{finess, gudid, nomenclatures, reports};
use crate::kernel::{Error, Event, Result};
use crate::platform::db::{Database, Opening, Tx};
use crate::platform::sheet::{self, ReadOptions, Sheet};

/// What to import.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Importe des équipements (CSV, XLSX, XLS, ODS)
    Devices(Devices),
    /// Importe les termes d’une nomenclature (code et libellé)
    Nomenclature(Nomenclature),
    /// Importe des modèles et leurs IUD-ID (GUDID)
    Models(Models),
    /// Importe un extrait de FINESS : établissements, ou équipements lourds autorisés
    Establishments(Establishments),
}

/// A file of devices.
#[derive(Debug, Args)]
pub struct Devices {
    /// Fichier à importer
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
    /// Établissement des équipements : n° FINESS ou code
    #[arg(long, value_name = "CODE")]
    establishment: String,
    /// Correspondance des colonnes (JSON : {"columns": {"Titre": "champ"}, "values": {…}})
    #[arg(long, value_name = "FICHIER")]
    mapping: Option<PathBuf>,
    /// Accepte toute proposition d’établissement, de fabricant, de fournisseur, de modèle ou d’unité
    #[arg(long)]
    create_missing: bool,
    /// Importe pour de bon ; sans cela, c’est un essai
    #[arg(long)]
    commit: bool,
    /// Écrit les lignes rejetées et leur motif (.xlsx, .csv ou .json)
    #[arg(long, value_name = "FICHIER")]
    report: Option<PathBuf>,
    /// N’écrit que le résultat, en JSON
    #[arg(long)]
    json: bool,
}

/// A file of terms.
#[derive(Debug, Args)]
pub struct Nomenclature {
    /// Fichier à importer
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
    /// Nomenclature : emdn, cnd, gmdn, umdns, cneh, cladimed, lpp ou local
    #[arg(long, value_name = "SYSTÈME")]
    system: String,
    /// Édition de la nomenclature
    #[arg(long, value_name = "ÉDITION", default_value = "")]
    edition: String,
    /// Importe pour de bon ; sans cela, c’est un essai
    #[arg(long)]
    commit: bool,
    /// N’écrit que le résultat, en JSON
    #[arg(long)]
    json: bool,
}

/// A file of models.
#[derive(Debug, Args)]
pub struct Models {
    /// Fichier à importer (CSV, XLSX…)
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
    /// Crée les fabricants inconnus
    #[arg(long)]
    create_missing: bool,
    /// Importe pour de bon ; sans cela, c’est un essai
    #[arg(long)]
    commit: bool,
    /// N’écrit que le résultat, en JSON
    #[arg(long)]
    json: bool,
}

/// An extract of the national directory.
#[derive(Debug, Args)]
pub struct Establishments {
    /// Extrait FINESS (XML ou CSV)
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
    /// Édition de l’extrait
    #[arg(long, value_name = "ÉDITION", default_value = "")]
    edition: String,
    /// Importe pour de bon ; sans cela, c’est un essai
    #[arg(long)]
    commit: bool,
    /// N’écrit que le résultat, en JSON
    #[arg(long)]
    json: bool,
}

/// Imports, tells, and ends the database it may have started.
pub async fn import(config: Config, what: What) -> Result<(), CommandError> {
    let database = Database::open(&config, Opening::Command).await?;
    let done = work(&database, &config, &what).await;
    database.close().await;
    done.map_err(CommandError::from)
}

async fn work(database: &Database, config: &Config, what: &What) -> Result<()> {
    let app = open_app(database, config).await?;
    match what {
        What::Devices(asked) => devices(&app, asked).await,
        What::Nomenclature(asked) => nomenclature(&app, asked).await,
        What::Models(asked) => models(&app, asked).await,
        What::Establishments(asked) => establishments(&app, asked).await,
    }
}

async fn devices(app: &App, asked: &Devices) -> Result<()> {
    let bytes = read_file(&asked.file)?;
    let mapping = asked.mapping.as_deref().map(mapping_of).transpose()?;
    let tell = |line: String| {
        if !asked.json {
            say(&line);
        }
    };
    let (sheet, others) = best_sheet(read_sheets(&bytes)?, mapping.as_ref());
    for other in others {
        tell(other);
    }
    let mapping = mapping.unwrap_or_else(|| Mapping::guessed(&sheet));
    describe(&sheet, &mapping, &tell);

    let permit = Permit::<ImportDevices>::for_cli("import", app.establishments().await?);
    let mut tx = app.begin_with(&permit, None).await?;
    let establishment = establishment(&mut tx, asked).await?;
    // The establishment may be new: the permit is asked again, over it.
    let permit = Permit::<ImportDevices>::for_cli(
        "import",
        reached(permit.sees().establishments.clone(), establishment),
    );
    let covered = permit.over(&Place::establishment(establishment))?;
    let name = asked.file.file_name().map_or_else(
        || "fichier".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let new = NewRun {
        establishment,
        source: None,
        file_name: name,
        file_hash: Sha256::digest(&bytes).to_vec(),
        file_size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sheet,
        mapping,
        accepts_all: asked.create_missing,
    };
    let (id, staged) = commands::stage(&mut tx, covered, new).await?;
    let run = queries::find(&mut tx, permit.sees(), id).await?;
    let (plan, done) = if asked.commit {
        commands::commit(&mut tx, &run, None, &commands::Steps::default()).await?
    } else {
        commands::try_out(&mut tx, &run, None, &commands::Steps::default()).await?
    };
    let run = queries::find(&mut tx, permit.sees(), id).await?;
    let rejected = queries::rejected(&mut tx, id).await?;
    for line in rejected.iter().take(20) {
        tell(format!(
            "  ligne {} rejetée : {}",
            line.number,
            reports::reasons(line).replace('\n', " ; ")
        ));
    }
    if rejected.len() > 20 {
        tell(format!(
            "  … et {} autres (--report les écrit toutes)",
            rejected.len() - 20
        ));
    }
    if plan.sums.pending > 0 {
        tell(format!(
            "{} proposition(s) attendent une décision : --create-missing les accepte.",
            plan.sums.pending
        ));
    }
    if let Some(path) = &asked.report {
        write_report(path, &run, &rejected)?;
        tell(format!("Rapport écrit : {}", path.display()));
    }
    if asked.commit {
        tx.commit(staged.and(done), format!("/exchange/imports/{id}"))
            .await?;
        tell(format!(
            "Importé. Peut être annulé pendant {} jours : {}/exchange/imports/{id}",
            commands::UNDO_DAYS,
            app.public_url()
        ));
    } else {
        drop(tx);
        tell("Essai : rien n’a été écrit. --commit importe pour de bon.".to_owned());
    }
    last_line(&plan.sums)
}

fn last_line(sums: &Sums) -> Result<()> {
    say(&serde_json::to_string(sums).map_err(Error::internal)?);
    Ok(())
}

async fn nomenclature(app: &App, asked: &Nomenclature) -> Result<()> {
    let bytes = read_file(&asked.file)?;
    let (sheet, _) = best_sheet(read_sheets(&bytes)?, None);
    let permit = Permit::<ImportDevices>::for_cli("import", app.establishments().await?);
    let mut tx = app.begin_with(&permit, None).await?;
    let (sums, event) =
        nomenclatures::load(&mut tx, &permit, &asked.system, &asked.edition, &sheet).await?;
    if asked.commit {
        tx.commit(event, "/inventory/models").await?;
    } else if !asked.json {
        say("Essai : rien n’a été écrit. --commit importe pour de bon.");
    }
    last_line(&sums)
}

async fn models(app: &App, asked: &Models) -> Result<()> {
    let bytes = read_file(&asked.file)?;
    let (sheet, _) = best_sheet(read_sheets(&bytes)?, None);
    let here = app.establishments().await?;
    let catalogue = Permit::<ManageCatalogue>::for_cli("import", here.clone());
    let directory = Permit::<ManageParties>::for_cli("import", here);
    let mut tx = app.begin_with(&catalogue, None).await?;
    let (sums, refused, event) = gudid::load(
        &mut tx,
        &catalogue,
        &directory,
        &sheet,
        asked.create_missing,
    )
    .await?;
    if !asked.json {
        for (line, why) in refused.iter().take(20) {
            say(&format!("  ligne {line} rejetée : {why}"));
        }
    }
    settle(tx, event, "/inventory/models", asked.commit, asked.json).await?;
    last_line(&sums)
}

async fn establishments(app: &App, asked: &Establishments) -> Result<()> {
    let bytes = read_file(&asked.file)?;
    let permit = Permit::<ImportDevices>::for_cli("import", app.establishments().await?);
    let mut tx = app.begin_with(&permit, None).await?;
    let (sums, refused, event) = finess::load(&mut tx, &permit, &bytes, &asked.edition).await?;
    if !asked.json {
        for why in refused.iter().take(20) {
            say(&format!("  {why}"));
        }
    }
    settle(
        tx,
        event,
        "/accounts/establishments",
        asked.commit,
        asked.json,
    )
    .await?;
    last_line(&sums)
}

async fn settle(tx: Tx, event: Event, url: &str, commit: bool, json: bool) -> Result<()> {
    if commit {
        tx.commit(event, url).await?;
    } else if !json {
        say("Essai : rien n’a été écrit. --commit importe pour de bon.");
    }
    Ok(())
}

fn reached(mut establishments: Vec<uuid::Uuid>, new: EstablishmentId) -> Vec<EstablishmentId> {
    if !establishments.contains(&new.uuid()) {
        establishments.push(new.uuid());
    }
    establishments.into_iter().map(EstablishmentId).collect()
}

async fn establishment(tx: &mut Tx, asked: &Devices) -> Result<EstablishmentId> {
    let code = asked.establishment.trim();
    if let Some(id) = queries::maybe_establishment(tx, code).await? {
        return Ok(id);
    }
    if !asked.create_missing {
        return Err(refused(format!(
            "aucun établissement ne porte le code ou le FINESS « {code} » ; --create-missing le crée"
        )));
    }
    commands::open_establishment(tx, code).await
}

fn refused(why: String) -> Error {
    Error::refused("import", why)
}

fn read_file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        refused(format!(
            "{} ne se lit pas : {}",
            path.display(),
            words::system(&error)
        ))
    })
}

fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>> {
    sheet::read(bytes, &ReadOptions::default()).map_err(|error| refused(error.to_string()))
}

fn mapping_of(path: &Path) -> Result<Mapping> {
    serde_json::from_slice(&read_file(path)?).map_err(|error| {
        refused(format!(
            "la correspondance {} ne se lit pas : {error}",
            path.display()
        ))
    })
}

fn describe(sheet: &Sheet, mapping: &Mapping, tell: &dyn Fn(String)) {
    let separator = match sheet.separator {
        Some('\t') => ", séparateur tabulation".to_owned(),
        Some(separator) => format!(", séparateur « {separator} »"),
        None => String::new(),
    };
    tell(format!(
        "{} lignes, {} colonnes, {}{separator}, titres en ligne {}",
        sheet.rows.len(),
        sheet.headers.len(),
        sheet.encoding,
        sheet.header_row
    ));
    for warning in &sheet.warnings {
        tell(format!("  ▲ {warning}"));
    }
    for (header, field) in sheet.headers.iter().zip(mapping.fields(&sheet.headers)) {
        match field {
            Some(field) => tell(format!("  {header} → {}", field.label)),
            None => tell(format!("  {header} → non importée")),
        }
    }
    for problem in mapping.problems(&sheet.headers) {
        tell(format!("  ▲ {problem}"));
    }
}

fn write_report(path: &Path, run: &Run, rejected: &[queries::Rejected]) -> Result<()> {
    let bytes = match path.extension().and_then(|end| end.to_str()) {
        Some("csv") => reports::csv(run, rejected)?,
        Some("json") => {
            serde_json::to_vec_pretty(&reports::json(run, rejected)).map_err(Error::internal)?
        }
        _ => reports::workbook(run, rejected)?,
    };
    std::fs::write(path, bytes).map_err(|error| {
        refused(format!(
            "{} ne s’écrit pas : {}",
            path.display(),
            words::system(&error)
        ))
    })
}
