//! Writing contracts and their lines. Each command does the whole deed and returns its event.

use chrono::NaiveDate;
use uuid::Uuid;

use super::facts::refresh_establishment;
use super::model::{Clock, CoveredWork, Renewal, Terms, clock};
use super::queries::{Agreement, AgreementLine};
use super::{AgreementId, LineId};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Covered, Placed};
use crate::accounts::actions::ManageContracts;
use crate::kernel::clock::local_day;
use crate::kernel::{Error, Event, Result, Subject, date, id};
use crate::platform::db::{OnConstraint, OneRow, Tx};
use crate::shell::lists::ZONE;

const RULE: &str = "Contrats";

/// What a contract says.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // the columns of the table, said in its migration
pub struct NewAgreement {
    pub establishment: EstablishmentId,
    pub reference: String,
    pub title: String,
    pub provider: Uuid,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub notice_months: Option<i32>,
    pub renewal: Renewal,
    pub renewal_months: Option<i32>,
    pub services: Vec<CoveredWork>,
    pub response_hours: Option<i32>,
    pub yearly_cents: Option<i64>,
    pub price_revision: Option<String>,
    pub penalties: Option<String>,
    pub note: Option<String>,
}

impl NewAgreement {
    fn clock(&self, ended_on: Option<NaiveDate>, today: NaiveDate) -> Clock {
        let months = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        let terms = Terms {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            notice_months: months(self.notice_months),
            renewal: self.renewal,
            renewal_months: months(self.renewal_months),
            ended_on,
        };
        clock(terms, today)
    }

    fn services(&self) -> Vec<String> {
        self.services.iter().map(|s| s.code().to_owned()).collect()
    }
}

pub(super) fn subject(id: AgreementId, establishment: EstablishmentId) -> Subject {
    Subject::of("agreement", id, establishment)
}

const TAKEN: &str = "Cette référence est déjà celle d’un autre contrat de l’établissement.";

/// Writes a contract.
pub async fn sign(
    tx: &mut Tx,
    _: Covered<ManageContracts>,
    new: NewAgreement,
) -> Result<(AgreementId, Event)> {
    let row = AgreementId::fresh();
    let now = new.clock(None, local_day(tx.now(), ZONE));
    let services = new.services();
    sqlx::query!(
        "insert into agreement (id, establishment_id, reference, title, provider_id, starts_on, ends_on, notice_months, renewal, renewal_months, services, response_hours,
             yearly_cents, price_revision, penalties, note, standing, current_end_on, notice_by, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)",
        row.uuid(),
        new.establishment.uuid(),
        new.reference,
        new.title,
        new.provider,
        new.starts_on,
        new.ends_on,
        new.notice_months,
        new.renewal.code(),
        new.renewal_months,
        &services,
        new.response_hours,
        new.yearly_cents,
        new.price_revision,
        new.penalties,
        new.note,
        now.standing.code(),
        now.end_on,
        now.notice_by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("agreement_reference_key", "reference", TAKEN)
    .on_constraint("agreement_provider_fkey", "provider", "Choisissez un prestataire connu.")?;
    refresh_establishment(tx, new.establishment.uuid()).await?;
    let event = Event::new(
        "contracts.agreement_signed",
        subject(row, new.establishment),
        format!("Contrat {} enregistré : {}", new.reference, new.title),
    );
    Ok((row, event))
}

