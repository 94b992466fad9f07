//! Models proposed while one types.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::queries::{self, Alike};
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeCatalogue;
use crate::app::App;
use crate::kernel::Result;
use crate::platform::web::reply::Frame;
use crate::platform::web::{Page, View};
use crate::shell::suggestions::SuggestionsResource;

/// What was typed so far.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// At most twenty proposals.
#[derive(Template)]
#[template(path = "inventory/models/suggestions.html")]
pub struct Suggestions {
    found: Vec<Alike>,
}

impl View for Suggestions {
    fn title(&self) -> String {
        "Propositions".into()
    }
    fn frame(&self) -> Frame {
        Frame::Part
    }
    fn resource(&self) -> serde_json::Value {
        SuggestionsResource::of(self.found.iter().map(|found| {
            (
                found.id.into(),
                found.label.clone(),
                found.reference.clone(),
            )
        }))
    }
}

pub(super) async fn index(
    State(app): State<App>,
    permit: Permit<SeeCatalogue>,
    Query(asked): Query<Asked>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    Ok(Page::of(Suggestions {
        found: queries::suggestions(&mut read, asked.q.trim()).await?,
    }))
}
