//! Interventions, as people meet them: from the label of a device to the report that closes.

use super::obligations::{DEVICE, due_of, world, yearly};
use crate::support::{Answer, Person, World};

const LABEL: &str = "/maintenance/reports/AAAAAAAA";

fn said(harm: &str) -> Vec<(&str, &str)> {
    vec![
        ("symptom", "Écran noir au démarrage"),
        ("usable", "no"),
        ("harm", harm),
        ("name", "Claire Dubois"),
    ]
}

/// Reports from the label, as somebody of the unit without an account; the intervention's address for an engineer.
pub(super) async fn reported(world: &World, engineer: &mut Person) -> String {
    world.visitor().post(LABEL, &said("no")).await.is(303);
    let tab = engineer
        .get_json(&format!("/maintenance/devices/{DEVICE}"))
        .await
        .is(200)
        .json();
    format!(
        "/maintenance/interventions/{}",
        tab["interventions"][0]["id"].as_str().unwrap()
    )
}

pub(super) fn report<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("done_on", "2026-03-02"),
        ("performer", "Karim Benali"),
        ("employer", "CHU de la Verrerie"),
        ("work_done", "Carte d’alimentation changée"),
        ("performance_level", "Autotest complet réussi"),
        ("conformity", "conform"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

pub(super) async fn close(
    person: &mut Person,
    intervention: &str,
    more: &[(&str, &str)],
) -> Answer {
    let page = format!("{intervention}/report/new");
    person
        .post_from(&format!("{intervention}/report"), &page, &report(more))
        .await
}

async fn state_of(world: &World) -> i64 {
    world.count("select case state when 'in_service' then 0 when 'broken' then 1 when 'in_maintenance' then 2 else 9 end::bigint from device where inventory_number = 'MON1'").await
}

#[tokio::test]
async fn anyone_of_a_unit_reports_from_the_label_and_gets_a_number() {
    let world = world().await;
    let mut visitor = world.visitor();
    let scanned = visitor.get("/q/AAAAAAAA").await.is(303);
    assert_eq!(scanned.location(), format!("{LABEL}/new"));
    visitor
        .get(&scanned.location())
        .await
        .is(200)
        .shows("Moniteur multiparamétrique")
        .shows("Quelqu’un a-t-il été atteint")
        .does_not_show("S1");
    visitor
        .post_from(
            LABEL,
            &format!("{LABEL}/new"),
            &[
                ("symptom", "Écran noir"),
                ("usable", "no"),
                ("name", "Claire"),
            ],
        )
        .await
        .is(422)
        .shows("Quelqu’un a-t-il été atteint, ou aurait-il pu l’être ?");
    let receipt = visitor
        .post(LABEL, &said("possible"))
        .await
        .is(303)
        .location();
    visitor
        .get(&receipt)
        .await
        .is(200)
        .shows("IN-2026-00001")
        .shows("Demandée")
        .shows("correspondant de vigilance");
    // The pharmacist is told, the engineer too.
    world
        .person("pharmacist")
        .await
        .get("/")
        .await
        .is(200)
        .shows("Signalements où quelqu’un a pu être atteint")
        .shows("Écran noir au démarrage");
    world
        .signed_in("engineer.chv")
        .await
        .get("/")
        .await
        .is(200)
        .shows("Demandes à qualifier");
    world
        .visitor()
        .get("/maintenance/reports/ZZZZZZZZ/new")
        .await
        .is(404);
    world
        .visitor()
        .get("/maintenance/receipts/une-devinette")
        .await
        .is(404);
}

#[tokio::test]
async fn a_label_takes_only_so_many_reports_in_a_while() {
    let world = world().await;
    for _ in 0..5 {
        world.visitor().post(LABEL, &said("no")).await.is(303);
    }
    world.visitor().post(LABEL, &said("no")).await.is(429);
    assert_eq!(world.count("select count(*) from intervention").await, 5);
    world.app.clock().advance(chrono::TimeDelta::minutes(11));
    world.visitor().post(LABEL, &said("no")).await.is(303);
}

#[tokio::test]
async fn a_failed_device_comes_back_only_with_who_which_test_and_which_restrictions() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let intervention = reported(&world, &mut engineer).await;
    engineer
        .get(&intervention)
        .await
        .is(200)
        .shows("Qualifier")
        .shows("Claire Dubois");
    engineer
        .post(
            &format!("{intervention}/qualification"),
            &[
                ("priority", "urgent"),
                ("kind", "corrective"),
                ("broken", "true"),
            ],
        )
        .await
        .is(303);
    assert_eq!(state_of(&world).await, 1);
    // Neither the bare transition nor a report without a test leads back.
    let device = format!("/inventory/devices/{DEVICE}");
    engineer
        .post(
            &format!("{device}/transitions"),
            &[
                ("transition", "return_to_service"),
                ("reason", "il marche à nouveau"),
            ],
        )
        .await
        .is(409)
        .shows("le constat de remise en service");
    close(&mut engineer, &intervention, &[("back", "true")])
        .await
        .is(422)
        .shows("Dites l’essai");
    assert_eq!(state_of(&world).await, 1);
    close(
        &mut engineer,
        &intervention,
        &[
            ("back", "true"),
            ("test", "Essai fonctionnel complet réussi"),
            ("restrictions", "Sur secteur seulement"),
        ],
    )
    .await
    .is(303);
    assert_eq!(state_of(&world).await, 0);
    engineer
        .get(&intervention)
        .await
        .is(200)
        .shows("Conforme")
        .shows("Karim Benali")
        .shows("Sur secteur seulement")
        .shows("ligne 1");
    // The register has the operation, the stop and the resumption.
    assert_eq!(world.count("select count(*) from register_line where number = 1 and kind = 'corrective' and performer_name = 'Karim Benali' and stopped_on = '2026-03-02' and resumed_on = '2026-03-02' and restrictions = 'Sur secteur seulement'").await, 1);
    assert_eq!(
        world.count("select count(*) from return_to_service").await,
        1
    );
    assert_eq!(
        world
            .count("select count(*) from intervention_change")
            .await,
        5
    );
    // Broken anew, the former record opens nothing.
    engineer
        .post(
            &format!("{device}/transitions"),
            &[
                ("transition", "report_failure"),
                ("reason", "écran noir encore"),
            ],
        )
        .await
        .is(303);
    engineer
        .post(
            &format!("{device}/transitions"),
            &[
                ("transition", "return_to_service"),
                ("reason", "il marche à nouveau"),
            ],
        )
        .await
        .is(409);
    engineer
        .get(&format!("/maintenance/devices/{DEVICE}/returns/new"))
        .await
        .is(200)
        .shows("Constat de remise en service");
    engineer
        .post(
            &format!("/maintenance/devices/{DEVICE}/returns"),
            &[
                ("done_by", "Karim Benali"),
                ("test", "Essai sur simulateur réussi"),
            ],
        )
        .await
        .is(303);
    assert_eq!(state_of(&world).await, 0);
    engineer
        .post(
            &format!("/maintenance/devices/{DEVICE}/returns"),
            &[
                ("done_by", "Karim Benali"),
                ("test", "Essai sur simulateur réussi"),
            ],
        )
        .await
        .is(409)
        .shows("il n’est pas arrêté");
    assert_eq!(world.count("select count(*) from register_line where number = 2 and kind = 'post_repair_control' and performance = 'Essai sur simulateur réussi' and resumed_on is not null").await, 1);
    assert_eq!(world.count("select count(*) from register_line").await, 2);
}

