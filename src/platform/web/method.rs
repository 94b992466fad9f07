//! HTML forms only know GET and POST: `POST …?_method=delete|patch` becomes that method before routing.

use axum::extract::Request;
use axum::http::Method;

use crate::kernel::mutants::{self, Fault};

/// Rewrites the method of a form's request; the query keeps its other keys.
pub fn rewrite(mut request: Request) -> Request {
    if request.method() != Method::POST && !mutants::on(Fault::GetIsAnything) {
        return request;
    }
    let wanted = request
        .uri()
        .query()
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| match pair.strip_prefix("_method=") {
            Some("delete") => Some(Method::DELETE),
            Some("patch") => Some(Method::PATCH),
            _ => None,
        });
    if let Some(method) = wanted {
        *request.method_mut() = method;
    }
    request
}
