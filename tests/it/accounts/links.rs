//! One-time links, and the first account of a new base.

use super::world::*;
use crate::support::World;
use vigie::accounts::access::Permit;
use vigie::accounts::actions::ManageAccounts;
use vigie::accounts::links::commands::invite_first;

fn path(address: &str) -> String {
    address
        .strip_prefix("http://vigie.test")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_link_sets_a_password_once() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let someone = hire(&mut group, "nouvelle", "technician", CHV)
        .await
        .is(303)
        .location();
    group
        .get(&someone)
        .await
        .shows("n’a pas encore de mot de passe");
    let first = group.post(&format!("{someone}/link"), &[]).await.is(200);
    let first = path(&first.all("#link")[0]);
    let shown = group.post(&format!("{someone}/link"), &[]).await.is(200);
    let link = path(&shown.all("#link")[0]);
    let mut somebody = world.visitor();
    somebody.get(&first).await.is(404);
    somebody.get(&link).await.is(200).shows("nouvelle");
    for (password, again, told) in [
        ("court", "court", "il en faut au moins 12"),
        (
            "motdepasse2026",
            "motdepasse2026",
            "que l’on essaie en premier",
        ),
        (PASSWORD, "autre chose encore", "Les deux saisies diffèrent"),
    ] {
        let wrong = somebody
            .post_from(&link, &link, &[("password", password), ("again", again)])
            .await
            .is(422);
        wrong.shows(told);
        assert_eq!(wrong.attributes("input[type=password]", "value"), ["", ""]);
    }
    somebody
        .post(&link, &[("password", PASSWORD), ("again", PASSWORD)])
        .await
        .is(303);
    somebody
        .post(&link, &[("password", PASSWORD), ("again", PASSWORD)])
        .await
        .is(404);
    somebody
        .post(
            "/accounts/sessions",
            &[("login", "nouvelle"), ("password", PASSWORD)],
        )
        .await
        .is(303);
    let kept = world
        .count("select count(*) from audit_row where table_name in ('one_time_link', 'account') and (after::text like '%argon2%' or after::text ~ 'token_hash\": \"\\\\\\\\x')")
        .await;
    assert_eq!(kept, 0);
}

#[tokio::test]
pub async fn a_link_is_dead_after_a_day_or_with_its_account() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let mut links = vec![];
    for login in ["un", "deux.personnes"] {
        let someone = hire(
            &mut group,
            if login == "un" { "une.personne" } else { login },
            "technician",
            CHV,
        )
        .await
        .is(303)
        .location();
        let shown = group.post(&format!("{someone}/link"), &[]).await.is(200);
        links.push((someone, path(&shown.all("#link")[0])));
    }
    group
        .post(&format!("{}/deactivation", links[0].0), &[])
        .await
        .is(303);
    world.visitor().get(&links[0].1).await.is(404);
    world.visitor().get(&links[1].1).await.is(200);
    world.app.clock().advance(chrono::TimeDelta::hours(25));
    world.visitor().get(&links[1].1).await.is(404);
    world.visitor().get("/accounts/links/inventé").await.is(404);
}

#[tokio::test]
async fn a_new_base_is_set_up_once_by_the_address_the_server_printed() {
    let world = World::new().await;
    let permit = Permit::<ManageAccounts>::for_cli("serve", vec![]);
    let mut tx = world.app.begin_with(&permit, None).await.unwrap();
    assert!(
        invite_first(&mut tx).await.is_err(),
        "somebody has an account"
    );
    drop(tx);
    sqlx::raw_sql("delete from access_grant; delete from account")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let mut links = vec![];
    for _ in 0..2 {
        let mut tx = world.app.begin_with(&permit, None).await.unwrap();
        let (token, event) = invite_first(&mut tx).await.unwrap();
        tx.commit(event, "/").await.unwrap();
        links.push(format!("/accounts/setup/{token}"));
    }
    let mut someone = world.visitor();
    someone.get(&links[0]).await.is(404);
    someone.get(&links[1]).await.is(200);
    let fields = [
        ("login", "a.first"),
        ("name", "Anne First"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    someone
        .post_from(
            &links[1],
            &links[1],
            &[
                ("login", "É"),
                ("name", ""),
                ("password", "x"),
                ("again", "x"),
            ],
        )
        .await
        .is(422);
    someone.post(&links[1], &fields).await.is(303);
    someone.post(&links[1], &fields).await.is(404);
    someone
        .post(
            "/accounts/sessions",
            &[("login", "a.first"), ("password", PASSWORD)],
        )
        .await
        .is(303);
    someone
        .get("/accounts/users")
        .await
        .is(200)
        .shows("Anne First");
    someone.get("/accounts/establishments/new").await.is(200);
}

#[tokio::test]
async fn the_set_up_address_works_for_an_hour() {
    let world = World::new().await;
    sqlx::raw_sql("delete from access_grant; delete from account")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let permit = Permit::<ManageAccounts>::for_cli("serve", vec![]);
    let mut tx = world.app.begin_with(&permit, None).await.unwrap();
    let (token, event) = invite_first(&mut tx).await.unwrap();
    tx.commit(event, "/").await.unwrap();
    let address = format!("/accounts/setup/{token}");
    world.app.clock().advance(chrono::TimeDelta::minutes(59));
    world.visitor().get(&address).await.is(200);
    world.app.clock().advance(chrono::TimeDelta::minutes(2));
    world.visitor().get(&address).await.is(404);
}
