//! Reading the keys of programs.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::accounts::{AccountId, TokenId};
use crate::kernel::{Error, Result};

/// A key of a program, without its secret.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// Its first characters, to recognise it by.
    pub token_start: String,
    /// May it write?
    pub may_write: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Its last use, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Token {
    /// Does it work at `now`?
    pub fn works(&self, now: &DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at > *now
    }
}

/// The tokens of an account, newest first.
pub async fn of_account(conn: &mut PgConnection, account: AccountId) -> Result<Vec<Token>> {
    Ok(sqlx::query_as!(
        Token,
        r#"select id as "id: TokenId", name, token_start, may_write, created_at, expires_at, revoked_at, last_used_at
           from api_token where account_id = $1 order by id desc"#,
        account.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// A token of this account, or `NotFound`.
pub async fn find(conn: &mut PgConnection, account: AccountId, id: TokenId) -> Result<Token> {
    of_account(conn, account)
        .await?
        .into_iter()
        .find(|token| token.id == id)
        .ok_or(Error::NotFound)
}

/// Revokes every token of an account.
pub async fn close_all(
    conn: &mut PgConnection,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update api_token set revoked_at = $2, version = version + 1 where account_id = $1 and revoked_at is null",
        account.uuid(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
