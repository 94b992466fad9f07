//! Deciding days, and letting points wait.

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{Point, Weight};
use super::queries::{self, Asked};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Covered, Permit, Scope};
use crate::accounts::actions::{Action, PlanTakeOver, WaiveTakeOver};
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::{OnConstraint, Tx};

/// Longest a waiver may run: it is looked at again every year.
pub const LONGEST_DAYS: i64 = 366;

/// Decides by what day an establishment settles each criticality; a weight without a day is left as it was.
pub async fn plan(
    tx: &mut Tx,
    _: Covered<PlanTakeOver>,
    establishment: EstablishmentId,
    days: &[(Weight, NaiveDate)],
) -> Result<Event> {
    let (now, by) = (tx.now(), tx.actor().id);
    for (weight, due_on) in days {
        sqlx::query!(
            "insert into take_over_plan (id, establishment_id, criticality, due_on, decided_at, decided_by, version)
             values ($1, $2, $3, $4, $5, $6, 1)
             on conflict (establishment_id, criticality) do update
             set due_on = excluded.due_on, decided_at = excluded.decided_at, decided_by = excluded.decided_by, version = take_over_plan.version + 1
             where take_over_plan.due_on <> excluded.due_on",
            id::fresh(),
            establishment.uuid(),
            weight.code(),
            due_on,
            now,
            by
        )
        .execute(&mut **tx)
        .await?;
    }
    let said: Vec<String> = days
        .iter()
        .map(|(weight, due)| {
            format!(
                "{} {}",
                weight.label().to_lowercase(),
                crate::kernel::date::short(*due)
            )
        })
        .collect();
    Ok(Event::new(
        "take_over.planned",
        Subject::of("establishment", establishment, establishment),
        format!("Plan de régularisation de la reprise : {}", said.join(", ")),
    ))
}

/// Where a caller may waive a point: only by the grants of the roles that answer for it.
pub fn reach(caller: &Caller, point: Point) -> Scope {
    let mut answering = caller.clone();
    answering
        .grants
        .retain(|grant| point.roles().contains(&grant.role));
    answering.scope(WaiveTakeOver::NAME)
}

/// What is waived, why and until when.
#[derive(Clone, Debug)]
pub struct NewWaiver {
    /// For which devices.
    pub asked: Asked,
    /// Why.
    pub reason: String,
    /// Until when.
    pub expires_on: NaiveDate,
    /// How many devices the person was shown.
    pub expected: usize,
}

/// Lets a point wait for every device it concerns within reach; stops when they are not the number that was shown.
pub async fn waive(tx: &mut Tx, permit: &Permit<WaiveTakeOver>, new: NewWaiver) -> Result<Event> {
    let now = tx.now();
    let today = now.date_naive();
    if new.expires_on < today || (new.expires_on - today).num_days() > LONGEST_DAYS {
        return Err(Error::field(
            "expires_on",
            "Une dispense finit entre aujourd’hui et dans un an : elle se relit.",
        ));
    }
    let reach = reach(permit.caller(), new.asked.point);
    if reach == Scope::default() {
        return Err(Error::Forbidden(WaiveTakeOver::LABEL));
    }
    let concerned = queries::concerned(tx, &reach, new.asked, today).await?;
    if concerned.len() != new.expected {
        return Err(Error::Conflict(format!(
            "{} équipements étaient concernés quand la page a été lue, {} le sont maintenant : relisez la liste.",
            new.expected,
            concerned.len()
        )));
    }
    if concerned.is_empty() {
        return Err(Error::field("point", "Aucun équipement n’est concerné."));
    }
    tx.because(&new.reason).await?;
    let by = tx.actor().id;
    let fresh: Vec<Uuid> = concerned.iter().map(|_| id::fresh()).collect();
    let devices: Vec<Uuid> = concerned.iter().map(|c| c.id).collect();
    let places: Vec<Uuid> = concerned.iter().map(|c| c.establishment_id).collect();
    sqlx::query!(
        "insert into take_over_waiver (id, device_id, establishment_id, point, reason, expires_on, granted_at, granted_by)
         select g.id, g.device, g.place, $4, $5, $6, $7, $8 from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as g (id, device, place)",
        &fresh,
        &devices,
        &places,
        new.asked.point.code(),
        new.reason,
        new.expires_on,
        now,
        by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("take_over_waiver_reason_check", "reason", "Dites pourquoi, en quelques mots.")
    .on_constraint("take_over_waiver_open_key", "expires_on", "Une dispense de même terme existe déjà.")?;
    let said = format!(
        "Reprise : {} dispensé jusqu’au {}",
        new.asked.point.label().to_lowercase(),
        crate::kernel::date::short(new.expires_on)
    );
    let mut events = concerned.iter().map(|one| {
        Event::new(
            "take_over.waived",
            Subject::of("device", one.id, one.establishment_id),
            said.clone(),
        )
    });
    let first = events
        .next()
        .ok_or_else(|| Error::internal("no device is waived"))?;
    Ok(events.fold(first, Event::and))
}
