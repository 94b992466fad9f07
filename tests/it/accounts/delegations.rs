//! Acting for another.

use chrono::TimeDelta;

use super::world::*;
use crate::support::{Person, World};

const HERE: &str = "/accounts/delegations";

async fn grant_of(world: &World, login: &str) -> String {
    sqlx::query_scalar::<_, uuid::Uuid>(
        "select g.id from access_grant g join account a on a.id = g.account_id where a.login = $1",
    )
    .bind(login)
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap()
    .to_string()
}

/// engineer.chv delegates to the ward user for a week, with these changes.
async fn delegate(
    world: &World,
    giver: &mut Person,
    changes: &[(&str, &str)],
) -> crate::support::Answer {
    let grant = grant_of(world, "engineer.chv").await;
    let mut fields = vec![
        ("taker", "ward_user"),
        ("grant", grant.as_str()),
        ("starts_on", "2026-03-02"),
        ("ends_on", "2026-03-09"),
        ("reason", "congés d’automne"),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    giver
        .post_from(HERE, "/accounts/delegations/new", &fields)
        .await
}

async fn act_for(world: &World, taker: &mut Person, login: &str) -> u16 {
    let giver = id_of(world, login).await;
    taker
        .post("/accounts/profile/acting", &[("giver", &giver)])
        .await
        .status
}

#[tokio::test]
async fn who_acts_for_another_has_his_rights_alone_and_signs_for_him() {
    let world = World::new().await;
    let mut giver = world.signed_in("engineer.chv").await;
    delegate(&world, &mut giver, &[]).await.is(303);
    giver
        .get(HERE)
        .await
        .is(200)
        .shows("congés d’automne")
        .shows("en cours");
    let mut taker = world.person("ward_user").await;
    taker.get("/inventory/devices/new").await.is(403);
    taker.get(HERE).await.is(200).shows("Agir pour lui");
    assert_eq!(act_for(&world, &mut taker, "engineer.chv").await, 303);
    taker
        .get("/accounts/units")
        .await
        .is(200)
        .shows("Personne ward_user pour engineer.chv");
    taker.get("/inventory/devices/new").await.is(200);
    taker
        .post(
            "/accounts/units",
            &[
                ("establishment", CHV),
                ("uf_code", "7777"),
                ("name", "Unité déléguée"),
            ],
        )
        .await
        .is(303);
    assert_eq!(
        world
            .count("select count(*) from audit_row r join account a on a.id = r.actor_id where r.table_name = 'unit' and r.actor_label = 'Personne ward_user pour engineer.chv' and a.login = 'ward_user'")
            .await,
        1
    );
    // His establishment alone, not the group over which the ward user reports.
    taker
        .post(
            "/accounts/units",
            &[
                ("establishment", CHM),
                ("uf_code", "7778"),
                ("name", "Ailleurs"),
            ],
        )
        .await
        .is(403);
    taker
        .post("/accounts/profile/acting?_method=delete", &[])
        .await
        .is(303);
    taker.get("/inventory/devices/new").await.is(403);
    taker
        .get("/accounts/units")
        .await
        .is(200)
        .does_not_show("pour engineer.chv");
}

#[tokio::test]
async fn nobody_delegates_what_he_does_not_hold() {
    let world = World::new().await;
    let mut giver = world.signed_in("engineer.chv").await;
    let administrator = grant_of(&world, "administrator").await;
    delegate(&world, &mut giver, &[("grant", &administrator)])
        .await
        .is(422)
        .shows("qu’il ne tient pas");
    delegate(&world, &mut giver, &[("unit", CHM_UNIT)])
        .await
        .is(422)
        .shows("pas dans le périmètre");
    delegate(&world, &mut giver, &[("establishment", CHM)])
        .await
        .is(422);
    delegate(&world, &mut giver, &[("taker", "engineer.chv")])
        .await
        .is(422);
    delegate(&world, &mut giver, &[("ends_on", "2026-02-08")])
        .await
        .is(422);
    delegate(&world, &mut giver, &[("ends_on", "2028-11-01")])
        .await
        .is(422);
    delegate(&world, &mut giver, &[("reason", "")])
        .await
        .is(422);
    assert_eq!(world.count("select count(*) from delegation").await, 0);
    // What was delegated is not delegated further.
    delegate(&world, &mut giver, &[]).await.is(303);
    let mut taker = world.person("ward_user").await;
    assert_eq!(act_for(&world, &mut taker, "engineer.chv").await, 303);
    delegate(&world, &mut taker, &[("taker", "buyer")])
        .await
        .is(409);
}

#[tokio::test]
async fn a_delegation_is_as_narrow_as_said() {
    let world = World::new().await;
    let mut giver = world.signed_in("engineer.chv").await;
    delegate(&world, &mut giver, &[("unit", CHV_UNIT)])
        .await
        .is(303);
    let mut taker = world.person("ward_user").await;
    assert_eq!(act_for(&world, &mut taker, "engineer.chv").await, 303);
    let seen = taker.get_json("/accounts/units").await.is(200).json();
    let codes: Vec<&str> = seen["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["uf_code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["3401"], "{seen}");
}

#[tokio::test]
async fn it_gives_nothing_outside_its_days_nor_once_the_role_is_lost() {
    let world = World::new().await;
    let mut giver = world.signed_in("engineer.chv").await;
    delegate(&world, &mut giver, &[("starts_on", "2026-03-04")])
        .await
        .is(303);
    let mut taker = world.person("ward_user").await;
    assert_eq!(
        act_for(&world, &mut taker, "engineer.chv").await,
        404,
        "not yet"
    );
    assert_eq!(
        act_for(&world, &mut taker, "engineer.chm").await,
        404,
        "never"
    );
    world.app.clock().advance(TimeDelta::days(3));
    let mut taker = world.person("ward_user").await;
    assert_eq!(act_for(&world, &mut taker, "engineer.chv").await, 303);
    taker.get("/inventory/devices/new").await.is(200);
    sqlx::query("update access_grant set revoked_at = '2026-03-05' where account_id = (select id from account where login = 'engineer.chv')")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    taker.get("/inventory/devices/new").await.is(403);
    taker.get(HERE).await.is(200).shows("sans effet");
}

#[tokio::test]
async fn its_giver_and_its_taker_end_it_and_nobody_else() {
    let world = World::new().await;
    let mut giver = world.signed_in("engineer.chv").await;
    delegate(&world, &mut giver, &[]).await.is(303);
    let id = giver.get_json(HERE).await.json()["given"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("{HERE}/{id}?_method=delete");
    world.person("buyer").await.post(&path, &[]).await.is(404);
    let mut taker = world.person("ward_user").await;
    assert_eq!(act_for(&world, &mut taker, "engineer.chv").await, 303);
    giver.post(&path, &[]).await.is(303);
    taker.get("/inventory/devices/new").await.is(403);
}
