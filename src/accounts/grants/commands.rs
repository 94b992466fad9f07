//! Giving and taking back roles.

use super::model::{NewGrant, counts_on, misfit};
use super::queries::{self, Grant};
use crate::accounts::access::{Covered, GrantScope};
use crate::accounts::actions::{Action, GiveGrants};
use crate::accounts::sessions::queries as sessions;
use crate::accounts::{AccountId, GrantId};
use crate::kernel::{Error, Event, Result, Subject, date};
use crate::platform::db::{OnConstraint, OneRow, Tx};

fn not_one_s_own(covered: &Covered<GiveGrants>, account: AccountId) -> Result<()> {
    if covered.caller().account == Some(account) || covered.caller().acting_for == Some(account) {
        Err(Error::refused(
            "séparation des pouvoirs",
            "Nul ne change ses propres rôles : demandez-le à un autre administrateur.",
        ))
    } else {
        Ok(())
    }
}

/// Gives a role. `covered` must be over the very place of the grant: `permit.over(&place_of(scope))`.
/// Ends the sessions of the account, so that nothing goes on with the former rights.
pub async fn give(
    tx: &mut Tx,
    covered: Covered<GiveGrants>,
    new: NewGrant,
) -> Result<(GrantId, Event)> {
    let place = queries::place_of(tx, new.scope).await?;
    if covered.place() != place {
        return Err(Error::Forbidden(GiveGrants::LABEL));
    }
    not_one_s_own(&covered, new.account)?;
    if let Some(why) = misfit(new.role, new.scope) {
        return Err(Error::field("scope", why));
    }
    let today = tx.now().date_naive();
    if !counts_on(new.ends_on, today) {
        return Err(Error::field(
            "ends_on",
            "Le dernier jour de ce rôle est déjà passé.",
        ));
    }
    give_to(tx, new, covered.caller().account).await
}

/// The row itself, which the set-up of a new base writes too.
pub(in crate::accounts) async fn give_to(
    tx: &mut Tx,
    new: NewGrant,
    by: Option<AccountId>,
) -> Result<(GrantId, Event)> {
    let id = GrantId::fresh();
    let now = tx.now();
    let (establishment, unit, device) = match new.scope {
        GrantScope::Group => (None, None, None),
        GrantScope::Establishment(id) => (Some(id.uuid()), None, None),
        GrantScope::Unit(id) => (None, Some(id.uuid()), None),
        GrantScope::Device(id) => (None, None, Some(id)),
    };
    sqlx::query!(
        "insert into access_grant (id, account_id, role, establishment_id, unit_id, device_id, ends_on, granted_at, granted_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.uuid(),
        new.account.uuid(),
        new.role.code(),
        establishment,
        unit,
        device,
        new.ends_on,
        now,
        by.map(|b| b.uuid())
    )
    .execute(&mut **tx)
    .await
    .on_constraint("access_grant_once_key", "role", "Ce compte a déjà ce rôle sur ce périmètre.")?;
    sessions::close_all(tx, new.account, None, now).await?;
    let until = new
        .ends_on
        .map(|day| format!(" jusqu’au {}", date::short(day)))
        .unwrap_or_default();
    let place = queries::place_of(tx, new.scope).await?;
    let subject = Subject {
        kind: "account",
        id: new.account.uuid(),
        establishment: place.establishment.map(|e| e.uuid()),
    };
    let event = Event::new(
        "account.granted",
        subject,
        format!("Rôle « {} » donné{until}", new.role.label()),
    );
    Ok((id, event))
}

/// Takes back a role, and ends the sessions of the account.
pub async fn revoke(tx: &mut Tx, covered: Covered<GiveGrants>, grant: &Grant) -> Result<Event> {
    if covered.place() != grant.place {
        return Err(Error::Forbidden(GiveGrants::LABEL));
    }
    not_one_s_own(&covered, grant.account)?;
    let now = tx.now();
    sqlx::query!(
        "update access_grant set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null",
        grant.id.uuid(),
        now,
        covered.caller().account.map(|a| a.uuid())
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    sessions::close_all(tx, grant.account, None, now).await?;
    let subject = Subject {
        kind: "account",
        id: grant.account.uuid(),
        establishment: grant.place.establishment.map(|e| e.uuid()),
    };
    Ok(Event::new(
        "account.revoked",
        subject,
        format!("Rôle « {} » retiré", grant.role.label()),
    ))
}
