//! Writing obligations. Devices follow by triggers of the database; their due dates by [`crate::maintenance::due`].

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{Counter, DueFrom, Kind, OnClosedDay, Period, SourceKind, Status};
use super::queries::{Obligation, Trigger};
use super::{ObligationId, TriggerId};
use crate::accounts::EstablishmentId;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageObligations;
use crate::kernel::{Event, Result, Subject, id};
use crate::maintenance::due;
use crate::platform::db::{OnConstraint, OneRow, Tx};

/// What is said of an obligation, checked.
#[derive(Clone, Debug)]
pub struct NewObligation {
    /// Of which model.
    pub model: Uuid,
    /// Only of this version.
    pub software_version: Option<Uuid>,
    /// Of one establishment; none = the group's.
    pub establishment: Option<EstablishmentId>,
    /// What is done.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// By time.
    pub period: Option<Period>,
    /// By counter: which, and so many more than last time.
    pub counter: Option<(Counter, i64)>,
    /// Days before.
    pub before_days: i32,
    /// Days after.
    pub after_days: i32,
    /// What the next day is counted from.
    pub due_from: DueFrom,
    /// Due days on which nobody works.
    pub on_closed_day: OnClosedDay,
    /// Who asks.
    pub source_kind: SourceKind,
    /// Which document.
    pub source_reference: String,
    /// Which version of it.
    pub source_version: Option<String>,
    /// Which page.
    pub source_page: Option<String>,
    /// What the source asks, when another rhythm was chosen.
    pub asked: Option<Period>,
    /// Why.
    pub gap_reason: Option<String>,
    /// Closes only with measured values.
    pub needs_measures: bool,
    /// Whether it obliges.
    pub status: Status,
    /// Free words.
    pub note: Option<String>,
}

const GAP: &str = "La période choisie n’est pas celle que demande la source : dites pourquoi (dix caractères au moins).";
const OTHER_MODEL: &str = "Cette version n’est pas une version de ce modèle.";
const UNKNOWN_MODEL: &str = "Choisissez un modèle du catalogue.";

fn split(period: Option<Period>) -> (Option<i32>, Option<&'static str>) {
    match period {
        Some(p) => (i32::try_from(p.value).ok(), Some(p.unit.code())),
        None => (None, None),
    }
}

/// Defines an obligation: every device of the model has it from now on.
pub async fn define(
    tx: &mut Tx,
    _: Covered<ManageObligations>,
    new: NewObligation,
) -> Result<(ObligationId, Event)> {
    let id = ObligationId::fresh();
    let (interval, asked) = (split(new.period), split(new.asked));
    let (counter, every) = new
        .counter
        .map_or((None, None), |(c, n)| (Some(c.code()), Some(n)));
    sqlx::query!(
        "insert into obligation (id, model_id, software_version_id, establishment_id, kind, title, interval_value, interval_unit, counter, counter_interval,
             before_days, after_days, due_from, on_closed_day, source_kind, source_reference, source_version, source_page, asked_value, asked_unit, gap_reason,
             needs_measures, status, note, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, 1)",
        id.uuid(),
        new.model,
        new.software_version,
        new.establishment.map(EstablishmentId::uuid),
        new.kind.code(),
        new.title,
        interval.0,
        interval.1,
        counter,
        every,
        new.before_days,
        new.after_days,
        new.due_from.code(),
        new.on_closed_day.code(),
        new.source_kind.code(),
        new.source_reference,
        new.source_version,
        new.source_page,
        asked.0,
        asked.1,
        new.gap_reason,
        new.needs_measures,
        new.status.code(),
        new.note
    )
    .execute(&mut **tx)
    .await
    .on_constraint("obligation_gap_check", "gap_reason", GAP)
    .on_constraint("obligation_version_fkey", "software_version", OTHER_MODEL)
    .on_constraint("obligation_model_fkey", "model", UNKNOWN_MODEL)?;
    due::refresh_model(tx, new.model).await?;
    let subject = Subject {
        kind: "obligation",
        id: id.uuid(),
        establishment: new.establishment.map(EstablishmentId::uuid),
    };
    Ok((
        id,
        Event::new(
            "obligation.defined",
            subject,
            format!("Obligation définie : {}", new.title),
        ),
    ))
}

