//! The list of formats and their form.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::super::LabelFormatId;
use super::super::model::{LabelFormat, micrometres, millimetres};
use super::api::{FormatResource, FormatsResource};
use super::{commands, queries};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ManageLabelFormats, SeeDevices};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::ZONE;

#[derive(Template)]
#[template(path = "inventory/label_formats/index.html")]
struct FormatIndex {
    formats: Vec<LabelFormat>,
    may_manage: bool,
}

impl View for FormatIndex {
    fn title(&self) -> String {
        "Formats d’étiquettes".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Équipements", "/inventory/devices"),
            Crumb::here("Formats d’étiquettes"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(FormatsResource {
            rows: self.formats.iter().map(Into::into).collect(),
        })
    }
}

/// Lists the formats.
pub async fn index(State(app): State<App>, permit: Permit<SeeDevices>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let formats = queries::list(&mut read).await?;
    let may_manage = permit
        .caller()
        .scope(ManageLabelFormats::NAME)
        .reaches(Place::SHARED);
    Ok(Page::of(FormatIndex {
        formats,
        may_manage,
    }))
}

/// What the form of a format holds; lengths in millimetres.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormatForm {
    code: String,
    name: String,
    kind: String,
    page_width: String,
    page_height: String,
    label_width: String,
    label_height: String,
    columns: String,
    lines: String,
    left: String,
    top: String,
    pitch_x: String,
    pitch_y: String,
    withdrawn: String,
    version: String,
}

impl FormatForm {
    fn of(format: &LabelFormat) -> Self {
        Self {
            code: format.code.clone(),
            name: format.name.clone(),
            kind: if format.is_single { "single" } else { "sheet" }.into(),
            page_width: millimetres(format.page_width_um),
            page_height: millimetres(format.page_height_um),
            label_width: millimetres(format.label_width_um),
            label_height: millimetres(format.label_height_um),
            columns: format.columns.to_string(),
            lines: format.lines.to_string(),
            left: millimetres(format.left_um),
            top: millimetres(format.top_um),
            pitch_x: millimetres(format.pitch_x_um),
            pitch_y: millimetres(format.pitch_y_um),
            withdrawn: format
                .withdrawn_on
                .map(|_| "true".into())
                .unwrap_or_default(),
            version: format.version.to_string(),
        }
    }

    fn empty() -> Self {
        Self {
            kind: "sheet".into(),
            page_width: "210".into(),
            page_height: "297".into(),
            left: "0".into(),
            top: "0".into(),
            ..Self::default()
        }
    }

    /// The texts as a format, or what is wrong with them.
    fn check(&self, kept: Option<&LabelFormat>, today: chrono::NaiveDate) -> Result<LabelFormat> {
        let mut errors = FieldErrors::default();
        let code = check::line(&mut errors, "code", &self.code, 40);
        let name = check::line(&mut errors, "name", &self.name, 120);
        let is_single = check::maybe_code(&mut errors, "kind", &self.kind, |code| match code {
            "single" => Some(true),
            "sheet" => Some(false),
            _ => None,
        });
        if self.kind.trim().is_empty() {
            errors.add("kind", "Choisissez planche ou rouleau.");
        }
        let mut length = |field: &str, typed: &str, if_empty: Option<i32>| {
            if typed.trim().is_empty() && if_empty.is_some() {
                return if_empty;
            }
            let found = micrometres(typed);
            if found.is_none() {
                errors.add(
                    field,
                    format!(
                        "« {} » n’est pas une longueur : écrivez des millimètres, comme 63,5.",
                        typed.trim()
                    ),
                );
            }
            found
        };
        let label_width = length("label_width", &self.label_width, None);
        let label_height = length("label_height", &self.label_height, None);
        let single = is_single == Some(true);
        let (page_width, page_height, left, top, pitch_x, pitch_y) = if single {
            (
                label_width,
                label_height,
                Some(0),
                Some(0),
                label_width,
                label_height,
            )
        } else {
            (
                length("page_width", &self.page_width, None),
                length("page_height", &self.page_height, None),
                length("left", &self.left, Some(0)),
                length("top", &self.top, Some(0)),
                length("pitch_x", &self.pitch_x, label_width),
                length("pitch_y", &self.pitch_y, label_height),
            )
        };
        let mut count = |field: &str, typed: &str, most: i64| {
            if single {
                return Some(1);
            }
            let found = check::maybe_number(&mut errors, field, typed, 1..=most);
            if found.is_none() && typed.trim().is_empty() {
                errors.add(field, "Combien sur la page ?");
            }
            found.and_then(|n| i32::try_from(n).ok())
        };
        let columns = count("columns", &self.columns, 20);
        let lines = count("lines", &self.lines, 40);
        errors.done()?;
        let none = || crate::kernel::Error::internal("a format checked and incomplete");
        Ok(LabelFormat {
            id: kept.map_or_else(LabelFormatId::fresh, |k| k.id),
            code: code.ok_or_else(none)?,
            name: name.ok_or_else(none)?,
            is_single: single,
            page_width_um: page_width.ok_or_else(none)?,
            page_height_um: page_height.ok_or_else(none)?,
            label_width_um: label_width.ok_or_else(none)?,
            label_height_um: label_height.ok_or_else(none)?,
            columns: columns.ok_or_else(none)?,
            lines: lines.ok_or_else(none)?,
            left_um: left.ok_or_else(none)?,
            top_um: top.ok_or_else(none)?,
            pitch_x_um: pitch_x.ok_or_else(none)?,
            pitch_y_um: pitch_y.ok_or_else(none)?,
            withdrawn_on: check::ticked(&self.withdrawn)
                .then(|| kept.and_then(|k| k.withdrawn_on).unwrap_or(today)),
            version: kept.map_or(1, |k| k.version),
        })
    }
}

