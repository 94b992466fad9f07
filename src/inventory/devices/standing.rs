//! What a device's page and its transitions look at together: its seven items, its obligation, its guards.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::lifecycle::{self, StageView};
use super::model::{self, Criticality, Item, ItemState};
use super::queries::Surroundings;
use super::{Device, queries};
use crate::inventory::catalogue::Obligation;
use crate::inventory::states::{Facts, State, pending_holds};
use crate::kernel::Result;
use crate::rules::texts::{Purpose, Rule};

/// A device weighed.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The seven items of art. R.5212-28 1° CSP.
    pub items: Vec<ItemState>,
    /// Whether maintenance is a duty, and why.
    pub obligation: Obligation,
    /// What the guards look at.
    pub facts: Facts,
    /// The states it went through in Vigie.
    pub visited: Vec<State>,
    /// Hours during which an entry may be annulled, by rule `vigie.annulation`.
    pub annulment_hours: i64,
    /// What else hangs on it.
    pub around: Surroundings,
}

impl Standing {
    /// The five stages.
    pub fn frieze(&self, device: &Device) -> Vec<StageView> {
        lifecycle::frieze(
            device.state,
            &self.visited,
            device.taken_over,
            &self.items,
            &self.facts,
        )
    }
}

/// Weighs a device from its record and what surrounds it.
pub async fn of(conn: &mut PgConnection, device: &Device, day: NaiveDate) -> Result<Standing> {
    let around = queries::surroundings(conn, device.id).await?;
    let rules = queries::rules(conn, &[Purpose::MaintenanceObligation, Purpose::Lifecycle]).await?;
    let (weighing, lifecycle): (Vec<_>, Vec<_>) = rules
        .into_iter()
        .partition(|rule| rule.purpose == Purpose::MaintenanceObligation);
    let obligation = queries::obligation(device, &weighing, day);
    let items = items(device, &around.justified);
    let facts = Facts {
        serial_settled: device.serial_number.is_some() || device.serial_unknown_reason.is_some(),
        items_complete: items.iter().all(|item| !item.is_missing()),
        may_be_listed: obligation.may_be_listed(),
        connected: device.is_connected,
        ionising: device.model_is_ionising,
        stores_data: stores_data(device),
        critical_to_care: matches!(
            device.care_criticality,
            Some(Criticality::High | Criticality::Vital)
        ),
        on_loan: around.on_loan,
        holds: pending_holds(&around.visited),
        proofs: super::commands::proofs_given(conn, device.id)
            .await?
            .into_iter()
            .collect(),
    };
    Ok(Standing {
        items,
        obligation,
        facts,
        visited: around.visited.clone(),
        annulment_hours: hours(&lifecycle),
        around,
    })
}

/// Keeps data here or elsewhere: yes as soon as one says so, no only when both are said.
fn stores_data(device: &Device) -> Option<bool> {
    match (device.stores_data_locally, device.stores_data_remotely) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// The seven items of a device.
pub fn items(device: &Device, justified: &[(Item, String)]) -> Vec<ItemState> {
    let place = place_words(device);
    let first_service = device.first_service_date.map(crate::kernel::date::short);
    model::items(
        |item| match item {
            Item::CommonName => device.common_name.as_deref(),
            Item::TradeName => device.trade_name.as_deref(),
            Item::Manufacturer => device.manufacturer_name.as_deref(),
            Item::Supplier => device.supplier_name.as_deref(),
            Item::SerialNumber => device.serial_number.as_deref(),
            Item::Location => place.as_deref(),
            Item::FirstServiceDate => first_service.as_deref(),
        },
        |item| match item {
            Item::SerialNumber => device.serial_unknown_reason.as_deref(),
            Item::FirstServiceDate => device.first_service_date_text.as_deref(),
            _ => None,
        },
        |item| {
            justified
                .iter()
                .find(|(what, _)| *what == item)
                .map(|(_, reason)| reason.as_str())
        },
    )
}

/// « Réanimation médicale, B-214 », or nothing when nobody knows.
pub fn place_words(device: &Device) -> Option<String> {
    let parts: Vec<&str> = [&device.unit_name, &device.room_name, &device.place_detail]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Hours during which an entry may be annulled, by rule `vigie.annulation`.
pub async fn annulment_hours(conn: &mut PgConnection) -> Result<i64> {
    Ok(hours(&queries::rules(conn, &[Purpose::Lifecycle]).await?))
}

fn hours(rules: &[Rule]) -> i64 {
    rules
        .iter()
        .filter(|rule| rule.code == "vigie.annulation")
        .filter_map(|rule| {
            rule.parameters
                .get("hours")
                .and_then(serde_json::Value::as_i64)
        })
        .next_back()
        .unwrap_or(24)
}

/// A day where the device is.
pub fn local_day(device: &Device, now: chrono::DateTime<chrono::Utc>) -> NaiveDate {
    crate::kernel::clock::local_day(now, zone(device))
}

/// The time zone of its establishment.
pub fn zone(device: &Device) -> chrono_tz::Tz {
    device.time_zone.parse().unwrap_or(chrono_tz::Europe::Paris)
}
