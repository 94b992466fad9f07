//! The checklist of an obligation: what is looked at or measured, with limits and where they come from.

use axum::extract::{Path, State};
use serde::Deserialize;
use uuid::Uuid;

use super::checklists;
use super::model::number;
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::ManageObligations;
use crate::app::App;
use crate::kernel::{Error, Event, FieldErrors, Result, id};
use crate::maintenance::obligations::queries::Obligation;
use crate::maintenance::obligations::{self, ObligationId};
use crate::platform::db::{OnConstraint, OneRow, Tx};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved, check};

/// What was typed of a step.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StepForm {
    pub(in crate::maintenance) label: String,
    pub(in crate::maintenance) unit: String,
    pub(in crate::maintenance) lower_limit: String,
    pub(in crate::maintenance) upper_limit: String,
    pub(in crate::maintenance) limit_source: String,
    pub(in crate::maintenance) limits_verified: String,
    pub(in crate::maintenance) is_measured: String,
    pub(in crate::maintenance) is_optional: String,
}

fn limit(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<f64> {
    if typed.trim().is_empty() {
        return None;
    }
    let found = number(typed);
    if found.is_none() {
        errors.add(
            field,
            format!("« {} » n’est pas un nombre, comme 0,3.", typed.trim()),
        );
    }
    found
}

/// A point to look at or measure.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct NewStep {
    pub label: String,
    pub is_measured: bool,
    pub unit: Option<String>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub source: Option<String>,
    pub in_force: bool,
    pub is_mandatory: bool,
}

/// Adds a point at the end of the checklist of an obligation.
pub async fn add_step(
    tx: &mut Tx,
    _: Covered<ManageObligations>,
    kept: &Obligation,
    new: NewStep,
) -> Result<Event> {
    let position = checklists::steps(tx, kept.id)
        .await?
        .last()
        .map_or(1, |s| s.position + 1);
    let status = if new.in_force {
        "in_force"
    } else {
        "to_verify"
    };
    sqlx::query!(
        "insert into checklist_step (id, obligation_id, position, label, is_measured, unit, lower_limit, upper_limit, limit_source, limit_status, is_mandatory)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id::fresh(),
        kept.id.uuid(),
        position,
        new.label,
        new.is_measured,
        new.unit,
        new.lower,
        new.upper,
        new.source,
        status,
        new.is_mandatory
    )
    .execute(&mut **tx)
    .await
    .on_constraint("checklist_step_label_check", "label", "Nommez ce qui est vérifié.")
    .on_constraint("checklist_step_limits_check", "upper_limit", "La limite haute est au-dessous de la limite basse.")
    .on_constraint("checklist_step_source_check", "limit_source", "Une limite a sa source : notice, norme et édition, décision.")?;
    Ok(Event::new(
        "obligation.step_added",
        kept.subject(),
        format!(
            "« {} » ajouté à la liste de contrôle de « {} »",
            new.label, kept.title
        ),
    ))
}

/// `POST /maintenance/obligations/{id}/steps`
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Path(id): Path<ObligationId>,
    form: Form<StepForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = obligations::queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let label = check::line(&mut errors, "label", &form.label, 200).unwrap_or_default();
    let unit = check::maybe_line(&mut errors, "unit", &form.unit, 20);
    let lower = limit(&mut errors, "lower_limit", &form.lower_limit);
    let upper = limit(&mut errors, "upper_limit", &form.upper_limit);
    let source = check::maybe_line(&mut errors, "limit_source", &form.limit_source, 200);
    errors.done()?;
    let new = NewStep {
        label,
        is_measured: check::ticked(&form.is_measured)
            || unit.is_some()
            || lower.is_some()
            || upper.is_some(),
        unit,
        lower,
        upper,
        source,
        in_force: check::ticked(&form.limits_verified),
        is_mandatory: !check::ticked(&form.is_optional),
    };
    let event = add_step(&mut tx, covered, &kept, new).await?;
    tx.commit(event, kept.url()).await
}

/// `DELETE /maintenance/obligations/{id}/steps/{step}`
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Path((id, step)): Path<(ObligationId, Uuid)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = obligations::queries::find(&mut tx, permit.sees(), id).await?;
    permit.over(&kept)?;
    let steps = checklists::steps(&mut tx, id).await?;
    let known = steps.iter().find(|s| s.id == step).ok_or(Error::NotFound)?;
    let now = tx.now();
    sqlx::query!(
        "update checklist_step set retired_at = $2 where id = $1 and retired_at is null",
        step,
        now
    )
    .execute(&mut *tx)
    .await?
    .one_row()?;
    let event = Event::new(
        "obligation.step_retired",
        kept.subject(),
        format!("« {} » retiré de la liste de contrôle", known.label),
    );
    tx.commit(event, kept.url()).await
}
