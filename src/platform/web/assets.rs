//! Static files live in the binary, under names that change with their content, so that browsers
//! may keep them for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

/// `css/app.css` → `/static/<hash>/css/app.css`. The hash covers all files, so that a script may
/// import its neighbours by relative paths.
static STAMP: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let digests: HashMap<_, _> = names
        .iter()
        .filter_map(|n| Some((n.clone(), Files::get(n)?.metadata.sha256_hash())))
        .collect();
    let whole: String = names
        .iter()
        .filter_map(|n| digests.get(n))
        .flat_map(|d| d.iter().take(4).map(|b| format!("{b:02x}")))
        .collect();
    crate::kernel::secret::sha256(&whole)
        .iter()
        .take(6)
        .map(|b| format!("{b:02x}"))
        .collect()
});

/// The address of a static file.
pub fn url(path: &str) -> String {
    format!("/static/{}/{path}", *STAMP)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/speculationrules+json",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Serves a static file; an old stamp gets the present file, without being kept.
pub async fn serve(Path((stamp, path)): Path<(String, String)>) -> Response {
    let Some(file) = Files::get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cache = if stamp == *STAMP {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    (
        [
            (header::CONTENT_TYPE, media_type(&path)),
            (header::CACHE_CONTROL, cache),
        ],
        file.data,
    )
        .into_response()
}
