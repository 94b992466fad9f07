//! Reading contracts, their lines, and what waits for a decision.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{CoveredWork, Renewal, Standing, Terms};
use super::{AgreementId, LineId};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Placed, Scope};
use crate::accounts::actions::{Action, SeeContracts};
use crate::inventory::devices::DeviceId;
use crate::inventory::states::State;
use crate::kernel::page::Tone;
use crate::kernel::{Error, Result, date};
use crate::shell::domain::{Boxed, HomeBlock, HomeLine, Named};

/// A contract with the names around it.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // the columns of the table, said in its migration
pub struct Agreement {
    pub id: AgreementId,
    pub establishment_id: EstablishmentId,
    pub establishment: String,
    pub reference: String,
    pub title: String,
    pub provider_id: Uuid,
    pub provider: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub notice_months: Option<i32>,
    pub renewal: Renewal,
    pub renewal_months: Option<i32>,
    pub services: Vec<String>,
    pub response_hours: Option<i32>,
    pub yearly_cents: Option<i64>,
    pub price_revision: Option<String>,
    pub penalties: Option<String>,
    pub note: Option<String>,
    pub ended_on: Option<NaiveDate>,
    pub ended_why: Option<String>,
    pub standing: Standing,
    pub current_end_on: Option<NaiveDate>,
    pub notice_by: Option<NaiveDate>,
    pub version: i32,
}

impl Agreement {
    /// Where its page is.
    pub fn url(&self) -> String {
        format!("/contracts/agreements/{}", self.id)
    }

    /// What its clock is made of.
    pub fn terms(&self) -> Terms {
        let months = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        Terms {
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            notice_months: months(self.notice_months),
            renewal: self.renewal,
            renewal_months: months(self.renewal_months),
            ended_on: self.ended_on,
        }
    }

    /// « 12 500,50 € ».
    pub fn yearly_words(&self) -> Option<String> {
        let cents = self.yearly_cents?;
        let whole = (cents / 100).to_string();
        let mut grouped = String::new();
        for (n, digit) in whole.chars().enumerate() {
            if n > 0 && (whole.len() - n) % 3 == 0 {
                grouped.push('\u{202f}');
            }
            grouped.push(digit);
        }
        Some(match cents % 100 {
            0 => format!("{grouped}\u{a0}€"),
            part => format!("{grouped},{part:02}\u{a0}€"),
        })
    }

    /// The services covered, in words.
    pub fn service_words(&self) -> Vec<&'static str> {
        self.services
            .iter()
            .filter_map(|code| CoveredWork::from_code(code))
            .map(|s| s.label())
            .collect()
    }
}

/// The contract, if the caller sees it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: AgreementId) -> Result<Agreement> {
    sqlx::query_as!(
        Agreement,
        r#"select a.id as "id: AgreementId", a.establishment_id as "establishment_id: EstablishmentId", e.name as establishment, a.reference, a.title, a.provider_id,
                  p.name as provider, a.starts_on, a.ends_on, a.notice_months, a.renewal as "renewal: Renewal", a.renewal_months, a.services, a.response_hours,
                  a.yearly_cents, a.price_revision, a.penalties, a.note, a.ended_on, a.ended_why, a.standing as "standing: Standing", a.current_end_on, a.notice_by,
                  a.version
           from agreement a join establishment e on e.id = a.establishment_id join organisation p on p.id = a.provider_id
           where a.id = $1 and a.establishment_id = any ($2)"#,
        id.uuid(),
        &scope.establishments
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// A device of a contract.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AgreementLine {
    pub id: LineId,
    pub device_id: DeviceId,
    pub inventory_number: String,
    pub name: Option<String>,
    pub unit: Option<String>,
    pub state: State,
    pub from_on: NaiveDate,
    pub until_on: Option<NaiveDate>,
    pub removed_why: Option<String>,
}

/// The devices of a contract, those covered first.
pub async fn lines(conn: &mut PgConnection, id: AgreementId) -> Result<Vec<AgreementLine>> {
    Ok(sqlx::query_as!(
        AgreementLine,
        r#"select l.id as "id: LineId", l.device_id as "device_id: DeviceId", d.inventory_number, coalesce(m.common_name, m.trade_name, m.reference) as name,
                  u.name as "unit?", d.state as "state: State", l.from_on, l.until_on, l.removed_why
           from agreement_line l join device d on d.id = l.device_id left join device_model m on m.id = d.model_id left join unit u on u.id = d.unit_id
           where l.agreement_id = $1 order by l.removed_at is not null, d.inventory_number, l.id limit 5000"#,
        id.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// The devices of an establishment that have these inventory numbers.
pub async fn devices_of(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
    numbers: &[String],
) -> Result<Vec<(Uuid, String)>> {
    Ok(sqlx::query!(
        "select id, inventory_number from device where establishment_id = $1 and annulled_at is null and upper(inventory_number) = any ($2) order by id",
        establishment.uuid(),
        numbers
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| (r.id, r.inventory_number))
    .collect())
}

/// The establishments where contracts may be written.
pub async fn establishments(
    conn: &mut PgConnection,
    scope: &Scope,
) -> Result<Vec<(String, String)>> {
    Ok(sqlx::query!(
        "select id, name from establishment where id = any ($1) order by name collate \"fr-x-icu\", id",
        &scope.establishments
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| (r.id.to_string(), r.name))
    .collect())
}

/// The name of a provider, for the form.
pub async fn provider(conn: &mut PgConnection, id: Uuid) -> Result<Option<String>> {
    Ok(
        sqlx::query_scalar!("select name from organisation where id = $1", id)
            .fetch_optional(conn)
            .await?,
    )
}

/// Contracts whose notice is to be decided, or that have expired.
pub fn notice_block<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    today: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let scope = caller.scope(SeeContracts::NAME);
        let rows = sqlx::query!(
            r#"select a.id, a.reference, a.title, p.name as provider, a.notice_by, a.current_end_on, a.standing as "standing: Standing", count(*) over () as "total!"
               from agreement a join organisation p on p.id = a.provider_id
               where a.establishment_id = any ($1) and a.standing in ('notice', 'expired')
               order by coalesce(a.notice_by, a.current_end_on), a.id limit 7"#,
            &scope.establishments
        )
        .fetch_all(conn)
        .await?;
        Ok(HomeBlock {
            title: "Contrats à décider ou échus".into(),
            total: rows.first().map_or(0, |r| r.total),
            lines: rows
                .into_iter()
                .map(|row| HomeLine {
                    label: format!("{} · {}", row.reference, row.title),
                    note: match (row.standing, row.notice_by, row.current_end_on) {
                        (Standing::Notice, Some(by), _) => format!(
                            "{} · préavis avant le {} ({})",
                            row.provider,
                            date::short(by),
                            date::relative(by, today)
                        ),
                        (_, _, Some(end)) => {
                            format!("{} · échu le {}", row.provider, date::short(end))
                        }
                        _ => row.provider,
                    },
                    href: format!("/contracts/agreements/{}", row.id),
                    tone: if row.standing == Standing::Expired {
                        Tone::Bad
                    } else {
                        Tone::Watch
                    },
                })
                .collect(),
            href: "/contracts/agreements?f=standing:in:notice,expired".into(),
            empty: "Aucun contrat n’attend de décision.",
        })
    })
}

/// Names a contract for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        match find(conn, &caller.scope(SeeContracts::NAME), AgreementId(id)).await {
            Ok(kept) => Ok(Some(Named {
                title: format!("Contrat {}", kept.reference),
                href: kept.url(),
                place: kept.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
