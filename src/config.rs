//! Every setting, read once at start from the command line or the environment and checked as a whole.
//! Nothing else in Vigie reads the environment: what a module needs to know comes from here.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

mod values;

pub use values::{Backups, DatabaseUrl, PublicUrl, TrustedProxies};

/// The settings as typed, before they are checked. Texts, so that a mistake is answered in French and by name.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Dossier des données (base embarquée, fichiers, clés)
    #[arg(
        long,
        env = "VIGIE_DATA_DIR",
        value_name = "DOSSIER",
        global = true,
        help_heading = "Réglages"
    )]
    pub data_dir: Option<PathBuf>,

    /// Adresse et port d’écoute
    #[arg(
        long,
        env = "VIGIE_LISTEN",
        value_name = "ADRESSE:PORT",
        default_value = "127.0.0.1:8080",
        global = true,
        help_heading = "Réglages"
    )]
    pub listen: String,

    /// Base de démonstration : un groupement hospitalier inventé
    #[arg(long, env = "VIGIE_DEMO", global = true, help_heading = "Réglages")]
    pub demo: bool,

    /// Adresse publique, la seule qui serve à écrire des liens (par défaut, celle de --listen)
    #[arg(
        long,
        env = "PUBLIC_URL",
        value_name = "URL",
        global = true,
        help_heading = "Réglages"
    )]
    pub public_url: Option<String>,

    /// Mandataires de confiance (adresses ou réseaux séparés par des virgules)
    #[arg(
        long,
        env = "VIGIE_TRUSTED_PROXIES",
        value_name = "RÉSEAUX",
        default_value = "",
        global = true,
        help_heading = "Réglages"
    )]
    pub trusted_proxies: String,

    /// Certificat TLS de l’établissement (PEM, suivi de ses intermédiaires) ; relu au signal SIGHUP
    #[arg(
        long,
        env = "VIGIE_TLS_CERT",
        value_name = "FICHIER",
        global = true,
        help_heading = "Réglages"
    )]
    pub tls_cert: Option<PathBuf>,

    /// Clé du certificat TLS (PEM, sans mot de passe)
    #[arg(
        long,
        env = "VIGIE_TLS_KEY",
        value_name = "FICHIER",
        global = true,
        help_heading = "Réglages"
    )]
    pub tls_key: Option<PathBuf>,

    /// Jeton demandé pour lire /metrics (au moins 16 caractères) ; sans lui, cette adresse n’existe pas
    #[arg(
        long,
        env = "VIGIE_METRICS_TOKEN",
        value_name = "JETON",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true,
        global = true,
        help_heading = "Réglages"
    )]
    pub metrics_token: String,

    /// Serveur PostgreSQL externe ; absent, Vigie conduit le sien
    #[arg(
        long,
        env = "DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true,
        help_heading = "Réglages"
    )]
    pub database_url: Option<String>,

    /// Même base, avec le rôle propriétaire, pour les migrations (par défaut, DATABASE_URL)
    #[arg(
        long,
        env = "MIGRATION_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true,
        help_heading = "Réglages"
    )]
    pub migration_database_url: Option<String>,

    /// Dossier des programmes initdb et postgres
    #[arg(
        long,
        env = "PG_BIN_DIR",
        value_name = "DOSSIER",
        global = true,
        help_heading = "Réglages"
    )]
    pub pg_bin_dir: Option<PathBuf>,

    /// Racine sous laquelle chercher les PostgreSQL installés
    #[arg(
        long,
        env = "VIGIE_PG_ROOT",
        value_name = "DOSSIER",
        default_value = "/",
        hide = true,
        global = true
    )]
    pub pg_root: PathBuf,

    /// Dossier des sauvegardes (par défaut, « backups » dans celui des données ; mieux, un autre disque)
    #[arg(
        long,
        env = "VIGIE_BACKUP_DIR",
        value_name = "DOSSIER",
        global = true,
        help_heading = "Réglages"
    )]
    pub backup_dir: Option<PathBuf>,

    /// Heure de la sauvegarde de chaque nuit, ou « jamais »
    #[arg(
        long,
        env = "VIGIE_BACKUP_AT",
        value_name = "HH:MM",
        default_value = "02:30",
        global = true,
        help_heading = "Réglages"
    )]
    pub backup_at: String,

    /// Clé publique age (age1…) pour laquelle les sauvegardes sont chiffrées
    #[arg(
        long,
        env = "VIGIE_BACKUP_RECIPIENT",
        value_name = "CLÉ",
        default_value = "",
        hide_default_value = true,
        global = true,
        help_heading = "Réglages"
    )]
    pub backup_recipient: String,

    /// Nombre de sauvegardes gardées
    #[arg(
        long,
        env = "VIGIE_BACKUP_KEEP",
        value_name = "NOMBRE",
        default_value = "14",
        global = true,
        help_heading = "Réglages"
    )]
    pub backup_keep: String,

    /// Forme du journal
    #[arg(
        long,
        env = "VIGIE_LOG_FORMAT",
        value_name = "FORME",
        value_enum,
        default_value_t = LogFormat::Text,
        global = true,
        help_heading = "Réglages"
    )]
    pub log_format: LogFormat,

    /// Détail du journal : error, warn, info, debug, ou par module
    #[arg(
        long,
        env = "VIGIE_LOG",
        value_name = "FILTRE",
        default_value = "info,sqlx=warn",
        global = true,
        help_heading = "Réglages"
    )]
    pub log: String,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lignes à lire
    Text,
    /// Un objet JSON par ligne, pour un collecteur
    Json,
}