/// Changes an obligation; due dates already computed are computed again from what was last done.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageObligations>,
    kept: &Obligation,
    new: NewObligation,
    version: i32,
) -> Result<Event> {
    let (interval, asked) = (split(new.period), split(new.asked));
    let (counter, every) = new
        .counter
        .map_or((None, None), |(c, n)| (Some(c.code()), Some(n)));
    sqlx::query!(
        "update obligation set software_version_id = $3, kind = $4, title = $5, interval_value = $6, interval_unit = $7, counter = $8, counter_interval = $9,
             before_days = $10, after_days = $11, due_from = $12, on_closed_day = $13, source_kind = $14, source_reference = $15, source_version = $16,
             source_page = $17, asked_value = $18, asked_unit = $19, gap_reason = $20, needs_measures = $21, status = $22, note = $23, version = version + 1
         where id = $1 and version = $2 and retired_on is null",
        kept.id.uuid(),
        version,
        new.software_version,
        new.kind.code(),
        new.title,
        interval.0,
        interval.1,
        counter,
        every,
        new.before_days,
        new.after_days,
        new.due_from.code(),
        new.on_closed_day.code(),
        new.source_kind.code(),
        new.source_reference,
        new.source_version,
        new.source_page,
        asked.0,
        asked.1,
        new.gap_reason,
        new.needs_measures,
        new.status.code(),
        new.note
    )
    .execute(&mut **tx)
    .await
    .on_constraint("obligation_gap_check", "gap_reason", GAP)
    .on_constraint("obligation_version_fkey", "software_version", OTHER_MODEL)?
    .one_row()?;
    due::recompute_all(tx, kept.id).await?;
    due::refresh_model(tx, kept.model_id).await?;
    Ok(Event::new(
        "obligation.revised",
        kept.subject(),
        format!("Obligation modifiée : {}", new.title),
    ))
}

/// Follows an obligation no more, from a day on.
pub async fn retire(
    tx: &mut Tx,
    _: Covered<ManageObligations>,
    kept: &Obligation,
    on: NaiveDate,
    reason: &str,
) -> Result<Event> {
    tx.because(reason).await?;
    sqlx::query!(
        "update obligation set retired_on = $2, retired_reason = $3, version = version + 1 where id = $1 and retired_on is null",
        kept.id.uuid(),
        on,
        reason
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    due::refresh_model(tx, kept.model_id).await?;
    Ok(Event::new(
        "obligation.retired",
        kept.subject(),
        format!("Obligation retirée : {}", kept.title),
    ))
}

/// Says that a control is due after an operation.
pub async fn add_trigger(
    tx: &mut Tx,
    _: Covered<ManageObligations>,
    kept: &Obligation,
    operation: &str,
    within_days: i32,
    source: &str,
) -> Result<Event> {
    sqlx::query!(
        "insert into obligation_trigger (id, obligation_id, operation, within_days, source) values ($1, $2, $3, $4, $5)",
        id::fresh(),
        kept.id.uuid(),
        operation,
        within_days,
        source
    )
    .execute(&mut **tx)
    .await
    .on_constraint("obligation_trigger_once_key", "operation", "Cette opération déclenche déjà ce contrôle.")
    .on_constraint("obligation_trigger_operation_check", "operation", "Nommez l’opération en trois caractères au moins.")
    .on_constraint("obligation_trigger_source_check", "source", "Dites qui le demande.")?;
    Ok(Event::new(
        "obligation.trigger_added",
        kept.subject(),
        format!(
            "« {operation} » rend « {} » dû sous {within_days} jours",
            kept.title
        ),
    ))
}

/// Takes such an operation away.
pub async fn remove_trigger(
    tx: &mut Tx,
    _: Covered<ManageObligations>,
    kept: &Obligation,
    trigger: &Trigger,
) -> Result<Event> {
    let id: TriggerId = trigger.id;
    sqlx::query!(
        "delete from obligation_trigger where id = $1 and obligation_id = $2",
        id.uuid(),
        kept.id.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "obligation.trigger_removed",
        kept.subject(),
        format!(
            "« {} » ne rend plus « {} » dû",
            trigger.operation, kept.title
        ),
    ))
}
