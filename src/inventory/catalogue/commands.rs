//! What may be done to models.

use super::form::NewModel;
use super::identifiers::NewIdentifier;
use super::model::{CodeSystem, RiskClass};
use super::queries::{self, Identifier, Model, Term};
use super::versions::NewVersion;
use super::{IdentifierId, ModelId, TermLinkId, VersionId};
use crate::accounts::access::Covered;
use crate::accounts::actions::ManageCatalogue;
use crate::kernel::event::Subject;
use crate::kernel::{Error, Event, Result, id};
use crate::platform::db::{OnConstraint, OneRow, Tx};

const KNOWN: &str = "Le catalogue a déjà ce modèle : même fabricant, même nom, même référence.";

fn subject(id: ModelId) -> Subject {
    Subject::shared("device_model", id)
}

/// Stops a creation while models of near names have not been looked at.
pub async fn refuse_near_duplicates(tx: &mut Tx, new: &NewModel) -> Result<()> {
    let name = new
        .trade_name
        .as_ref()
        .or(new.common_name.as_ref())
        .map_or("", String::as_str);
    let alike = queries::alike(
        tx,
        new.manufacturer,
        name,
        new.reference.as_deref().unwrap_or_default(),
    )
    .await?;
    if alike.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = alike
        .iter()
        .map(|found| format!("« {} »", found.label))
        .collect();
    Err(Error::field(
        "distinct",
        format!(
            "Le catalogue a déjà {} : s’il s’agit d’un autre modèle, cochez la case.",
            names.join(", ")
        ),
    ))
}

