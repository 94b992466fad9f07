//! Contracts: what they cover, until when, and what is not covered.

use crate::maintenance::obligations::{CHV, DEVICE, world};

const MAKER: &str = "01950000-0000-7000-8000-000000000e01";

fn agreement<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("establishment", CHV),
        ("reference", "CT-1"),
        ("title", "Moniteurs, tout compris"),
        ("provider", MAKER),
        ("starts_on", "2025-06-01"),
        ("ends_on", "2026-05-31"),
        ("renewal", "none"),
        ("notice_months", "2"),
        ("services", "preventive"),
        ("services", "parts"),
        ("yearly", "12 500,50"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

#[tokio::test]
async fn a_contract_covers_the_devices_of_its_lines_and_no_other() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .get("/contracts/coverage?f=coverage:is:none")
        .await
        .is(200)
        .shows("MON1")
        .shows("PES1")
        .does_not_show("MON2");
    let made = engineer
        .post("/contracts/agreements", &agreement(&[]))
        .await
        .is(303)
        .location();
    // Its notice is to be decided before 31 March: it says so here and on the home page.
    engineer
        .get(&made)
        .await
        .is(200)
        .shows("Décidez avant le 31 mars 2026")
        .shows("12 500,50 €")
        .shows("il ne couvre rien");
    engineer.get("/").await.shows("Contrats à décider ou échus");
    // What is not known is named, and nothing is added.
    engineer
        .post_from(
            &format!("{made}/lines"),
            &made,
            &[("numbers", "MON1\nMON2\nXX9")],
        )
        .await
        .is(422)
        .shows("MON2, XX9")
        .shows("Rien n’a été ajouté");
    assert_eq!(world.count("select count(*) from agreement_line").await, 0);
    engineer
        .post(
            &format!("{made}/lines"),
            &[("numbers", "mon1"), ("from_on", "2026-03-01")],
        )
        .await
        .is(303);
    engineer
        .get("/contracts/coverage?f=coverage:is:covered")
        .await
        .shows("MON1")
        .does_not_show("PES1");
    // A contract that ended covers nothing.
    world.app.clock().advance(chrono::TimeDelta::days(120));
    world.work().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .get(&made)
        .await
        .shows("Contrat échu le 31 mai 2026");
    engineer
        .get("/contracts/coverage?f=coverage:is:expired")
        .await
        .shows("MON1");
    let csv = engineer
        .get("/contracts/coverage?f=coverage:in:none,expired&export=csv")
        .await
        .is(200);
    assert!(csv.text.contains("MON1") && csv.text.contains("PES1"));
}

#[tokio::test]
async fn a_tacit_contract_goes_on_and_a_line_is_taken_out_with_its_reason() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let page = "/contracts/agreements/new";
    engineer
        .post_from(
            "/contracts/agreements",
            page,
            &agreement(&[("renewal", "tacit"), ("services", ""), ("yearly", "cher")]),
        )
        .await
        .is(422)
        .shows("pour combien de mois")
        .shows("« cher » n’est pas un montant");
    let made = engineer
        .post(
            "/contracts/agreements",
            &agreement(&[
                ("renewal", "tacit"),
                ("renewal_months", "12"),
                ("starts_on", "2023-06-01"),
                ("ends_on", "2024-05-31"),
            ]),
        )
        .await
        .is(303)
        .location();
    let json = engineer.get_json(&made).await.json();
    assert_eq!(
        (json["current_end_on"].as_str(), json["notice_by"].as_str()),
        (Some("2026-05-31"), Some("2026-03-31"))
    );
    engineer
        .post(&format!("{made}/lines"), &[("numbers", "MON1, PES1")])
        .await
        .is(303);
    let json = engineer.get_json(&made).await.json();
    assert_eq!(json["lines"].as_array().unwrap().len(), 2);
    let line = json["lines"][0]["id"].as_str().unwrap().to_owned();
    engineer
        .post(
            &format!("{made}/lines/{line}?_method=delete"),
            &[("removed_why", "Réformé"), ("until_on", "2026-03-01")],
        )
        .await
        .is(303);
    engineer.get(&made).await.shows("Réformé");
    engineer
        .get("/contracts/coverage?f=coverage:is:covered")
        .await
        .does_not_show("MON1")
        .shows("PES1");
    engineer
        .post(
            &format!("{made}/end"),
            &[
                ("ended_on", "2026-03-01"),
                ("ended_why", "Marché non reconduit"),
            ],
        )
        .await
        .is(303);
    engineer.get(&made).await.shows("Contrat résilié");
    engineer
        .post(&format!("{made}/lines"), &[("numbers", "MON1")])
        .await
        .is(409);
}

#[tokio::test]
async fn another_hospital_sees_no_contract_of_mine_and_a_technician_writes_none() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let made = engineer
        .post("/contracts/agreements", &agreement(&[]))
        .await
        .is(303)
        .location();
    world
        .signed_in("engineer.chm")
        .await
        .get(&made)
        .await
        .is(404);
    world
        .person("technician")
        .await
        .post(
            "/contracts/agreements",
            &agreement(&[("reference", "CT-2")]),
        )
        .await
        .is(403);
    engineer
        .post_from(
            "/contracts/agreements",
            "/contracts/agreements/new",
            &agreement(&[]),
        )
        .await
        .is(422)
        .shows("Cette référence est déjà celle d’un autre contrat");
    engineer
        .get(&format!("/inventory/devices/{DEVICE}"))
        .await
        .is(200);
}
