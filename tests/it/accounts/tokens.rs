//! Programs with a token.

use axum::http::Method;
use serde_json::json;

use super::world::*;
use crate::support::{Person, World};

async fn token(owner: &mut Person, name: &str, writes: bool) -> String {
    let made = owner
        .send_json(
            Method::POST,
            "/accounts/tokens",
            json!({"name": name, "expires_on": "2026-04-01", "may_write": writes}),
        )
        .await
        .is(200);
    made.json()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
pub async fn a_program_has_its_owner_s_rights_at_most() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let reader = token(&mut engineer, "lecteur", false).await;
    let writer = token(&mut engineer, "écrivain", true).await;
    let unit = json!({"establishment": CHV, "uf_code": "77", "name": "Par programme"});
    let mut program = Person::program(world.app.clone(), &reader);
    program.get_json("/accounts/units").await.is(200);
    program
        .get_json(&format!("/accounts/units/{CHM_UNIT}"))
        .await
        .is(404);
    program.get_json("/accounts/users").await.is(403);
    program
        .send_json(Method::POST, "/accounts/units", unit.clone())
        .await
        .is(403);
    let mut program = Person::program(world.app.clone(), &writer);
    program
        .send_json(Method::POST, "/accounts/units", unit)
        .await
        .is(201);
    program
        .send_json(
            Method::POST,
            "/accounts/units",
            json!({"establishment": CHM, "uf_code": "77", "name": "X"}),
        )
        .await
        .is(403);
    // A key never makes another key, nor touches the owner's account.
    program.get_json("/accounts/tokens").await.is(403);
    program
        .send_json(
            Method::POST,
            "/accounts/tokens",
            json!({"name": "y", "expires_on": "2026-04-01", "may_write": true}),
        )
        .await
        .is(403);
    program
        .send_json(
            Method::PATCH,
            "/accounts/profile/password",
            json!({"current": "a", "password": "b", "again": "b"}),
        )
        .await
        .is(403);
    assert_eq!(
        world.count("select count(*) from audit_row where table_name = 'unit' and actor_label like '%jeton « écrivain »%'").await,
        1
    );
}

#[tokio::test]
pub async fn a_token_is_shown_once_and_ends() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let secret = token(&mut engineer, "export", false).await;
    let list = engineer.get("/accounts/tokens").await.is(200);
    list.shows("export").shows("jamais");
    assert!(!list.text.contains(&secret));
    assert_eq!(
        world.count("select count(*) from audit_row where table_name = 'api_token' and coalesce(after ->> 'token_hash', '•••') <> '•••'").await,
        0
    );
    let mut program = Person::program(world.app.clone(), &secret);
    program.get_json("/accounts/units").await.is(200);
    let uses =
        "select count(*) from audit_row where table_name = 'api_token' and after ? 'last_used_at'";
    let once = world.count(uses).await;
    program.get_json("/accounts/units").await.is(200);
    assert_eq!(
        world.count(uses).await,
        once,
        "a use is written once a minute at most"
    );
    engineer
        .get("/accounts/tokens")
        .await
        .does_not_show("jamais");
    // Revoked by its owner, and not by another.
    let remove = list.attributes("form[action*='/accounts/tokens/']", "action")[0].clone();
    world
        .signed_in("engineer.chm")
        .await
        .post(&remove, &[])
        .await
        .is(404);
    program.get_json("/accounts/units").await.is(200);
    engineer.post(&remove, &[]).await.is(303);
    program.get_json("/accounts/units").await.is(401);
    // Past its end.
    let secret = token(&mut engineer, "court", false).await;
    let mut program = Person::program(world.app.clone(), &secret);
    world.app.clock().advance(chrono::TimeDelta::days(30));
    program.get_json("/accounts/units").await.is(200);
    world.app.clock().advance(chrono::TimeDelta::days(1));
    program.get_json("/accounts/units").await.is(401);
}

#[tokio::test]
async fn a_token_always_has_an_end_within_a_year() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for (day, told) in [
        ("", "a toujours une fin"),
        ("2026-03-01", "est passée"),
        ("2027-03-10", "un an au plus"),
    ] {
        engineer
            .post_from(
                "/accounts/tokens",
                "/accounts/tokens/new",
                &[("name", "x"), ("expires_on", day)],
            )
            .await
            .is(422)
            .shows(told);
    }
}

#[tokio::test]
async fn guesses_at_the_door_do_not_stop_a_program() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let secret = token(&mut engineer, "export", false).await;
    for _ in 0..6 {
        world
            .visitor()
            .post(
                "/accounts/sessions",
                &[("login", "engineer.chv"), ("password", "faux")],
            )
            .await;
    }
    let mut program = Person::program(world.app.clone(), &secret);
    program.get_json("/accounts/units").await.is(200);
    let mut wrong = Person::program(world.app.clone(), "vigie_inventé");
    wrong.get_json("/accounts/units").await.is(401);
}
