//! Identifiers of a device: the present ones, the former ones with why they changed, exchanges and additions.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::api;
use super::commands::{self, Exchange};
use super::pages::Head;
use super::queries::Identifier;
use super::{DeviceId, IdentifierKind, Reader, done, find, options, queries, reason, standing};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, EditDevices, SeeDevices};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result, date};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// Its identifiers.
#[derive(Template)]
#[template(path = "inventory/devices/identifiers.html")]
pub struct IdentifierIndex {
    head: Head,
    present: Vec<(&'static str, String)>,
    others: Vec<(Identifier, String)>,
    may_edit: bool,
}

impl View for IdentifierIndex {
    fn title(&self) -> String {
        self.head.title("Identifiants")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Identifiants")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::DeviceIdentifiersResource {
            present: self
                .present
                .iter()
                .map(|(label, value)| api::PresentIdentifier {
                    label,
                    value: value.clone(),
                })
                .collect(),
            items: self.others.iter().map(|(kept, _)| kept.into()).collect(),
        })
    }
}

/// `GET /inventory/devices/{id}/identifiers`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Identifiants");
    let zone = standing::zone(&device);
    let others = queries::identifiers(&mut read, id)
        .await?
        .into_iter()
        .map(|i| {
            let until = i
                .valid_to
                .map(|at| format!("jusqu’au {}", date::instant(at, zone)))
                .unwrap_or_default();
            (i, until)
        })
        .collect();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let present = vec![
        (
            IdentifierKind::InventoryNumber.label(),
            device.inventory_number.clone(),
        ),
        (
            IdentifierKind::SerialNumber.label(),
            text(&device.serial_number),
        ),
        (IdentifierKind::LotNumber.label(), text(&device.lot_number)),
        (IdentifierKind::Udi.label(), text(&device.udi_text)),
        (IdentifierKind::LabelCode.label(), device.label_code.clone()),
    ];
    let may_edit =
        device.annulled_at.is_none() && super::reaches(permit.caller(), EditDevices::NAME, &device);
    Ok(Page::of(IdentifierIndex {
        head,
        present,
        others,
        may_edit,
    }))
}

/// What was typed of an identifier.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentifierForm {
    kind: String,
    value: String,
    reason: String,
    version: String,
}

/// The form.
#[derive(Template)]
#[template(path = "inventory/devices/identifier_form.html")]
pub struct IdentifierFormPage {
    head: Head,
    form: Typed<IdentifierForm>,
    kinds: Vec<(&'static str, &'static str)>,
    version: i32,
}

impl View for IdentifierFormPage {
    fn title(&self) -> String {
        self.head.title("Échanger ou ajouter un identifiant")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Échanger ou ajouter un identifiant")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "version": self.version, "errors": self.form.errors })
    }
}

/// `GET /inventory/devices/{id}/identifiers/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<DeviceId>,
    form: Typed<IdentifierForm>,
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
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Identifiants");
    let form = form.or(|| IdentifierForm {
        kind: "serial_number".into(),
        ..IdentifierForm::default()
    });
    let kinds = options(
        IdentifierKind::ALL,
        IdentifierKind::code,
        IdentifierKind::label,
    );
    Ok(Page::of(IdentifierFormPage {
        head,
        form,
        kinds,
        version: device.version,
    }))
}

/// `POST /inventory/devices/{id}/identifiers`
pub async fn create(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<DeviceId>,
    form: Form<IdentifierForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut read = Reader::default();
    let kind = read.coded("kind", &form.kind, IdentifierKind::from_code);
    if kind.is_none() && read.wrong.is_empty() {
        read.wrong.add("kind", "Dites quel identifiant.");
    }
    let value = match kind {
        Some(IdentifierKind::Udi) => read.scanned("value", &form.value),
        _ => read.short("value", &form.value, 200),
    };
    if value.is_none() && kind != Some(IdentifierKind::LabelCode) {
        read.wrong.add("value", "Donnez le nouvel identifiant.");
    }
    let exchanged = kind.is_some_and(IdentifierKind::is_column);
    let mut wrong = FieldErrors::default();
    let why = if exchanged {
        reason("reason", &form.reason, &mut wrong)
    } else {
        form.reason.trim().to_owned()
    };
    for (field, message) in wrong.all() {
        read.wrong.add(field, message);
    }
    let kind = done(read, kind)?;
    let value = value.unwrap_or_default();
    tx.because(&why).await?;
    let event = if exchanged {
        let version = form.version.trim().parse().unwrap_or(-1);
        commands::exchange(
            &mut tx,
            covered,
            &device,
            version,
            Exchange {
                kind,
                value,
                reason: why,
            },
        )
        .await?
    } else {
        commands::add_identifier(&mut tx, covered, &device, kind, &value).await?
    };
    tx.commit(event, format!("{}/identifiers", device.url()))
        .await
}
