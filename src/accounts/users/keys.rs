//! What opens an account: its deactivation, its one-time link, its sessions and tokens, in the hands
//! of who answers for it.

use askama::Template;
use axum::extract::{Path, State};
use uuid::Uuid;

use super::api::LinkResource;
use super::commands;
use super::queries::{self, Account};
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageAccounts;
use crate::accounts::links::commands as links;
use crate::accounts::sessions::queries as sessions;
use crate::accounts::tokens::{commands as revoking, queries as tokens};
use crate::accounts::{AccountId, TokenId};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Event, Result};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, View, filters};

/// Deactivates an account.
pub async fn deactivate(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path(id): Path<AccountId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = queries::find(&mut tx, permit.sees(), id, now).await?;
    let covered = account.covered(&permit)?;
    let event = commands::deactivate(&mut tx, covered, &account).await?;
    tx.commit(event, format!("/accounts/users/{id}")).await
}

/// Reactivates an account.
pub async fn reactivate(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path(id): Path<AccountId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = queries::find(&mut tx, permit.sees(), id, now).await?;
    let covered = account.covered(&permit)?;
    let event = commands::reactivate(&mut tx, covered, &account).await?;
    tx.commit(event, format!("/accounts/users/{id}")).await
}

#[derive(Template)]
#[template(path = "accounts/users/link.html")]
struct LinkShow {
    account: Account,
    address: String,
}

impl View for LinkShow {
    fn title(&self) -> String {
        format!("Lien de mot de passe de {}", self.account.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Comptes", "/accounts/users"),
            Crumb::to(
                self.account.name.clone(),
                format!("/accounts/users/{}", self.account.id),
            ),
            Crumb::here("Lien de mot de passe"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(LinkResource {
            address: &self.address,
        })
    }
}

/// Makes a one-time link and shows it, this once.
pub async fn link(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path(id): Path<AccountId>,
    form: Form<Nothing>,
) -> Result<Page> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = queries::find(&mut tx, permit.sees(), id, now).await?;
    let covered = account.covered(&permit)?;
    if account.deactivated_at.is_some() {
        return Err(Error::refused("comptes", "Ce compte est désactivé."));
    }
    let (token, event) = links::hand(&mut tx, covered, id, &account.name).await?;
    tx.commit_quietly(event, format!("/accounts/users/{id}"))
        .await?;
    let address = format!("{}/accounts/links/{token}", app.public_url());
    Ok(Page::of(LinkShow { account, address }))
}

/// Ends a session of an account.
pub async fn end_session(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path((id, session)): Path<(AccountId, Uuid)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = queries::find(&mut tx, permit.sees(), id, now).await?;
    account.covered(&permit)?;
    sessions::close(&mut tx, id, session, now).await?;
    let event = Event::new(
        "account.session_ended",
        commands::subject(id),
        "Session fermée",
    );
    tx.commit(event, format!("/accounts/users/{id}")).await
}

/// Revokes a token of an account.
pub async fn revoke_token(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path((id, token)): Path<(AccountId, TokenId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = queries::find(&mut tx, permit.sees(), id, now).await?;
    account.covered(&permit)?;
    let token = tokens::find(&mut tx, id, token).await?;
    let event = revoking::revoke(&mut tx, id, &token).await?;
    tx.commit(event, format!("/accounts/users/{id}")).await
}
