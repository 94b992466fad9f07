//! Reading sites, within what the caller may see.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::accounts::access::{Place, Placed, Scope};
use crate::accounts::{EstablishmentId, SiteId};
use crate::kernel::{Error, Result};

/// A site, with the name of its establishment.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// Its establishment.
    pub establishment_id: EstablishmentId,
    /// The establishment's name.
    pub establishment: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: Option<String>,
    /// Last day, when closed.
    pub closed_on: Option<NaiveDate>,
    /// Counts its changes.
    pub version: i32,
    /// Its open units.
    pub units: i64,
    /// Its open rooms.
    pub rooms: i64,
}

impl Placed for Site {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id)
    }
}

/// The site, or `NotFound` when the caller may not see it. Who sees one of its units or rooms sees it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: SiteId) -> Result<Site> {
    sqlx::query_as!(
        Site,
        r#"select s.id as "id: SiteId", s.establishment_id as "establishment_id: EstablishmentId", e.name as establishment,
                  s.code, s.name, s.address, s.closed_on, s.version,
                  (select count(*) from unit u where u.site_id = s.id and u.closed_on is null) as "units!",
                  (select count(*) from room r where r.site_id = s.id and r.closed_on is null) as "rooms!"
           from site s
           join establishment e on e.id = s.establishment_id
           where s.id = $1
             and (s.establishment_id = any ($2)
                  or exists (select from unit u where u.site_id = s.id and u.id = any ($3))
                  or exists (select from room r where r.site_id = s.id and r.unit_id = any ($3)))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}
