//! The tab « Maintenance » of a device: how it stands, what is due, what was done.

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;

use super::due::api::DeviceMaintenanceResource;
use super::due::{self, DueLine};
use super::interventions::queries::{Brief, of_device};
use super::interventions::returns::way_back;
use super::obligations::model::Standing;
use crate::accounts::access::Permit;
use crate::accounts::actions::{
    Action, ManageTestTools, RequestInterventions, ReturnToService, RunInterventions,
    SeeMaintenance,
};
use crate::app::App;
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{self, DeviceId, standing};
use crate::kernel::Result;
use crate::kernel::page::Crumb;
use crate::platform::web::{Page, Routes, View, filters};

/// The route of this tab.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/maintenance/devices/{id}", show)
        .answers::<DeviceMaintenanceResource>()
}

#[derive(Template)]
#[template(path = "maintenance/devices/show.html")]
struct DeviceMaintenance {
    head: Head,
    verdict: (&'static str, String),
    lines: Vec<DueLine>,
    today: NaiveDate,
    device: DeviceId,
    interventions: Vec<(String, Brief)>,
    may_ask: bool,
    may_run: bool,
    may_return: bool,
    may_measure: bool,
}

impl View for DeviceMaintenance {
    fn title(&self) -> String {
        self.head.title("Maintenance")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Maintenance")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "due": self.lines.iter().map(|line| serde_json::json!({
                "id": line.id, "obligation_id": line.obligation_id, "title": line.title, "kind": line.kind,
                "standing": line.standing(self.today), "is_exempt": line.is_exempt,
                "last_done_on": line.last_done_on, "due_on": line.due_on, "latest_on": line.latest_on,
            })).collect::<Vec<_>>(),
            "interventions": self.interventions.iter().map(|(_, brief)| brief).collect::<Vec<_>>(),
        })
    }
}

fn verdict(lines: &[DueLine], today: NaiveDate) -> (&'static str, String) {
    let count = |wanted: Standing| {
        lines
            .iter()
            .filter(|l| !l.is_exempt && l.standing(today) == wanted)
            .count()
    };
    if lines.is_empty() {
        return (
            "plain",
            "Aucune obligation n’est définie pour ce modèle.".into(),
        );
    }
    let (late, unknown, due) = (
        count(Standing::Late),
        count(Standing::Unknown),
        count(Standing::Due),
    );
    let mut parts = Vec::new();
    if late > 0 {
        parts.push(format!("{late} en retard"));
    }
    if unknown > 0 {
        parts.push(format!(
            "{unknown} indéterminée{}",
            if unknown > 1 { "s" } else { "" }
        ));
    }
    if due > 0 {
        parts.push(format!("{due} à faire"));
    }
    match (late, unknown, due) {
        (0, 0, 0) => ("good", "Toutes les obligations sont à jour.".into()),
        (0, 0, _) => ("watch", format!("Obligations : {}.", parts.join(", "))),
        (0, _, _) => ("unknown", format!("Obligations : {}.", parts.join(", "))),
        _ => ("bad", format!("Obligations : {}.", parts.join(", "))),
    }
}

/// `GET /maintenance/devices/{id}`
async fn show(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    Path(id): Path<DeviceId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = devices::find(&mut read, permit.sees(), id).await?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Maintenance");
    let lines = due::queries::of_device(&mut read, id).await?;
    let zone = standing::zone(&device);
    let interventions = of_device(&mut read, id, 50)
        .await?
        .into_iter()
        .map(|brief| {
            let asked = crate::kernel::clock::local_day(brief.requested_at, zone);
            (crate::kernel::date::short(asked), brief)
        })
        .collect();
    let over = |name: &str| {
        device.annulled_at.is_none() && devices::reaches(permit.caller(), name, &device)
    };
    Ok(Page::of(DeviceMaintenance {
        device: id,
        interventions,
        may_ask: over(RequestInterventions::NAME),
        may_run: over(RunInterventions::NAME),
        may_return: over(ReturnToService::NAME) && way_back(device.state).is_some(),
        may_measure: over(ManageTestTools::NAME),
        head,
        verdict: verdict(&lines, today),
        lines,
        today,
    }))
}
