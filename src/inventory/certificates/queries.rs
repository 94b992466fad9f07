//! What is read of certificates.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::CertificateId;
use super::model::{Facts, Kind, Law, Standing, Status, standing};
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeCatalogue};
use crate::inventory::catalogue::ModelId;
use crate::kernel::{Error, Result};
use crate::shell::domain::{Boxed, Named};

/// A certificate, as kept.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// Whose quality system or product it is about.
    pub manufacturer_id: Uuid,
    /// The maker's name.
    pub manufacturer: String,
    /// Its number.
    pub number: String,
    /// What was certified.
    pub kind: Kind,
    /// Under which text.
    pub regulation: Law,
    /// Four digits.
    pub notified_body_number: String,
    /// The body's name.
    pub notified_body_name: Option<String>,
    /// What it says it covers.
    pub scope: Option<String>,
    /// Issued.
    pub issued_on: Option<NaiveDate>,
    /// Its own end.
    pub expires_on: Option<NaiveDate>,
    /// As last read.
    pub status: Status,
    /// Since when.
    pub status_since: Option<NaiveDate>,
    /// Where it was read.
    pub status_source: Option<String>,
    /// The rule that ends its transition.
    pub transition_rule_id: Option<Uuid>,
    /// That rule's title.
    pub transition_rule: Option<String>,
    /// The day that rule gives.
    pub transition_ends_on: Option<NaiveDate>,
    /// Is that rule in force (rather than to be verified)?
    pub transition_is_sure: Option<bool>,
    /// The maker's confirmation.
    pub transition_letter_on: Option<NaiveDate>,
    /// Last checked.
    pub verified_on: Option<NaiveDate>,
    /// The one that came after.
    pub replaced_by_id: Option<CertificateId>,
    /// Its number.
    pub replaced_by: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// For edits.
    pub version: i32,
}

impl Placed for Certificate {
    fn place(&self) -> Place {
        Place::SHARED
    }
}

impl Certificate {
    /// What its standing is computed from.
    pub fn facts(&self) -> Facts {
        Facts {
            status: self.status,
            expires_on: self.expires_on,
            transition: self
                .transition_ends_on
                .map(|end| (end, self.transition_is_sure == Some(true))),
        }
    }

    /// How it stands on a day.
    pub fn standing(&self, today: NaiveDate) -> Standing {
        standing(self.facts(), today)
    }

    /// Where it is read.
    pub fn url(&self) -> String {
        format!("/inventory/certificates/{}", self.id)
    }
}

macro_rules! certificates {
    ($rest:literal, $($bind:expr),*) => {
        sqlx::query_as!(
            Certificate,
            r#"select c.id as "id: CertificateId", c.manufacturer_id, o.name as manufacturer, c.number, c.kind as "kind: Kind", c.regulation as "regulation: Law",
                      c.notified_body_number, c.notified_body_name, c.scope, c.issued_on, c.expires_on, c.status as "status: Status", c.status_since, c.status_source,
                      c.transition_rule_id, t.title as "transition_rule?", (t.parameters ->> 'ends_on')::date as "transition_ends_on?",
                      (t.status = 'in_force') as "transition_is_sure?", c.transition_letter_on, c.verified_on,
                      c.replaced_by_id as "replaced_by_id: CertificateId", r.number as "replaced_by?", c.note, c.version
               from certificate c
               join organisation o on o.id = c.manufacturer_id
               left join legal_rule t on t.id = c.transition_rule_id
               left join certificate r on r.id = c.replaced_by_id
               "# + $rest,
            $($bind),*
        )
    };
}

/// One certificate. The group shares them: whoever reads the catalogue reads each of them.
pub async fn find(conn: &mut PgConnection, _: &Scope, id: CertificateId) -> Result<Certificate> {
    certificates!("where c.id = $1", id.uuid())
        .fetch_optional(conn)
        .await?
        .ok_or(Error::NotFound)
}

/// The certificate of a body by its number.
pub async fn maybe_by_number(
    conn: &mut PgConnection,
    body: &str,
    number: &str,
) -> Result<Option<Certificate>> {
    Ok(certificates!(
        "where c.notified_body_number = $1 and plain(c.number) = plain($2)",
        body,
        number
    )
    .fetch_optional(conn)
    .await?)
}

