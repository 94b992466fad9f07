//! The second factor, as people meet it.

use chrono::TimeDelta;
use totp_rs::{Builder, Totp};

use super::world::*;
use crate::support::{Person, World};

const SET_UP: &str = "/accounts/profile/second-factor";
const PASS: &str = "/accounts/sessions/second-factor";

/// What the person's application holds, from the key shown on the page.
fn application(page: &crate::support::Answer) -> Totp {
    let typed = page.all("#secret")[0].replace(char::is_whitespace, "");
    let secret = totp_rs::Secret::try_from_base32(typed).unwrap();
    Builder::new()
        .with_secret(secret)
        .with_account_name("x")
        .with_issuer(Some("Vigie"))
        .build()
        .unwrap()
}

fn code(world: &World, totp: &Totp) -> String {
    let now = u64::try_from(world.app.clock().now().timestamp()).unwrap();
    totp.generate(now).to_string()
}

/// Sets one up; the application and the recovery codes.
async fn set_up(world: &World, person: &mut Person) -> (Totp, Vec<String>) {
    person.post(SET_UP, &[]).await.is(303);
    let page = person.get(SET_UP).await.is(200);
    page.shows("Scannez ce carré");
    let totp = application(&page);
    let shown = person
        .post(
            &format!("{SET_UP}/confirmation"),
            &[("code", &code(world, &totp))],
        )
        .await
        .is(200);
    let codes = shown.all("#codes li");
    assert_eq!(codes.len(), 10);
    (totp, codes)
}

async fn sign_in(world: &World, login: &str) -> Person {
    let mut someone = world.visitor();
    someone
        .post(
            "/accounts/sessions",
            &[
                ("login", login),
                ("password", PASSWORD),
                ("next", "/accounts/units"),
            ],
        )
        .await
        .is(303);
    someone
}

#[tokio::test]
pub async fn after_the_password_nothing_opens_before_the_code() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    let mut here = world.signed_in("engineer.chv").await;
    let mut elsewhere = world.signed_in("engineer.chv").await;
    let (totp, _) = set_up(&world, &mut here).await;
    here.get(SET_UP).await.is(200).shows("est en place");
    assert_eq!(
        elsewhere.get("/accounts/units").await.status,
        303,
        "the other sessions ended"
    );

    world.app.clock().advance(TimeDelta::seconds(30));
    let mut someone = sign_in(&world, "engineer.chv").await;
    for path in [
        "/",
        "/accounts/units",
        "/accounts/tokens",
        SET_UP,
        "/inventory/devices",
    ] {
        let answer = someone.get(path).await.is(303);
        assert!(
            answer.location().starts_with(PASS),
            "{path}: {}",
            answer.location()
        );
        assert_eq!(someone.get_json(path).await.status, 403, "{path}");
    }
    someone
        .post(
            "/accounts/tokens",
            &[("name", "x"), ("expires_on", "2026-12-01")],
        )
        .await
        .is(403);
    someone.get(PASS).await.is(200).shows("code à six chiffres");
    someone
        .post_from(
            PASS,
            PASS,
            &[("code", "000000"), ("next", "/accounts/units")],
        )
        .await
        .is(422)
        .shows("n’est pas le bon");
    let right = code(&world, &totp);
    let passed = someone
        .post(PASS, &[("code", &right), ("next", "/accounts/units")])
        .await
        .is(303);
    assert_eq!(passed.location(), "/accounts/units");
    someone.get("/accounts/units").await.is(200);
}

#[tokio::test]
async fn a_code_serves_once_and_so_does_a_recovery_code() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    let mut here = world.signed_in("engineer.chv").await;
    let (totp, codes) = set_up(&world, &mut here).await;
    // The very code that confirmed it.
    let mut someone = sign_in(&world, "engineer.chv").await;
    someone
        .post_from(PASS, PASS, &[("code", &code(&world, &totp))])
        .await
        .is(422)
        .shows("a déjà servi");
    world.app.clock().advance(TimeDelta::seconds(60));
    let later = code(&world, &totp);
    someone.post(PASS, &[("code", &later)]).await.is(303);
    // An older one of the window, after a newer one.
    let mut second = sign_in(&world, "engineer.chv").await;
    let before =
        u64::try_from((world.app.clock().now() - TimeDelta::seconds(30)).timestamp()).unwrap();
    second
        .post_from(PASS, PASS, &[("code", &totp.generate(before).to_string())])
        .await
        .is(422);
    second
        .post(PASS, &[("code", &codes[0].to_lowercase())])
        .await
        .is(303);
    second.get(SET_UP).await.is(200).shows("9");
    let mut third = sign_in(&world, "engineer.chv").await;
    third
        .post_from(PASS, PASS, &[("code", &codes[0])])
        .await
        .is(422);
    assert_eq!(
        world
            .count("select count(*) from audit_row where table_name in ('second_factor', 'recovery_code') and (before::text || after::text) ~ 'x[0-9a-f]{16}'")
            .await,
        0,
        "secrets in the audit"
    );
}

