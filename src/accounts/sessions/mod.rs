//! Sessions: sign in, sign out, and who a cookie or a token belongs to.
//!
//! A session is rotated at sign-in, revoked at sign-out, deactivation, password or role change; the
//! database holds only SHA-256 of its token. Failed attempts delay the next ones per account and per
//! address, never an open session. Words: a *token* is the secret of a browser (cookie) or of a
//! program (`Authorization: Bearer`).

mod pages;
pub mod queries;

use axum::http::{HeaderMap, Method, header};
use chrono::TimeDelta;

use super::access::Caller;
use crate::app::App;
use crate::kernel::Result;
use crate::platform::web::{Context, Routes, cookies, reply};

/// Unused this long, a session ends.
pub const IDLE: TimeDelta = TimeDelta::hours(4);
/// A session never lasts longer than a working day and its overtime.
pub const LIFE: TimeDelta = TimeDelta::hours(14);

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .public(
            Method::GET,
            "/accounts/sessions/new",
            pages::new,
            "somebody must be able to sign in",
        )
        .public(
            Method::POST,
            "/accounts/sessions",
            pages::create,
            "somebody must be able to sign in",
        )
        .public(
            Method::POST,
            "/accounts/sessions/demonstration",
            pages::demonstrate,
            "one click signs in, on a demonstration base only",
        )
        .delete("/accounts/sessions", pages::destroy)
}

/// The cookie's name; the prefix makes browsers refuse it without HTTPS.
pub fn cookie_name(app: &App) -> &'static str {
    if app.is_https() {
        "__Host-vigie_session"
    } else {
        "vigie_session"
    }
}

/// An address of ours to go to after signing in; home for whatever is not one.
pub fn local_address(next: &str) -> &str {
    if reply::is_ours(next) { next } else { "/" }
}

/// Who sends this request: by token, else by cookie, else nobody. A token that is not one is nobody.
pub async fn caller(app: &App, headers: &HeaderMap, context: &Context) -> Result<Option<Caller>> {
    if let Some(sent) = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
    {
        return match sent.strip_prefix("Bearer ") {
            Some(token) => queries::maybe_by_token(app.pool(), token, context.now).await,
            None => Ok(None),
        };
    }
    match cookies::get(headers, cookie_name(app)) {
        Some(token) => queries::maybe_by_session(app.pool(), token, context.now).await,
        None => Ok(None),
    }
}
