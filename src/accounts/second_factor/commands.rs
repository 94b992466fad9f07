//! Setting up, using and taking away a second factor.

use uuid::Uuid;

use super::model;
use crate::accounts::AccountId;
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::{Action, ManageAccounts, UseSecondFactor, UseSession};
use crate::accounts::roles::Role;
use crate::accounts::sessions::queries as sessions;
use crate::accounts::users::commands::subject;
use crate::kernel::{Error, Event, Result, Subject, id, secret};
use crate::platform::db::{OneRow, Tx};

fn oneself<A: Action>(permit: &Permit<A>) -> Result<AccountId> {
    permit.caller().account.ok_or(Error::NotFound)
}

/// Begins: the secret is kept, and counts once a first code confirms it.
pub async fn begin(
    tx: &mut Tx,
    permit: &Permit<UseSecondFactor>,
    sealed: Vec<u8>,
) -> Result<Event> {
    let account = oneself(permit)?;
    let now = tx.now();
    sqlx::query!(
        "delete from second_factor where account_id = $1 and confirmed_at is null",
        account.uuid()
    )
    .execute(&mut **tx)
    .await?;
    let made = sqlx::query!(
        "insert into second_factor (id, account_id, secret_sealed, begun_at) values ($1, $2, $3, $4) on conflict (account_id) do nothing",
        id::fresh(),
        account.uuid(),
        sealed,
        now
    )
    .execute(&mut **tx)
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::refused(
            "second facteur",
            "Vous en avez déjà un : retirez-le d’abord, avec un code.",
        ));
    }
    Ok(Event::new(
        "account.second_factor_begun",
        subject(account),
        "Second facteur : installation commencée",
    ))
}

