//! What the frame of every page says of the caller's work: what waits, and which establishments may be
//! chosen. Read again at most once a minute for each person, and after each of their own writes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::Caller;
use crate::accounts::actions::{Action, SeeDevices};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::clock::local_day;
use crate::kernel::page::Tone;
use crate::lists::views::queries as views;
use crate::platform::db::Read;

/// How long what was read is believed.
const BELIEVED: Duration = Duration::from_secs(60);

/// A list that holds something for the caller.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its title.
    pub title: String,
    /// How many lines.
    pub total: i64,
    /// Where they are.
    pub href: String,
    /// Counted on the menu too: late, out of use, to decide.
    pub pressing: bool,
}

/// An establishment that lists may be kept to.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// What the frame says.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// What waits.
    pub waiting: Vec<Waiting>,
    /// The establishments seen, when there are several.
    pub choices: Vec<Choice>,
    /// The saved views of every list.
    pub views: Vec<views::Kept>,
}

type Key = (Uuid, Option<Uuid>);

/// What was read lately, by person and chosen establishment.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<Key, (Instant, Arc<Around>)>>);

fn key(caller: &Caller) -> Option<Key> {
    let account = caller.account?;
    Some((account.uuid(), caller.chosen.map(|chosen| chosen.uuid())))
}

impl Kept {
    fn fresh(&self, key: Key) -> Option<Arc<Around>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&key)
            .filter(|(at, _)| at.elapsed() < BELIEVED)
            .map(|(_, around)| around.clone())
    }

    fn keep(&self, key: Key, around: Arc<Around>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (at, _)| at.elapsed() < BELIEVED);
        kept.insert(key, (Instant::now(), around));
    }

    /// Forgets what was read for somebody: they have just written.
    pub fn forget(&self, caller: &Caller) {
        if let Some(account) = caller.account {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.retain(|(whose, _), _| *whose != account.uuid());
        }
    }
}

/// What the frame says to the caller. A page is shown without it rather than not at all.
pub async fn around(app: &App, caller: &Caller) -> Arc<Around> {
    let Some(key) = key(caller) else {
        return Arc::default();
    };
    if let Some(kept) = app.kept().fresh(key) {
        return kept;
    }
    match read(app, caller).await {
        Ok(around) => {
            let around = Arc::new(around);
            app.kept().keep(key, around.clone());
            around
        }
        Err(error) => {
            tracing::warn!(%error, "what waits could not be read");
            Arc::default()
        }
    }
}

async fn read(app: &App, caller: &Caller) -> Result<Around> {
    let mut read = Read::open(app.pool()).await?;
    let today = local_day(app.clock().now(), super::lists::ZONE);
    let mut waiting = Vec::new();
    for blocks in app.domains().iter().filter_map(|domain| domain.waiting) {
        for block in blocks(app, &mut read, caller, today).await? {
            if block.total > 0 {
                waiting.push(Waiting {
                    pressing: block
                        .lines
                        .first()
                        .is_some_and(|line| line.tone == Tone::Bad),
                    title: block.title,
                    total: block.total,
                    href: block.href,
                });
            }
        }
    }
    let choices = choices(&mut read, caller).await?;
    let views = views::seen(&mut read, caller, None).await?;
    Ok(Around {
        waiting,
        choices,
        views,
    })
}

async fn choices(conn: &mut PgConnection, caller: &Caller) -> Result<Vec<Choice>> {
    let seen = caller.scope(SeeDevices::NAME).establishments;
    if seen.len() < 2 {
        return Ok(Vec::new());
    }
    Ok(sqlx::query_as!(
        Choice,
        r#"select id, name from establishment where id = any($1) and closed_on is null order by name collate "fr-x-icu", id"#,
        &seen
    )
    .fetch_all(conn)
    .await?)
}
