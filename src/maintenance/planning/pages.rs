//! What is due and late by place and by person.

use askama::Template;
use axum::extract::State;
use chrono::{Days, NaiveDate};

use super::queries::{self, PersonLine, PlaceLine};
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeMaintenance;
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::clock::local_day;
use crate::kernel::page::Crumb;
use crate::platform::web::{Page, View, filters};
use crate::shell::lists::ZONE;

#[derive(Template)]
#[template(path = "maintenance/planning/index.html")]
struct Planning {
    places: Vec<PlaceLine>,
    totals: PlaceLine,
    people: Vec<PersonLine>,
    today: NaiveDate,
    yesterday: NaiveDate,
    soon: NaiveDate,
    later: NaiveDate,
}

impl Planning {
    /// The filter of a place.
    fn place(&self, line: &PlaceLine) -> String {
        match line.unit_id {
            Some(id) => format!("&f=unit:is:{id}"),
            None => "&f=unit:empty:".into(),
        }
    }
}

/// All places together.
fn sum(places: &[PlaceLine]) -> PlaceLine {
    let of = |pick: fn(&PlaceLine) -> i64| places.iter().map(pick).sum();
    PlaceLine {
        unit_id: None,
        unit: None,
        late: of(|l| l.late),
        unknown: of(|l| l.unknown),
        soon: of(|l| l.soon),
        later: of(|l| l.later),
        uncovered: of(|l| l.uncovered),
        not_presented: of(|l| l.not_presented),
        total: of(|l| l.total),
    }
}

impl View for Planning {
    fn title(&self) -> String {
        "Planification".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::here("Planification"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "today": self.today, "places": self.places, "people": self.people })
    }
}

/// `GET /maintenance/planning`
pub async fn index(State(app): State<App>, permit: Permit<SeeMaintenance>) -> Result<Page> {
    let today = local_day(app.clock().now(), ZONE);
    let ahead = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
    let (soon, later) = (ahead(30), ahead(90));
    let mut read = app.read(&permit).await?;
    let places = queries::by_place(&mut read, permit.sees(), today, (soon, later)).await?;
    Ok(Page::of(Planning {
        totals: sum(&places),
        places,
        people: queries::by_person(&mut read, permit.sees(), today, soon).await?,
        today,
        yesterday: today.pred_opt().unwrap_or(today),
        soon,
        later,
    }))
}
