//! Reading views.

use sqlx::PgConnection;
use uuid::Uuid;

use super::ViewId;
use super::model::{Audience, For};
use crate::accounts::access::{Caller, Place, Scope};
use crate::accounts::actions::{Action, UseVigie};
use crate::accounts::roles::Role;
use crate::accounts::{AccountId, EstablishmentId, UnitId};
use crate::kernel::{Error, Result, Subject};
use crate::shell::domain::{Boxed, Named};

/// A view as kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its id.
    pub id: ViewId,
    /// Of which list.
    pub list: String,
    /// Its name.
    pub name: String,
    /// The list, as a query string.
    pub query: String,
    /// For whom.
    pub audience: Audience,
    /// By whom.
    pub account_id: AccountId,
    /// The author's name.
    pub author: String,
    /// Where it is shared.
    pub establishment_id: Option<EstablishmentId>,
    /// Its name.
    pub establishment: Option<String>,
    /// The unit it is shared in.
    pub unit_id: Option<UnitId>,
    /// Its name.
    pub unit: Option<String>,
    /// The role it opens the list for.
    pub role: Option<String>,
    /// Counts edits.
    pub version: i32,
}

impl Kept {
    /// For whom, with where.
    pub fn reach(&self) -> For {
        match (self.audience, self.establishment_id, self.unit_id) {
            (Audience::Unit, Some(establishment), Some(unit)) => For::Unit(establishment, unit),
            (Audience::Everybody, establishment, _) => {
                For::Everybody(establishment, self.role.as_deref().and_then(Role::of_code))
            }
            _ => For::Mine,
        }
    }

    /// For whom, as read.
    pub fn whose(&self) -> String {
        match (self.audience, &self.unit, &self.establishment) {
            (Audience::Mine, ..) => "moi".to_owned(),
            (Audience::Unit, Some(unit), _) => unit.clone(),
            (_, _, Some(establishment)) => establishment.clone(),
            _ => "tout le groupe".to_owned(),
        }
    }

    /// The role it opens the list for, as read.
    pub fn role_label(&self) -> Option<&'static str> {
        self.role
            .as_deref()
            .and_then(Role::of_code)
            .map(Role::label)
    }

    /// The view, in the timeline.
    pub fn subject(&self) -> Subject {
        Subject {
            kind: "list_view",
            id: self.id.uuid(),
            establishment: self.establishment_id.map(EstablishmentId::uuid),
        }
    }
}

/// The views a caller may open: one's own, those of one's units, those of one's establishments and of
/// the group; of one list, or of all.
pub async fn seen(
    conn: &mut PgConnection,
    caller: &Caller,
    list: Option<&str>,
) -> Result<Vec<Kept>> {
    let Some(account) = caller.account else {
        return Ok(Vec::new());
    };
    let scope: Scope = caller.scope(UseVigie::NAME);
    Ok(sqlx::query_as!(
        Kept,
        r#"select v.id as "id: ViewId", v.list, v.name, v.query, v.audience as "audience: Audience",
                  v.account_id as "account_id: AccountId", a.display_name as author,
                  v.establishment_id as "establishment_id: EstablishmentId", e.name as "establishment?",
                  v.unit_id as "unit_id: UnitId", u.name as "unit?", v.role, v.version
           from list_view v
           join account a on a.id = v.account_id
           left join establishment e on e.id = v.establishment_id
           left join unit u on u.id = v.unit_id
           where ($1::text is null or v.list = $1)
             and (v.audience = 'mine' and v.account_id = $2
                  or v.audience = 'unit' and (v.establishment_id = any($3) or v.unit_id = any($4))
                  or v.audience = 'everybody' and (v.establishment_id is null or v.establishment_id = any($3)
                     or exists (select from unit o where o.id = any($4) and o.establishment_id = v.establishment_id)))
           order by v.audience = 'mine' desc, v.audience = 'unit' desc, v.name collate "fr-x-icu", v.id
           limit 200"#,
        list,
        account.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_all(conn)
    .await?)
}

/// A view the caller may open.
pub async fn find(conn: &mut PgConnection, caller: &Caller, id: ViewId) -> Result<Kept> {
    let views = seen(conn, caller, None).await?;
    views
        .into_iter()
        .find(|view| view.id == id)
        .ok_or(Error::NotFound)
}

/// How a list opens for the caller when its address says nothing: the view of one of their roles, that
/// of an establishment before the group's.
pub fn default_of<'v>(views: &[&'v Kept], caller: &Caller) -> Option<&'v Kept> {
    let roles = caller.roles();
    views
        .iter()
        .copied()
        .filter(|view| match view.reach() {
            For::Everybody(_, Some(role)) => roles.contains(&role),
            _ => false,
        })
        .max_by_key(|view| view.establishment_id.is_some())
}

/// The units a view may be shared in, where the caller shares.
pub async fn units(conn: &mut PgConnection, acts: &Scope) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select u.id, u.uf_code || ' ' || u.name as "label!" from unit u
           where (u.establishment_id = any($1) or u.id = any($2)) and u.closed_on is null
           order by u.uf_code, u.id limit 500"#,
        &acts.establishments,
        &acts.units
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id.to_string(), row.label))
        .collect())
}

/// The establishment of a unit that the caller reaches.
pub async fn establishment_of(
    conn: &mut PgConnection,
    seen: &Scope,
    unit: UnitId,
) -> Result<EstablishmentId> {
    sqlx::query_scalar!(
        r#"select establishment_id as "id: EstablishmentId" from unit
           where id = $1 and (establishment_id = any($2) or id = any($3))"#,
        unit.uuid(),
        &seen.establishments,
        &seen.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Names a view.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        match find(conn, caller, ViewId(id)).await {
            Ok(view) => Ok(Some(Named {
                place: view.reach().place().unwrap_or(Place::SHARED),
                title: format!("Vue « {} »", view.name),
                href: "/lists/views".to_owned(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
