//! A file becomes devices, as the engineer who imports it lives it.

use super::{files, samples};
use crate::support::{Answer, Person, World};

/// A file sent, its columns accepted as guessed, and tried.
async fn tried(world: &World, person: &mut Person, name: &str, bytes: &[u8]) -> String {
    let establishment = establishment(world).await;
    let sent = person
        .upload(
            "/exchange/imports",
            &[("establishment", &establishment), ("source", "GMAO")],
            ("file", name, bytes),
        )
        .await
        .is(303);
    let mapping = sent.location();
    let page = person.get(&mapping).await.is(200);
    let headers = page.attributes("input[name=header]", "value");
    let chosen = page.attributes("select[name=field] option[selected]", "value");
    assert!(!chosen.is_empty(), "nothing was guessed: {}", page.words());
    // The form as the page shows it: an unmapped column sends an empty field.
    let fields = fields_of(&page);
    assert_eq!(headers.len(), fields.len());
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for (header, field) in headers.iter().zip(&fields) {
        pairs.push(("header", header));
        pairs.push(("field", field));
    }
    pairs.push(("source", "GMAO"));
    let run = person
        .post(&format!("{mapping}?_method=patch"), &pairs)
        .await
        .is(303)
        .location();
    world.work().await;
    run
}

fn fields_of(page: &Answer) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.text);
    let (select, option) = (
        scraper::Selector::parse("select[name=field]").unwrap(),
        scraper::Selector::parse("option[selected]").unwrap(),
    );
    html.select(&select)
        .map(|s| {
            s.select(&option)
                .next()
                .and_then(|o| o.value().attr("value"))
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

async fn establishment(world: &World) -> String {
    let id: uuid::Uuid = sqlx::query_scalar("select id from establishment order by code limit 1")
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap();
    id.to_string()
}

async fn sums(person: &mut Person, run: &str) -> (i64, i64, i64, i64, i64, String) {
    let json = person.get_json(run).await.is(200).json();
    let sum = |key: &str| json["sums"][key].as_i64().unwrap();
    let all = (
        sum("read"),
        sum("created"),
        sum("updated"),
        sum("unchanged"),
        sum("rejected"),
        json["state"].as_str().unwrap().to_owned(),
    );
    assert_eq!(
        all.0,
        all.1 + all.2 + all.3 + all.4,
        "read = created + updated + unchanged + rejected"
    );
    all
}

async fn act(world: &World, person: &mut Person, run: &str, what: &str) {
    person.post(&format!("{run}/{what}"), &[]).await.is(303);
    world.work().await;
}

#[tokio::test]
async fn every_file_with_a_truth_is_imported_as_it_says_and_a_second_time_changes_nothing() {
    for (path, truth) in files::with_truth() {
        let world = World::new().await;
        let mut engineer = world.person("biomedical_engineer").await;
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let before = world.count("select count(*) from device").await;
        let run = tried(&world, &mut engineer, &name, &bytes).await;
        // Nothing new is made without a decision.
        let waiting = sums(&mut engineer, &run).await;
        assert_eq!((waiting.1, waiting.5.as_str()), (0, "planned"), "{name}");
        engineer
            .post(&format!("{run}/commitment"), &[])
            .await
            .is(409);
        act(&world, &mut engineer, &run, "acceptance").await;
        let count = |key: &str| truth[key].as_i64().unwrap();
        let expected = (
            count("devices"),
            0,
            count("duplicates_exact"),
            count("rejected") + count("duplicates_conflict"),
        );
        let planned = sums(&mut engineer, &run).await;
        assert_eq!(
            (planned.1, planned.2, planned.3, planned.4),
            expected,
            "{name}"
        );
        assert_eq!(
            world.count("select count(*) from device").await,
            before,
            "the dry run writes nothing"
        );
        act(&world, &mut engineer, &run, "commitment").await;
        let done = sums(&mut engineer, &run).await;
        assert_eq!(
            (done.1, done.2, done.3, done.4, done.5.as_str()),
            (expected.0, expected.1, expected.2, expected.3, "committed"),
            "{name}"
        );
        assert_eq!(
            world.count("select count(*) from device").await,
            before + expected.0
        );
        assert_eq!(
            world
                .count("select count(*) from device where taken_over and recorded_by is not null")
                .await,
            expected.0,
            "taken over in the name of who imported"
        );

        let again = tried(&world, &mut engineer, &name, &bytes).await;
        let same = sums(&mut engineer, &again).await;
        assert_eq!(
            (same.1, same.2, same.3, same.4),
            (0, 0, expected.0 + expected.2, expected.3),
            "{name} a second time"
        );
    }
}

const SMALL: &str = "N° inventaire;Désignation;Fabricant;Modèle;N° de série;Service;État;Date d’achat;Prix;Adresse IP\nZ1;Moniteur;Philipps;MX9;S1;Réa;En service;avant 2003;1 200,50;10.0.0.9\nZ2;Moniteur;Philipps;MX9;S2;Réa;Stock;12/10/2015;;\n";

async fn imported(world: &World, engineer: &mut Person) -> String {
    let run = tried(world, engineer, "parc.csv", SMALL.as_bytes()).await;
    act(world, engineer, &run, "acceptance").await;
    act(world, engineer, &run, "commitment").await;
    assert_eq!(sums(engineer, &run).await.5, "committed");
    run
}

#[tokio::test]
async fn a_rejected_line_is_corrected_in_place() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let run = tried(
        &world,
        &mut engineer,
        "parc.csv",
        SMALL.replace("Z2;", "1,2E+9;").as_bytes(),
    )
    .await;
    act(&world, &mut engineer, &run, "acceptance").await;
    assert_eq!(sums(&mut engineer, &run).await.4, 1);
    let page = engineer.get(&format!("{run}?tab=rejected")).await.is(200);
    assert!(
        page.words().contains("abîmé par un tableur"),
        "{}",
        page.words()
    );
    assert_eq!(
        page.attributes("form[action*='/rows/'] input[name=value]", "value"),
        ["1,2E+9"]
    );
    engineer
        .post(
            &format!("{run}/rows/3?_method=patch"),
            &[("column", "N° inventaire"), ("value", "Z2")],
        )
        .await
        .is(303);
    world.work().await;
    let now = sums(&mut engineer, &run).await;
    assert_eq!((now.1, now.4), (2, 0));
}

#[tokio::test]
async fn an_update_shows_old_and_new_and_neither_clears_nor_changes_a_state() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    imported(&world, &mut engineer).await;
    let second = "N° inventaire;Désignation;Fabricant;Modèle;N° de série;Service;État;Date d’achat;Prix;Adresse IP\nZ1;Moniteur;Philipps;MX9;S1;Réa;En panne;;1 300;10.0.0.10\nZ2;;;MX9;;;;;;\nZ2;Moniteur;Philipps;MX9;S9;Réa;Stock;;;\n";
    let run = tried(&world, &mut engineer, "suite.csv", second.as_bytes()).await;
    let page = engineer.get(&format!("{run}?tab=updated")).await.is(200);
    assert!(
        page.words().contains("1200,50 €") && page.words().contains("1300,00 €"),
        "{}",
        page.words()
    );
    assert!(
        page.words().contains("un import ne le change pas"),
        "{}",
        page.words()
    );
    let planned = sums(&mut engineer, &run).await;
    assert_eq!((planned.1, planned.2), (0, 1), "{planned:?}");
    act(&world, &mut engineer, &run, "commitment").await;
    assert_eq!(world.count("select count(*) from device where inventory_number = 'Z1' and price_cents = 130000 and state = 'in_service' and purchase_date_text = 'avant 2003'").await, 1);
    assert_eq!(world.count("select count(*) from device_interface i join device d on d.id = i.device_id where d.inventory_number = 'Z1' and host(i.ip) = '10.0.0.10'").await, 1);
    assert_eq!(world.count("select count(*) from audit_row a join device d on d.id = a.row_id where a.table_name = 'device' and a.operation = 'update' and d.inventory_number = 'Z1' and a.reason like 'import du fichier%'").await, 1);
}

