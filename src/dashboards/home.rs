//! The home page.

use askama::Template;
use axum::extract::State;

use super::blocks;
use super::queries;
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, SeeDevices, UseVigie};
use crate::app::App;
use crate::kernel::Result;
use crate::platform::web::{Page, Routes, View, filters};
use crate::shell::domain::{Domain, HomeBlock};

/// A bar of a figure.
#[derive(serde::Serialize)]
pub struct Bar {
    /// What it measures.
    pub label: String,
    /// How much.
    pub value: i64,
    /// The rows behind it, or empty.
    pub href: String,
    /// Its meaning.
    pub tone: &'static str,
}

/// A figure: a number that opens its rows.
#[derive(serde::Serialize)]
pub struct Figure {
    /// As read: `12 481`, `91 %`.
    pub value: String,
    /// What it counts.
    pub label: &'static str,
    /// Its rows.
    pub href: &'static str,
    /// Where it comes from, if a plot says it.
    pub bars: Vec<Bar>,
    /// The longest bar, at least 1.
    pub max: i64,
}

/// What waits for me, then how are we.
#[derive(Template, serde::Serialize)]
#[template(path = "dashboards/home.html")]
pub struct HomeShow {
    blocks: Vec<HomeBlock>,
    figures: Vec<Figure>,
}

impl View for HomeShow {
    fn title(&self) -> String {
        "Accueil".to_owned()
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// The home page and its place in the menu.
pub fn domain() -> Domain {
    Domain { name: "", routes: Routes::new().get("/", show), ..Domain::default() }
}
