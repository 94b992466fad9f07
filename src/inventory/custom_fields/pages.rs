//! The fields that people added, and their form.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::model::{CustomField, FieldKind, NewField};
use super::{CustomFieldId, commands, queries};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place, Placed};
use crate::accounts::actions::{Action, ManageFields, SeeDevices};
use crate::accounts::sites::units::queries::{Options, establishments};
use crate::app::App;
use crate::inventory::devices::DEVICES;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// Choices of a list, at most.
const MOST_CHOICES: usize = 100;

struct Line {
    field: CustomField,
    manages: bool,
}

#[derive(Template)]
#[template(path = "inventory/custom_fields/index.html")]
struct FieldIndex {
    lines: Vec<Line>,
    may_manage: bool,
}

fn crumbs(here: &str) -> Vec<Crumb> {
    vec![
        Crumb::to("Équipements", "/inventory/devices"),
        Crumb::to("Champs complémentaires", "/inventory/custom_fields"),
        Crumb::here(here.to_owned()),
    ]
}

impl View for FieldIndex {
    fn title(&self) -> String {
        "Champs complémentaires".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Équipements", "/inventory/devices"),
            Crumb::here("Champs complémentaires"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let items: Vec<_> = self
            .lines
            .iter()
            .map(|line| serde_json::json!({ "id": line.field.id, "label": line.field.label, "kind": line.field.kind.code(), "choices": line.field.choices, "establishment": line.field.establishment, "withdrawn": line.field.withdrawn }))
            .collect();
        serde_json::json!({ "items": items })
    }
}

/// Lists the fields.
pub async fn index(State(app): State<App>, permit: Permit<SeeDevices>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let fields = queries::seen(&mut read, permit.sees(), true).await?;
    let acts = permit.caller().scope(ManageFields::NAME);
    let lines = fields
        .into_iter()
        .map(|field| Line {
            manages: acts.reaches(field.place()),
            field,
        })
        .collect();
    let may_manage = permit.caller().holds(ManageFields::NAME);
    Ok(Page::of(FieldIndex { lines, may_manage }))
}

/// What the form of a field holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldForm {
    establishment: String,
    label: String,
    kind: String,
    choices: String,
    help: String,
    position: String,
    version: String,
}

impl FieldForm {
    fn of(field: &CustomField) -> Self {
        Self {
            establishment: field
                .establishment_id
                .map(|e| e.to_string())
                .unwrap_or_default(),
            label: field.label.clone(),
            kind: field.kind.code().to_owned(),
            choices: field.choices.join("\n"),
            help: field.help.clone().unwrap_or_default(),
            position: field.position.to_string(),
            version: field.version.to_string(),
        }
    }

    /// The texts as a field; `known` keeps whose it is and its kind.
    fn check(&self, known: Option<&CustomField>) -> Result<NewField> {
        let mut errors = FieldErrors::default();
        let establishment: Option<EstablishmentId> = match known {
            Some(field) => field.establishment_id,
            None => check::maybe_chosen(&mut errors, "establishment", &self.establishment),
        };
        let label = check::line(&mut errors, "label", &self.label, 60);
        if let Some(label) = &label
            && DEVICES
                .columns
                .iter()
                .any(|column| column.label.to_lowercase() == label.to_lowercase())
        {
            errors.add(
                "label",
                format!("« {label} » est déjà une colonne des équipements."),
            );
        }
        let kind = match known {
            Some(field) => Some(field.kind),
            None => check::maybe_code(&mut errors, "kind", &self.kind, FieldKind::from_code),
        };
        if kind.is_none() && errors.of("kind").is_none() {
            errors.add("kind", "Choisissez ce que le champ contient.");
        }
        let mut choices: Vec<String> = Vec::new();
        if kind == Some(FieldKind::Choice) {
            for line in self.choices.lines() {
                let choice = check::maybe_line(&mut errors, "choices", line, 100);
                if let Some(choice) = choice.filter(|choice| !choices.contains(choice)) {
                    choices.push(choice);
                }
            }
            if choices.is_empty() || choices.len() > MOST_CHOICES {
                errors.add(
                    "choices",
                    format!("Écrivez de 1 à {MOST_CHOICES} choix, un par ligne."),
                );
            }
        }
        let help = check::maybe_line(&mut errors, "help", &self.help, 300);
        let position = check::maybe_number(&mut errors, "position", &self.position, 0..=999);
        match (label, kind) {
            (Some(label), Some(kind)) if errors.is_empty() => Ok(NewField {
                establishment,
                label,
                kind,
                choices,
                help,
                position: position
                    .and_then(|rank| i32::try_from(rank).ok())
                    .unwrap_or(0),
            }),
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "inventory/custom_fields/form.html")]
struct FieldFormPage {
    form: Typed<FieldForm>,
    field: Option<CustomField>,
    establishments: Options,
    for_group: bool,
    kinds: Vec<(&'static str, &'static str)>,
}

impl FieldFormPage {
    /// The kind is not chosen yet, or is a list.
    fn asks_choices(&self) -> bool {
        self.field
            .as_ref()
            .is_none_or(|field| field.kind == FieldKind::Choice)
    }
}

impl View for FieldFormPage {
    fn title(&self) -> String {
        match &self.field {
            Some(field) => format!("Modifier le champ « {} »", field.label),
            None => "Nouveau champ".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        crumbs(&self.title())
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments, "kinds": self.kinds })
    }
}

impl FieldFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageFields>,
        form: Typed<FieldForm>,
        id: Option<CustomFieldId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let field = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(field) = &field {
            permit.over(field)?;
        }
        let form = match &field {
            Some(field) => form.or(|| FieldForm::of(field)),
            None => form,
        };
        let establishments = establishments(&mut read, permit.acts()).await?;
        Ok(Page::of(Self {
            form,
            field,
            establishments,
            for_group: permit.acts().group,
            kinds: FieldKind::ALL
                .iter()
                .map(|kind| (kind.code(), kind.label()))
                .collect(),
        }))
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageFields>,
    form: Typed<FieldForm>,
) -> Result<Page> {
    FieldFormPage::of(&app, &permit, form, None).await
}

/// Adds a field.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageFields>,
    form: Form<FieldForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check(None)?;
    let place = new
        .establishment
        .map_or(Place::SHARED, Place::establishment);
    let event = commands::define(&mut tx, permit.over(&place)?, &new).await?;
    tx.commit(event, "/inventory/custom_fields").await
}

/// Shows the form of a field.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageFields>,
    Path(id): Path<CustomFieldId>,
    form: Typed<FieldForm>,
) -> Result<Page> {
    FieldFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes a field.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageFields>,
    Path(id): Path<CustomFieldId>,
    form: Form<FieldForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let field = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&field)?;
    let new = form.check(Some(&field))?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, &field, &new, version).await?;
    tx.commit(event, "/inventory/custom_fields").await
}

/// No longer asks for a field.
pub async fn withdraw(
    State(app): State<App>,
    permit: Permit<ManageFields>,
    Path(id): Path<CustomFieldId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let field = queries::find(&mut tx, permit.sees(), id).await?;
    let event = commands::withdraw(&mut tx, permit.over(&field)?, &field).await?;
    tx.commit(event, "/inventory/custom_fields").await
}

/// Asks for it again.
pub async fn restore(
    State(app): State<App>,
    permit: Permit<ManageFields>,
    Path(id): Path<CustomFieldId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let field = queries::find(&mut tx, permit.sees(), id).await?;
    let event = commands::restore(&mut tx, permit.over(&field)?, &field).await?;
    tx.commit(event, "/inventory/custom_fields").await
}
