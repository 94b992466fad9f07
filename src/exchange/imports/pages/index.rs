//! The files received, and the form that sends one.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::commands::{self, NewRun};
use super::super::headers::{Mapping, Target, best_sheet_for};
use super::super::queries::{self, Received};
use super::api;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::ImportDevices;
use crate::accounts::sites::units::queries::{Options, establishments};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::sheet::{self, ReadOptions};
use crate::platform::web::{Page, Saved, Typed, Upload, View, check, filters};

#[derive(Template)]
#[template(path = "exchange/imports/index.html")]
struct ImportIndex {
    runs: Vec<Received>,
}

impl View for ImportIndex {
    fn title(&self) -> String {
        "Imports".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Parc", "/inventory/devices"),
            Crumb::here("Imports"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::RunsResource {
            items: self.runs.iter().map(Into::into).collect(),
        })
    }
}

/// Lists the files received.
pub async fn index(State(app): State<App>, permit: Permit<ImportDevices>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let runs = queries::received(&mut read, permit.acts()).await?;
    Ok(Page::of(ImportIndex { runs }))
}

/// What comes with a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileForm {
    establishment: String,
    source: String,
    encoding: String,
    separator: String,
    header_row: String,
    target: String,
}

#[derive(Template)]
#[template(path = "exchange/imports/new.html")]
struct ImportNew {
    form: Typed<FileForm>,
    establishments: Options,
    sources: Vec<String>,
}

impl View for ImportNew {
    fn title(&self) -> String {
        "Importer un fichier".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Parc", "/inventory/devices"),
            Crumb::to("Imports", "/exchange/imports"),
            Crumb::here("Nouveau"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments, "sources": self.sources })
    }
}

/// Shows the form that sends a file.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    form: Typed<FileForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let establishments = establishments(&mut read, permit.acts()).await?;
    let sources = queries::sources(&mut read, permit.acts()).await?;
    let only = establishments
        .first()
        .filter(|_| establishments.len() == 1)
        .map(|(id, _)| id.clone());
    let form = form.or(|| FileForm {
        establishment: only.unwrap_or_default(),
        ..FileForm::default()
    });
    Ok(Page::of(ImportNew {
        form,
        establishments,
        sources,
    }))
}

/// Reads a file and keeps its lines; the mapping comes next.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    form: Upload<FileForm>,
) -> Result<Saved> {
    let mut errors = FieldErrors::default();
    let establishment = check::chosen(&mut errors, "establishment", &form.fields.establishment);
    let source = check::maybe_line(&mut errors, "source", &form.fields.source, 100);
    let target = check::maybe_code(
        &mut errors,
        "target",
        &form.fields.target,
        Target::from_code,
    )
    .unwrap_or_default();
    let encoding = check::maybe_line(&mut errors, "encoding", &form.fields.encoding, 40);
    let header_row =
        check::maybe_number(&mut errors, "header_row", &form.fields.header_row, 1..=100);
    let (Some(establishment), true) = (establishment, errors.is_empty()) else {
        return Err(errors.into());
    };
    let file = form.file("file")?;
    let separator = match form.fields.separator.as_str() {
        "tab" => Some('\t'),
        other => other.chars().next(),
    };
    let options = ReadOptions {
        encoding,
        separator,
        header_row: header_row.and_then(|row| u32::try_from(row).ok()),
        ..ReadOptions::default()
    };
    let bytes = file.bytes.clone();
    let hash = Sha256::digest(&bytes).to_vec();
    // Unzipping and decoding keep the processor: not on the threads that answer people.
    let sheets = tokio::task::spawn_blocking(move || sheet::read(&bytes, &options))
        .await
        .map_err(Error::internal)?
        .map_err(|error| Error::field("file", error.to_string()))?;
    let mut tx = app.begin_with(&permit, form.key.clone()).await?;
    let covered = permit.over(&Place::establishment(establishment))?;
    let saved = match &source {
        Some(source) => queries::saved_mapping(&mut tx, establishment, source, target).await?,
        None => None,
    };
    let (mut sheet, others) = best_sheet_for(sheets, saved.as_ref(), target);
    sheet.warnings.extend(others);
    // What the source said before holds for the columns it named; the others are guessed.
    let mut mapping = Mapping::guessed_for(&sheet, target);
    if let Some(saved) = saved {
        mapping.columns.retain(|header, key| {
            saved.columns.contains_key(header) || !saved.columns.values().any(|taken| taken == key)
        });
        mapping.columns.extend(
            saved
                .columns
                .into_iter()
                .filter(|(header, _)| sheet.headers.contains(header)),
        );
        mapping.values = saved.values;
    }
    let new = NewRun {
        establishment,
        source,
        file_name: file.name.clone(),
        file_hash: hash,
        file_size: i64::try_from(file.bytes.len()).unwrap_or(i64::MAX),
        sheet,
        mapping,
        accepts_all: false,
    };
    let (id, event) = commands::stage(&mut tx, covered, new).await?;
    tx.commit_quietly(event, format!("/exchange/imports/{id}/mapping"))
        .await
}
