//! What a person does with a run. Whatever changes what would be imported tries the file again.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::super::commands::{self, RunId};
use super::super::jobs::{self, Deed};
use super::super::queries;
use super::super::references::Kind;
use crate::accounts::access::Permit;
use crate::accounts::actions::ImportDevices;
use crate::app::App;
use crate::kernel::{Error, Event, FieldErrors, Result, Subject};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved, check};

fn url(id: RunId) -> String {
    format!("/exchange/imports/{id}")
}

/// Tries the file again.
pub async fn try_again(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    permit.over(&run)?;
    commands::still_open(&run)?;
    jobs::order(&mut tx, &permit, &run, Deed::Try).await?;
    tx.commit_quietly(asked(id, &run, "Essai demandé"), url(id))
        .await
}

/// Imports for good.
pub async fn commit(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    permit.over(&run)?;
    if let Some(why) = run.why_not_commit() {
        return Err(Error::refused("un import se valide après son essai", why));
    }
    jobs::order(&mut tx, &permit, &run, Deed::Commit).await?;
    tx.commit_quietly(asked(id, &run, "Import demandé"), url(id))
        .await
}

/// Takes the import back.
pub async fn undo(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    permit.over(&run)?;
    if !run.can_undo(tx.now()) {
        return Err(Error::refused(
            "un import validé s’annule pendant 30 jours",
            "Cet import ne peut pas, ou plus, être annulé en bloc.",
        ));
    }
    jobs::order(&mut tx, &permit, &run, Deed::Undo).await?;
    tx.commit_quietly(asked(id, &run, "Annulation demandée"), url(id))
        .await
}

fn asked(id: RunId, run: &queries::Run, words: &str) -> Event {
    Event::new(
        "import.asked",
        Subject::of("import_run", id, run.establishment_id),
        format!("{words} : {}", run.file_name),
    )
}

/// Gives the import up.
pub async fn cancel(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    let covered = permit.over(&run)?;
    let event = commands::cancel(&mut tx, covered, &run).await?;
    tx.commit(event, url(id)).await
}

/// Takes a stopped import up again.
pub async fn resume(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    let covered = permit.over(&run)?;
    let event = commands::resume(&mut tx, covered, &run).await?;
    jobs::order(&mut tx, &permit, &run, Deed::Try).await?;
    tx.commit_quietly(event, url(id)).await
}

/// Accepts every proposal.
pub async fn accept(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    let covered = permit.over(&run)?;
    let event = commands::accept_all(&mut tx, covered, &run).await?;
    jobs::order(&mut tx, &permit, &run, Deed::Try).await?;
    tx.commit_quietly(event, url(id)).await
}

/// Columns of a line and their new values, in the same order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorrectionForm {
    column: Vec<String>,
    value: Vec<String>,
}

/// Corrects a line in place.
pub async fn correct(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path((id, line)): Path<(RunId, i32)>,
    form: Form<CorrectionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    let covered = permit.over(&run)?;
    let corrections: Vec<(String, String)> = form
        .column
        .iter()
        .cloned()
        .zip(form.value.iter().cloned())
        .collect();
    if corrections.is_empty() || form.column.len() != form.value.len() {
        return Err(Error::field("value", "Donnez une valeur à corriger."));
    }
    let event = commands::correct(&mut tx, covered, &run, line, &corrections).await?;
    jobs::order(&mut tx, &permit, &run, Deed::Try).await?;
    tx.commit_quietly(event, format!("{}?tab=rejected", url(id)))
        .await
}

/// What a name of the file means.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionForm {
    kind: Vec<String>,
    key: Vec<String>,
    decision: Vec<String>,
}

/// Decides proposals: `create`, `wait`, or the identifier of the known one.
pub async fn decide(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    form: Form<DecisionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let run = queries::find(&mut tx, permit.acts(), id).await?;
    let mut told: Option<Event> = None;
    for ((kind, key), decision) in form.kind.iter().zip(&form.key).zip(&form.decision) {
        let kind = Kind::from_code(kind).ok_or(Error::NotFound)?;
        let mut errors = FieldErrors::default();
        let (word, known) = match decision.as_str() {
            "create" | "wait" => (decision.as_str(), None),
            "" => continue,
            id => ("use", check::chosen(&mut errors, "decision", id)),
        };
        errors.done()?;
        let event =
            commands::decide(&mut tx, permit.over(&run)?, &run, kind, key, word, known).await?;
        told = Some(match told {
            Some(before) => before.and(event),
            None => event,
        });
    }
    let event =
        told.ok_or_else(|| Error::field("decision", "Choisissez au moins une décision."))?;
    jobs::order(&mut tx, &permit, &run, Deed::Try).await?;
    tx.commit_quietly(event, format!("{}?tab=proposals", url(id)))
        .await
}