/// Changes what a contract says; `version` is the one that was read.
pub async fn amend(
    tx: &mut Tx,
    _: Covered<ManageContracts>,
    kept: &Agreement,
    new: NewAgreement,
    version: i32,
) -> Result<Event> {
    let now = new.clock(kept.ended_on, local_day(tx.now(), ZONE));
    let services = new.services();
    sqlx::query!(
        "update agreement set reference = $3, title = $4, provider_id = $5, starts_on = $6, ends_on = $7, notice_months = $8, renewal = $9, renewal_months = $10,
             services = $11, response_hours = $12, yearly_cents = $13, price_revision = $14, penalties = $15, note = $16, standing = $17, current_end_on = $18,
             notice_by = $19, version = version + 1
         where id = $1 and version = $2",
        kept.id.uuid(),
        version,
        new.reference,
        new.title,
        new.provider,
        new.starts_on,
        new.ends_on,
        new.notice_months,
        new.renewal.code(),
        new.renewal_months,
        &services,
        new.response_hours,
        new.yearly_cents,
        new.price_revision,
        new.penalties,
        new.note,
        now.standing.code(),
        now.end_on,
        now.notice_by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("agreement_reference_key", "reference", TAKEN)
    .on_constraint("agreement_provider_fkey", "provider", "Choisissez un prestataire connu.")?
    .one_row()?;
    refresh_establishment(tx, kept.establishment_id.uuid()).await?;
    Ok(Event::new(
        "contracts.agreement_amended",
        subject(kept.id, kept.establishment_id),
        format!("Contrat {} modifié", new.reference),
    ))
}

/// Terminates a contract from a day on.
pub async fn end(
    tx: &mut Tx,
    _: Covered<ManageContracts>,
    kept: &Agreement,
    on: NaiveDate,
    why: &str,
) -> Result<Event> {
    if on < kept.starts_on {
        return Err(Error::field(
            "ended_on",
            "Ce jour précède le début du contrat.",
        ));
    }
    tx.because(why).await?;
    let now = clock(
        Terms {
            ended_on: Some(on),
            ..kept.terms()
        },
        local_day(tx.now(), ZONE),
    );
    sqlx::query!(
        "update agreement set ended_on = $2, ended_why = $3, standing = $4, current_end_on = $5, notice_by = null, version = version + 1 where id = $1 and ended_on is null",
        kept.id.uuid(),
        on,
        why,
        now.standing.code(),
        now.end_on
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    refresh_establishment(tx, kept.establishment_id.uuid()).await?;
    Ok(Event::new(
        "contracts.agreement_ended",
        subject(kept.id, kept.establishment_id),
        format!(
            "Contrat {} résilié au {} : {why}",
            kept.reference,
            date::short(on)
        ),
    ))
}

/// Covers devices from a day on.
pub async fn cover(
    tx: &mut Tx,
    _: Covered<ManageContracts>,
    kept: &Agreement,
    devices: &[Uuid],
    from_on: NaiveDate,
) -> Result<Event> {
    if kept.ended_on.is_some() {
        return Err(Error::refused(
            RULE,
            "Ce contrat est résilié : il ne couvre plus de nouvel équipement.",
        ));
    }
    if from_on < kept.starts_on {
        return Err(Error::field(
            "from_on",
            "Ce jour précède le début du contrat.",
        ));
    }
    let ids: Vec<Uuid> = devices.iter().map(|_| id::fresh()).collect();
    let added = sqlx::query!(
        "insert into agreement_line (id, agreement_id, device_id, from_on)
         select p.id, $1, p.device_id, $4 from unnest($2::uuid[], $3::uuid[]) as p (id, device_id)
         on conflict (agreement_id, device_id) where removed_at is null do nothing",
        kept.id.uuid(),
        &ids,
        devices,
        from_on
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    refresh_establishment(tx, kept.establishment_id.uuid()).await?;
    Ok(Event::new(
        "contracts.devices_covered",
        subject(kept.id, kept.establishment_id),
        format!("Contrat {} : {added} équipements ajoutés", kept.reference),
    ))
}

/// Takes a device out of a contract, with its last day and why.
pub async fn uncover(
    tx: &mut Tx,
    _: Covered<ManageContracts>,
    kept: &Agreement,
    line: &AgreementLine,
    until_on: NaiveDate,
    why: &str,
) -> Result<Event> {
    let (now, by) = (tx.now(), tx.actor().id);
    tx.because(why).await?;
    sqlx::query!(
        "update agreement_line set until_on = $2, removed_at = $3, removed_by = $4, removed_why = $5 where id = $1 and removed_at is null",
        line.id.uuid(),
        until_on,
        now,
        by,
        why
    )
    .execute(&mut **tx)
    .await
    .on_constraint("agreement_line_period_check", "until_on", "Ce jour précède le premier jour couvert.")?
    .one_row()?;
    refresh_establishment(tx, kept.establishment_id.uuid()).await?;
    Ok(Event::new(
        "contracts.device_removed",
        subject(kept.id, kept.establishment_id),
        format!(
            "Contrat {} : {} retiré au {}",
            kept.reference,
            line.inventory_number,
            date::short(until_on)
        ),
    ))
}

impl Placed for Agreement {
    fn place(&self) -> crate::accounts::access::Place {
        crate::accounts::access::Place::establishment(self.establishment_id)
    }
}

/// A line, where it belongs.
pub(super) fn line_of(lines: &[AgreementLine], id: LineId) -> Result<&AgreementLine> {
    lines.iter().find(|l| l.id == id).ok_or(Error::NotFound)
}
