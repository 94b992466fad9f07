//! What handlers answer: a page, something saved, or an error. Each puts itself in the response's
//! extensions; one layer (`shell::layer`) renders it as HTML or JSON. Nothing else renders.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::kernel::Error;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::page::Crumb;

/// Is this one of our own addresses, whoever reads it? Browsers take `\` for `/` and drop tabs, so
/// `/\t/elsewhere` and `/\\elsewhere` lead elsewhere as `//elsewhere` does.
pub fn is_ours(url: &str) -> bool {
    if mutants::on(Fault::AnyAddressIsOurs) {
        return url.starts_with('/');
    }
    url.starts_with('/')
        && !url.starts_with("//")
        && !url.chars().any(|c| c == '\\' || c.is_control())
}

/// Which frame a page is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The full shell: menu, search, breadcrumb.
    App,
    /// Sign-in, set-up: no menu.
    Plain,
    /// A part of a page, alone.
    Part,
}

/// A page: an askama template that also knows its title and its JSON face.
pub trait View: askama::DynTemplate + Send + Sync + 'static {
    /// The title, without the product's name.
    fn title(&self) -> String;

    /// The way here from the home page.
    fn crumbs(&self) -> Vec<Crumb> {
        Vec::new()
    }

    /// The frame.
    fn frame(&self) -> Frame {
        Frame::App
    }

    /// The resource, as programs read it.
    fn resource(&self) -> serde_json::Value;
}

/// A page on its way to the rendering layer.
#[derive(Clone)]
pub struct Page {
    /// What is shown.
    pub view: Arc<dyn View>,
    /// 200 but for pages that say something else.
    pub status: StatusCode,
}

impl Page {
    /// A page, 200.
    pub fn of(view: impl View) -> Self {
        Self {
            view: Arc::new(view),
            status: StatusCode::OK,
        }
    }
}

impl<V: View> From<V> for Page {
    fn from(view: V) -> Self {
        Self::of(view)
    }
}

/// A write that was committed. Only `Tx::commit` makes one.
#[derive(Clone, Debug)]
pub struct Saved {
    pub(in crate::platform) url: String,
    pub(in crate::platform) message: String,
}

impl Saved {
    /// Where the result is read.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was done, in French.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// What the rendering layer finds in the response's extensions.
#[derive(Clone)]
pub enum Outcome {
    /// Show this.
    Page(Page),
    /// Say that it is done, and go there.
    Saved(Saved),
    /// Say what went wrong.
    Error(Arc<Error>),
}

fn carry(status: StatusCode, outcome: Outcome) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(outcome);
    response
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        carry(self.status, Outcome::Page(self))
    }
}

impl IntoResponse for Saved {
    fn into_response(self) -> Response {
        carry(StatusCode::SEE_OTHER, Outcome::Saved(self))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        carry(status(&self), Outcome::Error(Arc::new(self)))
    }
}

/// The status of each error.
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Forbidden(_) | Error::StaleForm | Error::ChangePassword | Error::SecondFactor(_) => {
            StatusCode::FORBIDDEN
        }
        Error::SignIn => StatusCode::UNAUTHORIZED,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) | Error::Refused { .. } => StatusCode::CONFLICT,
        Error::AlreadyDone(_) => StatusCode::SEE_OTHER,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::BadRequest(_) => StatusCode::BAD_REQUEST,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
