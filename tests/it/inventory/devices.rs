//! Devices, as people meet them: two establishments, two models, two of everything.

use axum::http::Method;
use serde_json::json;

use crate::support::{Person, World};

const CHV: &str = "01950000-0000-7000-8000-0000000000a1";
const REA: &str = "01950000-0000-7000-8000-0000000000a2";
const DIALYSE: &str = "01950000-0000-7000-8000-0000000000a3";
const CHM_UNIT: &str = "01950000-0000-7000-8000-0000000000b2";
const MONITOR: &str = "01950000-0000-7000-8000-000000000d01";
const SCALE: &str = "01950000-0000-7000-8000-000000000d02";
const MAKER: &str = "01950000-0000-7000-8000-000000000e01";
const SUPPLIER: &str = "01950000-0000-7000-8000-000000000e02";

/// Two models: a listed monitor (IIb) and a scale that is not (I).
async fn world() -> World {
    let world = World::new().await;
    sqlx::raw_sql(
        "insert into organisation (id, name, roles, version) values
             ('01950000-0000-7000-8000-000000000e01', 'Verrier Médical', '{manufacturer}', 1),
             ('01950000-0000-7000-8000-000000000e02', 'Négoce du Nord', '{supplier}', 1);
         insert into device_model (id, common_name, trade_name, manufacturer_id, regulation, risk_class, is_ionising, version) values
             ('01950000-0000-7000-8000-000000000d01', 'Moniteur multiparamétrique', 'Vigil 700', '01950000-0000-7000-8000-000000000e01', 'mdr', 'IIb', false, 1),
             ('01950000-0000-7000-8000-000000000d02', 'Pèse-personne', 'Plume 2', '01950000-0000-7000-8000-000000000e01', 'mdr', 'I', false, 1);",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
    world
}

async fn register(engineer: &mut Person, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("model", MONITOR),
        ("unit", REA),
        ("serial_number", "65CVLM"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    let answer = engineer.post("/inventory/devices", &fields).await.is(303);
    answer.location()
}

async fn taken_over(engineer: &mut Person, state: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![("entry", "taken_over"), ("state", state)];
    fields.extend_from_slice(more);
    register(engineer, &fields).await
}

async fn transition(
    engineer: &mut Person,
    device: &str,
    transition: &str,
) -> crate::support::Answer {
    engineer
        .post(
            &format!("{device}/transitions"),
            &[
                ("transition", transition),
                ("reason", "pour l’essai de ce jour"),
            ],
        )
        .await
}

async fn state_of(person: &mut Person, device: &str) -> String {
    person.get_json(device).await.is(200).json()["state"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn an_engineer_registers_a_device_and_its_page_says_what_is_known_and_what_is_missing() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .get("/inventory/devices/new")
        .await
        .is(200)
        .shows("Inscrire un équipement");
    let device = register(
        &mut engineer,
        &[("first_service", "avant 2003"), ("price", "1 234,50")],
    )
    .await;
    let page = engineer.get(&device).await.is(200);
    page.shows("VG000001 · Moniteur multiparamétrique")
        .shows("Verrier Médical Vigil 700")
        .shows("série 65CVLM")
        .shows("Réanimation médicale")
        .shows("Reçu")
        .shows("inconnue (« avant 2003 »)")
        .shows("1 234,50")
        .shows("5/7")
        .shows("fournisseur, date de première mise en service")
        .shows("soumis à l’obligation de maintenance")
        .shows("VG000001 inscrit à l’inventaire, reçu");
    let json = engineer.get_json(&device).await.is(200).json();
    assert_eq!(json["price_cents"], 123_450);
    assert_eq!(
        json["first_service"],
        json!({ "day": null, "words": "avant 2003" })
    );
    assert_eq!(json["label_code"].as_str().unwrap().len(), 8);
    assert_eq!(json["maintenance_obligation"], "listed");
    assert_eq!(json["inventory_items"][6]["standing"], "missing");
    assert_eq!(world.count("select count(*) from device_state_change where transition = 'receive' and to_state = 'received'").await, 1);
}

#[tokio::test]
async fn numbers_follow_the_pattern_and_one_already_used_is_refused_at_its_field() {
    let world = world().await;
    sqlx::query("update establishment set inventory_pattern = 'BM1#####' where code = 'CHV'")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let mut engineer = world.signed_in("engineer.chv").await;
    register(&mut engineer, &[("inventory_number", "BM100001")]).await;
    let second = register(&mut engineer, &[("serial_number", "B2")]).await;
    engineer.get(&second).await.shows("BM100002");
    let again = engineer
        .post_from(
            "/inventory/devices",
            "/inventory/devices/new",
            &[
                ("model", MONITOR),
                ("unit", REA),
                ("serial_number", "C3"),
                ("inventory_number", "BM100001"),
                ("local_name", "Box 4"),
            ],
        )
        .await
        .is(422);
    again.shows("Ce numéro d’inventaire est déjà porté");
    assert_eq!(
        again.attributes("input[name=local_name]", "value"),
        ["Box 4"]
    );
    let twin = engineer
        .post_from(
            "/inventory/devices",
            "/inventory/devices/new",
            &[("model", MONITOR), ("unit", REA), ("serial_number", "B2")],
        )
        .await
        .is(422);
    twin.shows("porte déjà le numéro de série « B2 » (BM100002)");
    assert_eq!(world.count("select count(*) from device").await, 2);
}

#[tokio::test]
pub async fn another_hospital_neither_sees_nor_touches_it() {
    let world = world().await;
    let mut here = world.signed_in("engineer.chv").await;
    let mut there = world.signed_in("engineer.chm").await;
    let device = register(&mut here, &[]).await;
    for page in [
        "",
        "/edit",
        "/items",
        "/identifiers",
        "/identifiers/new",
        "/movements",
        "/movements/new",
        "/loans",
        "/loans/new",
        "/network",
        "/network/edit",
        "/history",
        "/annulment/new",
    ] {
        there.get(&format!("{device}{page}")).await.is(404);
    }
    for act in [
        "/movements",
        "/loans",
        "/transitions",
        "/annulment",
        "/identifiers",
        "/items",
        "?_method=patch",
        "/network?_method=patch",
    ] {
        there.post(&format!("{device}{act}"), &[]).await.is(404);
    }
    there
        .get("/inventory/devices")
        .await
        .is(200)
        .does_not_show("VG000001");
    here.get("/inventory/devices")
        .await
        .is(200)
        .shows("VG000001");
    let stolen = there
        .post(
            "/inventory/devices",
            &[("model", MONITOR), ("unit", REA), ("serial_number", "Z9")],
        )
        .await;
    assert_eq!(stolen.status, 422, "a unit out of sight cannot be chosen");
    assert_eq!(world.count("select count(*) from device").await, 1);
}

#[tokio::test]
pub async fn a_ward_user_reads_and_does_not_write() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = taken_over(&mut engineer, "in_service", &[]).await;
    let mut ward = world.person("ward_user").await;
    let page = ward.get(&device).await.is(200);
    page.does_not_show("Déplacer").does_not_show("Modifier");
    ward.get(&format!("{device}/edit")).await.is(403);
    transition(&mut ward, &device, "report_failure")
        .await
        .is(403);
    ward.post(&format!("{device}/movements"), &[("unit", DIALYSE)])
        .await
        .is(403);
    assert_eq!(state_of(&mut ward, &device).await, "in_service");
}

#[tokio::test]
pub async fn a_device_goes_into_service_only_when_nothing_is_missing() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = register(&mut engineer, &[("serial_number", "")]).await;
    let refused = transition(&mut engineer, &device, "start_acceptance")
        .await
        .is(409);
    refused.shows("le numéro de série, ou la raison pour laquelle il est inconnu");
    let version = engineer.get_json(&device).await.json()["version"].to_string();
    engineer
        .post(
            &format!("{device}?_method=patch"),
            &[
                ("version", &version),
                ("serial_number", "65CVLM"),
                ("first_service", "02/03/2026"),
            ],
        )
        .await
        .is(303);
    transition(&mut engineer, &device, "start_acceptance")
        .await
        .is(303);
    engineer
        .get(&format!("{device}/transitions/new?transition=commission"))
        .await
        .is(200)
        .shows("les sept mentions");
    let refused = transition(&mut engineer, &device, "commission")
        .await
        .is(409);
    refused
        .shows("les sept mentions")
        .shows("dire si l’équipement est connecté");
    engineer
        .post(
            &format!("{device}/items"),
            &[
                ("item", "supplier"),
                ("reason", "don de l’association des usagers"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&format!("{device}/items"))
        .await
        .is(200)
        .shows("sans objet, justifié")
        .shows("don de l’association des usagers");
    let version = engineer.get_json(&device).await.json()["version"].to_string();
    engineer
        .post(
            &format!("{device}/network?_method=patch"),
            &[("version", &version), ("is_connected", "false")],
        )
        .await
        .is(303);
    transition(&mut engineer, &device, "commission")
        .await
        .is(303);
    assert_eq!(state_of(&mut engineer, &device).await, "in_service");
    engineer
        .get(&device)
        .await
        .shows("En service")
        .shows("Mettre en service : de « En recette » à « En service »")
        .shows("pour l’essai de ce jour");
}

#[tokio::test]
async fn a_connected_device_waits_for_an_opinion_the_registry_does_not_hold_yet() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = register(&mut engineer, &[("model", SCALE)]).await;
    transition(&mut engineer, &device, "start_acceptance")
        .await
        .is(303);
    let version = engineer.get_json(&device).await.json()["version"].to_string();
    engineer
        .post(
            &format!("{device}/network?_method=patch"),
            &[
                ("version", &version),
                ("is_connected", "true"),
                ("mac", "00-1B-63-84-45-E6"),
                ("ip", "10.12.0.41"),
                ("host_name", "PLUME-41"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&format!("{device}/network"))
        .await
        .is(200)
        .shows("00:1b:63:84:45:e6")
        .shows("PLUME-41");
    let refused = transition(&mut engineer, &device, "commission")
        .await
        .is(409);
    refused.shows("l’avis du RSSI");
    assert_eq!(state_of(&mut engineer, &device).await, "acceptance");
}

#[tokio::test]
async fn a_device_taken_over_says_so_and_comes_back_from_repair_only_with_its_record() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = taken_over(&mut engineer, "in_service", &[]).await;
    let other = taken_over(&mut engineer, "disposed", &[("serial_number", "OLD1")]).await;
    engineer
        .get(&device)
        .await
        .is(200)
        .shows("reprise, preuves non vérifiées")
        .shows("depuis une date inconnue");
    engineer
        .get(&other)
        .await
        .is(200)
        .shows("Sorti")
        .shows("hors du parc");
    transition(&mut engineer, &device, "report_failure")
        .await
        .is(303);
    let refused = transition(&mut engineer, &device, "return_to_service")
        .await
        .is(409);
    refused.shows("le constat de remise en service");
    transition(&mut engineer, &device, "store").await.is(303);
    transition(&mut engineer, &device, "take_out_of_store")
        .await
        .is(409);
    assert_eq!(state_of(&mut engineer, &device).await, "stored");
    transition(&mut engineer, &other, "commission")
        .await
        .is(409);
    assert_eq!(
        world
            .count("select count(*) from device_state_change")
            .await,
        4
    );
}

#[tokio::test]
async fn a_reason_is_asked_of_a_change_of_state() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = taken_over(&mut engineer, "in_service", &[]).await;
    let page = format!("{device}/transitions/new?transition=report_failure");
    let again = engineer
        .post_from(
            &format!("{device}/transitions"),
            &page,
            &[("transition", "report_failure"), ("reason", " ")],
        )
        .await
        .is(422);
    again.shows("Dites pourquoi");
    assert_eq!(state_of(&mut engineer, &device).await, "in_service");
}

#[tokio::test]
async fn a_move_is_kept_with_who_and_why_and_stays_within_what_one_may_reach() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = taken_over(&mut engineer, "in_service", &[]).await;
    engineer
        .get(&format!("{device}/movements/new"))
        .await
        .is(200)
        .shows("Déplacer");
    engineer
        .post(
            &format!("{device}/movements"),
            &[("unit", DIALYSE), ("reason", "panne de l’autre moniteur")],
        )
        .await
        .is(303);
    engineer
        .get(&device)
        .await
        .shows("Dialyse")
        .shows("Déplacé : Dialyse")
        .shows("panne de l’autre moniteur");
    engineer
        .get(&format!("{device}/movements"))
        .await
        .is(200)
        .shows("Réanimation médicale")
        .shows("engineer.chv");
    engineer
        .post(&format!("{device}/movements"), &[("unit", CHM_UNIT)])
        .await
        .is(422);
    engineer
        .post(&format!("{device}/movements"), &[("unit", DIALYSE)])
        .await
        .is(422);
    assert_eq!(world.count("select count(*) from device_movement").await, 1);
    // Whoever reaches both hospitals may carry it across, and it then belongs to the other.
    let mut both = world.person("biomedical_engineer").await;
    both.post(&format!("{device}/movements"), &[("unit", CHM_UNIT)])
        .await
        .is(303);
    engineer.get(&device).await.is(404);
    world
        .signed_in("engineer.chm")
        .await
        .get(&device)
        .await
        .is(200)
        .shows("Médecine polyvalente");
}

#[tokio::test]
async fn a_loan_past_its_day_is_said_first_and_its_return_puts_the_device_back_in_service() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = taken_over(&mut engineer, "in_service", &[]).await;
    let free = taken_over(&mut engineer, "in_service", &[("serial_number", "FREE")]).await;
    engineer
        .get(&format!("{device}/loans/new"))
        .await
        .is(200)
        .shows("Prêter");
    engineer
        .post(
            &format!("{device}/loans"),
            &[("unit", DIALYSE), ("due_on", "2026-03-01")],
        )
        .await
        .is(422);
    engineer
        .post(
            &format!("{device}/loans"),
            &[
                ("unit", DIALYSE),
                ("borrower", "Mme B."),
                ("due_on", "2026-03-05"),
            ],
        )
        .await
        .is(422);
    engineer
        .post(
            &format!("{device}/loans"),
            &[("unit", DIALYSE), ("due_on", "2026-03-05")],
        )
        .await
        .is(303);
    assert_eq!(state_of(&mut engineer, &device).await, "lent");
    engineer
        .post(
            &format!("{device}/loans"),
            &[("unit", DIALYSE), ("due_on", "2026-03-05")],
        )
        .await
        .is(409);
    world.app.clock().advance(chrono::TimeDelta::days(5));
    engineer = world.signed_in("engineer.chv").await;
    engineer
        .get(&device)
        .await
        .is(200)
        .shows("en retard de 2 jours");
    engineer.get(&free).await.does_not_show("en retard");
    let loans = engineer
        .get_json(&format!("{device}/loans"))
        .await
        .is(200)
        .json();
    assert_eq!(loans["items"][0]["overdue"], true);
    let loan = loans["items"][0]["id"].as_str().unwrap();
    engineer
        .post(&format!("{free}/loans/{loan}?_method=delete"), &[])
        .await
        .is(404);
    engineer
        .post(
            &format!("{device}/loans/{loan}?_method=delete"),
            &[("return_note", "câble manquant")],
        )
        .await
        .is(303);
    assert_eq!(state_of(&mut engineer, &device).await, "in_service");
    engineer
        .get(&format!("{device}/loans"))
        .await
        .shows("rendu")
        .shows("câble manquant");
}

