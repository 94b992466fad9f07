//! Reading pôles, within what the caller may see.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::accounts::access::{Place, Placed, Scope};
use crate::accounts::{DepartmentId, EstablishmentId};
use crate::kernel::{Error, Result};
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType};

/// The list of pôles.
pub static DEPARTMENTS: ListSpec = ListSpec {
    name: "departments",
    path: "/accounts/departments",
    record: None,
    title: "Pôles",
    noun: ("pôle", "pôles"),
    when_empty: "Un pôle rassemble des unités sous un même chef de pôle. Il est facultatif.",
    from: "department p join establishment e on e.id = p.establishment_id",
    always: None,
    id: "p.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("p.establishment_id"),
        unit: None,
        device: None,
    },
    search: Some("plain(p.code || ' ' || p.name)"),
    columns: &[
        Column::mono("code", "Code pôle", "p.code")
            .shown()
            .opens()
            .sorted("p.code", SortType::Text),
        Column::text("name", "Pôle", "p.name")
            .shown()
            .opens()
            .sorted("p.name collate \"fr-x-icu\"", SortType::Text),
        Column::reference(
            "establishment",
            "Établissement",
            "e.name",
            Reference {
                id: "p.establishment_id",
                href: Some("/accounts/establishments"),
                suggestions: Some("/search/suggestions?kind=establishment"),
            },
        )
        .shown(),
        Column::date("closed_on", "Fermé le", "p.closed_on")
            .shown()
            .when_empty("ouvert"),
    ],
    default_sort: ("name", false),
};

/// A pôle, with the name of its establishment.
#[derive(Clone, Debug)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its establishment.
    pub establishment_id: EstablishmentId,
    /// The establishment's name.
    pub establishment: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Last day, when closed.
    pub closed_on: Option<NaiveDate>,
    /// Counts its changes.
    pub version: i32,
    /// Its open units.
    pub units: i64,
}

impl Placed for Department {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id)
    }
}

/// The pôle, or `NotFound` when the caller may not see it. Who sees one of its units sees it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: DepartmentId) -> Result<Department> {
    sqlx::query_as!(
        Department,
        r#"select p.id as "id: DepartmentId", p.establishment_id as "establishment_id: EstablishmentId", e.name as establishment,
                  p.code, p.name, p.closed_on, p.version,
                  (select count(*) from unit u where u.department_id = p.id and u.closed_on is null) as "units!"
           from department p
           join establishment e on e.id = p.establishment_id
           where p.id = $1
             and (p.establishment_id = any ($2) or exists (select from unit u where u.department_id = p.id and u.id = any ($3)))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}
