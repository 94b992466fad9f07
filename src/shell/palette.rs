//! What the palette (Ctrl+K) offers beside records: the menu and the actions of every domain, to who
//! holds their right. Without scripts it is a page of links.

use askama::Template;
use axum::extract::State;

use crate::accounts::access::Permit;
use crate::accounts::actions::UseVigie;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::platform::web::{Page, Routes, View, filters};
use crate::shell::Domain;

/// A line.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct Offer {
    label: &'static str,
    href: &'static str,
    icon: &'static str,
}

/// What the caller may do and where they may go, for programs.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct OffersResource<'a> {
    #[schema(value_type = Vec<Offer>)]
    actions: &'a [Offer],
    #[schema(value_type = Vec<Offer>)]
    places: &'a [Offer],
}

#[derive(Template)]
#[template(path = "shell/actions.html")]
struct ActionIndex {
    actions: Vec<Offer>,
    places: Vec<Offer>,
}

impl View for ActionIndex {
    fn title(&self) -> String {
        "Actions".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Actions")]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(OffersResource {
            actions: &self.actions,
            places: &self.places,
        })
    }
}

async fn index(State(app): State<App>, permit: Permit<UseVigie>) -> Page {
    let caller = permit.caller();
    let actions = app
        .domains()
        .iter()
        .flat_map(|domain| domain.actions.iter())
        .filter(|entry| {
            if entry.whole_group {
                caller.scope(entry.permission).group
            } else {
                caller.holds(entry.permission)
            }
        })
        .map(|entry| Offer {
            label: entry.label,
            href: entry.href,
            icon: entry.icon,
        })
        .collect();
    let places = app
        .nav()
        .iter()
        .filter(|entry| caller.holds(entry.permission))
        .map(|entry| Offer {
            label: entry.label,
            href: entry.href,
            icon: entry.icon,
        })
        .collect();
    Page::of(ActionIndex { actions, places })
}

/// The palette's offer.
pub fn domain() -> Domain {
    Domain {
        name: "actions",
        routes: Routes::new()
            .get("/actions", index)
            .answers::<OffersResource>(),
        ..Domain::default()
    }
}
