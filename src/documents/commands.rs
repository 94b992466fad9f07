//! Writing documents.

use uuid::Uuid;

use super::model::{Content, DocumentId, NewDocument};
use super::queries::Document;
use crate::accounts::access::Covered;
use crate::accounts::actions::AddDocuments;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::blob::Blobs;
use crate::platform::db::{OnConstraint, OneRow, Tx};

/// What a document is about.
#[derive(Clone, Debug)]
pub struct About {
    /// Table of the object, from the closed list of subjects.
    pub kind: &'static str,
    /// The object.
    pub id: Uuid,
    /// The establishment that will see it; `None` for the whole group.
    pub establishment: Option<Uuid>,
}

impl About {
    fn subject(&self) -> Subject {
        Subject {
            kind: self.kind,
            id: self.id,
            establishment: self.establishment,
        }
    }
}

/// Adds a document; the content is kept before the row that names it.
pub async fn add(
    tx: &mut Tx,
    _: Covered<AddDocuments>,
    blobs: &Blobs,
    about: &About,
    new: NewDocument,
    file_name: &str,
    content: Content,
) -> Result<(DocumentId, Event)> {
    let sha256 = blobs.put(&content.bytes).await?;
    let now = tx.now();
    let size = i64::try_from(content.bytes.len()).map_err(Error::internal)?;
    sqlx::query!(
        "insert into file (id, sha256, size_bytes, media_type, stored_at) values ($1, $2, $3, $4, $5) on conflict (sha256) do nothing",
        id::fresh(),
        sha256,
        size,
        content.media_type,
        now
    )
    .execute(&mut **tx)
    .await?;
    let document = DocumentId::fresh();
    let by = tx.actor().id;
    sqlx::query!(
        "insert into document (id, subject_type, subject_id, establishment_id, file_id, file_name, kind, title, edition, language, issued_on, expires_on, recorded_at, recorded_by, version)
         select $1, $2, $3, $4, f.id, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1 from file f where f.sha256 = $14",
        document.uuid(),
        about.kind,
        about.id,
        about.establishment,
        file_name,
        new.kind.code(),
        new.title,
        new.edition,
        new.language,
        new.issued_on,
        new.expires_on,
        now,
        by,
        sha256
    )
    .execute(&mut **tx)
    .await
    .on_constraint("document_same_file_key", "file", "Ce même fichier est déjà joint ici sous la même nature.")
    .on_constraint("document_period_check", "expires_on", "La fin de validité précède la date du document.")?
    .one_row()?;
    let summary = format!(
        "Document ajouté : {} « {} »",
        new.kind.label().to_lowercase(),
        new.title
    );
    Ok((
        document,
        Event::new("document.added", about.subject(), summary)
            .with(serde_json::json!({ "document_id": document, "sha256": sha256 })),
    ))
}

/// Withdraws a document: it stays readable, marked, with the reason.
pub async fn withdraw(
    tx: &mut Tx,
    _: Covered<AddDocuments>,
    document: &Document,
    about: &About,
    reason: &str,
) -> Result<Event> {
    tx.because(reason).await?;
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update document set withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4, version = version + 1 where id = $1 and withdrawn_at is null",
        document.id.uuid(),
        now,
        by,
        reason
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "document.withdrawn",
        about.subject(),
        format!("Document retiré : « {} »", document.title),
    ))
}