#[tokio::test]
async fn a_standard_exchange_changes_the_serial_and_keeps_the_former_one() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = taken_over(&mut engineer, "in_service", &[]).await;
    let version = engineer.get_json(&device).await.json()["version"].to_string();
    let edited = engineer
        .post(
            &format!("{device}?_method=patch"),
            &[("version", &version), ("serial_number", "OTHER")],
        )
        .await;
    assert_eq!(
        edited.status, 422,
        "a known serial is exchanged, not retyped"
    );
    engineer
        .get(&format!("{device}/identifiers/new"))
        .await
        .is(200);
    engineer
        .post(
            &format!("{device}/identifiers"),
            &[
                ("kind", "serial_number"),
                ("value", "77NEW"),
                ("reason", "échange standard du fabricant"),
                ("version", &version),
            ],
        )
        .await
        .is(303);
    engineer
        .post(
            &format!("{device}/identifiers"),
            &[("kind", "old_label"), ("value", "GMAO-8812")],
        )
        .await
        .is(303);
    engineer
        .get(&format!("{device}/identifiers"))
        .await
        .is(200)
        .shows("77NEW")
        .shows("65CVLM")
        .shows("échange standard du fabricant")
        .shows("GMAO-8812");
    engineer.get(&device).await.shows("série 77NEW");
    let stale = engineer
        .post(
            &format!("{device}/identifiers"),
            &[
                ("kind", "lot_number"),
                ("value", "L1"),
                ("reason", "relevé sur la plaque"),
                ("version", &version),
            ],
        )
        .await;
    assert_eq!(stale.status, 409, "the sheet changed meanwhile");
}

