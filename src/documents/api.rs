//! A document as programs read it.

use serde_json::{Value, json};

use super::queries::Document;

/// The JSON resource; the content is at `file`.
pub fn resource(document: &Document) -> Value {
    json!({
        "id": document.id,
        "subject": { "kind": document.subject_type, "id": document.subject_id },
        "establishment_id": document.establishment_id,
        "kind": document.kind,
        "title": document.title,
        "edition": document.edition,
        "language": document.language,
        "issued_on": document.issued_on,
        "expires_on": document.expires_on,
        "file_name": document.file_name,
        "sha256": document.sha256,
        "size_bytes": document.size_bytes,
        "media_type": document.media_type,
        "recorded_at": document.recorded_at,
        "withdrawn_at": document.withdrawn_at,
        "withdrawn_reason": document.withdrawn_reason,
        "file": format!("/documents/{}/file", document.id),
    })
}
