//! Paper that lasts: PDF/A-2a (or A-3a, with files attached) and PDF/UA-1, made by typst, whose own
//! conformance check refuses what a standard forbids.
//!
//! ```ignore
//! let file = pdf::make(pdf::Print {
//!     source: include_str!("../../../templates/register/exports/show.typ"), // ours, never made at run time
//!     data: serde_json::json!({ "title": "RSQM", "lines": lines }),           // theirs
//!     at: app.clock().now(),
//!     zone: Tz::Europe__Paris,
//!     standard: pdf::Standard::Archive,
//! })
//! .await?;
//! Ok(pdf::answer(file, "rsqm-BM100003.pdf"))
//! ```
//! What must always hold:
//! - a source is a constant of this program (`&'static str`) and people's texts come as data, read by
//!   `#let data = json("/data.json")`: a text is printed as it was typed, it is never markup;
//! - sources do not `eval`, and read no file but `/data.json` and `/vigie.typ` (the frame of a record, facts,
//!   tables: `#import "/vigie.typ": *`);
//! - the instant is an argument: the same source, data and instant give the same bytes;
//! - a character that no embedded font has is written `[U+4E2D]`: seen, never lost, and never the end of an export.
//!
//! Typesetting keeps a processor: it is done on a blocking thread, two at a time.

mod qr;
mod world;

#[cfg(test)]
mod tests;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::kernel::{Error, Result};

pub use qr::{Qr, svg};

/// What the file must conform to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// PDF/A-2a and PDF/UA-1: archives, read aloud too.
    Archive,
    /// PDF/A-3a and PDF/UA-1: as above, with files attached (`pdf.attach`).
    ArchiveWithFiles,
}

/// A document to print.
#[derive(Clone, Debug)]
pub struct Print {
    /// The typst source, a file of `templates/` included at compile time.
    pub source: &'static str,
    /// What it reads as `/data.json`.
    pub data: Value,
    /// The instant written in the file.
    pub at: DateTime<Utc>,
    /// Whose local time that instant is written in.
    pub zone: Tz,
    /// What the file must conform to.
    pub standard: Standard,
}

/// How many are typeset at the same time.
static PRESSES: Semaphore = Semaphore::const_new(2);

/// Typesets a document.
pub async fn make(print: Print) -> Result<Bytes> {
    let _turn = PRESSES.acquire().await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || {
        let made = world::typeset(&print);
        // What the typesetter remembers of this document serves no other.
        typst::comemo::evict(0);
        made
    });
    made.await.map_err(Error::internal)?.map(Bytes::from)
}

/// A file as an answer: shown by the browser, saved under this name.
pub fn answer(file: Bytes, name: &str) -> Response {
    let mut response = file.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '-'
            }
        })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{plain}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