#[tokio::test]
pub async fn two_people_edit_one_sheet_and_the_second_is_told() {
    let world = world().await;
    let mut first = world.signed_in("engineer.chv").await;
    let mut second = world.person("technician").await;
    let device = taken_over(&mut first, "in_service", &[]).await;
    second.get(&format!("{device}/edit")).await.is(200);
    let version = first.get_json(&device).await.json()["version"].to_string();
    first
        .post(
            &format!("{device}?_method=patch"),
            &[
                ("version", &version),
                ("local_name", "Box 4"),
                ("supplier", SUPPLIER),
            ],
        )
        .await
        .is(303);
    second
        .post(
            &format!("{device}?_method=patch"),
            &[("version", &version), ("local_name", "Box 5")],
        )
        .await
        .is(409);
    let json = first.get_json(&device).await.json();
    assert_eq!(
        (
            json["local_name"].as_str(),
            json["supplier"]["name"].as_str()
        ),
        (Some("Box 4"), Some("Négoce du Nord"))
    );
    first
        .get(&format!("{device}/history"))
        .await
        .is(200)
        .shows("Box 4")
        .shows("local_name");
}

#[tokio::test]
async fn a_mistake_is_annulled_within_a_day_and_its_number_is_free_again() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let mistake = register(&mut engineer, &[("inventory_number", "BM1")]).await;
    let kept = register(
        &mut engineer,
        &[("inventory_number", "BM2"), ("serial_number", "K2")],
    )
    .await;
    let mut technician = world.person("technician").await;
    technician
        .post(
            &format!("{mistake}/annulment"),
            &[("reason", "saisi deux fois")],
        )
        .await
        .is(403);
    engineer
        .get(&format!("{mistake}/annulment/new"))
        .await
        .is(200)
        .shows("saisie erronée");
    engineer
        .post(
            &format!("{mistake}/annulment"),
            &[("reason", "saisi deux fois")],
        )
        .await
        .is(303);
    engineer
        .get(&mistake)
        .await
        .is(200)
        .shows("Inscription annulée : saisi deux fois");
    engineer
        .get("/inventory/devices")
        .await
        .shows("BM2")
        .does_not_show("BM1");
    transition(&mut engineer, &mistake, "start_acceptance")
        .await
        .is(409);
    register(&mut engineer, &[("inventory_number", "BM1")]).await;
    world.app.clock().advance(chrono::TimeDelta::hours(25));
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post(
            &format!("{kept}/annulment"),
            &[("reason", "trop tard pour cela")],
        )
        .await
        .is(409)
        .shows("24 heures sont passées");
    assert_eq!(
        world
            .count("select count(*) from device where annulled_at is not null")
            .await,
        1
    );
}

