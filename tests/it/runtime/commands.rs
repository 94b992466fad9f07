//! The commands as an administrator types them, on a base of their own, and what they answer.

use std::collections::BTreeSet;
use std::process::Output;

use super::*;

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn run(data: &Path, words: &[&str]) -> Output {
    vigie(data)
        .args(["--log", "error"])
        .args(words)
        .output()
        .unwrap()
}

#[track_caller]
fn done(data: &Path, words: &[&str]) -> String {
    let output = run(data, words);
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    said(&output)
}

#[track_caller]
fn refused(data: &Path, words: &[&str], code: i32) -> String {
    let output = run(data, words);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{words:?}: {}",
        said(&output)
    );
    String::from_utf8(output.stderr).unwrap()
}

/// The path of the address a command printed.
fn path_in(text: &str, below: &str) -> String {
    let at = text
        .find(below)
        .unwrap_or_else(|| panic!("no {below} in {text}"));
    text[at..].split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn the_list_of_devices_exported_comes_back_with_nothing_to_change() {
    let folder = Folder::new();
    let mut demonstration = vigie(&folder.data());
    demonstration.arg("--demo");
    let instance = Instance::of(demonstration, &folder.data());
    let mut conn = instance.connect().await;
    let counts: Vec<(String, i64)> = sqlx::query_as(
        "select e.code, count(d.id) from establishment e join device d on d.establishment_id = e.id and d.annulled_at is null
         group by e.code order by e.code",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert!(counts.len() >= 3, "{counts:?}");
    for (code, devices) in counts {
        for form in ["csv", "xlsx"] {
            let file = folder.path().join(format!("{code}.{form}"));
            let path = file.to_str().unwrap();
            done(
                &folder.data(),
                &["export", "devices", path, "--establishment", &code],
            );
            let report = folder.path().join(format!("{code}.{form}.report.csv"));
            let words = [
                "import",
                "devices",
                path,
                "--establishment",
                &code,
                "--create-missing",
                "--json",
                "--commit",
                "--report",
                report.to_str().unwrap(),
            ];
            let output = done(&folder.data(), &words);
            let last: serde_json::Value =
                serde_json::from_str(output.trim().lines().last().unwrap()).unwrap();
            let changes: Vec<(i32, serde_json::Value)> = sqlx::query_as(
                "select number, jsonb_build_array(outcome, changes, remarks) from import_row where outcome is distinct from 'unchanged' order by run_id desc, number limit 5",
            )
            .fetch_all(&mut conn)
            .await
            .unwrap();
            let expected = serde_json::json!({
                "read": devices, "created": 0, "updated": 0, "unchanged": devices, "rejected": 0
            });
            for (key, value) in expected.as_object().unwrap() {
                assert_eq!(
                    &last[key], value,
                    "{code} {form} {key}: {last} {changes:#?}"
                );
            }
        }
    }
    let proposals: i64 = sqlx::query_scalar("select count(*) from import_reference")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(proposals, 0, "something known was not recognised");
}

#[test]
fn lists_are_written_in_the_form_their_file_says_and_leave_no_part_behind() {
    let folder = Folder::new();
    let mut demonstration = vigie(&folder.data());
    demonstration.arg("--demo");
    let _instance = Instance::of(demonstration, &folder.data());
    for list in ["models", "organisations", "units", "devices"] {
        for (form, opens) in [("csv", &b"\xef\xbb\xbf"[..]), ("xlsx", &b"PK"[..])] {
            let file = folder.path().join(format!("{list}.{form}"));
            done(&folder.data(), &["export", list, file.to_str().unwrap()]);
            let bytes = fs::read(&file).unwrap();
            assert!(
                bytes.starts_with(opens) && bytes.len() > 1000,
                "{list}.{form}"
            );
        }
    }
    let broken = folder.path().join("broken.csv");
    let words = [
        "export",
        "devices",
        broken.to_str().unwrap(),
        "--query",
        "f=state:is:broken",
    ];
    done(&folder.data(), &words);
    let (all, some) = (
        fs::read_to_string(folder.path().join("devices.csv")).unwrap(),
        fs::read_to_string(&broken).unwrap(),
    );
    assert!(some.lines().count() > 1 && some.lines().count() < all.lines().count());
    let why = refused(
        &folder.data(),
        &["export", "units", "/nowhere/units.csv"],
        1,
    );
    assert_eq!(
        why,
        "vigie : /nowhere/units.csv ne s’écrit pas : fichier ou dossier introuvable\n"
    );
    let why = refused(
        &folder.data(),
        &[
            "export",
            "units",
            broken.to_str().unwrap(),
            "--establishment",
            "XYZ",
        ],
        1,
    );
    assert!(
        why.contains("aucun établissement ne porte le code ou le FINESS « XYZ »"),
        "{why}"
    );
    let left: BTreeSet<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(left, BTreeSet::new());
}

#[test]
fn every_message_of_the_command_line_is_in_french_and_says_why() {
    let folder = Folder::with_data();
    let data = folder.data();
    for (words, code, why) in [
        (
            &[
                "import",
                "devices",
                "/nowhere/parc.csv",
                "--establishment",
                "CHV",
            ][..],
            1,
            "/nowhere/parc.csv ne se lit pas : fichier ou dossier introuvable",
        ),
        (
            &[
                "import",
                "devices",
                concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/tests/data/inventory/own_gmao.csv"
                ),
                "--establishment",
                "INCONNU",
            ],
            1,
            "aucun établissement ne porte le code ou le FINESS « INCONNU » ; --create-missing le crée",
        ),
        (
            &["user", "reset", "personne"],
            1,
            "personne n’a l’identifiant « personne »",
        ),
        (
            &["user", "create", "a.b", "--name", "A B", "--role", "roi"],
            1,
            "« roi » n’est pas un rôle ; les rôles sont : administrator,",
        ),
        (
            &[
                "user",
                "create",
                "É",
                "--name",
                "A B",
                "--role",
                "administrator",
            ],
            1,
            "l’identifiant « É »",
        ),
        (
            &[
                "user",
                "create",
                "a.b",
                "--name",
                "A B",
                "--role",
                "technician",
                "--establishment",
                "ICI",
            ],
            1,
            "aucun établissement n’a le code ni le FINESS « ICI »",
        ),
        (
            &["--public-url", "x y", "doctor"],
            1,
            "--public-url (PUBLIC_URL) doit commencer par « https:// »",
        ),
        (&["sever"], 2, "commande inconnue : sever"),
        (&["serve", "--prot", "1"], 2, "argument inconnu : --prot"),
        (&["user", "create", "a.b"], 2, "il manque"),
        (
            &["export", "voitures", "x.csv"],
            2,
            "« voitures » ne convient pas à <LISTE> ; attendu : devices",
        ),
        (&["user"], 2, "il manque une commande"),
    ] {
        let said = refused(&data, words, code);
        assert!(said.starts_with("vigie : "), "{words:?}: {said}");
        assert!(said.contains(why), "{words:?}: {said}");
        english(&said);
    }
    for words in [
        &["--help"][..],
        &["import", "devices", "--help"],
        &["export", "-h"],
        &["user", "create", "-h"],
    ] {
        let said = done(&data, words);
        assert!(
            said.contains("Utilisation :") && said.contains("--data-dir"),
            "{said}"
        );
        english(&said);
    }
    english(&done(&data, &["migrate"]));
}

/// Fails on the words that parts of the program say in English.
#[track_caller]
fn english(said: &str) {
    for word in [
        "refused",
        "error:",
        "Usage",
        "Options:",
        "Commands",
        "Print",
        "default:",
        "possible values",
        "not found",
        "tip:",
        "For more",
        "[env",
        "invalid",
        "required",
        "argument '",
    ] {
        assert!(!said.contains(word), "« {word} » in: {said}");
    }
}

#[tokio::test]
async fn an_account_made_from_the_machine_gets_its_link_and_reset_gives_another() {
    let folder = Folder::with_data();
    let instance = Instance::start(&folder.data());
    let words = [
        "user",
        "create",
        "a.dupont",
        "--name",
        "Anne Dupont",
        "--role",
        "administrator",
    ];
    let first = path_in(&done(&folder.data(), &words), "/accounts/links/");
    let (status, page) = instance.get(&first).unwrap();
    assert!(
        status == 200 && page.contains("a.dupont"),
        "{status} {page}"
    );

    let mut conn = instance.connect().await;
    let granted: (String, bool) = sqlx::query_as(
        "select g.role, num_nonnulls(g.establishment_id, g.unit_id, g.device_id) = 0 from access_grant g join account a on a.id = g.account_id where a.login = 'a.dupont'",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(granted, ("administrator".to_owned(), true));
    let twice = refused(&folder.data(), &words, 1);
    assert!(
        twice.contains("a.dupont") || twice.contains("login"),
        "{twice}"
    );
    english(&twice);

    sqlx::query("update account set deactivated_at = '2026-01-01' where login = 'a.dupont'")
        .execute(&mut conn)
        .await
        .unwrap();
    assert_eq!(
        instance.get(&first).unwrap().0,
        404,
        "the account is closed"
    );
    let second = path_in(
        &done(&folder.data(), &["user", "reset", "a.dupont"]),
        "/accounts/links/",
    );
    assert_eq!(instance.get(&second).unwrap().0, 200);
    assert_eq!(instance.get(&first).unwrap().0, 404, "one link at a time");
    let (active, traced): (bool, i64) = sqlx::query_as(
        "select deactivated_at is null, (select count(*) from audit_row r where r.subject_id = a.id and r.actor_label = 'ligne de commande (user)')
         from account a where login = 'a.dupont'",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert!(active);
    assert!(traced >= 4, "{traced} lines of the audit");
}

#[test]
fn a_first_start_without_account_prints_a_set_up_address_and_none_afterwards() {
    let folder = Folder::with_data();
    let first = path_in(&start_saying(&folder.data()), "/accounts/setup/");
    let second = path_in(&start_saying(&folder.data()), "/accounts/setup/");
    assert_ne!(first, second, "each start gives its own");
    let instance = Instance::start(&folder.data());
    assert_eq!(
        instance.get(&first).unwrap().0,
        404,
        "an earlier address is dead"
    );
    drop(instance);
    done(
        &folder.data(),
        &[
            "user",
            "create",
            "a.dupont",
            "--name",
            "Anne Dupont",
            "--role",
            "administrator",
        ],
    );
    let later = start_saying(&folder.data());
    assert!(!later.contains("/accounts/setup/"), "{later}");
}

#[test]
fn health_is_asked_of_the_instance_of_the_same_settings() {
    let folder = Folder::with_data();
    let instance = Instance::start(&folder.data());
    let address = instance.address().to_owned();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vigie"));
    command
        .env_clear()
        .args(["health", "--listen", &address, "--data-dir"])
        .arg(folder.data());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(said(&output), "prête\n");
    drop(instance);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    english(&said(&output));
}

/// Starts, stops, and gives all that was printed.
fn start_saying(data: &Path) -> String {
    let mut child = vigie(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    let mut all = String::new();
    while said.read_line(&mut line).unwrap() > 0 {
        all.push_str(&line);
        if line.contains("répond sur") {
            break;
        }
        line.clear();
    }
    // The address follows in the same breath; the end of the file comes with the stop.
    std::thread::sleep(Duration::from_millis(200));
    send(i32::try_from(child.id()).unwrap(), Signal::TERM);
    let _ = said.read_to_string(&mut all);
    assert!(child.wait().unwrap().success());
    all
}
