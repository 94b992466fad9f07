//! The one layer every request passes: it names the request, finds who asks, runs the handler, gives
//! the answer its face, and sets the security headers. A form that was refused is shown again by
//! running its own page with what was typed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use tracing::Instrument;

use super::errors::{ErrorPage, problem};
use super::layout::{self, Chrome, Flash};
use super::links;
use super::openapi::Done;
use super::waiting::{self, Around};
use crate::accounts::EstablishmentId;
use crate::accounts::access::Caller;
use crate::accounts::actions::{Action, SeeDevices};
use crate::accounts::sessions;
use crate::app::App;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, health_number, id, secret};
use crate::platform::web::context::{Posted, Retry};
use crate::platform::web::reply::Frame;
use crate::platform::web::{Context, Face, Outcome, assets, cookies, method, reply};

/// Given to visitors who are not signed in, so that their forms have a secret too.
const SEED_COOKIE: &str = "vigie_form";
const FLASH_COOKIE: &str = "vigie_flash";
const THEME_COOKIE: &str = "vigie_theme";
/// The establishment chosen in the top bar.
pub const PLACE_COOKIE: &str = "vigie_place";
/// A page that takes longer is given up; long work is a job.
const PATIENCE: Duration = Duration::from_secs(60);

const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=()",
    ),
];

/// Runs one request.
pub async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut request = method::rewrite(request);
    let headers = request.headers().clone();
    let (context, new_seed) = match context(&app, &request) {
        Ok(found) => found,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    let span = tracing::info_span!("request", id = %context.request_id, method = %context.method, path = told(context.uri.path()));
    async move {
        request.extensions_mut().insert(context.clone());
        let found = sessions::caller(&app, &headers, &context).await;
        let caller = match found {
            Ok(caller) => caller.map(|mut caller| {
                caller.chosen = chosen(&caller, &headers);
                Arc::new(caller)
            }),
            Err(error) => {
                let outcome = Outcome::Error(Arc::new(error));
                let shown = face(&app, &context, &headers, Known::default(), &outcome, None);
                return finish(&app, &context, new_seed, shown);
            }
        };
        if let Some(caller) = &caller {
            request.extensions_mut().insert(caller.clone());
        }
        let mut response = if has_nul(&context.uri) {
            Error::BadRequest("le caractère NUL n’est pas permis".into()).into_response()
        } else {
            run(next.clone(), request).await
        };
        let Some(outcome) = response.extensions_mut().remove::<Outcome>() else {
            return finish(&app, &context, new_seed, response);
        };
        let (again, result) = match (&outcome, context.face) {
            (Outcome::Error(error), Face::Html) => {
                let again = form_again(error, &context, caller.as_ref(), &headers, next).await;
                (again, None)
            }
            (_, Face::Json) => {
                let result = result(&outcome, &context, caller.as_ref(), &headers, next).await;
                (None, result)
            }
            _ => (None, None),
        };
        let (outcome, status) = match again {
            Some(page) => (page, Some(StatusCode::UNPROCESSABLE_ENTITY)),
            None => (outcome, None),
        };
        let known = Known {
            caller: caller.as_deref(),
            around: around(&app, &context, caller.as_deref(), &outcome).await,
        };
        let mut rendered = match result {
            Some(result) => result,
            None => face(&app, &context, &headers, known, &outcome, status),
        };
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            rendered
                .headers_mut()
                .append(header::SET_COOKIE, cookie.clone());
        }
        finish(&app, &context, new_seed, rendered)
    }
    .instrument(span)
    .await
}

/// Who asks, and what the frame says to them.
#[derive(Clone, Default)]
struct Known<'a> {
    caller: Option<&'a Caller>,
    around: Arc<Around>,
}

/// The establishment the caller looks at, while it is one of theirs.
fn chosen(caller: &Caller, headers: &HeaderMap) -> Option<EstablishmentId> {
    let chosen: EstablishmentId = cookies::get(headers, PLACE_COOKIE)?.parse().ok()?;
    caller
        .scope(SeeDevices::NAME)
        .establishments
        .contains(&chosen.uuid())
        .then_some(chosen)
}

