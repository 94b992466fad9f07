//! Forms that carry files (`multipart/form-data`), under the same secret as other forms.

use axum::extract::{FromRequest, Multipart, Request};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::context::{Context, Posted};
use super::form;
use crate::kernel::{Error, Result, text};

/// Imports and SBOM: a hundred megabytes (design §16); each use checks its own, smaller limit.
pub const LIMIT: usize = 100 * 1024 * 1024;

/// A file as it was sent. Its name is shown, never used as a path.
#[derive(Clone, Debug)]
pub struct SentFile {
    /// Name of the form's field.
    pub field: String,
    /// The name the sender gave it.
    pub name: String,
    /// What it holds.
    pub bytes: Bytes,
}

/// A form with files whose secret was checked.
pub struct Upload<T> {
    /// The texts.
    pub fields: T,
    /// The files, empty inputs left out.
    pub files: Vec<SentFile>,
    /// The key that makes a repeated sending write once.
    pub key: Option<String>,
}

impl<T> Upload<T> {
    /// The file of a field, or the error shown at that field.
    pub fn file(&self, field: &str) -> Result<&SentFile> {
        self.files
            .iter()
            .find(|f| f.field == field)
            .ok_or_else(|| Error::field(field, "Choisissez un fichier."))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Upload<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let context = request
            .extensions()
            .get::<Context>()
            .cloned()
            .ok_or_else(|| Error::internal("no context"))?;
        let headers = request.headers().clone();
        let mut request = request;
        axum::extract::DefaultBodyLimit::max(LIMIT).apply(&mut request);
        let unreadable = |e: axum::extract::multipart::MultipartError| {
            if e.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                Error::TooLarge
            } else {
                Error::BadRequest(format!("envoi illisible : {e}"))
            }
        };
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|e| Error::BadRequest(format!("envoi illisible : {e}")))?;
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let field = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(name) => {
                    let bytes = part.bytes().await.map_err(unreadable)?;
                    let name: String = name
                        .chars()
                        .filter(|c| !c.is_control() && !text::is_turn(*c))
                        .collect();
                    if !(name.is_empty() && bytes.is_empty()) {
                        files.push(SentFile { field, name, bytes });
                    }
                }
                None => pairs.push((field, part.text().await.map_err(unreadable)?)),
            }
        }
        let (csrf, key, page) = form::take_own(&mut pairs);
        form::check_origin(&headers, &context, csrf.as_deref())?;
        form::refuse_nul(&pairs)?;
        let _ = context.posted.set(Posted {
            pairs: pairs.clone(),
            page,
        });
        form::refuse_disguised(&pairs)?;
        Ok(Self {
            fields: form::texts(&pairs)?,
            files,
            key,
        })
    }
}
