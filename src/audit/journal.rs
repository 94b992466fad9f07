//! The journal of everything written, and one of its rows.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use uuid::Uuid;

use super::api::WrittenResource;
use super::history::{Deed, deed, named};
use super::queries::{self, JOURNAL, Written};
use super::words::Reader;
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeAudit;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result, date};
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Page, Routes, View, filters};
use crate::shell::lists::{self, Listed, ZONE};

/// The routes of the journal.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/audit/rows", index)
        .lists(&JOURNAL)
        .get("/audit/rows/{id}", show)
        .answers::<WrittenResource>()
}

#[derive(Template)]
#[template(path = "audit/journal.html")]
struct Journal {
    list: ListPage,
}

impl View for Journal {
    fn title(&self) -> String {
        "Journal".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Journal")]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

async fn index(
    State(app): State<App>,
    permit: Permit<SeeAudit>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    lists::index(&app, &permit, &JOURNAL, raw.as_deref(), |list| Journal {
        list,
    })
    .await
}

#[derive(Template)]
#[template(path = "audit/row.html")]
struct Row {
    row: Written,
    deed: Deed,
    when: String,
    position: Option<Position>,
    /// The history of its object, when it has one that the caller may read.
    history: Option<Uuid>,
}

impl View for Row {
    fn title(&self) -> String {
        format!("Journal, ligne {}", self.row.id)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Journal", "/audit/rows"),
            Crumb::here(format!("Ligne {}", self.row.id)),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(WrittenResource::from(&self.row))
    }
}

async fn show(
    State(app): State<App>,
    permit: Permit<SeeAudit>,
    Path(id): Path<i64>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let row = queries::find(&mut read, permit.sees(), id).await?;
    let position = lists::position(&mut read, &JOURNAL, raw.as_deref(), permit.sees(), id).await?;
    let named = named(&app, &mut read, permit.caller(), std::slice::from_ref(&row)).await?;
    let lists = app.lists();
    let deed = deed(
        &Reader {
            lists: &lists,
            named: &named,
        },
        &row,
    );
    let mut history = None;
    if let Some(subject) = row.subject_id {
        let kind = queries::kind_of(&mut read, subject).await?;
        history = match app
            .subject(&mut read, permit.caller(), &kind, subject)
            .await
        {
            Ok(_) => Some(subject),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(Page::of(Row {
        history,
        when: date::instant(row.at, ZONE),
        deed,
        row,
        position,
    }))
}
