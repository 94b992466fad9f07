//! Devices and lists of devices, read as of a day: two of everything.

use chrono::TimeDelta;

use crate::support::{Person, World};

const REA: &str = "01950000-0000-7000-8000-0000000000a2";
const DIALYSE: &str = "01950000-0000-7000-8000-0000000000a3";
const MONITOR: &str = "01950000-0000-7000-8000-000000000d01";

async fn world() -> World {
    let world = World::new().await;
    sqlx::raw_sql(
        "select set_config('vigie.now', '2026-03-01 08:00Z', false), set_config('vigie.actor_label', 'monde des tests', false);
         insert into organisation (id, name, roles, version) values ('01950000-0000-7000-8000-000000000e01', 'Verrier Médical', '{manufacturer}', 1);
         insert into device_model (id, common_name, trade_name, manufacturer_id, regulation, risk_class, is_ionising, version) values
             ('01950000-0000-7000-8000-000000000d01', 'Moniteur multiparamétrique', 'Vigil 700', '01950000-0000-7000-8000-000000000e01', 'mdr', 'IIb', false, 1);",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
    world
}

async fn register(engineer: &mut Person, serial: &str) -> String {
    engineer
        .post(
            "/inventory/devices",
            &[
                ("model", MONITOR),
                ("unit", REA),
                ("serial_number", serial),
                ("local_name", "Box 1"),
            ],
        )
        .await
        .is(303)
        .location()
}

async fn version(person: &mut Person, path: &str) -> String {
    person.get_json(path).await.is(200).json()["version"].to_string()
}

fn days(world: &World, n: i64) {
    world.app.clock().advance(TimeDelta::days(n));
}

/// The facts of a device on a day, label → (then, now).
async fn facts(person: &mut Person, device: &str, on: &str) -> serde_json::Value {
    person
        .get_json(&format!("{device}/as-of?on={on}"))
        .await
        .is(200)
        .json()
}

fn then<'a>(facts: &'a serde_json::Value, label: &str) -> &'a str {
    facts["facts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["label"] == label)
        .unwrap_or_else(|| panic!("no {label} in {facts}"))["then"]
        .as_str()
        .unwrap()
}

/// 2 March: two devices in intensive care. 4: the first changes and moves to dialysis. 6: the unit is renamed.
async fn story(world: &World) -> (Person, String, String) {
    let mut engineer = world.signed_in("engineer.chv").await;
    let first = register(&mut engineer, "AAA").await;
    let second = register(&mut engineer, "BBB").await;
    days(world, 2);
    let mut engineer = world.signed_in("engineer.chv").await;
    let read = version(&mut engineer, &first).await;
    engineer
        .post(
            &format!("{first}/identifiers"),
            &[
                ("kind", "serial_number"),
                ("value", "AAA-2"),
                ("reason", "échange standard"),
                ("version", &read),
            ],
        )
        .await
        .is(303);
    engineer
        .post(
            &format!("{first}/movements"),
            &[("unit", DIALYSE), ("reason", "besoin de la dialyse")],
        )
        .await
        .is(303);
    days(world, 2);
    let mut engineer = world.signed_in("engineer.chv").await;
    let unit = format!("/accounts/units/{REA}");
    let read = version(&mut engineer, &unit).await;
    engineer
        .post(
            &format!("{unit}?_method=patch"),
            &[
                ("establishment", "01950000-0000-7000-8000-0000000000a1"),
                ("uf_code", "3401"),
                ("name", "Soins critiques"),
                ("version", &read),
            ],
        )
        .await
        .is(303);
    days(world, 1);
    (world.signed_in("engineer.chv").await, first, second)
}

#[tokio::test]
async fn a_device_changed_moved_and_its_unit_renamed_is_read_before_and_after() {
    let world = world().await;
    let (mut engineer, first, second) = story(&world).await;
    let before = facts(&mut engineer, &first, "2026-03-03").await;
    assert_eq!(then(&before, "N° de série"), "AAA");
    assert!(
        then(&before, "Unité").contains("Réanimation médicale"),
        "{before}"
    );
    let between = facts(&mut engineer, &first, "2026-03-04").await;
    assert_eq!(then(&between, "N° de série"), "AAA-2");
    assert!(then(&between, "Unité").contains("Dialyse"), "{between}");
    // The other device did not move; its unit had its former name until the 27th.
    let before = facts(&mut engineer, &second, "2026-03-05").await;
    assert_eq!(then(&before, "N° de série"), "BBB");
    assert!(
        then(&before, "Unité").contains("Réanimation médicale"),
        "{before}"
    );
    let after = facts(&mut engineer, &second, "2026-03-06").await;
    assert!(then(&after, "Unité").contains("Soins critiques"), "{after}");
    assert_eq!(after["changed_since"], 0);
    // Not there yet.
    let never = facts(&mut engineer, &first, "2026-03-01").await;
    assert_eq!(never["existed"], false);
    let page = engineer
        .get(&format!("{first}/as-of?on=2026-03-03"))
        .await
        .is(200);
    page.shows("État au 3 mars 2026")
        .shows("AAA-2")
        .shows("Réanimation médicale");
    engineer
        .get(&format!("{first}/as-of?on=2027-01-01"))
        .await
        .is(200)
        .shows("pas encore passée");
}