/// The settings once checked: what the rest of Vigie receives.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the embedded database, files and keys; absolute.
    pub data_dir: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether the database is to be a demonstration.
    pub demo: bool,
    /// What links start with, without a final slash.
    pub public_url: PublicUrl,
    /// Whose `Forwarded` headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// The certificate to serve, if Vigie serves TLS itself.
    pub tls: Option<TlsPair>,
    /// What who reads the metrics must know; nobody reads them without.
    pub metrics_token: Option<String>,
    /// Where the database is.
    pub database: DatabaseSource,
    /// Where backups go, and when.
    pub backups: Backups,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// Which log lines are written.
    pub log: String,
}

/// A certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsPair {
    /// The certificate, followed by its intermediates.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Where the database is.
#[derive(Debug, Clone)]
pub enum DatabaseSource {
    /// Vigie runs a server of its own, from binaries found in these places.
    Embedded(SearchPlaces),
    /// Somebody else runs the server.
    External {
        /// As the application, `vigie_app`.
        app: Box<DatabaseUrl>,
        /// As the owner of the tables, for migrations only.
        owner: Box<DatabaseUrl>,
    },
}

/// Where to look for the Postgres binaries and where a socket may live.
#[derive(Debug, Clone)]
pub struct SearchPlaces {
    /// The folder somebody named, alone looked at when given.
    pub named: Option<PathBuf>,
    /// What the well-known folders are relative to: `/`, but in tests.
    pub root: PathBuf,
    /// The `PATH`, looked at last.
    pub path: Option<OsString>,
    /// A folder for short-lived files of this user, when the system gives one.
    pub runtime: Option<PathBuf>,
    /// A folder for short-lived files of everybody.
    pub temporary: PathBuf,
}

/// What is wrong in the settings: every mistake at once, each naming its setting.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingsMistakes(pub Vec<String>);

impl fmt::Display for SettingsMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "réglages à corriger : {}", self.0.join(" ; "))
    }
}

impl std::error::Error for SettingsMistakes {}

impl Settings {
    /// Reads what remains of the environment and checks everything together.
    pub fn check(self) -> Result<Config, SettingsMistakes> {
        self.check_on(&Machine::here())
    }