#[tokio::test]
async fn a_report_is_not_dated_to_come_nor_before_its_request_nor_closed_twice() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let intervention = reported(&world, &mut engineer).await;
    close(&mut engineer, &intervention, &[("done_on", "2026-03-03")])
        .await
        .is(422)
        .shows("à venir");
    close(&mut engineer, &intervention, &[("done_on", "2026-03-01")])
        .await
        .is(422)
        .shows("précède la demande");
    close(&mut engineer, &intervention, &[("performance_level", "")])
        .await
        .is(422)
        .shows("niveau de performances obtenu");
    assert_eq!(
        world
            .count("select count(*) from intervention where state = 'closed'")
            .await,
        0
    );
    assert_eq!(world.count("select count(*) from register_line").await, 0);
    close(&mut engineer, &intervention, &[]).await.is(303);
    close(
        &mut engineer,
        &intervention,
        &[("work_done", "Autre chose")],
    )
    .await
    .is(409);
    engineer
        .post(&format!("{intervention}/parts"), &[("reference", "A-12")])
        .await
        .is(409);
    assert_eq!(
        world
            .count("select count(*) from intervention where work_done = 'Autre chose'")
            .await,
        0
    );
}

/// An obligation with eight values to measure, and the line due of the device.
pub(super) async fn eight_values(engineer: &mut Person) -> String {
    let made = engineer
        .post(
            "/maintenance/obligations",
            &yearly(&[("needs_measures", "true")]),
        )
        .await
        .is(303)
        .location();
    for n in 1..=8 {
        engineer
            .post(
                &format!("{made}/steps"),
                &[
                    ("label", &format!("Mesure {n}")),
                    ("unit", "Ω"),
                    ("upper_limit", "0,3"),
                    ("limit_source", "Notice, p. 41"),
                    ("limits_verified", "true"),
                ],
            )
            .await
            .is(303);
    }
    due_of(engineer, DEVICE).await
}

