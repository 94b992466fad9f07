//! The history of one object: who, when, what changed, why.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::api::HistoryResource;
use super::queries::{self, AT_ONCE, Written};
use super::words::{self, Change, Reader};
use crate::accounts::access::{Caller, Permit};
use crate::accounts::actions::SeeHistory;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result, date};
use crate::platform::db::Read;
use crate::platform::web::{Page, Routes, View, filters};
use crate::shell::lists::ZONE;

/// Objects named on one page, at most.
const MOST_NAMES: usize = 100;

/// The routes of histories.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/audit/subjects/{id}", show)
        .answers::<HistoryResource>()
}

/// One row written, in words.
pub struct Deed {
    /// What kind of row.
    pub what: String,
    /// Created, changed, deleted.
    pub operation: &'static str,
    /// What changed.
    pub changes: Vec<Change>,
}

/// What one request did.
pub(super) struct Act {
    /// What the timeline says, or what was written.
    pub(super) title: String,
    pub(super) who: String,
    when: String,
    pub(super) at: DateTime<Utc>,
    pub(super) why: Option<String>,
    pub(super) deeds: Vec<Deed>,
}

impl Act {
    fn instant(&self) -> String {
        self.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }
}

#[derive(Template)]
#[template(path = "audit/history.html")]
struct History {
    title: String,
    href: String,
    acts: Vec<Act>,
    newest: Option<String>,
    older: Option<String>,
}

impl View for History {
    fn title(&self) -> String {
        format!("Historique : {}", self.title)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to(self.title.clone(), self.href.clone()),
            Crumb::here("Historique"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(HistoryResource {
            subject: &self.title,
            href: &self.href,
            acts: self.acts.iter().map(Into::into).collect(),
            next: self.older.as_deref(),
        })
    }
}

/// The names of the objects that rows point to, as far as the caller sees them.
pub async fn named(
    app: &App,
    read: &mut Read,
    caller: &Caller,
    rows: &[Written],
) -> Result<HashMap<Uuid, String>> {
    let mut wanted: Vec<(&'static str, Uuid)> = Vec::new();
    for side in rows
        .iter()
        .flat_map(|row| [&row.before, &row.after])
        .flatten()
    {
        for (field, value) in side.as_object().into_iter().flatten() {
            if let Some(kind) = words::names(field)
                && let Some(id) = value.as_str().and_then(|text| text.parse().ok())
                && !wanted.contains(&(kind, id))
                && wanted.len() < MOST_NAMES
            {
                wanted.push((kind, id));
            }
        }
    }
    let mut names = HashMap::with_capacity(wanted.len());
    for (kind, id) in wanted {
        match app.subject(read, caller, kind, id).await {
            Ok(found) => {
                names.insert(id, found.title);
            }
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(names)
}

/// One row in words.
pub fn deed(reader: &Reader<'_>, row: &Written) -> Deed {
    Deed {
        what: words::table(&row.table_name).to_owned(),
        operation: match row.operation.as_str() {
            "insert" => "création",
            "delete" => "suppression",
            _ => "modification",
        },
        changes: reader.changes(&row.table_name, row.before.as_ref(), row.after.as_ref()),
    }
}

fn acts(reader: &Reader<'_>, rows: &[Written], sentences: &[(Uuid, String)]) -> Vec<Act> {
    let mut acts: Vec<(Option<Uuid>, Act)> = Vec::new();
    for row in rows {
        let same = |(request, act): &&mut (Option<Uuid>, Act)| {
            *request == row.request_id && act.at == row.at
        };
        if let Some((_, act)) = acts.last_mut().as_mut().filter(|last| same(last)) {
            act.deeds.push(deed(reader, row));
            continue;
        }
        let said: Vec<&str> = sentences
            .iter()
            .filter(|(request, _)| Some(*request) == row.request_id)
            .map(|(_, text)| text.as_str())
            .collect();
        let deed = deed(reader, row);
        let title = match said.is_empty() {
            false => said.join(" · "),
            true => format!("{} : {}", deed.what, deed.operation),
        };
        let act = Act {
            title,
            who: row.actor_label.clone(),
            when: date::instant(row.at, ZONE),
            at: row.at,
            why: row.reason.clone(),
            deeds: vec![deed],
        };
        acts.push((row.request_id, act));
    }
    acts.into_iter().map(|(_, act)| act).collect()
}

async fn show(
    State(app): State<App>,
    permit: Permit<SeeHistory>,
    Path(id): Path<Uuid>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let before = raw
        .as_deref()
        .and_then(|raw| raw.strip_prefix("before="))
        .and_then(|text| text.parse::<i64>().ok());
    let mut read = app.read(&permit).await?;
    let kind = queries::kind_of(&mut read, id).await?;
    let subject = app.subject_under(&mut read, &permit, &kind, id).await?;
    let rows = queries::of_subject(&mut read, id, before).await?;
    let mut requests: Vec<Uuid> = rows.iter().filter_map(|row| row.request_id).collect();
    requests.dedup();
    let sentences = queries::sentences(&mut read, id, &requests).await?;
    let named = named(&app, &mut read, permit.caller(), &rows).await?;
    let lists = app.lists();
    let reader = Reader {
        lists: &lists,
        named: &named,
    };
    let here = format!("/audit/subjects/{id}");
    let full = rows.len() as i64 == AT_ONCE;
    Ok(Page::of(History {
        title: subject.title,
        href: subject.href,
        acts: acts(&reader, &rows, &sentences),
        older: rows
            .last()
            .filter(|_| full)
            .map(|row| format!("{here}?before={}", row.id)),
        newest: before.map(|_| here),
    }))
}
