//! One's delegations, given and received, and acting under them.

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::DelegationId;
use super::commands::{self, NewDelegation};
use super::queries::{self, Delegation};
use crate::accounts::access::{GrantScope, Permit, Scope, Via};
use crate::accounts::actions::{Action, UseDelegations, UseSession};
use crate::accounts::grants::queries as grants;
use crate::accounts::sites::units::queries::{self as places, Options};
use crate::accounts::{AccountId, EstablishmentId, GrantId, UnitId};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::ZONE;

const HERE: &str = "/accounts/delegations";

#[derive(Template)]
#[template(path = "accounts/delegations/index.html")]
struct DelegationIndex {
    given: Vec<Delegation>,
    received: Vec<Delegation>,
    today: NaiveDate,
    acting_for: Option<AccountId>,
    me: AccountId,
    may_give: bool,
}

impl DelegationIndex {
    fn tone(&self, delegation: &Delegation) -> &'static str {
        delegation.standing(self.today).0
    }

    fn words(&self, delegation: &Delegation) -> &'static str {
        delegation.standing(self.today).1
    }

    fn may_end(&self, delegation: &Delegation) -> bool {
        delegation.revoked_at.is_none() && self.today <= delegation.ends_on
    }

    fn may_start(&self, delegation: &Delegation) -> bool {
        delegation.taker == self.me
            && delegation.gives_on(self.today)
            && self.acting_for != Some(delegation.giver)
    }
}

impl View for DelegationIndex {
    fn title(&self) -> String {
        "Délégations".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Profil", "/accounts/profile"),
            Crumb::here("Délégations"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let rows = |list: &[Delegation]| -> Vec<serde_json::Value> {
            list.iter()
                .map(|d| serde_json::json!({
                    "id": d.id, "giver": d.giver_name, "taker": d.taker_name, "role": d.role.code(), "over": d.over,
                    "starts_on": d.starts_on, "ends_on": d.ends_on, "reason": d.reason, "gives_today": d.gives_on(self.today),
                }))
                .collect()
        };
        serde_json::json!({ "given": rows(&self.given), "received": rows(&self.received) })
    }
}

/// Lists one's delegations.
pub async fn index(State(app): State<App>, permit: Permit<UseSession>) -> Result<Page> {
    let me = permit.caller().account.ok_or(Error::NotFound)?;
    let today = app.clock().now().date_naive();
    let mut read = app.read(&permit).await?;
    let (given, received) = queries::of_account(&mut read, me, today)
        .await?
        .into_iter()
        .partition(|d| d.giver == me);
    Ok(Page::of(DelegationIndex {
        given,
        received,
        today,
        acting_for: permit.caller().acting_for,
        me,
        may_give: permit.caller().holds(UseDelegations::NAME),
    }))
}

/// What the form of a delegation holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DelegationForm {
    taker: String,
    grant: String,
    establishment: String,
    unit: String,
    starts_on: String,
    ends_on: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "accounts/delegations/form.html")]
struct DelegationFormPage {
    form: Typed<DelegationForm>,
    grants: Options,
    establishments: Options,
    units: Options,
}

impl View for DelegationFormPage {
    fn title(&self) -> String {
        "Déléguer".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Profil", "/accounts/profile"),
            Crumb::to("Délégations", HERE),
            Crumb::here("Déléguer"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "grants": self.grants, "establishments": self.establishments, "errors": self.form.errors })
    }
}

/// Everywhere one holds something: what the short lists of the form offer.
fn held(permit: &Permit<UseDelegations>) -> &Scope {
    permit.acts()
}

/// Shows the form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<UseDelegations>,
    form: Typed<DelegationForm>,
) -> Result<Page> {
    let me = permit.caller().account.ok_or(Error::NotFound)?;
    let today = app.clock().now().with_timezone(&ZONE).date_naive();
    let mut read = app.read(&permit).await?;
    let grants = grants::of_account(&mut read, me)
        .await?
        .into_iter()
        .filter(|g| {
            g.revoked_at.is_none()
                && g.scope != "device"
                && g.ends_on.is_none_or(|last| last >= today)
        })
        .map(|g| (g.id.to_string(), format!("{} · {}", g.role.label(), g.over)))
        .collect();
    let establishments = places::establishments(&mut read, held(&permit)).await?;
    let kept = form.values.unit.parse().ok();
    let units = places::few(&mut read, held(&permit), kept).await?;
    let form = form.or(|| DelegationForm {
        starts_on: today.to_string(),
        ..DelegationForm::default()
    });
    Ok(Page::of(DelegationFormPage {
        form,
        grants,
        establishments,
        units,
    }))
}

