//! Organisations proposed while one types, for choices in forms and filters.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::model::OrganisationRole;
use super::queries::{self, Alike};
use crate::accounts::access::Permit;
use crate::accounts::actions::SeeParties;
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
    role: String,
}

/// At most twenty proposals.
#[derive(Template)]
#[template(path = "parties/organisations/suggestions.html")]
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
            let hint = found
                .alias
                .as_ref()
                .map(|alias| format!("aussi « {alias} »"));
            (found.id.into(), found.name.clone(), hint)
        }))
    }
}

pub(super) async fn index(
    State(app): State<App>,
    permit: Permit<SeeParties>,
    Query(asked): Query<Asked>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let role = OrganisationRole::from_code(&asked.role).map(OrganisationRole::code);
    Ok(Page::of(Suggestions {
        found: queries::suggestions(&mut read, asked.q.trim(), role).await?,
    }))
}
