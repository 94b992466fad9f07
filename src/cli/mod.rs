//! The command line: settings, then a command; `serve` when none is named.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::app::{App, Options};
use crate::config::{Config, Settings, SettingsMistakes};
use crate::demo::places::GROUP_NAME;
use crate::kernel::Clock;
use crate::platform::db::{Database, DatabaseError};
use crate::platform::telemetry;

mod backup;
mod doctor;
mod export;
mod health;
mod import;
mod migrate;
mod purge;
mod routes;
mod serve;
mod user;
mod verify;
mod words;

/// Exit codes: 0 done, 1 refused or failed, 2 mistyped.
const FAILED: u8 = 1;
const MISTYPED: u8 = 2;

const HELP: &str = "\
{about}

Utilisation : {usage}

Commandes :
{subcommands}

{options}";

#[derive(Parser)]
#[command(
    name = "vigie",
    version,
    about = "Vigie, le registre des dispositifs médicaux d’un établissement de santé",
    help_template = HELP,
    override_usage = "vigie [RÉGLAGES] [COMMANDE]",
    subcommand_value_name = "COMMANDE",
    disable_help_subcommand = true
)]
struct Line {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Sert Vigie (la commande par défaut)
    Serve,
    /// Examine réglages, base, migrations, disque et horloge, et dit comment y remédier
    Doctor,
    /// Importe un fichier d’équipements ou une nomenclature
    #[command(subcommand)]
    Import(import::What),
    /// Exporte une liste (CSV ou classeur), telle que l’import la relit
    Export(export::Export),
    /// Crée un compte, ou rend l’accès à qui l’a perdu
    #[command(subcommand)]
    User(user::User),
    /// Dresse la carte : méthode, chemin, droit demandé, fichier
    Routes,
    /// Sauvegarde la base et ses fichiers en une archive signée
    Backup,
    /// Vérifie une sauvegarde, la charge dans un dossier neuf, et prouve qu’elle marche
    Restore(backup::Restore),
    /// Dit ce qui a passé sa durée de conservation, et le purge si on le demande
    Purge(purge::Purge),
    /// Relit les sceaux du journal et nomme ce qui a été modifié derrière l’application
    Verify,
    /// Demande à l’instance de ces réglages si elle est prête
    Health,
    /// Met la base au niveau de cette version, sans servir
    Migrate,
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is its own sentence")]
pub enum CommandError {
    #[error(transparent)]
    Settings(#[from] SettingsMistakes),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("impossible d’écouter sur {address} : {}", words::system(.error))]
    Listen {
        address: std::net::SocketAddr,
        #[source]
        error: io::Error,
    },
    #[error(transparent)]
    Tls(#[from] crate::platform::tls::TlsError),
    #[error("l’instance n’est pas prête (/readyz répond {0})")]
    NotReady(String),
    #[error("{0} point(s) à corriger, indiqués ci-dessus")]
    Unwell(usize),
    #[error("le journal a été modifié derrière l’application : {0} constat(s) ci-dessus")]
    Tampered(usize),
    #[error("{}", words::system(.0))]
    System(#[from] io::Error),
    #[error("{}", words::told(.0))]
    Vigie(#[from] crate::kernel::Error),
}

/// Runs the command line and answers with its exit code; a failure is one line on standard error.
pub fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => return answer(&error),
    };
    match run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The error stream may be closed; there is then nobody left to tell.
            let _ = writeln!(io::stderr(), "vigie : {error}");
            ExitCode::from(FAILED)
        }
    }
}

/// Help, the version, or what was mistyped and how to find the right form.
fn answer(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            say(words::help(&error.to_string()).trim_end());
            ExitCode::SUCCESS
        }
        _ => {
            let _ = writeln!(
                io::stderr(),
                "vigie : {}\n« vigie --help » et « vigie COMMANDE --help » disent comment l’écrire.",
                words::mistyped(error)
            );
            ExitCode::from(MISTYPED)
        }
    }
}

/// The application of a command over its database, founded if it is new.
async fn open_app(database: &Database, config: &Config) -> crate::kernel::Result<App> {
    let clock = Clock::Machine;
    let name = match config.demo {
        true => GROUP_NAME,
        false => "Groupement hospitalier",
    };
    App::found(database.app(), &clock, config.demo, name).await?;
    App::new(database.app().clone(), Options::of(config, clock)).await
}

fn run(line: Line) -> Result<(), CommandError> {
    let config = line.settings.check()?;
    telemetry::start(config.log_format, &config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(obey(line.command.unwrap_or(Command::Serve), config));
    // A blocking task that nobody waits for any more must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_secs(2));
    done
}

async fn obey(command: Command, config: Config) -> Result<(), CommandError> {
    match command {
        Command::Serve => serve::serve(config).await,
        Command::Verify => verify::verify(config).await,
        Command::Backup => backup::backup(config).await,
        Command::Purge(asked) => purge::purge(config, asked).await,
        Command::Restore(asked) => backup::restore(config, asked).await,
        Command::Doctor => doctor::doctor(config).await,
        Command::Health => health::health(&config),
        Command::Export(asked) => export::export(config, asked).await,
        Command::Import(what) => import::import(config, what).await,
        Command::Routes => {
            routes::routes();
            Ok(())
        }
        Command::User(command) => user::user(config, command).await,
        Command::Migrate => migrate::migrate(config).await,
    }
}

/// Writes a line for the person or program that started the command.
fn say(line: &str) {
    // `println!` would panic on a closed pipe (`vigie … | head`).
    let _ = writeln!(io::stdout(), "{line}");
}
