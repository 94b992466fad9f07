//! What is read of organisations.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{AliasKind, Standing, Step, SuccessionKind};
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeParties};
use crate::kernel::{Error, Result};
use crate::parties::{AliasId, OrganisationId, SuccessionId};
use crate::shell::domain::{Boxed, Named};

/// An organisation, as kept.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Codes of its roles.
    pub roles: Vec<String>,
    /// Country.
    pub country: Option<String>,
    /// EUDAMED number.
    pub srn: Option<String>,
    /// SIREN.
    pub siren: Option<String>,
    /// FINESS.
    pub finess: Option<String>,
    /// COFRAC.
    pub cofrac_number: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Site.
    pub website: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// The day it ceased, if it did.
    pub closed_on: Option<NaiveDate>,
    /// The record this one was a double of.
    pub merged_into_id: Option<OrganisationId>,
    /// Its name.
    pub merged_into: Option<String>,
    /// For edits.
    pub version: i32,
}

impl Placed for Organisation {
    fn place(&self) -> Place {
        Place::SHARED
    }
}

/// Another name.
#[derive(Debug, Clone)]
pub struct Alias {
    /// Its id.
    pub id: AliasId,
    /// The name.
    pub name: String,
    /// Why.
    pub kind: AliasKind,
    /// Where it was found.
    pub source: Option<String>,
}

/// A succession seen from one side.
#[derive(Debug, Clone)]
pub struct Succession {
    /// Its id.
    pub id: SuccessionId,
    /// The other side.
    pub other_id: OrganisationId,
    /// Its name.
    pub other: String,
    /// How.
    pub kind: SuccessionKind,
    /// The day.
    pub happened_on: Option<NaiveDate>,
    /// What is known of the day.
    pub happened_on_text: Option<String>,
    /// What was taken over.
    pub perimeter: Option<String>,
    /// Where it was read.
    pub source: Option<String>,
}

/// An organisation that resembles a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// The alias by which it was found, when not its name.
    pub alias: Option<String>,
    /// The folded names are the same.
    pub same: bool,
}

