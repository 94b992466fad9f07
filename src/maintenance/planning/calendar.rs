//! A month of what is due and planned.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use chrono::{Datelike, NaiveDate};

use super::month;
use super::queries::{self, DayLine};
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeMaintenance;
use crate::app::App;
use crate::kernel::clock::local_day;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result};
use crate::platform::web::{Page, View, filters};
use crate::shell::lists::ZONE;

/// A day of the month shown.
struct Cell {
    day: NaiveDate,
    number: u32,
    inside: bool,
    today: bool,
    due: i64,
    planned: i64,
}

#[derive(Template)]
#[template(path = "maintenance/planning/month.html")]
struct MonthShow {
    words: String,
    before: String,
    after: String,
    weeks: Vec<Vec<Cell>>,
    days: Vec<DayLine>,
}

impl View for MonthShow {
    fn title(&self) -> String {
        format!("Planning de {}", self.words)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::to("Planification", "/maintenance/planning"),
            Crumb::here(self.words.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "month": self.words, "days": self.days })
    }
}

/// `GET /maintenance/planning/month?month=2026-03`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Page> {
    let today = local_day(app.clock().now(), ZONE);
    let asked = query.get("month").map(String::as_str).unwrap_or_default();
    let first = match asked {
        "" => today.with_day(1).unwrap_or(today),
        text => month::first(text).ok_or_else(|| {
            Error::BadRequest(format!(
                "« {text} » n’est pas un mois : écrivez-le comme 2026-03"
            ))
        })?,
    };
    let weeks = month::weeks(first);
    let (from, to) = (
        weeks
            .first()
            .and_then(|w| w.first())
            .copied()
            .unwrap_or(first),
        weeks
            .last()
            .and_then(|w| w.last())
            .copied()
            .unwrap_or(first),
    );
    let mut read = app.read(&permit).await?;
    let days = queries::by_day(&mut read, permit.sees(), from, to).await?;
    let by_day: HashMap<NaiveDate, (i64, i64)> =
        days.iter().map(|d| (d.on, (d.due, d.planned))).collect();
    let weeks = weeks
        .into_iter()
        .map(|week| {
            week.into_iter()
                .map(|day| {
                    let (due, planned) = by_day.get(&day).copied().unwrap_or_default();
                    Cell {
                        day,
                        number: day.day(),
                        inside: day.month() == first.month(),
                        today: day == today,
                        due,
                        planned,
                    }
                })
                .collect()
        })
        .collect();
    let (before, after) = month::around(first);
    Ok(Page::of(MonthShow {
        words: month::words(first),
        before: month::code(before),
        after: month::code(after),
        weeks,
        days,
    }))
}