/// What a person types: the hidden fields of the page are sent by the browser.
pub(super) fn typed(page: &Answer, values: &[&str]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = page
        .attributes("input[name=step]", "value")
        .into_iter()
        .map(|id| ("step".to_owned(), id))
        .collect();
    fields.extend(values.iter().map(|v| ("value".to_owned(), (*v).to_owned())));
    for name in ["done_on", "performer", "employer", "work_done"] {
        fields.push((
            name.into(),
            page.attributes(&format!("input[name={name}]"), "value")[0].clone(),
        ));
    }
    fields.push((
        "conformity".into(),
        page.attributes("input[name=conformity][checked]", "value")[0].clone(),
    ));
    fields
}

pub(super) async fn send(
    person: &mut Person,
    intervention: &str,
    fields: &[(String, String)],
) -> Answer {
    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    person
        .post_from(
            &format!("{intervention}/report"),
            &format!("{intervention}/report/new"),
            &pairs,
        )
        .await
}

#[tokio::test]
async fn a_maintenance_with_eight_values_closes_in_ten_inputs() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let line = eight_values(&mut engineer).await;
    // One press on « Faire », eight values, one press on « Terminer et clôturer »: everything else is filled in.
    let report = engineer
        .post(&format!("{line}/interventions"), &[])
        .await
        .is(303)
        .location();
    let page = engineer.get(&report).await.is(200);
    let intervention = report.trim_end_matches("/report/new").to_owned();
    let values = ["0,1", "0.12", "0,2", "0,05", "0,3", "0", "0,11", "0,29"];
    send(&mut engineer, &intervention, &typed(&page, &values))
        .await
        .is(303);
    engineer
        .get(&intervention)
        .await
        .is(200)
        .shows("8 valeurs sur 8 dans leurs limites")
        .shows("0,12 Ω");
    let json = engineer.get_json(&line).await.json();
    assert_eq!(
        (
            json["last_done_on"].as_str(),
            json["due_on"].as_str(),
            json["standing"].as_str()
        ),
        (Some("2026-03-02"), Some("2027-03-02"), Some("up_to_date"))
    );
    assert_eq!(world.count("select count(*) from intervention_measure where verdict = 'within' and reference_value = value").await, 8);
    engineer
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .is(200)
        .shows("8 valeurs sur 8 dans leurs limites");
    assert_eq!(world.count("select count(*) from register_line where measurements like '%Mesure 2 : 0,12 Ω (≤ 0,3 Ω), dans les limites%' and conformity = 'conform'").await, 1);
}

#[tokio::test]
async fn nothing_closes_without_its_measures_nor_out_of_its_limits_without_a_word() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let line = eight_values(&mut engineer).await;
    let report = engineer
        .post(&format!("{line}/interventions"), &[])
        .await
        .is(303)
        .location();
    let page = engineer.get(&report).await.is(200);
    let intervention = report.trim_end_matches("/report/new").to_owned();
    close(&mut engineer, &intervention, &[])
        .await
        .is(422)
        .shows("8 points de contrôle sans réponse");
    let outside = typed(
        &page,
        &["0,1", "0,9", "0,2", "0,05", "0,3", "0", "0,11", "0,29"],
    );
    send(&mut engineer, &intervention, &outside)
        .await
        .is(422)
        .shows("1 valeur hors limites sans commentaire")
        .shows("Une valeur est hors limites");
    let wrong = typed(
        &page,
        &["0,1", "beaucoup", "0,2", "0,05", "0,3", "0", "0,11", "0,29"],
    );
    send(&mut engineer, &intervention, &wrong)
        .await
        .is(422)
        .shows("« beaucoup » n’est pas un nombre");
    assert_eq!(
        world
            .count("select count(*) from intervention_measure")
            .await,
        0
    );
    let mut said = outside;
    said.retain(|(name, _)| name != "conformity");
    for n in 0..8 {
        said.push((
            "comment".into(),
            if n == 1 {
                "Cordon usé, remplacé".into()
            } else {
                String::new()
            },
        ));
    }
    said.push(("conformity".into(), "conform_reserve".into()));
    said.push(("restrictions".into(), "Cordon à surveiller".into()));
    send(&mut engineer, &intervention, &said).await.is(303);
    engineer
        .get(&intervention)
        .await
        .shows("hors limites")
        .shows("Cordon usé, remplacé");
}

