//! Writing pôles.

use chrono::NaiveDate;

use super::model::NewDepartment;
use super::queries::Department;
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageSites;
use crate::accounts::{DepartmentId, EstablishmentId};
use crate::kernel::{Error, Event, Result, Subject};
use crate::platform::db::{OnConstraint, OneRow, Tx};

fn subject(id: DepartmentId, establishment: EstablishmentId) -> Subject {
    Subject::of("department", id, establishment)
}

const TAKEN: &str = "Ce code est déjà celui d’un autre pôle de l’établissement.";

/// Opens a pôle.
pub async fn open(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    new: NewDepartment,
) -> Result<(DepartmentId, Event)> {
    let id = DepartmentId::fresh();
    sqlx::query!(
        "insert into department (id, establishment_id, code, name, version) values ($1, $2, $3, $4, 1)",
        id.uuid(),
        new.establishment.uuid(),
        new.code,
        new.name
    )
    .execute(&mut **tx)
    .await
    .on_constraint("department_code_key", "code", TAKEN)?;
    let event = Event::new(
        "department.opened",
        subject(id, new.establishment),
        format!("Pôle {} {} créé", new.code, new.name),
    );
    Ok((id, event))
}

/// Changes what is said of a pôle; `version` is the one that was read.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    department: &Department,
    new: NewDepartment,
    version: i32,
) -> Result<Event> {
    sqlx::query!(
        "update department set code = $3, name = $4, version = version + 1 where id = $1 and version = $2",
        department.id.uuid(),
        version,
        new.code,
        new.name
    )
    .execute(&mut **tx)
    .await
    .on_constraint("department_code_key", "code", TAKEN)?
    .one_row()?;
    Ok(Event::new(
        "department.revised",
        subject(department.id, department.establishment_id),
        format!("Pôle {} {} modifié", new.code, new.name),
    ))
}

/// Closes a pôle from `day` on, once its units belong to another.
pub async fn close(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    department: &Department,
    day: NaiveDate,
) -> Result<Event> {
    if department.units > 0 {
        return Err(Error::refused(
            "fermeture d’un pôle",
            format!(
                "Il y reste {} unité(s) ouverte(s) : rattachez-les à un autre pôle d’abord.",
                department.units
            ),
        ));
    }
    sqlx::query!("update department set closed_on = $2, version = version + 1 where id = $1 and closed_on is null", department.id.uuid(), day)
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "department.closed",
        subject(department.id, department.establishment_id),
        format!("Pôle {} {} fermé", department.code, department.name),
    ))
}

/// Reopens a closed pôle.
pub async fn reopen(
    tx: &mut Tx,
    _: Covered<ManageSites>,
    department: &Department,
) -> Result<Event> {
    sqlx::query!("update department set closed_on = null, version = version + 1 where id = $1 and closed_on is not null", department.id.uuid())
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "department.reopened",
        subject(department.id, department.establishment_id),
        format!("Pôle {} {} rouvert", department.code, department.name),
    ))
}
