//! A certificate as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::{Certificate, Covered};

/// The JSON resource.
#[derive(Serialize, ToSchema)]
#[schema(as = Certificate)]
pub struct CertificateResource<'a> {
    id: String,
    number: &'a str,
    kind: &'static str,
    regulation: &'static str,
    manufacturer_id: String,
    manufacturer: &'a str,
    notified_body_number: &'a str,
    notified_body_name: Option<&'a str>,
    scope: Option<&'a str>,
    issued_on: Option<NaiveDate>,
    expires_on: Option<NaiveDate>,
    status: &'static str,
    status_since: Option<NaiveDate>,
    status_source: Option<&'a str>,
    standing: String,
    standing_tone: &'static str,
    transition_ends_on: Option<NaiveDate>,
    transition_rule_is_in_force: Option<bool>,
    transition_letter_on: Option<NaiveDate>,
    verified_on: Option<NaiveDate>,
    replaced_by_id: Option<String>,
    models: Vec<ModelLink<'a>>,
    version: i32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CertificateModel)]
struct ModelLink<'a> {
    id: String,
    name: &'a str,
    devices: i64,
}

impl<'a> CertificateResource<'a> {
    pub(super) fn of(one: &'a Certificate, models: &'a [Covered], today: NaiveDate) -> Self {
        let standing = one.standing(today);
        Self {
            id: one.id.to_string(),
            number: &one.number,
            kind: one.kind.code(),
            regulation: one.regulation.code(),
            manufacturer_id: one.manufacturer_id.to_string(),
            manufacturer: &one.manufacturer,
            notified_body_number: &one.notified_body_number,
            notified_body_name: one.notified_body_name.as_deref(),
            scope: one.scope.as_deref(),
            issued_on: one.issued_on,
            expires_on: one.expires_on,
            status: one.status.code(),
            status_since: one.status_since,
            status_source: one.status_source.as_deref(),
            standing: standing.words(today),
            standing_tone: standing.tone().class(),
            transition_ends_on: one.transition_ends_on,
            transition_rule_is_in_force: one.transition_is_sure,
            transition_letter_on: one.transition_letter_on,
            verified_on: one.verified_on,
            replaced_by_id: one.replaced_by_id.map(|id| id.to_string()),
            models: models
                .iter()
                .map(|m| ModelLink {
                    id: m.id.to_string(),
                    name: &m.name,
                    devices: m.devices,
                })
                .collect(),
            version: one.version,
        }
    }
}
