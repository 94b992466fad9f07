//! What is read of models.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{
    AppliedParts, ClassSource, ClassSuffix, CodeSystem, ElectricalClass, Qualification,
    RegulatedFamily, Regulation, RiskClass, UdiIssuer, UdiLevel, class_words,
};
use super::obligation::ModelFacts;
use super::{IdentifierId, ModelId, TermLinkId, VersionId};
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, SeeCatalogue};
use crate::kernel::{Error, Result};
use crate::shell::domain::{Boxed, Named};

/// A model, as kept.
#[derive(Debug, Clone)]
pub struct Model {
    /// Its id.
    pub id: ModelId,
    /// Dénomination commune.
    pub common_name: Option<String>,
    /// Dénomination commerciale.
    pub trade_name: Option<String>,
    /// Reference.
    pub reference: Option<String>,
    /// The maker on the label.
    pub manufacturer_id: Option<uuid::Uuid>,
    /// Its name.
    pub manufacturer: Option<String>,
    /// What it is before the law.
    pub qualification: Option<Qualification>,
    /// Regulation.
    pub regulation: Option<Regulation>,
    /// Class.
    pub risk_class: Option<RiskClass>,
    /// Sub-marks, as codes.
    pub class_suffixes: Vec<String>,
    /// Rule of the annex that classes it.
    pub class_rule: Option<String>,
    /// Where the class was read.
    pub class_source: Option<ClassSource>,
    /// The class as a file wrote it.
    pub risk_class_stated: Option<String>,
    /// Made by the hospital for itself.
    pub is_in_house: bool,
    /// On what grounds (art. 5(5)).
    pub in_house_basis: Option<String>,
    /// CE mark.
    pub ce_mark: Option<bool>,
    /// Notified body.
    pub notified_body: Option<String>,
    /// Basic UDI-DI.
    pub basic_udi_di: Option<String>,
    /// Intended purpose, as the instructions say it.
    pub intended_purpose: Option<String>,
    /// Digital medical device.
    pub is_dmn: Option<bool>,
    /// Contains artificial intelligence.
    pub is_ai: Option<bool>,
    /// Emits ionising radiation.
    pub is_ionising: Option<bool>,
    /// Family of the arrêté of 2003.
    pub regulated_family: Option<RegulatedFamily>,
    /// Implantable.
    pub is_implantable: Option<bool>,
    /// Measures.
    pub is_measuring: Option<bool>,
    /// Makes images.
    pub is_imaging: Option<bool>,
    /// Laser.
    pub is_laser: Option<bool>,
    /// Sterile.
    pub is_sterile: Option<bool>,
    /// Single use.
    pub is_single_use: Option<bool>,
    /// Connects to a network.
    pub is_networked: Option<bool>,
    /// Keeps personal data.
    pub stores_personal_data: Option<bool>,
    /// Protection against electric shock.
    pub electrical_class: Option<ElectricalClass>,
    /// Applied parts.
    pub applied_parts: Option<AppliedParts>,
    /// Years the maker announces.
    pub expected_life_years: Option<i32>,
    /// End of sale.
    pub sale_ends_on: Option<NaiveDate>,
    /// End of spare parts.
    pub parts_support_ends_on: Option<NaiveDate>,
    /// End of software support.
    pub software_support_ends_on: Option<NaiveDate>,
    /// End of security updates.
    pub security_support_ends_on: Option<NaiveDate>,
    /// Training is required.
    pub training_required: Option<bool>,
    /// Which.
    pub training_note: Option<String>,
    /// Restrictions on cleaning.
    pub cleaning_note: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// No longer proposed for new devices since.
    pub withdrawn_on: Option<NaiveDate>,
    /// The model this record was a double of.
    pub merged_into_id: Option<ModelId>,
    /// For edits.
    pub version: i32,
}

impl Placed for Model {
    fn place(&self) -> Place {
        Place::SHARED
    }
}

impl Model {
    /// The name people know it by.
    pub fn name(&self) -> String {
        let name = self
            .trade_name
            .as_ref()
            .or(self.common_name.as_ref())
            .or(self.reference.as_ref());
        match (&self.manufacturer, name) {
            (Some(maker), Some(name)) => format!("{maker} {name}"),
            (_, Some(name)) => name.clone(),
            (Some(maker), None) => maker.clone(),
            (None, None) => "Modèle sans nom".into(),
        }
    }

    /// The class with its regulation.
    pub fn class(&self) -> String {
        let suffixes: Vec<_> = self
            .class_suffixes
            .iter()
            .filter_map(|code| ClassSuffix::from_code(code))
            .collect();
        class_words(self.regulation, self.risk_class, &suffixes)
    }

    /// What the maintenance obligation is computed from.
    pub fn facts(&self) -> ModelFacts {
        ModelFacts {
            regulation: self.regulation,
            class: self.risk_class,
            family: self.regulated_family,
            ionising: self.is_ionising,
        }
    }
}

