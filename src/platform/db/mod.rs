//! The database: found or started, brought up to date, and opened as the application.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::time::Instant;

use crate::config::{Config, DatabaseSource};

pub mod constraint;
pub mod embedded;
pub mod health;
pub mod list;
pub mod migrate;
pub mod tx;

pub use constraint::{OnConstraint, OneRow};
pub use tx::{Actor, Read, Tx};

use embedded::{Embedded, EmbeddedError, Holder, connect_options};
use migrate::{APP, Becoming, DATABASE, OWNER, SchemaError};

/// How long a start waits for a database that does not answer yet.
const PATIENCE: Duration = Duration::from_secs(15);
const CONNECTIONS: u32 = 20;
/// Past this a request says that the database is away rather than wait.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Why there is no database, each with what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is its own sentence")]
pub enum DatabaseError {
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    #[error(transparent)]
    Schema(#[from] SchemaError),
    #[error("la base {place} ne répond pas : {error}")]
    Unreachable {
        place: String,
        #[source]
        error: sqlx::Error,
    },
    #[error(
        "{0} contient déjà une base : une sauvegarde se restaure dans un dossier ou une base neuve"
    )]
    NotNew(String),
    #[error("une autre instance de Vigie démarre ou s’arrête sur {} : réessayez dans un instant", .0.display())]
    Busy(PathBuf),
}

/// Who opens the database, which decides what to do when an instance already runs on the same data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The server: alone on its data.
    Serve,
    /// A command of some minutes: uses the server of a running instance, else starts one for itself.
    Command,
    /// A diagnosis: as a command, and the schema is left as it is.
    Look,
}

/// The opened database. The application sees only its pool.
#[derive(Debug)]
pub struct Database {
    app: PgPool,
    owner: PgConnectOptions,
    embedded: Option<Embedded>,
}

impl Database {
    /// Finds or starts the server, creates roles and database where it may, migrates, and connects as the application.
    pub async fn open(config: &Config, opening: Opening) -> Result<Self, DatabaseError> {
        Self::open_to(config, opening, None).await
    }

    /// A database with nothing in it, brought to the schema of that version and no further: where a backup is
    /// restored. Refused where there is one already.
    pub async fn create(config: &Config, last: i64) -> Result<Self, DatabaseError> {
        let taken = match &config.database {
            DatabaseSource::External { owner, .. } => {
                wait_for(owner.options(), &owner.to_string(), Opening::Look).await?;
                (!migrate::is_new(owner.options()).await?).then(|| owner.to_string())
            }
            DatabaseSource::Embedded(_) => {
                Embedded::made_with(&config.data_dir).map(|_| config.data_dir.display().to_string())
            }
        };
        match taken {
            Some(place) => Err(DatabaseError::NotNew(place)),
            None => Self::open_to(config, Opening::Serve, Some(last)).await,
        }
    }

    /// Runs the migrations that [`Database::create`] left.
    pub async fn finish(&self) -> Result<(), DatabaseError> {
        Ok(migrate_and_tell(&self.owner, None).await?)
    }

    async fn open_to(
        config: &Config,
        opening: Opening,
        last: Option<i64>,
    ) -> Result<Self, DatabaseError> {
        match &config.database {
            DatabaseSource::External { app, owner } => {
                wait_for(owner.options(), &owner.to_string(), opening).await?;
                if opening != Opening::Look {
                    migrate_and_tell(owner.options(), last).await?;
                }
                wait_for(app.options(), &app.to_string(), opening).await?;
                let becoming = migrate::becoming(app.options()).await?;
                Ok(Self {
                    app: pool(app.options().clone(), becoming),
                    owner: owner.options().clone(),
                    embedded: None,
                })
            }
            DatabaseSource::Embedded(places) => {
                if opening != Opening::Serve
                    && let Some(holder) = Embedded::holder(&config.data_dir)
                {
                    return Self::join(config, holder, opening).await;
                }
                let embedded = Embedded::start(&config.data_dir, places).await?;
                let mut superuser = connect_options(embedded.socket(), "postgres", "postgres")
                    .connect()
                    .await
                    .map_err(SchemaError::from)?;
                migrate::ensure_roles(&mut superuser).await?;
                migrate::ensure_database(&mut superuser, DATABASE).await?;
                superuser.close().await.map_err(SchemaError::from)?;
                let owner = connect_options(embedded.socket(), OWNER, DATABASE);
                if opening != Opening::Look {
                    migrate_and_tell(&owner, last).await?;
                }
                let app = connect_options(embedded.socket(), APP, DATABASE);
                Ok(Self {
                    app: pool(app, Becoming::Itself),
                    owner,
                    embedded: Some(embedded),
                })
            }
        }
    }