#[tokio::test]
async fn no_fault_found_takes_three_inputs() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let intervention = reported(&world, &mut engineer).await;
    let page = engineer.get(&intervention).await.is(200);
    // Open the fold, choose the test, press: the rest is in the page.
    let form = "form[action$='/report']";
    let hidden = page.attributes(&format!("{form} input[type=hidden]"), "name");
    assert_eq!(
        page.attributes(&format!("{form} button[type=submit]"), "class")
            .len(),
        1
    );
    assert!(
        !page
            .attributes(&format!("{form} input[type=radio]"), "value")
            .is_empty()
    );
    let mut fields: Vec<(String, String)> = hidden
        .iter()
        .zip(page.attributes(&format!("{form} input[type=hidden]"), "value"))
        .filter(|(name, _)| !name.starts_with('_'))
        .map(|(name, value)| (name.clone(), value))
        .collect();
    fields.push((
        page.attributes(&format!("{form} input[type=radio]"), "name")[0].clone(),
        "Autotest au démarrage réussi".into(),
    ));
    send(&mut engineer, &intervention, &fields).await.is(303);
    engineer
        .get(&intervention)
        .await
        .is(200)
        .shows("Aucun défaut constaté")
        .shows("Clôturée");
}

#[tokio::test]
async fn an_operation_makes_its_control_due_and_a_device_not_presented_is_counted() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let made = engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303)
        .location();
    engineer
        .post(
            &format!("{made}/triggers"),
            &[
                ("operation", "Changement de capteur"),
                ("within_days", "15"),
                ("source", "Notice, p. 12"),
            ],
        )
        .await
        .is(303);
    let line = due_of(&mut engineer, DEVICE).await;
    engineer
        .post(
            &format!("{line}/statements"),
            &[("done_on", "2026-01-05"), ("source", "Étiquette")],
        )
        .await
        .is(303);
    let planned = engineer
        .post(&format!("{line}/interventions"), &[])
        .await
        .is(303)
        .location();
    let planned = planned.trim_end_matches("/report/new").to_owned();
    engineer
        .post(&format!("{planned}/plan"), &[("planned_on", "2026-03-02")])
        .await
        .is(303);
    engineer
        .post(&format!("{planned}/waiting"), &[("waiting_for", "device")])
        .await
        .is(303);
    assert_eq!(engineer.get_json(&line).await.json()["not_presented"], 1);
    engineer
        .post(
            &format!("{planned}/cancellation"),
            &[("cancelled_why", "Reprogrammée au printemps")],
        )
        .await
        .is(303);
    let intervention = reported(&world, &mut engineer).await;
    let operation: String = sqlx::query_scalar("select id::text from obligation_trigger")
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap();
    close(&mut engineer, &intervention, &[("operation", &operation)])
        .await
        .is(303);
    let due = engineer.get_json(&line).await.json();
    assert_eq!(due["due_on"], "2026-03-17");
    engineer
        .get(&line)
        .await
        .shows("Due hors de son rythme : Changement de capteur (Notice, p. 12)");
}

#[tokio::test]
async fn another_hospital_neither_sees_nor_does_my_work() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let intervention = reported(&world, &mut engineer).await;
    let mut stranger = world.signed_in("engineer.chm").await;
    stranger.get(&intervention).await.is(404);
    close(&mut stranger, &intervention, &[]).await.is(404);
    stranger
        .post(
            &format!("/maintenance/devices/{DEVICE}/returns"),
            &[("done_by", "X Y"), ("test", "Essai réussi")],
        )
        .await
        .is(404);
    world
        .person("unit_manager")
        .await
        .post(&format!("{intervention}/report"), &report(&[]))
        .await
        .is(403);
}
