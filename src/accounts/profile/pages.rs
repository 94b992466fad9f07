//! The pages of one's own account.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::in_person;
use crate::accounts::access::{Permit, Via};
use crate::accounts::actions::UseVigie;
use crate::accounts::grants::api::GrantResource;
use crate::accounts::grants::queries::{self as grants, Grant};
use crate::accounts::links::check_new;
use crate::accounts::passwords;
use crate::accounts::sessions::queries::{self as sessions, OpenSession};
use crate::accounts::users::commands as users;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Event, FieldErrors, Result, date};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Context, Form, Page, Saved, Typed, View, filters};
use crate::shell::lists::ZONE;

/// One's own account, as programs read it.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ProfileResource<'a> {
    name: &'a str,
    login: &'a str,
    roles: Vec<GrantResource<'a>>,
    sessions: Vec<SessionResource<'a>>,
}

/// An open session of one's own.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct SessionResource<'a> {
    id: Uuid,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    address: Option<&'a str>,
    is_present: bool,
}

#[derive(Template)]
#[template(path = "accounts/profile/show.html")]
struct ProfileShow {
    name: String,
    login: String,
    grants: Vec<Grant>,
    sessions: Vec<OpenSession>,
    present: Option<Uuid>,
}

impl ProfileShow {
    fn when(&self, at: &DateTime<Utc>) -> String {
        date::instant(*at, ZONE)
    }

    fn is_present(&self, session: &OpenSession) -> bool {
        self.present == Some(session.id)
    }
}

impl View for ProfileShow {
    fn title(&self) -> String {
        "Profil".into()
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(ProfileResource {
            name: &self.name,
            login: &self.login,
            roles: self.grants.iter().map(GrantResource::from).collect(),
            sessions: self
                .sessions
                .iter()
                .map(|session| SessionResource {
                    id: session.id,
                    created_at: session.created_at,
                    last_seen_at: session.last_seen_at,
                    address: session.address.as_deref(),
                    is_present: self.is_present(session),
                })
                .collect(),
        })
    }
}

/// Shows one's own account.
pub async fn show(State(app): State<App>, permit: Permit<UseVigie>) -> Result<Page> {
    let caller = permit.caller();
    let account = caller.account.ok_or(Error::NotFound)?;
    let now = app.clock().now();
    let mut read = app.read(&permit).await?;
    let own = sessions::maybe_own(&mut read, account)
        .await?
        .ok_or(Error::NotFound)?;
    let grants = grants::of_account(&mut read, account)
        .await?
        .into_iter()
        .filter(|g| g.revoked_at.is_none() && g.ends_on.is_none_or(|last| last >= now.date_naive()))
        .collect();
    let (present, sessions) = match caller.via {
        Via::Session(id) => (
            Some(id),
            sessions::of_account(&mut read, account, now).await?,
        ),
        _ => (None, vec![]),
    };
    Ok(Page::of(ProfileShow {
        name: own.name,
        login: own.login,
        grants,
        sessions,
        present,
    }))
}

/// The present password, and the new one twice.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordForm {
    current: String,
    password: String,
    again: String,
}

#[derive(Template)]
#[template(path = "accounts/profile/password.html")]
struct PasswordPage {
    form: Typed<PasswordForm>,
    forced: bool,
}

impl View for PasswordPage {
    fn title(&self) -> String {
        "Changer de mot de passe".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Profil", "/accounts/profile"),
            Crumb::here("Mot de passe"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "fields": ["current", "password", "again"], "must_change": self.forced })
    }
}

/// Shows the form of one's password.
pub async fn edit_password(
    State(_): State<App>,
    permit: Permit<UseVigie>,
    form: Typed<PasswordForm>,
) -> Result<Page> {
    Ok(Page::of(PasswordPage {
        form,
        forced: permit.caller().must_change_password,
    }))
}

/// Changes one's password and ends the other sessions. Wrong guesses of the present one are slowed
/// down as those of the sign-in page are.
pub async fn update_password(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    Extension(context): Extension<Context>,
    form: Form<PasswordForm>,
) -> Result<Saved> {
    let caller = permit.caller();
    let (Via::Session(session), Some(account)) = (&caller.via, caller.account) else {
        return Err(Error::Forbidden("Changer de mot de passe avec un jeton"));
    };
    let own = {
        let mut read = app.read(&permit).await?;
        sessions::maybe_own(&mut read, account)
            .await?
            .ok_or(Error::NotFound)?
    };
    let keys = vec![format!("account:{}", own.login)];
    let wait = sessions::delay(app.pool(), &keys, context.now).await?;
    if wait > 0 {
        return Err(Error::TooMany(wait));
    }
    let right = form.current.chars().count() <= passwords::LONGEST
        && passwords::verify(form.current.clone(), own.password_hash).await?;
    if !right {
        sessions::failed(app.pool(), &keys, context.now).await?;
        return Err(Error::field("current", "Mot de passe actuel inexact."));
    }
    let mut errors = FieldErrors::default();
    check_new(
        &mut errors,
        &form.password,
        &form.again,
        &own.login,
        &own.name,
    );
    if form.password == form.current {
        errors.add("password", "Choisissez-en un autre que l’actuel.");
    }
    errors.done()?;
    let hash = passwords::hash(form.password.clone()).await?;
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    users::store_password(&mut tx, account, hash, false).await?;
    sessions::close_all(&mut tx, account, Some(*session), now).await?;
    let event = Event::new(
        "account.password_chosen",
        users::subject(account),
        "Mot de passe changé, vos autres sessions sont fermées",
    );
    tx.commit(event, "/accounts/profile").await
}

/// Ends one of one's sessions.
pub async fn end_session(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    Path(session): Path<Uuid>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let account = in_person(&permit)?;
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    sessions::close(&mut tx, account, session, now).await?;
    let event = Event::new(
        "account.session_ended",
        users::subject(account),
        "Session fermée",
    );
    tx.commit(event, "/accounts/profile").await
}

/// Ends all of one's sessions but this one.
pub async fn end_others(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let account = in_person(&permit)?;
    let Via::Session(present) = permit.caller().via else {
        return Err(Error::NotFound);
    };
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    sessions::close_all(&mut tx, account, Some(present), now).await?;
    let event = Event::new(
        "account.sessions_ended",
        users::subject(account),
        "Vos autres sessions sont fermées",
    );
    tx.commit(event, "/accounts/profile").await
}
