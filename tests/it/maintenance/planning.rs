//! Planning: by place and by person, a month, and calendars that other programs read.

use super::obligations::{DEVICE, due_of, world, yearly};
use crate::support::{Person, World};

/// A maintenance of MON1 due on 5 March 2026, late after the 20th; its twin at the other hospital is not of this obligation.
async fn due_in_march(world: &World) -> (Person, String) {
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    let line = due_of(&mut engineer, DEVICE).await;
    engineer
        .post(
            &format!("{line}/statements"),
            &[("done_on", "2025-03-05"), ("source", "Étiquette")],
        )
        .await
        .is(303);
    (engineer, line)
}

#[tokio::test]
async fn what_is_late_and_due_is_counted_by_place_and_each_number_opens_its_lines() {
    let world = world().await;
    let (mut engineer, _) = due_in_march(&world).await;
    let json = engineer
        .get_json("/maintenance/planning")
        .await
        .is(200)
        .json();
    let place = &json["places"][0];
    let count = |key: &str| place[key].as_i64().unwrap();
    assert_eq!(
        (
            count("late"),
            count("soon"),
            count("later"),
            count("unknown"),
            count("total")
        ),
        (0, 1, 1, 0, 1)
    );
    assert_eq!(count("uncovered"), 1, "no contract covers it");
    let unit = place["unit_id"].as_str().unwrap();
    engineer
        .get(&format!(
            "/maintenance/due?f=latest_on:min:2026-03-02&f=due_on:max:2026-04-01&f=unit:is:{unit}&columns=inventory_number,contract"
        ))
        .await
        .is(200)
        .shows("MON1");
    world.app.clock().advance(chrono::TimeDelta::days(40));
    let mut engineer = world.signed_in("engineer.chv").await;
    let json = engineer.get_json("/maintenance/planning").await.json();
    assert_eq!(json["places"][0]["late"], 1);
    // Who sees nothing of it counts nothing of it.
    let json = world
        .signed_in("engineer.chm")
        .await
        .get_json("/maintenance/planning")
        .await
        .json();
    assert_eq!(json["places"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_month_shows_its_days_and_refuses_what_is_no_month() {
    let world = world().await;
    let (mut engineer, line) = due_in_march(&world).await;
    let planned = engineer
        .post(&format!("{line}/interventions"), &[])
        .await
        .is(303)
        .location();
    let planned = planned.trim_end_matches("/report/new").to_owned();
    engineer
        .post(&format!("{planned}/plan"), &[("planned_on", "2026-03-10")])
        .await
        .is(303);
    engineer
        .get("/maintenance/planning/month")
        .await
        .is(200)
        .shows("Planning de mars 2026")
        .shows("1 échéance")
        .shows("1 intervention");
    engineer
        .get("/maintenance/planning/month?month=2026-06")
        .await
        .is(200)
        .shows("Rien n’est dû ni planifié");
    engineer
        .get("/maintenance/planning/month?month=printemps")
        .await
        .is(400)
        .shows("« printemps » n’est pas un mois");
}

#[tokio::test]
async fn a_calendar_shows_what_its_owner_sees_and_nothing_once_revoked() {
    let world = world().await;
    let (mut engineer, _) = due_in_march(&world).await;
    engineer
        .post_from(
            "/maintenance/feeds",
            "/maintenance/feeds",
            &[("name", "Téléphone")],
        )
        .await
        .is(422)
        .shows("Dites ce que l’agenda montre");
    let page = engineer
        .post(
            "/maintenance/feeds",
            &[("name", "Téléphone"), ("shows", "due")],
        )
        .await
        .is(200);
    let at = page.text.find("/maintenance/calendars/").unwrap();
    let address: String = page.text[at..]
        .chars()
        .take_while(|c| !matches!(c, '<' | '"' | ' '))
        .collect();
    let read = world.visitor().get(&address).await.is(200);
    assert_eq!(read.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(
        read.text.contains("MON1 · Maintenance annuelle"),
        "{}",
        read.text
    );
    assert!(
        read.text.contains("DTSTART;VALUE=DATE:20260305"),
        "{}",
        read.text
    );
    // The address is shown this once, and only its hash is kept.
    let secret = address.rsplit('/').next().unwrap().to_owned();
    engineer
        .get("/maintenance/feeds")
        .await
        .is(200)
        .shows("Téléphone")
        .does_not_show(&secret);
    let told: i64 =
        sqlx::query_scalar("select count(*) from audit_row r where r::text like '%' || $1 || '%'")
            .bind(&secret)
            .fetch_one(&mut world.owner().await)
            .await
            .unwrap();
    assert_eq!(told, 0);
    // Another's calendar cannot be revoked; a guess opens nothing.
    let json = engineer.get_json("/maintenance/feeds").await.json();
    let feed = format!(
        "/maintenance/feeds/{}",
        json["items"][0]["id"].as_str().unwrap()
    );
    world
        .signed_in("engineer.chm")
        .await
        .post(&format!("{feed}?_method=delete"), &[])
        .await
        .is(404);
    world
        .visitor()
        .get("/maintenance/calendars/une-devinette")
        .await
        .is(404);
    engineer
        .post(&format!("{feed}?_method=delete"), &[])
        .await
        .is(303);
    world.visitor().get(&address).await.is(404);
}
