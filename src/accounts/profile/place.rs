//! The establishment one looks at: lists and figures are kept to it until another is chosen. A matter
//! of this browser alone, like the theme: nothing is written, and no right changes.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, SeeDevices, UseVigie};
use crate::app::App;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::{Context, Form, check, cookies};
use crate::shell::layer::{PLACE_COOKIE, see_other};

/// Half a year: as long as nobody says otherwise.
const KEPT_SECONDS: i64 = 180 * 24 * 3600;

/// Which establishment; nothing = all of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlaceForm {
    establishment: String,
}

/// Chooses the establishment that lists are kept to, and goes back to the page it was chosen on.
pub async fn update(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    Extension(context): Extension<Context>,
    form: Form<PlaceForm>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let chosen: Option<Uuid> =
        check::maybe_chosen(&mut errors, "establishment", &form.establishment);
    let seen = permit.caller().scope(SeeDevices::NAME).establishments;
    if chosen.is_some_and(|chosen| !seen.contains(&chosen)) {
        errors.add("establishment", "Vous ne voyez pas cet établissement.");
    }
    errors.done()?;
    let page = context
        .posted
        .get()
        .and_then(|posted| posted.page.as_deref())
        .map_or("/", without_place);
    let mut response = see_other(page);
    let (value, age) = match chosen {
        Some(chosen) => (chosen.to_string(), KEPT_SECONDS),
        None => (String::new(), 0),
    };
    let headers = response.headers_mut();
    cookies::set(headers, PLACE_COOKIE, &value, Some(age), app.is_https());
    Ok(response)
}

/// A page further down a list does not exist in another list: its first one is shown.
fn without_place(page: &str) -> &str {
    page.find("after=")
        .or_else(|| page.find("before="))
        .map_or(page, |at| page[..at].trim_end_matches(['?', '&']))
}
