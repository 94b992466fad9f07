//! Writing what is known and decided of what is due.

use chrono::NaiveDate;
use uuid::Uuid;

use super::queries::{Deferral, DueLine};
use crate::accounts::EstablishmentId;
use crate::accounts::access::Covered;
use crate::accounts::actions::{AnswerDeferrals, AskDeferrals, DecideExceptions, StateLastDone};
use crate::inventory::devices::{Device, DeviceId};
use crate::kernel::{Error, Event, Result, id};
use crate::maintenance::obligations::model::{LastDone, Period, PeriodUnit};
use crate::maintenance::obligations::{self, ObligationId};
use crate::platform::db::{OnConstraint, OneRow, Tx};

const RULE: &str = "Échéances de maintenance";

/// An operation that fulfilled an obligation.
#[derive(Clone, Copy, Debug)]
pub struct Fulfilled {
    /// The day it was done.
    pub on: NaiveDate,
    /// What the counter showed.
    pub counter: Option<i64>,
}

/// Writes what was last done and computes what is next due.
pub async fn settle(
    tx: &mut Tx,
    establishment: EstablishmentId,
    line: &DueLine,
    done: Fulfilled,
) -> Result<()> {
    sqlx::query!(
        "update device_obligation set last_done_on = $2, last_due_on = due_on, last_counter = coalesce($3, counter_now), triggered_why = null, not_presented = 0 where id = $1",
        line.id.uuid(),
        done.on,
        done.counter
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    recompute(tx, establishment, line.device_id.uuid(), line.obligation_id).await?;
    super::refresh_devices(tx, &[line.device_id.uuid()]).await
}

/// Computes the next due day of one line from what is kept of its last one.
async fn recompute(
    tx: &mut Tx,
    establishment: EstablishmentId,
    device: Uuid,
    obligation: ObligationId,
) -> Result<()> {
    let all = crate::accounts::access::Scope {
        establishments: vec![establishment.uuid()],
        ..Default::default()
    };
    let kept = obligations::queries::find(tx, &all, obligation).await?;
    let calendar = obligations::queries::calendar(tx, establishment).await?;
    let row = sqlx::query!(
        r#"select x.last_done_on, x.last_due_on, x.last_counter, x.anchor_on, x.counter_now, e.id as "exception_id?", e.interval_value as "own_value?", e.interval_unit as "own_unit?: PeriodUnit"
           from device_obligation x
           left join obligation_exception e on e.device_id = x.device_id and e.obligation_id = x.obligation_id and e.withdrawn_at is null
           where x.device_id = $1 and x.obligation_id = $2"#,
        device,
        obligation.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    let own = row.own_value.zip(row.own_unit).map(|(value, unit)| Period {
        value: u32::try_from(value).unwrap_or(1),
        unit,
    });
    let is_exempt = row.exception_id.is_some() && own.is_none();
    let due = row.last_done_on.map(|on| {
        let last = LastDone {
            on,
            due_on: row.last_due_on,
            anchor: row.anchor_on,
            counter: row.last_counter,
        };
        kept.rhythm(own).next_due(last, &calendar)
    });
    let window = due.and_then(|due| due.window);
    sqlx::query!(
        "update device_obligation set is_exempt = $3, anchor_on = $4, due_on = $5, earliest_on = $6, latest_on = $7, due_counter = $8 where device_id = $1 and obligation_id = $2",
        device,
        obligation.uuid(),
        is_exempt,
        due.and_then(|due| due.anchor),
        window.map(|w| w.on),
        window.map(|w| w.earliest),
        window.map(|w| w.latest),
        due.and_then(|due| due.counter)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Computes again every line of an obligation whose rhythm changed.
pub async fn recompute_all(tx: &mut Tx, obligation: ObligationId) -> Result<()> {
    let lines = sqlx::query!(
        r#"select x.device_id, d.establishment_id as "establishment_id: EstablishmentId" from device_obligation x join device d on d.id = x.device_id
           where x.obligation_id = $1 and x.last_done_on is not null order by x.device_id"#,
        obligation.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    for line in lines {
        recompute(tx, line.establishment_id, line.device_id, obligation).await?;
    }
    Ok(())
}

/// What somebody states of the past.
#[derive(Clone, Debug)]
pub struct NewStatement {
    /// Last done on.
    pub done_on: NaiveDate,
    /// What the counter showed.
    pub counter: Option<i64>,
    /// Who says so.
    pub source: String,
}

/// States when an obligation was last fulfilled before Vigie followed it.
pub async fn state(
    tx: &mut Tx,
    _: Covered<StateLastDone>,
    device: &Device,
    line: &DueLine,
    new: NewStatement,
    today: NaiveDate,
) -> Result<Event> {
    if new.done_on > today {
        return Err(Error::field(
            "done_on",
            "Cette date est à venir : une opération faite a une date passée.",
        ));
    }
    if let Some(known) = line.last_done_on.filter(|known| new.done_on < *known) {
        return Err(Error::field(
            "done_on",
            format!(
                "Une opération plus récente est connue ({}) : une date antérieure ne changerait rien.",
                crate::kernel::date::short(known)
            ),
        ));
    }
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into obligation_statement (id, device_id, obligation_id, done_on, counter_value, source, stated_at, stated_by) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id::fresh(),
        line.device_id.uuid(),
        line.obligation_id.uuid(),
        new.done_on,
        new.counter,
        new.source,
        now,
        by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("obligation_statement_source_check", "source", "Dites d’où vient cette date : rapport, étiquette, ancien logiciel…")?;
    settle(
        tx,
        device.establishment_id,
        line,
        Fulfilled {
            on: new.done_on,
            counter: new.counter,
        },
    )
    .await?;
    Ok(Event::new(
        "maintenance.last_done_stated",
        device.subject(),
        format!(
            "{} : faite le {} selon {}",
            line.title,
            crate::kernel::date::short(new.done_on),
            new.source
        ),
    ))
}

/// What is decided for one device.
#[derive(Clone, Debug)]
pub struct NewException {
    /// Another period; none = the obligation does not apply to it.
    pub period: Option<Period>,
    /// Why.
    pub reason: String,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
}

/// Decides that an obligation does not apply to a device, or at another rhythm.
pub async fn except(
    tx: &mut Tx,
    _: Covered<DecideExceptions>,
    device: &Device,
    line: &DueLine,
    new: NewException,
) -> Result<Event> {
    tx.because(&new.reason).await?;
    let (now, by) = (tx.now(), tx.actor().id);
    let period = new
        .period
        .and_then(|p| Some((i32::try_from(p.value).ok()?, p.unit.code())));
    sqlx::query!(
        "insert into obligation_exception (id, device_id, obligation_id, interval_value, interval_unit, reason, ends_on, decided_at, decided_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id::fresh(),
        line.device_id.uuid(),
        line.obligation_id.uuid(),
        period.map(|p| p.0),
        period.map(|p| p.1),
        new.reason,
        new.ends_on,
        now,
        by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("obligation_exception_open_key", "reason", "Une exception est déjà décidée : retirez-la d’abord.")
    .on_constraint("obligation_exception_reason_check", "reason", "Justifiez en dix caractères au moins.")?;
    recompute(
        tx,
        device.establishment_id,
        line.device_id.uuid(),
        line.obligation_id,
    )
    .await?;
    super::refresh_devices(tx, &[line.device_id.uuid()]).await?;
    let words = new.period.map_or("sans objet".to_owned(), |p| {
        format!("tous les {}", p.words())
    });
    Ok(Event::new(
        "maintenance.exception_decided",
        device.subject(),
        format!("Exception à « {} » : {words}", line.title),
    ))
}

/// Takes an exception back: the obligation of the model applies again.
pub async fn withdraw(
    tx: &mut Tx,
    _: Covered<DecideExceptions>,
    device: &Device,
    line: &DueLine,
) -> Result<Event> {
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update obligation_exception set withdrawn_at = $3, withdrawn_by = $4 where device_id = $1 and obligation_id = $2 and withdrawn_at is null",
        line.device_id.uuid(),
        line.obligation_id.uuid(),
        now,
        by
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    recompute(
        tx,
        device.establishment_id,
        line.device_id.uuid(),
        line.obligation_id,
    )
    .await?;
    super::refresh_devices(tx, &[line.device_id.uuid()]).await?;
    Ok(Event::new(
        "maintenance.exception_withdrawn",
        device.subject(),
        format!("Exception à « {} » retirée", line.title),
    ))
}

/// Ends the exceptions whose last day has passed.
pub(super) async fn end_exceptions(tx: &mut Tx, today: NaiveDate) -> Result<()> {
    let now = tx.now();
    let ended = sqlx::query!(
        r#"update obligation_exception x set withdrawn_at = $2 from device d
           where d.id = x.device_id and x.withdrawn_at is null and x.ends_on < $1
           returning x.device_id, x.obligation_id as "obligation_id: ObligationId", d.establishment_id as "establishment_id: EstablishmentId""#,
        today,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    for one in ended {
        recompute(tx, one.establishment_id, one.device_id, one.obligation_id).await?;
    }
    Ok(())
}

/// Asks to put an operation off; somebody else answers.
pub async fn ask_deferral(
    tx: &mut Tx,
    _: Covered<AskDeferrals>,
    device: &Device,
    line: &DueLine,
    until: NaiveDate,
    reason: &str,
) -> Result<Event> {
    let Some(due_on) = line.due_on else {
        return Err(Error::refused(
            RULE,
            "Une échéance indéterminée ne se reporte pas : dites d’abord quand l’opération a été faite.",
        ));
    };
    tx.because(reason).await?;
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into obligation_deferral (id, device_id, obligation_id, due_on, until, reason, asked_at, asked_by) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id::fresh(),
        line.device_id.uuid(),
        line.obligation_id.uuid(),
        due_on,
        until,
        reason,
        now,
        by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("obligation_deferral_until_check", "until", "Le report va au-delà de l’échéance.")
    .on_constraint("obligation_deferral_reason_check", "deferral_reason", "Dites pourquoi en dix caractères au moins.")
    .on_constraint("obligation_deferral_open_key", "until", "Un report attend déjà sa réponse.")?;
    Ok(Event::new(
        "maintenance.deferral_asked",
        device.subject(),
        format!(
            "Report de « {} » au {} demandé",
            line.title,
            crate::kernel::date::short(until)
        ),
    ))
}

/// Answers a deferral that somebody else asked for.
pub async fn answer_deferral(
    tx: &mut Tx,
    _: Covered<AnswerDeferrals>,
    device: &Device,
    line: &DueLine,
    deferral: &Deferral,
    approved: bool,
    note: Option<&str>,
) -> Result<Event> {
    let (now, by) = (tx.now(), tx.actor().id);
    if by.is_some() && by == deferral.asked_by_id {
        return Err(Error::refused(
            RULE,
            "Un report est accordé par une autre personne que celle qui le demande.",
        ));
    }
    sqlx::query!(
        "update obligation_deferral set answered_at = $2, answered_by = $3, is_approved = $4, answer_note = $5 where id = $1 and answered_at is null",
        deferral.id.uuid(),
        now,
        by,
        approved,
        note
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "maintenance.deferral_answered",
        device.subject(),
        format!(
            "Report de « {} » {}",
            line.title,
            if approved { "accordé" } else { "refusé" }
        ),
    ))
}

/// Writes what a counter shows; a counter never goes back.
pub async fn read_counter(
    tx: &mut Tx,
    _: Covered<StateLastDone>,
    device: &Device,
    line: &DueLine,
    value: i64,
    read_on: NaiveDate,
) -> Result<Event> {
    let Some(counter) = line.counter else {
        return Err(Error::refused(
            RULE,
            "Cette obligation ne suit pas de compteur.",
        ));
    };
    if let Some(known) = line.counter_now.filter(|known| value < *known) {
        return Err(Error::field(
            "value",
            format!("Le compteur montrait déjà {known} : il ne recule pas."),
        ));
    }
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into counter_reading (id, device_id, counter, value, read_on, read_at, read_by) values ($1, $2, $3, $4, $5, $6, $7)",
        id::fresh(),
        line.device_id.uuid(),
        counter.code(),
        value,
        read_on,
        now,
        by
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update device_obligation x set counter_now = $3 from obligation o where o.id = x.obligation_id and x.device_id = $1 and o.counter = $2",
        line.device_id.uuid(),
        counter.code(),
        value
    )
    .execute(&mut **tx)
    .await?;
    super::refresh_devices(tx, &[line.device_id.uuid()]).await?;
    Ok(Event::new(
        "maintenance.counter_read",
        device.subject(),
        format!("Compteur ({}) : {value}", counter.label()),
    ))
}

/// Counts a device that was not presented for an obligation.
pub async fn miss(tx: &mut Tx, device: DeviceId, obligation: ObligationId) -> Result<()> {
    sqlx::query!(
        "update device_obligation set not_presented = not_presented + 1 where device_id = $1 and obligation_id = $2",
        device.uuid(),
        obligation.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Makes a control due out of its cycle, after an operation that asks for it.
pub async fn trigger(
    tx: &mut Tx,
    device: DeviceId,
    operation: Uuid,
    done_on: NaiveDate,
) -> Result<()> {
    sqlx::query!(
        "update device_obligation x set due_on = $3::date + t.within_days, earliest_on = $3, latest_on = $3::date + t.within_days,
             triggered_why = t.operation || ' (' || t.source || ')'
         from obligation_trigger t
         where t.id = $2 and x.obligation_id = t.obligation_id and x.device_id = $1 and x.applies",
        device.uuid(),
        operation,
        done_on
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    super::refresh_devices(tx, &[device.uuid()]).await
}
