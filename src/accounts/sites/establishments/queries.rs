//! Reading establishments, within what the caller may see.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::model::Zone;
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Place, Placed, Scope};
use crate::choices;
use crate::kernel::{Error, Result};
use crate::platform::db::list::{Column, IdType, ListSpec, ScopeBy, SortType};

/// The list of establishments.
pub static ESTABLISHMENTS: ListSpec = ListSpec {
    name: "establishments",
    path: "/accounts/establishments",
    record: None,
    title: "Établissements",
    noun: ("établissement", "établissements"),
    when_empty: "Un établissement est l’exploitant de ses équipements. Créez le premier : ses sites, pôles, unités et locaux viendront dessous.",
    from: "establishment e",
    always: None,
    id: "e.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("e.id"),
        unit: None,
        device: None,
    },
    search: Some("plain(e.code || ' ' || e.name)"),
    columns: &[
        Column::mono("code", "Code établissement", "e.code")
            .shown()
            .opens()
            .sorted("e.code", SortType::Text),
        Column::text("name", "Établissement", "e.name")
            .shown()
            .opens()
            .sorted("e.name collate \"fr-x-icu\"", SortType::Text),
        Column::mono(
            "finess_geographic",
            "FINESS géographique",
            "e.finess_geographic",
        )
        .shown(),
        Column::mono("finess_legal", "FINESS juridique", "e.finess_legal"),
        Column::choice("time_zone", "Heure", "e.time_zone", choices!(Zone)).shown(),
        Column::mono(
            "inventory_pattern",
            "Modèle de numéro",
            "e.inventory_pattern",
        )
        .when_empty("numéros saisis"),
        Column::text("service_phone", "Téléphone du service", "e.service_phone"),
        Column::date("closed_on", "Fermé le", "e.closed_on")
            .shown()
            .when_empty("ouvert"),
    ],
    default_sort: ("name", false),
};

/// An establishment.
#[derive(Clone, Debug)]
pub struct Establishment {
    /// Its id.
    pub id: EstablishmentId,
    /// Our own code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// FINESS number of the legal entity.
    pub finess_legal: Option<String>,
    /// FINESS number of the place.
    pub finess_geographic: Option<String>,
    /// IANA time zone.
    pub time_zone: String,
    /// How its inventory numbers are made.
    pub inventory_pattern: Option<String>,
    /// The number printed on labels.
    pub service_phone: Option<String>,
    /// Last day, when closed.
    pub closed_on: Option<NaiveDate>,
    /// Counts its changes.
    pub version: i32,
}

impl Establishment {
    /// The zone in the words of the screen.
    pub fn zone(&self) -> &str {
        match Zone::from_code(&self.time_zone) {
            Some(zone) => zone.label(),
            None => &self.time_zone,
        }
    }
}

impl Placed for Establishment {
    fn place(&self) -> Place {
        Place::establishment(self.id)
    }
}

/// The establishment, or `NotFound` when the caller may not see it. Who sees one of its units sees
/// what stands around that unit.
pub async fn find(
    conn: &mut PgConnection,
    scope: &Scope,
    id: EstablishmentId,
) -> Result<Establishment> {
    sqlx::query_as!(
        Establishment,
        r#"select id as "id: EstablishmentId", code, name, finess_legal, finess_geographic, time_zone,
                  inventory_pattern, service_phone, closed_on, version
           from establishment e
           where id = $1 and (id = any ($2) or exists (select from unit u where u.establishment_id = e.id and u.id = any ($3)))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// The establishment of a FINESS number or of our code.
pub async fn maybe_by_code(
    conn: &mut PgConnection,
    scope: &Scope,
    code: &str,
) -> Result<Option<Establishment>> {
    Ok(sqlx::query_as!(
        Establishment,
        r#"select id as "id: EstablishmentId", code, name, finess_legal, finess_geographic, time_zone,
                  inventory_pattern, service_phone, closed_on, version
           from establishment
           where (code = upper($1) or finess_geographic = upper($1)) and id = any ($2)
           order by (code = upper($1)) desc, id
           limit 1"#,
        code.trim(),
        &scope.establishments
    )
    .fetch_optional(conn)
    .await?)
}

/// What an establishment counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Open sites.
    pub sites: i64,
    /// Open pôles.
    pub departments: i64,
    /// Open units.
    pub units: i64,
    /// Open rooms.
    pub rooms: i64,
}

/// How much stands open in an establishment.
pub async fn counts(conn: &mut PgConnection, id: EstablishmentId) -> Result<Counts> {
    Ok(sqlx::query_as!(
        Counts,
        r#"select (select count(*) from site where establishment_id = $1 and closed_on is null) as "sites!",
                  (select count(*) from department where establishment_id = $1 and closed_on is null) as "departments!",
                  (select count(*) from unit where establishment_id = $1 and closed_on is null) as "units!",
                  (select count(*) from room where establishment_id = $1 and closed_on is null) as "rooms!""#,
        id.uuid()
    )
    .fetch_one(conn)
    .await?)
}
