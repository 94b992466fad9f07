//! The seven items of art. R.5212-28 1° CSP for a device: present, missing, or « sans objet » with a reason.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::api;
use super::pages::Head;
use super::{DeviceId, Item, ItemState, Reader, commands, done, find, reason, standing};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, EditDevices, SeeDevices};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// « Une mention sur sept manque », « 3 mentions sur sept manquent ».
pub fn lacking(count: usize) -> String {
    match count {
        1 => "Une mention de l’inventaire sur sept manque".to_owned(),
        n => format!("{n} mentions de l’inventaire sur sept manquent"),
    }
}

/// What was typed of a justification.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JustificationForm {
    item: String,
    reason: String,
}

/// The seven items.
#[derive(Template)]
#[template(path = "inventory/devices/items.html")]
pub struct ItemIndex {
    head: Head,
    items: Vec<ItemState>,
    missing: Vec<(&'static str, &'static str)>,
    verdict: (&'static str, String),
    form: Typed<JustificationForm>,
    may_edit: bool,
}

impl View for ItemIndex {
    fn title(&self) -> String {
        self.head.title("Mentions de l’inventaire")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Mentions de l’inventaire")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::ItemsResource {
            items: self.items.iter().map(Into::into).collect(),
        })
    }
}

/// `GET /inventory/devices/{id}/items`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
    form: Typed<JustificationForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Mentions");
    let missing: Vec<_> = weighed
        .items
        .iter()
        .filter(|i| i.is_missing())
        .map(|i| (i.item.code(), i.item.label()))
        .collect();
    let verdict = match (missing.len(), weighed.obligation.may_be_listed()) {
        (0, _) => (
            "good",
            "Les sept mentions sont présentes ou justifiées.".to_owned(),
        ),
        (count, true) => (
            "bad",
            format!(
                "{} (équipement {}). {}",
                lacking(count),
                weighed.obligation.label(),
                weighed.obligation.why()
            ),
        ),
        (count, false) => (
            "watch",
            format!(
                "{}, sans être obligatoire ici : {}",
                lacking(count),
                weighed.obligation.why()
            ),
        ),
    };
    let may_edit =
        device.annulled_at.is_none() && super::reaches(permit.caller(), EditDevices::NAME, &device);
    Ok(Page::of(ItemIndex {
        head,
        items: weighed.items,
        missing,
        verdict,
        form,
        may_edit,
    }))
}

/// `POST /inventory/devices/{id}/items`
pub async fn create(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<DeviceId>,
    form: Form<JustificationForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut read = Reader::default();
    let item = read.coded("item", &form.item, Item::from_code);
    if item.is_none() && read.wrong.is_empty() {
        read.wrong
            .add("item", "Dites quelle mention est sans objet.");
    }
    let mut wrong = FieldErrors::default();
    let why = reason("reason", &form.reason, &mut wrong);
    for (field, message) in wrong.all() {
        read.wrong.add(field, message);
    }
    let item = done(read, item)?;
    let today = standing::local_day(&device, tx.now());
    let weighed = standing::of(&mut tx, &device, today).await?;
    if weighed
        .items
        .iter()
        .any(|i| i.item == item && i.code() == "present")
    {
        return Err(Error::field(
            "item",
            "Cette mention est présente : elle n’est pas sans objet.",
        ));
    }
    tx.because(&why).await?;
    let event = commands::justify(&mut tx, covered, &device, item, &why).await?;
    tx.commit(event, format!("{}/items", device.url())).await
}

/// No field at all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nothing {}

/// `DELETE /inventory/devices/{id}/items/{item}`
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path((id, item)): Path<(DeviceId, String)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let item = Item::from_code(&item).ok_or(Error::NotFound)?;
    let event = commands::withdraw_justification(&mut tx, covered, &device, item).await?;
    tx.commit(event, format!("{}/items", device.url())).await
}