/// One model. The group shares them: whoever may read the catalogue reads each of them.
pub async fn find(conn: &mut PgConnection, _: &Scope, id: ModelId) -> Result<Model> {
    sqlx::query_as!(
        Model,
        r#"select m.id, m.common_name, m.trade_name, m.reference, m.manufacturer_id, o.name as "manufacturer?",
                  m.qualification as "qualification: Qualification", m.regulation as "regulation: Regulation",
                  m.risk_class as "risk_class: RiskClass", m.class_suffixes, m.class_rule, m.class_source as "class_source: ClassSource",
                  m.risk_class_stated, m.is_in_house, m.in_house_basis, m.ce_mark, m.notified_body, m.basic_udi_di, m.intended_purpose,
                  m.is_dmn, m.is_ai, m.is_ionising, m.regulated_family as "regulated_family: RegulatedFamily", m.is_implantable,
                  m.is_measuring, m.is_imaging, m.is_laser, m.is_sterile, m.is_single_use, m.is_networked, m.stores_personal_data,
                  m.electrical_class as "electrical_class: ElectricalClass", m.applied_parts as "applied_parts: AppliedParts",
                  m.expected_life_years, m.sale_ends_on, m.parts_support_ends_on, m.software_support_ends_on, m.security_support_ends_on,
                  m.training_required, m.training_note, m.cleaning_note, m.note, m.withdrawn_on, m.merged_into_id as "merged_into_id: ModelId", m.version
           from device_model m
           left join organisation o on o.id = m.manufacturer_id
           where m.id = $1"#,
        id.uuid(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// A nomenclature term of a model.
#[derive(Debug, Clone)]
pub struct Term {
    /// The link's id.
    pub id: TermLinkId,
    /// Nomenclature.
    pub system: CodeSystem,
    /// Code.
    pub code: String,
    /// Edition, empty when the nomenclature is not loaded.
    pub edition: String,
    /// Words, when the nomenclature is loaded.
    pub label: Option<String>,
    /// Who said so.
    pub source: Option<String>,
}

/// The terms of a model.
pub async fn terms(conn: &mut PgConnection, id: ModelId) -> Result<Vec<Term>> {
    Ok(sqlx::query_as!(
        Term,
        r#"select c.id, t.system as "system: CodeSystem", t.code, t.edition, t.label, c.source
           from model_code c
           join nomenclature_term t on t.id = c.term_id
           where c.model_id = $1
           order by t.system, t.code, t.edition"#,
        id.uuid(),
    )
    .fetch_all(conn)
    .await?)
}

/// A device identifier of a model.
#[derive(Debug, Clone)]
pub struct Identifier {
    /// Its id.
    pub id: IdentifierId,
    /// Who gave it.
    pub issuer: UdiIssuer,
    /// The identifier.
    pub code: String,
    /// Packaging level.
    pub level: UdiLevel,
    /// What a package contains.
    pub contains: Option<String>,
    /// How many.
    pub contains_quantity: Option<i32>,
    /// Its last day on labels.
    pub ends_on: Option<NaiveDate>,
}

/// The identifiers of a model, the device first.
pub async fn identifiers(conn: &mut PgConnection, id: ModelId) -> Result<Vec<Identifier>> {
    Ok(sqlx::query_as!(
        Identifier,
        r#"select u.id, u.issuer as "issuer: UdiIssuer", u.code, u.level as "level: UdiLevel", inner_one.code as "contains?",
                  u.contains_quantity, u.ends_on
           from udi_di u
           left join udi_di inner_one on inner_one.id = u.contains_id
           where u.model_id = $1
           order by array_position(array['unit_of_use', 'base', 'package'], u.level), u.code"#,
        id.uuid(),
    )
    .fetch_all(conn)
    .await?)
}

/// A software version of a model.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// Which software.
    pub name: String,
    /// As the maker writes it.
    pub number: String,
    /// Released.
    pub released_on: Option<NaiveDate>,
    /// End of support.
    pub support_ends_on: Option<NaiveDate>,
    /// End of security updates.
    pub security_support_ends_on: Option<NaiveDate>,
    /// Note.
    pub note: Option<String>,
    /// Devices within the caller's sight that run it.
    pub devices: i64,
}

/// The versions of a model, the last entered first, with how many visible devices run each.
pub async fn versions(conn: &mut PgConnection, scope: &Scope, id: ModelId) -> Result<Vec<Version>> {
    Ok(sqlx::query_as!(
        Version,
        r#"select v.id, v.name, v.number, v.released_on, v.support_ends_on, v.security_support_ends_on, v.note,
                  (select count(*) from device d
                   where d.software_version_id = v.id and d.annulled_at is null and d.state <> 'disposed'
                     and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))) as "devices!"
           from software_version v
           where v.model_id = $1
           order by v.name collate "fr-x-icu", v.id desc"#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices,
    )
    .fetch_all(conn)
    .await?)
}

