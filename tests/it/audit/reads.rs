//! Reads that leave a trace.

use crate::support::World;

#[tokio::test]
async fn a_list_taken_away_is_written_down_with_its_filters_and_a_page_is_not() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer.get("/accounts/units").await.is(200);
    assert_eq!(world.count("select count(*) from read_log").await, 0);
    engineer
        .get("/accounts/units?q=dialyse&format=csv")
        .await
        .is(200);
    let mut auditor = world.person("auditor").await;
    auditor
        .get("/audit/reads")
        .await
        .is(200)
        .shows("engineer.chv")
        .shows("Unités, CSV")
        .shows("/accounts/units?q=dialyse&format=csv");
    // Taking this list away is a read too.
    auditor.get("/audit/reads?format=xlsx").await.is(200);
    assert_eq!(
        world
            .count("select count(*) from read_log where what = 'Lectures tracées, XLSX'")
            .await,
        1
    );
    engineer.get("/audit/reads").await.is(403);
}

#[tokio::test]
async fn who_may_not_export_leaves_no_trace_of_an_export() {
    let world = World::new().await;
    let mut ward = world.person("ward_user").await;
    ward.get("/accounts/units?format=csv").await.is(403);
    assert_eq!(world.count("select count(*) from read_log").await, 0);
}

#[tokio::test]
async fn a_logged_read_is_never_changed_nor_removed() {
    let world = World::new().await;
    world
        .signed_in("engineer.chv")
        .await
        .get("/accounts/units?format=csv")
        .await
        .is(200);
    for sql in [
        "update read_log set what = 'rien'",
        "delete from read_log",
        "truncate read_log",
    ] {
        assert!(
            sqlx::query(sql)
                .execute(&mut world.owner().await)
                .await
                .is_err(),
            "{sql}"
        );
    }
}
