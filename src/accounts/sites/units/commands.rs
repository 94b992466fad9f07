//! Writing units. Each command does the whole deed and returns its event.

use chrono::NaiveDate;

use super::model::NewUnit;
use super::queries::Unit;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageSites;
use crate::accounts::{EstablishmentId, UnitId};
use crate::kernel::{Event, Result, Subject};
use crate::platform::db::{OnConstraint, OneRow, Tx};

fn subject(id: UnitId, establishment: EstablishmentId) -> Subject {
    Subject::of("unit", id, establishment)
}

const TAKEN: &str = "Ce code UF est déjà celui d’une autre unité de l’établissement.";
const ELSEWHERE: &str = "Choisissez un lieu du même établissement.";

/// Opens a unit.
pub async fn open(tx: &mut Tx, _: Covered<ManageSites>, new: NewUnit) -> Result<(UnitId, Event)> {
    let id = UnitId::fresh();
    sqlx::query!(
        "insert into unit (id, establishment_id, department_id, site_id, uf_code, name, valid_from, version) values ($1, $2, $3, $4, $5, $6, $7, 1)",
        id.uuid(),
        new.establishment.uuid(),
        new.department.map(|d| d.uuid()),
        new.site.map(|s| s.uuid()),
        new.uf_code,
        new.name,
        new.valid_from
    )
    .execute(&mut **tx)
    .await
    .on_constraint("unit_uf_code_key", "uf_code", TAKEN)
    .on_constraint("unit_department_fkey", "department", ELSEWHERE)
    .on_constraint("unit_site_fkey", "site", ELSEWHERE)?;
    Ok((
        id,
        Event::new(
            "unit.opened",
            subject(id, new.establishment),
            format!("Unité {} {} créée", new.uf_code, new.name),
        ),
    ))
}

/// Changes what is said of a unit; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    unit: &Unit,
    new: NewUnit,
    version: i32,
) -> Result<Event> {
    sqlx::query!(
        "update unit set department_id = $3, site_id = $4, uf_code = $5, name = $6, valid_from = $7, version = version + 1 where id = $1 and version = $2",
        unit.id.uuid(),
        version,
        new.department.map(|d| d.uuid()),
        new.site.map(|s| s.uuid()),
        new.uf_code,
        new.name,
        new.valid_from
    )
    .execute(&mut **tx)
    .await
    .on_constraint("unit_uf_code_key", "uf_code", TAKEN)
    .on_constraint("unit_department_fkey", "department", ELSEWHERE)
    .on_constraint("unit_site_fkey", "site", ELSEWHERE)
    .on_constraint("unit_period_check", "valid_from", "L’ouverture doit précéder la fermeture.")?
    .one_row()?;
    let (kind, done) = if new.department != unit.department_id || new.site != unit.site_id {
        ("unit.moved", "déplacée")
    } else {
        ("unit.revised", "modifiée")
    };
    Ok(Event::new(
        kind,
        subject(unit.id, unit.establishment_id),
        format!("Unité {} {} {done}", new.uf_code, new.name),
    ))
}

/// Closes a unit from `day` on.
pub async fn close(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    unit: &Unit,
    day: NaiveDate,
) -> Result<Event> {
    sqlx::query!(
        "update unit set closed_on = $2, version = version + 1 where id = $1 and closed_on is null",
        unit.id.uuid(),
        day
    )
    .execute(&mut **tx)
    .await
    .on_constraint(
        "unit_period_check",
        "closed_on",
        "La fermeture ne peut pas précéder l’ouverture.",
    )?
    .one_row()?;
    Ok(Event::new(
        "unit.closed",
        subject(unit.id, unit.establishment_id),
        format!("Unité {} {} fermée", unit.uf_code, unit.name),
    ))
}

/// Reopens a closed unit.
pub async fn reopen(tx: &mut Tx, _: Covered<ManageSites>, unit: &Unit) -> Result<Event> {
    sqlx::query!("update unit set closed_on = null, version = version + 1 where id = $1 and closed_on is not null", unit.id.uuid())
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "unit.reopened",
        subject(unit.id, unit.establishment_id),
        format!("Unité {} {} rouverte", unit.uf_code, unit.name),
    ))
}