/// Gives a delegation.
pub async fn create(
    State(app): State<App>,
    permit: Permit<UseDelegations>,
    form: Form<DelegationForm>,
) -> Result<Saved> {
    if !matches!(permit.caller().via, Via::Session(_)) {
        return Err(Error::Forbidden(
            "Déléguer (ouvrez une session, un jeton ne le peut pas)",
        ));
    }
    let mut tx = app.begin(&permit, &form).await?;
    let mut errors = FieldErrors::default();
    let login = check::line(&mut errors, "taker", &form.taker.to_lowercase(), 80);
    let mut taker = None;
    if let Some(login) = &login {
        taker = queries::maybe_taker(&mut tx, login).await?;
        if taker.is_none() {
            errors.add(
                "taker",
                format!("« {login} » n’est l’identifiant d’aucun compte actif."),
            );
        }
    }
    let grant = check::chosen::<GrantId>(&mut errors, "grant", &form.grant);
    let unit = check::maybe_chosen::<UnitId>(&mut errors, "unit", &form.unit);
    let establishment =
        check::maybe_chosen::<EstablishmentId>(&mut errors, "establishment", &form.establishment);
    let starts_on = check::maybe_day(&mut errors, "starts_on", &form.starts_on);
    let ends_on = check::maybe_day(&mut errors, "ends_on", &form.ends_on);
    for (name, typed, found) in [
        ("starts_on", &form.starts_on, starts_on),
        ("ends_on", &form.ends_on, ends_on),
    ] {
        if found.is_none() && typed.trim().is_empty() {
            errors.add(name, "Une délégation a un premier et un dernier jour.");
        }
    }
    let reason = check::line(&mut errors, "reason", &form.reason, 500);
    let (Some((taker, taker_name)), Some(grant), Some(starts_on), Some(ends_on), Some(reason)) =
        (taker, grant, starts_on, ends_on, reason)
    else {
        return Err(errors.into());
    };
    errors.done()?;
    let new = NewDelegation {
        taker,
        taker_name,
        grant,
        narrower: unit
            .map(GrantScope::Unit)
            .or(establishment.map(GrantScope::Establishment)),
        starts_on,
        ends_on,
        reason,
    };
    let (_, event) = commands::give(&mut tx, &permit, new).await?;
    tx.commit(event, HERE).await
}

/// Ends a delegation.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<UseSession>,
    Path(id): Path<DelegationId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let me = permit.caller().account.ok_or(Error::NotFound)?;
    let mut tx = app.begin(&permit, &form).await?;
    let today = tx.now().date_naive();
    let delegation = queries::find(&mut tx, me, id, today).await?;
    let event = commands::revoke(&mut tx, &permit, &delegation).await?;
    tx.commit(event, HERE).await
}

/// For whom.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActingForm {
    giver: String,
}

/// Begins to act for somebody who delegated something.
pub async fn start(
    State(app): State<App>,
    permit: Permit<UseSession>,
    form: Form<ActingForm>,
) -> Result<Saved> {
    let (Via::Session(session), Some(me)) = (&permit.caller().via, permit.caller().account) else {
        return Err(Error::Forbidden(
            "Agir pour autrui (un jeton ne le peut pas)",
        ));
    };
    let mut tx = app.begin(&permit, &form).await?;
    let today = tx.now().date_naive();
    let mut errors = FieldErrors::default();
    let giver = check::chosen::<AccountId>(&mut errors, "giver", &form.giver);
    errors.done()?;
    let delegation = queries::of_account(&mut tx, me, today)
        .await?
        .into_iter()
        .find(|d| d.taker == me && Some(d.giver) == giver && d.gives_on(today))
        .ok_or(Error::NotFound)?;
    let event = commands::act_for(&mut tx, &permit, *session, Some(&delegation)).await?;
    tx.commit(event, "/").await
}

/// Acts for oneself again.
pub async fn stop(
    State(app): State<App>,
    permit: Permit<UseSession>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let Via::Session(session) = permit.caller().via else {
        return Err(Error::NotFound);
    };
    let mut tx = app.begin(&permit, &form).await?;
    let event = commands::act_for(&mut tx, &permit, session, None).await?;
    tx.commit(event, "/").await
}
