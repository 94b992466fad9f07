//! What may be done to organisations, their names and their successions.

use serde_json::json;

use super::model::{NewAlias, NewOrganisation, NewSuccession, OrganisationRole, closes_a_circle};
use super::queries::{self, Alias, Organisation, Succession};
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageParties;
use crate::kernel::event::Subject;
use crate::kernel::{Error, Event, Result};
use crate::parties::{AliasId, OrganisationId, SuccessionId};
use crate::platform::db::{OnConstraint, OneRow, Tx};

const TAKEN: &str = "Une organisation porte déjà ce nom, ou l’a parmi ses autres noms.";

fn subject(id: OrganisationId) -> Subject {
    Subject::shared("organisation", id)
}

fn codes(roles: &[OrganisationRole]) -> Vec<String> {
    roles.iter().map(|role| role.code().to_owned()).collect()
}

/// Enters an organisation into the group's directory.
pub async fn create(
    tx: &mut Tx,
    _: Covered<ManageParties>,
    new: NewOrganisation,
) -> Result<(OrganisationId, Event)> {
    if queries::maybe_named(tx, &new.name).await?.is_some() {
        return Err(Error::field("name", TAKEN));
    }
    let id = OrganisationId::fresh();
    sqlx::query!(
        "insert into organisation (id, name, roles, country, srn, siren, finess, cofrac_number, address, website, phone, note, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
        id.uuid(),
        new.name,
        &codes(&new.roles),
        new.country,
        new.srn,
        new.siren,
        new.finess,
        new.cofrac_number,
        new.address,
        new.website,
        new.phone,
        new.note,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("organisation_name_key", "name", TAKEN)
    .on_constraint("organisation_srn_key", "srn", "Une autre organisation a déjà ce numéro d’enregistrement.")?;
    let event = Event::new(
        "organisation.created",
        subject(id),
        format!("« {} » ajouté à l’annuaire", new.name),
    );
    Ok((id, event))
}

/// Corrects what is said of an organisation.
pub async fn edit(
    tx: &mut Tx,
    _: Covered<ManageParties>,
    old: &Organisation,
    version: i32,
    new: NewOrganisation,
) -> Result<Event> {
    if queries::maybe_named(tx, &new.name)
        .await?
        .is_some_and(|id| id != old.id)
    {
        return Err(Error::field("name", TAKEN));
    }
    sqlx::query!(
        "update organisation
         set name = $3, roles = $4, country = $5, srn = $6, siren = $7, finess = $8, cofrac_number = $9, address = $10,
             website = $11, phone = $12, note = $13, version = version + 1
         where id = $1 and version = $2",
        old.id.uuid(),
        version,
        new.name,
        &codes(&new.roles),
        new.country,
        new.srn,
        new.siren,
        new.finess,
        new.cofrac_number,
        new.address,
        new.website,
        new.phone,
        new.note,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("organisation_name_key", "name", TAKEN)
    .on_constraint("organisation_srn_key", "srn", "Une autre organisation a déjà ce numéro d’enregistrement.")?
    .one_row()?;
    Ok(Event::new(
        "organisation.edited",
        subject(old.id),
        format!("Fiche de « {} » modifiée", new.name),
    ))
}

/// Gives an organisation another name.
pub async fn add_alias(
    tx: &mut Tx,
    _: Covered<ManageParties>,
    of: &Organisation,
    new: NewAlias,
) -> Result<Event> {
    match queries::maybe_named(tx, &new.name).await? {
        Some(id) if id == of.id => {
            return Err(Error::field(
                "alias",
                "Ce nom mène déjà à cette organisation.",
            ));
        }
        Some(_) => {
            return Err(Error::field(
                "alias",
                "Ce nom mène déjà à une autre organisation.",
            ));
        }
        None => {}
    }
    sqlx::query!(
        "insert into organisation_alias (id, organisation_id, name, kind, source) values ($1, $2, $3, $4, $5)",
        AliasId::fresh().uuid(),
        of.id.uuid(),
        new.name,
        new.kind.code(),
        new.source,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("organisation_alias_name_key", "alias", "Ce nom mène déjà à une autre organisation.")?;
    Ok(Event::new(
        "organisation.alias_added",
        subject(of.id),
        format!("« {} » mène désormais à « {} »", new.name, of.name),
    ))
}

/// Withdraws a name that was wrong; the audit keeps it.
pub async fn remove_alias(
    tx: &mut Tx,
    _: Covered<ManageParties>,
    of: &Organisation,
    alias: &Alias,
) -> Result<Event> {
    sqlx::query!(
        "delete from organisation_alias where id = $1",
        alias.id.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "organisation.alias_removed",
        subject(of.id),
        format!("« {} » ne mène plus à « {} »", alias.name, of.name),
    ))
}

/// Says who answers since for an organisation.
pub async fn succeed(
    tx: &mut Tx,
    _: Covered<ManageParties>,
    of: &Organisation,
    by: &Organisation,
    new: NewSuccession,
) -> Result<Event> {
    // Two successions entered at the same instant could close a circle that neither sees.
    sqlx::query!("lock table organisation_succession in share row exclusive mode")
        .execute(&mut **tx)
        .await?;
    let steps = queries::steps_from(tx, new.successor).await?;
    if closes_a_circle(&steps, of.id, new.successor) {
        return Err(Error::field(
            "successor",
            format!(
                "« {} » succède déjà à « {} » : la succession tournerait en rond.",
                of.name, by.name
            ),
        ));
    }
    sqlx::query!(
        "insert into organisation_succession (id, predecessor_id, successor_id, kind, happened_on, happened_on_text, perimeter, source)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        SuccessionId::fresh().uuid(),
        of.id.uuid(),
        new.successor.uuid(),
        new.kind.code(),
        new.happened_on,
        new.happened_on_text,
        new.perimeter,
        new.source,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("organisation_succession_once_key", "successor", "Cette succession est déjà connue.")?;
    let line = Event::new(
        "organisation.succeeded",
        subject(of.id),
        format!(
            "« {} » : {} « {} »",
            of.name,
            new.kind.label().to_lowercase(),
            by.name
        ),
    )
    .with(json!({ "successor": by.id, "kind": new.kind }));
    Ok(line.and(Event::new(
        "organisation.took_over",
        subject(by.id),
        format!("« {} » répond désormais de « {} »", by.name, of.name),
    )))
}

/// Withdraws a succession that was wrong; the audit keeps it.
pub async fn withdraw_succession(
    tx: &mut Tx,
    _: Covered<ManageParties>,
    of: &Organisation,
    succession: &Succession,
) -> Result<Event> {
    sqlx::query!(
        "delete from organisation_succession where id = $1",
        succession.id.uuid()
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "organisation.succession_withdrawn",
        subject(of.id),
        format!(
            "Succession de « {} » par « {} » retirée",
            of.name, succession.other
        ),
    ))
}

/// Stops a creation while organisations of a near name have not been looked at.
pub async fn refuse_near_duplicates(tx: &mut Tx, name: &str) -> Result<()> {
    let alike = queries::alike(tx, name).await?;
    if let Some(same) = alike.iter().find(|found| found.same) {
        return Err(Error::field(
            "name",
            format!(
                "« {} » est déjà dans l’annuaire{}.",
                same.name,
                same.alias
                    .as_ref()
                    .map(|alias| format!(", aussi sous « {alias} »"))
                    .unwrap_or_default()
            ),
        ));
    }
    if alike.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = alike
        .iter()
        .map(|found| format!("« {} »", found.alias.as_ref().unwrap_or(&found.name)))
        .collect();
    Err(Error::field(
        "distinct",
        format!(
            "L’annuaire a déjà {} : s’il s’agit d’une autre organisation, cochez la case.",
            names.join(", ")
        ),
    ))
}
