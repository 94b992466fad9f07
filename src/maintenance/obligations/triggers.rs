//! Operations after which a control is due out of its cycle.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::{ObligationId, TriggerId, commands, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageObligations;
use crate::app::App;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved, check};

/// What was typed of such an operation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TriggerForm {
    pub(super) operation: String,
    pub(super) within_days: String,
    pub(super) source: String,
}

/// `POST /maintenance/obligations/{id}/triggers`
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Path(id): Path<ObligationId>,
    form: Form<TriggerForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let operation = check::line(&mut errors, "operation", &form.operation, 200);
    let within = check::maybe_number(&mut errors, "within_days", &form.within_days, 0..=366);
    let source = check::line(&mut errors, "source", &form.source, 400);
    errors.done()?;
    let (Some(operation), Some(source)) = (operation, source) else {
        return Err(Error::internal("checked above"));
    };
    let within = i32::try_from(within.unwrap_or(0)).unwrap_or(0);
    let event = commands::add_trigger(&mut tx, covered, &kept, &operation, within, &source).await?;
    tx.commit(event, kept.url()).await
}

/// `DELETE /maintenance/obligations/{id}/triggers/{trigger}`
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Path((id, trigger)): Path<(ObligationId, TriggerId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let triggers = queries::triggers(&mut tx, id).await?;
    let known = triggers
        .iter()
        .find(|t| t.id == trigger)
        .ok_or(Error::NotFound)?;
    let event = commands::remove_trigger(&mut tx, covered, &kept, known).await?;
    tx.commit(event, kept.url()).await
}
