//! A pôle as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Department;

/// The JSON resource.
#[derive(Serialize, ToSchema)]
pub struct DepartmentResource<'a> {
    id: String,
    establishment_id: String,
    establishment: &'a str,
    code: &'a str,
    name: &'a str,
    closed_on: Option<NaiveDate>,
    version: i32,
}

impl<'a> From<&'a Department> for DepartmentResource<'a> {
    fn from(department: &'a Department) -> Self {
        Self {
            id: department.id.to_string(),
            establishment_id: department.establishment_id.to_string(),
            establishment: &department.establishment,
            code: &department.code,
            name: &department.name,
            closed_on: department.closed_on,
            version: department.version,
        }
    }
}
