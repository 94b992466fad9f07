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
use crate::platform::web::{View, filters};
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
    let whole = permit.sees().group;
    lists::index(&app, &permit, &READS, raw.as_deref(), |list| Reads {
        list,
        whole,
    })
    .await
}
