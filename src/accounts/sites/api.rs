//! A site as programs read it.

use chrono::NaiveDate;
use serde::Serialize;

use super::queries::Site;

/// The JSON resource.
#[derive(Serialize)]
pub struct SiteResource<'a> {
    id: String,
    establishment_id: String,
    establishment: &'a str,
    code: &'a str,
    name: &'a str,
    address: Option<&'a str>,
    closed_on: Option<NaiveDate>,
    version: i32,
}

impl<'a> From<&'a Site> for SiteResource<'a> {
    fn from(site: &'a Site) -> Self {
        Self {
            id: site.id.to_string(),
            establishment_id: site.establishment_id.to_string(),
            establishment: &site.establishment,
            code: &site.code,
            name: &site.name,
            address: site.address.as_deref(),
            closed_on: site.closed_on,
            version: site.version,
        }
    }
}
