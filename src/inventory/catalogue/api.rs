//! A model as programs read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::obligation::Obligation;
use super::queries::{Identifier, Model, Term, Version};

/// The resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelResource {
    /// Id.
    pub id: Uuid,
    /// Dénomination commune.
    pub common_name: Option<String>,
    /// Dénomination commerciale.
    pub trade_name: Option<String>,
    /// Reference.
    pub reference: Option<String>,
    /// The maker's id.
    pub manufacturer_id: Option<Uuid>,
    /// The maker's name.
    pub manufacturer: Option<String>,
    /// Code.
    pub qualification: Option<&'static str>,
    /// Code.
    pub regulation: Option<&'static str>,
    /// Code.
    pub risk_class: Option<&'static str>,
    /// Codes.
    pub class_suffixes: Vec<String>,
    /// Rule of the annex.
    pub class_rule: Option<String>,
    /// Code; null: read nowhere yet.
    pub class_source: Option<&'static str>,
    /// Made by the hospital.
    pub is_in_house: bool,
    /// Basic UDI-DI.
    pub basic_udi_di: Option<String>,
    /// Yes, no, or null when nobody has said.
    pub flags: Flags,
    /// Code.
    pub regulated_family: Option<&'static str>,
    /// Days.
    pub sale_ends_on: Option<NaiveDate>,
    /// Spare parts.
    pub parts_support_ends_on: Option<NaiveDate>,
    /// Software.
    pub software_support_ends_on: Option<NaiveDate>,
    /// Security updates.
    pub security_support_ends_on: Option<NaiveDate>,
    /// Computed, art. R.5212-26 CSP.
    pub maintenance_obligation: ObligationResource,
    /// Nomenclatures.
    pub terms: Vec<TermResource>,
    /// UDI-DI by packaging level.
    pub identifiers: Vec<IdentifierResource>,
    /// Software versions.
    pub versions: Vec<VersionResource>,
    /// For edits.
    pub version: i32,
}

/// What the model is and does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelFlags)]
#[expect(
    missing_docs,
    reason = "each is the flag of the model of the same name"
)]
pub struct Flags {
    pub is_dmn: Option<bool>,
    pub is_ai: Option<bool>,
    pub is_ionising: Option<bool>,
    pub is_implantable: Option<bool>,
    pub is_measuring: Option<bool>,
    pub is_imaging: Option<bool>,
    pub is_laser: Option<bool>,
    pub is_sterile: Option<bool>,
    pub is_single_use: Option<bool>,
    pub is_networked: Option<bool>,
    pub stores_personal_data: Option<bool>,
}

/// Whether maintenance is a duty, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObligationResource {
    /// `listed`, `not_listed` or `undetermined`.
    pub code: &'static str,
    /// The reason, with its text.
    pub why: String,
    /// Codes of the rules that list it.
    pub rules: Vec<String>,
}

/// A nomenclature term.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermResource {
    /// Id, by which it is withdrawn.
    pub id: Uuid,
    /// Nomenclature.
    pub system: &'static str,
    /// Code.
    pub code: String,
    /// Edition.
    pub edition: String,
    /// Words.
    pub label: Option<String>,
}

/// A device identifier.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentifierResource {
    /// Id, by which it is withdrawn.
    pub id: Uuid,
    /// Issuing entity.
    pub issuer: &'static str,
    /// The identifier.
    pub code: String,
    /// Packaging level.
    pub level: &'static str,
    /// What a package contains.
    pub contains: Option<String>,
    /// How many.
    pub contains_quantity: Option<i32>,
}

/// A software version.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionResource {
    /// Id.
    pub id: Uuid,
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
    /// Visible devices that run it.
    pub devices: i64,
}

impl From<&Obligation> for ObligationResource {
    fn from(obligation: &Obligation) -> Self {
        let rules = match obligation {
            Obligation::Listed(reasons) => {
                reasons.iter().map(|reason| reason.rule.clone()).collect()
            }
            Obligation::NotListed(_) | Obligation::Undetermined(_) => Vec::new(),
        };
        Self {
            code: obligation.code(),
            why: obligation.why(),
            rules,
        }
    }
}

