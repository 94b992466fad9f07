//! Reading units, within what the caller may see.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeSites};
use crate::accounts::{DepartmentId, EstablishmentId, SiteId, UnitId};
use crate::kernel::{Error, Result};
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType};
use crate::shell::domain::{Boxed, Named};

/// The list of units.
pub static UNITS: ListSpec = ListSpec {
    name: "units",
    path: "/accounts/units",
    record: None,
    title: "Unités",
    noun: ("unité", "unités"),
    when_empty: "Les unités fonctionnelles (UF) sont les lieux où les équipements servent. Créez-en une, ou importez un parc : ses unités seront proposées.",
    from: "unit u join establishment e on e.id = u.establishment_id left join department p on p.id = u.department_id left join site s on s.id = u.site_id",
    always: None,
    id: "u.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("u.establishment_id"),
        unit: Some("u.id"),
        device: None,
    },
    search: Some("plain(u.uf_code || ' ' || u.name)"),
    columns: &[
        Column::mono("uf_code", "Code UF", "u.uf_code")
            .shown()
            .opens()
            .sorted("u.uf_code", SortType::Text),
        Column::text("name", "Unité", "u.name")
            .shown()
            .opens()
            .sorted("u.name collate \"fr-x-icu\"", SortType::Text),
        Column::reference(
            "establishment",
            "Établissement",
            "e.name",
            Reference {
                id: "u.establishment_id",
                href: Some("/accounts/establishments"),
                suggestions: Some("/search/suggestions?kind=establishment"),
            },
        )
        .shown(),
        Column::text("department", "Pôle", "p.name")
            .shown()
            .when_empty("aucun"),
        Column::text("site", "Site", "s.name").when_empty("aucun"),
        Column::date("valid_from", "Ouverte le", "u.valid_from"),
        Column::date("closed_on", "Fermée le", "u.closed_on")
            .shown()
            .when_empty("ouverte"),
    ],
    default_sort: ("name", false),
};

/// A unit, with the names around it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its establishment.
    pub establishment_id: EstablishmentId,
    /// The establishment's name.
    pub establishment: String,
    /// Its pôle.
    pub department_id: Option<DepartmentId>,
    /// The pôle's name.
    pub department: Option<String>,
    /// Its site.
    pub site_id: Option<SiteId>,
    /// The site's name.
    pub site: Option<String>,
    /// UF code.
    pub uf_code: String,
    /// Its name.
    pub name: String,
    /// First day, when known.
    pub valid_from: Option<NaiveDate>,
    /// Last day, when closed.
    pub closed_on: Option<NaiveDate>,
    /// Counts its changes: an edit says which one it read.
    pub version: i32,
}

impl Placed for Unit {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id).unit(Some(self.id))
    }
}

/// The unit, or `NotFound` when the caller may not see it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: UnitId) -> Result<Unit> {
    sqlx::query_as!(
        Unit,
        r#"select u.id as "id: UnitId", u.establishment_id as "establishment_id: EstablishmentId", e.name as establishment,
                  u.department_id as "department_id: DepartmentId", p.name as "department?", u.site_id as "site_id: SiteId", s.name as "site?",
                  u.uf_code, u.name, u.valid_from, u.closed_on, u.version
           from unit u
           join establishment e on e.id = u.establishment_id
           left join department p on p.id = u.department_id
           left join site s on s.id = u.site_id
           where u.id = $1 and (u.establishment_id = any ($2) or u.id = any ($3))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Establishments, pôles or sites to choose from: id and name.
pub type Options = Vec<(String, String)>;

/// The open establishments of a scope.
pub async fn establishments(conn: &mut PgConnection, scope: &Scope) -> Result<Options> {
    let rows = sqlx::query!(
        r#"select id, name from establishment where id = any ($1) and closed_on is null order by name collate "fr-x-icu", id"#,
        &scope.establishments
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.name))
        .collect())
}

/// The open pôles of a scope, named with their establishment.
pub async fn departments(conn: &mut PgConnection, scope: &Scope) -> Result<Options> {
    let rows = sqlx::query!(
        r#"select p.id, p.name || ' (' || e.code || ')' as "name!" from department p join establishment e on e.id = p.establishment_id
           where p.establishment_id = any ($1) and p.closed_on is null order by p.name collate "fr-x-icu", p.id"#,
        &scope.establishments
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.name))
        .collect())
}

/// The open sites of a scope, named with their establishment.
pub async fn sites(conn: &mut PgConnection, scope: &Scope) -> Result<Options> {
    let rows = sqlx::query!(
        r#"select s.id, s.name || ' (' || e.code || ')' as "name!" from site s join establishment e on e.id = s.establishment_id
           where s.establishment_id = any ($1) and s.closed_on is null order by s.name collate "fr-x-icu", s.id"#,
        &scope.establishments
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.name))
        .collect())
}

/// Names a unit for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        match find(conn, &caller.scope(SeeSites::NAME), UnitId(id)).await {
            Ok(unit) => Ok(Some(Named {
                title: format!("{} {}", unit.uf_code, unit.name),
                href: format!("/accounts/units/{id}"),
                place: unit.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}

/// Some open units of a scope, the kept one among them: what a choice shows before anything is typed.
pub async fn few(conn: &mut PgConnection, scope: &Scope, kept: Option<UnitId>) -> Result<Options> {
    let rows = sqlx::query!(
        r#"select u.id, u.uf_code || ' ' || u.name || ' (' || e.code || ')' as "name!" from unit u join establishment e on e.id = u.establishment_id
           where (u.establishment_id = any ($1) or u.id = any ($2)) and (u.closed_on is null or u.id = $3)
           order by u.id is not distinct from $3 desc, u.name collate "fr-x-icu", u.id
           limit 20"#,
        &scope.establishments,
        &scope.units,
        kept.map(|k| k.uuid())
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.name))
        .collect())
}
