//! `vigie doctor`: what an administrator reads when something is wrong.

use super::*;

fn examined(command: &mut std::process::Command) -> (Option<i32>, String) {
    let done = command.arg("doctor").output().unwrap();
    (done.status.code(), String::from_utf8(done.stdout).unwrap())
}

#[test]
fn before_the_first_start_nothing_is_wrong_and_nothing_is_created() {
    let folder = Folder::new();
    let (code, said) = examined(&mut vigie(&folder.data()));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("aucune base encore"), "{said}");
    assert!(!folder.data().exists());
}

#[test]
fn a_running_instance_is_seen_and_left_alone() {
    let folder = Folder::with_data();
    let first = Instance::start(&folder.data());
    let (code, said) = examined(&mut vigie(&folder.data()));
    assert_eq!(code, Some(0), "{said}");
    for word in [
        &*format!("processus {}", first.pid()),
        "✔ répond : PostgreSQL",
        "✔ à jour",
        "Disque",
        "Horloge",
    ] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert_eq!(first.readiness(), Some(200));
}

#[test]
fn a_stopped_base_is_started_for_the_examination_only() {
    let folder = Folder::with_data();
    drop(Instance::start(&folder.data()));
    let (code, said) = examined(&mut vigie(&folder.data()));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("✔ à jour"), "{said}");
    assert_eq!(postgres_of(&folder.data()), None);
}

#[tokio::test]
async fn a_base_of_a_newer_version_is_said_and_stops_the_server_from_serving() {
    let folder = Folder::with_data();
    let first = Instance::start(&folder.data());
    let mut conn = first.connect().await;
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time, installed_on)
         values (9999, 'from the future', true, '\\x00', 0, '2026-01-01')",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    until("readiness to see it", || first.readiness() == Some(503));
    let (code, said) = examined(&mut vigie(&folder.data()));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("version plus récente de Vigie (migration 9999)"),
        "{said}"
    );
    drop(first);
    let refused = vigie(&folder.data()).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        postgres_of(&folder.data()),
        None,
        "the server was stopped again"
    );
}

#[test]
fn an_unreachable_base_is_said_at_once() {
    let folder = Folder::new();
    let mut command = vigie(&folder.data());
    command.env(
        "DATABASE_URL",
        "postgres://vigie_app:secret@127.0.0.1:1/vigie",
    );
    let (code, said) = examined(&mut command);
    assert_eq!(code, Some(1));
    assert!(said.contains("ne répond pas"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn a_machine_without_postgres_is_said() {
    let folder = Folder::new();
    let mut command = vigie(&folder.data());
    command.env_remove("PG_BIN_DIR").env("PATH", "/nowhere");
    let (code, said) = examined(&mut command);
    assert_eq!(code, Some(1));
    assert!(said.contains("✘ aucun PostgreSQL"), "{said}");
}
