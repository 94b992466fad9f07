//! What a take-over left unevaluated, as people meet it.

use crate::support::World;

async fn taken_over(world: &World) -> (String, String) {
    let row: (uuid::Uuid, uuid::Uuid) = sqlx::query_as(
        "select d.id, d.establishment_id from device d
         where d.taken_over and d.annulled_at is null and d.state = 'in_service' and d.maintenance_criticality is null and d.care_criticality is null
           and d.establishment_id = (select establishment_id from device where inventory_number = 'V000001')
         order by d.inventory_number limit 1",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap();
    (row.0.to_string(), row.1.to_string())
}

#[tokio::test]
async fn what_nobody_looked_at_is_violet_and_becomes_a_breach_once_its_day_is_past() {
    let world = World::hospital().await;
    let (device, place) = taken_over(&world).await;
    let mut engineer = world.person("biomedical_engineer").await;
    let sheet = format!("/inventory/devices/{device}");
    let before = engineer.get(&sheet).await.is(200);
    before
        .shows("Non évalué (reprise)")
        .does_not_show("échéance dépassée");
    engineer
        .get("/inventory/take-over")
        .await
        .is(200)
        .shows("points non évalués (reprise)");
    engineer
        .post(
            "/inventory/take-over/plan",
            &[
                ("establishment", &place),
                ("unset", "2026-06-30"),
                ("vital", "2026-04-01"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&sheet)
        .await
        .is(200)
        .shows("à régulariser avant le 30 juin 2026");
    engineer
        .get(&format!("{sheet}/take-over"))
        .await
        .is(200)
        .shows("non évalué (reprise), à régulariser avant");
    engineer
        .post(
            "/inventory/take-over/plan",
            &[("establishment", &place), ("unset", "2026-02-01")],
        )
        .await
        .is(303);
    engineer
        .get(&sheet)
        .await
        .is(200)
        .shows("échéance dépassée");
    engineer
        .get("/inventory/take-over")
        .await
        .is(200)
        .shows("hors délai comptent comme manquements");
    // Said again, the day changes and its history is kept.
    assert_eq!(
        world
            .count("select count(*) from take_over_plan where criticality = 'unset'")
            .await,
        1
    );
    assert_eq!(
        world
            .count("select count(*) from event where kind = 'take_over.planned' and summary like '%non évaluée%'")
            .await,
        2
    );
}

#[tokio::test]
async fn a_point_is_settled_by_its_proof() {
    let world = World::hospital().await;
    let (device, _) = taken_over(&world).await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = format!("/inventory/devices/{device}/take-over");
    engineer
        .get(&page)
        .await
        .is(200)
        .shows("Preuve de mise en service");
    engineer
        .upload(
            &format!("/documents/subjects/device/{device}"),
            &[("kind", "commissioning_report"), ("title", "PV retrouvé")],
            ("file", "pv.pdf", b"%PDF-1.4\n%PV"),
        )
        .await
        .is(303);
    engineer
        .get(&page)
        .await
        .is(200)
        .does_not_show("Preuve de mise en service");
}

#[tokio::test]
async fn many_are_waived_at_once_by_who_answers_for_the_point_with_a_reason_and_an_end() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let shown = engineer
        .get_json("/inventory/take-over/waivers/new?point=commissioning_proof")
        .await
        .is(200)
        .json();
    let number = shown["concerned"].as_u64().unwrap();
    assert!(number > 1);
    let expected = number.to_string();
    let fields = |expected: &str, until: &str| {
        vec![
            ("point".to_owned(), "commissioning_proof".to_owned()),
            ("expected".to_owned(), expected.to_owned()),
            (
                "reason".to_owned(),
                "archives en cours de numérisation".to_owned(),
            ),
            ("expires_on".to_owned(), until.to_owned()),
        ]
    };
    async fn send(
        person: &mut crate::support::Person,
        fields: &[(String, String)],
    ) -> crate::support::Answer {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        person.post("/inventory/take-over/waivers", &fields).await
    }
    // Not the number that was shown; no end; too far an end: nothing is written.
    send(&mut engineer, &fields("1", "2026-09-01"))
        .await
        .is(409);
    send(&mut engineer, &fields(&expected, "")).await.is(422);
    send(&mut engineer, &fields(&expected, "2030-01-01"))
        .await
        .is(422);
    assert_eq!(
        world.count("select count(*) from take_over_waiver").await,
        0
    );
    send(&mut engineer, &fields(&expected, "2026-09-01"))
        .await
        .is(303);
    assert_eq!(world.count("select count(*) from take_over_waiver where reason = 'archives en cours de numérisation'").await, i64::try_from(number).unwrap());
    engineer
        .get("/inventory/take-over")
        .await
        .is(200)
        .shows("dispensé");
    // Security is not the engineer's to waive, nor anything the quality officer's.
    let security = [
        ("point", "security_opinion"),
        ("expected", "1"),
        ("reason", "plus tard peut-être"),
        ("expires_on", "2026-09-01"),
    ];
    engineer
        .post("/inventory/take-over/waivers", &security)
        .await
        .is(403);
    world
        .person("quality")
        .await
        .post("/inventory/take-over/waivers", &security)
        .await
        .is(403);
}

#[tokio::test]
async fn an_engineer_of_one_hospital_waives_and_plans_for_his_own_alone() {
    let world = World::hospital().await;
    let (device, place) = taken_over(&world).await;
    let mut local = world.signed_in("m.ozanne").await;
    local
        .get(&format!("/inventory/devices/{device}/take-over"))
        .await
        .is(404);
    local
        .post(
            "/inventory/take-over/plan",
            &[("establishment", &place), ("unset", "2026-06-30")],
        )
        .await
        .is(403);
    let json = local
        .get_json("/inventory/take-over/waivers/new?point=commissioning_proof")
        .await
        .is(200)
        .json();
    let whole = world
        .person("biomedical_engineer")
        .await
        .get_json("/inventory/take-over/waivers/new?point=commissioning_proof")
        .await
        .json();
    assert!(json["concerned"].as_u64() < whole["concerned"].as_u64());
}
