//! A whole base saved, brought back elsewhere and proved: and every archive that is not ours refused.

use std::process::Output;

use sqlx::{AssertSqlSafe, Row};

use super::*;

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[track_caller]
fn done(data: &Path, words: &[&str]) -> String {
    let output = vigie(data)
        .args(["--log", "error"])
        .args(words)
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    said(&output)
}

#[track_caller]
fn refused(data: &Path, words: &[&str]) -> String {
    let output = vigie(data)
        .args(["--log", "error"])
        .args(words)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{words:?}: {}",
        said(&output)
    );
    String::from_utf8(output.stderr).unwrap()
}

/// The archive and the public key that `vigie backup` told.
fn told(text: &str) -> (PathBuf, String) {
    let archive = text
        .lines()
        .find_map(|line| line.strip_prefix("Sauvegarde : "))
        .and_then(|rest| rest.split(" (").next())
        .unwrap_or_else(|| panic!("no archive in {text}"));
    (
        PathBuf::from(archive),
        text.lines().last().unwrap().to_owned(),
    )
}

/// Every table with its rows and a digest of them all, but for what a restored base does not carry or adds at once.
async fn contents(conn: &mut PgConnection) -> Vec<(String, i64, Option<String>)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
           and relname not in ('_sqlx_migrations', 'session', 'idempotency', 'sign_in_delay', 'backup', 'audit_row', 'audit_block', 'event', 'job')
         order by 1",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let mut all = vec![];
    for table in tables {
        let row = sqlx::query(AssertSqlSafe(format!(
            "select count(*) as n, md5(string_agg(md5(t::text), '' order by md5(t::text))) as d from \"{table}\" t"
        )))
        .fetch_one(&mut *conn)
        .await
        .unwrap();
        all.push((table, row.get("n"), row.get("d")));
    }
    all
}

