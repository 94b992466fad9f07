//! The list of devices.

use askama::Template;
use axum::extract::{RawQuery, State};

use crate::accounts::access::Permit;
use crate::accounts::actions::{
    Action, EditDevices, ImportDevices, PrintLabels, RegisterDevices, SeeDevices,
};
use crate::app::App;
use crate::inventory::custom_fields;
use crate::kernel::Result;
use crate::kernel::page::Crumb;
use crate::platform::db::list::{ListPage, encode};
use crate::platform::web::{View, filters};
use crate::shell::lists::{self, Listed};
use crate::shell::waiting;

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
    let caller = permit.caller();
    let may_register = caller.holds(RegisterDevices::NAME);
    let may_import = caller.holds(ImportDevices::NAME);
    let may_print = caller.holds(PrintLabels::NAME);
    let may_correct = caller.holds(EditDevices::NAME);
    // Read before the snapshot opens, then remembered: a request never holds two connections.
    waiting::around(&app, caller).await;
    let mut read = app.read(&permit).await?;
    let spec = custom_fields::lists::of(&mut read, permit.sees()).await?;
    lists::index_in(&app, &permit, read, spec, raw.as_deref(), |mut list| {
        // Beside the files of the list, labels for all that it names: their format is chosen next.
        if may_print && list.as_of.is_none() {
            let href = format!("/inventory/labels/new?list={}", encode(&list.state));
            list.exports.push(("Étiquettes à coller…", href));
        }
        list.bulk = (may_correct && list.as_of.is_none()).then_some("/inventory/corrections/new");
        DeviceIndex {
            list,
            may_register,
            may_import,
        }
    })
    .await
}
