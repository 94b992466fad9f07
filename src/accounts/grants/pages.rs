//! The form that gives a role, and its withdrawal.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;
use sqlx::PgConnection;

use super::commands;
use super::model::NewGrant;
use super::queries;
use crate::accounts::access::{GrantScope, Permit, Scope};
use crate::accounts::actions::GiveGrants;
use crate::accounts::roles::Role;
use crate::accounts::sites::units::queries::{self as places, Options};
use crate::accounts::users::queries::{self as users, Account};
use crate::accounts::{AccountId, EstablishmentId, GrantId, UnitId};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// What the form of a grant holds: a role, and one of three ways to say where.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GrantForm {
    role: String,
    scope: String,
    unit: String,
    device: String,
    ends_on: String,
}

/// The three ways to say where, as typed.
pub struct Where<'a> {
    /// `group` or an establishment's id.
    pub scope: &'a str,
    /// A unit's id, for the unit alone.
    pub unit: &'a str,
    /// An inventory number, for the device alone.
    pub device: &'a str,
}

impl Where<'_> {
    /// The scope meant: the device when one is named, else the unit, else the establishment or group.
    pub async fn read(
        &self,
        conn: &mut PgConnection,
        acts: &Scope,
        errors: &mut FieldErrors,
    ) -> Result<Option<GrantScope>> {
        if let Some(number) = check::maybe_line(errors, "device", self.device, 80) {
            let device = queries::maybe_device(conn, acts, &number).await?;
            if device.is_none() {
                errors.add(
                    "device",
                    format!("« {number} » n’est le numéro d’aucun équipement de votre périmètre."),
                );
            }
            return Ok(device.map(GrantScope::Device));
        }
        if let Some(unit) = check::maybe_chosen::<UnitId>(errors, "unit", self.unit) {
            return Ok(Some(GrantScope::Unit(unit)));
        }
        if self.scope == "group" {
            return Ok(Some(GrantScope::Group));
        }
        Ok(
            check::chosen::<EstablishmentId>(errors, "scope", self.scope)
                .map(GrantScope::Establishment),
        )
    }
}

impl GrantForm {
    async fn check(
        &self,
        conn: &mut PgConnection,
        acts: &Scope,
        account: AccountId,
    ) -> Result<NewGrant> {
        let mut errors = FieldErrors::default();
        let role = role(&mut errors, &self.role);
        let place = Where {
            scope: &self.scope,
            unit: &self.unit,
            device: &self.device,
        };
        let scope = place.read(conn, acts, &mut errors).await?;
        let ends_on = check::maybe_day(&mut errors, "ends_on", &self.ends_on);
        match (role, scope) {
            (Some(role), Some(scope)) if errors.is_empty() => Ok(NewGrant {
                account,
                role,
                scope,
                ends_on,
            }),
            _ => Err(errors.into()),
        }
    }
}

/// The role of a code that must be there.
pub fn role(errors: &mut FieldErrors, typed: &str) -> Option<Role> {
    if typed.trim().is_empty() {
        errors.add("role", "Choisissez un rôle.");
        return None;
    }
    check::maybe_code(errors, "role", typed, Role::of_code)
}

/// The roles to choose from.
pub fn roles() -> Options {
    Role::ALL
        .iter()
        .map(|role| (role.code().to_owned(), role.label().to_owned()))
        .collect()
}

/// The scopes one may give over: the group for who holds it, one's establishments.
pub async fn scopes(conn: &mut PgConnection, acts: &Scope) -> Result<Options> {
    let mut options = places::establishments(conn, acts).await?;
    if acts.group {
        options.insert(0, ("group".into(), "Tout le groupe".into()));
    }
    Ok(options)
}

#[derive(Template)]
#[template(path = "accounts/grants/form.html")]
struct GrantFormPage {
    account: Account,
    form: Typed<GrantForm>,
    roles: Options,
    scopes: Options,
    units: Options,
}

impl View for GrantFormPage {
    fn title(&self) -> String {
        format!("Donner un rôle à {}", self.account.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Comptes", "/accounts/users"),
            Crumb::to(
                self.account.name.clone(),
                format!("/accounts/users/{}", self.account.id),
            ),
            Crumb::here("Donner un rôle"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "roles": self.roles, "scopes": self.scopes })
    }
}

/// Shows the form that gives a role.
pub async fn new(
    State(app): State<App>,
    permit: Permit<GiveGrants>,
    Path(id): Path<AccountId>,
    form: Typed<GrantForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let account = users::find(&mut read, permit.sees(), id, app.clock().now()).await?;
    let scopes = scopes(&mut read, permit.acts()).await?;
    let kept = form.values.unit.parse().ok();
    let units = places::few(&mut read, permit.acts(), kept).await?;
    Ok(Page::of(GrantFormPage {
        account,
        form,
        roles: roles(),
        scopes,
        units,
    }))
}

/// Gives a role.
pub async fn create(
    State(app): State<App>,
    permit: Permit<GiveGrants>,
    Path(id): Path<AccountId>,
    form: Form<GrantForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = users::find(&mut tx, permit.sees(), id, now).await?;
    if account.deactivated_at.is_some() {
        return Err(Error::refused(
            "comptes",
            "Ce compte est désactivé : réactivez-le avant de lui donner un rôle.",
        ));
    }
    let new = form.check(&mut tx, permit.acts(), id).await?;
    let place = queries::place_of(&mut tx, new.scope).await?;
    let covered = permit.over(&place)?;
    let (_, event) = commands::give(&mut tx, covered, new).await?;
    tx.commit(event, format!("/accounts/users/{id}")).await
}

/// Takes back a role.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<GiveGrants>,
    Path((id, grant)): Path<(AccountId, GrantId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    users::find(&mut tx, permit.sees(), id, now).await?;
    let grant = queries::find(&mut tx, permit.sees(), id, grant).await?;
    let covered = permit.over(&grant)?;
    let event = commands::revoke(&mut tx, covered, &grant).await?;
    tx.commit(event, format!("/accounts/users/{id}")).await
}
