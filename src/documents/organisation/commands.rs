//! Writing organisation documents.

use chrono::NaiveDate;
use uuid::Uuid;

use super::queries::Edition;
use super::{EditionId, Opinion};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Covered};
use crate::accounts::actions::ManageOrganisationDocuments;
use crate::documents::commands::{About, add};
use crate::documents::model::{Content, DocumentKind, NewDocument};
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::blob::Blobs;
use crate::platform::db::{OnConstraint, OneRow, Tx};

/// An edition, checked.
#[derive(Clone, Debug)]
pub struct NewEdition {
    /// Whose.
    pub establishment: EstablishmentId,
    /// As written on it.
    pub edition: String,
    /// Its title.
    pub title: String,
    /// What changed.
    pub changes: Option<String>,
    /// The day it applies.
    pub applies_from: NaiveDate,
}

/// What the committee said, checked.
#[derive(Clone, Debug)]
pub struct NewOpinion {
    /// The opinion.
    pub opinion: Opinion,
    /// When; none while it is awaited.
    pub on: Option<NaiveDate>,
    /// In which minutes.
    pub reference: Option<String>,
}

fn subject(establishment: EstablishmentId) -> Subject {
    Subject::of("establishment", establishment, establishment)
}

/// Publishes an edition: its file is kept, the former one is replaced.
pub async fn publish(
    tx: &mut Tx,
    covered: Covered<ManageOrganisationDocuments>,
    blobs: &Blobs,
    new: NewEdition,
    (file_name, content): (&str, Content),
) -> Result<(EditionId, Event)> {
    let about = About {
        kind: "establishment",
        id: new.establishment.uuid(),
        establishment: Some(new.establishment.uuid()),
    };
    let file = NewDocument {
        kind: DocumentKind::OrganisationDocument,
        title: new.title.clone(),
        edition: Some(new.edition.clone()),
        language: Some("fr".into()),
        issued_on: Some(new.applies_from),
        expires_on: None,
        local: true,
    };
    let (document, added) = add(
        tx,
        covered.entail(),
        blobs,
        &about,
        file,
        file_name,
        content,
    )
    .await?;
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "update organisation_document set replaced_at = $2, version = version + 1 where establishment_id = $1 and replaced_at is null",
        new.establishment.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    let id = EditionId::fresh();
    sqlx::query!(
        "insert into organisation_document (id, establishment_id, edition, title, document_id, changes, applies_from, opinion, recorded_at, recorded_by, version)
         values ($1, $2, $3, $4, $5, $6, $7, 'awaited', $8, $9, 1)",
        id.uuid(),
        new.establishment.uuid(),
        new.edition,
        new.title,
        document.uuid(),
        new.changes,
        new.applies_from,
        now,
        by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("organisation_document_edition_key", "edition", "Cet établissement a déjà une édition de ce nom.")?;
    Ok((
        id,
        Event::new(
            "organisation_document.published",
            subject(new.establishment),
            format!(
                "Document d’organisation, édition {}, applicable le {}",
                new.edition,
                crate::kernel::date::short(new.applies_from)
            ),
        )
        .and(added),
    ))
}

/// Records what the medical committee said.
pub async fn opine(
    tx: &mut Tx,
    _: Covered<ManageOrganisationDocuments>,
    of: &Edition,
    version: i32,
    new: NewOpinion,
) -> Result<Event> {
    sqlx::query!(
        "update organisation_document set opinion = $3, opinion_on = $4, opinion_reference = $5, version = version + 1 where id = $1 and version = $2",
        of.id.uuid(),
        version,
        new.opinion.code(),
        new.on,
        new.reference
    )
    .execute(&mut **tx)
    .await
    .on_constraint("organisation_document_opinion_day_check", "opinion_on", "Un avis rendu a une date ; un avis attendu n’en a pas.")?
    .one_row()?;
    Ok(Event::new(
        "organisation_document.opinion",
        subject(of.establishment_id),
        format!("Document d’organisation {} : {}", of.edition, new.opinion),
    ))
}

/// Makes an edition known to everyone who has one of these roles in the establishment and was not told yet.
pub async fn diffuse(
    tx: &mut Tx,
    _: Covered<ManageOrganisationDocuments>,
    of: &Edition,
    roles: &[String],
) -> Result<Event> {
    if of.replaced_at.is_some() {
        return Err(Error::refused(
            "art. R.5212-28 2° CSP",
            "Cette édition est remplacée : c’est la suivante qui se diffuse.",
        ));
    }
    let now = tx.now();
    let people = sqlx::query_scalar!(
        "select distinct a.id
         from account a
         join access_grant g on g.account_id = a.id and g.revoked_at is null and (g.ends_on is null or g.ends_on >= $3)
         left join unit u on u.id = g.unit_id
         where a.deactivated_at is null and g.role = any ($2) and g.device_id is null
           and (coalesce(g.establishment_id, u.establishment_id) = $1 or (g.establishment_id is null and g.unit_id is null))
           and not exists (select from organisation_document_reader r where r.organisation_document_id = $4 and r.account_id = a.id)
         order by 1",
        of.establishment_id.uuid(),
        roles,
        now.date_naive(),
        of.id.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    if people.is_empty() {
        return Err(Error::field(
            "roles",
            "Personne de plus n’a ces rôles dans l’établissement.",
        ));
    }
    let lines: Vec<Uuid> = people.iter().map(|_| id::fresh()).collect();
    sqlx::query!(
        "insert into organisation_document_reader (id, organisation_document_id, establishment_id, account_id, sent_at)
         select g.id, $3, $4, g.account, $5 from unnest($1::uuid[], $2::uuid[]) as g (id, account)",
        &lines,
        &people,
        of.id.uuid(),
        of.establishment_id.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update organisation_document set diffused_at = coalesce(diffused_at, $2), version = version + 1 where id = $1",
        of.id.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(Event::new(
        "organisation_document.diffused",
        subject(of.establishment_id),
        format!(
            "Document d’organisation {} diffusé à {} personne(s)",
            of.edition,
            people.len()
        ),
    ))
}

/// The person says to have read an edition.
pub async fn acknowledge(tx: &mut Tx, caller: &Caller, of: &Edition) -> Result<Event> {
    let now = tx.now();
    let account = caller.account.map(|a| a.uuid());
    let done = sqlx::query!(
        "update organisation_document_reader set read_at = $3 where organisation_document_id = $1 and account_id = $2 and read_at is null",
        of.id.uuid(),
        account,
        now
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if done == 0 {
        return Err(Error::refused(
            "accusé de lecture",
            "Cette édition ne vous a pas été adressée, ou vous l’avez déjà lue.",
        ));
    }
    Ok(Event::new(
        "organisation_document.read",
        subject(of.establishment_id),
        format!(
            "Document d’organisation {} lu par {}",
            of.edition, caller.name
        ),
    ))
}
