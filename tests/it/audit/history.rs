//! The history of an object and the journal of all, read by people.

use crate::support::World;

const UNIT: &str = "01950000-0000-7000-8000-0000000000a3";
const OTHER: &str = "01950000-0000-7000-8000-0000000000b3";

/// An engineer renames a unit of his hospital, then closes it.
async fn world() -> World {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post(
            &format!("/accounts/units/{UNIT}?_method=patch"),
            &[
                ("establishment", "01950000-0000-7000-8000-0000000000a1"),
                ("uf_code", "3402"),
                ("name", "Hémodialyse <b>"),
                ("version", "1"),
                ("department", ""),
                ("site", ""),
                ("valid_from", ""),
            ],
        )
        .await
        .is(303);
    engineer
        .post(
            &format!("/accounts/units/{UNIT}/closure"),
            &[("closed_on", "2026-03-31")],
        )
        .await
        .is(303);
    world
}

#[tokio::test]
async fn a_history_says_who_did_what_when_from_what_to_what() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let page = engineer
        .get(&format!("/audit/subjects/{UNIT}"))
        .await
        .is(200);
    page.shows("3402 Hémodialyse <b>")
        .shows("engineer.chv")
        .shows("2 mars 2026")
        .shows("Dialyse")
        .shows("31 mars 2026");
    assert!(
        !page.text.contains("Hémodialyse <b>"),
        "what people wrote is escaped"
    );
    let titles = page.all(".timeline > li b");
    assert!(
        titles[0].contains("fermée") && titles[1].contains("modifiée"),
        "newest first: {titles:?}"
    );
    let json = engineer
        .get_json(&format!("/audit/subjects/{UNIT}"))
        .await
        .is(200)
        .json();
    let change = json["acts"][1]["deeds"][0]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["field"] == "name")
        .unwrap()
        .clone();
    assert_eq!(
        (change["label"].as_str(), change["before"].as_str()),
        (Some("Unité"), Some("Dialyse"))
    );
    assert_eq!(
        json["acts"][1]["deeds"][0]["changes"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "what did not change is not said"
    );
}

#[tokio::test]
async fn who_does_not_see_the_object_does_not_read_its_history() {
    let world = world().await;
    let mut elsewhere = world.signed_in("engineer.chm").await;
    elsewhere
        .get(&format!("/audit/subjects/{UNIT}"))
        .await
        .is(404);
    elsewhere
        .get(&format!("/audit/subjects/{OTHER}"))
        .await
        .is(200);
    elsewhere
        .get("/audit/subjects/01950000-0000-7000-8000-00000000dead")
        .await
        .is(404);
    world
        .person("ward_user")
        .await
        .get(&format!("/audit/subjects/{UNIT}"))
        .await
        .is(403);
    elsewhere.get("/audit/rows").await.is(403);
}

#[tokio::test]
async fn the_journal_of_one_hospital_shows_neither_the_other_s_nor_the_group_s_lines() {
    let world = world().await;
    let mut owner = world.owner().await;
    sqlx::raw_sql(
        "begin;
         select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'test', true);
         insert into account (id, login, display_name, must_change_password, created_at, version) values ('01960000-0000-7000-8000-0000000000e1', 'auditor.chv', 'Auditrice', false, '2026-03-01 08:00Z', 1);
         insert into access_grant (id, account_id, role, establishment_id, granted_at) values ('01960000-0000-7000-8000-0000000000e2', '01960000-0000-7000-8000-0000000000e1', 'auditor', '01950000-0000-7000-8000-0000000000a1', '2026-03-01 08:00Z');
         commit;",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    let mut auditor = world.signed_in("auditor.chv").await;
    let mut group = world.person("auditor").await;
    let all = group.get_json("/audit/rows?per=200").await.is(200).json();
    let mine = auditor.get_json("/audit/rows?per=200").await.is(200).json();
    let ids = |json: &serde_json::Value| -> Vec<String> {
        json["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let (all, mine) = (ids(&all), ids(&mine));
    assert!(!mine.is_empty() && mine.len() < all.len());
    for id in &all {
        let establishment: Option<uuid::Uuid> =
            sqlx::query_scalar("select establishment_id from audit_row where id = $1::bigint")
                .bind(id.parse::<i64>().unwrap())
                .fetch_one(&mut owner)
                .await
                .unwrap();
        let seen = establishment.is_some_and(|id| id.to_string().ends_with("a1"));
        assert_eq!(mine.contains(id), seen, "line {id}");
        auditor
            .get(&format!("/audit/rows/{id}"))
            .await
            .is(if seen { 200 } else { 404 });
    }
}

#[tokio::test]
async fn a_password_is_said_to_have_changed_and_never_shown() {
    let world = World::new().await;
    let mut owner = world.owner().await;
    sqlx::raw_sql(
        "begin;
         select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'test', true);
         update account set password_hash = '$argon2id$canary' where login = 'technician';
         commit;",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    let mut group = world.person("auditor").await;
    let list = group
        .get("/audit/rows?f=table:is:account&f=operation:is:update")
        .await
        .is(200);
    let row = list.attributes("tbody th a", "href")[0].clone();
    let page = group.get(&row).await.is(200);
    page.shows("Mot de passe").shows("•••");
    assert!(!page.text.contains("canary"));
}
