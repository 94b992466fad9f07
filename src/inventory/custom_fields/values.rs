//! What one device says in the fields that people added: its form, and its part of the device's page.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;
use sqlx::PgConnection;

use super::model::{CustomField, FieldKind};
use super::{commands, queries};
use crate::accounts::access::{Permit, Scope};
use crate::accounts::actions::EditDevices;
use crate::app::App;
use crate::inventory::devices::{Device, DeviceId, find};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// The fields asked of a device with what it says, in words; empty = nothing said.
pub async fn shown(
    conn: &mut PgConnection,
    sees: &Scope,
    device: &Device,
) -> Result<Vec<(String, String)>> {
    let fields = queries::asked(
        queries::seen(conn, sees, false).await?,
        device.establishment_id,
    );
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let values = queries::values(conn, device.id).await?;
    Ok(fields
        .into_iter()
        .map(|field| {
            let value = values.get(&field.id.uuid());
            let words = value.map(|value| field.words(value)).unwrap_or_default();
            (field.label, words)
        })
        .collect())
}

/// Fields and values side by side, in the order of the form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValuesForm {
    field: Vec<String>,
    value: Vec<String>,
}

/// A field on the form.
struct Asked {
    field: CustomField,
    value: String,
    problem: Option<String>,
}

impl Asked {
    fn control(&self) -> &'static str {
        match self.field.kind {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Date => "date",
            FieldKind::Choice => "choice",
            FieldKind::YesNo => "flag",
        }
    }
}

#[derive(Template)]
#[template(path = "inventory/custom_fields/values.html")]
struct ValuesEdit {
    url: String,
    number: String,
    form: Typed<ValuesForm>,
    asked: Vec<Asked>,
}

impl View for ValuesEdit {
    fn title(&self) -> String {
        format!("{} : champs complémentaires", self.number)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Équipements", "/inventory/devices"),
            Crumb::to(self.number.clone(), self.url.clone()),
            Crumb::here("Champs complémentaires"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let fields: Vec<_> = self
            .asked
            .iter()
            .map(|one| serde_json::json!({ "field": one.field.id, "label": one.field.label, "kind": one.field.kind.code(), "choices": one.field.choices, "value": one.value }))
            .collect();
        serde_json::json!({ "fields": fields })
    }
}

/// `GET /inventory/devices/{id}/fields/edit`
pub async fn edit(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<DeviceId>,
    form: Typed<ValuesForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let fields = queries::asked(
        queries::seen(&mut read, permit.sees(), false).await?,
        device.establishment_id,
    );
    let values = queries::values(&mut read, device.id).await?;
    let asked = fields
        .into_iter()
        .map(|field| {
            let name = field.id.to_string();
            let typed = form.values.field.iter().position(|one| *one == name);
            let typed = typed
                .and_then(|at| form.values.value.get(at))
                .filter(|_| form.is_again());
            let kept = values.get(&field.id.uuid());
            Asked {
                value: typed.or(kept).cloned().unwrap_or_default(),
                problem: form.errors.of(&name),
                field,
            }
        })
        .collect();
    Ok(Page::of(ValuesEdit {
        url: device.url(),
        number: device.inventory_number,
        form,
        asked,
    }))
}

/// `PATCH /inventory/devices/{id}/fields`
pub async fn update(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<DeviceId>,
    form: Form<ValuesForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let fields = queries::asked(
        queries::seen(&mut tx, permit.sees(), false).await?,
        device.establishment_id,
    );
    let mut errors = FieldErrors::default();
    let mut said = Vec::with_capacity(form.field.len());
    for (name, typed) in form.field.iter().zip(&form.value) {
        let Some(field) = fields.iter().find(|field| field.id.to_string() == *name) else {
            return Err(Error::BadRequest(
                "un champ n’est pas de cet équipement".into(),
            ));
        };
        said.push((field.id, field.read(&mut errors, name, typed)));
    }
    errors.done()?;
    let event = commands::fill(&mut tx, covered, &device, &said).await?;
    tx.commit(event, device.url()).await
}
