//! Backups on the screen: the list, the age of the last one, the order of another.

use askama::Template;
use axum::extract::{RawQuery, State};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::list::BACKUPS;
use super::model::{DANGEROUS, LATE, age};
use super::{commands, jobs, queries};
use crate::accounts::access::{Caller, Permit, Place};
use crate::accounts::actions::{Action, MakeBackups, SeeBackups};
use crate::app::App;
use crate::kernel::clock::local_day;
use crate::kernel::page::{Crumb, Tone};
use crate::kernel::{Result, date};
use crate::platform::db::list::ListPage;
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved, View, filters};
use crate::shell::domain::{Boxed, HomeBlock, HomeLine};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "admin/backups/index.html")]
struct BackupIndex {
    list: ListPage,
    standing: Standing,
    folder: String,
    hour: Option<String>,
    keep: usize,
    is_encrypted: bool,
    is_demo: bool,
    may_make: bool,
}

impl View for BackupIndex {
    fn title(&self) -> String {
        "Sauvegardes".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Sauvegardes")]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists backups, or exports the list.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeBackups>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let mut read = app.read(&permit).await?;
    let standing = Standing::at(&mut read, app.clock().now()).await?;
    drop(read);
    let settings = app.backups();
    let may_make = permit.caller().scope(MakeBackups::NAME).group;
    let is_demo = app.instance().is_demo;
    lists::index(&app, &permit, &BACKUPS, raw.as_deref(), |list| {
        BackupIndex {
            list,
            standing,
            folder: settings.folder.display().to_string(),
            hour: settings.at.map(|at| at.format("%Hh%M").to_string()),
            keep: settings.keep,
            is_encrypted: settings.recipient.is_some(),
            is_demo,
            may_make,
        }
    })
    .await
}

/// Orders a backup now.
pub async fn create(
    State(app): State<App>,
    permit: Permit<MakeBackups>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let covered = permit.over(&Place::SHARED)?;
    let event = commands::order(&mut tx, covered, jobs::KIND).await?;
    tx.commit(event, "/admin/backups").await
}

/// How the last backup stands.
pub struct Standing {
    /// How pressing.
    pub tone: Tone,
    /// In words: how old it is, or that there is none.
    pub text: String,
    /// Why the last try failed, where it did.
    pub failure: Option<String>,
}

impl Standing {
    /// Where the base stands; `aged` judges and tells the age of a backup.
    pub async fn of(
        conn: &mut PgConnection,
        aged: impl Fn(DateTime<Utc>) -> (Tone, String),
    ) -> Result<Self> {
        let made = queries::maybe_last(conn, true).await?;
        let tried = queries::maybe_last(conn, false).await?;
        let failure = tried
            .filter(|tried| {
                made.as_ref()
                    .is_none_or(|made| made.started_at < tried.started_at)
            })
            .and_then(|tried| tried.error);
        let (tone, text) = match &made {
            None => (Tone::Bad, "Aucune sauvegarde n’a été faite".to_owned()),
            Some(made) => {
                let (tone, old) = aged(made.started_at);
                let short = failure.is_some() || made.missing_count > 0;
                let tone = if tone == Tone::Good && short {
                    Tone::Watch
                } else {
                    tone
                };
                (tone, format!("Dernière sauvegarde {old}"))
            }
        };
        Ok(Self {
            tone,
            text,
            failure,
        })
    }

    /// Where the base stands at an instant.
    pub async fn at(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Self> {
        Self::of(conn, |made| {
            let old = now - made;
            let tone = match old {
                old if old > DANGEROUS => Tone::Bad,
                old if old > LATE => Tone::Watch,
                _ => Tone::Good,
            };
            (tone, age(old))
        })
        .await
    }
}

/// The age of the last backup, on the administrator's home page.
pub fn home_block<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let mut block = HomeBlock {
            title: "Sauvegardes".to_owned(),
            lines: vec![],
            total: 0,
            href: "/admin/backups".to_owned(),
            empty: "",
        };
        if !caller.scope(SeeBackups::NAME).group {
            return Ok(block);
        }
        let standing = Standing::of(conn, |made| {
            let day = local_day(made, chrono_tz::Europe::Paris);
            let tone = match (today - day).num_days() {
                ..=1 => Tone::Good,
                2..=7 => Tone::Watch,
                _ => Tone::Bad,
            };
            (tone, date::relative(day, today))
        })
        .await?;
        block.total = i64::from(standing.tone != Tone::Good);
        let note = match standing.failure {
            Some(why) => format!("Le dernier essai a échoué : {why}"),
            None => "base et fichiers joints".to_owned(),
        };
        block.lines.push(HomeLine {
            label: standing.text,
            note,
            href: "/admin/backups".to_owned(),
            tone: standing.tone,
        });
        Ok(block)
    })
}