#[tokio::test]
async fn another_serial_against_the_registry_is_rejected_with_the_exchange_proposed() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    imported(&world, &mut engineer).await;
    let run = tried(
        &world,
        &mut engineer,
        "suite.csv",
        SMALL.replace(";S1;", ";S77;").as_bytes(),
    )
    .await;
    let page = engineer.get(&format!("{run}?tab=rejected")).await.is(200);
    assert!(
        page.words().contains("échange standard") && page.words().contains("« S1 »"),
        "{}",
        page.words()
    );
    assert_eq!(
        page.attributes("td a[href^='/inventory/devices/']", "href")
            .len(),
        1,
        "the way to the device"
    );
}

#[tokio::test]
async fn the_commit_stops_when_the_fleet_changed_since_the_dry_run() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    imported(&world, &mut engineer).await;
    let run = tried(
        &world,
        &mut engineer,
        "suite.csv",
        SMALL.replace("1 200,50", "1 500").as_bytes(),
    )
    .await;
    sqlx::query(
        "update device set price_cents = 7, version = version + 1 where inventory_number = 'Z1'",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
    act(&world, &mut engineer, &run, "commitment").await;
    let json = engineer.get_json(&run).await.json();
    assert_eq!(json["state"], "failed");
    assert!(
        json["error"].as_str().unwrap().contains("Refaites l’essai"),
        "{json}"
    );
    assert_eq!(
        world
            .count("select count(*) from device where price_cents = 7")
            .await,
        1
    );
}

