//! The list of devices.

use askama::Template;
use axum::extract::{RawQuery, State};

use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, ImportDevices, PrintLabels, RegisterDevices, SeeDevices};
use crate::app::App;
use crate::inventory::devices::DEVICES;
use crate::kernel::Result;
use crate::kernel::page::Crumb;
use crate::platform::db::list::{At, ListPage, ListQuery, encode};
use crate::platform::web::{Page, View, filters};
use crate::shell::lists::{self, Listed};

/// The list.
#[derive(Template)]
#[template(path = "inventory/devices/index.html")]
pub struct DeviceIndex {
    list: ListPage,
    may_register: bool,
    may_import: bool,
}

impl View for DeviceIndex {
    fn title(&self) -> String {
        "Équipements".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Équipements")]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// `GET /inventory/devices`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    if let Some(file) = lists::export(&app, &permit, &DEVICES, raw.as_deref()).await? {
        return Ok(Listed::File(file));
    }
    let mut read = lists::open(&app, &permit, &DEVICES, raw.as_deref()).await?;
    let mut list = lists::page(&mut read, &DEVICES, raw.as_deref(), &permit).await?;
    let caller = permit.caller();
    let may_register = caller.holds(RegisterDevices::NAME);
    let may_import = caller.holds(ImportDevices::NAME);
    // Beside the files of the list, labels for all that it names: their format is chosen next.
    if caller.holds(PrintLabels::NAME) && list.as_of.is_none() {
        let all = ListQuery::parse(raw.as_deref().unwrap_or_default(), &DEVICES).at(At::Start);
        let href = format!("/inventory/labels/new?list={}", encode(&all.to_query()));
        list.exports.push(("Étiquettes à coller…", href));
    }
    Ok(Listed::Page(Page::of(DeviceIndex {
        list,
        may_register,
        may_import,
    })))
}