/// How many devices of a model the caller sees: in the fleet, and gone.
pub async fn device_counts(
    conn: &mut PgConnection,
    scope: &Scope,
    id: ModelId,
) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) filter (where state <> 'disposed') as "present!", count(*) filter (where state = 'disposed') as "gone!"
           from device
           where model_id = $1 and annulled_at is null and (establishment_id = any($2) or unit_id = any($3) or id = any($4))"#,
        id.uuid(),
        &scope.establishments,
        &scope.units,
        &scope.devices,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.present, row.gone))
}

/// A model that resembles another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Its id.
    pub id: ModelId,
    /// Maker and names.
    pub label: String,
    /// Reference.
    pub reference: Option<String>,
}

/// Models of the same maker, or of those it succeeded or that succeeded it, with a near name or the same reference.
pub async fn alike(
    conn: &mut PgConnection,
    manufacturer: Option<uuid::Uuid>,
    name: &str,
    reference: &str,
) -> Result<Vec<Alike>> {
    Ok(sqlx::query_as!(
        Alike,
        r#"with family (id) as (
               select $1::uuid
               union select successor_id from organisation_succession where predecessor_id = $1
               union select predecessor_id from organisation_succession where successor_id = $1
           )
           select m.id, concat_ws(' ', o.name, coalesce(m.trade_name, m.common_name)) as "label!", m.reference
           from device_model m
           left join organisation o on o.id = m.manufacturer_id
           where m.withdrawn_on is null and m.merged_into_id is null
             and (m.manufacturer_id in (select id from family) or m.manufacturer_id is null or $1 is null)
             and (similarity(plain(coalesce(m.trade_name, m.common_name, '')), plain($2)) > 0.5
                  or ($3 <> '' and regexp_replace(upper(coalesce(m.reference, '')), '[^A-Z0-9]', '', 'g') = regexp_replace(upper($3), '[^A-Z0-9]', '', 'g')))
           order by similarity(plain(coalesce(m.trade_name, m.common_name, '')), plain($2)) desc, m.id
           limit 6"#,
        manufacturer,
        name,
        reference,
    )
    .fetch_all(conn)
    .await?)
}

/// At most twenty models for a choice, by a piece of their names or reference.
pub async fn suggestions(conn: &mut PgConnection, q: &str) -> Result<Vec<Alike>> {
    Ok(sqlx::query_as!(
        Alike,
        r#"select m.id, concat_ws(' ', o.name, coalesce(m.trade_name, m.common_name, m.reference)) as "label!", m.reference
           from device_model m
           left join organisation o on o.id = m.manufacturer_id
           where m.withdrawn_on is null and m.merged_into_id is null
             and ($1 = '' or plain(coalesce(m.trade_name, '') || ' ' || coalesce(m.common_name, '') || ' ' || coalesce(m.reference, '')) like '%' || plain($1) || '%'
                  or plain(o.name || ' ' || coalesce(m.trade_name, m.common_name, '')) like '%' || plain($1) || '%')
           order by o.name collate "fr-x-icu" nulls last, coalesce(m.trade_name, m.common_name, m.reference) collate "fr-x-icu", m.id
           limit 20"#,
        q,
    )
    .fetch_all(conn)
    .await?)
}

/// The model of a maker by its trade name and reference, as the catalogue tells models apart.
pub async fn maybe_known(
    conn: &mut PgConnection,
    manufacturer: uuid::Uuid,
    trade_name: &str,
    reference: &str,
) -> Result<Option<ModelId>> {
    let found = sqlx::query_scalar!(
        "select id from device_model
         where merged_into_id is null and manufacturer_id = $1 and plain(coalesce(trade_name, common_name, '')) = plain($2) and plain(coalesce(reference, '')) = plain($3)",
        manufacturer,
        trade_name,
        reference,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(ModelId))
}

/// Is this version one of this model's?
pub async fn has_version(
    conn: &mut PgConnection,
    model: ModelId,
    version: VersionId,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from software_version where id = $1 and model_id = $2) as "there!""#,
        version.uuid(),
        model.uuid()
    )
    .fetch_one(conn)
    .await?)
}

/// Names a model for other rooms.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeCatalogue::NAME) {
            return Ok(None);
        }
        let found = find(conn, &caller.scope(SeeCatalogue::NAME), ModelId(id)).await;
        match found {
            Ok(found) => Ok(Some(Named {
                title: found.name(),
                href: format!("/inventory/models/{id}"),
                place: found.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}

/// How a term is said: its system, its code and its label.
pub async fn maybe_term_words(conn: &mut PgConnection, id: Uuid) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select concat_ws(' ', upper(system), code, label) as "words!" from nomenclature_term where id = $1"#,
        id
    )
    .fetch_optional(conn)
    .await?)
}

/// The model a device identifier names.
pub async fn maybe_by_di(conn: &mut PgConnection, code: &str) -> Result<Option<ModelId>> {
    Ok(sqlx::query_scalar!(
        r#"select model_id as "id!: ModelId" from udi_di where code = $1 order by id limit 1"#,
        code
    )
    .fetch_optional(conn)
    .await?)
}
