//! A rule as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::Text;

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextResource<'a> {
    id: Uuid,
    code: &'a str,
    edition: i32,
    title: &'a str,
    summary: &'a str,
    source: &'a str,
    source_url: Option<&'a str>,
    status: &'static str,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    parameters: &'a Value,
}

impl<'a> From<&'a Text> for TextResource<'a> {
    fn from(text: &'a Text) -> Self {
        Self {
            id: text.id,
            code: &text.code,
            edition: text.edition,
            title: &text.title,
            summary: &text.summary,
            source: &text.source,
            source_url: text.source_url.as_deref(),
            status: text.status.code(),
            valid_from: text.valid_from,
            valid_to: text.valid_to,
            parameters: &text.parameters,
        }
    }
}
