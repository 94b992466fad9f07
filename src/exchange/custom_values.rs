//! Values of custom fields from a file: one column names the devices by their inventory number, the
//! others bear the names of fields. An empty cell changes nothing. A trial says what would change; every
//! line read is updated, unchanged or rejected with its reason.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::imports::headers::{best_sheet, fold};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::ImportDevices;
use crate::accounts::sites::units::queries::{Options, establishments};
use crate::app::App;
use crate::inventory::custom_fields::{CustomField, CustomFieldId, commands, queries};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::sheet::{self, ReadOptions, Sheet};
use crate::platform::web::{Page, Routes, Typed, Upload, View, check, filters};

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/exchange/custom_values/new", new)
        .post("/exchange/custom_values", create)
}

/// What comes with the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileForm {
    establishment: String,
    write: String,
}

fn crumbs(here: &'static str) -> Vec<Crumb> {
    vec![
        Crumb::to("Équipements", "/inventory/devices"),
        Crumb::to("Champs complémentaires", "/inventory/custom_fields"),
        Crumb::here(here),
    ]
}

#[derive(Template)]
#[template(path = "exchange/custom_values/form.html")]
struct ValuesNew {
    form: Typed<FileForm>,
    establishments: Options,
    fields: Vec<CustomField>,
}

impl View for ValuesNew {
    fn title(&self) -> String {
        "Importer des champs complémentaires".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs("Importer")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments, "fields": self.fields.iter().map(|f| &f.label).collect::<Vec<_>>() })
    }
}

/// The form that sends a file.
async fn new(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    form: Typed<FileForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    Ok(Page::of(ValuesNew {
        form,
        establishments: establishments(&mut read, permit.acts()).await?,
        fields: queries::seen(&mut read, permit.sees(), false).await?,
    }))
}

/// A line that is not taken, and why.
#[derive(serde::Serialize)]
struct Rejected {
    line: u32,
    number: String,
    why: String,
}

/// What a file does, line by line.
#[derive(Default, serde::Serialize)]
struct Outcome {
    read: usize,
    updated: usize,
    unchanged: usize,
    rejected: Vec<Rejected>,
    ignored: Vec<String>,
    #[serde(skip)]
    values: Vec<(CustomFieldId, Uuid, String)>,
}

#[derive(Template)]
#[template(path = "exchange/custom_values/show.html")]
struct ValuesTried {
    outcome: Outcome,
}

impl View for ValuesTried {
    fn title(&self) -> String {
        "Essai d’import de champs".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs("Essai")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(self.outcome)
    }
}

/// The devices of an establishment by number, as far as the file names them.
async fn devices(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
    numbers: &[String],
) -> Result<HashMap<String, Uuid>> {
    let rows = sqlx::query!(
        "select id, inventory_number from device
         where establishment_id = $1 and inventory_number = any($2) and annulled_at is null",
        establishment.uuid(),
        numbers
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.inventory_number, row.id))
        .collect())
}

/// What those devices say already.
async fn said(conn: &mut PgConnection, devices: &[Uuid]) -> Result<HashMap<(Uuid, Uuid), String>> {
    let rows = sqlx::query!(
        r#"select device_id, field_id, coalesce(text_value, trim_scale(number_value)::text, date_value::text, flag_value::text) as "value!"
           from device_custom_value where device_id = any($1)"#,
        devices
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.device_id, row.field_id), row.value))
        .collect())
}

