//! `/healthz`: the process answers. `/readyz`: it can do its work, because the database answers with the right schema.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::db::migrate::{self, SchemaError};
use super::db::{Database, is_away};

/// Probes are open to all: however often they come, the database is asked once a second.
const FRESH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether work can be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Yes.
    Ready,
    /// The database does not answer.
    DatabaseAway,
    /// The database's schema is not the one of this version.
    SchemaDiffers,
    /// Vigie is stopping.
    Stopping,
}

/// What the probes ask.
#[derive(Clone, Debug)]
pub struct Probes {
    app: PgPool,
    stop: CancellationToken,
    last: Arc<Mutex<Option<(Instant, Readiness)>>>,
}

impl Probes {
    /// Probes over this database, until told to stop.
    pub fn new(database: &Database, stop: CancellationToken) -> Self {
        Self {
            app: database.app().clone(),
            stop,
            last: Arc::default(),
        }
    }

    /// The two routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .with_state(self)
    }

    /// Whether work can be done now, at most a second old.
    pub async fn readiness(&self) -> Readiness {
        if self.stop.is_cancelled() {
            return Readiness::Stopping;
        }
        let mut last = self.last.lock().await;
        if let Some((at, readiness)) = *last
            && at.elapsed() < FRESH
        {
            return readiness;
        }
        let readiness = tokio::time::timeout(PATIENCE, self.ask())
            .await
            .unwrap_or(Readiness::DatabaseAway);
        *last = Some((Instant::now(), readiness));
        readiness
    }

    async fn ask(&self) -> Readiness {
        let asked = async {
            let mut conn = self.app.acquire().await?;
            migrate::check(&mut conn).await
        };
        match asked.await {
            Ok(()) => Readiness::Ready,
            Err(SchemaError::Database(error)) if is_away(&error) => Readiness::DatabaseAway,
            Err(error) => {
                tracing::warn!(%error, "not ready");
                Readiness::SchemaDiffers
            }
        }
    }
}

#[derive(Serialize)]
struct Answer {
    status: Readiness,
}

async fn ready(State(probes): State<Probes>) -> Response {
    let status = probes.readiness().await;
    let code = match status {
        Readiness::Ready => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let fresh = [(header::CACHE_CONTROL, "no-store")];
    (code, fresh, Json(Answer { status })).into_response()
}
