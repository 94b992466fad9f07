//! Which column feeds which field: the guess, its score and what it rests on, corrected by a person.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::super::commands::{self, RunId};
use super::super::fields::field;
use super::super::headers::{Mapping, MappingProblem, Target, guess_for};
use super::super::jobs::{self, Deed};
use super::super::queries::{self, Run};
use super::api;
use crate::accounts::access::Permit;
use crate::accounts::actions::ImportDevices;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::sheet::Sheet;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// One column and what it would feed.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ImportColumn)]
pub(super) struct Line {
    header: String,
    field: String,
    guessed: bool,
    percent: u32,
    examples: String,
    filled: usize,
}

#[derive(Template)]
#[template(path = "exchange/imports/mapping.html")]
struct MappingPage {
    run: Run,
    form: Typed<MappingForm>,
    lines: Vec<Line>,
    groups: Vec<(&'static str, Vec<(&'static str, &'static str)>)>,
    problems: Vec<String>,
    sources: Vec<String>,
}

impl View for MappingPage {
    fn title(&self) -> String {
        format!("Colonnes de {}", self.run.file_name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Imports", "/exchange/imports"),
            Crumb::to(
                self.run.file_name.clone(),
                format!("/exchange/imports/{}", self.run.id),
            ),
            Crumb::here("Colonnes"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::MappingResource {
            columns: &self.lines,
            problems: &self.problems,
            mapping: serde_json::json!(self.run.mapping),
        })
    }
}

/// The fields by group, for a select.
fn groups(target: Target) -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let mut groups: Vec<(&'static str, Vec<_>)> = Vec::new();
    for field in target.fields() {
        match groups.iter_mut().find(|(name, _)| *name == field.group) {
            Some((_, fields)) => fields.push((field.key, field.label)),
            None => groups.push((field.group, vec![(field.key, field.label)])),
        }
    }
    groups
}

/// Shows the mapping of a run.
pub async fn show(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Typed<MappingForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let run = queries::find(&mut read, permit.acts(), id).await?;
    let rows = queries::first_lines(&mut read, id).await?;
    let sources = queries::sources(&mut read, permit.acts()).await?;
    let sheet = Sheet {
        name: run.sheet_name.clone(),
        header_row: 1,
        headers: run.headers.clone(),
        rows,
        encoding: String::new(),
        separator: None,
        warnings: Vec::new(),
    };
    // Shown again after a mistake: what was chosen stays chosen.
    let typed = (!form.values.header.is_empty()).then(|| form.values.mapping(&run.mapping));
    let chosen = typed.as_ref().unwrap_or(&run.mapping);
    let lines = guess_for(&sheet, run.mapping.target)
        .into_iter()
        .map(|guess| {
            let header = run.headers[guess.column].clone();
            let field = chosen.columns.get(&header).cloned().unwrap_or_default();
            Line {
                guessed: guess.field == Some(field.as_str()),
                percent: (guess.score * 100.0).round() as u32,
                examples: guess.examples.join(" · "),
                filled: guess.filled,
                header,
                field,
            }
        })
        .collect();
    let problems = chosen
        .problems(&run.headers)
        .iter()
        .map(ToString::to_string)
        .collect();
    let form = form.or(|| MappingForm {
        source: run.source.clone().unwrap_or_default(),
        ..MappingForm::default()
    });
    Ok(Page::of(MappingPage {
        groups: groups(run.mapping.target),
        run,
        form,
        lines,
        problems,
        sources,
    }))
}

/// Headers and the field of each, in the same order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MappingForm {
    header: Vec<String>,
    field: Vec<String>,
    source: String,
}

impl MappingForm {
    fn mapping(&self, before: &Mapping) -> Mapping {
        let columns: BTreeMap<String, String> = self
            .header
            .iter()
            .zip(&self.field)
            .filter(|(_, key)| !key.is_empty())
            .map(|(header, key)| (header.clone(), key.clone()))
            .collect();
        Mapping {
            columns,
            values: before.values.clone(),
            target: before.target,
        }
    }
}

/// Keeps the mapping and tries the file.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<MappingForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    let covered = permit.over(&run)?;
    let mapping = form.mapping(&run.mapping);
    let mut errors = FieldErrors::default();
    let source = check::maybe_line(&mut errors, "source", &form.source, 100);
    // A file without key or identity may be tried: each of its lines then says why it is refused.
    for problem in mapping.problems(&run.headers) {
        if matches!(
            problem,
            MappingProblem::Twice(_) | MappingProblem::UnknownField(_)
        ) {
            errors.add("", problem.to_string());
        }
    }
    if form
        .field
        .iter()
        .any(|key| !key.is_empty() && field(key).is_none())
    {
        return Err(Error::field("", "Un des champs choisis n’existe pas."));
    }
    errors.done()?;
    let event = commands::map(&mut tx, covered, &run, &mapping, source.as_deref()).await?;
    jobs::order(&mut tx, &permit, &run, Deed::Try).await?;
    tx.commit_quietly(event, format!("/exchange/imports/{id}"))
        .await
}