#[tokio::test]
async fn an_assembly_stays_in_one_hospital_and_never_turns_in_a_ring() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let station = taken_over(&mut engineer, "in_service", &[]).await;
    let id = |url: &str| url.rsplit('/').next().unwrap().to_owned();
    let part = taken_over(
        &mut engineer,
        "in_service",
        &[("serial_number", "PART"), ("parent", &id(&station))],
    )
    .await;
    engineer
        .get(&station)
        .await
        .is(200)
        .shows("Éléments de l’ensemble")
        .shows("VG000002");
    engineer.get(&part).await.shows("VG000001");
    let version = engineer.get_json(&station).await.json()["version"].to_string();
    let ring = engineer
        .post(
            &format!("{station}?_method=patch"),
            &[("version", &version), ("parent", &id(&part))],
        )
        .await
        .is(422);
    ring.shows("tournerait en rond");
    let mut both = world.person("biomedical_engineer").await;
    both.post(&format!("{station}/movements"), &[("unit", CHM_UNIT)])
        .await
        .is(422)
        .shows("par morceaux");
}

#[tokio::test]
async fn a_program_does_by_json_what_a_person_does_by_form() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let made = engineer
        .send_json(Method::POST, "/inventory/devices", json!({ "model": SCALE, "unit": REA, "serial_number": "S-1", "holding": "loan", "holding_end": "2026-03-20" }))
        .await
        .is(201);
    let device = made.location();
    let body = engineer.get_json(&device).await.is(200).json();
    assert_eq!(
        (body["holding"].as_str(), body["risk_class"].as_str()),
        (Some("loan"), Some("I"))
    );
    assert_eq!(body["maintenance_obligation"], "not_listed");
    assert!(
        body["transitions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|t| t["transition"] == "start_acceptance" && t["missing"] == json!([]))
    );
    engineer
        .get(&device)
        .await
        .shows("Prêt : fin le")
        .shows("dans 18 jours");
    let wrong = engineer
        .send_json(Method::POST, "/inventory/devices", json!({ "model": SCALE, "unit": REA, "holding": "gift", "price": "douze", "colour": "bleu" }))
        .await
        .is(422);
    assert!(wrong.text.contains("colour"));
    let wrong = engineer
        .send_json(
            Method::POST,
            "/inventory/devices",
            json!({ "model": SCALE, "unit": REA, "holding": "gift", "price": "douze" }),
        )
        .await
        .is(422)
        .json();
    assert!(wrong["errors"]["holding"].is_array() && wrong["errors"]["price"].is_array());
    let listed = engineer.get_json("/inventory/devices").await.is(200).json();
    assert!(listed.to_string().contains("S-1"));
    assert_eq!(world.count("select count(*) from device").await, 1);
    let _ = (CHV, MAKER);
}

