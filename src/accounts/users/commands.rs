//! Writing accounts. A person is deactivated, never deleted.

use super::model::NewAccount;
use super::queries::Account;
use crate::accounts::AccountId;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageAccounts;
use crate::accounts::links;
use crate::accounts::roles::Role;
use crate::accounts::sessions::queries as sessions;
use crate::accounts::tokens;
use crate::kernel::{Error, Event, Result, Subject};
use crate::platform::db::{OnConstraint, OneRow, Tx};

/// An account in the timeline.
pub fn subject(id: AccountId) -> Subject {
    Subject::shared("account", id)
}

const TAKEN: &str = "Cet identifiant est déjà pris.";

/// Creates an account, which cannot sign in before it has a password. `covered` is over the place of
/// its first grant, or over the group.
pub async fn create(
    tx: &mut Tx,
    _: Covered<ManageAccounts>,
    new: NewAccount,
) -> Result<(AccountId, Event)> {
    let id = insert(tx, &new).await?;
    Ok((
        id,
        Event::new(
            "account.created",
            subject(id),
            format!("Compte de {} créé", new.name),
        ),
    ))
}

/// The row itself, which the set-up of a new base writes too.
pub(in crate::accounts) async fn insert(tx: &mut Tx, new: &NewAccount) -> Result<AccountId> {
    let id = AccountId::fresh();
    let now = tx.now();
    sqlx::query!(
        "insert into account (id, login, display_name, email, phone, job_title, must_change_password, created_at, version)
         values ($1, $2, $3, $4, $5, $6, false, $7, 1)",
        id.uuid(),
        new.login,
        new.name,
        new.email,
        new.phone,
        new.job_title,
        now
    )
    .execute(&mut **tx)
    .await
    .on_constraint("account_login_key", "login", TAKEN)
    .on_constraint("account_login_check", "login", "Un identifiant s’écrit en minuscules sans accent, chiffres, « . », « - », « _ » et « @ », de 2 à 80 caractères.")?;
    Ok(id)
}

/// Changes what is said of an account; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageAccounts>,
    account: &Account,
    new: NewAccount,
    version: i32,
) -> Result<Event> {
    sqlx::query!(
        "update account set login = $3, display_name = $4, email = $5, phone = $6, job_title = $7, version = version + 1 where id = $1 and version = $2",
        account.id.uuid(),
        version,
        new.login,
        new.name,
        new.email,
        new.phone,
        new.job_title
    )
    .execute(&mut **tx)
    .await
    .on_constraint("account_login_key", "login", TAKEN)?
    .one_row()?;
    Ok(Event::new(
        "account.revised",
        subject(account.id),
        format!("Compte de {} modifié", new.name),
    ))
}

/// Gives an account a password chosen by somebody else, already hashed; `must_change` asks for
/// another one at the next sign-in. Ends its sessions.
pub async fn set_password(
    tx: &mut Tx,
    _: Covered<ManageAccounts>,
    account: AccountId,
    hash: String,
    must_change: bool,
) -> Result<Event> {
    store_password(tx, account, hash, must_change).await?;
    let now = tx.now();
    sessions::close_all(tx, account, None, now).await?;
    Ok(Event::new(
        "account.password_set",
        subject(account),
        "Mot de passe attribué",
    ))
}

/// The row itself, which one's own change and a one-time link write too.
pub(in crate::accounts) async fn store_password(
    tx: &mut Tx,
    account: AccountId,
    hash: String,
    must_change: bool,
) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "update account set password_hash = $2, password_changed_at = $3, must_change_password = $4, version = version + 1 where id = $1 and deactivated_at is null",
        account.uuid(),
        hash,
        now,
        must_change
    )
    .execute(&mut **tx)
    .await?
    .one_row()
}

/// Deactivates an account: its sessions, tokens and links end with it, its grants stay written.
pub async fn deactivate(
    tx: &mut Tx,
    covered: Covered<ManageAccounts>,
    account: &Account,
) -> Result<Event> {
    if covered.caller().account == Some(account.id) {
        return Err(Error::refused(
            "comptes",
            "On ne désactive pas son propre compte : demandez-le à un autre administrateur.",
        ));
    }
    let now = tx.now();
    sqlx::query!("update account set deactivated_at = $2, version = version + 1 where id = $1 and deactivated_at is null", account.id.uuid(), now)
        .execute(&mut **tx)
        .await?
        .one_row()?;
    sessions::close_all(tx, account.id, None, now).await?;
    tokens::queries::close_all(tx, account.id, now).await?;
    links::queries::close_all(tx, account.id, now).await?;
    Ok(Event::new(
        "account.deactivated",
        subject(account.id),
        format!("Compte de {} désactivé", account.name),
    ))
}

/// Reactivates an account, with the grants it had and the password it had.
pub async fn reactivate(
    tx: &mut Tx,
    _: Covered<ManageAccounts>,
    account: &Account,
) -> Result<Event> {
    sqlx::query!("update account set deactivated_at = null, version = version + 1 where id = $1 and deactivated_at is not null", account.id.uuid())
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "account.reactivated",
        subject(account.id),
        format!("Compte de {} réactivé", account.name),
    ))
}

/// Makes an account the one that a click on `role` signs in as, on a demonstration base only.
pub async fn show_in_demonstration(
    tx: &mut Tx,
    _: Covered<ManageAccounts>,
    account: AccountId,
    role: Role,
) -> Result<Event> {
    sqlx::query!(
        "update account set demo_role = $2, version = version + 1 where id = $1 and exists (select from instance where is_demo)",
        account.uuid(),
        role.code()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "account.shown",
        subject(account),
        format!("Compte proposé à la démonstration : {}", role.label()),
    ))
}
