//! An organisation as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::{Alias, Organisation, Succession};
use crate::parties::OrganisationId;
use crate::parties::contacts::{api::ContactResource, queries::Contact};

/// The resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationResource {
    /// Id.
    pub id: OrganisationId,
    /// Name.
    pub name: String,
    /// Codes of roles.
    pub roles: Vec<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// EUDAMED number.
    pub srn: Option<String>,
    /// SIREN.
    pub siren: Option<String>,
    /// FINESS.
    pub finess: Option<String>,
    /// COFRAC.
    pub cofrac_number: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Site.
    pub website: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// The day it ceased.
    pub closed_on: Option<NaiveDate>,
    /// For edits.
    pub version: i32,
    /// Other names.
    pub aliases: Vec<AliasResource>,
    /// Those that came after it.
    pub successors: Vec<SuccessionResource>,
    /// Those it came after.
    pub predecessors: Vec<SuccessionResource>,
    /// Who answers today; empty when it does itself.
    pub answering: Vec<NamedResource>,
    /// Whom to call.
    pub contacts: Vec<ContactResource>,
}

/// Another name.
#[derive(Debug, Serialize, ToSchema)]
pub struct AliasResource {
    /// Id.
    pub id: uuid::Uuid,
    /// Name.
    pub name: String,
    /// Code of its kind.
    pub kind: &'static str,
    /// Where it was found.
    pub source: Option<String>,
}

/// A succession.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuccessionResource {
    /// Id.
    pub id: uuid::Uuid,
    /// The other side.
    pub organisation: NamedResource,
    /// Code of its kind.
    pub kind: &'static str,
    /// The day.
    pub happened_on: Option<NaiveDate>,
    /// What is known of the day.
    pub happened_on_text: Option<String>,
    /// What was taken over.
    pub perimeter: Option<String>,
    /// Where it was read.
    pub source: Option<String>,
}

/// An organisation named elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedResource {
    /// Id.
    pub id: OrganisationId,
    /// Name.
    pub name: String,
}

impl From<&Succession> for SuccessionResource {
    fn from(kept: &Succession) -> Self {
        Self {
            id: kept.id.uuid(),
            organisation: NamedResource {
                id: kept.other_id,
                name: kept.other.clone(),
            },
            kind: kept.kind.code(),
            happened_on: kept.happened_on,
            happened_on_text: kept.happened_on_text.clone(),
            perimeter: kept.perimeter.clone(),
            source: kept.source.clone(),
        }
    }
}

impl OrganisationResource {
    /// From what was read.
    pub fn of(
        kept: &Organisation,
        aliases: &[Alias],
        successors: &[Succession],
        predecessors: &[Succession],
        answering: &[(OrganisationId, String)],
        contacts: &[Contact],
    ) -> Self {
        let kept = kept.clone();
        Self {
            id: kept.id,
            name: kept.name,
            roles: kept.roles,
            country: kept.country,
            srn: kept.srn,
            siren: kept.siren,
            finess: kept.finess,
            cofrac_number: kept.cofrac_number,
            address: kept.address,
            website: kept.website,
            phone: kept.phone,
            note: kept.note,
            closed_on: kept.closed_on,
            version: kept.version,
            aliases: aliases
                .iter()
                .map(|alias| AliasResource {
                    id: alias.id.uuid(),
                    name: alias.name.clone(),
                    kind: alias.kind.code(),
                    source: alias.source.clone(),
                })
                .collect(),
            successors: successors.iter().map(Into::into).collect(),
            predecessors: predecessors.iter().map(Into::into).collect(),
            answering: answering
                .iter()
                .map(|(id, name)| NamedResource {
                    id: *id,
                    name: name.clone(),
                })
                .collect(),
            contacts: contacts.iter().map(Into::into).collect(),
        }
    }
}
