//! Annulling a device entered by mistake, within the time the rule gives.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::pages::Head;
use super::{Annulment, DeviceId, annulment as weigh, commands, find, reason, standing};
use crate::accounts::access::Permit;
use crate::accounts::actions::AnnulDevices;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result, date};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnnulmentForm {
    reason: String,
}

/// The form.
#[derive(Template)]
#[template(path = "inventory/devices/annulment_form.html")]
pub struct AnnulmentFormPage {
    head: Head,
    form: Typed<AnnulmentForm>,
    until: Option<String>,
}

impl View for AnnulmentFormPage {
    fn title(&self) -> String {
        self.head.title("Annuler l’inscription")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Annuler l’inscription")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "possible": self.until.is_some(), "errors": self.form.errors })
    }
}

/// `GET /inventory/devices/{id}/annulment/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<AnnulDevices>,
    Path(id): Path<DeviceId>,
    form: Typed<AnnulmentForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let now = app.clock().now();
    let weighed = standing::of(&mut read, &device, standing::local_day(&device, now)).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "");
    let hours = standing::annulment_hours(&mut read).await?;
    let until = match weigh(device.recorded_at, device.annulled_at.is_some(), now, hours) {
        Annulment::Until(end) => Some(date::instant(end, standing::zone(&device))),
        Annulment::TooLate | Annulment::Done => None,
    };
    Ok(Page::of(AnnulmentFormPage { head, form, until }))
}

/// `POST /inventory/devices/{id}/annulment`
pub async fn create(
    State(app): State<App>,
    permit: Permit<AnnulDevices>,
    Path(id): Path<DeviceId>,
    form: Form<AnnulmentForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut wrong = FieldErrors::default();
    let why = reason("reason", &form.reason, &mut wrong);
    wrong.done()?;
    tx.because(&why).await?;
    let event = commands::annul(&mut tx, covered, &device, &why).await?;
    tx.commit(event, device.url()).await
}
