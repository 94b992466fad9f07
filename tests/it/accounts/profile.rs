//! One's own account.

use super::world::*;
use crate::support::World;

const OTHER: &str = "un autre choix plus long";

#[tokio::test]
async fn a_password_is_changed_with_the_present_one_and_ends_the_other_sessions() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    let mut here = world.signed_in("engineer.chv").await;
    let mut there = world.signed_in("engineer.chv").await;
    here.get("/accounts/profile")
        .await
        .is(200)
        .shows("Ingénieur biomédical")
        .shows("CHU de la Verrerie");
    let change = "/accounts/profile/password?_method=patch";
    let page = "/accounts/profile/password/edit";
    here.post_from(
        change,
        page,
        &[("current", "faux"), ("password", OTHER), ("again", OTHER)],
    )
    .await
    .is(422)
    .shows("Mot de passe actuel inexact");
    here.post_from(
        change,
        page,
        &[
            ("current", PASSWORD),
            ("password", "engineer.chv"),
            ("again", "engineer.chv"),
        ],
    )
    .await
    .is(422);
    here.post_from(
        change,
        page,
        &[
            ("current", PASSWORD),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ],
    )
    .await
    .is(422)
    .shows("Choisissez-en un autre que l’actuel");
    here.post(
        change,
        &[("current", PASSWORD), ("password", OTHER), ("again", OTHER)],
    )
    .await
    .is(303);
    here.get("/accounts/profile").await.is(200);
    there.get("/accounts/profile").await.is(303);
    for (password, status) in [(PASSWORD, 422), (OTHER, 303)] {
        world
            .visitor()
            .post(
                "/accounts/sessions",
                &[("login", "engineer.chv"), ("password", password)],
            )
            .await
            .is(status);
    }
}

#[tokio::test]
async fn guesses_of_the_present_password_are_slowed_down_too() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    let mut thief = world.signed_in("engineer.chv").await;
    let fields = [("current", "faux"), ("password", OTHER), ("again", OTHER)];
    for _ in 0..3 {
        thief
            .post("/accounts/profile/password?_method=patch", &fields)
            .await
            .is(422);
    }
    thief
        .post("/accounts/profile/password?_method=patch", &fields)
        .await
        .is(429);
}

#[tokio::test]
async fn a_password_chosen_by_somebody_else_is_changed_before_anything() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    sqlx::query("update account set must_change_password = true where login = 'engineer.chv'")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let mut engineer = world.visitor();
    engineer
        .post(
            "/accounts/sessions",
            &[("login", "engineer.chv"), ("password", PASSWORD)],
        )
        .await
        .is(303);
    let sent = engineer.get("/accounts/units").await.is(303).location();
    assert_eq!(sent, "/accounts/profile/password/edit");
    engineer.get_json("/accounts/units").await.is(403);
    engineer.get("/accounts/tokens").await.is(303);
    engineer
        .post(
            "/accounts/tokens",
            &[("name", "x"), ("expires_on", "2026-12-31")],
        )
        .await
        .is(403);
    engineer
        .get(&sent)
        .await
        .is(200)
        .shows("choisi par quelqu’un d’autre");
    engineer
        .post(
            "/accounts/profile/password?_method=patch",
            &[("current", PASSWORD), ("password", OTHER), ("again", OTHER)],
        )
        .await
        .is(303);
    engineer.get("/accounts/units").await.is(200);
}

#[tokio::test]
async fn one_ends_one_s_own_sessions_and_nobody_else_s() {
    let world = World::new().await;
    let mut here = world.signed_in("engineer.chv").await;
    let mut there = world.signed_in("engineer.chv").await;
    let mut third = world.signed_in("engineer.chv").await;
    let mut other = world.signed_in("engineer.chm").await;
    let page = here.get("/accounts/profile").await.is(200);
    let actions = page.attributes("form[action*='/profile/sessions/']", "action");
    assert_eq!(actions.len(), 2);
    other.post(&actions[0], &[]).await.is(404);
    here.post(&actions[0], &[]).await.is(303);
    let left = [
        there.get("/accounts/units").await.status,
        third.get("/accounts/units").await.status,
    ];
    assert_eq!(left.iter().filter(|s| **s == 200).count(), 1);
    here.post("/accounts/profile/sessions?_method=delete", &[])
        .await
        .is(303);
    there.get("/accounts/units").await.is(303);
    third.get("/accounts/units").await.is(303);
    here.get("/accounts/units").await.is(200);
    other.get("/accounts/units").await.is(200);
}