/// One organisation. The group shares them: whoever may read parties reads each of them.
pub async fn find(conn: &mut PgConnection, _: &Scope, id: OrganisationId) -> Result<Organisation> {
    sqlx::query_as!(
        Organisation,
        r#"select o.id, o.name, o.roles, o.country, o.srn, o.siren, o.finess, o.cofrac_number, o.address, o.website, o.phone, o.note, o.closed_on,
                  o.merged_into_id as "merged_into_id: OrganisationId", k.name as "merged_into?", o.version
           from organisation o
           left join organisation k on k.id = o.merged_into_id
           where o.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Its other names, in the order people read.
pub async fn aliases(conn: &mut PgConnection, id: OrganisationId) -> Result<Vec<Alias>> {
    Ok(sqlx::query_as!(
        Alias,
        r#"select id, name, kind as "kind: AliasKind", source
           from organisation_alias
           where organisation_id = $1
           order by name collate "fr-x-icu", id"#,
        id.uuid(),
    )
    .fetch_all(conn)
    .await?)
}

/// One of its other names.
pub async fn find_alias(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: AliasId,
) -> Result<Alias> {
    sqlx::query_as!(
        Alias,
        r#"select id, name, kind as "kind: AliasKind", source
           from organisation_alias
           where id = $1 and organisation_id = $2"#,
        id.uuid(),
        organisation.uuid(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Those that came after it.
pub async fn successors(conn: &mut PgConnection, id: OrganisationId) -> Result<Vec<Succession>> {
    Ok(sqlx::query_as!(
        Succession,
        r#"select s.id, s.successor_id as other_id, o.name as other, s.kind as "kind: SuccessionKind",
                  s.happened_on, s.happened_on_text, s.perimeter, s.source
           from organisation_succession s
           join organisation o on o.id = s.successor_id
           where s.predecessor_id = $1
           order by s.happened_on nulls last, o.name collate "fr-x-icu", s.id"#,
        id.uuid(),
    )
    .fetch_all(conn)
    .await?)
}

/// Those it came after.
pub async fn predecessors(conn: &mut PgConnection, id: OrganisationId) -> Result<Vec<Succession>> {
    Ok(sqlx::query_as!(
        Succession,
        r#"select s.id, s.predecessor_id as other_id, o.name as other, s.kind as "kind: SuccessionKind",
                  s.happened_on, s.happened_on_text, s.perimeter, s.source
           from organisation_succession s
           join organisation o on o.id = s.predecessor_id
           where s.successor_id = $1
           order by s.happened_on nulls last, o.name collate "fr-x-icu", s.id"#,
        id.uuid(),
    )
    .fetch_all(conn)
    .await?)
}

/// One succession that starts at an organisation.
pub async fn find_succession(
    conn: &mut PgConnection,
    predecessor: OrganisationId,
    id: SuccessionId,
) -> Result<Succession> {
    sqlx::query_as!(
        Succession,
        r#"select s.id, s.successor_id as other_id, o.name as other, s.kind as "kind: SuccessionKind",
                  s.happened_on, s.happened_on_text, s.perimeter, s.source
           from organisation_succession s
           join organisation o on o.id = s.successor_id
           where s.id = $1 and s.predecessor_id = $2"#,
        id.uuid(),
        predecessor.uuid(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Every succession reached from an organisation, forwards.
pub async fn steps_from(conn: &mut PgConnection, id: OrganisationId) -> Result<Vec<Step>> {
    let rows = sqlx::query!(
        r#"with recursive reached (id) as (
               select $1::uuid
               union
               select s.successor_id from organisation_succession s join reached r on r.id = s.predecessor_id
           )
           select s.predecessor_id, s.successor_id, s.kind as "kind: SuccessionKind"
           from organisation_succession s
           join reached r on r.id = s.predecessor_id"#,
        id.uuid(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Step {
            from: row.predecessor_id.into(),
            to: row.successor_id.into(),
            whole: row.kind.is_whole(),
        })
        .collect())
}

/// Who answers today, by name.
pub async fn answering(
    conn: &mut PgConnection,
    id: OrganisationId,
) -> Result<Vec<(OrganisationId, String)>> {
    let Standing::Others(ids) = Standing::of(id, &steps_from(conn, id).await?) else {
        return Ok(Vec::new());
    };
    let ids: Vec<Uuid> = ids.into_iter().map(OrganisationId::uuid).collect();
    let rows = sqlx::query!(
        r#"select id, name from organisation where id = any($1) order by name collate "fr-x-icu", id"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.into(), row.name))
        .collect())
}

/// The organisation a name means, be it its own or an alias.
pub async fn maybe_named(conn: &mut PgConnection, name: &str) -> Result<Option<OrganisationId>> {
    let found = sqlx::query_scalar!(
        r#"select coalesce(merged_into_id, id) as "id!" from organisation where plain(name) = plain($1)
           union
           select organisation_id from organisation_alias where plain(name) = plain($1)
           limit 1"#,
        name,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(OrganisationId))
}

/// Organisations whose name or alias resembles a name, the closest first.
pub async fn alike(conn: &mut PgConnection, name: &str) -> Result<Vec<Alike>> {
    Ok(sqlx::query_as!(
        Alike,
        r#"with found as (
               select o.id, o.name, null::text as alias, similarity(plain(o.name), plain($1)) as closeness,
                      plain(o.name) = plain($1) as same
               from organisation o
               where plain(o.name) % plain($1) and o.merged_into_id is null
               union all
               select o.id, o.name, a.name, similarity(plain(a.name), plain($1)), plain(a.name) = plain($1)
               from organisation_alias a
               join organisation o on o.id = a.organisation_id
               where plain(a.name) % plain($1)
           ),
           best as (select distinct on (id) id, name, alias, same, closeness from found order by id, same desc, closeness desc)
           select id as "id!", name as "name!", alias, same as "same!"
           from best
           where closeness > 0.45 or same
           order by same desc, closeness desc, id
           limit 6"#,
        name,
    )
    .fetch_all(conn)
    .await?)
}

/// At most twenty organisations for a choice, by a piece of their names.
pub async fn suggestions(
    conn: &mut PgConnection,
    q: &str,
    role: Option<&str>,
) -> Result<Vec<Alike>> {
    Ok(sqlx::query_as!(
        Alike,
        r#"select o.id, o.name, found.alias as "alias?", false as "same!"
           from organisation o
           left join lateral (
               select a.name as alias
               from organisation_alias a
               where a.organisation_id = o.id and $1 <> '' and plain(a.name) like '%' || plain($1) || '%'
               order by a.name collate "fr-x-icu", a.id
               limit 1
           ) found on true
           where ($2::text is null or $2 = any(o.roles))
             and o.closed_on is null and o.merged_into_id is null
             and ($1 = '' or plain(o.name) like '%' || plain($1) || '%' or found.alias is not null)
           order by plain(o.name) like plain($1) || '%' desc, o.name collate "fr-x-icu", o.id
           limit 20"#,
        q,
        role,
    )
    .fetch_all(conn)
    .await?)
}

/// Names an organisation.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeParties::NAME) {
            return Ok(None);
        }
        let found = find(conn, &caller.scope(SeeParties::NAME), OrganisationId(id)).await;
        match found {
            Ok(found) => Ok(Some(Named {
                title: found.name.clone(),
                href: format!("/parties/organisations/{id}"),
                place: found.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
