//! The registers of a unit, and of a family: the devices that share a common name.

use askama::Template;
use axum::extract::{Path, State};
use uuid::Uuid;

use crate::accounts::UnitId;
use crate::accounts::access::Permit;
use crate::accounts::actions::{ExportLists, SeeRegister};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Result, date};
use crate::platform::web::{Page, View, filters};
use crate::register::queries::{self, Group, Row};

/// Registers on a page: more is for the list of lines and its filters.
pub(super) const MOST: i64 = 500;

#[derive(Template)]
#[template(path = "register/group.html")]
struct GroupShow {
    title: String,
    sub: &'static str,
    rows: Vec<Row>,
    more: bool,
    empty: usize,
    here: String,
    lines_href: String,
    may_export: bool,
}

impl GroupShow {
    fn day(&self, row: &Row) -> String {
        row.done_on.map(date::short).unwrap_or_default()
    }

    fn tone(&self, row: &Row) -> &'static str {
        row.conformity.map_or("unknown", |c| c.tone().code())
    }

    fn conformity(&self, row: &Row) -> &'static str {
        row.conformity.map_or("non renseignée", |c| c.label())
    }
}

impl View for GroupShow {
    fn title(&self) -> String {
        format!("Registre · {}", self.title)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Registre", "/register/lines"),
            Crumb::here(self.title.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "title": self.title, "more": self.more, "registers": self.rows.iter().map(|r| serde_json::json!({
            "device_id": r.device_id, "inventory_number": r.inventory_number, "name": r.name, "serial_number": r.serial_number,
            "unit": r.unit, "line_count": r.line_count, "last_kind": r.kind, "last_done_on": r.done_on, "last_conformity": r.conformity,
        })).collect::<Vec<_>>() })
    }
}

async fn group(
    app: &App,
    permit: &Permit<SeeRegister>,
    group: Group,
    here: String,
) -> Result<Page> {
    let mut read = app.read(permit).await?;
    let (title, sub, filter) = match group {
        Group::Unit(id) => (
            queries::unit_name(&mut read, permit.sees(), id).await?,
            "Les registres des équipements de l’unité.",
            format!("unit:is:{id}"),
        ),
        Group::Family(id) => (
            queries::family_name(&mut read, id).await?,
            "Les registres des équipements de même dénomination commune.",
            format!("model:is:{id}"),
        ),
    };
    let mut rows = queries::registers(&mut read, permit.sees(), group, MOST + 1).await?;
    let more = rows.len() > usize::try_from(MOST).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let empty = rows.iter().filter(|r| r.line_count == 0).count();
    Ok(Page::of(GroupShow {
        title,
        sub,
        rows,
        more,
        empty,
        here,
        lines_href: format!("/register/lines?f={filter}"),
        may_export: permit
            .caller()
            .holds(<ExportLists as crate::accounts::actions::Action>::NAME),
    }))
}

/// `GET /register/units/{id}`
pub async fn unit(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Path(id): Path<UnitId>,
) -> Result<Page> {
    group(
        &app,
        &permit,
        Group::Unit(id),
        format!("/register/units/{id}"),
    )
    .await
}

/// `GET /register/families/{id}`: the family of a model.
pub async fn family(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Path(id): Path<Uuid>,
) -> Result<Page> {
    group(
        &app,
        &permit,
        Group::Family(id),
        format!("/register/families/{id}"),
    )
    .await
}
