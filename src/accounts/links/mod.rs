//! One-time links: a first or forgotten password handed over without mail, and the set-up of a new base.
//!
//! The token is shown once and kept as SHA-256; a link works once, 24 hours (1 hour for the set-up).
//! A new link for an account ends the earlier ones. Both pages are public: the token is the right.

pub mod commands;
mod pages;
pub mod queries;

pub(in crate::accounts) use pages::check_new;

use axum::http::Method;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    const LINK: &str = "the token of the address is the right, once and for 24 hours";
    const SET_UP: &str = "nobody has an account yet; the token printed by the server is the right";
    Routes::new()
        .public(Method::GET, "/accounts/links/{token}", pages::show, LINK)
        .choices()
        .public(Method::POST, "/accounts/links/{token}", pages::create, LINK)
        .public(
            Method::GET,
            "/accounts/setup/{token}",
            pages::welcome,
            SET_UP,
        )
        .choices()
        .public(
            Method::POST,
            "/accounts/setup/{token}",
            pages::set_up,
            SET_UP,
        )
}
