//! Accounts, as those who answer for them meet them.

use super::world::*;
use crate::support::{Person, World};

#[tokio::test]
async fn accounts_are_seen_from_the_places_of_their_roles() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let here = hire(&mut group, "ici", "technician", CHV)
        .await
        .is(303)
        .location();
    let there = hire(&mut group, "ailleurs", "technician", CHM)
        .await
        .is(303)
        .location();
    let both = hire(&mut group, "partout", "technician", CHV)
        .await
        .is(303)
        .location();
    group
        .post(
            &format!("{both}/grants"),
            &[("role", "quality"), ("scope", CHM)],
        )
        .await
        .is(303);
    let mut local = local_administrator(&world, "admin.chv", CHV).await;
    local
        .get("/accounts/users")
        .await
        .is(200)
        .shows("ici")
        .shows("partout")
        .does_not_show("ailleurs")
        .does_not_show("Personne auditor");
    let csv = local.get("/accounts/users?format=csv").await.is(200);
    assert!(csv.text.contains("partout") && !csv.text.contains("ailleurs"));
    local.get(&there).await.is(404);
    local
        .get(&here)
        .await
        .is(200)
        .shows("Créer un lien de mot de passe");
    // He holds over one of its places, not over all: seen, and not his to open.
    local
        .get(&both)
        .await
        .is(200)
        .shows("1 rôle(s) hors de votre périmètre")
        .does_not_show("Créer un lien de mot de passe");
    for path in ["link", "deactivation"] {
        local.post(&format!("{both}/{path}"), &[]).await.is(403);
        local.post(&format!("{there}/{path}"), &[]).await.is(404);
    }
    local.get(&format!("{both}/edit")).await.is(403);
    let administrator = id_of(&world, "administrator").await;
    local
        .post(&format!("/accounts/users/{administrator}/link"), &[])
        .await
        .is(404);
    group
        .get("/accounts/users?q=auditor")
        .await
        .is(200)
        .shows("Personne auditor");
    world
        .person("technician")
        .await
        .get("/accounts/users")
        .await
        .is(403);
}

#[tokio::test]
async fn deactivation_ends_sessions_and_tokens_at_once() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let token = engineer
        .send_json(
            axum::http::Method::POST,
            "/accounts/tokens",
            serde_json::json!({"name": "export", "expires_on": "2026-12-31"}),
        )
        .await
        .json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut program = Person::program(world.app.clone(), &token);
    program.get_json("/accounts/units").await.is(200);
    let mut group = world.person("administrator").await;
    let id = id_of(&world, "engineer.chv").await;
    group
        .get(&format!("/accounts/users/{id}"))
        .await
        .is(200)
        .shows("export");
    group
        .post(&format!("/accounts/users/{id}/deactivation"), &[])
        .await
        .is(303);
    engineer.get("/accounts/units").await.is(303);
    program.get_json("/accounts/units").await.is(401);
    with_password(&world, "engineer.chv", PASSWORD).await;
    world
        .visitor()
        .post(
            "/accounts/sessions",
            &[("login", "engineer.chv"), ("password", PASSWORD)],
        )
        .await
        .is(422);
    group
        .post(
            &format!("/accounts/users/{id}/deactivation?_method=delete"),
            &[],
        )
        .await
        .is(303);
    world
        .visitor()
        .post(
            "/accounts/sessions",
            &[("login", "engineer.chv"), ("password", PASSWORD)],
        )
        .await
        .is(303);
    program.get_json("/accounts/units").await.is(401);
}

#[tokio::test]
async fn an_account_is_corrected_with_its_version_and_ends_session_by_session() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let someone = hire(&mut group, "martin", "technician", CHV)
        .await
        .is(303)
        .location();
    let fields = [
        ("login", "c.martin"),
        ("name", "Claire Martin"),
        ("email", "c.martin@example.org"),
        ("version", "1"),
    ];
    group.get(&format!("{someone}/edit")).await.is(200);
    group
        .post(&format!("{someone}?_method=patch"), &fields)
        .await
        .is(303);
    group
        .get(&someone)
        .await
        .shows("Claire Martin")
        .shows("c.martin");
    group
        .post(&format!("{someone}?_method=patch"), &fields)
        .await
        .is(409);
    group
        .post_from(
            "/accounts/users",
            "/accounts/users/new",
            &[
                ("login", "c.martin"),
                ("name", "X"),
                ("role", "technician"),
                ("scope", CHV),
            ],
        )
        .await
        .is(422)
        .shows("Cet identifiant est déjà pris");
    let mut one = world.signed_in("c.martin").await;
    let mut two = world.signed_in("c.martin").await;
    let session: uuid::Uuid = sqlx::query_scalar(
        "select s.id from session s join account a on a.id = s.account_id where a.login = 'c.martin' and s.revoked_at is null order by s.id limit 1",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap();
    group
        .post(&format!("{someone}/sessions/{session}?_method=delete"), &[])
        .await
        .is(303);
    one.get("/accounts/units").await.is(303);
    two.get("/accounts/units").await.is(200);
}