#[derive(Template)]
#[template(path = "inventory/label_formats/form.html")]
struct FormatFormPage {
    form: Typed<FormatForm>,
    format: Option<LabelFormat>,
    kinds: Vec<(&'static str, &'static str)>,
}

impl FormatFormPage {
    fn action(&self) -> String {
        match &self.format {
            Some(format) => format!("/inventory/label-formats/{}?_method=patch", format.id),
            None => "/inventory/label-formats".into(),
        }
    }

    async fn of(
        app: &App,
        permit: &Permit<ManageLabelFormats>,
        form: Typed<FormatForm>,
        id: Option<LabelFormatId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        permit.over(&Place::SHARED)?;
        let format = match id {
            Some(id) => Some(queries::find(&mut read, id).await?),
            None => None,
        };
        let form = form.or(|| {
            format
                .as_ref()
                .map_or_else(FormatForm::empty, FormatForm::of)
        });
        Ok(Page::of(Self {
            form,
            format,
            kinds: vec![
                ("sheet", "Planche : une grille d’étiquettes sur une page"),
                ("single", "Rouleau : une étiquette seule"),
            ],
        }))
    }
}

impl View for FormatFormPage {
    fn title(&self) -> String {
        match &self.format {
            Some(format) => format!("Modifier « {} »", format.name),
            None => "Nouveau format d’étiquettes".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Équipements", "/inventory/devices"),
            Crumb::to("Formats d’étiquettes", "/inventory/label-formats"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "format": self.format.as_ref().map(FormatResource::from), "errors": self.form.errors })
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageLabelFormats>,
    form: Typed<FormatForm>,
) -> Result<Page> {
    FormatFormPage::of(&app, &permit, form, None).await
}

/// Adds a format.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageLabelFormats>,
    form: Form<FormatForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let covered = permit.over(&Place::SHARED)?;
    let today = tx.now().with_timezone(&ZONE).date_naive();
    let (_, event) = commands::add(&mut tx, covered, form.check(None, today)?).await?;
    tx.commit(event, "/inventory/label-formats").await
}

/// Shows the form of a format.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageLabelFormats>,
    Path(id): Path<LabelFormatId>,
    form: Typed<FormatForm>,
) -> Result<Page> {
    FormatFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes a format.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageLabelFormats>,
    Path(id): Path<LabelFormatId>,
    form: Form<FormatForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, id).await?;
    let covered = permit.over(&Place::SHARED)?;
    let today = tx.now().with_timezone(&ZONE).date_naive();
    let new = form.check(Some(&kept), today)?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, new, version).await?;
    tx.commit(event, "/inventory/label-formats").await
}