/// Takes the code of a step, once: false when it, or a later one, was already taken.
pub async fn take_step(tx: &mut Tx, account: AccountId, step: i64) -> Result<bool> {
    let done = sqlx::query!(
        "insert into second_factor_step (account_id, step) values ($1, $2)
         on conflict (account_id) do update set step = excluded.step where second_factor_step.step < excluded.step",
        account.uuid(),
        step
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a recovery code, once.
pub async fn take_recovery(tx: &mut Tx, account: AccountId, code: &str) -> Result<bool> {
    let now = tx.now();
    let done = sqlx::query!(
        "update recovery_code set used_at = $3 where account_id = $1 and code_hash = $2 and used_at is null",
        account.uuid(),
        secret::sha256(code),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces the recovery codes; the new ones are given to be shown once.
async fn renew(tx: &mut Tx, account: AccountId) -> Result<Vec<String>> {
    let now = tx.now();
    let (kept, shown): (Vec<_>, Vec<_>) = model::recovery_codes()?.into_iter().unzip();
    sqlx::query!(
        "delete from recovery_code where account_id = $1",
        account.uuid()
    )
    .execute(&mut **tx)
    .await?;
    let ids: Vec<Uuid> = kept.iter().map(|_| id::fresh()).collect();
    let hashes: Vec<Vec<u8>> = kept.iter().map(|code| secret::sha256(code)).collect();
    sqlx::query!(
        "insert into recovery_code (id, account_id, code_hash, made_at) select c.id, $1, c.hash, $4 from unnest($2::uuid[], $3::bytea[]) as c (id, hash)",
        account.uuid(),
        &ids,
        &hashes,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(shown)
}

/// The first code was right: from now on the factor counts. The other sessions end.
pub async fn confirm(
    tx: &mut Tx,
    permit: &Permit<UseSecondFactor>,
    session: Uuid,
) -> Result<(Vec<String>, Event)> {
    let account = oneself(permit)?;
    let now = tx.now();
    sqlx::query!(
        "update second_factor set confirmed_at = $2 where account_id = $1 and confirmed_at is null",
        account.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    let codes = renew(tx, account).await?;
    sessions::close_all(tx, account, Some(session), now).await?;
    Ok((
        codes,
        Event::new(
            "account.second_factor_confirmed",
            subject(account),
            "Second facteur en place, vos autres sessions sont fermées",
        ),
    ))
}

/// New recovery codes in place of the former ones.
pub async fn renew_codes(
    tx: &mut Tx,
    permit: &Permit<UseSecondFactor>,
) -> Result<(Vec<String>, Event)> {
    let account = oneself(permit)?;
    let codes = renew(tx, account).await?;
    Ok((
        codes,
        Event::new(
            "account.recovery_codes_renewed",
            subject(account),
            "Codes de secours renouvelés : les anciens ne valent plus",
        ),
    ))
}

/// The code was right: the session opens what the account may open.
pub async fn pass(
    tx: &mut Tx,
    permit: &Permit<UseSession>,
    session: Uuid,
    by_recovery: bool,
) -> Result<Event> {
    let account = oneself(permit)?;
    sqlx::query!(
        "update session set factor_due = false where id = $1 and account_id = $2 and factor_due and revoked_at is null",
        session,
        account.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    let how = if by_recovery {
        "par un code de secours"
    } else {
        "par son authentificateur"
    };
    Ok(Event::new(
        "account.second_factor_passed",
        subject(account),
        format!("Second facteur donné {how}"),
    ))
}

async fn erase(tx: &mut Tx, account: AccountId) -> Result<()> {
    sqlx::query!(
        "delete from recovery_code where account_id = $1",
        account.uuid()
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from second_factor where account_id = $1",
        account.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()
}

/// One takes away one's own.
pub async fn remove(tx: &mut Tx, permit: &Permit<UseSecondFactor>) -> Result<Event> {
    let account = oneself(permit)?;
    erase(tx, account).await?;
    Ok(Event::new(
        "account.second_factor_removed",
        subject(account),
        "Second facteur retiré",
    ))
}

/// An administrator takes away somebody's, lost or stolen; the sessions of the account end.
pub async fn reset(
    tx: &mut Tx,
    covered: Covered<ManageAccounts>,
    account: AccountId,
    reason: &str,
) -> Result<Event> {
    if covered.caller().account == Some(account) {
        return Err(Error::refused(
            "séparation des pouvoirs",
            "Nul ne réinitialise son propre second facteur : demandez-le à un autre administrateur, ou servez-vous d’un code de secours.",
        ));
    }
    tx.because(reason).await?;
    erase(tx, account).await?;
    let now = tx.now();
    sessions::close_all(tx, account, None, now).await?;
    Ok(Event::new(
        "account.second_factor_reset",
        subject(account),
        "Second facteur réinitialisé par un administrateur",
    ))
}

/// Says of which roles a second factor is asked. `version` is the one that was read.
pub async fn ask(
    tx: &mut Tx,
    covered: Covered<ManageAccounts>,
    wanted: &[Role],
    version: i64,
) -> Result<Event> {
    // One at a time: two administrators must not mix their choices.
    sqlx::query!("lock table role_policy in share row exclusive mode")
        .execute(&mut **tx)
        .await?;
    let (before, read) = super::queries::required(tx).await?;
    if read != version {
        return Err(Error::Conflict(
            "Quelqu’un a changé ces exigences entre-temps.".into(),
        ));
    }
    let mut said = vec![];
    for role in Role::ALL {
        let (was, is) = (before.contains(&role), wanted.contains(&role));
        if was == is {
            continue;
        }
        sqlx::query!(
            "insert into role_policy (id, role, second_factor_required, version) values ($1, $2, $3, 1)
             on conflict (role) do update set second_factor_required = excluded.second_factor_required, version = role_policy.version + 1",
            id::fresh(),
            role.code(),
            is
        )
        .execute(&mut **tx)
        .await?;
        let mark = if is { "exigé" } else { "n’est plus exigé" };
        said.push(format!("{} : {mark}", role.label()));
    }
    let what = if said.is_empty() {
        "rien ne change".to_owned()
    } else {
        said.join(", ")
    };
    Ok(Event::new(
        "role_policy.changed",
        covered
            .caller()
            .account
            .map_or(Subject::shared("account", Uuid::nil()), subject),
        format!("Second facteur par rôle : {what}"),
    ))
}
