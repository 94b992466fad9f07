//! Writing sites.

use chrono::NaiveDate;

use super::model::NewSite;
use super::queries::Site;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageSites;
use crate::accounts::{EstablishmentId, SiteId};
use crate::kernel::{Error, Event, Result, Subject};
use crate::platform::db::{OnConstraint, OneRow, Tx};

fn subject(id: SiteId, establishment: EstablishmentId) -> Subject {
    Subject::of("site", id, establishment)
}

const TAKEN: &str = "Ce code est déjà celui d’un autre site de l’établissement.";

/// Opens a site.
pub async fn open(tx: &mut Tx, _: Covered<ManageSites>, new: NewSite) -> Result<(SiteId, Event)> {
    let id = SiteId::fresh();
    sqlx::query!(
        "insert into site (id, establishment_id, code, name, address, version) values ($1, $2, $3, $4, $5, 1)",
        id.uuid(),
        new.establishment.uuid(),
        new.code,
        new.name,
        new.address
    )
    .execute(&mut **tx)
    .await
    .on_constraint("site_code_key", "code", TAKEN)?;
    let event = Event::new(
        "site.opened",
        subject(id, new.establishment),
        format!("Site {} {} créé", new.code, new.name),
    );
    Ok((id, event))
}

/// Changes what is said of a site; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    site: &Site,
    new: NewSite,
    version: i32,
) -> Result<Event> {
    sqlx::query!(
        "update site set code = $3, name = $4, address = $5, version = version + 1 where id = $1 and version = $2",
        site.id.uuid(),
        version,
        new.code,
        new.name,
        new.address
    )
    .execute(&mut **tx)
    .await
    .on_constraint("site_code_key", "code", TAKEN)?
    .one_row()?;
    Ok(Event::new(
        "site.revised",
        subject(site.id, site.establishment_id),
        format!("Site {} {} modifié", new.code, new.name),
    ))
}

/// Closes a site from `day` on, once nothing stands open in it.
pub async fn close(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    site: &Site,
    day: NaiveDate,
) -> Result<Event> {
    if site.units + site.rooms > 0 {
        return Err(Error::refused(
            "fermeture d’un site",
            format!(
                "Il y reste {} unité(s) et {} local(aux) ouverts : fermez-les ou déplacez-les d’abord.",
                site.units, site.rooms
            ),
        ));
    }
    sqlx::query!(
        "update site set closed_on = $2, version = version + 1 where id = $1 and closed_on is null",
        site.id.uuid(),
        day
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "site.closed",
        subject(site.id, site.establishment_id),
        format!("Site {} {} fermé", site.code, site.name),
    ))
}

/// Reopens a closed site.
pub async fn reopen(tx: &mut Tx, _: Covered<ManageSites>, site: &Site) -> Result<Event> {
    sqlx::query!("update site set closed_on = null, version = version + 1 where id = $1 and closed_on is not null", site.id.uuid())
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "site.reopened",
        subject(site.id, site.establishment_id),
        format!("Site {} {} rouvert", site.code, site.name),
    ))
}
