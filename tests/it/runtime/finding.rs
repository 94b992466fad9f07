//! Each way of finding a Postgres, and a machine that has none.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use super::*;

/// `vigie` on a machine that seems to have no Postgres at all.
fn bare(data_dir: &std::path::Path) -> Command {
    let mut command = vigie(data_dir);
    command.env_remove("PG_BIN_DIR").env("PATH", "/nowhere");
    command
}

#[test]
fn a_machine_without_postgres_is_told_what_to_do() {
    let folder = Folder::new();
    let refused = bare(&folder.data()).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in [
        "aucun PostgreSQL",
        "apt-get install",
        "bin/start",
        "PG_BIN_DIR",
        "DATABASE_URL",
    ] {
        assert!(said.contains(word), "{said}");
    }
    assert!(!folder.data().exists(), "nothing was created");
}

#[test]
fn the_folder_named_by_pg_bin_dir_is_used() {
    let folder = Folder::new();
    let mut command = bare(&folder.data());
    command.env("PG_BIN_DIR", real_binaries());
    assert_eq!(Instance::of(command, &folder.data()).readiness(), Some(200));
}

#[test]
fn a_pg_bin_dir_without_postgres_is_named() {
    let folder = Folder::new();
    let mut command = bare(&folder.data());
    command.env("PG_BIN_DIR", folder.path());
    let refused = command.output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said.starts_with(&format!("vigie : PG_BIN_DIR : {}", folder.path().display())),
        "{said}"
    );
}

#[test]
fn the_path_is_searched() {
    let folder = Folder::with_data();
    let mut command = bare(&folder.data());
    command.env("PATH", real_binaries());
    assert_eq!(Instance::of(command, &folder.data()).readiness(), Some(200));
}

#[test]
fn well_known_folders_are_searched() {
    for place in [
        "usr/lib/postgresql/99/bin",
        "opt/homebrew/opt/postgresql@99/bin",
        "Applications/Postgres.app/Contents/Versions/99/bin",
    ] {
        let folder = Folder::with_data();
        let root = folder.path().join("root");
        let bin = root.join(place);
        fs::create_dir_all(bin.parent().unwrap()).unwrap();
        symlink(real_binaries(), &bin).unwrap();
        let mut command = bare(&folder.data());
        command.env("VIGIE_PG_ROOT", &root);
        let vigie = Instance::of(command, &folder.data());
        assert_eq!(vigie.readiness(), Some(200), "{place}");
    }
}

#[test]
fn data_of_another_version_are_not_touched() {
    let folder = Folder::with_data();
    drop(Instance::start(&folder.data()));
    let version = folder.data().join("postgres/PG_VERSION");
    fs::write(&version, "14\n").unwrap();
    let refused = vigie(&folder.data()).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said.contains("les données viennent de PostgreSQL 14"),
        "{said}"
    );
}