#[tokio::test]
async fn a_scanned_udi_is_kept_as_received_and_read_and_disagreement_with_the_sheet_is_said() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let code = "]d2010761333620001317261231\u{1d}2199ZZZ";
    let made = engineer
        .send_json(
            Method::POST,
            "/inventory/devices",
            json!({ "model": MONITOR, "unit": REA, "serial_number": "65CVLM", "udi": code }),
        )
        .await
        .is(201);
    let device = made.location();
    let body = engineer.get_json(&device).await.json();
    assert_eq!(body["udi"], code);
    assert_eq!(body["udi_di"], "07613336200013");
    engineer
        .get(&device)
        .await
        .shows("(21)")
        .shows("L’IUD scanné dit « 99ZZZ », la fiche « 65CVLM »");
    // The form shows the code without its invisible separator: sent back as it is, nothing is lost.
    let shown = code.replace('\u{1d}', "");
    let version = body["version"].to_string();
    engineer
        .post(
            &format!("{device}?_method=patch"),
            &[
                ("version", &version),
                ("udi", &shown),
                ("local_name", "Box 1"),
            ],
        )
        .await
        .is(303);
    assert_eq!(engineer.get_json(&device).await.json()["udi"], code);
    let free = register(
        &mut engineer,
        &[("serial_number", "Q7"), ("udi", "étiquette illisible")],
    )
    .await;
    engineer.get(&free).await.is(200).shows("non lu");
}

#[tokio::test]
async fn the_address_of_a_label_opens_the_device_for_whoever_may_see_it() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let device = register(&mut engineer, &[]).await;
    let other = register(&mut engineer, &[("serial_number", "TWO")]).await;
    let code = engineer.get_json(&device).await.json()["label_code"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        engineer
            .get(&format!("/q/{}", code.to_lowercase()))
            .await
            .is(303)
            .location(),
        device
    );
    assert_ne!(device, other);
    engineer.get("/q/ZZZZZZZZ").await.is(404);
    world
        .signed_in("engineer.chm")
        .await
        .get(&format!("/q/{code}"))
        .await
        .is(404);
}
