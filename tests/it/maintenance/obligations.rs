//! Obligations and what falls due, as people meet them: two models, two devices, two people.

use crate::support::{Person, World};

pub const CHV: &str = "01950000-0000-7000-8000-0000000000a1";
pub const MONITOR: &str = "01950000-0000-7000-8000-000000000d01";

/// A monitor at the CHV and one at the CHM, and a scale that has no obligation.
pub async fn world() -> World {
    let world = World::new().await;
    sqlx::raw_sql(
        "select set_config('vigie.now', '2026-03-01 08:00Z', false);
         insert into organisation (id, name, roles, version) values ('01950000-0000-7000-8000-000000000e01', 'Verrier Médical', '{manufacturer}', 1);
         insert into device_model (id, common_name, trade_name, manufacturer_id, regulation, risk_class, is_ionising, version) values
             ('01950000-0000-7000-8000-000000000d01', 'Moniteur multiparamétrique', 'Vigil 700', '01950000-0000-7000-8000-000000000e01', 'mdr', 'IIb', false, 1),
             ('01950000-0000-7000-8000-000000000d02', 'Pèse-personne', 'Plume 2', '01950000-0000-7000-8000-000000000e01', 'mdr', 'I', false, 1);
         insert into device (id, establishment_id, unit_id, model_id, inventory_number, label_code, serial_number, state, recorded_at, taken_over, version) values
             ('01950000-0000-7000-8000-00000000dd01', '01950000-0000-7000-8000-0000000000a1', '01950000-0000-7000-8000-0000000000a2', '01950000-0000-7000-8000-000000000d01', 'MON1', 'AAAAAAAA', 'S1', 'in_service', '2026-03-01', true, 1),
             ('01950000-0000-7000-8000-00000000dd02', '01950000-0000-7000-8000-0000000000b1', '01950000-0000-7000-8000-0000000000b2', '01950000-0000-7000-8000-000000000d01', 'MON2', 'BBBBBBBB', 'S2', 'in_service', '2026-03-01', true, 1),
             ('01950000-0000-7000-8000-00000000dd03', '01950000-0000-7000-8000-0000000000a1', '01950000-0000-7000-8000-0000000000a2', '01950000-0000-7000-8000-000000000d02', 'PES1', 'CCCCCCCC', 'S3', 'in_service', '2026-03-01', true, 1);",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
    world
}

pub const DEVICE: &str = "01950000-0000-7000-8000-00000000dd01";

/// The fields of a yearly maintenance.
pub fn yearly<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("model", MONITOR),
        ("establishment", CHV),
        ("kind", "preventive"),
        ("title", "Maintenance annuelle"),
        ("interval_value", "12"),
        ("interval_unit", "months"),
        ("before_days", "30"),
        ("after_days", "15"),
        ("due_from", "actual"),
        ("on_closed_day", "next"),
        ("source_kind", "instructions"),
        ("source_reference", "Manuel de maintenance Vigil 700"),
        ("source_version", "C"),
        ("source_page", "41"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

/// The address of the only line due of a device.
pub async fn due_of(person: &mut Person, device: &str) -> String {
    let tab = person
        .get_json(&format!("/maintenance/devices/{device}"))
        .await
        .is(200)
        .json();
    format!("/maintenance/due/{}", tab["due"][0]["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_obligation_said_once_is_inherited_and_undetermined_until_somebody_knows() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .get("/maintenance/obligations/new")
        .await
        .is(200)
        .shows("Nouvelle obligation");
    let made = engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    engineer
        .get(&made.location())
        .await
        .is(200)
        .shows("tous les 12 mois")
        .shows("1 équipement ; 1 équipement sans dernière date connue")
        .shows("Manuel de maintenance Vigil 700");
    // The other hospital's monitor has it not: the obligation is the CHV's own.
    assert_eq!(
        world
            .count("select count(*) from device_obligation where applies")
            .await,
        1
    );
    engineer
        .get(&format!("/maintenance/devices/{DEVICE}"))
        .await
        .is(200)
        .shows("Obligations : 1 indéterminée")
        .shows("indéterminé : aucune dernière date connue");
    engineer
        .get("/inventory/devices?f=maintenance:is:unknown")
        .await
        .is(200)
        .shows("MON1")
        .does_not_show("PES1");
    // Who sees a device sees what is due of it; who does not, not.
    let line = due_of(&mut engineer, DEVICE).await;
    world
        .signed_in("engineer.chm")
        .await
        .get(&line)
        .await
        .is(404);
}

#[tokio::test]
async fn a_stated_date_starts_the_clock_and_the_list_says_late_then_due() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    let line = due_of(&mut engineer, DEVICE).await;
    engineer
        .post_from(
            &format!("{line}/statements"),
            &line,
            &[
                ("done_on", "2026-03-03"),
                ("source", "Rapport du fournisseur"),
            ],
        )
        .await
        .is(422)
        .shows("Cette date est à venir");
    // Saturday 1 February 2025 + 12 months = Sunday 1 February 2026: the next worked day is Monday.
    engineer
        .post(
            &format!("{line}/statements"),
            &[
                ("done_on", "2025-02-01"),
                ("source", "Rapport du fournisseur"),
            ],
        )
        .await
        .is(303);
    let json = engineer.get_json(&line).await.is(200).json();
    assert_eq!(
        (
            json["due_on"].as_str(),
            json["latest_on"].as_str(),
            json["standing"].as_str()
        ),
        (Some("2026-02-02"), Some("2026-02-17"), Some("late"))
    );
    engineer
        .get(&line)
        .await
        .shows("Maintenance annuelle : en retard de 28 jours")
        .shows("Rapport du fournisseur");
    engineer
        .post_from(
            &format!("{line}/statements"),
            &line,
            &[("done_on", "2025-01-31"), ("source", "Autre rapport")],
        )
        .await
        .is(422)
        .shows("Une opération plus récente est connue");
    engineer
        .get("/inventory/devices?f=maintenance:is:late")
        .await
        .is(200)
        .shows("MON1");
    engineer
        .get(&format!("/inventory/devices/{DEVICE}"))
        .await
        .is(200)
        .shows("en retard de 28");
    engineer
        .get("/maintenance/due?f=latest_on:max:2026-03-01")
        .await
        .is(200)
        .shows("MON1");
    engineer
        .get("/")
        .await
        .is(200)
        .shows("Maintenances et contrôles en retard");
    assert_eq!(
        world
            .count("select count(*) from audit_row where table_name = 'obligation_statement'")
            .await,
        1
    );
}

#[tokio::test]
async fn a_gap_to_the_source_is_justified_or_refused() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let gap = [("asked_value", "6"), ("asked_unit", "months")];
    engineer
        .post_from(
            "/maintenance/obligations",
            "/maintenance/obligations/new",
            &yearly(&gap),
        )
        .await
        .is(422)
        .shows("dites pourquoi");
    let justified = [
        gap[0],
        gap[1],
        ("gap_reason", "Aucune dérive en cinq ans sur ce parc"),
    ];
    let made = engineer
        .post("/maintenance/obligations", &yearly(&justified))
        .await
        .is(303);
    engineer
        .get(&made.location())
        .await
        .shows("6 mois")
        .shows("Aucune dérive en cinq ans");
    engineer
        .post_from(
            "/maintenance/obligations",
            "/maintenance/obligations/new",
            &yearly(&[("source_version", "")]),
        )
        .await
        .is(422)
        .shows("dites la version et la page");
}

#[tokio::test]
async fn what_is_to_be_verified_obliges_nobody_and_what_is_retired_no_more() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let to_verify = engineer
        .post(
            "/maintenance/obligations",
            &yearly(&[("to_verify", "true")]),
        )
        .await
        .is(303)
        .location();
    engineer.get(&to_verify).await.shows("n’oblige personne");
    assert_eq!(
        world.count("select count(*) from device_obligation").await,
        0
    );
    let version = engineer.get_json(&to_verify).await.json()["version"].to_string();
    engineer
        .send_json(
            axum::http::Method::PATCH,
            &to_verify,
            serde_json::Value::Object(
                yearly(&[("version", version.as_str())])
                    .into_iter()
                    .map(|(k, v)| (k.to_owned(), v.into()))
                    .collect(),
            ),
        )
        .await
        .is(200);
    assert_eq!(
        world
            .count("select count(*) from device_obligation where applies")
            .await,
        1
    );
    engineer
        .post(
            &format!("{to_verify}/retirement"),
            &[("retired_reason", "Le fabricant ne la demande plus")],
        )
        .await
        .is(303);
    assert_eq!(
        world
            .count("select count(*) from device_obligation where applies")
            .await,
        0
    );
    assert_eq!(
        world
            .count("select count(*) from device_fact where kind = 'maintenance'")
            .await,
        0
    );
}

#[tokio::test]
async fn an_exception_has_its_reason_and_gives_the_obligation_back_when_withdrawn() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    let line = due_of(&mut engineer, DEVICE).await;
    engineer
        .post(
            &format!("{line}/statements"),
            &[("done_on", "2025-06-02"), ("source", "Étiquette")],
        )
        .await
        .is(303);
    engineer
        .post_from(&format!("{line}/exceptions"), &line, &[("reason", "court")])
        .await
        .is(422)
        .shows("dix caractères");
    engineer
        .post(
            &format!("{line}/exceptions"),
            &[
                ("own_value", "6"),
                ("own_unit", "months"),
                ("reason", "Usage intensif en réanimation"),
            ],
        )
        .await
        .is(303);
    assert_eq!(
        engineer.get_json(&line).await.json()["due_on"],
        "2025-12-02"
    );
    engineer
        .post(&format!("{line}/exceptions?_method=delete"), &[])
        .await
        .is(303);
    assert_eq!(
        engineer.get_json(&line).await.json()["due_on"],
        "2026-06-02"
    );
    world
        .person("technician")
        .await
        .post(
            &format!("{line}/exceptions"),
            &[("reason", "Je préfère ne pas le faire")],
        )
        .await
        .is(403);
}

