//! Help and the page that says what Vigie is. Both are open: they hold nothing of the hospital, and
//! who cannot sign in needs them too.

use askama::Template;
use axum::http::Method;

use crate::kernel::page::Crumb;
use crate::platform::web::reply::Page;
use crate::platform::web::{Routes, View, filters};
use crate::shell::Domain;

/// Where help is, for programs.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct HelpResource {
    page: &'static str,
}

/// What Vigie is, for programs.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct AboutResource {
    name: &'static str,
    version: &'static str,
    licence: &'static str,
}

/// How to use Vigie, on one page.
#[derive(Template)]
#[template(path = "shell/help.html")]
pub struct HelpShow;

impl View for HelpShow {
    fn title(&self) -> String {
        "Aide".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Aide")]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(HelpResource { page: "/help" })
    }
}

/// What Vigie is, its version, its licence, what it keeps.
#[derive(Template)]
#[template(path = "shell/about.html")]
pub struct AboutShow {
    version: &'static str,
}

impl View for AboutShow {
    fn title(&self) -> String {
        "À propos de Vigie".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("À propos de Vigie")]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(AboutResource {
            name: "Vigie",
            version: self.version,
            licence: "AGPL-3.0-or-later",
        })
    }
}

async fn help() -> Page {
    Page::of(HelpShow)
}

async fn about() -> Page {
    Page::of(AboutShow {
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Help and about.
pub fn domain() -> Domain {
    let routes = Routes::new()
        .public(
            Method::GET,
            "/help",
            help,
            "help holds nothing of the hospital",
        )
        .answers::<HelpResource>()
        .public(
            Method::GET,
            "/about",
            about,
            "what Vigie is concerns whoever meets it",
        )
        .answers::<AboutResource>();
    Domain {
        name: "help",
        routes: routes.and(super::openapi::routes()),
        ..Domain::default()
    }
}
