//! The page of the code, between the password and everything else.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::model::{self, Typed as Code};
use super::{commands, queries, seal};
use crate::accounts::AccountId;
use crate::accounts::access::{Permit, Via};
use crate::accounts::actions::{Action, UseSession};
use crate::accounts::sessions::{local_address, queries as sessions};
use crate::app::App;
use crate::kernel::{Error, Result};
use crate::platform::db::Tx;
use crate::platform::web::reply::Frame;
use crate::platform::web::{Context, Form, Page, Saved, Typed, View, filters};

/// The code, and where one was going.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CodeForm {
    code: String,
    next: String,
}

/// Where one was going.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Next {
    next: String,
}

#[derive(Template)]
#[template(path = "accounts/second_factor/challenge.html")]
struct Challenge {
    form: Typed<CodeForm>,
    next: String,
}

impl View for Challenge {
    fn title(&self) -> String {
        "Second facteur".into()
    }

    fn frame(&self) -> Frame {
        Frame::Plain
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "fields": ["code"], "errors": self.form.errors })
    }
}

/// Asks for the code.
pub async fn show(
    State(_): State<App>,
    _: Permit<UseSession>,
    Query(next): Query<Next>,
    form: Typed<CodeForm>,
) -> Result<Page> {
    let next = if form.is_again() {
        form.values.next.clone()
    } else {
        next.next
    };
    Ok(Page::of(Challenge { form, next }))
}

/// Takes the code, and opens the session.
pub async fn create(
    State(app): State<App>,
    permit: Permit<UseSession>,
    Extension(context): Extension<Context>,
    form: Form<CodeForm>,
) -> Result<Saved> {
    let (Via::Session(session), Some(account)) = (&permit.caller().via, permit.caller().account)
    else {
        return Err(Error::NotFound);
    };
    let mut tx = begin(&app, &permit, &context, account).await?;
    let checked = check(&app, &mut tx, account, &form.code).await;
    let by_recovery = match checked {
        Ok(by_recovery) => by_recovery,
        Err(error) => {
            drop(tx);
            return Err(count(&app, &context, account, error).await);
        }
    };
    sessions::succeeded(&mut tx, &key(account)).await?;
    let event = commands::pass(&mut tx, &permit, *session, by_recovery).await?;
    tx.commit_quietly(event, local_address(&form.next)).await
}

fn key(account: AccountId) -> String {
    format!("account:factor:{account}")
}

/// Opens a write in which a code is checked: not before the delay of the former failures is over.
pub(super) async fn begin<A: Action>(
    app: &App,
    permit: &Permit<A>,
    context: &Context,
    account: AccountId,
) -> Result<Tx> {
    let wait = sessions::delay(app.pool(), &[key(account)], context.now).await?;
    if wait > 0 {
        return Err(Error::TooMany(wait));
    }
    app.begin_with(permit, None).await
}

/// Counts a wrong code, once the write that found it is over.
pub(super) async fn count(app: &App, context: &Context, account: AccountId, error: Error) -> Error {
    if matches!(error, Error::Invalid(_))
        && let Err(other) = sessions::failed(app.pool(), &[key(account)], context.now).await
    {
        return other;
    }
    error
}

/// Takes a code of the account's: true when it was a recovery code.
pub(super) async fn check(app: &App, tx: &mut Tx, account: AccountId, typed: &str) -> Result<bool> {
    let wrong = || {
        Error::field(
            "code",
            "Ce code n’est pas le bon : lisez celui que l’application montre maintenant, ou prenez un code de secours.",
        )
    };
    let factor = queries::maybe(tx, account).await?.ok_or(Error::NotFound)?;
    match model::read(typed) {
        Code::Digits(code) => {
            let secret = seal::open(app.data_dir(), factor.sealed).await?;
            let now = u64::try_from(tx.now().timestamp()).unwrap_or(0);
            let step = model::totp(&secret, "vigie", "Vigie")?
                .check(&code, now)
                .ok_or_else(wrong)?;
            let step = i64::try_from(step).map_err(Error::internal)?;
            if commands::take_step(tx, account, step).await? {
                Ok(false)
            } else {
                Err(Error::field(
                    "code",
                    "Ce code a déjà servi : attendez le suivant (il change toutes les trente secondes).",
                ))
            }
        }
        Code::Recovery(code) if factor.confirmed_at.is_some() => {
            if commands::take_recovery(tx, account, &code).await? {
                Ok(true)
            } else {
                Err(wrong())
            }
        }
        _ => Err(wrong()),
    }
}
