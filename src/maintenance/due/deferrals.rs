//! Putting an operation off: asked by one, answered by another.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::{DeferralId, DueId, commands, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::{AnswerDeferrals, AskDeferrals};
use crate::app::App;
use crate::inventory::devices;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::{Form, Saved, check};

/// What was typed of a deferral.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeferralForm {
    pub(super) until: String,
    pub(super) deferral_reason: String,
}

/// `POST /maintenance/due/{id}/deferrals`
pub async fn create(
    State(app): State<App>,
    permit: Permit<AskDeferrals>,
    Path(id): Path<DueId>,
    form: Form<DeferralForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let line = queries::find(&mut tx, permit.sees(), id).await?;
    let device = devices::find(&mut tx, permit.sees(), line.device_id).await?;
    let covered = permit.over(&device)?;
    let mut errors = FieldErrors::default();
    let until = check::maybe_day(&mut errors, "until", &form.until);
    if until.is_none() && errors.is_empty() {
        errors.add("until", "Jusqu’à quand ?");
    }
    let reason = check::line(&mut errors, "deferral_reason", &form.deferral_reason, 1000);
    errors.done()?;
    let (Some(until), Some(reason)) = (until, reason) else {
        return Err(Error::internal("checked above"));
    };
    let event = commands::ask_deferral(&mut tx, covered, &device, &line, until, &reason).await?;
    tx.commit(event, line.url()).await
}

/// What was answered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerForm {
    decision: String,
    answer_note: String,
}

/// `POST /maintenance/due/{id}/deferrals/{deferral}/answer`
pub async fn answer(
    State(app): State<App>,
    permit: Permit<AnswerDeferrals>,
    Path((id, deferral)): Path<(DueId, DeferralId)>,
    form: Form<AnswerForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let line = queries::find(&mut tx, permit.sees(), id).await?;
    let device = devices::find(&mut tx, permit.sees(), line.device_id).await?;
    let covered = permit.over(&device)?;
    let asked = queries::deferrals(&mut tx, &line)
        .await?
        .into_iter()
        .find(|d| d.id == deferral)
        .ok_or(Error::NotFound)?;
    let mut errors = FieldErrors::default();
    let note = check::maybe_line(&mut errors, "answer_note", &form.answer_note, 1000);
    let approved = match form.decision.as_str() {
        "yes" => true,
        "no" => false,
        _ => {
            errors.add("decision", "Accordé ou refusé ?");
            false
        }
    };
    errors.done()?;
    let event = commands::answer_deferral(
        &mut tx,
        covered,
        &device,
        &line,
        &asked,
        approved,
        note.as_deref(),
    )
    .await?;
    tx.commit(event, line.url()).await
}