#[tokio::test]
async fn a_list_is_read_as_of_a_day_with_the_filters_of_that_day() {
    let world = world().await;
    let (mut engineer, first, _) = story(&world).await;
    let serials = |json: &serde_json::Value| -> Vec<String> {
        json["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["serial_number"].as_str().unwrap().to_owned())
            .collect()
    };
    let in_rea = format!("/inventory/devices?f=unit%3Ais%3A{REA}");
    assert_eq!(
        serials(&engineer.get_json(&in_rea).await.is(200).json()),
        ["BBB"]
    );
    let then = engineer
        .get_json(&format!("{in_rea}&as_of=2026-03-03"))
        .await
        .is(200)
        .json();
    assert_eq!(serials(&then), ["AAA", "BBB"], "{then}");
    assert_eq!(
        serials(
            &engineer
                .get_json("/inventory/devices?as_of=2026-03-01")
                .await
                .json()
        ),
        Vec::<String>::new()
    );
    let page = engineer
        .get(&format!("{in_rea}&as_of=2026-03-03"))
        .await
        .is(200);
    page.shows("État au 3 mars 2026")
        .shows("Réanimation médicale")
        .does_not_show("Soins critiques");
    assert!(
        page.attributes("tbody th a", "href")
            .contains(&format!("{first}/as-of?on=2026-03-03")),
        "{:?}",
        page.attributes("tbody th a", "href")
    );
    let file = engineer
        .get(&format!("{in_rea}&as_of=2026-03-03&format=csv"))
        .await
        .is(200);
    assert!(
        file.text.contains("AAA")
            && !file.text.contains("AAA-2")
            && !file.text.contains("Soins critiques"),
        "{}",
        file.text
    );
    engineer
        .get("/accounts/units?as_of=2026-03-03")
        .await
        .is(200)
        .shows("ne se lit qu’au présent");
}

#[tokio::test]
async fn the_past_of_another_hospital_does_not_exist_and_files_are_logged() {
    let world = world().await;
    let (mut engineer, first, _) = story(&world).await;
    let mut stranger = world.signed_in("engineer.chm").await;
    stranger
        .get(&format!("{first}/as-of?on=2026-03-03"))
        .await
        .is(404);
    let json = stranger
        .get_json("/inventory/devices?as_of=2026-03-03")
        .await
        .is(200)
        .json();
    assert_eq!(json["rows"].as_array().unwrap().len(), 0);
    let pdf = engineer
        .get(&format!("{first}/as-of?on=2026-03-03&format=pdf"))
        .await
        .is(200);
    assert!(pdf.bytes.starts_with(b"%PDF-1.7"));
    let csv = engineer
        .get(&format!("{first}/as-of?on=2026-03-03&format=csv"))
        .await
        .is(200);
    assert!(csv.text.contains("Réanimation médicale"), "{}", csv.text);
    assert_eq!(
        world
            .count("select count(*) from read_log where what like 'VG000001, état au 3_mars_2026%'")
            .await,
        2
    );
}

#[tokio::test]
async fn each_view_of_the_past_has_the_columns_of_its_table() {
    let world = World::new().await;
    let odd: Vec<String> = sqlx::query_scalar(
        "select coalesce(v.table_name, t.table_name) || '.' || coalesce(v.column_name, t.column_name)
         from (select table_name::text, column_name::text from information_schema.columns where table_schema = 'as_of') v
         full join (select table_name::text, column_name::text from information_schema.columns
                    where table_schema = 'public' and table_name in (select table_name from information_schema.views where table_schema = 'as_of')) t
           on t.table_name = v.table_name and t.column_name = v.column_name
         where v.column_name is null or t.column_name is null",
    )
    .fetch_all(&mut world.owner().await)
    .await
    .unwrap();
    assert!(
        odd.is_empty(),
        "end the migration that adds a column with `select read_as_of('table')`: {odd:?}"
    );
}
