//! The three roles, the database, and the schema brought up to date.
//!
//! `postgres` (a superuser) creates roles and databases and nothing else; `vigie_owner` owns the tables and runs the
//! migrations; `vigie_app` is whom the application connects as, and owns nothing.

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

/// The role that owns the tables.
pub const OWNER: &str = "vigie_owner";
/// The role the application works as.
pub const APP: &str = "vigie_app";
/// The name of the embedded database.
pub const DATABASE: &str = "vigie";

/// The migrations of this version of Vigie.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why the schema is not what this version needs, each with what to do.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is its own sentence")]
pub enum SchemaError {
    #[error("la base ne répond pas comme attendu : {0}")]
    Database(#[from] sqlx::Error),
    #[error(
        "les rôles {OWNER} et {APP} manquent et « {0} » ne peut pas les créer. Un administrateur de la base exécute : \
         create role {OWNER} login password '…'; create role {APP} login password '…'"
    )]
    RolesMissing(String),
    #[error(
        "« {0} » n’est pas membre de {OWNER} : MIGRATION_DATABASE_URL doit se connecter comme {OWNER}"
    )]
    NotOwner(String),
    #[error("« {0} » n’est pas {APP} : DATABASE_URL doit se connecter comme {APP}")]
    NotApp(String),
    #[error(
        "cette base a été mise à jour par une version plus récente de Vigie (migration {0}) : mettez Vigie à jour"
    )]
    Newer(i64),
    #[error(
        "la migration {0} de cette base n’est pas celle de cette version de Vigie : base et programme ne vont pas ensemble"
    )]
    Altered(i64),
    #[error("la migration {version} échoue : {error}")]
    Failed {
        version: i64,
        #[source]
        error: Box<sqlx::Error>,
    },
    #[error("les migrations ne peuvent pas s’exécuter : {0}")]
    Migration(MigrateError),
    #[error(
        "la base attend {0} migration(s) : lancez « vigie migrate », ou « vigie serve » qui les exécute"
    )]
    Pending(usize),
}

impl From<MigrateError> for SchemaError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Newer(version),
            MigrateError::VersionMismatch(version) => Self::Altered(version),
            MigrateError::ExecuteMigration(error, version) => Self::Failed {
                version,
                error: Box::new(error),
            },
            MigrateError::Execute(error) => Self::Database(error),
            other => Self::Migration(other),
        }
    }
}

/// Who a connection is, and what it may become.
#[derive(Debug, Clone)]
struct Login {
    name: String,
    superuser: bool,
    makes_roles: bool,
}

impl Login {
    async fn of(conn: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let (name, superuser, makes_roles) = sqlx::query_as(
            "select rolname::text, rolsuper, rolsuper or rolcreaterole from pg_roles where rolname = session_user",
        )
        .fetch_one(conn)
        .await?;
        Ok(Self {
            name,
            superuser,
            makes_roles,
        })
    }

    async fn can_be(&self, conn: &mut PgConnection, role: &str) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar(
            "select exists (select from pg_roles where rolname = $1 and pg_has_role(session_user, oid, 'member'))",
        )
        .bind(role)
        .fetch_one(conn)
        .await
    }
}

/// Creates the roles that are missing, where the connection may.
pub async fn ensure_roles(conn: &mut PgConnection) -> Result<(), SchemaError> {
    for role in [OWNER, APP] {
        let there: bool =
            sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
                .bind(role)
                .fetch_one(&mut *conn)
                .await?;
        if there {
            continue;
        }
        let login = Login::of(conn).await?;
        if !login.makes_roles {
            return Err(SchemaError::RolesMissing(login.name));
        }
        // Two instances may start at once on a new server.
        let create = format!(
            "do $$ begin create role {role} login; exception when duplicate_object or unique_violation then null; end $$"
        );
        conn.execute(AssertSqlSafe(create)).await?;
    }
    // A statement or a transaction left open by a fault must not hold locks for ever.
    if Login::of(conn).await?.superuser {
        for limit in [
            "statement_timeout = '120s'",
            "idle_in_transaction_session_timeout = '60s'",
        ] {
            let limit = format!("alter role {APP} set {limit}");
            conn.execute(AssertSqlSafe(limit)).await?;
        }
    }
    Ok(())
}

