//! What may be done to contacts.

use chrono::NaiveDate;

use super::model::NewContact;
use super::queries::Contact;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageParties;
use crate::kernel::event::Subject;
use crate::kernel::{Event, Result};
use crate::parties::{ContactId, OrganisationId};
use crate::platform::db::{OneRow, Tx};

fn subject(id: OrganisationId, covered: &Covered<ManageParties>) -> Subject {
    Subject {
        kind: "organisation",
        id: id.uuid(),
        establishment: covered.place().establishment.map(|e| e.uuid()),
    }
}

/// Enters a contact; `verified_on` when somebody has just checked it.
pub async fn create(
    tx: &mut Tx,
    covered: Covered<ManageParties>,
    organisation: OrganisationId,
    new: NewContact,
    verified_on: Option<NaiveDate>,
) -> Result<(ContactId, Event)> {
    let id = ContactId::fresh();
    let verified_by = verified_on.and(tx.actor().id);
    sqlx::query!(
        "insert into contact (id, organisation_id, establishment_id, function, name, email, phone, url, note, verified_on, verified_by, ends_on, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
        id.uuid(),
        organisation.uuid(),
        new.establishment.map(|e| e.uuid()),
        new.function.code(),
        new.name,
        new.email,
        new.phone,
        new.url,
        new.note,
        verified_on,
        verified_by,
        new.ends_on,
    )
    .execute(&mut **tx)
    .await?;
    let words = format!(
        "Contact « {} » ajouté ({})",
        new.name,
        new.function.label().to_lowercase()
    );
    Ok((
        id,
        Event::new("contact.created", subject(organisation, &covered), words),
    ))
}

/// Corrects a contact. A new way to reach it has been verified by nobody.
pub async fn edit(
    tx: &mut Tx,
    covered: Covered<ManageParties>,
    old: &Contact,
    version: i32,
    new: NewContact,
) -> Result<Event> {
    let same_ways = (&old.email, &old.phone, &old.url, &old.name)
        == (&new.email, &new.phone, &new.url, &new.name);
    sqlx::query!(
        "update contact
         set establishment_id = $3, function = $4, name = $5, email = $6, phone = $7, url = $8, note = $9, ends_on = $10,
             verified_on = case when $11 then verified_on end, verified_by = case when $11 then verified_by end, version = version + 1
         where id = $1 and version = $2",
        old.id.uuid(),
        version,
        new.establishment.map(|e| e.uuid()),
        new.function.code(),
        new.name,
        new.email,
        new.phone,
        new.url,
        new.note,
        new.ends_on,
        same_ways,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "contact.edited",
        subject(old.organisation_id, &covered),
        format!("Contact « {} » modifié", new.name),
    ))
}

/// Somebody checked that the contact answers.
pub async fn verify(
    tx: &mut Tx,
    covered: Covered<ManageParties>,
    contact: &Contact,
    today: NaiveDate,
) -> Result<Event> {
    let by = tx.actor().id;
    sqlx::query!(
        "update contact set verified_on = $2, verified_by = $3, version = version + 1 where id = $1",
        contact.id.uuid(),
        today,
        by,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "contact.verified",
        subject(contact.organisation_id, &covered),
        format!("Contact « {} » vérifié", contact.name),
    ))
}
