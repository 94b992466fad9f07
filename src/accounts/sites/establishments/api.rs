//! An establishment as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Establishment;

/// The JSON resource.
#[derive(Serialize, ToSchema)]
pub struct EstablishmentResource<'a> {
    id: String,
    code: &'a str,
    name: &'a str,
    finess_legal: Option<&'a str>,
    finess_geographic: Option<&'a str>,
    time_zone: &'a str,
    inventory_pattern: Option<&'a str>,
    service_phone: Option<&'a str>,
    closed_on: Option<NaiveDate>,
    version: i32,
}

impl<'a> From<&'a Establishment> for EstablishmentResource<'a> {
    fn from(establishment: &'a Establishment) -> Self {
        Self {
            id: establishment.id.to_string(),
            code: &establishment.code,
            name: &establishment.name,
            finess_legal: establishment.finess_legal.as_deref(),
            finess_geographic: establishment.finess_geographic.as_deref(),
            time_zone: &establishment.time_zone,
            inventory_pattern: establishment.inventory_pattern.as_deref(),
            service_phone: establishment.service_phone.as_deref(),
            closed_on: establishment.closed_on,
            version: establishment.version,
        }
    }
}
