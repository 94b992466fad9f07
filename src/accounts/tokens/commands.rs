//! Making and revoking the keys of programs.

use chrono::{DateTime, Utc};

use super::queries::Token;
use crate::accounts::access::Permit;
use crate::accounts::actions::UseVigie;
use crate::accounts::users::commands::subject;
use crate::accounts::{AccountId, TokenId};
use crate::kernel::{Error, Event, Result, secret};
use crate::platform::db::{OneRow, Tx};

/// What is said of a token, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// May it write?
    pub may_write: bool,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Makes a token of the caller's; its text is given once.
pub async fn make(
    tx: &mut Tx,
    permit: &Permit<UseVigie>,
    new: NewToken,
) -> Result<(String, Event)> {
    let account = permit.caller().account.ok_or(Error::NotFound)?;
    let text = format!("vigie_{}", secret::random_text(32)?);
    let start: String = text.chars().take(12).collect();
    let now = tx.now();
    sqlx::query!(
        "insert into api_token (id, account_id, name, token_hash, token_start, may_write, created_at, expires_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        TokenId::fresh().uuid(),
        account.uuid(),
        new.name,
        secret::sha256(&text),
        start,
        new.may_write,
        now,
        new.expires_at
    )
    .execute(&mut **tx)
    .await?;
    let event = Event::new(
        "account.token_made",
        subject(account),
        format!("Jeton « {} » créé", new.name),
    );
    Ok((text, event))
}

/// Revokes a token of an account.
pub async fn revoke(tx: &mut Tx, account: AccountId, token: &Token) -> Result<Event> {
    let now = tx.now();
    sqlx::query!(
        "update api_token set revoked_at = $2, version = version + 1 where id = $1 and revoked_at is null",
        token.id.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "account.token_revoked",
        subject(account),
        format!("Jeton « {} » révoqué", token.name),
    ))
}
