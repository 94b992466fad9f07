//! A document as programs read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::DocumentId;
use super::queries::Document;

/// What a document is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct AboutWhat<'a> {
    kind: &'a str,
    id: Uuid,
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentResource<'a> {
    id: DocumentId,
    subject: AboutWhat<'a>,
    establishment_id: Option<Uuid>,
    kind: &'a str,
    title: &'a str,
    edition: Option<&'a str>,
    language: Option<&'a str>,
    issued_on: Option<NaiveDate>,
    expires_on: Option<NaiveDate>,
    file_name: &'a str,
    sha256: &'a str,
    size_bytes: i64,
    media_type: &'a str,
    recorded_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
    withdrawn_reason: Option<&'a str>,
    file: String,
}

impl<'a> From<&'a Document> for DocumentResource<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            id: document.id,
            subject: AboutWhat {
                kind: &document.subject_type,
                id: document.subject_id,
            },
            establishment_id: document.establishment_id,
            kind: &document.kind,
            title: &document.title,
            edition: document.edition.as_deref(),
            language: document.language.as_deref(),
            issued_on: document.issued_on,
            expires_on: document.expires_on,
            file_name: &document.file_name,
            sha256: &document.sha256,
            size_bytes: document.size_bytes,
            media_type: &document.media_type,
            recorded_at: document.recorded_at,
            withdrawn_at: document.withdrawn_at,
            withdrawn_reason: document.withdrawn_reason.as_deref(),
            file: format!("/documents/{}/file", document.id),
        }
    }
}

/// The documents of an object.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentsResource<'a> {
    /// The last added first.
    pub documents: Vec<DocumentResource<'a>>,
}
