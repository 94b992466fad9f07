//! Signing in and out.

use super::world::with_password;
use crate::support::{Person, World};

#[tokio::test]
pub async fn a_session_is_rotated_at_sign_in_and_dead_after_sign_out() {
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
pub async fn a_wrong_password_and_an_unknown_person_get_the_same_answer() {
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
pub async fn guesses_are_slowed_down_and_open_sessions_are_left_alone() {
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
pub async fn a_form_without_its_secret_or_from_elsewhere_writes_nothing() {
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
pub async fn the_way_back_after_sign_in_never_leaves_the_house() {
    let world = World::new().await;
    for next in [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        "/accounts\\..\\..\\evil.test",
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

#[tokio::test]
pub async fn a_session_ends_unused_after_four_hours_and_used_after_fourteen() {
    let world = World::new().await;
    let mut idle = world.person("technician").await;
    let mut busy = world.person("technician").await;
    for hours in 1..=13 {
        world.app.clock().advance(chrono::TimeDelta::hours(1));
        busy.get("/accounts/units").await.is(200);
        if hours == 4 {
            idle.get("/accounts/units").await.is(303);
        }
    }
    world.app.clock().advance(chrono::TimeDelta::hours(1));
    busy.get("/accounts/units").await.is(303);
}

#[tokio::test]
pub async fn an_address_is_slowed_down_through_the_trusted_proxy_only() {
    let world = World::new().await;
    let guess = |n: usize| format!("personne.{n}");
    let mut far = world.visitor();
    far.address = Some("203.0.113.7:40000".parse().unwrap());
    for n in 0..10 {
        far.post(
            "/accounts/sessions",
            &[("login", &guess(n)), ("password", "faux")],
        )
        .await
        .is(422);
    }
    far.post(
        "/accounts/sessions",
        &[("login", &guess(11)), ("password", "faux")],
    )
    .await
    .is(429);
    let mut near = world.visitor();
    near.address = Some("203.0.113.8:40000".parse().unwrap());
    near.post(
        "/accounts/sessions",
        &[("login", &guess(12)), ("password", "faux")],
    )
    .await
    .is(422);
    // What a stranger writes in the header is not believed; what the proxy writes is.
    let headers = |forwarded: &str| {
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers
    };
    let peer = Some("203.0.113.7".parse().unwrap());
    assert_eq!(
        world.app.client_address(peer, &headers("198.51.100.9")),
        peer
    );
    let options = vigie::app::Options {
        trusted_proxies: "203.0.113.0/24".parse().unwrap(),
        ..crate::support::options(vigie::kernel::Clock::still(crate::support::now()))
    };
    let behind = vigie::app::App::new(world.pool.clone(), options)
        .await
        .unwrap();
    assert_eq!(
        behind.client_address(peer, &headers("192.0.2.1, 198.51.100.9, 203.0.113.20")),
        Some("198.51.100.9".parse().unwrap())
    );
}

#[tokio::test]
async fn an_unknown_person_costs_the_same_work_as_a_wrong_password() {
    // Structure rather than stopwatch: without a stored hash, as long a computation is done.
    let hash = vigie::accounts::passwords::hash("quatre mots sans rapport".into())
        .await
        .unwrap();
    let mut times = vec![];
    for stored in [Some(hash), None] {
        let start = std::time::Instant::now();
        for _ in 0..3 {
            assert!(
                !vigie::accounts::passwords::verify("faux".into(), stored.clone())
                    .await
                    .unwrap()
            );
        }
        times.push(start.elapsed());
    }
    assert!(times[1] * 4 > times[0], "{times:?}");
}
