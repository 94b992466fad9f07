//! The template database: migrated and filled once a run, cloned in a tenth of a second.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use tokio::sync::{Mutex, OnceCell};

use vigie::platform::db::migrate;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static HOSPITAL: OnceCell<String> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);
/// Postgres copies one template at a time.
static ONE: Mutex<()> = Mutex::const_new(());

#[allow(clippy::disallowed_methods)]
fn server() -> PgConnectOptions {
    let url = std::env::var("VIGIE_TEST_DATABASE_URL")
        .expect("VIGIE_TEST_DATABASE_URL is not set: run the tests by bin/test, which starts a database for them");
    url.parse::<PgConnectOptions>()
        .expect("VIGIE_TEST_DATABASE_URL is not an address of Postgres")
        .disable_statement_logging()
}

/// Connects to one database of the tests' server, as its superuser.
pub fn options(name: &str) -> PgConnectOptions {
    server().database(name)
}

async fn admin() -> PgConnection {
    PgConnection::connect_with(&server())
        .await
        .expect("the tests' Postgres does not answer")
}

async fn run(conn: &mut PgConnection, sql: String) {
    conn.execute(AssertSqlSafe(sql.clone()))
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// A database migrated and founded, ready to be filled as the application.
async fn founded(name: &str) -> sqlx::PgPool {
    let mut admin = admin().await;
    migrate::ensure_roles(&mut admin).await.unwrap();
    run(&mut admin, format!("drop database if exists {name}")).await;
    migrate::ensure_database(&mut admin, name).await.unwrap();
    migrate::run(&options(name).username(migrate::OWNER))
        .await
        .unwrap();
    PgPoolOptions::new()
        .max_connections(4)
        .connect_with(options(name).username(migrate::APP))
        .await
        .unwrap()
}

async fn template() -> &'static String {
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("vigie_template_{}", std::process::id());
            let pool = founded(&name).await;
            super::people::fill(&pool).await;
            pool.close().await;
            name
        })
        .await
}

/// The named core of the demonstration, built once a run through the commands.
async fn hospital() -> &'static String {
    HOSPITAL
        .get_or_init(|| async {
            use vigie::demo::{build, fleet::Extent, places::GROUP_NAME};
            let name = format!("vigie_hospital_{}", std::process::id());
            let pool = founded(&name).await;
            let clock = vigie::kernel::Clock::still(super::now());
            vigie::app::App::found(&pool, &clock, true, GROUP_NAME)
                .await
                .unwrap();
            let app = vigie::app::App::new(pool.clone(), super::options(clock))
                .await
                .unwrap();
            let built = build::build(&app, Extent::Core).await.unwrap();
            assert_eq!(built.refused, Vec::<String>::new());
            pool.close().await;
            name
        })
        .await
}

/// A fresh clone of the demonstration hospital; its name.
pub async fn clone_hospital() -> String {
    copy(hospital().await).await
}

/// A fresh clone; its name.
pub async fn clone() -> String {
    copy(template().await).await
}

async fn copy(template: &str) -> String {
    let name = format!("{template}_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let _one = ONE.lock().await;
    let mut admin = admin().await;
    run(
        &mut admin,
        format!("create database {name} template {template} strategy file_copy"),
    )
    .await;
    name
}

/// Drops a clone once its connections are gone; the server of the tests is thrown away anyway.
pub fn drop_later(name: String) {
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        else {
            return;
        };
        runtime.block_on(async {
            let mut admin = admin().await;
            let _ = admin
                .execute(AssertSqlSafe(format!(
                    "drop database if exists {name} with (force)"
                )))
                .await;
        });
    });
}
