//! Lending a device and taking it back.

use chrono::NaiveDate;
use uuid::Uuid;

use super::states::step;
use crate::accounts::access::Covered;
use crate::accounts::actions::MoveDevices;
use crate::inventory::devices::{Device, refuse_if_annulled};
use crate::inventory::states::{State, Transition};
use crate::kernel::{Error, Event, Result, date, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// To whom a device is lent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Borrower {
    /// A unit of the group.
    Unit(Uuid),
    /// An organisation outside.
    Organisation(Uuid),
    /// Somebody named.
    Named(String),
}

/// A loan to make.
#[derive(Clone, Debug)]
pub struct NewLoan {
    /// To whom.
    pub borrower: Borrower,
    /// Until when.
    pub due_on: NaiveDate,
    /// Why.
    pub reason: Option<String>,
}

/// Lends a device in service until a day not past.
pub async fn lend(
    tx: &mut Tx,
    covered: Covered<MoveDevices>,
    device: &Device,
    loan: NewLoan,
    today: NaiveDate,
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    if loan.due_on < today {
        return Err(Error::field(
            "due_on",
            "Le retour est attendu un jour à venir.",
        ));
    }
    let moved = step(tx, device, Transition::Lend, loan.reason.as_deref()).await?;
    let (unit, organisation, name) = match &loan.borrower {
        Borrower::Unit(id) => (Some(*id), None, None),
        Borrower::Organisation(id) => (None, Some(*id), None),
        Borrower::Named(name) => (None, None, Some(name.as_str())),
    };
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "
        insert into device_loan (id, device_id, borrower_unit_id, borrower_organisation_id, borrower_name, lent_at, due_on, reason, lent_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ",
        id::fresh(),
        device.id.uuid(),
        unit,
        organisation,
        name,
        now,
        loan.due_on,
        loan.reason,
        actor,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("device_loan_open_key", "", "L’équipement est déjà prêté.")
    .on_constraint("device_loan_borrower_unit_fkey", "unit", "Cette unité n’existe pas.")
    .on_constraint("device_loan_borrower_organisation_fkey", "organisation", "Cette organisation n’existe pas.")?;
    let name = sqlx::query_scalar!(
        r#"select coalesce((select name from unit where id = $1), (select name from organisation where id = $2), $3::text, '') as "name!""#,
        unit,
        organisation,
        name,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Event::new(
        "device.lent",
        device.subject(),
        format!("Prêté à {name} jusqu’au {}", date::short(loan.due_on)),
    )
    .and(moved))
}

/// Records the return of an open loan; a device lent goes back into service, one that broke meanwhile stays so.
pub async fn take_back(
    tx: &mut Tx,
    covered: Covered<MoveDevices>,
    device: &Device,
    loan: Uuid,
    note: Option<&str>,
) -> Result<Event> {
    let _ = covered;
    let (now, actor) = (tx.now(), tx.actor().id);
    let mut event = Event::new(
        "device.loan_returned",
        device.subject(),
        "Rendu à la fin du prêt",
    );
    if device.state == State::Lent {
        event = event.and(step(tx, device, Transition::ReturnLoan, note).await?);
    }
    sqlx::query!(
        "
        update device_loan set returned_at = $3, returned_by = $4, return_note = $5
        where id = $1 and device_id = $2 and returned_at is null
        ",
        loan,
        device.id.uuid(),
        now,
        actor,
        note,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(event)
}
