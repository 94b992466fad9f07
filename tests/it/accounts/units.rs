//! Units, as people meet them.

use serde_json::json;

use crate::support::World;

const CHV: &str = "01950000-0000-7000-8000-0000000000a1";
const CHM: &str = "01950000-0000-7000-8000-0000000000b1";
const CHM_UNIT: &str = "01950000-0000-7000-8000-0000000000b2";

#[tokio::test]
async fn an_engineer_opens_a_unit_and_everyone_of_the_place_sees_it() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer.get("/accounts/units/new").await.is(200);
    let made = engineer
        .post(
            "/accounts/units",
            &[
                ("establishment", CHV),
                ("uf_code", "3499"),
                ("name", "Hôpital de jour"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&made.location())
        .await
        .is(200)
        .shows("Hôpital de jour")
        .shows("Unité 3499 Hôpital de jour créée");
    world
        .person("unit_manager")
        .await
        .get("/accounts/units?q=hopital+de+jour")
        .await
        .is(200)
        .shows("3499");
    assert_eq!(world.count("select count(*) from audit_row where table_name = 'unit' and actor_label = 'engineer.chv' and operation = 'insert'").await, 1);
    assert_eq!(
        world
            .count("select count(*) from event where kind = 'unit.opened'")
            .await,
        1
    );
}

#[tokio::test]
async fn what_was_typed_is_shown_again_with_what_is_wrong() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let again = engineer
        .post_from(
            "/accounts/units",
            "/accounts/units/new",
            &[
                ("establishment", CHV),
                ("uf_code", "3401"),
                ("name", "Doublon typé"),
            ],
        )
        .await
        .is(422);
    again.shows("Ce code UF est déjà celui d’une autre unité");
    assert_eq!(
        again.attributes("input[name=name]", "value"),
        ["Doublon typé"]
    );
    let wrong = engineer
        .post_from(
            "/accounts/units",
            "/accounts/units/new",
            &[
                ("establishment", CHV),
                ("uf_code", "3498"),
                ("name", "X"),
                ("valid_from", "31/02/2026"),
            ],
        )
        .await
        .is(422);
    wrong.shows("« 31/02/2026 » n’est pas une date");
    assert_eq!(world.count("select count(*) from unit").await, 4);
}

#[tokio::test]
pub async fn another_hospital_s_unit_does_not_exist_for_me() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .get(&format!("/accounts/units/{CHM_UNIT}"))
        .await
        .is(404);
    engineer
        .get(&format!("/accounts/units/{CHM_UNIT}/edit"))
        .await
        .is(404);
    engineer
        .post(&format!("/accounts/units/{CHM_UNIT}/closure"), &[])
        .await
        .is(404);
    engineer
        .post(
            "/accounts/units",
            &[("establishment", CHM), ("uf_code", "1"), ("name", "Intrus")],
        )
        .await
        .is(403);
    engineer
        .get("/accounts/units")
        .await
        .is(200)
        .shows("Dialyse")
        .does_not_show("Urgences");
    let csv = engineer.get("/accounts/units?format=csv").await.is(200);
    assert!(csv.text.contains("Dialyse") && !csv.text.contains("Urgences"));
}

#[tokio::test]
async fn programs_read_and_write_the_same_resource() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let made = engineer
        .send_json(
            axum::http::Method::POST,
            "/accounts/units",
            json!({"establishment": CHV, "uf_code": "3490", "name": "SSPI"}),
        )
        .await
        .is(201);
    let unit = engineer.get_json(&made.location()).await.is(200).json();
    assert_eq!(unit["name"], "SSPI");
    let refused = engineer.send_json(axum::http::Method::POST, "/accounts/units", json!({"establishment": CHV, "uf_code": "3490", "name": "SSPI", "role": "administrator"})).await.is(422);
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    engineer
        .send_json(
            axum::http::Method::PATCH,
            &made.location(),
            json!({"establishment": CHV, "uf_code": "3490", "name": "SSPI 2", "version": 9}),
        )
        .await
        .is(409);
    engineer
        .send_json(
            axum::http::Method::PATCH,
            &made.location(),
            json!({"establishment": CHV, "uf_code": "3490", "name": "SSPI 2", "version": 1}),
        )
        .await
        .is(200);
}

#[tokio::test]
pub async fn a_double_click_writes_once() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let fields = [
        ("establishment", CHV),
        ("uf_code", "3491"),
        ("name", "Endoscopie"),
        ("_key", "one-click"),
    ];
    let first = engineer
        .post("/accounts/units", &fields)
        .await
        .is(303)
        .location();
    let second = engineer
        .post("/accounts/units", &fields)
        .await
        .is(303)
        .location();
    assert_eq!(first, second);
    assert_eq!(
        world
            .count("select count(*) from unit where uf_code = '3491'")
            .await,
        1
    );
}
