//! A contact as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Contact;

/// The resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactResource {
    /// Id.
    pub id: uuid::Uuid,
    /// Its organisation.
    pub organisation_id: uuid::Uuid,
    /// Its name.
    pub organisation: String,
    /// The establishment whose own it is.
    pub establishment_id: Option<uuid::Uuid>,
    /// Code of its function.
    pub function: &'static str,
    /// Person or desk.
    pub name: String,
    /// Mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Portal.
    pub url: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Last verified.
    pub verified_on: Option<NaiveDate>,
    /// Last day of use.
    pub ends_on: Option<NaiveDate>,
    /// For edits.
    pub version: i32,
}

impl From<&Contact> for ContactResource {
    fn from(kept: &Contact) -> Self {
        let kept = kept.clone();
        Self {
            id: kept.id.uuid(),
            organisation_id: kept.organisation_id.uuid(),
            organisation: kept.organisation,
            establishment_id: kept.establishment_id.map(|e| e.uuid()),
            function: kept.function.code(),
            name: kept.name,
            email: kept.email,
            phone: kept.phone,
            url: kept.url,
            note: kept.note,
            verified_on: kept.verified_on,
            ends_on: kept.ends_on,
            version: kept.version,
        }
    }
}
