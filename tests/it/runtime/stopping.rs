//! Signals, crashes, second instances: nothing is left behind and nothing is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use sqlx::Executor;

use super::*;

fn stops_cleanly_on(signal: Signal) {
    let folder = Folder::with_data();
    let vigie = Instance::start(&folder.data());
    assert_eq!(vigie.get("/healthz").unwrap(), (200, "ok\n".into()));
    assert_eq!(vigie.readiness(), Some(200));
    let postgres = vigie.postgres();
    vigie.signal(signal);
    assert!(vigie.ended().success());
    assert!(!alive(postgres), "the server outlived Vigie");
    assert_eq!(postgres_of(&folder.data()), None, "not a clean stop");
}

#[test]
fn sigterm_stops_vigie_and_its_postgres() {
    stops_cleanly_on(Signal::TERM);
}

#[test]
fn ctrl_c_stops_vigie_and_its_postgres() {
    stops_cleanly_on(Signal::INT);
}

#[test]
fn a_closed_terminal_stops_vigie_and_its_postgres() {
    stops_cleanly_on(Signal::HUP);
}

#[test]
fn stopped_while_starting_it_leaves_no_server() {
    let folder = Folder::new();
    for pause in [50, 200, 400, 600, 900] {
        let mut child = vigie(&folder.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        // The first pause may come before the signals are handled: then the signal simply ends it.
        send(i32::try_from(child.id()).unwrap(), Signal::TERM);
        child.wait().unwrap();
        until("the server to end", || {
            postgres_of(&folder.data()).is_none_or(|pid| !alive(pid))
        });
    }
    let vigie = Instance::start(&folder.data());
    assert_eq!(vigie.readiness(), Some(200));
}

#[tokio::test]
async fn a_killed_vigie_leaves_no_orphan_and_starts_again_on_its_data() {
    let folder = Folder::with_data();
    let vigie = Instance::start(&folder.data());
    let mut conn = vigie.connect().await;
    conn.execute("create table kept as select 42 as answer")
        .await
        .unwrap();
    let postgres = vigie.postgres();
    vigie.signal(Signal::KILL);
    assert!(!vigie.ended().success());
    // Linux tells the server to stop; elsewhere the next start does.
    if cfg!(target_os = "linux") {
        until("the orphan to end", || !alive(postgres));
    }

    let again = Instance::start(&folder.data());
    assert_eq!(again.readiness(), Some(200));
    let mut conn = again.connect().await;
    let kept: i32 = sqlx::query_scalar("select answer from kept")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(kept, 42);
}

#[tokio::test]
async fn killed_with_its_server_vigie_starts_again_on_its_data() {
    let folder = Folder::with_data();
    let vigie = Instance::start(&folder.data());
    let mut conn = vigie.connect().await;
    conn.execute("create table kept as select 42 as answer")
        .await
        .unwrap();
    let postgres = vigie.postgres();
    // A power cut: neither had time for anything.
    vigie.signal(Signal::STOP);
    send(postgres, Signal::KILL);
    vigie.signal(Signal::KILL);
    assert!(!vigie.ended().success());
    assert!(
        postgres_of(&folder.data()).is_some(),
        "the stale pid file stays"
    );

    let again = Instance::start(&folder.data());
    let mut conn = again.connect().await;
    let kept: i32 = sqlx::query_scalar("select answer from kept")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(kept, 42);
}

#[test]
fn a_killed_postgres_is_started_again_and_readiness_recovers() {
    let folder = Folder::with_data();
    let vigie = Instance::start(&folder.data());
    for _ in 0..2 {
        let killed = vigie.postgres();
        send(killed, Signal::KILL);
        until("another server", || {
            postgres_of(&folder.data()).is_some_and(|pid| pid != killed && alive(pid))
        });
        until("readiness", || vigie.readiness() == Some(200));
        assert_eq!(vigie.get("/healthz").unwrap().0, 200);
    }
    let last = vigie.postgres();
    vigie.signal(Signal::TERM);
    assert!(vigie.ended().success());
    assert!(!alive(last));
}

#[test]
fn a_second_instance_says_so_in_one_line_and_disturbs_nothing() {
    let folder = Folder::with_data();
    let first = Instance::start(&folder.data());
    let second = vigie(&folder.data()).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    let expected = format!(
        "vigie : une autre instance de Vigie utilise déjà {} (processus {}) : arrêtez-la ou choisissez un autre --data-dir\n",
        fs::canonicalize(folder.data()).unwrap().display(),
        first.pid()
    );
    assert_eq!(said, expected);
    assert_eq!(first.readiness(), Some(200));
}

#[test]
fn a_command_uses_the_server_of_the_running_instance() {
    let folder = Folder::with_data();
    let first = Instance::start(&folder.data());
    let postgres = first.postgres();
    let command = vigie(&folder.data()).arg("migrate").output().unwrap();
    assert!(command.status.success(), "{command:?}");
    assert_eq!(first.postgres(), postgres);
    assert_eq!(first.readiness(), Some(200));
    drop(first);
    // And starts one for itself when none runs, and stops it.
    let command = vigie(&folder.data()).arg("migrate").output().unwrap();
    assert!(command.status.success(), "{command:?}");
    assert_eq!(postgres_of(&folder.data()), None);
}

#[test]
fn a_taken_port_is_said_before_any_database_is_created() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = vigie(&folder.data());
    command.env("VIGIE_LISTEN", &address);
    // The command line goes before the environment, so name it there.
    let refused = command
        .args(["serve", "--listen", &address])
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(
        said.starts_with(&format!("vigie : impossible d’écouter sur {address}")),
        "{said}"
    );
    assert!(!folder.data().exists());
}