/// The certificates of a model that no other replaced.
pub async fn of_model(conn: &mut PgConnection, model: ModelId) -> Result<Vec<Certificate>> {
    Ok(certificates!(
        "where c.replaced_by_id is null and exists (select from certificate_model l where l.certificate_id = c.id and l.model_id = $1)
         order by c.expires_on nulls last, c.number",
        model.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// The certificates of a device's model that no other replaced.
pub async fn of_device(conn: &mut PgConnection, device: Uuid) -> Result<Vec<Certificate>> {
    Ok(certificates!(
        "where c.replaced_by_id is null and exists (
             select from certificate_model l join device d on d.model_id = l.model_id
             where l.certificate_id = c.id and d.id = $1 and d.annulled_at is null and d.state <> 'disposed')
         order by c.expires_on nulls last, c.number",
        device
    )
    .fetch_all(conn)
    .await?)
}

/// The certificates that no other replaced and that something may be said of by that day: the
/// rows of the list that the home page opens.
pub async fn to_watch(conn: &mut PgConnection, until: NaiveDate) -> Result<Vec<Certificate>> {
    Ok(certificates!(
        "where c.replaced_by_id is null
           and (c.status in ('suspended', 'withdrawn', 'expired')
                or c.status = 'valid' and c.expires_on <= $1
                or c.status = 'transition' and coalesce((t.parameters ->> 'ends_on')::date, $1) <= $1)
         order by array_position(array['withdrawn', 'suspended', 'expired', 'valid', 'transition'], c.status),
                  case when c.status = 'transition' then (t.parameters ->> 'ends_on')::date else c.expires_on end nulls last, c.number
         limit 500",
        until
    )
    .fetch_all(conn)
    .await?)
}

/// A model that a certificate covers, with its devices in sight.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The model.
    pub id: ModelId,
    /// Maker and names.
    pub name: String,
    /// Devices in the fleet within the caller's sight.
    pub devices: i64,
}

/// The models of a certificate.
pub async fn models(
    conn: &mut PgConnection,
    scope: &Scope,
    id: CertificateId,
) -> Result<Vec<Covered>> {
    Ok(sqlx::query_as!(
        Covered,
        r#"select m.id as "id: ModelId", concat_ws(' ', o.name, coalesce(m.trade_name, m.common_name, m.reference)) as "name!",
                  (select count(*) from device d
                   where d.model_id = m.id and d.annulled_at is null and d.state <> 'disposed'
                     and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))) as "devices!"
           from certificate_model l
           join device_model m on m.id = l.model_id
           left join organisation o on o.id = m.manufacturer_id
           where l.certificate_id = $1
           order by 2, 1"#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices,
    )
    .fetch_all(conn)
    .await?)
}

/// A rule that ends a transition, for a choice: id, title, its end, whether it is in force.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The rule.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The day it gives.
    pub ends_on: Option<NaiveDate>,
    /// In force, rather than to be verified.
    pub is_sure: bool,
    /// The text it is about.
    pub regulation: Option<String>,
}

/// The rules that end transitions, latest edition of each.
pub async fn transitions(conn: &mut PgConnection) -> Result<Vec<Transition>> {
    Ok(sqlx::query_as!(
        Transition,
        r#"select distinct on (code) id, title, (parameters ->> 'ends_on')::date as ends_on, (status = 'in_force') as "is_sure!", parameters ->> 'regulation' as regulation
           from legal_rule
           where purpose = 'transition' and status <> 'repealed'
           order by code, edition desc"#
    )
    .fetch_all(conn)
    .await?)
}

/// Other certificates of the same maker, for a choice.
pub async fn siblings(
    conn: &mut PgConnection,
    manufacturer: Uuid,
    but: CertificateId,
) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "select id, number from certificate where manufacturer_id = $1 and id <> $2 order by number limit 100",
        manufacturer,
        but.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.number))
        .collect())
}

/// Names a certificate for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeCatalogue::NAME) {
            return Ok(None);
        }
        match find(conn, &caller.scope(SeeCatalogue::NAME), CertificateId(id)).await {
            Ok(found) => Ok(Some(Named {
                title: format!("Certificat {}", found.number),
                href: found.url(),
                place: Place::SHARED,
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
