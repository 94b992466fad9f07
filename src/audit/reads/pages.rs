//! The page of logged reads.

use askama::Template;
use axum::extract::{RawQuery, State};

use super::READS;
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeAudit;
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::page::Crumb;
use crate::platform::db::list::ListPage;
use crate::platform::web::{Page, View, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "audit/reads.html")]
struct Reads {
    list: ListPage,
    whole: bool,
}

impl View for Reads {
    fn title(&self) -> String {
        "Lectures tracées".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Journal", "/audit/rows"),
            Crumb::here("Lectures tracées"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists logged reads, or exports them, which is a read itself.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeAudit>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    if let Some(file) = lists::export(&app, &permit, &READS, raw.as_deref()).await? {
        return Ok(Listed::File(file));
    }
    let mut read = app.read(&permit).await?;
    let list = lists::page(&mut read, &READS, raw.as_deref(), permit.sees()).await?;
    Ok(Listed::Page(Page::of(Reads {
        list,
        whole: permit.sees().group,
    })))
}