/// A folder of root's own, 0700, is what `mktemp -d` gives: Postgres runs as another account and cannot cross it.
#[test]
fn a_data_folder_below_a_closed_one_works_and_no_permission_changes() {
    let folder = Folder::new();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    let mode = |dir: &Path| fs::metadata(dir).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    for data in [closed.clone(), closed.join("deep/data")] {
        let vigie = Instance::start(&data);
        assert_eq!(vigie.readiness(), Some(200));
        let killed = vigie.postgres();
        send(killed, Signal::KILL);
        until("readiness", || {
            vigie.readiness() == Some(200) && postgres_of(&data).is_some_and(|pid| pid != killed)
        });
        let socket = vigie.socket();
        vigie.signal(Signal::TERM);
        assert!(vigie.ended().success());
        assert_eq!(mode(&closed), 0o700);
        assert_eq!(mode(&data.join("postgres")), 0o700);
        assert!(socket.starts_with(fs::canonicalize(&data).unwrap()) || !socket.exists());
        let again = Instance::start(&data);
        assert_eq!(again.readiness(), Some(200));
    }
}

#[test]
fn a_path_longer_than_a_socket_s_works() {
    let folder = Folder::new();
    let data = folder.path().join("d".repeat(100)).join("e, \"f\"");
    let vigie = Instance::start(&data);
    assert_eq!(vigie.readiness(), Some(200));
    assert!(!vigie.socket().starts_with(folder.path()));
}

/// Root's tests try the ordinary account too; run by an ordinary account, all the others do.
#[test]
fn an_ordinary_account_runs_its_own_server() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = Folder::new();
    // The build's folder may be closed to others.
    let binary = folder.path().join("vigie");
    fs::copy(env!("CARGO_BIN_EXE_vigie"), &binary).unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    std::os::unix::fs::chown(&home, Some(65_534), Some(65_534)).unwrap();
    let mut command = program(&binary, &home.join("data"));
    command.uid(65_534).gid(65_534);
    let vigie = Instance::of(command, &home.join("data"));
    assert_eq!(vigie.readiness(), Some(200));
    let postgres = vigie.postgres();
    vigie.signal(Signal::TERM);
    assert!(vigie.ended().success());
    assert!(!alive(postgres));
}