/// Enters a model into the group's catalogue.
pub async fn create(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    new: NewModel,
) -> Result<(ModelId, Event)> {
    let id = ModelId::fresh();
    let words = new.words();
    sqlx::query!(
        "insert into device_model
             (id, common_name, trade_name, reference, manufacturer_id, qualification, regulation, risk_class, class_suffixes, class_rule,
              class_source, is_in_house, in_house_basis, ce_mark, notified_body, basic_udi_di, intended_purpose, is_dmn, is_ai, is_ionising,
              regulated_family, is_implantable, is_measuring, is_imaging, is_laser, is_sterile, is_single_use, is_networked,
              stores_personal_data, electrical_class, applied_parts, expected_life_years, sale_ends_on, parts_support_ends_on,
              software_support_ends_on, security_support_ends_on, training_required, training_note, cleaning_note, note, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
                 $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, 1)",
        id.uuid(),
        new.common_name,
        new.trade_name,
        new.reference,
        new.manufacturer,
        new.qualification.map(|v| v.code()),
        new.regulation.map(|v| v.code()),
        new.risk_class.map(RiskClass::code),
        &new.suffix_codes(),
        new.class_rule,
        new.class_source.map(|v| v.code()),
        new.is_in_house,
        new.in_house_basis,
        new.ce_mark,
        new.notified_body,
        new.basic_udi_di,
        new.intended_purpose,
        new.is_dmn,
        new.is_ai,
        new.is_ionising,
        new.regulated_family.map(|v| v.code()),
        new.is_implantable,
        new.is_measuring,
        new.is_imaging,
        new.is_laser,
        new.is_sterile,
        new.is_single_use,
        new.is_networked,
        new.stores_personal_data,
        new.electrical_class.map(|v| v.code()),
        new.applied_parts.map(|v| v.code()),
        new.expected_life_years,
        new.sale_ends_on,
        new.parts_support_ends_on,
        new.software_support_ends_on,
        new.security_support_ends_on,
        new.training_required,
        new.training_note,
        new.cleaning_note,
        new.note,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("device_model_known_once_key", "trade_name", KNOWN)
    .on_constraint("device_model_manufacturer_fkey", "manufacturer", "Ce fabricant n’est pas dans l’annuaire.")?;
    Ok((
        id,
        Event::new(
            "model.created",
            subject(id),
            format!("Modèle « {words} » ajouté au catalogue"),
        ),
    ))
}

/// Corrects what is said of a model; devices that inherit it follow.
pub async fn edit(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    old: &Model,
    version: i32,
    new: NewModel,
) -> Result<Event> {
    let words = new.words();
    sqlx::query!(
        "update device_model
         set common_name = $3, trade_name = $4, reference = $5, manufacturer_id = $6, qualification = $7, regulation = $8, risk_class = $9,
             class_suffixes = $10, class_rule = $11, class_source = $12, is_in_house = $13, in_house_basis = $14, ce_mark = $15,
             notified_body = $16, basic_udi_di = $17, intended_purpose = $18, is_dmn = $19, is_ai = $20, is_ionising = $21,
             regulated_family = $22, is_implantable = $23, is_measuring = $24, is_imaging = $25, is_laser = $26, is_sterile = $27,
             is_single_use = $28, is_networked = $29, stores_personal_data = $30, electrical_class = $31, applied_parts = $32,
             expected_life_years = $33, sale_ends_on = $34, parts_support_ends_on = $35, software_support_ends_on = $36,
             security_support_ends_on = $37, training_required = $38, training_note = $39, cleaning_note = $40, note = $41,
             version = version + 1
         where id = $1 and version = $2",
        old.id.uuid(),
        version,
        new.common_name,
        new.trade_name,
        new.reference,
        new.manufacturer,
        new.qualification.map(|v| v.code()),
        new.regulation.map(|v| v.code()),
        new.risk_class.map(RiskClass::code),
        &new.suffix_codes(),
        new.class_rule,
        new.class_source.map(|v| v.code()),
        new.is_in_house,
        new.in_house_basis,
        new.ce_mark,
        new.notified_body,
        new.basic_udi_di,
        new.intended_purpose,
        new.is_dmn,
        new.is_ai,
        new.is_ionising,
        new.regulated_family.map(|v| v.code()),
        new.is_implantable,
        new.is_measuring,
        new.is_imaging,
        new.is_laser,
        new.is_sterile,
        new.is_single_use,
        new.is_networked,
        new.stores_personal_data,
        new.electrical_class.map(|v| v.code()),
        new.applied_parts.map(|v| v.code()),
        new.expected_life_years,
        new.sale_ends_on,
        new.parts_support_ends_on,
        new.software_support_ends_on,
        new.security_support_ends_on,
        new.training_required,
        new.training_note,
        new.cleaning_note,
        new.note,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("device_model_known_once_key", "trade_name", KNOWN)
    .on_constraint("device_model_manufacturer_fkey", "manufacturer", "Ce fabricant n’est pas dans l’annuaire.")?
    .one_row()?;
    Ok(Event::new(
        "model.edited",
        subject(old.id),
        format!("Modèle « {words} » modifié"),
    ))
}

/// Gives a model a device identifier. A wrong check digit is said, never refused (labels carry some).
pub async fn add_identifier(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    new: NewIdentifier,
) -> Result<Event> {
    let contains = match &new.contains {
        None => None,
        Some(code) => {
            let inside = queries::identifiers(tx, of.id).await?;
            let found = inside.into_iter().find(|kept| kept.code == *code);
            Some(
                found
                    .ok_or_else(|| {
                        Error::field("contains", "Cet identifiant n’est pas de ce modèle.")
                    })?
                    .id
                    .uuid(),
            )
        }
    };
    sqlx::query!(
        "insert into udi_di (id, model_id, issuer, code, level, contains_id, contains_quantity, ends_on) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        IdentifierId::fresh().uuid(),
        of.id.uuid(),
        new.issuer.code(),
        new.code,
        new.level.code(),
        contains,
        new.contains_quantity,
        new.ends_on,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("udi_di_code_key", "code", "Cet identifiant désigne déjà un modèle : un IUD-ID n’en désigne qu’un.")?;
    let doubt = new
        .doubt()
        .map(|doubt| format!(" – à vérifier : {doubt}"))
        .unwrap_or_default();
    Ok(Event::new(
        "model.identifier_added",
        subject(of.id),
        format!("IUD-ID {} ajouté à « {} »{doubt}", new.code, of.name()),
    ))
}

/// Withdraws an identifier that was wrong; the audit keeps it.
pub async fn remove_identifier(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    identifier: &Identifier,
) -> Result<Event> {
    sqlx::query!("delete from udi_di where id = $1", identifier.id.uuid())
        .execute(&mut **tx)
        .await
        .on_constraint(
            "udi_di_contains_fkey",
            "",
            "Un emballage contient cet identifiant : retirez l’emballage d’abord.",
        )?
        .one_row()?;
    Ok(Event::new(
        "model.identifier_removed",
        subject(of.id),
        format!("IUD-ID {} retiré de « {} »", identifier.code, of.name()),
    ))
}

/// Enters a software version of a model.
pub async fn add_version(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    new: NewVersion,
) -> Result<(VersionId, Event)> {
    let id = VersionId::fresh();
    sqlx::query!(
        "insert into software_version (id, model_id, name, number, released_on, support_ends_on, security_support_ends_on, note, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        id.uuid(),
        of.id.uuid(),
        new.name,
        new.number,
        new.released_on,
        new.support_ends_on,
        new.security_support_ends_on,
        new.note,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("software_version_once_key", "number", "Cette version est déjà connue de ce modèle.")?;
    Ok((
        id,
        Event::new(
            "model.version_added",
            subject(of.id),
            format!(
                "Version {} {} ajoutée à « {} »",
                new.name,
                new.number,
                of.name()
            ),
        ),
    ))
}

/// Files a model under a term of a nomenclature.
pub async fn add_term(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    system: CodeSystem,
    code: &str,
    source: Option<&str>,
) -> Result<Event> {
    // The edition loaded last wins; a nomenclature that is not loaded has the empty edition.
    let known = sqlx::query_scalar!(
        "select id from nomenclature_term where system = $1 and upper(code) = upper($2) order by edition desc limit 1",
        system.code(),
        code,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let term = match known {
        Some(term) => term,
        None => {
            let term = id::fresh();
            sqlx::query!(
                "insert into nomenclature_term (id, system, code, edition) values ($1, $2, $3, '') on conflict do nothing",
                term,
                system.code(),
                code,
            )
            .execute(&mut **tx)
            .await?;
            sqlx::query_scalar!(
                "select id from nomenclature_term where system = $1 and code = $2 and edition = ''",
                system.code(),
                code
            )
            .fetch_one(&mut **tx)
            .await?
        }
    };
    sqlx::query!(
        "insert into model_code (id, model_id, term_id, source) values ($1, $2, $3, $4)",
        TermLinkId::fresh().uuid(),
        of.id.uuid(),
        term,
        source,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("model_code_once_key", "term", "Ce modèle a déjà ce code.")?;
    Ok(Event::new(
        "model.term_added",
        subject(of.id),
        format!("« {} » classé sous {} {code}", of.name(), system.label()),
    ))
}

/// Withdraws a term that was wrong; the audit keeps it.
pub async fn remove_term(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    term: &Term,
) -> Result<Event> {
    sqlx::query!("delete from model_code where id = $1", term.id.uuid())
        .execute(&mut **tx)
        .await?
        .one_row()?;
    Ok(Event::new(
        "model.term_removed",
        subject(of.id),
        format!(
            "« {} » n’est plus classé sous {} {}",
            of.name(),
            term.system.label(),
            term.code
        ),
    ))
}
