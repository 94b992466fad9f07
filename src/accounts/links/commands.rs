//! Handing over one-time links and using them.

use super::queries::{self, Link, Purpose};
use crate::accounts::AccountId;
use crate::accounts::access::{Covered, GrantScope};
use crate::accounts::actions::ManageAccounts;
use crate::accounts::grants::commands::give_to;
use crate::accounts::grants::model::NewGrant;
use crate::accounts::roles::Role;
use crate::accounts::sessions::queries as sessions;
use crate::accounts::users::commands::{insert, store_password, subject};
use crate::accounts::users::model::NewAccount;
use crate::accounts::users::queries as users;
use crate::kernel::{Error, Event, Result, secret};
use crate::platform::db::Tx;

/// Makes the link that sets the password of an account, in place of those handed before. The token
/// is given once: only its hash is kept.
pub async fn hand(
    tx: &mut Tx,
    _: Covered<ManageAccounts>,
    account: AccountId,
    name: &str,
) -> Result<(String, Event)> {
    let token = secret::random_text(32)?;
    let (now, by) = (tx.now(), tx.actor().id);
    queries::close_all(tx, account, now).await?;
    queries::insert(tx, &token, Purpose::SetPassword, Some(account), by, now).await?;
    let event = Event::new(
        "account.link_handed",
        subject(account),
        format!("Lien de mot de passe créé pour {name}"),
    );
    Ok((token, event))
}

/// Sets the password a link was handed for, already hashed, and ends the sessions of the account.
pub async fn redeem(tx: &mut Tx, link: &Link, hash: String) -> Result<Event> {
    let account = link.account.ok_or(Error::NotFound)?;
    let now = tx.now();
    queries::use_up(tx, link.id, now).await?;
    store_password(tx, account, hash, false).await?;
    sessions::close_all(tx, account, None, now).await?;
    Ok(Event::new(
        "account.password_chosen",
        subject(account),
        "Votre mot de passe est enregistré : connectez-vous",
    ))
}

/// Makes the set-up address of a base where nobody has an account yet, in place of earlier ones.
pub async fn invite_first(tx: &mut Tx) -> Result<(String, Event)> {
    if !users::nobody_yet(tx).await? {
        return Err(Error::refused(
            "première installation",
            "cette base a déjà des comptes.",
        ));
    }
    let token = secret::random_text(32)?;
    let now = tx.now();
    queries::close_set_up(tx, now).await?;
    queries::insert(tx, &token, Purpose::FirstAccount, None, None, now).await?;
    let event = Event::new(
        "instance.set_up_offered",
        crate::kernel::Subject::shared("instance", uuid::Uuid::nil()),
        "Adresse de première installation donnée",
    );
    Ok((token, event))
}

/// Creates the first account, administrator of the whole group, with its password already hashed.
pub async fn set_up(
    tx: &mut Tx,
    link: &Link,
    new: NewAccount,
    hash: String,
) -> Result<(AccountId, Event)> {
    let now = tx.now();
    queries::use_up(tx, link.id, now).await?;
    if !users::nobody_yet(tx).await? {
        return Err(Error::NotFound);
    }
    let id = insert(tx, &new).await?;
    store_password(tx, id, hash, false).await?;
    let grant = NewGrant {
        account: id,
        role: Role::Administrator,
        scope: GrantScope::Group,
        ends_on: None,
    };
    let (_, granted) = give_to(tx, grant, None).await?;
    let event = Event::new(
        "account.created",
        subject(id),
        format!("Compte de {} créé : connectez-vous", new.name),
    );
    Ok((id, event.and(granted)))
}
