//! What is known of a request before any handler: its id, the face asked for, where it comes from.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, Method, Uri, header};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::kernel::{FieldErrors, secret};

/// Which of the two faces of an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// A page for people.
    Html,
    /// The resource for programs.
    Json,
}

impl Face {
    /// JSON only when `application/json` ranks above `text/html`; `*/*` and nothing are HTML.
    pub fn of(headers: &HeaderMap) -> Self {
        let Some(accept) = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()) else {
            return Self::Html;
        };
        let rank = |wanted: &str| {
            accept
                .split(',')
                .filter_map(|part| {
                    let mut pieces = part.split(';').map(str::trim);
                    let name = pieces.next()?;
                    let quality = pieces
                        .find_map(|p| p.strip_prefix("q=")?.parse::<f32>().ok())
                        .unwrap_or(1.0);
                    name.eq_ignore_ascii_case(wanted).then_some(quality)
                })
                .fold(0.0f32, f32::max)
        };
        if rank("application/json") > rank("text/html").max(rank("application/xhtml+xml")) {
            Self::Json
        } else {
            Self::Html
        }
    }
}

/// The values a form was sent with, kept so that the page can show them again.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    /// Name and value, in the order received, secrets left out.
    pub pairs: Vec<(String, String)>,
    /// Path and query of the page that showed the form.
    pub page: Option<String>,
}

/// A form shown again: what was typed and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Retry {
    /// What was typed.
    pub posted: Posted,
    /// What is wrong.
    pub errors: FieldErrors,
}

/// One request, as seen before its handler runs.
#[derive(Clone, Debug)]
pub struct Context {
    /// Given back in `x-request-id`, on error pages and in every log line.
    pub request_id: Uuid,
    /// The instant the request was received.
    pub now: DateTime<Utc>,
    /// Page or JSON.
    pub face: Face,
    /// The method, after `_method`.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// The client's address, through trusted proxies only.
    pub address: Option<IpAddr>,
    /// What form secrets are derived from: the session's token, or the cookie given before sign-in.
    pub form_seed: String,
    /// Filled when a form is read.
    pub posted: Arc<OnceLock<Posted>>,
}

impl Context {
    /// The secret that forms of this visitor must carry.
    pub fn csrf(&self) -> String {
        secret::keyed(&self.form_seed, "form")
    }

    /// Path and query, as a page names itself.
    pub fn here(&self) -> String {
        self.uri
            .path_and_query()
            .map_or_else(|| self.uri.path().to_owned(), |pq| pq.as_str().to_owned())
    }
}