#[tokio::test]
async fn a_base_saved_is_restored_elsewhere_with_the_same_rows_and_altered_archives_are_refused() {
    let folder = Folder::new();
    let here = folder.data();
    let mut demonstration = vigie(&here);
    demonstration.arg("--demo");
    let instance = Instance::of(demonstration, &here);
    let (archive, key) = told(&done(&here, &["backup"]));
    let mut conn = instance.connect().await;
    let before = contents(&mut conn).await;
    assert!(
        before
            .iter()
            .any(|(table, rows, _)| table == "device" && *rows > 100)
    );
    let (sealed, kept): (i64, i64) = sqlx::query_as(
        "select (select count(*) from audit_block), (select count(*) from audit_row where id <= (select max(last_row_id) from audit_block))",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert!(sealed > 0 && kept > 100);
    drop(conn);
    drop(instance);

    // Not ours, not whole, not untouched: refused, naming what is wrong, and nothing is made.
    let there = folder.path().join("there");
    let path = archive.to_str().unwrap();
    let bytes = fs::read(&archive).unwrap();
    let why = refused(&there, &["restore", path]);
    assert!(why.contains("n’est pas signée par une clé connue"), "{why}");
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert!(refused(&there, &["restore", path, "--public-key", other]).contains("clé"));
    let file = folder.path().join("altered.tar");
    let altered = file.to_str().unwrap();
    let entry = b"tables/device/000001.copy";
    let at = bytes.windows(entry.len()).position(|w| w == entry).unwrap() + 512 + 40;
    let mut touched = bytes.clone();
    touched[at] = if touched[at] == b'1' { b'2' } else { b'1' };
    fs::write(&file, &touched).unwrap();
    let why = refused(&there, &["restore", altered, "--public-key", &key]);
    assert!(
        why.contains("cette archive a été altérée : « tables/device/000001.copy » a été modifié"),
        "{why}"
    );
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let why = refused(&there, &["restore", altered, "--public-key", &key]);
    assert!(why.contains("coupée"), "{why}");
    fs::write(&file, foreign(&bytes)).unwrap();
    let why = refused(&there, &["restore", altered, "--public-key", &key]);
    assert!(why.contains("« ../../evil » n’a rien à y faire"), "{why}");
    assert!(
        !there.join("postgres").exists(),
        "a refused archive makes nothing"
    );
    assert!(!folder.path().join("evil").exists());

    // Ours: verified, loaded, proved.
    let report = done(&there, &["restore", path, "--public-key", &key]);
    for line in [
        "Archive vérifiée : signature reconnue",
        "✔ chaque table relue",
        "✔ journal :",
        "✔ session ouverte comme",
        "Restaurée.",
    ] {
        assert!(report.contains(line), "{line} in {report}");
    }
    let restored = Instance::start(&there);
    let mut conn = restored.connect().await;
    assert_eq!(contents(&mut conn).await, before);
    let (blocks, rows, triggers, sessions): (i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from audit_block), (select count(*) from audit_row),
                (select count(*) from pg_trigger where not tgisinternal and tgenabled = 'D'),
                (select count(*) from session where revoked_at is null)",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert!(blocks >= sealed && rows >= kept);
    assert_eq!(
        (triggers, sessions),
        (0, 0),
        "history is append-only again, and nobody is signed in"
    );
    let insert = "insert into unit (id, establishment_id, uf_code, name, version) values ('01950000-0000-7000-8000-00000000dead', '01950000-0000-7000-8000-00000000beef', 'X', 'X', 1)";
    assert!(
        sqlx::query(insert).execute(&mut conn).await.is_err(),
        "references hold again"
    );
    drop(conn);
    drop(restored);
    assert!(done(&there, &["verify"]).contains("conformes à leur sceau"));
    for sha256 in files(&here) {
        assert!(
            there
                .join("files")
                .join(&sha256[..2])
                .join(&sha256)
                .exists(),
            "{sha256}"
        );
    }
    let why = refused(&there, &["restore", path, "--public-key", &key]);
    assert!(why.contains("contient déjà une base"), "{why}");
}

fn files(data: &Path) -> Vec<String> {
    let mut all = vec![];
    for folder in fs::read_dir(data.join("files"))
        .into_iter()
        .flatten()
        .flatten()
    {
        for file in fs::read_dir(folder.path()).unwrap().flatten() {
            all.push(file.file_name().into_string().unwrap());
        }
    }
    all
}

/// The archive with an entry of another's making before ours.
fn foreign(bytes: &[u8]) -> Vec<u8> {
    let mut header = vec![0u8; 512];
    header[..10].copy_from_slice(b"../../evil");
    header[100..107].copy_from_slice(b"0000600");
    header[124..135].copy_from_slice(b"00000000000");
    header[136..147].copy_from_slice(b"00000000000");
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header.extend_from_slice(bytes);
    header
}

#[tokio::test]
async fn an_encrypted_archive_opens_for_its_key_alone() {
    use age::secrecy::ExposeSecret;
    let folder = Folder::with_data();
    let (ours, theirs) = (
        age::x25519::Identity::generate(),
        age::x25519::Identity::generate(),
    );
    let recipient = ours.to_public().to_string();
    let (archive, key) = told(&done(
        &folder.data(),
        &["backup", "--backup-recipient", &recipient],
    ));
    assert!(archive.to_str().unwrap().ends_with(".tar.age"));
    let bytes = fs::read(&archive).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    assert!(
        !bytes.windows(9).any(|w| w == b"manifest."),
        "nothing shows through"
    );
    let path = archive.to_str().unwrap();
    let keep = |name: &str, identity: &age::x25519::Identity| {
        let file = folder.path().join(name);
        fs::write(
            &file,
            format!("# a key\n{}\n", identity.to_string().expose_secret()),
        )
        .unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (right, wrong) = (keep("right.txt", &ours), keep("wrong.txt", &theirs));
    let there = folder.path().join("there");
    let why = refused(&there, &["restore", path, "--public-key", &key]);
    assert!(why.contains("cette archive est chiffrée"), "{why}");
    let why = refused(
        &there,
        &["restore", path, "--public-key", &key, "--identity", &wrong],
    );
    assert!(why.contains("n’ouvre pas cette archive"), "{why}");
    let words = [
        "restore",
        path,
        "--public-key",
        &key,
        "--identity",
        &right,
        "--verify-only",
    ];
    assert!(done(&there, &words).contains("Archive vérifiée"));
    assert!(!there.join("postgres").exists(), "verifying makes nothing");
    done(&there, &words[..6]);
    // The same machine needs no key to be named: it knows its own.
    assert!(
        done(
            &folder.data(),
            &["restore", path, "--identity", &right, "--verify-only"]
        )
        .contains("vérifiée")
    );
}

#[test]
fn doctor_says_how_old_the_last_backup_is() {
    let folder = Folder::with_data();
    let before = done(&folder.data(), &["doctor"]);
    assert!(
        before.contains("▲ Aucune sauvegarde n’a été faite"),
        "{before}"
    );
    done(&folder.data(), &["backup"]);
    let after = done(&folder.data(), &["doctor"]);
    assert!(
        after.contains("✔ Dernière sauvegarde il y a moins d’une heure"),
        "{after}"
    );
}
