//! Signing in and out.

use crate::support::{Person, World};

async fn with_password(world: &World, login: &str, password: &str) {
    let hash = vigie::accounts::passwords::hash(password.to_owned())
        .await
        .unwrap();
    sqlx::query("update account set password_hash = $1 where login = $2")
        .bind(hash)
        .bind(login)
        .execute(&mut world.owner().await)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_session_is_rotated_at_sign_in_and_dead_after_sign_out() {
    let world = World::new().await;
    with_password(&world, "technician", "quatre mots sans rapport").await;
    let mut someone = world.visitor();
    someone.get("/accounts/units").await.is(303);
    someone
        .post(
            "/accounts/sessions",
            &[
                ("login", "Technician "),
                ("password", "quatre mots sans rapport"),
                ("next", "/accounts/units"),
            ],
        )
        .await
        .is(303);
    let first = someone.session().unwrap().to_owned();
    someone.get("/accounts/units").await.is(200);
    someone
        .post(
            "/accounts/sessions",
            &[
                ("login", "technician"),
                ("password", "quatre mots sans rapport"),
            ],
        )
        .await
        .is(303);
    assert_ne!(someone.session(), Some(first.as_str()));
    assert_eq!(
        world
            .count("select count(*) from session where revoked_at is null")
            .await,
        1
    );
    someone
        .post("/accounts/sessions?_method=delete", &[])
        .await
        .is(303);
    assert_eq!(
        world
            .count("select count(*) from session where revoked_at is null")
            .await,
        0
    );
    assert_eq!(
        world
            .count("select count(*) from session where encode(token_hash, 'escape') like '%vigie%'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_get_the_same_answer() {
    let world = World::new().await;
    with_password(&world, "technician", "quatre mots sans rapport").await;
    let wrong = world
        .visitor()
        .post_from(
            "/accounts/sessions",
            "/accounts/sessions/new",
            &[("login", "technician"), ("password", "autre chose ici")],
        )
        .await
        .is(422);
    let unknown = world
        .visitor()
        .post_from(
            "/accounts/sessions",
            "/accounts/sessions/new",
            &[("login", "technicien"), ("password", "autre chose ici")],
        )
        .await
        .is(422);
    assert_eq!(wrong.all(".error"), unknown.all(".error"));
    assert_eq!(wrong.attributes("input[name=password]", "value"), [""]);
}

#[tokio::test]
async fn guesses_are_slowed_down_and_open_sessions_are_left_alone() {
    let world = World::new().await;
    with_password(&world, "technician", "quatre mots sans rapport").await;
    let mut open = world.signed_in("technician").await;
    for _ in 0..3 {
        world
            .visitor()
            .post(
                "/accounts/sessions",
                &[("login", "technician"), ("password", "faux")],
            )
            .await
            .is(422);
    }
    let slowed = world
        .visitor()
        .post(
            "/accounts/sessions",
            &[
                ("login", "technician"),
                ("password", "quatre mots sans rapport"),
            ],
        )
        .await
        .is(429);
    assert!(slowed.headers.contains_key("retry-after"));
    open.get("/accounts/units").await.is(200);
    world.app.clock().advance(chrono::TimeDelta::seconds(5));
    world
        .visitor()
        .post(
            "/accounts/sessions",
            &[
                ("login", "technician"),
                ("password", "quatre mots sans rapport"),
            ],
        )
        .await
        .is(303);
}

#[tokio::test]
async fn a_form_without_its_secret_or_from_elsewhere_writes_nothing() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post_bare("/accounts/units", &[("_csrf", "stolen"), ("name", "X")])
        .await
        .is(403);
    engineer
        .post_bare("/accounts/units", &[("name", "X")])
        .await
        .is(403);
    let sessions = world.count("select count(*) from session").await;
    let request = axum::http::Request::post("/accounts/sessions?_method=delete")
        .header(
            "cookie",
            format!("vigie_session={}", engineer.session().unwrap()),
        )
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(format!("_csrf={}", engineer.csrf())))
        .unwrap();
    Person::visitor(world.app.clone())
        .send(request)
        .await
        .is(403);
    assert_eq!(
        world
            .count("select count(*) from session where revoked_at is null")
            .await,
        sessions
    );
}

#[tokio::test]
async fn the_way_back_after_sign_in_never_leaves_the_house() {
    let world = World::new().await;
    for next in [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
    ] {
        let answer = world
            .visitor()
            .post(
                "/accounts/sessions/demonstration",
                &[("role", "technician"), ("next", next)],
            )
            .await
            .is(303);
        assert_eq!(answer.location(), "/", "{next}");
    }
}
