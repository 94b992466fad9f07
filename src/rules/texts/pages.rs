//! The legal rules on the screen: what each says in our words, where it comes from, its standing.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use uuid::Uuid;

use super::api::TextResource;
use super::list::RULES;
use super::queries::{self, Text};
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeRules;
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::page::Crumb;
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Page, View, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "rules/texts/index.html")]
struct TextIndex {
    list: ListPage,
}

impl View for TextIndex {
    fn title(&self) -> String {
        "Textes appliqués".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Textes appliqués")]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists the rules, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeRules>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    lists::index(&app, &permit, &RULES, raw.as_deref(), |list| TextIndex {
        list,
    })
    .await
}

#[derive(Template)]
#[template(path = "rules/texts/show.html")]
struct TextShow {
    text: Text,
    editions: Vec<(Uuid, i32, &'static str)>,
    parameters: Option<String>,
    position: Option<Position>,
}

impl View for TextShow {
    fn title(&self) -> String {
        self.text.title.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Textes appliqués", "/rules/texts"),
            Crumb::here(self.text.title.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(TextResource::from(&self.text))
    }
}

/// Shows a rule and its other editions.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeRules>,
    Path(id): Path<Uuid>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let text = queries::find(&mut read, id).await?;
    let editions = queries::editions(&mut read, &text.code).await?;
    let position = lists::position(&mut read, &RULES, raw.as_deref(), permit.sees(), id).await?;
    let parameters = text
        .parameters
        .as_object()
        .filter(|o| !o.is_empty())
        .and_then(|o| serde_json::to_string_pretty(o).ok());
    Ok(Page::of(TextShow {
        text,
        editions,
        parameters,
        position,
    }))
}
