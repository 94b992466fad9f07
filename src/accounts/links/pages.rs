//! The public pages of a one-time link and of the first set-up.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::commands;
use super::queries::{self, Purpose};
use crate::accounts::passwords;
use crate::accounts::users::model::{NewAccount, is_login};
use crate::app::App;
use crate::kernel::{FieldErrors, Result};
use crate::platform::db::{Actor, Read, Tx};
use crate::platform::web::reply::Frame;
use crate::platform::web::{Context, Form, Page, Saved, Typed, View, check, filters};

/// A password typed twice.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordForm {
    password: String,
    again: String,
}

/// Adds to `errors` what is wrong with a new password typed twice.
pub fn check_new(errors: &mut FieldErrors, password: &str, again: &str, login: &str, name: &str) {
    if let Some(why) = passwords::weakness(password, login, name) {
        errors.add("password", why);
    } else if password != again {
        errors.add("again", "Les deux saisies diffèrent.");
    }
}

#[derive(Template)]
#[template(path = "accounts/links/show.html")]
struct LinkPage {
    form: Typed<PasswordForm>,
    token: String,
    login: String,
    name: String,
}

impl View for LinkPage {
    fn title(&self) -> String {
        "Choisir un mot de passe".into()
    }

    fn frame(&self) -> Frame {
        Frame::Plain
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "login": self.login, "fields": ["password", "again"] })
    }
}

/// Shows where one's password is chosen.
pub async fn show(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Path(token): Path<String>,
    form: Typed<PasswordForm>,
) -> Result<Page> {
    let mut read = Read::open(app.pool()).await?;
    let link = queries::find(&mut read, &token, Purpose::SetPassword, context.now).await?;
    Ok(Page::of(LinkPage {
        form,
        token,
        login: link.login.unwrap_or_default(),
        name: link.name.unwrap_or_default(),
    }))
}

/// Sets the password, once.
pub async fn create(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Path(token): Path<String>,
    form: Form<PasswordForm>,
) -> Result<Saved> {
    let link = {
        let mut read = Read::open(app.pool()).await?;
        queries::find(&mut read, &token, Purpose::SetPassword, context.now).await?
    };
    let (login, name) = (
        link.login.clone().unwrap_or_default(),
        link.name.clone().unwrap_or_default(),
    );
    let mut errors = FieldErrors::default();
    check_new(&mut errors, &form.password, &form.again, &login, &name);
    errors.done()?;
    let hash = passwords::hash(form.password.clone()).await?;
    let actor = Actor {
        id: link.account.map(|a| a.uuid()),
        label: name,
    };
    let request = Some(context.request_id);
    let mut tx = Tx::open(app.pool(), actor, context.now, request, None).await?;
    let event = commands::redeem(&mut tx, &link, hash).await?;
    tx.commit(event, "/accounts/sessions/new").await
}

/// What the first administrator says of himself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetUpForm {
    login: String,
    name: String,
    password: String,
    again: String,
}

#[derive(Template)]
#[template(path = "accounts/links/setup.html")]
struct SetUpPage {
    form: Typed<SetUpForm>,
    token: String,
}

impl View for SetUpPage {
    fn title(&self) -> String {
        "Première installation".into()
    }

    fn frame(&self) -> Frame {
        Frame::Plain
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "fields": ["login", "name", "password", "again"] })
    }
}

/// Shows where the first administrator is made.
pub async fn welcome(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Path(token): Path<String>,
    form: Typed<SetUpForm>,
) -> Result<Page> {
    let mut read = Read::open(app.pool()).await?;
    queries::find(&mut read, &token, Purpose::FirstAccount, context.now).await?;
    Ok(Page::of(SetUpPage { form, token }))
}

/// Makes the first administrator.
pub async fn set_up(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Path(token): Path<String>,
    form: Form<SetUpForm>,
) -> Result<Saved> {
    let link = {
        let mut read = Read::open(app.pool()).await?;
        queries::find(&mut read, &token, Purpose::FirstAccount, context.now).await?
    };
    let mut errors = FieldErrors::default();
    let login = check::line(&mut errors, "login", &form.login.to_lowercase(), 80);
    let name = check::line(&mut errors, "name", &form.name, 200);
    if let Some(login) = login.as_deref().filter(|login| !is_login(login)) {
        errors.add("login", format!("« {login} » n’est pas un identifiant : lettres sans accent, chiffres, « . », « - », « _ » et « @ », de 2 à 80."));
    }
    let (login, name) = (login.unwrap_or_default(), name.unwrap_or_default());
    check_new(&mut errors, &form.password, &form.again, &login, &name);
    errors.done()?;
    let hash = passwords::hash(form.password.clone()).await?;
    let actor = Actor {
        id: None,
        label: format!("{name} (première installation)"),
    };
    let request = Some(context.request_id);
    let mut tx = Tx::open(app.pool(), actor, context.now, request, None).await?;
    let new = NewAccount {
        login,
        name,
        ..NewAccount::default()
    };
    let (_, event) = commands::set_up(&mut tx, &link, new, hash).await?;
    tx.commit(event, "/accounts/sessions/new").await
}
