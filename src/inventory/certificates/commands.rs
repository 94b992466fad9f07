//! Writing certificates.

use super::CertificateId;
use super::form::NewCertificate;
use super::queries::Certificate;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageCatalogue;
use crate::inventory::catalogue::ModelId;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::{OnConstraint, OneRow, Tx};

const KNOWN: &str = "Cet organisme notifié a déjà un certificat de ce numéro.";
const NO_MAKER: &str = "Ce fabricant n’est pas dans l’annuaire.";

fn subject(id: CertificateId) -> Subject {
    Subject::shared("certificate", id)
}

/// Enters a certificate.
pub async fn enter(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    new: NewCertificate,
) -> Result<(CertificateId, Event)> {
    let id = CertificateId::fresh();
    let by = new.verified_on.and(tx.actor().id);
    sqlx::query!(
        "insert into certificate
             (id, manufacturer_id, number, kind, regulation, notified_body_number, notified_body_name, scope, issued_on, expires_on, status, status_since,
              status_source, transition_rule_id, transition_letter_on, verified_on, verified_by, replaced_by_id, note, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)",
        id.uuid(),
        new.manufacturer,
        new.number,
        new.kind.code(),
        new.regulation.code(),
        new.notified_body_number,
        new.notified_body_name,
        new.scope,
        new.issued_on,
        new.expires_on,
        new.status.code(),
        new.status_since,
        new.status_source,
        new.transition_rule,
        new.transition_letter_on,
        new.verified_on,
        by,
        new.replaced_by.map(|r| r.uuid()),
        new.note,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("certificate_number_key", "number", KNOWN)
    .on_constraint("certificate_manufacturer_fkey", "manufacturer", NO_MAKER)
    .on_constraint("certificate_transition_rule_fkey", "transition_rule", "Cette règle n’existe pas.")
    .on_constraint("certificate_replaced_by_fkey", "replaced_by", "Ce certificat n’existe pas.")?;
    Ok((
        id,
        Event::new(
            "certificate.entered",
            subject(id),
            format!("Certificat {} ({}) enregistré", new.number, new.status),
        ),
    ))
}

/// Changes what is said of a certificate; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    old: &Certificate,
    version: i32,
    new: NewCertificate,
) -> Result<Event> {
    let by = new.verified_on.and(tx.actor().id);
    sqlx::query!(
        "update certificate
         set manufacturer_id = $3, number = $4, kind = $5, regulation = $6, notified_body_number = $7, notified_body_name = $8, scope = $9,
             issued_on = $10, expires_on = $11, status = $12, status_since = $13, status_source = $14, transition_rule_id = $15,
             transition_letter_on = $16, verified_on = $17, verified_by = $18, replaced_by_id = $19, note = $20, version = version + 1
         where id = $1 and version = $2",
        old.id.uuid(),
        version,
        new.manufacturer,
        new.number,
        new.kind.code(),
        new.regulation.code(),
        new.notified_body_number,
        new.notified_body_name,
        new.scope,
        new.issued_on,
        new.expires_on,
        new.status.code(),
        new.status_since,
        new.status_source,
        new.transition_rule,
        new.transition_letter_on,
        new.verified_on,
        by,
        new.replaced_by.map(|r| r.uuid()),
        new.note,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("certificate_number_key", "number", KNOWN)
    .on_constraint("certificate_manufacturer_fkey", "manufacturer", NO_MAKER)
    .on_constraint("certificate_transition_rule_fkey", "transition_rule", "Cette règle n’existe pas.")
    .on_constraint("certificate_replaced_by_fkey", "replaced_by", "Ce certificat n’existe pas.")
    .on_constraint("certificate_replaced_check", "replaced_by", "Un certificat ne se remplace pas lui-même.")?
    .one_row()?;
    let (kind, said) = if new.status == old.status {
        (
            "certificate.revised",
            format!("Certificat {} modifié", new.number),
        )
    } else {
        (
            "certificate.status_changed",
            format!(
                "Certificat {} : {} → {}",
                new.number, old.status, new.status
            ),
        )
    };
    Ok(Event::new(kind, subject(old.id), said))
}

/// Says that a certificate covers a model.
pub async fn cover(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: CertificateId,
    number: &str,
    model: ModelId,
) -> Result<Event> {
    sqlx::query!(
        "insert into certificate_model (id, certificate_id, model_id) values ($1, $2, $3)",
        id::fresh(),
        of.uuid(),
        model.uuid()
    )
    .execute(&mut **tx)
    .await
    .on_constraint(
        "certificate_model_once_key",
        "model",
        "Ce certificat couvre déjà ce modèle.",
    )
    .on_constraint(
        "certificate_model_model_fkey",
        "model",
        "Ce modèle n’existe pas.",
    )?;
    Ok(Event::new(
        "certificate.covers",
        subject(of),
        format!("Certificat {number} : modèle couvert ajouté"),
    )
    .and(Event::new(
        "model.certified",
        Subject::shared("device_model", model),
        format!("Couvert par le certificat {number}"),
    )))
}

/// Takes a model off a certificate that does not cover it; the audit keeps the line.
pub async fn uncover(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Certificate,
    model: ModelId,
) -> Result<Event> {
    let gone = sqlx::query!(
        "delete from certificate_model where certificate_id = $1 and model_id = $2",
        of.id.uuid(),
        model.uuid()
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if gone == 0 {
        return Err(Error::NotFound);
    }
    Ok(Event::new(
        "certificate.uncovers",
        subject(of.id),
        format!("Certificat {} : modèle retiré", of.number),
    )
    .and(Event::new(
        "model.uncertified",
        Subject::shared("device_model", model),
        format!("N’est plus couvert par le certificat {}", of.number),
    )))
}