    /// Uses the server that another instance runs; its schema is that instance's business.
    async fn join(
        config: &Config,
        holder: Holder,
        opening: Opening,
    ) -> Result<Self, DatabaseError> {
        let Some(socket) = holder.socket else {
            return Err(DatabaseError::Busy(config.data_dir.clone()));
        };
        let app = connect_options(&socket, APP, DATABASE);
        wait_for(&app, &config.data_dir.display().to_string(), opening).await?;
        if opening != Opening::Look {
            let mut conn = app.connect().await.map_err(SchemaError::from)?;
            migrate::check(&mut conn).await?;
            conn.close().await.map_err(SchemaError::from)?;
        }
        Ok(Self {
            app: pool(app, Becoming::Itself),
            owner: connect_options(&socket, OWNER, DATABASE),
            embedded: None,
        })
    }

    /// Connections as the application.
    pub fn app(&self) -> &PgPool {
        &self.app
    }

    /// How to connect as the owner of the tables.
    pub fn owner(&self) -> &PgConnectOptions {
        &self.owner
    }

    /// The server of our own, when this instance runs it.
    pub fn embedded(&self) -> Option<&Embedded> {
        self.embedded.as_ref()
    }

    /// Closes the connections, then stops the server.
    pub async fn close(self) {
        // A connection that a stuck request still holds must not keep the server from stopping.
        let _ = tokio::time::timeout(Duration::from_secs(5), self.app.close()).await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// Whether an error says that the database is away, so that trying later may succeed, rather than that it refused.
pub fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // Connection exceptions, too many connections, and shutdown or crash of the server.
        sqlx::Error::Database(told) => told.code().is_some_and(|code| {
            code.starts_with("08") || matches!(code.as_ref(), "53300" | "57P01" | "57P02" | "57P03")
        }),
        _ => false,
    }
}

async fn migrate_and_tell(owner: &PgConnectOptions, last: Option<i64>) -> Result<(), SchemaError> {
    let applied = migrate::run_to(owner, last).await?;
    if let (Some(first), Some(last)) = (applied.first(), applied.last()) {
        tracing::info!(first, last, "migrations applied");
    }
    Ok(())
}

async fn wait_for(
    options: &PgConnectOptions,
    place: &str,
    opening: Opening,
) -> Result<(), DatabaseError> {
    let patience = match opening {
        Opening::Look => Duration::ZERO,
        Opening::Serve | Opening::Command => PATIENCE,
    };
    let until = Instant::now() + patience;
    loop {
        match options.connect().await {
            Ok(conn) => {
                let _ = conn.close().await;
                return Ok(());
            }
            Err(error) if is_away(&error) && Instant::now() < until => {
                tracing::warn!(place, %error, "the database does not answer yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => {
                let place = place.to_owned();
                return Err(DatabaseError::Unreachable { place, error });
            }
        }
    }
}

fn pool(options: PgConnectOptions, becoming: Becoming) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                if becoming == Becoming::SessionAuthorization {
                    conn.execute("set session authorization vigie_app").await?;
                }
                Ok(())
            })
        })
        .connect_lazy_with(options.application_name("vigie"))
}
