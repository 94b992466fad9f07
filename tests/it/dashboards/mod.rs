//! The home of each role, over the demonstration hospital.

use vigie::accounts::roles::Role;

use crate::support::World;

#[tokio::test]
async fn each_role_finds_what_waits_and_every_link_of_it_opens() {
    let world = World::hospital().await;
    let mut with_lists = 0;
    for role in Role::ALL {
        let mut person = world.person(role.code()).await;
        let home = person.get("/").await.is(200);
        let links = home.attributes("main a[href]", "href");
        with_lists += usize::from(!links.is_empty());
        for link in links {
            let answer = person.get(&link).await;
            assert_eq!(
                answer.status,
                200,
                "the home of {} leads to {link}: {}",
                role.code(),
                answer.words().chars().take(200).collect::<String>()
            );
        }
    }
    assert!(with_lists > 12, "{with_lists} roles only have a list");
}

#[tokio::test]
async fn the_number_of_a_list_is_the_number_of_its_rows() {
    let world = World::hospital().await;
    for role in [
        "biomedical_engineer",
        "technician",
        "unit_manager",
        "director",
    ] {
        let mut person = world.person(role).await;
        let home = person.get_json("/").await.is(200).json();
        let out = home["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|b| b["title"] == "Équipements indisponibles")
            .unwrap_or_else(|| panic!("{role} has no list of what is out of use"))
            .clone();
        let rows = person
            .get_json(out["href"].as_str().unwrap())
            .await
            .is(200)
            .json();
        assert_eq!(out["total"], rows["total"]["count"], "{role}");
        assert!(
            out["total"].as_i64().unwrap() > 0,
            "{role}: nothing to compare"
        );
        assert!(out["lines"].as_array().unwrap().len() <= 7);
    }
}

/// Accounts without any right belong to no hospital: the group alone knows of them.
#[tokio::test]
async fn the_administrator_of_one_hospital_is_not_told_who_has_no_right() {
    use sqlx::Connection;
    let world = World::new().await;
    let mut owner = world.owner().await;
    let mut tx = owner.begin().await.unwrap();
    sqlx::raw_sql(
        "select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'tests', true);
         insert into account (id, login, display_name, must_change_password, created_at, version) values
             (gen_random_uuid(), 'sans.droit', 'Personne sans aucun droit', false, '2026-03-01', 1),
             ('01950000-0000-7000-8000-00000000d001', 'admin.chv', 'Administratrice du CHU', false, '2026-03-01', 1);
         insert into access_grant (id, account_id, role, establishment_id, granted_at) values
             (gen_random_uuid(), '01950000-0000-7000-8000-00000000d001', 'administrator', '01950000-0000-7000-8000-0000000000a1', '2026-03-01');",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    world
        .person("administrator")
        .await
        .get("/")
        .await
        .shows("Personne sans aucun droit");
    let mut local = world.signed_in("admin.chv").await;
    for answer in [local.get("/").await, local.get_json("/").await] {
        assert!(!answer.text.contains("sans aucun droit"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_home_counts_what_its_reader_sees_and_no_more() {
    let world = World::hospital().await;
    let of = |home: serde_json::Value| -> Vec<String> {
        home["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|b| b["lines"].as_array().unwrap().clone())
            .map(|l| l["href"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut unit_managers = world.person("unit_manager").await;
    let mut seen = 0;
    for href in of(unit_managers.get_json("/").await.json()) {
        assert_eq!(unit_managers.get(&href).await.status, 200, "{href}");
        seen += 1;
    }
    assert!(
        seen > 0,
        "the unit manager's home is empty: nothing was proved"
    );
}
