//! Transactions: a read sees one snapshot; a write says who acts, when, for which request, and is
//! rolled back unless its event is committed.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::kernel::mutants::{self, Fault};
use crate::kernel::{Error, Event, Result, id};
use crate::platform::web::Saved;

/// Longest idempotency key: what programs make of it is a UUID or the like.
const LONGEST_KEY: usize = 200;

/// In whose name rows are written.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account; `None` for jobs and the command line.
    pub id: Option<Uuid>,
    /// The name kept in the audit, whatever becomes of the account.
    pub label: String,
}

/// One snapshot, read only.
pub struct Read(Transaction<'static, Postgres>);

impl Read {
    /// Opens a snapshot: every block of a page sees the same data.
    pub async fn open(pool: &PgPool) -> Result<Self> {
        let tx = pool
            .begin_with(if mutants::on(Fault::ReadsMayWrite) {
                "begin isolation level repeatable read"
            } else {
                "begin isolation level repeatable read read only"
            })
            .await?;
        Ok(Self(tx))
    }

    /// Opens a snapshot of what was registered just before `moment`: the views of schema `as_of`, made
    /// from the audit, stand before the tables of the same names.
    pub async fn open_as_of(pool: &PgPool, moment: DateTime<Utc>) -> Result<Self> {
        let mut read = Self::open(pool).await?;
        sqlx::query!(
            "select set_config('vigie.as_of', $1, true) as a, set_config('search_path', 'as_of, public', true) as b",
            moment.to_rfc3339()
        )
        .fetch_one(&mut *read)
        .await?;
        Ok(read)
    }
}

impl Deref for Read {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Read {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// A write under way. Dropped without commit, nothing happened.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    actor: Actor,
    now: DateTime<Utc>,
    request: Option<Uuid>,
    reason: Option<String>,
    key: Option<String>,
}

impl Tx {
    /// Opens a write in the name of `actor`. A repeated `key` of the same account answers
    /// [`Error::AlreadyDone`] with the address given the first time.
    pub async fn open(
        pool: &PgPool,
        actor: Actor,
        now: DateTime<Utc>,
        request: Option<Uuid>,
        key: Option<String>,
    ) -> Result<Self> {
        if let Some(key) = &key
            && (key.len() > LONGEST_KEY || key.chars().any(char::is_control))
        {
            return Err(Error::BadRequest(format!(
                "la clé d’un envoi a {LONGEST_KEY} caractères au plus, sans caractère de contrôle"
            )));
        }
        let mut inner = pool.begin().await?;
        sqlx::query!(
            "select set_config('vigie.now', $1, true) as a, set_config('vigie.actor', $2, true) as b, set_config('vigie.actor_label', $3, true) as c, set_config('vigie.request', $4, true) as d",
            now.to_rfc3339(),
            actor.id.map(|i| i.to_string()).unwrap_or_default(),
            actor.label,
            request.map(|i| i.to_string()).unwrap_or_default(),
        )
        .fetch_one(&mut *inner)
        .await?;
        let key = key.filter(|_| !mutants::on(Fault::RepeatWrites));
        if let (Some(key), Some(account)) = (&key, actor.id) {
            // The insert waits for a first sending still under way, then finds its row.
            let mine = sqlx::query!(
                "insert into idempotency (account_id, key, url, at) values ($1, $2, '', $3) on conflict do nothing",
                account,
                key,
                now
            )
            .execute(&mut *inner)
            .await?
            .rows_affected();
            if mine == 0 {
                let url = sqlx::query_scalar!(
                    "select url from idempotency where account_id = $1 and key = $2",
                    account,
                    key
                )
                .fetch_one(&mut *inner)
                .await?;
                return Err(Error::AlreadyDone(url));
            }
        }
        Ok(Self {
            inner,
            actor,
            now,
            request,
            reason: None,
            key,
        })
    }

    /// The instant of the request, which every row of this write bears.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// In whose name this is written.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Says why: kept beside each row in the audit and on the timeline.
    pub async fn because(&mut self, reason: &str) -> Result<()> {
        sqlx::query!("select set_config('vigie.reason', $1, true)", reason)
            .fetch_one(&mut *self.inner)
            .await?;
        self.reason = (!reason.is_empty()).then(|| reason.to_owned());
        Ok(())
    }

    /// As [`Tx::commit`], without a sentence on the next page: the page itself says what was done.
    pub async fn commit_quietly(self, event: Event, url: impl Into<String>) -> Result<Saved> {
        let saved = self.commit(event, url).await?;
        Ok(Saved {
            message: String::new(),
            ..saved
        })
    }

    /// Writes the timeline and commits; the answer leads to `url`.
    pub async fn commit(mut self, event: Event, url: impl Into<String>) -> Result<Saved> {
        let url = url.into();
        for entry in &event.0 {
            sqlx::query!(
                "insert into event (id, at, actor_id, actor_label, request_id, kind, subject_type, subject_id, establishment_id, summary, reason, data)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                id::fresh(),
                self.now,
                self.actor.id,
                self.actor.label,
                self.request,
                entry.kind,
                entry.subject.kind,
                entry.subject.id,
                entry.subject.establishment,
                entry.summary,
                self.reason,
                entry.data,
            )
            .execute(&mut *self.inner)
            .await?;
        }
        if let (Some(key), Some(account)) = (&self.key, self.actor.id) {
            sqlx::query!(
                "update idempotency set url = $3 where account_id = $1 and key = $2",
                account,
                key,
                url
            )
            .execute(&mut *self.inner)
            .await?;
        }
        self.inner.commit().await?;
        let message = event
            .0
            .first()
            .map(|e| e.summary.clone())
            .unwrap_or_default();
        Ok(Saved { url, message })
    }
}

impl Deref for Tx {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}
