//! Saved views, grouping, and what many may do at once on a list.

use crate::support::World;

const CHV: &str = "01950000-0000-7000-8000-0000000000a1";

#[tokio::test]
async fn a_view_keeps_a_list_for_its_author_alone() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let made = engineer
        .post(
            "/lists/views",
            &[
                ("list", "devices"),
                (
                    "query",
                    "f=state:is:broken&cols=inventory_number,state&group=unit&after=zzz",
                ),
                ("name", "En panne, par unité"),
                ("audience", "mine"),
            ],
        )
        .await
        .is(303);
    let list = engineer.get(&made.location()).await.is(200);
    list.shows("Vue : En panne, par unité");
    assert_eq!(list.all("thead th").len(), 2);
    assert!(!list.all(".parts li").is_empty(), "gathered by unit");
    // The same name twice is said at the field.
    engineer
        .post_from(
            "/lists/views",
            "/lists/views/new?list=devices",
            &[
                ("list", "devices"),
                ("query", ""),
                ("name", "en panne, PAR unité"),
                ("audience", "mine"),
            ],
        )
        .await
        .is(422)
        .shows("Vous avez déjà une vue de ce nom");
    let mut technician = world.person("technician").await;
    technician
        .get("/inventory/devices")
        .await
        .is(200)
        .does_not_show("En panne, par unité");
    let edit = engineer
        .get("/lists/views")
        .await
        .is(200)
        .attributes("a[data-edit]", "href");
    technician.get(&edit[0]).await.is(404);
    let remove = edit[0].replace("/edit", "?_method=delete");
    technician.post(&remove, &[]).await.is(404);
    engineer.post(&remove, &[]).await.is(303);
    engineer.get("/lists/views").await.shows("Aucune vue");
}

#[tokio::test]
async fn a_view_of_a_role_opens_the_list_until_something_else_is_asked() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    engineer
        .post(
            "/lists/views",
            &[
                ("list", "devices"),
                ("query", "f=state:is:in_service"),
                ("name", "Parc en service"),
                ("audience", "everybody"),
                ("role", "technician"),
            ],
        )
        .await
        .is(303);
    let mut technician = world.person("technician").await;
    let opened = technician.get("/inventory/devices").await.is(200);
    opened
        .shows("Vue : Parc en service")
        .shows("État est En service");
    technician
        .get("/inventory/devices?view=none")
        .await
        .is(200)
        .does_not_show("État est En service");
    // The engineer's own list is not changed by it, and a technician shares nothing.
    engineer
        .get("/inventory/devices")
        .await
        .is(200)
        .does_not_show("État est En service");
    technician
        .post(
            "/lists/views",
            &[
                ("list", "devices"),
                ("query", ""),
                ("name", "À tous"),
                ("audience", "everybody"),
            ],
        )
        .await
        .is(403);
}

#[tokio::test]
async fn a_unit_s_view_is_for_its_people_and_not_another_hospital_s() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post(
            "/lists/views",
            &[
                ("list", "units"),
                ("query", "q=dia"),
                ("name", "Vue de la réanimation"),
                ("audience", "unit"),
                ("unit", "01950000-0000-7000-8000-0000000000a2"),
            ],
        )
        .await
        .is(303);
    engineer
        .post(
            "/lists/views",
            &[
                ("list", "units"),
                ("query", ""),
                ("name", "Vue de la Verrerie"),
                ("audience", "everybody"),
                ("establishment", CHV),
            ],
        )
        .await
        .is(303);
    // Not for the group: the right to share there is missing.
    engineer
        .post(
            "/lists/views",
            &[
                ("list", "units"),
                ("query", ""),
                ("name", "Vue du groupe"),
                ("audience", "everybody"),
            ],
        )
        .await
        .is(403);
    world
        .signed_in("engineer.chm")
        .await
        .get("/lists/views")
        .await
        .is(200)
        .does_not_show("Vue de la réanimation")
        .does_not_show("Vue de la Verrerie");
    world
        .person("quality")
        .await
        .get("/accounts/units")
        .await
        .shows("Vue de la réanimation")
        .shows("Vue de la Verrerie");
}

#[tokio::test]
async fn the_rows_of_a_list_are_counted_by_value_and_each_part_opens_its_rows() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = engineer.get("/inventory/devices?group=state").await.is(200);
    let parts = page.all(".parts li");
    let number = |text: &str| -> i64 {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap()
    };
    let total = number(&page.all(".chips .total")[0]);
    let sum: i64 = page
        .all(".parts .count")
        .iter()
        .map(|count| number(count))
        .sum();
    assert!(
        parts.len() > 3 && sum == total,
        "{parts:?} make {sum}, not {total}"
    );
    let first = page.attributes(".parts a", "href")[0].clone();
    let count = number(&page.all(".parts .count")[0]);
    assert_eq!(
        number(&engineer.get(&first).await.is(200).all(".chips .total")[0]),
        count
    );
}

#[tokio::test]
async fn the_palette_offers_the_actions_one_may_do_and_no_other() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    engineer
        .get("/actions")
        .await
        .is(200)
        .shows("Importer un fichier");
    for role in ["auditor", "pharmacist", "technician", "buyer"] {
        let mut person = world.person(role).await;
        let offered = person.get_json("/actions").await.is(200).json();
        let offered = offered["actions"].as_array().unwrap();
        let has = |label: &str| offered.iter().any(|one| one["label"] == label);
        assert!(has("Coller une liste de numéros"), "{role}: {offered:?}");
        assert!(!has("Importer un fichier"), "{role}: {offered:?}");
        for one in offered {
            person.get(one["href"].as_str().unwrap()).await.is(200);
        }
    }
}
