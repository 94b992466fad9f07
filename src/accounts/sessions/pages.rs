//! The sign-in page, the door of the demonstration, and the way out.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::queries::{self, Opening, SignIn};
use super::{LIFE, cookie_name, local_address};
use crate::accounts::access::Permit;
use crate::accounts::actions::UseSession;
use crate::accounts::passwords;
use crate::accounts::roles::Role;
use crate::accounts::second_factor::queries as factors;
use crate::app::App;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Event, Result, Subject, id, secret};
use crate::platform::db::{Actor, Read, Tx};
use crate::platform::web::form::Nothing;
use crate::platform::web::reply::Frame;
use crate::platform::web::{Context, Form, Page, Typed, View, cookies, filters};

/// What the sign-in page asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInForm {
    login: String,
    password: String,
    next: String,
}

/// What one click of the demonstration sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DemoForm {
    role: String,
    next: String,
}

#[derive(Debug, Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

struct DemoAccount {
    role: &'static str,
    label: &'static str,
    name: String,
}

#[derive(Template)]
#[template(path = "accounts/sessions/new.html")]
struct SignInPage {
    form: Typed<SignInForm>,
    next: String,
    demo: Vec<DemoAccount>,
}

impl View for SignInPage {
    fn title(&self) -> String {
        "Se connecter".into()
    }

    fn frame(&self) -> Frame {
        Frame::Plain
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "sign_in": "POST /accounts/sessions", "token": "Authorization: Bearer" })
    }
}

/// Shows the sign-in page.
pub async fn new(
    State(app): State<App>,
    form: Typed<SignInForm>,
    Query(next): Query<Next>,
) -> Result<Page> {
    let mut demo = vec![];
    if app.instance().is_demo {
        let mut read = Read::open(app.pool()).await?;
        let accounts = queries::demonstration(&mut read).await?;
        demo = Role::ALL
            .into_iter()
            .filter_map(|role| {
                let (_, name) = accounts.iter().find(|(code, _)| code == role.code())?;
                Some(DemoAccount {
                    role: role.code(),
                    label: role.label(),
                    name: name.clone(),
                })
            })
            .collect();
    }
    let next = if form.is_again() {
        form.values.next.clone()
    } else {
        next.next
    };
    Ok(Page::of(SignInPage { form, next, demo }))
}

/// Signs in with a login and a password.
pub async fn create(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    headers: HeaderMap,
    form: Form<SignInForm>,
) -> Result<Response> {
    let login = form.login.trim().to_lowercase();
    let account_key = format!("account:{}", login.chars().take(80).collect::<String>());
    let mut keys = vec![account_key.clone()];
    keys.extend(context.address.map(|a| format!("address:{a}")));
    let wait = queries::delay(app.pool(), &keys, context.now).await?;
    if wait > 0 {
        return Err(Error::TooMany(wait));
    }
    let account = {
        let mut read = Read::open(app.pool()).await?;
        queries::maybe_account(&mut read, &login).await?
    };
    let known = account.is_some();
    let stored = account.as_ref().and_then(|a| a.password_hash.clone());
    let right = form.password.chars().count() <= passwords::LONGEST
        && passwords::verify(form.password.clone(), stored).await?;
    match account {
        Some(account) if right => {
            sign_in(
                &app,
                &context,
                &headers,
                account,
                &account_key,
                &form.next,
                "par mot de passe",
            )
            .await
        }
        _ => {
            queries::failed(app.pool(), &keys, context.now).await?;
            if mutants::on(Fault::UnknownTold) && !known {
                return Err(Error::field("login", "Ce compte n’existe pas."));
            }
            Err(Error::field(
                "password",
                "Identifiant ou mot de passe inexact.",
            ))
        }
    }
}

/// Signs in as a role of the demonstration.
pub async fn demonstrate(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    headers: HeaderMap,
    form: Form<DemoForm>,
) -> Result<Response> {
    if !app.instance().is_demo {
        return Err(Error::NotFound);
    }
    let account = {
        let mut read = Read::open(app.pool()).await?;
        queries::maybe_demonstration(&mut read, &form.role)
            .await?
            .ok_or(Error::NotFound)?
    };
    sign_in(
        &app,
        &context,
        &headers,
        account,
        "",
        &form.next,
        "par la démonstration",
    )
    .await
}

async fn sign_in(
    app: &App,
    context: &Context,
    headers: &HeaderMap,
    account: SignIn,
    key: &str,
    next: &str,
    how: &str,
) -> Result<Response> {
    let mut token = secret::random_text(32)?;
    let actor = Actor {
        id: Some(account.id.uuid()),
        label: account.name.clone(),
    };
    let mut tx = Tx::open(
        app.pool(),
        actor,
        context.now,
        Some(context.request_id),
        None,
    )
    .await?;
    if let Some(old) = cookies::get(headers, cookie_name(app)) {
        if mutants::on(Fault::SessionFixed) {
            token = old.to_owned();
        } else {
            queries::close_by_token(&mut tx, old, context.now).await?;
        }
    }
    queries::succeeded(&mut tx, key).await?;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .map(|a| a.chars().take(300).collect());
    let opening = Opening {
        account: account.id,
        address: context.address.map(|a| a.to_string()),
        agent,
    };
    let session = id::fresh();
    queries::open(&mut tx, session, &token, opening, context.now).await?;
    let owes = factors::has(&mut tx, account.id).await?;
    if owes {
        queries::owe_factor(&mut tx, session).await?;
    }
    let event = Event::new(
        "account.signed_in",
        Subject::shared("account", account.id),
        format!("{} s’est connecté(e) {how}", account.name),
    );
    let next = local_address(next);
    let next = if owes {
        let next = percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC);
        format!("/accounts/sessions/second-factor?next={next}")
    } else {
        next.to_owned()
    };
    let mut response = tx.commit_quietly(event, next).await?.into_response();
    cookies::set(
        response.headers_mut(),
        cookie_name(app),
        &token,
        Some(LIFE.num_seconds()),
        app.is_https(),
    );
    Ok(response)
}

/// Signs out.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<UseSession>,
    headers: HeaderMap,
    form: Form<Nothing>,
) -> Result<Response> {
    let account = permit.caller().account.ok_or(Error::NotFound)?;
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    if let Some(token) = cookies::get(&headers, cookie_name(&app)) {
        queries::close_by_token(&mut tx, token, now).await?;
    }
    let event = Event::new(
        "account.signed_out",
        Subject::shared("account", account),
        "Vous êtes déconnecté(e)",
    );
    let mut response = tx
        .commit(event, "/accounts/sessions/new")
        .await?
        .into_response();
    cookies::set(
        response.headers_mut(),
        cookie_name(&app),
        "",
        Some(0),
        app.is_https(),
    );
    Ok(response)
}
