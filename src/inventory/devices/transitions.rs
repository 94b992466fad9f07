//! Changing the state of a device: the transition asked for, what is missing, and why.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::pages::Head;
use super::{DeviceId, Reader, commands, done, find, reason, standing};
use crate::accounts::access::Permit;
use crate::accounts::actions::ChangeDeviceState;
use crate::app::App;
use crate::inventory::states::{Need, Offer, Transition, allowed, offer};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// What was typed of a change of state.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TransitionForm {
    transition: String,
    reason: String,
}

/// The form.
#[derive(Template)]
#[template(path = "inventory/devices/transition_form.html")]
pub struct TransitionFormPage {
    head: Head,
    form: Typed<TransitionForm>,
    transition: Transition,
    to: &'static str,
    missing: Vec<Need>,
}

impl View for TransitionFormPage {
    fn title(&self) -> String {
        self.head.title(self.transition.label())
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs(self.transition.label())
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "transition": self.transition, "to": self.to, "missing": self.missing, "errors": self.form.errors,
        })
    }
}

/// Every way out of the present state.
#[derive(Template)]
#[template(path = "inventory/devices/transitions.html")]
pub struct TransitionChoice {
    head: Head,
    offers: Vec<Offer>,
}

impl View for TransitionChoice {
    fn title(&self) -> String {
        self.head.title("Changer l’état")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Changer l’état")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "items": self.offers.iter().map(|o| serde_json::json!({
            "transition": o.transition, "to": o.to, "missing": o.missing,
        })).collect::<Vec<_>>() })
    }
}

/// `GET /inventory/devices/{id}/transitions/new?transition=…`; without one, the ways to choose from.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ChangeDeviceState>,
    Path(id): Path<DeviceId>,
    Query(query): Query<HashMap<String, String>>,
    form: Typed<TransitionForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "");
    let asked = query
        .get("transition")
        .map_or(form.values.transition.as_str(), String::as_str);
    if asked.is_empty() {
        let mut offers = allowed(Some(device.state), &weighed.facts);
        offers.retain(|o| !o.transition.has_own_record());
        return Ok(Page::of(TransitionChoice { head, offers }));
    }
    let transition = Transition::from_code(asked)
        .filter(|t| !t.has_own_record())
        .ok_or(Error::NotFound)?;
    let offer = offer(transition, Some(device.state), &weighed.facts).ok_or_else(|| {
        Error::refused(
            "Cycle de vie de l’équipement",
            format!(
                "« {} » n’est pas possible depuis l’état « {} ».",
                transition.label(),
                device.state.label()
            ),
        )
    })?;
    Ok(Page::of(TransitionFormPage {
        head,
        form,
        transition,
        to: offer.to.label(),
        missing: offer.missing,
    }))
}

/// `POST /inventory/devices/{id}/transitions`
pub async fn create(
    State(app): State<App>,
    permit: Permit<ChangeDeviceState>,
    Path(id): Path<DeviceId>,
    form: Form<TransitionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut read = Reader::default();
    let transition = read.coded("transition", &form.transition, Transition::from_code);
    if transition.is_none() && read.wrong.is_empty() {
        read.wrong
            .add("transition", "Dites quel changement d’état.");
    }
    let mut wrong = FieldErrors::default();
    let why = reason("reason", &form.reason, &mut wrong);
    for (field, message) in wrong.all() {
        read.wrong.add(field, message);
    }
    let transition = done(read, transition)?;
    tx.because(&why).await?;
    let event = commands::change_state(&mut tx, covered, &device, transition, Some(&why)).await?;
    tx.commit(event, device.url()).await
}
