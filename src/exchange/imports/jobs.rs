//! The long part of an import, in the background: try, commit, take back. Each is one transaction; beside it, every two
//! seconds, its progress is written and the wish to stop is read. Stopped or dead, it leaves nothing behind and can be
//! taken up again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::commands::{self, RunId};
use super::queries::{self, Run};
use crate::accounts::access::Permit;
use crate::accounts::actions::ImportDevices;
use crate::app::App;
use crate::kernel::{Error, Result};
use crate::platform::db::{Actor, Tx};
use crate::platform::jobs::{self, Claimed};
use crate::shell::domain::Boxed;

/// The kind of job that tries, commits or takes back.
pub const KIND: &str = "exchange.imports";
/// How often progress is written.
const BEAT: Duration = Duration::from_secs(2);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The dry run.
    Try,
    /// The import.
    Commit,
    /// Its undoing.
    Undo,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Order {
    run: Uuid,
    deed: Deed,
    /// Whose name the rows bear.
    actor: String,
    /// Where that person may import.
    establishments: Vec<Uuid>,
}

/// Enqueues a deed over a run, in the name of the caller.
pub async fn order(
    tx: &mut Tx,
    permit: &Permit<ImportDevices>,
    run: &Run,
    deed: Deed,
) -> Result<()> {
    let order = Order {
        run: run.id.uuid(),
        deed,
        actor: permit.caller().name.clone(),
        establishments: permit.acts().establishments.clone(),
    };
    let job = jobs::enqueue(
        tx,
        KIND,
        serde_json::to_value(&order).map_err(Error::internal)?,
    )
    .await?;
    let state = match deed {
        Deed::Try => "planning",
        Deed::Commit => "committing",
        Deed::Undo => "undoing",
    };
    commands::hand_over(tx, run, state, job).await
}

/// Runs one job.
pub fn run(app: &App, job: Claimed) -> Boxed<'_, ()> {
    Box::pin(async move {
        let order: Order = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
        let progress = commands::Steps::default();
        let work = work(app, &job, &order, &progress);
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(BEAT) => {
                    let mut conn = app.pool().acquire().await?;
                    let stopped = jobs::progress(&mut conn, job.id, progress.done.load(Ordering::Relaxed), Some(commands::STEPS), app.clock().now()).await?;
                    // Dropped, the transaction under way is rolled back.
                    if stopped {
                        return Ok(());
                    }
                }
            }
        }
    })
}

async fn begin(app: &App, job: &Claimed, order: &Order) -> Result<Tx> {
    let actor = Actor {
        id: job.actor_id,
        label: order.actor.clone(),
    };
    Tx::open(app.pool(), actor, app.clock().now(), Some(job.id), None).await
}

async fn work(app: &App, job: &Claimed, order: &Order, steps: &commands::Steps) -> Result<()> {
    let permit = Permit::<ImportDevices>::for_job(KIND, app.establishments().await?);
    let mut tx = begin(app, job, order).await?;
    let run = queries::find(&mut tx, permit.sees(), RunId(order.run)).await?;
    if !matches!(run.state.as_str(), "planning" | "committing" | "undoing") {
        // Done by an earlier try of this job, or given up.
        return Ok(());
    }
    let allowed = Some(order.establishments.clone());
    let done = match order.deed {
        Deed::Try => commands::try_out(&mut tx, &run, allowed, steps)
            .await
            .map(|(_, event)| event),
        Deed::Commit => commands::commit(&mut tx, &run, allowed, steps)
            .await
            .map(|(_, event)| event),
        Deed::Undo => commands::undo(&mut tx, &run).await.map(|(_, event)| event),
    };
    match done {
        Ok(event) => {
            tx.commit(event, format!("/exchange/imports/{}", run.id))
                .await?;
            Ok(())
        }
        // The database went away: the job is tried again.
        Err(Error::Unavailable(why)) => Err(Error::Unavailable(why)),
        Err(error) => {
            drop(tx);
            let mut tx = begin(app, job, order).await?;
            let event = commands::fail(&mut tx, &run, &why(&error)).await?;
            tx.commit(event, format!("/exchange/imports/{}", run.id))
                .await?;
            tracing::warn!(%error, run = %run.id, "an import stopped");
            Ok(())
        }
    }
}

/// What the page of the run says.
fn why(error: &Error) -> String {
    match error {
        Error::Conflict(why) | Error::Refused { why, .. } => why.clone(),
        Error::Internal(detail) if detail.contains("constraint") => {
            let name = detail.split('"').nth(1).unwrap_or("inconnue").to_owned();
            format!("la base refuse une valeur de ce fichier (règle {name})")
        }
        _ => "une erreur interne ; elle est dans le journal, rien n’a été écrit".to_owned(),
    }
}
