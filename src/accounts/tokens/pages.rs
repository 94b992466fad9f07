//! One's own tokens: their list, the form, and the page that shows a new one this once.

use askama::Template;
use axum::extract::{Path, State};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;

use super::api;
use super::commands::{self, NewToken};
use super::queries::{self, Token};
use crate::accounts::TokenId;
use crate::accounts::access::Permit;
use crate::accounts::actions::UseVigie;
use crate::accounts::profile::in_person;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result, date};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::ZONE;

/// A token never lasts longer.
const LONGEST: TimeDelta = TimeDelta::days(366);

fn crumbs(last: &str) -> Vec<Crumb> {
    vec![
        Crumb::to("Profil", "/accounts/profile"),
        Crumb::to("Jetons", "/accounts/tokens"),
        Crumb::here(last),
    ]
}

#[derive(Template)]
#[template(path = "accounts/tokens/index.html")]
struct TokenIndex {
    tokens: Vec<Token>,
    now: DateTime<Utc>,
}

impl TokenIndex {
    fn when(&self, at: &DateTime<Utc>) -> String {
        date::instant(*at, ZONE)
    }
}

impl View for TokenIndex {
    fn title(&self) -> String {
        "Jetons".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Profil", "/accounts/profile"),
            Crumb::here("Jetons"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::TokensResource {
            items: self.tokens.iter().map(Into::into).collect(),
        })
    }
}

/// Lists one's tokens.
pub async fn index(State(app): State<App>, permit: Permit<UseVigie>) -> Result<Page> {
    let account = in_person(&permit)?;
    let mut read = app.read(&permit).await?;
    let tokens = queries::of_account(&mut read, account).await?;
    Ok(Page::of(TokenIndex {
        tokens,
        now: app.clock().now(),
    }))
}

/// What the form of a token holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenForm {
    name: String,
    expires_on: String,
    may_write: String,
}

impl TokenForm {
    /// The texts as a token, or what is wrong with them. It lasts until the end of its last day.
    fn check(&self, now: DateTime<Utc>) -> Result<NewToken> {
        let mut errors = FieldErrors::default();
        let name = check::line(&mut errors, "name", &self.name, 100);
        let day = check::maybe_day(&mut errors, "expires_on", &self.expires_on);
        if day.is_none() && errors.of("expires_on").is_none() {
            errors.add(
                "expires_on",
                "Un jeton a toujours une fin : dites laquelle.",
            );
        }
        let expires_at = day
            .and_then(|day| day.succ_opt())
            .map(|next| next.and_time(NaiveTime::MIN).and_utc());
        if let Some(at) = expires_at {
            if at <= now {
                errors.add("expires_on", "Cette date est passée.");
            } else if at > now + LONGEST {
                errors.add("expires_on", "Un jeton dure un an au plus.");
            }
        }
        match (name, expires_at) {
            (Some(name), Some(expires_at)) if errors.is_empty() => Ok(NewToken {
                name,
                may_write: check::ticked(&self.may_write),
                expires_at,
            }),
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/tokens/form.html")]
struct TokenFormPage {
    form: Typed<TokenForm>,
}

impl View for TokenFormPage {
    fn title(&self) -> String {
        "Nouveau jeton".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs("Nouveau jeton")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "fields": ["name", "expires_on", "may_write"] })
    }
}

/// Shows an empty form.
pub async fn new(
    State(_): State<App>,
    permit: Permit<UseVigie>,
    form: Typed<TokenForm>,
) -> Result<Page> {
    in_person(&permit)?;
    Ok(Page::of(TokenFormPage { form }))
}

#[derive(Template)]
#[template(path = "accounts/tokens/show.html")]
struct TokenShow {
    name: String,
    token: String,
}

impl View for TokenShow {
    fn title(&self) -> String {
        format!("Jeton « {} »", self.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs(&self.name)
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::NewTokenResource {
            name: &self.name,
            token: &self.token,
        })
    }
}

/// Makes a token and shows it, this once.
pub async fn create(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    form: Form<TokenForm>,
) -> Result<Page> {
    in_person(&permit)?;
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check(tx.now())?;
    let name = new.name.clone();
    let (token, event) = commands::make(&mut tx, &permit, new).await?;
    tx.commit_quietly(event, "/accounts/tokens").await?;
    Ok(Page::of(TokenShow { name, token }))
}

/// Revokes one of one's tokens.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    Path(id): Path<TokenId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let account = in_person(&permit)?;
    let mut tx = app.begin(&permit, &form).await?;
    let token = queries::find(&mut tx, account, id).await?;
    let event = commands::revoke(&mut tx, account, &token).await?;
    tx.commit(event, "/accounts/tokens").await
}
