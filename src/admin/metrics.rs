//! `/metrics`, in the text format of Prometheus: requests by route and status, how long they took, the pool, the jobs
//! that wait, the ages of the last backup and of the last seal.
//!
//! Read with the token of the settings, and nowhere without one: an address of this machine proves nothing where a
//! proxy runs on it. No label holds anything typed by people: routes are those of the map.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::kernel::Result;

/// Past this a scrape says that the database is away.
const PATIENCE: Duration = Duration::from_secs(2);
/// From a page in memory to a page that people complain about, in seconds.
const BUCKETS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Taken {
    method: &'static str,
    route: String,
}

type Level = Gauge<f64, AtomicU64>;

/// What is counted while Vigie serves, and what is read when somebody asks.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    taken: Family<Taken, Histogram, fn() -> Histogram>,
    database: Gauge,
    open: Gauge,
    idle: Gauge,
    waiting: Gauge,
    failed: Gauge,
    backup: Level,
    seal: Level,
    unsealed: Gauge,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("vigie");
        let metrics = Self {
            registry: Registry::default(),
            answered: Family::default(),
            taken: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            database: Gauge::default(),
            open: Gauge::default(),
            idle: Gauge::default(),
            waiting: Gauge::default(),
            failed: Gauge::default(),
            backup: Level::default(),
            seal: Level::default(),
            unsealed: Gauge::default(),
        };
        registry.register(
            "requests",
            "Requests answered, by route of the map",
            metrics.answered.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "Time to answer",
            Unit::Seconds,
            metrics.taken.clone(),
        );
        for (name, help, gauge) in [
            (
                "database_up",
                "1 when the database answers",
                &metrics.database,
            ),
            (
                "pool_connections",
                "Connections open to the database",
                &metrics.open,
            ),
            (
                "pool_connections_idle",
                "Connections that nobody uses",
                &metrics.idle,
            ),
            (
                "jobs_waiting",
                "Jobs whose hour has come and that nobody has finished",
                &metrics.waiting,
            ),
            ("jobs_failed", "Jobs given up", &metrics.failed),
            (
                "audit_rows_unsealed",
                "Rows of the journal that no seal covers yet",
                &metrics.unsealed,
            ),
        ] {
            registry.register(name, help, gauge.clone());
        }
        for (name, help, level) in [
            (
                "backup_age",
                "Age of the last backup, +Inf when there is none",
                &metrics.backup,
            ),
            (
                "audit_seal_age",
                "Age of the last seal of the journal, +Inf when there is none",
                &metrics.seal,
            ),
        ] {
            registry.register_with_unit(name, help, Unit::Seconds, level.clone());
        }
        Self {
            registry,
            ..metrics
        }
    }
}

/// The route that answered, told by the router to who measures around it.
#[derive(Clone, Default)]
struct Route(Arc<OnceLock<String>>);

/// Tells which route was taken; laid on each route.
pub async fn tell(matched: MatchedPath, request: Request, next: Next) -> Response {
    if let Some(Route(route)) = request.extensions().get() {
        let _ = route.set(matched.as_str().to_owned());
    }
    next.run(request).await
}

/// Counts a request and its time; laid around everything.
pub async fn measure(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (method, route, since) = (known(request.method()), Route::default(), Instant::now());
    request.extensions_mut().insert(route.clone());
    let response = next.run(request).await;
    // An address that is no route must not become a label: anybody can invent them.
    let route = route.0.get().cloned().unwrap_or_else(|| "none".to_owned());
    let metrics = app.metrics();
    let taken = Taken {
        method,
        route: route.clone(),
    };
    metrics
        .taken
        .get_or_create(&taken)
        .observe(since.elapsed().as_secs_f64());
    let answered = Answered {
        method,
        route,
        status: response.status().as_str().to_owned(),
    };
    metrics.answered.get_or_create(&answered).inc();
    response
}

fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// Answers who knows the token; for anybody else there is nothing here.
pub async fn scrape(State(app): State<App>, headers: HeaderMap) -> Response {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let right = app
        .metrics_token()
        .is_some_and(|token| bool::from(token.as_bytes().ct_eq(given.as_bytes())));
    if !right {
        return StatusCode::NOT_FOUND.into_response();
    }
    let metrics = app.metrics();
    read(&app, metrics).await;
    let mut told = String::new();
    if text::encode(&mut told, &metrics.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // The format writes infinity so; the library writes it as Rust does.
    (headers, told.replace(" inf\n", " +Inf\n")).into_response()
}

async fn read(app: &App, metrics: &Metrics) {
    let pool = app.pool();
    metrics.open.set(i64::from(pool.size()));
    metrics
        .idle
        .set(i64::try_from(pool.num_idle()).unwrap_or(i64::MAX));
    let now = app.clock().now();
    let found = tokio::time::timeout(PATIENCE, levels(app, now)).await;
    let Ok(Ok(found)) = found else {
        metrics.database.set(0);
        return;
    };
    let age = |at: Option<DateTime<Utc>>| {
        at.map_or(f64::INFINITY, |at| (now - at).as_seconds_f64().max(0.0))
    };
    metrics.database.set(1);
    metrics.waiting.set(found.waiting);
    metrics.failed.set(found.failed);
    metrics.unsealed.set(found.unsealed);
    metrics.backup.set(age(found.backup));
    metrics.seal.set(age(found.seal));
}

struct Levels {
    waiting: i64,
    failed: i64,
    unsealed: i64,
    backup: Option<DateTime<Utc>>,
    seal: Option<DateTime<Utc>>,
}

async fn levels(app: &App, now: DateTime<Utc>) -> Result<Levels> {
    Ok(sqlx::query_as!(
        Levels,
        r#"select (select count(*) from job where finished_at is null and failed_at is null and cancelled_at is null and run_at <= $1) as "waiting!",
                  (select count(*) from job where failed_at is not null) as "failed!",
                  (select count(*) from audit_row where id > coalesce((select max(last_row_id) from audit_block), 0)) as "unsealed!",
                  (select max(started_at) from backup where error is null) as backup,
                  (select sealed_at from audit_block order by id desc limit 1) as seal"#,
        now
    )
    .fetch_one(app.pool())
    .await?)
}
