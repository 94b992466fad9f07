//! Reading rooms, within what the caller may see.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::accounts::access::{Place, Placed, Scope};
use crate::accounts::{EstablishmentId, RoomId, SiteId, UnitId};
use crate::kernel::{Error, Result};
use crate::platform::db::list::{Column, IdType, ListSpec, Reference, ScopeBy, SortType};

/// The list of rooms.
pub static ROOMS: ListSpec = ListSpec {
    name: "rooms",
    path: "/accounts/rooms",
    record: None,
    title: "Locaux",
    noun: ("local", "locaux"),
    when_empty: "Un local dit où se trouve un équipement. Créez-les au besoin : l’unité suffit pour commencer.",
    from: "room r join establishment e on e.id = r.establishment_id join site s on s.id = r.site_id left join unit u on u.id = r.unit_id",
    always: None,
    id: "r.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("r.establishment_id"),
        unit: Some("r.unit_id"),
        device: None,
    },
    search: Some("plain(r.code || ' ' || r.name)"),
    columns: &[
        Column::mono("code", "Code local", "r.code")
            .shown()
            .opens()
            .sorted("r.code", SortType::Text),
        Column::text("name", "Local", "r.name")
            .shown()
            .opens()
            .sorted("r.name collate \"fr-x-icu\"", SortType::Text),
        Column::reference(
            "site",
            "Site",
            "s.name",
            Reference {
                id: "r.site_id",
                href: Some("/accounts/sites"),
                suggestions: None,
            },
        )
        .shown(),
        Column::text("building", "Bâtiment", "r.building").shown(),
        Column::text("floor", "Étage", "r.floor").shown(),
        Column::reference(
            "unit",
            "Unité",
            "u.name",
            Reference {
                id: "r.unit_id",
                href: Some("/accounts/units"),
                suggestions: Some("/search/suggestions?kind=unit"),
            },
        )
        .shown()
        .when_empty("aucune"),
        Column::reference(
            "establishment",
            "Établissement",
            "e.name",
            Reference {
                id: "r.establishment_id",
                href: Some("/accounts/establishments"),
                suggestions: Some("/search/suggestions?kind=establishment"),
            },
        ),
        Column::mono("gln", "GLN", "r.gln"),
        Column::date("closed_on", "Fermé le", "r.closed_on")
            .shown()
            .when_empty("ouvert"),
    ],
    default_sort: ("code", false),
};

/// A room, with the names around it.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Its establishment.
    pub establishment_id: EstablishmentId,
    /// The establishment's name.
    pub establishment: String,
    /// Its site.
    pub site_id: SiteId,
    /// The site's name.
    pub site: String,
    /// The unit that uses it.
    pub unit_id: Option<UnitId>,
    /// The unit's code and name.
    pub unit: Option<String>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its building.
    pub building: Option<String>,
    /// Its floor.
    pub floor: Option<String>,
    /// Its GLN.
    pub gln: Option<String>,
    /// Last day, when closed.
    pub closed_on: Option<NaiveDate>,
    /// Counts its changes.
    pub version: i32,
}

impl Placed for Room {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id).unit(self.unit_id)
    }
}

/// The room, or `NotFound` when the caller may not see it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: RoomId) -> Result<Room> {
    sqlx::query_as!(
        Room,
        r#"select r.id as "id: RoomId", r.establishment_id as "establishment_id: EstablishmentId", e.name as establishment,
                  r.site_id as "site_id: SiteId", s.name as site, r.unit_id as "unit_id: UnitId",
                  u.uf_code || ' ' || u.name as "unit?", r.code, r.name, r.building, r.floor, r.gln, r.closed_on, r.version
           from room r
           join establishment e on e.id = r.establishment_id
           join site s on s.id = r.site_id
           left join unit u on u.id = r.unit_id
           where r.id = $1 and (r.establishment_id = any ($2) or r.unit_id = any ($3))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}
