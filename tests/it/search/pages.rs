//! The box as people use it.

use sqlx::{Connection, PgConnection};

use crate::support::{Person, World};

const HERE: &str = "01950000-0000-7000-8000-0000000000a1";
const THERE: &str = "01950000-0000-7000-8000-0000000000b1";

/// One device at each hospital, of the same model, with the same serial.
async fn devices(owner: &mut PgConnection) {
    let mut tx = owner.begin().await.unwrap();
    sqlx::raw_sql(
        "select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'test', true);
         insert into organisation (id, name, roles, version) values ('01960000-0000-7000-8000-000000000001', 'Philips', '{manufacturer}', 1);
         insert into device_model (id, common_name, trade_name, manufacturer_id, version) values
            ('01960000-0000-7000-8000-000000000002', 'Moniteur multiparamétrique', 'IntelliVue MX750', '01960000-0000-7000-8000-000000000001', 1);
         insert into udi_di (id, model_id, issuer, code, level) values
            ('01960000-0000-7000-8000-000000000003', '01960000-0000-7000-8000-000000000002', 'gs1', '00884838091535', 'base');
         insert into device (id, establishment_id, unit_id, model_id, inventory_number, label_code, serial_number, state, taken_over, recorded_at, version) values
            ('01960000-0000-7000-8000-0000000000a4', '01950000-0000-7000-8000-0000000000a1', '01950000-0000-7000-8000-0000000000a2', '01960000-0000-7000-8000-000000000002', 'BM100001', 'ABCDEFG2', '65CVLM', 'in_service', true, '2026-03-01 08:00Z', 1),
            ('01960000-0000-7000-8000-0000000000b4', '01950000-0000-7000-8000-0000000000b1', '01950000-0000-7000-8000-0000000000b2', '01960000-0000-7000-8000-000000000002', 'BM200001', 'ABCDEFG3', '65CVLM', 'in_service', true, '2026-03-01 08:00Z', 1);",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn world() -> World {
    let world = World::new().await;
    devices(&mut world.owner().await).await;
    world
}

const MINE: &str = "/inventory/devices/01960000-0000-7000-8000-0000000000a4";

#[tokio::test]
async fn a_number_a_serial_a_label_or_a_udi_opens_the_device() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for typed in [
        "BM100001",
        "bm+100001",
        "65cvlm",
        "ABCDEFG2",
        "%5Dd20100884838091535%1D2165CVLM",
        "(01)00884838091535(21)65CVLM",
        "%1D0100884838091535%1D2165CVLM",
    ] {
        let answer = engineer.get(&format!("/search?q={typed}")).await.is(303);
        assert_eq!(answer.location(), MINE, "{typed}");
    }
    let everywhere = &mut world.person("biomedical_engineer").await;
    let several = everywhere.get("/search?q=65CVLM").await.is(200);
    several.shows("BM100001").shows("BM200001");
    let bare = everywhere.get("/search?q=(01)00884838091535").await.is(200);
    bare.shows("plusieurs équipements");
}

#[tokio::test]
pub async fn another_hospital_s_devices_are_not_found_counted_or_suggested() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for typed in ["BM200001", "ABCDEFG3", "Urgences", "polyvalente"] {
        let page = engineer.get(&format!("/search?q={typed}")).await.is(200);
        page.shows("Rien ne répond");
        for kind in ["device", "unit", "room"] {
            let found = engineer
                .get_json(&format!("/search/suggestions?kind={kind}&q={typed}"))
                .await
                .is(200);
            assert_eq!(
                found.json()["items"].as_array().unwrap().len(),
                0,
                "{kind} {typed}"
            );
        }
    }
    let json = engineer
        .get_json("/search?q=intellivue")
        .await
        .is(200)
        .json();
    let devices = json["groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["kind"] == "device")
        .unwrap();
    assert_eq!(devices["count"], 1);
    let units = engineer
        .get_json("/search/suggestions?kind=unit")
        .await
        .is(200)
        .json();
    assert_eq!(units["items"].as_array().unwrap().len(), 2);
    let places = engineer
        .get_json("/search/suggestions?kind=establishment")
        .await
        .is(200)
        .json();
    assert_eq!(places["items"].as_array().unwrap().len(), 1);
    assert_eq!(places["items"][0]["value"], HERE);
    assert_ne!(places["items"][0]["value"], THERE);
}

#[tokio::test]
async fn people_and_makers_are_shown_to_who_may_open_them() {
    let world = world().await;
    let shows = async |person: &mut Person, q: &str, words: &str| {
        person
            .get(&format!("/search?q={q}"))
            .await
            .is(200)
            .words()
            .contains(words)
    };
    let mut administrator = world.person("administrator").await;
    let mut ward = world.person("ward_user").await;
    assert!(shows(&mut administrator, "Personne+technician", "Personnes").await);
    assert!(!shows(&mut ward, "Personne+technician", "Personnes").await);
    assert!(shows(&mut administrator, "philips", "Fabricants et fournisseurs").await);
    assert!(!shows(&mut ward, "philips", "Fabricants et fournisseurs").await);
    ward.get("/search/suggestions?kind=person&q=technician")
        .await
        .is(200)
        .does_not_show("technician");
    world.visitor().get("/search?q=philips").await.is(303);
}

#[tokio::test]
async fn a_misspelt_word_finds_and_an_escaped_one_is_shown_as_typed() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .get("/search?q=monitteur+reanimaton")
        .await
        .is(200)
        .shows("BM100001");
    let page = engineer
        .get("/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        .await
        .is(200);
    assert!(!page.text.contains("<script>alert"));
    for odd in [
        "/search",
        "/search?q=",
        "/search?q=a",
        "/search?q=%FF%1D",
        "/search?q=a&q=b",
        "/search?%",
        "/search?q='%22%5C%25_",
    ] {
        engineer.get(odd).await.is(200);
    }
    engineer.get("/search?q=%00").await.is(400);
    engineer
        .get("/search/suggestions?kind=nothing&q=a")
        .await
        .is(400);
}

#[tokio::test]
async fn a_unit_list_keeps_its_filters_in_its_address_its_file_and_its_json() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let page = engineer
        .get("/accounts/units?f=name:has:dialyse")
        .await
        .is(200);
    page.shows("1 unité")
        .shows("Dialyse")
        .does_not_show("Réanimation médicale");
    assert!(
        page.all(".chip")
            .iter()
            .any(|chip| chip.contains("contient « dialyse »"))
    );
    let file = page
        .attributes("a[download]", "href")
        .into_iter()
        .find(|href| href.contains("format=csv"))
        .unwrap();
    let csv = engineer.get(&file).await.is(200);
    assert_eq!(csv.text.lines().count(), 2, "{}", csv.text);
    let json = engineer
        .get_json("/accounts/units?sort=-uf_code")
        .await
        .is(200)
        .json();
    let codes: Vec<&str> = json["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["uf_code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["3402", "3401"]);
    let odd = engineer
        .get("/accounts/units?f=nope:is:1&sort=nope&per=9")
        .await
        .is(200);
    odd.shows("colonne inconnue « nope »").shows("Tri ignoré");
    let record = page.attributes("tbody th a", "href")[0].clone();
    engineer.get(&record).await.is(200).shows("1 / 1");
}
