//! One's own second factor: set it up, renew its recovery codes, take it away.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{challenge, commands, model, queries, seal};
use crate::accounts::AccountId;
use crate::accounts::access::{Factor, Permit, Via};
use crate::accounts::actions::UseSecondFactor;
use crate::accounts::sessions::queries as sessions;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result, date};
use crate::platform::pdf::Qr;
use crate::platform::web::form::Nothing;
use crate::platform::web::{Context, Form, Page, Saved, Typed, View, filters};
use crate::shell::lists::ZONE;

const HERE: &str = "/accounts/profile/second-factor";

/// A code.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CodeForm {
    code: String,
}

/// What the application must be told.
struct Secret {
    side: usize,
    path: String,
    typed: String,
    address: String,
}

#[derive(Template)]
#[template(path = "accounts/second_factor/show.html")]
struct FactorShow {
    form: Typed<CodeForm>,
    secret: Option<Secret>,
    since: Option<DateTime<Utc>>,
    left: i64,
    owed: bool,
    required: bool,
}

impl FactorShow {
    fn when(&self, at: &DateTime<Utc>) -> String {
        date::instant(*at, ZONE)
    }
}

impl View for FactorShow {
    fn title(&self) -> String {
        "Second facteur".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Profil", "/accounts/profile"),
            Crumb::here("Second facteur"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "confirmed_at": self.since, "codes_left": self.left, "required": self.required,
            "being_set_up": self.secret.as_ref().map(|s| &s.address),
        })
    }
}

/// A person in a session of his own: a token must not make other keys.
fn in_person(permit: &Permit<UseSecondFactor>) -> Result<(AccountId, Uuid)> {
    match (&permit.caller().via, permit.caller().account) {
        (Via::Session(session), Some(account)) => Ok((account, *session)),
        _ => Err(Error::Forbidden(
            "Gérer son second facteur (ouvrez une session, un jeton ne le peut pas)",
        )),
    }
}

/// Shows where one is.
pub async fn show(
    State(app): State<App>,
    permit: Permit<UseSecondFactor>,
    form: Typed<CodeForm>,
) -> Result<Page> {
    let (account, _) = in_person(&permit)?;
    let mut read = app.read(&permit).await?;
    let factor = queries::maybe(&mut read, account).await?;
    let left = queries::codes_left(&mut read, account).await?;
    let (roles, _) = queries::required(&mut read).await?;
    let own = sessions::maybe_own(&mut read, account)
        .await?
        .ok_or(Error::NotFound)?;
    drop(read);
    let (mut secret, mut since) = (None, None);
    if let Some(factor) = factor {
        since = factor.confirmed_at;
        if since.is_none() {
            let plain = seal::open(app.data_dir(), factor.sealed).await?;
            let issuer = match app.instance().group_name.as_str() {
                "" => "Vigie".to_owned(),
                group => format!("Vigie, {group}"),
            };
            let totp = model::totp(&plain, &own.login, &issuer)?;
            let address = totp
                .to_url()
                .map_err(|e| Error::internal(format!("{e:?}")))?;
            let qr = Qr::of(&address)?;
            secret = Some(Secret {
                side: qr.size + 8,
                path: qr.path(),
                typed: model::grouped(&totp.secret().to_base32()),
                address,
            });
        }
    }
    Ok(Page::of(FactorShow {
        form,
        secret,
        since,
        left,
        owed: permit.caller().factor == Factor::Missing,
        required: permit.caller().roles().iter().any(|r| roles.contains(r)),
    }))
}

/// Begins: a fresh secret, shown on the page that follows.
pub async fn create(
    State(app): State<App>,
    permit: Permit<UseSecondFactor>,
    form: Form<Nothing>,
) -> Result<Saved> {
    in_person(&permit)?;
    let mut secret = vec![0u8; 20];
    getrandom::fill(&mut secret).map_err(Error::internal)?;
    let sealed = seal::close(app.data_dir(), secret).await?;
    let mut tx = app.begin(&permit, &form).await?;
    let event = commands::begin(&mut tx, &permit, sealed).await?;
    tx.commit_quietly(event, HERE).await
}

#[derive(Template)]
#[template(path = "accounts/second_factor/codes.html")]
struct CodesShow {
    codes: Vec<String>,
    first: bool,
}

impl View for CodesShow {
    fn title(&self) -> String {
        "Codes de secours".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Profil", "/accounts/profile"),
            Crumb::to("Second facteur", HERE),
            Crumb::here("Codes de secours"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "codes": self.codes })
    }
}

/// The first code: from now on the factor counts. Its recovery codes are shown, this once.
pub async fn confirm(
    State(app): State<App>,
    permit: Permit<UseSecondFactor>,
    Extension(context): Extension<Context>,
    form: Form<CodeForm>,
) -> Result<Page> {
    let (account, session) = in_person(&permit)?;
    let mut tx = challenge::begin(&app, &permit, &context, account).await?;
    if let Err(error) = challenge::check(&app, &mut tx, account, &form.code).await {
        drop(tx);
        return Err(challenge::count(&app, &context, account, error).await);
    }
    let (codes, event) = commands::confirm(&mut tx, &permit, session).await?;
    tx.commit_quietly(event, HERE).await?;
    Ok(Page::of(CodesShow { codes, first: true }))
}

/// New recovery codes, against a code.
pub async fn renew(
    State(app): State<App>,
    permit: Permit<UseSecondFactor>,
    Extension(context): Extension<Context>,
    form: Form<CodeForm>,
) -> Result<Page> {
    let (account, _) = in_person(&permit)?;
    let mut tx = challenge::begin(&app, &permit, &context, account).await?;
    confirmed(&mut tx, account).await?;
    if let Err(error) = challenge::check(&app, &mut tx, account, &form.code).await {
        drop(tx);
        return Err(challenge::count(&app, &context, account, error).await);
    }
    let (codes, event) = commands::renew_codes(&mut tx, &permit).await?;
    tx.commit_quietly(event, HERE).await?;
    Ok(Page::of(CodesShow {
        codes,
        first: false,
    }))
}

async fn confirmed(tx: &mut crate::platform::db::Tx, account: AccountId) -> Result<()> {
    if queries::has(tx, account).await? {
        Ok(())
    } else {
        Err(Error::refused(
            "second facteur",
            "Vous n’en avez pas encore : installez-le d’abord.",
        ))
    }
}

/// Takes it away, against a code; not while one of one's roles asks for it.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<UseSecondFactor>,
    Extension(context): Extension<Context>,
    form: Form<CodeForm>,
) -> Result<Saved> {
    let (account, _) = in_person(&permit)?;
    let mut tx = challenge::begin(&app, &permit, &context, account).await?;
    confirmed(&mut tx, account).await?;
    let (asked, _) = queries::required(&mut tx).await?;
    if let Some(role) = permit.caller().roles().iter().find(|r| asked.contains(r)) {
        return Err(Error::refused(
            "second facteur exigé",
            format!(
                "Votre rôle « {} » l’exige : il ne se retire pas.",
                role.label()
            ),
        ));
    }
    if let Err(error) = challenge::check(&app, &mut tx, account, &form.code).await {
        drop(tx);
        return Err(challenge::count(&app, &context, account, error).await);
    }
    let event = commands::remove(&mut tx, &permit).await?;
    tx.commit(event, HERE).await
}
