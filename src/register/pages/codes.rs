//! The code printed on a paper, and the daily heads: is this paper of our register?

use askama::Template;
use axum::extract::{Query, State};
use chrono_tz::Europe::Paris;
use serde::Deserialize;

use crate::accounts::access::Permit;
use crate::accounts::actions::SeeRegister;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Result, date};
use crate::platform::web::{Page, View, filters};
use crate::register::model::canonical::{code, hex, unhex};
use crate::register::queries::{self, Day, Found};

#[derive(Template)]
#[template(path = "register/codes.html")]
struct Codes {
    typed: String,
    wrong: bool,
    found: Option<Found>,
    days: Vec<Day>,
}

impl Codes {
    fn when(&self, at: &chrono::DateTime<chrono::Utc>) -> String {
        date::instant(*at, Paris)
    }

    fn hash(&self, day: &Day) -> String {
        hex(&day.hash)
    }

    fn code(&self, found: &Found) -> String {
        code(&found.hash)
    }
}

impl View for Codes {
    fn title(&self) -> String {
        "Codes et têtes du registre".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Registre", "/register/lines"),
            Crumb::here("Codes et têtes"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "found": self.found.as_ref().map(|f| serde_json::json!({
                "line_id": f.id, "device_id": f.device_id, "inventory_number": f.inventory_number, "number": f.number,
                "recorded_at": f.recorded_at, "line_count": f.line_count, "hash": hex(&f.hash),
            })),
            "days": self.days.iter().map(|d| serde_json::json!({
                "block": d.id, "day": d.day, "sealed_at": d.sealed_at, "registers": d.device_count, "lines": d.line_count, "hash": hex(&d.hash),
            })).collect::<Vec<_>>(),
        })
    }
}

/// The code that was read on a paper.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    code: String,
}

/// `GET /register/codes`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Query(asked): Query<Asked>,
) -> Result<Page> {
    let typed = asked.code.trim().to_uppercase();
    let digits: String = typed.chars().filter(|c| c.is_ascii_hexdigit()).collect();
    let start = unhex(&digits).filter(|bytes| bytes.len() == 8);
    let mut read = app.read(&permit).await?;
    let found = match &start {
        Some(start) => queries::by_code(&mut read, permit.sees(), start).await?,
        None => None,
    };
    let days = queries::days(&mut read, 60).await?;
    Ok(Page::of(Codes {
        wrong: !typed.is_empty() && start.is_none(),
        typed,
        found,
        days,
    }))
}