    fn check_on(self, machine: &Machine) -> Result<Config, SettingsMistakes> {
        let mut mistakes = Vec::new();
        let mut wrong = |setting: &str, why: String| mistakes.push(format!("{setting} {why}"));

        let listen = self.listen.parse::<SocketAddr>().map_err(|_| {
            let why = format!(
                "attend ADRESSE:PORT, par exemple 127.0.0.1:8080, et non « {} »",
                self.listen
            );
            wrong("--listen (VIGIE_LISTEN)", why);
        });
        let named = |file: Option<PathBuf>| file.filter(|file| !file.as_os_str().is_empty());
        let tls = match (named(self.tls_cert), named(self.tls_key)) {
            (Some(certificate), Some(key)) => Some(TlsPair { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                wrong(
                    "--tls-key (VIGIE_TLS_KEY)",
                    "manque : la clé du certificat donné par --tls-cert".into(),
                );
                None
            }
            (None, Some(_)) => {
                wrong(
                    "--tls-cert (VIGIE_TLS_CERT)",
                    "manque : le certificat de la clé donnée par --tls-key".into(),
                );
                None
            }
        };
        let metrics_token = match self.metrics_token.trim() {
            "" => None,
            token if token.len() < 16 => {
                wrong(
                    "--metrics-token (VIGIE_METRICS_TOKEN)",
                    "est trop court : au moins 16 caractères".into(),
                );
                None
            }
            token => Some(token.to_owned()),
        };
        let public_url = match &self.public_url {
            Some(text) => text
                .parse()
                .map_err(|why| wrong("--public-url (PUBLIC_URL)", why)),
            None => listen.map(|listen| PublicUrl::of(listen, tls.is_some())),
        };
        let trusted_proxies = self
            .trusted_proxies
            .parse()
            .map_err(|why| wrong("--trusted-proxies (VIGIE_TRUSTED_PROXIES)", why));
        if let Err(error) = self.log.parse::<tracing_subscriber::EnvFilter>() {
            wrong(
                "--log (VIGIE_LOG)",
                format!("n’est pas un filtre ({error})"),
            );
        }

        let data_dir = match self.data_dir.filter(|d| !d.as_os_str().is_empty()) {
            Some(dir) => std::path::absolute(&dir)
                .map_err(|e| wrong("--data-dir (VIGIE_DATA_DIR)", e.to_string())),
            None => machine.default_data_dir().ok_or_else(|| {
                let why = "manque : ce compte n’a pas de dossier personnel (HOME)";
                wrong("--data-dir (VIGIE_DATA_DIR)", why.into());
            }),
        };

        let filled = |url: Option<String>| url.filter(|text| !text.trim().is_empty());
        let owner_url = filled(self.migration_database_url);
        let database = match filled(self.database_url) {
            Some(text) => {
                let app = text
                    .parse::<DatabaseUrl>()
                    .map_err(|why| wrong("DATABASE_URL", why));
                let owner = match owner_url {
                    Some(text) => text
                        .parse::<DatabaseUrl>()
                        .map_err(|why| wrong("MIGRATION_DATABASE_URL", why)),
                    None => app.clone(),
                };
                app.and_then(|app| {
                    owner.map(|owner| DatabaseSource::External {
                        app: Box::new(app),
                        owner: Box::new(owner),
                    })
                })
            }
            None if owner_url.is_some() => {
                wrong(
                    "MIGRATION_DATABASE_URL",
                    "ne va pas sans DATABASE_URL".into(),
                );
                Err(())
            }
            None => Ok(DatabaseSource::Embedded(SearchPlaces {
                named: self.pg_bin_dir.filter(|d| !d.as_os_str().is_empty()),
                root: self.pg_root,
                path: machine.path.clone(),
                runtime: machine.runtime(),
                temporary: env::temp_dir(),
            })),
        };

        let backups = Backups::check(
            self.backup_dir.as_deref(),
            data_dir.as_deref().unwrap_or(Path::new("")),
            &self.backup_at,
            &self.backup_recipient,
            &self.backup_keep,
        )
        .map_err(|(setting, why)| wrong(setting, why));

        match (
            listen,
            public_url,
            trusted_proxies,
            data_dir,
            database,
            backups,
        ) {
            (
                Ok(listen),
                Ok(public_url),
                Ok(trusted_proxies),
                Ok(data_dir),
                Ok(database),
                Ok(backups),
            ) if mistakes.is_empty() => Ok(Config {
                data_dir,
                listen,
                demo: self.demo,
                public_url,
                trusted_proxies,
                tls,
                metrics_token,
                database,
                backups,
                log_format: self.log_format,
                log: self.log,
            }),
            _ => Err(SettingsMistakes(mistakes)),
        }
    }
}

/// What the environment says of this machine and user.
#[derive(Debug, Clone, Default)]
struct Machine {
    is_root: bool,
    home: Option<PathBuf>,
    data_home: Option<PathBuf>,
    runtime_dir: Option<PathBuf>,
    path: Option<OsString>,
}

impl Machine {
    fn here() -> Self {
        let folder = |name| {
            let given = env::var_os(name).map(PathBuf::from);
            given.filter(|folder| folder.is_absolute())
        };
        Self {
            is_root: rustix::process::geteuid().is_root(),
            home: folder("HOME"),
            data_home: folder("XDG_DATA_HOME"),
            runtime_dir: folder("XDG_RUNTIME_DIR"),
            path: env::var_os("PATH"),
        }
    }

    /// Never below `/root`, which the account that runs Postgres could not enter.
    fn default_data_dir(&self) -> Option<PathBuf> {
        if self.is_root {
            return Some(PathBuf::from("/var/lib/vigie"));
        }
        let home = self.home.as_ref();
        let data = self
            .data_home
            .clone()
            .or_else(|| home.map(|h| h.join(".local/share")));
        data.map(|d| d.join("vigie"))
    }