/// Creates the database of the embedded server, owned by the role of the migrations.
pub async fn ensure_database(conn: &mut PgConnection, name: &str) -> Result<(), SchemaError> {
    let there: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(name)
            .fetch_one(&mut *conn)
            .await?;
    if !there {
        // Plain code points, the same order on every machine; what people read says `collate "fr-x-icu"`.
        let create = format!(
            "create database \"{name}\" owner {OWNER} template template0 encoding 'UTF8' locale 'C.UTF-8'"
        );
        conn.execute(AssertSqlSafe(create)).await?;
        for grant in [
            format!("revoke all on database \"{name}\" from public"),
            format!("grant connect, temporary on database \"{name}\" to {APP}"),
        ] {
            conn.execute(AssertSqlSafe(grant)).await?;
        }
    }
    Ok(())
}

/// Brings the schema up to date as `vigie_owner` and returns the versions applied by this call.
pub async fn run(owner: &PgConnectOptions) -> Result<Vec<i64>, SchemaError> {
    run_to(owner, None).await
}

/// As [`run`], up to a version and no further: the schema that a backup was made of.
pub async fn run_to(owner: &PgConnectOptions, last: Option<i64>) -> Result<Vec<i64>, SchemaError> {
    let mut conn = owner
        .clone()
        .application_name("vigie-migrate")
        .connect()
        .await?;
    ensure_roles(&mut conn).await?;
    let login = Login::of(&mut conn).await?;
    if login.name != OWNER {
        if !login.can_be(&mut conn, OWNER).await? {
            // Nothing to migrate needs no owner: instances after the first may know the application's address alone.
            return match check(&mut conn).await {
                Ok(()) => Ok(Vec::new()),
                Err(SchemaError::Pending(_)) => Err(SchemaError::NotOwner(login.name)),
                Err(error) => Err(error),
            };
        }
        if login.superuser {
            for grant in [
                "grant create, usage on schema public to vigie_owner with grant option",
                "do $$ begin execute format('grant create, connect, temporary on database %I to vigie_owner', current_database()); end $$",
            ] {
                conn.execute(grant).await?;
            }
        }
        conn.execute("set role vigie_owner").await?;
    }
    let before = applied(&mut conn).await?;
    MIGRATIONS.run_direct(last, &mut conn, false).await?;
    // The application reads it to know whether the schema is the one it was built for.
    conn.execute("grant select on _sqlx_migrations to vigie_app")
        .await?;
    conn.close().await?;
    Ok(MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .filter(|version| !before.contains(version) && last.is_none_or(|last| *version <= last))
        .collect())
}

/// Whether nothing was ever made in this database.
pub async fn is_new(options: &PgConnectOptions) -> Result<bool, SchemaError> {
    let mut conn = options.connect().await?;
    let new = applied(&mut conn).await?.is_empty();
    conn.close().await?;
    Ok(new)
}

/// A connection that owns the tables.
pub async fn as_owner(owner: &PgConnectOptions) -> Result<PgConnection, SchemaError> {
    let mut conn = owner
        .clone()
        .application_name("vigie-owner")
        .connect()
        .await?;
    conn.execute("set role vigie_owner").await?;
    Ok(conn)
}

/// The versions already in the database; none where it is new.
async fn applied(conn: &mut PgConnection) -> Result<Vec<i64>, SchemaError> {
    let there: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *conn)
        .await?;
    if !there {
        return Ok(Vec::new());
    }
    let rows = conn.list_applied_migrations(&MIGRATIONS.table_name).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Says whether the schema is exactly the one of this version.
pub async fn check(conn: &mut PgConnection) -> Result<(), SchemaError> {
    let before = applied(conn).await?;
    if let Some(newer) = before
        .iter()
        .find(|version| !MIGRATIONS.version_exists(**version))
    {
        return Err(SchemaError::Newer(*newer));
    }
    match MIGRATIONS.iter().count().saturating_sub(before.len()) {
        0 => Ok(()),
        pending => Err(SchemaError::Pending(pending)),
    }
}

/// How a connection becomes the application: by its login, or, on a server whose only known login is a superuser
/// (a developer's machine, a first try), by acting without its rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becoming {
    /// It is `vigie_app` already.
    Itself,
    /// It must say so after connecting.
    SessionAuthorization,
}

/// Finds out how connections of these options become the application.
pub async fn becoming(app: &PgConnectOptions) -> Result<Becoming, SchemaError> {
    let mut conn = app.connect().await?;
    let login = Login::of(&mut conn).await?;
    conn.close().await?;
    match login {
        Login { name, .. } if name == APP => Ok(Becoming::Itself),
        Login {
            superuser: true, ..
        } => Ok(Becoming::SessionAuthorization),
        Login { name, .. } => Err(SchemaError::NotApp(name)),
    }
}
