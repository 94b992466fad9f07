//! What is read of organisation documents.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{EditionId, Opinion};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeOrganisationDocuments};
use crate::kernel::page::Tone;
use crate::kernel::{Error, Result, date};
use crate::shell::domain::{Boxed, HomeBlock, HomeLine};

/// An edition, as kept.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Its id.
    pub id: EditionId,
    /// Whose organisation.
    pub establishment_id: EstablishmentId,
    /// Its name.
    pub establishment: String,
    /// As written on it.
    pub edition: String,
    /// Its title.
    pub title: String,
    /// Its file.
    pub document_id: Uuid,
    /// What changed.
    pub changes: Option<String>,
    /// The day it applies.
    pub applies_from: NaiveDate,
    /// What the committee said.
    pub opinion: Opinion,
    /// When.
    pub opinion_on: Option<NaiveDate>,
    /// In which minutes.
    pub opinion_reference: Option<String>,
    /// Made known.
    pub diffused_at: Option<DateTime<Utc>>,
    /// Replaced by the next.
    pub replaced_at: Option<DateTime<Utc>>,
    /// To how many it was sent.
    pub sent: i64,
    /// How many said to have read it.
    pub read: i64,
    /// For edits.
    pub version: i32,
}

impl Placed for Edition {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id)
    }
}

impl Edition {
    /// Where it is read.
    pub fn url(&self) -> String {
        format!("/documents/organisation/{}", self.id)
    }

    /// What is lacking for the article to be satisfied, or nothing.
    pub fn lacking(&self) -> Vec<&'static str> {
        let mut out = vec![];
        match self.opinion {
            Opinion::Awaited => out.push("l’avis de la CME"),
            Opinion::Unfavourable => out.push("un avis favorable de la CME"),
            Opinion::Favourable | Opinion::WithReservations => {}
        }
        if self.sent == 0 {
            out.push("la diffusion aux utilisateurs");
        } else if self.read < self.sent {
            out.push("des accusés de lecture");
        }
        out
    }
}

macro_rules! editions {
    ($rest:literal, $($bind:expr),*) => {
        sqlx::query_as!(
            Edition,
            r#"select o.id as "id: EditionId", o.establishment_id as "establishment_id: EstablishmentId", e.name as establishment, o.edition, o.title, o.document_id, o.changes,
                      o.applies_from, o.opinion as "opinion: Opinion", o.opinion_on, o.opinion_reference, o.diffused_at, o.replaced_at,
                      (select count(*) from organisation_document_reader r where r.organisation_document_id = o.id) as "sent!",
                      (select count(*) from organisation_document_reader r where r.organisation_document_id = o.id and r.read_at is not null) as "read!", o.version
               from organisation_document o
               join establishment e on e.id = o.establishment_id
               "# + $rest,
            $($bind),*
        )
    };
}

/// One edition, for who belongs to its establishment, be it by a unit.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: EditionId) -> Result<Edition> {
    editions!(
        "where o.id = $1 and (o.establishment_id = any ($2) or exists (select from unit u where u.establishment_id = o.establishment_id and u.id = any ($3)))",
        id.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Is this document an edition in sight? Who works in a unit reads what is diffused in the establishment.
pub async fn is_edition(conn: &mut PgConnection, scope: &Scope, document: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select from organisation_document o
               where o.document_id = $1
                 and (o.establishment_id = any ($2) or exists (select from unit u where u.establishment_id = o.establishment_id and u.id = any ($3)))) as "seen!""#,
        document,
        &scope.establishments,
        &scope.units
    )
    .fetch_one(conn)
    .await?)
}

/// Editions in sight, the one in force of each establishment first.
pub async fn all(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Edition>> {
    Ok(editions!(
        "where o.establishment_id = any ($1) or exists (select from unit u where u.establishment_id = o.establishment_id and u.id = any ($2))
         order by e.name collate \"fr-x-icu\", o.replaced_at is not null, o.id desc
         limit 500",
        &scope.establishments,
        &scope.units
    )
    .fetch_all(conn)
    .await?)
}

/// A person an edition was sent to.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The account.
    pub account_id: Uuid,
    /// The name.
    pub name: String,
    /// The function.
    pub job_title: Option<String>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When the person said to have read it.
    pub read_at: Option<DateTime<Utc>>,
}

/// To whom an edition was sent, those who have not read it first.
pub async fn readers(conn: &mut PgConnection, id: EditionId) -> Result<Vec<Reader>> {
    Ok(sqlx::query_as!(
        Reader,
        r#"select r.account_id, a.display_name as name, a.job_title, r.sent_at, r.read_at
           from organisation_document_reader r
           join account a on a.id = r.account_id
           where r.organisation_document_id = $1
           order by r.read_at is not null, a.display_name collate "fr-x-icu", a.id
           limit 2000"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// What waits for the person: editions sent and not read.
pub fn to_read<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let scope = caller.scope(SeeOrganisationDocuments::NAME);
        let found = editions!(
            "where o.replaced_at is null
               and exists (select from organisation_document_reader r where r.organisation_document_id = o.id and r.account_id = $1 and r.read_at is null)
               and (o.establishment_id = any ($2) or exists (select from unit u where u.establishment_id = o.establishment_id and u.id = any ($3)))
             order by o.id desc limit 7",
            caller.account.map(|a| a.uuid()),
            &scope.establishments,
            &scope.units
        )
        .fetch_all(conn)
        .await?;
        Ok(HomeBlock {
            title: "À lire : organisation de la maintenance".to_owned(),
            total: i64::try_from(found.len()).unwrap_or(i64::MAX),
            lines: found
                .into_iter()
                .map(|one| HomeLine {
                    label: format!("{} · édition {}", one.title, one.edition),
                    note: format!(
                        "{} · applicable depuis le {} ({})",
                        one.establishment,
                        date::short(one.applies_from),
                        date::relative(one.applies_from, today)
                    ),
                    href: one.url(),
                    tone: Tone::Watch,
                })
                .collect(),
            href: "/documents/organisation".to_owned(),
            empty: "Rien à lire.",
        })
    })
}
