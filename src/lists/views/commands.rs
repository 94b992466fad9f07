//! Writing views.

use super::ViewId;
use super::model::{For, NewView};
use super::queries::Kept;
use crate::accounts::AccountId;
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::{ShareViews, UseVigie};
use crate::kernel::{Error, Event, Result, Subject};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// Who writes a view: its author for oneself, or somebody who may share where it stands.
pub enum By {
    /// One's own view, never another's.
    Author(AccountId),
    /// A shared one.
    Sharer(Covered<ShareViews>),
}

impl By {
    /// The one who may write a view of that reach, `account` being its author.
    pub fn of(permit: &Permit<UseVigie>, reach: For, account: AccountId) -> Result<Self> {
        match reach.place() {
            None if permit.caller().account == Some(account) => Ok(Self::Author(account)),
            None => Err(Error::NotFound),
            Some(place) => {
                let sharing = Permit::<ShareViews>::ask(permit.caller().clone())?;
                Ok(Self::Sharer(sharing.over(&place)?))
            }
        }
    }
}

const TAKEN: &str = "Vous avez déjà une vue de ce nom pour cette liste.";
const ROLE_TAKEN: &str =
    "Une autre vue ouvre déjà cette liste pour ce rôle : retirez-lui ce rôle d’abord.";

/// Saves a view.
pub async fn save(tx: &mut Tx, _: By, author: AccountId, new: &NewView) -> Result<(ViewId, Event)> {
    let id = ViewId::fresh();
    let (establishment, unit, role) = new.audience.columns();
    let now = tx.now();
    sqlx::query!(
        "insert into list_view (id, list, name, query, audience, account_id, establishment_id, unit_id, role, recorded_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        id.uuid(),
        new.list,
        new.name,
        new.query,
        new.audience.audience().code(),
        author.uuid(),
        establishment.map(|e| e.uuid()),
        unit.map(|u| u.uuid()),
        role.map(|r| r.code()),
        now
    )
    .execute(&mut **tx)
    .await
    .on_constraint("list_view_own_name_key", "name", TAKEN)
    .on_constraint("list_view_role_key", "role", ROLE_TAKEN)?;
    let subject = Subject {
        kind: "list_view",
        id: id.uuid(),
        establishment: establishment.map(|e| e.uuid()),
    };
    Ok((
        id,
        Event::new(
            "list_view.saved",
            subject,
            format!("Vue « {} » enregistrée", new.name),
        ),
    ))
}

/// Renames a view, and what else its form says.
pub async fn revise(tx: &mut Tx, _: By, view: &Kept, new: &NewView, version: i32) -> Result<Event> {
    let (establishment, unit, role) = new.audience.columns();
    sqlx::query!(
        "update list_view set name = $3, query = $4, audience = $5, establishment_id = $6, unit_id = $7, role = $8, version = version + 1
         where id = $1 and version = $2",
        view.id.uuid(),
        version,
        new.name,
        new.query,
        new.audience.audience().code(),
        establishment.map(|e| e.uuid()),
        unit.map(|u| u.uuid()),
        role.map(|r| r.code())
    )
    .execute(&mut **tx)
    .await
    .on_constraint("list_view_own_name_key", "name", TAKEN)
    .on_constraint("list_view_role_key", "role", ROLE_TAKEN)?
    .one_row()?;
    Ok(Event::new(
        "list_view.revised",
        view.subject(),
        format!("Vue « {} » modifiée", new.name),
    ))
}

/// Removes a view: a preference, of which the audit keeps the trace.
pub async fn remove(tx: &mut Tx, _: By, view: &Kept) -> Result<Event> {
    sqlx::query!("delete from list_view where id = $1", view.id.uuid())
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "list_view.removed",
        view.subject(),
        format!("Vue « {} » retirée", view.name),
    ))
}
