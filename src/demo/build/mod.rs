//! Building the world through the commands a person would use.
//!
//! The day is the one on which the database was created, so that building again after an
//! interruption finds the same days and goes on where it stopped: every stage leaves what is already
//! there, and each day of the devices' lives is one transaction.

mod catalogue;
mod conformity;
mod contracts;
mod devices;
mod directory;
mod duties;
mod interventions;
mod maintenance;
mod organisation;
mod queries;
mod register;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Paris;

use super::fleet::{self, Extent};
use crate::accounts::access::{Caller, Permit, Via};
use crate::accounts::actions::Action;
use crate::app::App;
use crate::kernel::clock::local_day;
use crate::kernel::{Error, Result};
use crate::platform::db::Tx;

/// What was found or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Devices of the world.
    pub devices: usize,
    /// Days of their lives written now; none when all was there.
    pub days: usize,
    /// Steps that a rule refused, in the words of the rule; none, as a test holds.
    pub refused: Vec<String>,
}

/// The hand that builds: who acts, in whose name, when.
struct Hand<'a> {
    app: &'a App,
    caller: Arc<Caller>,
    at: DateTime<Utc>,
}

impl Hand<'_> {
    fn permit<A: Action>(&self) -> Result<Permit<A>> {
        Permit::ask(self.caller.clone())
    }

    async fn begin(&self) -> Result<Tx> {
        Tx::open(self.app.pool(), self.caller.actor(), self.at, None, None).await
    }
}

/// Builds the world of an extent into a demonstration base; refuses any other.
pub async fn build(app: &App, extent: Extent) -> Result<Built> {
    let created = queries::founded_at(app.pool()).await?;
    let Some(created) = created.filter(|_| app.instance().is_demo) else {
        return Err(Error::refused(
            "Démonstration",
            "Seule une base créée comme démonstration reçoit le parc inventé.",
        ));
    };
    let today = local_day(created, Paris);
    let cli = |establishments| {
        Arc::new(Caller {
            account: None,
            name: "Vigie (démonstration)".into(),
            grants: vec![],
            establishments,
            via: Via::Cli("demo"),
            must_change_password: false,
            factor: crate::accounts::access::Factor::Fine,
            acting_for: None,
            chosen: None,
        })
    };
    let at = morning(fleet::before(today, FOUNDED_DAYS_AGO), created);
    let founding = Hand {
        app,
        caller: cli(app.establishments().await?),
        at,
    };
    let establishments = organisation::establish(&founding).await?;
    let hand = Hand {
        app,
        caller: cli(app.establishments().await?),
        at,
    };
    let places = organisation::found(&hand, establishments).await?;
    let parties = directory::enter(&hand, today).await?;
    let models = catalogue::enter(&hand, &parties).await?;
    conformity::enter(&hand, &models, today).await?;
    let lives = fleet::devices(extent, today);
    let (days, refused) = devices::live(app, &places, &parties, &models, &lives, created).await?;
    organisation::entrust(&hand, &places, created).await?;
    register::keep(app, &places, created).await?;
    duties::enter(&hand, &places, today).await?;
    let now = Hand {
        app,
        caller: hand.caller.clone(),
        at: created,
    };
    maintenance::follow(&now, &models, created).await?;
    interventions::tell(&now, &places).await?;
    contracts::enter(&now, &places, &parties).await?;
    for step in &refused {
        tracing::warn!(step, "the demonstration tells a step that a rule refuses");
    }
    Ok(Built {
        devices: lives.len(),
        days,
        refused,
    })
}

/// The registry opened before the oldest take-over.
const FOUNDED_DAYS_AGO: i64 = 890;

/// Seven in the morning in Greenwich, unless the world was created earlier that day.
fn morning(day: NaiveDate, created: DateTime<Utc>) -> DateTime<Utc> {
    day.and_hms_opt(7, 0, 0)
        .map_or(created, |at| at.and_utc().min(created))
}
