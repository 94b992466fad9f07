//! Writing establishments. Creating and closing one is the group's business.

use chrono::NaiveDate;

use super::model::NewEstablishment;
use super::queries::{self, Establishment};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Covered, Place};
use crate::accounts::actions::{Action, ManageSites};
use crate::kernel::{Error, Event, Result, Subject};
use crate::platform::db::constraint::Broken;
use crate::platform::db::{OnConstraint, OneRow, Tx};

fn subject(id: EstablishmentId) -> Subject {
    Subject::of("establishment", id, id)
}

fn of_the_group(covered: &Covered<ManageSites>) -> Result<()> {
    if covered.place() == Place::SHARED {
        Ok(())
    } else {
        Err(Error::Forbidden(ManageSites::LABEL))
    }
}

fn at_its_field<T>(done: Result<T, sqlx::Error>) -> Result<T, Broken> {
    done.on_constraint(
        "establishment_code_key",
        "code",
        "Ce code est déjà celui d’un autre établissement.",
    )
    .on_constraint(
        "establishment_finess_geographic_key",
        "finess_geographic",
        "Ce numéro FINESS est déjà celui d’un autre établissement.",
    )
}

/// Opens an establishment; `covered` is over the whole group.
pub async fn open(
    tx: &mut Tx,
    covered: Covered<ManageSites>,
    new: NewEstablishment,
) -> Result<(EstablishmentId, Event)> {
    of_the_group(&covered)?;
    let id = EstablishmentId::fresh();
    at_its_field(
        sqlx::query!(
            "insert into establishment (id, code, name, finess_legal, finess_geographic, time_zone, inventory_pattern, service_phone, version)
             values ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
            id.uuid(),
            new.code,
            new.name,
            new.finess_legal,
            new.finess_geographic,
            new.time_zone.code(),
            new.inventory_pattern.map(|p| p.to_string()),
            new.service_phone
        )
        .execute(&mut **tx)
        .await,
    )?;
    let event = Event::new(
        "establishment.opened",
        subject(id),
        format!("Établissement {} {} créé", new.code, new.name),
    );
    Ok((id, event))
}

/// Changes what is said of an establishment; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    establishment: &Establishment,
    new: NewEstablishment,
    version: i32,
) -> Result<Event> {
    at_its_field(
        sqlx::query!(
            "update establishment
             set code = $3, name = $4, finess_legal = $5, finess_geographic = $6, time_zone = $7, inventory_pattern = $8, service_phone = $9, version = version + 1
             where id = $1 and version = $2",
            establishment.id.uuid(),
            version,
            new.code,
            new.name,
            new.finess_legal,
            new.finess_geographic,
            new.time_zone.code(),
            new.inventory_pattern.map(|p| p.to_string()),
            new.service_phone
        )
        .execute(&mut **tx)
        .await,
    )?
    .one_row()?;
    Ok(Event::new(
        "establishment.revised",
        subject(establishment.id),
        format!("Établissement {} {} modifié", new.code, new.name),
    ))
}

/// Closes an establishment from `day` on, once its units are closed.
pub async fn close(
    tx: &mut Tx,
    covered: Covered<ManageSites>,
    establishment: &Establishment,
    day: NaiveDate,
) -> Result<Event> {
    of_the_group(&covered)?;
    let open = queries::counts(tx, establishment.id).await?;
    if open.units > 0 {
        return Err(Error::refused(
            "fermeture d’un établissement",
            format!(
                "Il reste {} unité(s) ouverte(s) : fermez-les d’abord, leurs équipements gardent ainsi un responsable.",
                open.units
            ),
        ));
    }
    sqlx::query!(
        "update establishment set closed_on = $2, version = version + 1 where id = $1 and closed_on is null",
        establishment.id.uuid(),
        day
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "establishment.closed",
        subject(establishment.id),
        format!("Établissement {} fermé", establishment.name),
    ))
}

/// Reopens a closed establishment.
pub async fn reopen(
    tx: &mut Tx,
    covered: Covered<ManageSites>,
    establishment: &Establishment,
) -> Result<Event> {
    of_the_group(&covered)?;
    sqlx::query!(
        "update establishment set closed_on = null, version = version + 1 where id = $1 and closed_on is not null",
        establishment.id.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "establishment.reopened",
        subject(establishment.id),
        format!("Établissement {} rouvert", establishment.name),
    ))
}