async fn tried(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
    fields: &[CustomField],
    sheet: &Sheet,
) -> Result<Outcome> {
    let headers: Vec<String> = sheet.headers.iter().map(|header| fold(header)).collect();
    let key = headers
        .iter()
        .position(|header| header.contains("inventaire") || header == "inventory number")
        .ok_or_else(|| {
            Error::field("file", "Aucune colonne « N° d’inventaire » n’est reconnue.")
        })?;
    let mut columns: Vec<(usize, &CustomField)> = Vec::new();
    let mut outcome = Outcome::default();
    for (at, header) in headers.iter().enumerate().filter(|(at, _)| *at != key) {
        match fields.iter().find(|field| fold(&field.label) == *header) {
            Some(field) => columns.push((at, field)),
            None => outcome.ignored.push(sheet.headers[at].clone()),
        }
    }
    if columns.is_empty() {
        return Err(Error::field(
            "file",
            "Aucune colonne ne porte le nom d’un champ complémentaire de cet établissement.",
        ));
    }
    let cell = |row: &sheet::Row, at: usize| {
        row.cells
            .get(at)
            .map(|c| c.trim().to_owned())
            .unwrap_or_default()
    };
    let numbers: Vec<String> = sheet.rows.iter().map(|row| cell(row, key)).collect();
    let known = devices(conn, establishment, &numbers).await?;
    let ids: Vec<Uuid> = known.values().copied().collect();
    let said = said(conn, &ids).await?;
    let mut met = std::collections::HashSet::new();
    for (row, number) in sheet.rows.iter().zip(numbers) {
        outcome.read += 1;
        let mut errors = FieldErrors::default();
        let device = match known.get(&number) {
            Some(device) if met.insert(*device) => Some(*device),
            Some(_) => {
                errors.add("", "Ce numéro est déjà dans une ligne précédente.");
                None
            }
            None => {
                errors.add(
                    "",
                    "Aucun équipement de l’établissement ne porte ce numéro.",
                );
                None
            }
        };
        let mut changes = Vec::new();
        for (at, field) in &columns {
            let typed = cell(row, *at);
            if let (Some(value), Some(device)) =
                (field.read(&mut errors, &field.label, &typed), device)
                && said.get(&(device, field.id.uuid())) != Some(&value)
            {
                changes.push((field.id, device, value));
            }
        }
        if errors.is_empty() {
            if changes.is_empty() {
                outcome.unchanged += 1;
            } else {
                outcome.updated += 1;
                outcome.values.extend(changes);
            }
        } else {
            let why = errors
                .all()
                .map(|(field, why)| {
                    if field.is_empty() {
                        why.to_owned()
                    } else {
                        format!("{field} : {why}")
                    }
                })
                .collect::<Vec<_>>()
                .join(" ");
            outcome.rejected.push(Rejected {
                line: row.number,
                number,
                why,
            });
        }
    }
    Ok(outcome)
}

/// Tries a file, or writes what it says.
async fn create(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    form: Upload<FileForm>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let establishment: Option<EstablishmentId> =
        check::chosen(&mut errors, "establishment", &form.fields.establishment);
    errors.done()?;
    let establishment = establishment.ok_or(Error::NotFound)?;
    let covered = permit.over(&Place::establishment(establishment))?;
    let bytes = form.file("file")?.bytes.clone();
    let sheets = tokio::task::spawn_blocking(move || sheet::read(&bytes, &ReadOptions::default()))
        .await
        .map_err(Error::internal)?
        .map_err(|error| Error::field("file", error.to_string()))?;
    let (sheet, _) = best_sheet(sheets, None);
    let mut tx = app.begin_with(&permit, form.key.clone()).await?;
    let fields = queries::asked(
        queries::seen(&mut tx, permit.sees(), false).await?,
        establishment,
    );
    let outcome = tried(&mut tx, establishment, &fields, &sheet).await?;
    if !check::ticked(&form.fields.write) {
        return Ok(Page::of(ValuesTried { outcome }).into_response());
    }
    let said = format!(
        "{} lignes lues = {} modifiées + {} inchangées + {} rejetées",
        outcome.read,
        outcome.updated,
        outcome.unchanged,
        outcome.rejected.len()
    );
    let event = commands::take(
        &mut tx,
        covered.entail(),
        establishment,
        &outcome.values,
        &said,
    )
    .await?;
    Ok(tx
        .commit(event, "/exchange/custom_values/new")
        .await?
        .into_response())
}
