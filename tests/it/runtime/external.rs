//! A database that somebody else runs: `DATABASE_URL`.

use clap::Parser;
use rustix::process::Signal;
use vigie::config::Settings;
use vigie::platform::db::{Database, Opening};

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

/// One Vigie lends its Postgres to another, which could not find one of its own.
fn guest_of(host: &Instance, role: &str, data_dir: &std::path::Path) -> std::process::Command {
    let url = |role: &str| {
        let socket = host.socket();
        format!(
            "postgres://{role}@localhost/vigie?host={}",
            socket.display()
        )
    };
    let mut command = vigie(data_dir);
    command
        .env("PG_BIN_DIR", "/nowhere")
        .env("DATABASE_URL", url(role))
        .env("MIGRATION_DATABASE_URL", url("vigie_owner"));
    command
}

#[test]
fn database_url_switches_the_supervisor_off_and_an_outage_ends_without_a_restart() {
    let folder = Folder::with_data();
    let host = Instance::start(&folder.data());
    let elsewhere = folder.path().join("guest");
    let guest = Instance::of(guest_of(&host, "vigie_app", &elsewhere), &elsewhere);
    assert_eq!(guest.readiness(), Some(200));
    assert!(!elsewhere.join("postgres").exists());

    host.signal(Signal::TERM);
    assert!(
        host.ended().success(),
        "a guest's connections do not hold the server"
    );
    until("the outage to show", || guest.readiness() == Some(503));
    assert_eq!(
        guest.get("/readyz").unwrap().1,
        r#"{"status":"database_away"}"#
    );
    assert_eq!(
        guest.get("/healthz").unwrap().0,
        200,
        "the process itself is well"
    );

    let _host = Instance::start(&folder.data());
    until("the end of the outage", || guest.readiness() == Some(200));
    guest.signal(Signal::TERM);
    assert!(guest.ended().success());
}

#[tokio::test]
async fn a_superuser_s_url_runs_the_migrations_and_the_application_acts_without_its_rights() {
    let folder = Folder::with_data();
    let host = Instance::start(&folder.data());
    let url = format!(
        "postgres://postgres@localhost/vigie?host={}",
        host.socket().display()
    );
    let line = ["vigie", "--database-url", &url];
    let config = Line::parse_from(line).settings.check().unwrap();
    let database = Database::open(&config, Opening::Serve).await.unwrap();
    assert!(database.embedded().is_none());
    let (login, acting, superuser): (String, String, bool) = sqlx::query_as(
        "select session_user::text, current_user::text, current_setting('is_superuser')::boolean",
    )
    .fetch_one(database.app())
    .await
    .unwrap();
    assert_eq!(
        (login.as_str(), acting.as_str(), superuser),
        ("vigie_app", "vigie_app", false)
    );
    database.close().await;
}

#[test]
fn an_instance_that_has_nothing_to_migrate_needs_no_owner() {
    let folder = Folder::with_data();
    let host = Instance::start(&folder.data());
    let elsewhere = folder.path().join("guest");
    let mut command = guest_of(&host, "vigie_app", &elsewhere);
    command.env_remove("MIGRATION_DATABASE_URL");
    assert_eq!(Instance::of(command, &elsewhere).readiness(), Some(200));
}

#[test]
fn another_role_than_the_application_s_is_refused() {
    let folder = Folder::with_data();
    let host = Instance::start(&folder.data());
    let elsewhere = folder.path().join("guest");
    let refused = guest_of(&host, "vigie_owner", &elsewhere).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said.contains("DATABASE_URL doit se connecter comme vigie_app"),
        "{said}"
    );
}

#[test]
fn an_unknown_role_is_refused_at_once() {
    let folder = Folder::with_data();
    let host = Instance::start(&folder.data());
    let elsewhere = folder.path().join("guest");
    let refused = guest_of(&host, "nobody_knows", &elsewhere)
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("nobody_knows@"), "{said}");
}
