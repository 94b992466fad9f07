//! Giving, ending and using delegations.

use chrono::NaiveDate;
use uuid::Uuid;

use super::DelegationId;
use super::queries::Delegation;
use crate::accounts::access::{GrantScope, Permit, Scope};
use crate::accounts::actions::{UseDelegations, UseSession};
use crate::accounts::grants::queries::{self as grants, Grant};
use crate::accounts::users::commands::subject;
use crate::accounts::{AccountId, GrantId};
use crate::kernel::{Error, Event, Result, date};
use crate::platform::db::{OnConstraint, OneRow, Tx};

/// A delegation to be given, checked but for what the giver holds.
#[derive(Clone, Debug)]
pub struct NewDelegation {
    /// To whom.
    pub taker: AccountId,
    /// His name.
    pub taker_name: String,
    /// Which of the giver's roles.
    pub grant: GrantId,
    /// Where, when narrower than the role.
    pub narrower: Option<GrantScope>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Why.
    pub reason: String,
}

/// The scope of a grant, as its holder reaches it.
fn reach(grant: &Grant) -> Scope {
    let mut scope = Scope::default();
    match (grant.scope, grant.place.establishment, grant.place.unit) {
        ("group", ..) => scope.group = true,
        ("establishment", Some(e), _) => scope.establishments.push(e.uuid()),
        ("unit", _, Some(u)) => scope.units.push(u.uuid()),
        _ => {}
    }
    scope
}

/// Gives a delegation of one's own role.
pub async fn give(
    tx: &mut Tx,
    permit: &Permit<UseDelegations>,
    new: NewDelegation,
) -> Result<(DelegationId, Event)> {
    let caller = permit.caller();
    let giver = caller.account.ok_or(Error::NotFound)?;
    if caller.acting_for.is_some() {
        return Err(Error::refused(
            "délégation",
            "Ce qui vous est délégué ne se délègue pas : cessez d’abord d’agir pour autrui.",
        ));
    }
    if new.taker == giver {
        return Err(Error::field("taker", "On ne se délègue rien à soi-même."));
    }
    let today = tx.now().date_naive();
    let grant = grants::of_account(tx, giver)
        .await?
        .into_iter()
        .find(|g| {
            g.id == new.grant
                && g.revoked_at.is_none()
                && g.ends_on.is_none_or(|last| last >= today)
        })
        .ok_or_else(|| Error::field("grant", "Nul ne délègue un rôle qu’il ne tient pas."))?;
    let (mut establishment, mut unit) = (None::<Uuid>, None::<Uuid>);
    if let Some(narrower) = new.narrower {
        let place = grants::place_of(tx, narrower).await?;
        let within = reach(&grant);
        if !(within.group || within.reaches(place)) {
            return Err(Error::field(
                "unit",
                "Ce lieu n’est pas dans le périmètre de ce rôle : nul ne délègue ce qu’il ne tient pas.",
            ));
        }
        match narrower {
            GrantScope::Establishment(id) => establishment = Some(id.uuid()),
            GrantScope::Unit(id) => unit = Some(id.uuid()),
            GrantScope::Group | GrantScope::Device(_) => {}
        }
    }
    if new.ends_on < today {
        return Err(Error::field("ends_on", "Le dernier jour est déjà passé."));
    }
    if let Some(last) = grant.ends_on
        && new.ends_on > last
    {
        return Err(Error::field(
            "ends_on",
            format!(
                "Votre rôle prend fin le {} : la délégation ne peut durer davantage.",
                date::short(last)
            ),
        ));
    }
    let id = DelegationId::fresh();
    let now = tx.now();
    sqlx::query!(
        "insert into delegation (id, giver_id, taker_id, grant_id, establishment_id, unit_id, starts_on, ends_on, reason, given_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.uuid(),
        giver.uuid(),
        new.taker.uuid(),
        grant.id.uuid(),
        establishment,
        unit,
        new.starts_on,
        new.ends_on,
        new.reason,
        now
    )
    .execute(&mut **tx)
    .await
    .on_constraint("delegation_period_check", "ends_on", "Le dernier jour suit le premier, d’un an au plus.")
    .on_constraint("delegation_reason_check", "reason", "Dites pourquoi, en cinq caractères au moins.")?;
    tx.because(&new.reason).await?;
    let what = format!(
        "« {} » délégué à {} du {} au {}",
        grant.role.label(),
        new.taker_name,
        date::short(new.starts_on),
        date::short(new.ends_on)
    );
    let event = Event::new("account.delegated", subject(giver), what).and(Event::new(
        "account.delegation_received",
        subject(new.taker),
        format!(
            "« {} » reçu de {} par délégation",
            grant.role.label(),
            caller.name
        ),
    ));
    Ok((id, event))
}

/// Ends a delegation: its giver, or its taker who does not want it.
pub async fn revoke(
    tx: &mut Tx,
    permit: &Permit<UseSession>,
    delegation: &Delegation,
) -> Result<Event> {
    let account = permit.caller().account.ok_or(Error::NotFound)?;
    let now = tx.now();
    sqlx::query!(
        "update delegation set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null",
        delegation.id.uuid(),
        now,
        account.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    sqlx::query!(
        "update session set acting_for_id = null where account_id = $1 and acting_for_id = $2",
        delegation.taker.uuid(),
        delegation.giver.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(Event::new(
        "account.delegation_ended",
        subject(delegation.giver),
        format!(
            "Délégation de « {} » à {} retirée",
            delegation.role.label(),
            delegation.taker_name
        ),
    ))
}

/// From now on, in this session, the caller acts for `giver`; or for himself again.
pub async fn act_for(
    tx: &mut Tx,
    permit: &Permit<UseSession>,
    session: Uuid,
    giver: Option<&Delegation>,
) -> Result<Event> {
    let account = permit.caller().account.ok_or(Error::NotFound)?;
    sqlx::query!(
        "update session set acting_for_id = $2 where id = $1 and account_id = $3 and revoked_at is null",
        session,
        giver.map(|d| d.giver.uuid()),
        account.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    let said = match giver {
        Some(delegation) => format!("Agit maintenant pour {}", delegation.giver_name),
        None => "Agit de nouveau en son nom".to_owned(),
    };
    Ok(Event::new("account.acting_changed", subject(account), said))
}