#[tokio::test]
async fn undoing_annuls_what_nobody_touched_restores_what_still_holds_and_lists_the_rest() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let first = imported(&world, &mut engineer).await;
    let run = tried(
        &world,
        &mut engineer,
        "suite.csv",
        SMALL
            .replace("1 200,50", "1 500")
            .replace("avant 2003", "01/02/2003")
            .as_bytes(),
    )
    .await;
    act(&world, &mut engineer, &run, "commitment").await;
    assert_eq!(world.count("select count(*) from device where purchase_date = '2003-02-01' and purchase_date_text is null").await, 1);
    act(&world, &mut engineer, &run, "undoing").await;
    assert_eq!(sums(&mut engineer, &run).await.5, "undone");
    assert_eq!(world.count("select count(*) from device where inventory_number = 'Z1' and price_cents = 120050 and purchase_date is null and purchase_date_text = 'avant 2003'").await, 1);

    // Z1 has been touched since the first import, Z2 has not.
    act(&world, &mut engineer, &first, "undoing").await;
    assert_eq!(world.count("select count(*) from device where inventory_number = 'Z2' and annulled_at is not null").await, 1);
    assert_eq!(
        world
            .count(
                "select count(*) from device where inventory_number = 'Z1' and annulled_at is null"
            )
            .await,
        1
    );
    let page = engineer.get(&format!("{first}?tab=created")).await.is(200);
    assert!(
        page.words().contains("modifié depuis l’import"),
        "{}",
        page.words()
    );
}

#[tokio::test]
async fn a_cancelled_import_writes_nothing_and_is_taken_up_again() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let run = tried(&world, &mut engineer, "parc.csv", SMALL.as_bytes()).await;
    engineer.post(&format!("{run}/trial"), &[]).await.is(303);
    engineer
        .post(&format!("{run}?_method=delete"), &[])
        .await
        .is(303);
    world.work().await;
    assert_eq!(sums(&mut engineer, &run).await.5, "cancelled");
    engineer
        .post(&format!("{run}/commitment"), &[])
        .await
        .is(409);
    act(&world, &mut engineer, &run, "resumption").await;
    assert_eq!(sums(&mut engineer, &run).await.5, "planned");
}

#[tokio::test]
async fn the_report_of_rejected_lines_says_why_and_can_be_imported_once_corrected() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let run = tried(
        &world,
        &mut engineer,
        "own_gmao.csv",
        &std::fs::read(samples::folder().join("own_gmao.csv")).unwrap(),
    )
    .await;
    act(&world, &mut engineer, &run, "acceptance").await;
    let report = engineer.get(&format!("{run}/report")).await.is(200);
    let sheet = vigie::platform::sheet::read(&report.bytes, &Default::default())
        .unwrap()
        .remove(0);
    assert_eq!(sheet.rows.len(), 9);
    let motif = sheet
        .headers
        .iter()
        .position(|header| header == "motif")
        .unwrap();
    assert!(sheet.rows.iter().all(|row| !row.cells[motif].is_empty()));
    let again = tried(&world, &mut engineer, "rejets.xlsx", &report.bytes).await;
    assert_eq!(
        sums(&mut engineer, &again).await.4,
        9,
        "uncorrected, they are refused for the same reasons"
    );
}

#[tokio::test]
async fn the_mapping_of_a_source_is_remembered() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let establishment = establishment(&world).await;
    let file = "Truc;Bidule;Machin\nZ1;Moniteur;MX\n";
    let send = async |person: &mut Person| {
        person
            .upload(
                "/exchange/imports",
                &[
                    ("establishment", &establishment),
                    ("source", "Vieux tableur"),
                ],
                ("file", "a.csv", file.as_bytes()),
            )
            .await
            .is(303)
            .location()
    };
    let mapping = send(&mut engineer).await;
    engineer
        .post(
            &format!("{mapping}?_method=patch"),
            &[
                ("header", "Truc"),
                ("field", "inventory_number"),
                ("header", "Bidule"),
                ("field", "common_name"),
                ("header", "Machin"),
                ("field", ""),
                ("source", "Vieux tableur"),
            ],
        )
        .await
        .is(303);
    world.work().await;
    let next = send(&mut engineer).await;
    assert_eq!(
        fields_of(&engineer.get(&next).await.is(200)),
        ["inventory_number", "common_name", ""]
    );
}

#[tokio::test]
async fn a_technician_does_not_import_and_a_stranger_to_the_establishment_sees_no_run() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let run = tried(&world, &mut engineer, "parc.csv", SMALL.as_bytes()).await;
    let mut technician = world.person("technician").await;
    technician.get(&run).await.is(403);
    technician.get("/exchange/imports/new").await.is(403);
    // The run is of the other hospital.
    let mut elsewhere = world.signed_in("engineer.chv").await;
    elsewhere.get(&run).await.is(404);
    elsewhere.get(&format!("{run}/report")).await.is(404);
    elsewhere
        .post(&format!("{run}/commitment"), &[])
        .await
        .is(404);
}

#[tokio::test]
async fn what_is_no_table_is_said_at_the_field() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let establishment = establishment(&world).await;
    let page = engineer
        .upload(
            "/exchange/imports",
            &[("establishment", &establishment)],
            ("file", "a.csv", b"%PDF-1.7"),
        )
        .await
        .is(422);
    assert!(page.words().contains("document PDF"), "{}", page.words());
}
