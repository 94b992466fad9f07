//! `vigie backup` and `vigie restore`: the archive of everything, and the way back, verified from end to end.

use std::path::PathBuf;

use age::x25519::Identity;
use clap::Args;

use super::{CommandError, open_app, say, words};
use crate::admin::backups::archive;
use crate::admin::backups::load::{foreign_schema, load};
use crate::admin::backups::proof::prove;
use crate::admin::backups::{jobs, model::Manifest};
use crate::app::{App, Options};
use crate::audit::seals::keys::{Keys, Known, inherit, public_key};
use crate::audit::seals::{self};
use crate::config::Config;
use crate::kernel::{Clock, Error, Result};
use crate::platform::blob::Blobs;
use crate::platform::db::{Database, Opening, migrate};

/// Makes a backup where the settings say.
pub async fn backup(config: Config) -> Result<(), CommandError> {
    let database = Database::open(&config, Opening::Command).await?;
    let done = async {
        let app = open_app(&database, &config).await?;
        let made = jobs::make(&app, "vigie backup").await?;
        let keys = Keys::open_or_make(app.data_dir()).await?;
        Ok::<_, Error>((made, keys.public_words()))
    }
    .await;
    database.close().await;
    let ((path, written), key) = done?;
    let manifest = &written.manifest;
    say(&format!(
        "Sauvegarde : {} ({} octets)",
        path.display(),
        written.bytes
    ));
    say(&format!(
        "  {} tables, {} lignes, {} fichiers joints ; SHA-256 {}",
        manifest.tables.len(),
        manifest.rows(),
        manifest.files(),
        written.sha256
    ));
    for lost in &manifest.missing {
        say(&format!(
            "  ▲ fichier joint manquant ou abîmé sur le disque : {lost}"
        ));
    }
    say(&format!(
        "Clé publique, à garder hors de cette machine ; la restauration la demande :\n{key}"
    ));
    Ok(())
}

/// What to restore.
#[derive(Debug, Args)]
pub struct Restore {
    /// Archive faite par « vigie backup »
    #[arg(value_name = "ARCHIVE")]
    archive: PathBuf,
    /// Fichier de la clé age qui ouvre l’archive, si elle est chiffrée
    #[arg(long, value_name = "FICHIER")]
    identity: Option<PathBuf>,
    /// Clé publique de la machine qui a fait l’archive ; inutile si le dossier des données a déjà ses clés
    #[arg(long, value_name = "CLÉ")]
    public_key: Option<String>,
    /// Vérifie l’archive de bout en bout, et ne restaure rien
    #[arg(long)]
    verify_only: bool,
}

/// Verifies an archive, loads it in a new base, and proves that the base works.
pub async fn restore(config: Config, asked: Restore) -> Result<(), CommandError> {
    let identity = identity(&asked)?;
    let mut known = Known::of(&config.data_dir)?;
    if let Some(text) = &asked.public_key {
        let key = public_key(text).ok_or_else(|| {
            refused("--public-key attend la clé publique que « vigie backup » écrit : 44 caractères qui finissent par « = »")
        })?;
        known.former.push(key);
    }
    let (manifest, key) = {
        let (archive, identity) = (asked.archive.clone(), identity.clone());
        let signer = std::sync::Mutex::new(None);
        let verified = tokio::task::block_in_place(|| {
            archive::verify(&archive, identity.as_ref(), &|text, signature| {
                let found = known.signer(text, signature).copied();
                if let Ok(mut signer) = signer.lock() {
                    *signer = found;
                }
                found.is_some()
            })
        });
        let manifest = verified.map_err(Error::from)?;
        (manifest, signer.into_inner().ok().flatten())
    };
    say(&format!(
        "Archive vérifiée : signature reconnue, {} entrées conformes à leur empreinte.",
        manifest.entries.len()
    ));
    if let Some(why) = foreign_schema(&manifest) {
        return Err(refused(format!("cette archive ne peut pas être restaurée : {why}")).into());
    }
    if asked.verify_only {
        describe(&manifest);
        return Ok(());
    }
    let last = manifest.migrations.last().map_or(0, |step| step.version);
    let database = Database::create(&config, last).await?;
    let done = async {
        let mut owner = migrate::as_owner(database.owner())
            .await
            .map_err(|error| refused(error.to_string()))?;
        let blobs = Blobs::in_dir(&config.data_dir);
        load(
            &mut owner,
            &blobs,
            asked.archive.clone(),
            identity,
            &manifest,
        )
        .await?;
        drop(owner);
        let own = Known::of(&config.data_dir)?.key;
        let former = key.filter(|key| own.as_ref() != Some(key));
        inherit(&config.data_dir, former.as_ref(), manifest.head.as_ref())
    }
    .await;
    let proved = match done {
        Ok(()) => prove_all(&config, &database, &manifest).await,
        Err(error) => Err(error.into()),
    };
    database.close().await;
    proved
}

/// Everything that is checked once the base is loaded, each thing told as it is found right.
async fn prove_all(
    config: &Config,
    database: &Database,
    manifest: &Manifest,
) -> Result<(), CommandError> {
    describe(manifest);
    say("  ✔ chaque table relue : mêmes nombres de lignes, mêmes empreintes, références vérifiées");
    database.finish().await?;
    let app = App::new(database.app().clone(), Options::of(config, Clock::Machine)).await?;
    let report = seals::verify(database.app(), &Known::of(&config.data_dir)?).await?;
    if !report.findings.is_empty() {
        for finding in &report.findings {
            say(&format!("  ✘ {finding}"));
        }
        return Err(CommandError::Tampered(report.findings.len()));
    }
    say(&format!(
        "  ✔ journal : {} bloc(s) de sceaux relus, {} ligne(s) conformes",
        report.blocks, report.rows
    ));
    let proof = prove(&app).await?;
    match &proof.login {
        Some(login) => say(&format!(
            "  ✔ session ouverte comme « {login} », accueil lu, session refermée ; {} mot(s) de passe vérifiables",
            proof.passwords
        )),
        None => say(
            "  ▲ aucun compte ne peut ouvrir de session dans cette base : « vigie user create » en fait un",
        ),
    }
    say(
        "Restaurée. « vigie serve » la sert ; les sessions d’avant sont fermées, chacun se reconnecte.",
    );
    Ok(())
}

fn describe(manifest: &Manifest) {
    say(&format!(
        "{} du {}, par Vigie {}, schéma {}",
        manifest.group_name,
        manifest.made_at.format("%d/%m/%Y %H:%M UTC"),
        manifest.made_by,
        manifest.migrations.last().map_or(0, |step| step.version)
    ));
    say(&format!(
        "  {} tables, {} lignes, {} fichiers joints",
        manifest.tables.len(),
        manifest.rows(),
        manifest.files()
    ));
    for lost in &manifest.missing {
        say(&format!("  ▲ fichier joint absent de l’archive : {lost}"));
    }
}

fn identity(asked: &Restore) -> Result<Option<Identity>> {
    let Some(path) = &asked.identity else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(path).map_err(|e| {
        refused(format!(
            "{} ne se lit pas : {}",
            path.display(),
            words::system(&e)
        ))
    })?;
    let found = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .find_map(|line| line.parse().ok());
    match found {
        Some(identity) => Ok(Some(identity)),
        None => Err(refused(format!(
            "{} ne contient pas de clé age (AGE-SECRET-KEY-1…)",
            path.display()
        ))),
    }
}

fn refused(why: impl Into<String>) -> Error {
    Error::refused("restauration", why)
}
