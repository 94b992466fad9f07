//! A room as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Room;

/// The JSON resource.
#[derive(Serialize, ToSchema)]
pub struct RoomResource<'a> {
    id: String,
    establishment_id: String,
    establishment: &'a str,
    site_id: String,
    site: &'a str,
    unit_id: Option<String>,
    unit: Option<&'a str>,
    code: &'a str,
    name: &'a str,
    building: Option<&'a str>,
    floor: Option<&'a str>,
    gln: Option<&'a str>,
    closed_on: Option<NaiveDate>,
    version: i32,
}

impl<'a> From<&'a Room> for RoomResource<'a> {
    fn from(room: &'a Room) -> Self {
        Self {
            id: room.id.to_string(),
            establishment_id: room.establishment_id.to_string(),
            establishment: &room.establishment,
            site_id: room.site_id.to_string(),
            site: &room.site,
            unit_id: room.unit_id.map(|u| u.to_string()),
            unit: room.unit.as_deref(),
            code: &room.code,
            name: &room.name,
            building: room.building.as_deref(),
            floor: room.floor.as_deref(),
            gln: room.gln.as_deref(),
            closed_on: room.closed_on,
            version: room.version,
        }
    }
}
