//! What a choice answers while one types: the same form for every kind of object.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// One proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionResource {
    /// The id to send.
    pub value: Uuid,
    /// As people read it.
    pub label: String,
    /// What tells it from its neighbours.
    pub hint: Option<String>,
}

/// At most twenty proposals, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionsResource {
    /// The proposals.
    pub items: Vec<SuggestionResource>,
}

impl SuggestionsResource {
    /// The JSON of some proposals: id, label, hint.
    pub fn of(found: impl Iterator<Item = (Uuid, String, Option<String>)>) -> Value {
        serde_json::json!(Self {
            items: found
                .map(|(value, label, hint)| SuggestionResource { value, label, hint })
                .collect(),
        })
    }
}
