//! An administrator takes away a lost or stolen second factor, and says why.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::{commands, queries};
use crate::accounts::AccountId;
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageAccounts;
use crate::accounts::users::queries::{self as users, Account};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// Why.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResetForm {
    reason: String,
}

#[derive(Template)]
#[template(path = "accounts/second_factor/reset.html")]
struct ResetPage {
    account: Account,
    has: bool,
    form: Typed<ResetForm>,
}

impl ResetPage {
    fn back(&self) -> String {
        format!("/accounts/users/{}", self.account.id)
    }
}

impl View for ResetPage {
    fn title(&self) -> String {
        format!("Réinitialiser le second facteur de {}", self.account.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Comptes", "/accounts/users"),
            Crumb::to(
                self.account.name.clone(),
                format!("/accounts/users/{}", self.account.id),
            ),
            Crumb::here("Second facteur"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "has_second_factor": self.has, "fields": ["reason"] })
    }
}

/// Asks why.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path(id): Path<AccountId>,
    form: Typed<ResetForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let account = users::find(&mut read, permit.sees(), id, app.clock().now()).await?;
    account.covered(&permit)?;
    let has = queries::has(&mut read, id).await?;
    Ok(Page::of(ResetPage { account, has, form }))
}

/// Takes it away; the sessions of the account end.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path(id): Path<AccountId>,
    form: Form<ResetForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = users::find(&mut tx, permit.sees(), id, now).await?;
    let covered = account.covered(&permit)?;
    let mut errors = FieldErrors::default();
    let reason = check::line(&mut errors, "reason", &form.reason, 300);
    errors.done()?;
    if queries::maybe(&mut tx, id).await?.is_none() {
        return Err(Error::refused(
            "second facteur",
            "Ce compte n’en a pas : rien n’est à réinitialiser.",
        ));
    }
    let event = commands::reset(&mut tx, covered, id, &reason.unwrap_or_default()).await?;
    tx.commit(event, format!("/accounts/users/{id}")).await
}