#[tokio::test]
async fn wrong_codes_are_slowed_down_and_lock_nobody_out() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    let mut here = world.signed_in("engineer.chv").await;
    let (totp, _) = set_up(&world, &mut here).await;
    let mut someone = sign_in(&world, "engineer.chv").await;
    let mut last = 0;
    for _ in 0..6 {
        last = someone.post(PASS, &[("code", "111111")]).await.status;
    }
    assert_eq!(last, 429);
    here.get("/accounts/units").await.is(200);
    world.app.clock().advance(TimeDelta::minutes(20));
    someone
        .post(PASS, &[("code", &code(&world, &totp))])
        .await
        .is(303);
}

#[tokio::test]
async fn who_holds_a_role_that_asks_for_it_sets_it_up_first() {
    let world = World::new().await;
    let mut admin = world.person("administrator").await;
    let page = admin.get("/accounts/role-policies").await.is(200);
    page.shows("Second facteur par rôle");
    let version = admin.get_json("/accounts/role-policies").await.json()["version"].to_string();
    admin
        .post(
            "/accounts/role-policies",
            &[("version", &version), ("required", "biomedical_engineer")],
        )
        .await
        .is(303);
    admin
        .post("/accounts/role-policies", &[("version", &version)])
        .await
        .is(409);
    let mut engineer = world.signed_in("engineer.chv").await;
    let sent = engineer.get("/inventory/devices").await.is(303).location();
    assert!(sent.starts_with(SET_UP), "{sent}");
    engineer.get_json("/inventory/devices").await.is(403);
    engineer
        .get(SET_UP)
        .await
        .is(200)
        .shows("exige un second facteur");
    let (totp, _) = set_up(&world, &mut engineer).await;
    engineer.get("/inventory/devices").await.is(200);
    world.app.clock().advance(TimeDelta::seconds(30));
    engineer
        .post(
            &format!("{SET_UP}?_method=delete"),
            &[("code", &code(&world, &totp))],
        )
        .await
        .is(409)
        .shows("ne se retire pas");
    world
        .person("technician")
        .await
        .get("/inventory/devices")
        .await
        .is(200);
    world
        .signed_in("engineer.chv")
        .await
        .post("/accounts/role-policies", &[("version", "1")])
        .await
        .is(403);
}

#[tokio::test]
async fn a_program_of_somebody_who_owes_a_second_factor_gets_nothing() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let shown = engineer
        .post(
            "/accounts/tokens",
            &[("name", "robot"), ("expires_on", "2026-12-31")],
        )
        .await
        .is(200);
    let token = shown.all("#token")[0].trim().to_owned();
    let mut robot = Person::program(world.app.clone(), &token);
    robot.get_json("/inventory/devices").await.is(200);
    let mut admin = world.person("administrator").await;
    admin
        .post(
            "/accounts/role-policies",
            &[("version", "0"), ("required", "biomedical_engineer")],
        )
        .await
        .is(303);
    robot.get_json("/inventory/devices").await.is(403);
    set_up(&world, &mut engineer).await;
    robot.get_json("/inventory/devices").await.is(200);
    robot.get_json(SET_UP).await.is(403);
}

#[tokio::test]
async fn an_administrator_resets_a_lost_one_with_a_reason_that_stays() {
    let world = World::new().await;
    with_password(&world, "engineer.chv", PASSWORD).await;
    let mut engineer = world.signed_in("engineer.chv").await;
    set_up(&world, &mut engineer).await;
    let account = id_of(&world, "engineer.chv").await;
    let path = format!("/accounts/users/{account}/second-factor?_method=delete");
    let mut admin = world.person("administrator").await;
    admin
        .get(&format!("/accounts/users/{account}/second-factor/reset"))
        .await
        .is(200);
    admin.post(&path, &[("reason", "")]).await.is(422);
    admin
        .post(&path, &[("reason", "téléphone perdu, vu en personne")])
        .await
        .is(303);
    assert_eq!(
        engineer.get("/accounts/units").await.status,
        303,
        "its sessions ended"
    );
    assert_eq!(
        world
            .count("select count(*) from event where kind = 'account.second_factor_reset' and reason = 'téléphone perdu, vu en personne' and actor_label = 'Personne administrator'")
            .await,
        1
    );
    let mut someone = sign_in(&world, "engineer.chv").await;
    someone.get("/accounts/units").await.is(200);
    // Nobody resets his own.
    set_up(&world, &mut admin).await;
    let own = id_of(&world, "administrator").await;
    admin
        .post(
            &format!("/accounts/users/{own}/second-factor?_method=delete"),
            &[("reason", "pour voir")],
        )
        .await
        .is(409);
}