    fn runtime(&self) -> Option<PathBuf> {
        if self.is_root {
            let run = Path::new("/run");
            return run.is_dir().then(|| run.to_path_buf());
        }
        self.runtime_dir.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    fn given(words: &[&str]) -> Settings {
        let mut settings = Line::parse_from(["vigie"].iter().chain(words)).settings;
        // A developer's shell may export these for sqlx; a test says what it means.
        if !words.contains(&"--database-url") {
            settings.database_url = None;
        }
        if !words.contains(&"--migration-database-url") {
            settings.migration_database_url = None;
        }
        settings
    }

    fn a_user() -> Machine {
        Machine {
            home: Some("/home/anne".into()),
            ..Machine::default()
        }
    }

    fn mistakes(words: &[&str]) -> Vec<String> {
        given(words).check_on(&a_user()).unwrap_err().0
    }

    #[test]
    fn nothing_said_is_enough() {
        let config = given(&[]).check_on(&a_user()).unwrap();
        assert_eq!(config.data_dir, Path::new("/home/anne/.local/share/vigie"));
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080");
        assert!(matches!(config.database, DatabaseSource::Embedded(_)));
        assert!(!config.demo);
    }

    #[test]
    fn root_keeps_its_data_where_another_account_can_enter() {
        let root = Machine {
            is_root: true,
            home: Some("/root".into()),
            ..Machine::default()
        };
        let config = given(&[]).check_on(&root).unwrap();
        assert_eq!(config.data_dir, Path::new("/var/lib/vigie"));
    }

    #[test]
    fn every_mistake_is_told_at_once_and_by_name() {
        let told = mistakes(&[
            "--listen",
            "8080",
            "--public-url",
            "vigie.exemple.fr",
            "--trusted-proxies",
            "10.0.0.0/33",
            "--database-url",
            "mysql://x",
        ]);
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with("--listen"));
        assert!(told[1].starts_with("--public-url"));
        assert!(told[2].starts_with("--trusted-proxies"));
        assert!(told[3].starts_with("DATABASE_URL"));
    }

    #[test]
    fn a_certificate_goes_with_its_key_and_makes_links_secure() {
        let told = mistakes(&["--tls-cert", "/etc/vigie/cert.pem"]);
        assert!(told[0].starts_with("--tls-key"), "{told:?}");
        let told = mistakes(&["--tls-key", "/etc/vigie/key.pem"]);
        assert!(told[0].starts_with("--tls-cert"), "{told:?}");
        let config = given(&["--tls-cert", "/c", "--tls-key", "/k"])
            .check_on(&a_user())
            .unwrap();
        assert_eq!(config.public_url.as_str(), "https://127.0.0.1:8080");
    }

    #[test]
    fn backups_and_metrics_have_settings_that_are_checked() {
        let told = mistakes(&["--backup-at", "25:00"]);
        assert!(told[0].starts_with("--backup-at"), "{told:?}");
        let told = mistakes(&["--backup-keep", "0", "--metrics-token", "court"]);
        assert_eq!(told.len(), 2, "{told:?}");
        let told = mistakes(&["--backup-recipient", "AGE-SECRET-KEY-1XYZ"]);
        assert!(told[0].starts_with("--backup-recipient"), "{told:?}");
        let config = given(&["--backup-at", "jamais"])
            .check_on(&a_user())
            .unwrap();
        assert_eq!(config.backups.at, None);
        assert_eq!(config.backups.folder, config.data_dir.join("backups"));
    }

    #[test]
    fn an_owner_url_alone_is_refused() {
        let told = mistakes(&["--migration-database-url", "postgres://o@h/v"]);
        assert!(told[0].starts_with("MIGRATION_DATABASE_URL"));
    }

    #[test]
    fn without_an_owner_url_migrations_use_the_application_s() {
        let config = given(&[
            "--database-url",
            "postgres://vigie_app:secret@base.chu/vigie",
        ])
        .check_on(&a_user())
        .unwrap();
        let DatabaseSource::External { app, owner } = &config.database else {
            panic!("the supervisor should be off");
        };
        assert_eq!(app.to_string(), "vigie_app@base.chu:5432/vigie");
        assert_eq!(owner.to_string(), app.to_string());
        assert!(!format!("{config:?}").contains("secret"));
    }
}
