//! What is read of contacts: the group's, and those of the establishments one sees.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{ContactFunction, Freshness};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeParties};
use crate::kernel::{Error, Result};
use crate::parties::{ContactId, OrganisationId};
use crate::shell::domain::{Boxed, Named};

/// A contact, as kept.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Of which organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation: String,
    /// Whose own it is.
    pub establishment_id: Option<EstablishmentId>,
    /// Its name.
    pub establishment: Option<String>,
    /// What for.
    pub function: ContactFunction,
    /// Person or desk.
    pub name: String,
    /// Mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Portal.
    pub url: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Last verified.
    pub verified_on: Option<NaiveDate>,
    /// By whom.
    pub verified_by: Option<String>,
    /// Last day of use.
    pub ends_on: Option<NaiveDate>,
    /// For edits.
    pub version: i32,
}

impl Contact {
    /// How far it can be trusted.
    pub fn freshness(&self, today: NaiveDate) -> Freshness {
        Freshness::of(self.verified_on, self.ends_on, today)
    }
}

impl Placed for Contact {
    fn place(&self) -> Place {
        self.establishment_id
            .map_or(Place::SHARED, Place::establishment)
    }
}

/// One contact, if the caller sees it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: ContactId) -> Result<Contact> {
    sqlx::query_as!(
        Contact,
        r#"select c.id, c.organisation_id, o.name as organisation, c.establishment_id as "establishment_id: EstablishmentId", e.name as "establishment?",
                  c.function as "function: ContactFunction", c.name, c.email, c.phone, c.url, c.note,
                  c.verified_on, a.display_name as "verified_by?", c.ends_on, c.version
           from contact c
           join organisation o on o.id = c.organisation_id
           left join establishment e on e.id = c.establishment_id
           left join account a on a.id = c.verified_by
           where c.id = $1 and (c.establishment_id is null or c.establishment_id = any($2))"#,
        id.uuid(),
        &scope.establishments,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Those of an organisation that the caller sees, the ended last.
pub async fn of_organisation(
    conn: &mut PgConnection,
    scope: &Scope,
    id: OrganisationId,
) -> Result<Vec<Contact>> {
    Ok(sqlx::query_as!(
        Contact,
        r#"select c.id, c.organisation_id, o.name as organisation, c.establishment_id as "establishment_id: EstablishmentId", e.name as "establishment?",
                  c.function as "function: ContactFunction", c.name, c.email, c.phone, c.url, c.note,
                  c.verified_on, a.display_name as "verified_by?", c.ends_on, c.version
           from contact c
           join organisation o on o.id = c.organisation_id
           left join establishment e on e.id = c.establishment_id
           left join account a on a.id = c.verified_by
           where c.organisation_id = $1 and (c.establishment_id is null or c.establishment_id = any($2))
           order by c.ends_on nulls first, c.function, c.name collate "fr-x-icu", c.id"#,
        id.uuid(),
        &scope.establishments,
    )
    .fetch_all(conn)
    .await?)
}

/// Establishments a contact may be given to, with their names.
pub async fn establishments(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        r#"select id, name from establishment where id = any($1) and closed_on is null order by name collate "fr-x-icu", id"#,
        &scope.establishments,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Names a contact.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeParties::NAME) {
            return Ok(None);
        }
        let found = find(conn, &caller.scope(SeeParties::NAME), ContactId(id)).await;
        match found {
            Ok(found) => Ok(Some(Named {
                title: format!("{}, {}", found.name, found.organisation),
                href: format!("/parties/contacts/{id}"),
                place: found.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
