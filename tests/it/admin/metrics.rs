//! `/metrics`: what a supervision reads, with its token and not without.

use axum::body::Body;
use axum::http::{Request, header};

use crate::support::{Answer, METRICS, World};

async fn scraped(world: &World, token: Option<&str>) -> Answer {
    let mut request = Request::builder().uri("/metrics");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Body::empty()).unwrap();
    world.visitor().send(request).await
}

#[tokio::test]
async fn a_supervision_reads_requests_jobs_and_ages_with_its_token_alone() {
    let world = World::new().await;
    for wrong in [
        None,
        Some(""),
        Some("another-token-of-tests"),
        Some("a-token-of-the-test"),
    ] {
        let answer = scraped(&world, wrong).await.is(404);
        assert_eq!(answer.text, "", "{wrong:?}");
    }
    let mut administrator = world.person("administrator").await;
    administrator.get("/accounts/units").await.is(200);
    administrator.get("/accounts/units").await.is(200);
    let unit = "/accounts/units/01950000-0000-7000-8000-00000000dead";
    administrator.get(unit).await.is(404);
    administrator.get("/no/such/secret-place").await.is(404);
    administrator.post("/admin/backups", &[]).await.is(303);
    let told = scraped(&world, Some(METRICS)).await.is(200).text;
    for line in [
        "vigie_requests_total{method=\"GET\",route=\"/accounts/units\",status=\"200\"} 2",
        "vigie_requests_total{method=\"GET\",route=\"/accounts/units/{id}\",status=\"404\"} 1",
        "vigie_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "vigie_request_duration_seconds_count{method=\"GET\",route=\"/accounts/units\"} 2",
        "vigie_database_up 1",
        "vigie_jobs_waiting 1",
        "vigie_backup_age_seconds +Inf",
        "# EOF",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert!(
        !told.contains("secret-place") && !told.contains("dead"),
        "{told}"
    );
    world.work().await;
    world.app.clock().advance(chrono::TimeDelta::hours(2));
    let told = scraped(&world, Some(METRICS)).await.is(200).text;
    for line in [
        "vigie_jobs_waiting 0",
        "vigie_backup_age_seconds 7200",
        "vigie_audit_seal_age_seconds 7200",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
}

#[tokio::test]
async fn without_a_token_in_the_settings_there_is_nothing_to_read() {
    let world = World::new().await;
    let options = vigie::app::Options {
        metrics_token: None,
        ..crate::support::options(world.app.clock().clone())
    };
    let app = vigie::app::App::new(world.pool.clone(), options)
        .await
        .unwrap();
    let mut anybody = crate::support::Person::visitor(app);
    let request = Request::builder()
        .uri("/metrics")
        .header(header::AUTHORIZATION, "Bearer ")
        .body(Body::empty())
        .unwrap();
    anybody.send(request).await.is(404);
}