impl ModelResource {
    /// From what was read.
    pub fn of(
        model: &Model,
        obligation: &Obligation,
        terms: &[Term],
        identifiers: &[Identifier],
        versions: &[Version],
    ) -> Self {
        let model = model.clone();
        Self {
            id: model.id.uuid(),
            common_name: model.common_name,
            trade_name: model.trade_name,
            reference: model.reference,
            manufacturer_id: model.manufacturer_id,
            manufacturer: model.manufacturer,
            qualification: model.qualification.map(|v| v.code()),
            regulation: model.regulation.map(|v| v.code()),
            risk_class: model.risk_class.map(|v| v.code()),
            class_suffixes: model.class_suffixes,
            class_rule: model.class_rule,
            class_source: model.class_source.map(|v| v.code()),
            is_in_house: model.is_in_house,
            basic_udi_di: model.basic_udi_di,
            flags: Flags {
                is_dmn: model.is_dmn,
                is_ai: model.is_ai,
                is_ionising: model.is_ionising,
                is_implantable: model.is_implantable,
                is_measuring: model.is_measuring,
                is_imaging: model.is_imaging,
                is_laser: model.is_laser,
                is_sterile: model.is_sterile,
                is_single_use: model.is_single_use,
                is_networked: model.is_networked,
                stores_personal_data: model.stores_personal_data,
            },
            regulated_family: model.regulated_family.map(|v| v.code()),
            sale_ends_on: model.sale_ends_on,
            parts_support_ends_on: model.parts_support_ends_on,
            software_support_ends_on: model.software_support_ends_on,
            security_support_ends_on: model.security_support_ends_on,
            maintenance_obligation: obligation.into(),
            terms: terms
                .iter()
                .map(|term| TermResource {
                    id: term.id.uuid(),
                    system: term.system.code(),
                    code: term.code.clone(),
                    edition: term.edition.clone(),
                    label: term.label.clone(),
                })
                .collect(),
            identifiers: identifiers
                .iter()
                .map(|one| IdentifierResource {
                    id: one.id.uuid(),
                    issuer: one.issuer.code(),
                    code: one.code.clone(),
                    level: one.level.code(),
                    contains: one.contains.clone(),
                    contains_quantity: one.contains_quantity,
                })
                .collect(),
            versions: versions
                .iter()
                .map(|one| VersionResource {
                    id: one.id.uuid(),
                    name: one.name.clone(),
                    number: one.number.clone(),
                    released_on: one.released_on,
                    support_ends_on: one.support_ends_on,
                    security_support_ends_on: one.security_support_ends_on,
                    devices: one.devices,
                })
                .collect(),
            version: model.version,
        }
    }
}

/// An edition of the instructions.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct InstructionsOfUse {
    id: Uuid,
    software_version_id: Option<Uuid>,
    software_version: Option<String>,
    edition: String,
    language: String,
    issued_on: Option<NaiveDate>,
    received_on: Option<NaiveDate>,
    document_id: Option<Uuid>,
    url: Option<String>,
    withdrawn_at: Option<DateTime<Utc>>,
    withdrawn_reason: Option<String>,
}

/// The instructions of a model.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct InstructionsResource {
    model_id: Uuid,
    instructions: Vec<InstructionsOfUse>,
    versions_without_french: Vec<String>,
}

/// The end of a support, and who said so.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct SupportEnd {
    kind: String,
    software_version: Option<String>,
    ends_on: Option<NaiveDate>,
    source: Option<String>,
    verified_on: Option<NaiveDate>,
}

/// The ends of support of a model.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "the description; house/api.rs holds what is answered to it"
)]
pub struct SupportsResource {
    model_id: Uuid,
    ends: Vec<SupportEnd>,
}
