//! A unit as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Unit;

/// The JSON resource.
#[derive(Serialize, ToSchema)]
pub struct UnitResource<'a> {
    id: String,
    establishment_id: String,
    establishment: &'a str,
    department_id: Option<String>,
    department: Option<&'a str>,
    site_id: Option<String>,
    site: Option<&'a str>,
    uf_code: &'a str,
    name: &'a str,
    valid_from: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    version: i32,
}

impl<'a> From<&'a Unit> for UnitResource<'a> {
    fn from(unit: &'a Unit) -> Self {
        Self {
            id: unit.id.to_string(),
            establishment_id: unit.establishment_id.to_string(),
            establishment: &unit.establishment,
            department_id: unit.department_id.map(|d| d.to_string()),
            department: unit.department.as_deref(),
            site_id: unit.site_id.map(|s| s.to_string()),
            site: unit.site.as_deref(),
            uf_code: &unit.uf_code,
            name: &unit.name,
            valid_from: unit.valid_from,
            closed_on: unit.closed_on,
            version: unit.version,
        }
    }
}
