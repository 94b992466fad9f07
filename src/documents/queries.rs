//! Reading documents. Whether the caller sees the object is asked first (`App::subject`).

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{DocumentId, DocumentKind};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Place, Scope};
use crate::accounts::actions::{Action, SeeDocuments};
use crate::kernel::{Error, Result};
use crate::shell::domain::{Boxed, Named};

/// A document with its file.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// Table of its object.
    pub subject_type: String,
    /// Its object.
    pub subject_id: Uuid,
    /// The establishment it is kept to.
    pub establishment_id: Option<Uuid>,
    /// Code of its kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Edition.
    pub edition: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Its date.
    pub issued_on: Option<NaiveDate>,
    /// Its last day.
    pub expires_on: Option<NaiveDate>,
    /// The name it was sent under.
    pub file_name: String,
    /// Content.
    pub sha256: String,
    /// Bytes.
    pub size_bytes: i64,
    /// Type.
    pub media_type: String,
    /// Added at.
    pub recorded_at: DateTime<Utc>,
    /// Added by.
    pub recorded_by: Option<String>,
    /// Withdrawn at.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why.
    pub withdrawn_reason: Option<String>,
}

impl Document {
    /// Its kind, as read.
    pub fn kind_label(&self) -> &'static str {
        DocumentKind::from_code(&self.kind).map_or("Document", DocumentKind::label)
    }

    /// `3,2 Mo`.
    pub fn size(&self) -> String {
        let kilo = self.size_bytes as f64 / 1024.0;
        if kilo < 1024.0 {
            format!("{} Ko", kilo.ceil())
        } else {
            format!("{:.1} Mo", kilo / 1024.0).replace('.', ",")
        }
    }
}

macro_rules! documents {
    ($condition:literal, $($bind:expr),*) => {
        sqlx::query_as!(
            Document,
            r#"select d.id as "id: DocumentId", d.subject_type, d.subject_id, d.establishment_id, d.kind, d.title, d.edition, d.language,
                      d.issued_on, d.expires_on, d.file_name, f.sha256, f.size_bytes, f.media_type, d.recorded_at,
                      a.display_name as "recorded_by?", d.withdrawn_at, d.withdrawn_reason
               from document d
               join file f on f.id = d.file_id
               left join account a on a.id = d.recorded_by
               where "# + $condition,
            $($bind),*
        )
    };
}

/// The documents of an object, in force first, at most 500: an object with more has another problem.
pub async fn of_subject(
    conn: &mut PgConnection,
    scope: &Scope,
    kind: &str,
    id: Uuid,
    place_seen: Option<Uuid>,
) -> Result<Vec<Document>> {
    Ok(documents!(
        "d.subject_type = $1 and d.subject_id = $2 and (d.establishment_id is null or d.establishment_id = any ($3) or d.establishment_id = $4)
         order by d.withdrawn_at is not null, d.kind, d.issued_on desc nulls last, d.id desc
         limit 500",
        kind,
        id,
        &scope.establishments,
        place_seen
    )
    .fetch_all(conn)
    .await?)
}

/// The document, whoever may see it: its object decides.
pub async fn find_anywhere(conn: &mut PgConnection, id: DocumentId) -> Result<Document> {
    documents!("d.id = $1", id.uuid())
        .fetch_optional(conn)
        .await?
        .ok_or(Error::NotFound)
}

/// Names a document, to who sees the whole of its establishment or, when it is the group's, documents at all.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let found = match find_anywhere(conn, DocumentId(id)).await {
            Ok(found) => found,
            Err(Error::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let place = found
            .establishment_id
            .map_or(Place::SHARED, |e| Place::establishment(EstablishmentId(e)));
        let seen = match found.establishment_id {
            Some(_) => caller.scope(SeeDocuments::NAME).reaches(place),
            None => caller.holds(SeeDocuments::NAME),
        };
        Ok(seen.then(|| Named {
            title: found.title,
            href: format!("/documents/{id}"),
            place,
        }))
    })
}