#[tokio::test]
async fn nobody_grants_the_deferral_he_asked_for() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    let line = due_of(&mut engineer, DEVICE).await;
    engineer
        .post(
            &format!("{line}/statements"),
            &[("done_on", "2025-02-03"), ("source", "Étiquette")],
        )
        .await
        .is(303);
    let asked = [
        ("until", "2026-05-01"),
        ("deferral_reason", "Pièce attendue du fournisseur"),
    ];
    engineer
        .post(&format!("{line}/deferrals"), &asked)
        .await
        .is(303);
    let deferral = engineer.get_json(&line).await.json()["deferrals"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = format!("{line}/deferrals/{deferral}/answer");
    engineer
        .post(&answer, &[("decision", "yes")])
        .await
        .is(409)
        .shows("une autre personne");
    assert_eq!(
        world
            .count("select count(*) from obligation_deferral where is_approved")
            .await,
        0
    );
    world
        .person("biomedical_engineer")
        .await
        .post(&answer, &[("decision", "yes")])
        .await
        .is(303);
    let page = engineer.get(&line).await.is(200);
    page.shows("reporté au 1er mai 2026 par Personne biomedical_engineer");
    assert_eq!(
        engineer.get_json(&line).await.json()["standing"],
        "late",
        "a deferral moves no due date"
    );
}

