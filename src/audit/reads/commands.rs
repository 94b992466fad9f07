//! Writing down a read.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::accounts::EstablishmentId;
use crate::accounts::access::Caller;
use crate::kernel::{Result, id};

/// What kind of read it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Taken away as a file.
    Export,
    /// A zone whose every reading is logged.
    Zone,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Zone => "zone",
        }
    }
}

/// What is read.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its kind.
    pub kind: Kind,
    /// In French: « Équipements, CSV ».
    pub what: String,
    /// The address, filters included: exactly what was asked.
    pub address: String,
    /// The hospital concerned, when it is one.
    pub establishment: Option<EstablishmentId>,
}

/// Writes down that `caller` reads this, now.
pub async fn record(
    pool: &PgPool,
    caller: &Caller,
    note: Note,
    request: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into read_log (id, at, account_id, actor_label, request_id, kind, what, address, establishment_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id::fresh(),
        now,
        caller.account.map(|a| a.uuid()),
        caller.name,
        request,
        note.kind.code(),
        note.what,
        note.address.chars().take(4000).collect::<String>(),
        note.establishment.map(|e| e.uuid())
    )
    .execute(pool)
    .await?;
    Ok(())
}
