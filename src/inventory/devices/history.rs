//! The history of a device: what happened in the words of the trade, and every value that changed.

use askama::Template;
use axum::extract::{Path, State};
use serde_json::Value;

use super::api;
use super::pages::{Head, Line};
use super::queries::Change;
use super::{DeviceId, find, queries, standing};
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeHistory;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Result, date};
use crate::platform::web::{Page, View, filters};

/// The most lines of each kind on a page.
const MOST: i64 = 500;

/// A row that changed, as it is read.
pub struct ChangeLine {
    when: String,
    who: String,
    why: String,
    what: &'static str,
    values: Vec<(String, String, String)>,
}

/// The history.
#[derive(Template)]
#[template(path = "inventory/devices/history.html")]
pub struct DeviceHistory {
    head: Head,
    timeline: Vec<Line>,
    changes: Vec<ChangeLine>,
    resource: Value,
}

impl View for DeviceHistory {
    fn title(&self) -> String {
        self.head.title("Historique")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Historique")
    }

    fn resource(&self) -> Value {
        self.resource.clone()
    }
}

/// `GET /inventory/devices/{id}/history`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeHistory>,
    Path(id): Path<DeviceId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Historique");
    let zone = standing::zone(&device);
    let happenings = queries::timeline(&mut read, id, MOST).await?;
    let changes = queries::changes(&mut read, id, MOST).await?;
    let resource = serde_json::json!(api::DeviceHistoryResource {
        events: happenings.iter().map(Into::into).collect(),
        changes: changes.iter().map(Into::into).collect(),
    });
    Ok(Page::of(DeviceHistory {
        head,
        timeline: happenings.into_iter().map(|h| Line::of(h, zone)).collect(),
        changes: changes.into_iter().map(|c| line(c, zone)).collect(),
        resource,
    }))
}

fn line(change: Change, zone: chrono_tz::Tz) -> ChangeLine {
    let what = match change.table_name.as_str() {
        "device" => "Fiche",
        "device_identifier" => "Identifiant",
        "device_interface" => "Interface réseau",
        "device_software" => "Logiciel installé",
        "device_state_change" => "Changement d’état",
        "device_movement" => "Mouvement",
        "device_loan" => "Prêt",
        "device_item_justification" => "Mention justifiée",
        "device_fact" => "Fait d’un autre domaine",
        "document" => "Document",
        _ => "Autre",
    };
    let words = |side: &Option<Value>, key: &str| {
        side.as_ref()
            .and_then(|values| values.get(key))
            .map_or_else(String::new, |value| match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Bool(yes) => if *yes { "oui" } else { "non" }.to_owned(),
                other => other.to_string(),
            })
    };
    let mut keys: Vec<String> = [&change.before, &change.after]
        .into_iter()
        .filter_map(|side| side.as_ref().and_then(Value::as_object))
        .flat_map(|values| values.keys().cloned())
        .filter(|key| !matches!(key.as_str(), "id" | "device_id" | "version" | "udi_raw"))
        .collect();
    keys.sort();
    keys.dedup();
    ChangeLine {
        when: date::instant(change.at, zone),
        who: change.actor.clone(),
        why: change.reason.clone().unwrap_or_default(),
        what,
        values: keys
            .into_iter()
            .map(|key| {
                (
                    key.clone(),
                    words(&change.before, &key),
                    words(&change.after, &key),
                )
            })
            .collect(),
    }
}