#[tokio::test]
async fn a_device_that_leaves_or_comes_back_takes_its_obligations_along() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    let mut owner = world.owner().await;
    for (state, applies) in [("decommissioning", 0), ("stored", 1)] {
        sqlx::query("select set_config('vigie.now', '2026-03-01 08:00Z', false)")
            .execute(&mut owner)
            .await
            .unwrap();
        sqlx::query("update device set state = $1 where id = $2::uuid")
            .bind(state)
            .bind(DEVICE)
            .execute(&mut owner)
            .await
            .unwrap();
        assert_eq!(
            world
                .count("select count(*) from device_obligation where applies")
                .await,
            applies,
            "{state}"
        );
    }
}

#[tokio::test]
async fn the_night_says_again_what_a_day_made_late() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    let line = due_of(&mut engineer, DEVICE).await;
    engineer
        .post(
            &format!("{line}/statements"),
            &[("done_on", "2025-02-18"), ("source", "Étiquette")],
        )
        .await
        .is(303);
    assert_eq!(
        world
            .count("select count(*) from device_fact where kind = 'maintenance' and value = 'due'")
            .await,
        1
    );
    world.app.clock().advance(chrono::TimeDelta::days(4));
    world.app.work_once("tests").await.unwrap();
    assert_eq!(
        world
            .count("select count(*) from device_fact where kind = 'maintenance' and value = 'late'")
            .await,
        1
    );
    assert_eq!(
        world
            .count(
                "select count(*) from job where kind = 'maintenance.due' and finished_at is null"
            )
            .await,
        1,
        "the next night waits"
    );
}