/// What the frame says around this answer; nothing where there is no frame.
async fn around(
    app: &App,
    context: &Context,
    caller: Option<&Caller>,
    outcome: &Outcome,
) -> Arc<Around> {
    let Some(caller) = caller else {
        return Arc::default();
    };
    let framed = match outcome {
        Outcome::Page(page) => page.view.frame() == Frame::App,
        Outcome::Saved(_) => {
            app.kept().forget(caller);
            false
        }
        Outcome::Error(error) => !matches!(error.as_ref(), Error::Unavailable(_)),
    };
    if framed && context.face == Face::Html {
        waiting::around(app, caller).await
    } else {
        Arc::default()
    }
}

/// Does the browser only get ready for a page that may never be looked at?
fn is_prefetch(headers: &HeaderMap) -> bool {
    headers
        .get("sec-purpose")
        .and_then(|purpose| purpose.to_str().ok())
        .is_some_and(|purpose| purpose.contains("prefetch"))
}

/// The path as the log tells it: the token of a one-time link is a password while it lasts.
fn told(path: &str) -> &str {
    if mutants::on(Fault::SecretsLogged) {
        return path;
    }
    ["/accounts/links/", "/accounts/setup/"]
        .into_iter()
        .find(|secret| path.starts_with(secret))
        .unwrap_or(path)
}

/// Postgres keeps no text that holds a NUL: no address of ours has one.
fn has_nul(uri: &Uri) -> bool {
    uri.path_and_query()
        .is_some_and(|all| all.as_str().contains("%00"))
}

/// A handler that panics or never ends costs one request, not the server.
async fn run(next: Next, request: Request) -> Response {
    let guarded = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(PATIENCE, guarded).await {
        Ok(Ok(response))
            if response.status() == StatusCode::NOT_FOUND
                && response.extensions().get::<Outcome>().is_none() =>
        {
            Error::NotFound.into_response()
        }
        Ok(Ok(response)) if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            Error::NotFound.into_response()
        }
        Ok(Ok(response))
            if response.status() == StatusCode::BAD_REQUEST
                && response.extensions().get::<Outcome>().is_none() =>
        {
            // axum's own refusal of a path or query it cannot read: there is nothing at such an address.
            Error::NotFound.into_response()
        }
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Error::internal("a handler panicked").into_response(),
        Err(_) => Error::Unavailable("the handler took too long".into()).into_response(),
    }
}

fn context(app: &App, request: &Request) -> Result<(Context, bool), Error> {
    let headers = request.headers();
    let seed = cookies::get(headers, sessions::cookie_name(app))
        .or_else(|| cookies::get(headers, SEED_COOKIE))
        .map(str::to_owned);
    let new_seed = seed.is_none();
    let form_seed = match seed {
        Some(seed) => seed,
        None => secret::random_text(24)?,
    };
    let peer = request
        .extensions()
        .get::<ConnectInfo<std::net::SocketAddr>>()
        .map(|c| c.0.ip());
    let context = Context {
        request_id: id::fresh(),
        now: app.clock().now(),
        face: Face::of(headers),
        method: request.method().clone(),
        uri: request.uri().clone(),
        address: app.client_address(peer, headers),
        form_seed,
        posted: Arc::new(OnceLock::new()),
    };
    Ok((context, new_seed))
}

/// Runs the page that showed the form, with what was typed and what is wrong.
async fn form_again(
    error: &Error,
    context: &Context,
    caller: Option<&Arc<Caller>>,
    headers: &HeaderMap,
    next: Next,
) -> Option<Outcome> {
    let errors = match error {
        Error::Invalid(errors) => errors.clone(),
        _ => return None,
    };
    let posted: Posted = context.posted.get()?.clone();
    let uri: Uri = posted
        .page
        .as_deref()
        .filter(|p| reply::is_ours(p))?
        .parse()
        .ok()?;
    let mut request = reading(uri, context, caller, headers);
    request.extensions_mut().insert(Retry { posted, errors });
    let outcome = run(next, request)
        .await
        .extensions_mut()
        .remove::<Outcome>()?;
    matches!(outcome, Outcome::Page(_)).then_some(outcome)
}

/// Another page of our own, as the same caller would read it after what has just been done.
fn reading(
    uri: Uri,
    context: &Context,
    caller: Option<&Arc<Caller>>,
    headers: &HeaderMap,
) -> Request {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri.clone();
    *request.headers_mut() = headers.clone();
    request.headers_mut().remove(header::CONTENT_TYPE);
    request.headers_mut().remove(header::CONTENT_LENGTH);
    request.extensions_mut().insert(Context {
        method: Method::GET,
        uri,
        posted: Arc::new(OnceLock::new()),
        ..context.clone()
    });
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller.clone());
    }
    request
}

/// What a program is told of a write: where the result is, and the resource read again. A repeated
/// key is told the same.
async fn result(
    outcome: &Outcome,
    context: &Context,
    caller: Option<&Arc<Caller>>,
    headers: &HeaderMap,
    next: Next,
) -> Option<Response> {
    let (url, message) = match outcome {
        Outcome::Saved(saved) => (saved.url(), saved.message()),
        Outcome::Error(error) => match error.as_ref() {
            Error::AlreadyDone(url) => (url.as_str(), ""),
            _ => return None,
        },
        Outcome::Page(_) => return None,
    };
    let status = match context.method {
        Method::DELETE => StatusCode::NO_CONTENT,
        Method::POST => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let mut response = if status == StatusCode::NO_CONTENT {
        status.into_response()
    } else {
        let read = match url.parse() {
            Ok(uri) if reply::is_ours(url) => {
                let request = reading(uri, context, caller, headers);
                run(next, request)
                    .await
                    .extensions_mut()
                    .remove::<Outcome>()
            }
            _ => None,
        };
        let body = match read {
            Some(Outcome::Page(page)) => page.view.resource(),
            _ => serde_json::json!(Done {
                url: url.to_owned(),
                message: told_of(message, context),
            }),
        };
        json(status, "application/json", &body)
    };
    if let Ok(location) = HeaderValue::from_str(url) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if names_somebody(context) {
        response.headers_mut().insert(
            HeaderName::from_static("x-vigie-warning"),
            HeaderValue::from_static("health-number"),
        );
    }
    Some(response)
}

/// Does what was typed look like it names a patient?
fn names_somebody(context: &Context) -> bool {
    context.posted.get().is_some_and(|posted| {
        posted
            .pairs
            .iter()
            .any(|(_, value)| health_number::is_in(value))
    })
}

/// What was done, and a warning where what was typed looks like it names a patient.
fn told_of(message: &str, context: &Context) -> String {
    match (names_somebody(context), message.is_empty()) {
        (false, _) => message.to_owned(),
        (true, true) => health_number::WARNING.to_owned(),
        (true, false) => format!("{message}. {}", health_number::WARNING),
    }
}

/// Gives an outcome its face.
fn face(
    app: &App,
    context: &Context,
    headers: &HeaderMap,
    known: Known<'_>,
    outcome: &Outcome,
    status: Option<StatusCode>,
) -> Response {
    match (outcome, context.face) {
        (Outcome::Page(page), Face::Html) => html(
            app,
            context,
            headers,
            known,
            page.view.as_ref(),
            status.unwrap_or(page.status),
        ),
        (Outcome::Page(page), Face::Json) => {
            json(page.status, "application/json", &page.view.resource())
        }
        (Outcome::Saved(saved), _) => {
            let mut response = see_other(saved.url());
            let message = told_of(saved.message(), context);
            if !message.is_empty() {
                let text = URL_SAFE_NO_PAD.encode(message);
                cookies::set(
                    response.headers_mut(),
                    FLASH_COOKIE,
                    &text,
                    Some(60),
                    app.is_https(),
                );
            }
            response
        }
        (Outcome::Error(error), wanted) => {
            match error.as_ref() {
                Error::Internal(detail) => tracing::error!(detail, "internal error"),
                Error::Unavailable(detail) => tracing::warn!(detail, "unavailable"),
                other => tracing::debug!(error = %other, "refused"),
            }
            let status = reply::status(error);
            match (error.as_ref(), wanted) {
                (Error::AlreadyDone(url), _) => see_other(url),
                (Error::SignIn, Face::Html) if context.method == Method::GET => {
                    let next = percent_encoding::utf8_percent_encode(
                        &context.here(),
                        percent_encoding::NON_ALPHANUMERIC,
                    )
                    .to_string();
                    see_other(&if next == "%2F" {
                        "/accounts/sessions/new".to_owned()
                    } else {
                        format!("/accounts/sessions/new?next={next}")
                    })
                }
                (Error::SecondFactor(to), Face::Html) if context.method == Method::GET => {
                    let here = context.here();
                    let next = percent_encoding::utf8_percent_encode(
                        &here,
                        percent_encoding::NON_ALPHANUMERIC,
                    )
                    .to_string();
                    see_other(&format!("{to}?next={next}"))
                }
                (Error::ChangePassword, Face::Html) if context.method == Method::GET => {
                    see_other("/accounts/profile/password/edit")
                }
                (_, Face::Json) => {
                    let mut response = json(
                        status,
                        "application/problem+json",
                        &problem(error, status.as_u16(), &context.request_id.to_string()),
                    );
                    match error.as_ref() {
                        Error::TooMany(seconds) => {
                            response
                                .headers_mut()
                                .insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
                        }
                        Error::SignIn => {
                            response.headers_mut().insert(
                                header::WWW_AUTHENTICATE,
                                HeaderValue::from_static("Bearer"),
                            );
                        }
                        _ => {}
                    }
                    response
                }
                _ => {
                    let back = headers
                        .get(header::REFERER)
                        .and_then(|v| v.to_str().ok())
                        .and_then(|r| r.strip_prefix(app.public_url()))
                        .filter(|p| reply::is_ours(p) && *p != context.here())
                        .map(str::to_owned);
                    let page = ErrorPage::of(error, context.request_id.to_string(), back);
                    let mut response = html(app, context, headers, known, &page, status);
                    if let Error::TooMany(seconds) = error.as_ref() {
                        response
                            .headers_mut()
                            .insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
                    }
                    response
                }
            }
        }
    }
}

fn html(
    app: &App,
    context: &Context,
    headers: &HeaderMap,
    known: Known<'_>,
    view: &dyn reply::View,
    status: StatusCode,
) -> Response {
    let Known { caller, around } = known;
    let flash = cookies::get(headers, FLASH_COOKIE)
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        // What is only prepared must not take the sentence meant for the page that will be read.
        .filter(|text| !text.is_empty() && !is_prefetch(headers));
    let had_flash = flash.is_some();
    let theme = cookies::get(headers, THEME_COOKIE)
        .filter(|t| matches!(*t, "light" | "dark"))
        .unwrap_or_default()
        .to_owned();
    let chrome = Chrome::of(
        app,
        context,
        caller,
        &around,
        flash.map(|text| Flash { text }),
        theme,
    );
    match layout::render(view, &chrome, context, caller.is_some()) {
        Ok(page) => {
            let page = match caller {
                Some(caller) => links::offered(page, |href| app.opens(caller, href)),
                None => page,
            };
            let mut response = (
                status,
                [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
                page,
            )
                .into_response();
            if caller.is_some()
                && let Ok(rules) =
                    HeaderValue::from_str(&format!("\"{}\"", assets::url("prefetch.json")))
            {
                response.headers_mut().insert("speculation-rules", rules);
            }
            if had_flash {
                cookies::set(
                    response.headers_mut(),
                    FLASH_COOKIE,
                    "",
                    Some(0),
                    app.is_https(),
                );
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, "a template could not be rendered");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Vigie a rencontré une erreur.",
            )
                .into_response()
        }
    }
}

fn json(status: StatusCode, media_type: &'static str, body: &serde_json::Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, media_type)],
        body.to_string(),
    )
        .into_response()
}

/// Goes to one of our own addresses.
pub fn see_other(url: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let safe = if reply::is_ours(url) { url } else { "/" };
    response.headers_mut().insert(
        header::LOCATION,
        HeaderValue::from_str(safe).unwrap_or(HeaderValue::from_static("/")),
    );
    response
}

fn finish(app: &App, context: &Context, new_seed: bool, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        if !mutants::on(Fault::HeadersLeftOut) {
            headers
                .entry(name)
                .or_insert(HeaderValue::from_static(value));
        }
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(if mutants::on(Fault::AnswersCached) {
            HeaderValue::from_static("public, max-age=3600")
        } else {
            HeaderValue::from_static("no-store")
        });
    headers.append(header::VARY, HeaderValue::from_static("Accept, Cookie"));
    if let Ok(id) = HeaderValue::from_str(&context.request_id.to_string()) {
        headers.insert("x-request-id", id);
    }
    if app.is_https() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    if new_seed && context.face == Face::Html {
        cookies::set(
            headers,
            SEED_COOKIE,
            &context.form_seed,
            None,
            app.is_https(),
        );
    }
    response
}
