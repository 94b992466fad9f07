//! What the economic system says of equipment, as programs read it.
//!
//! These structs are the description alone: the page gives the same fields from what it shows, and
//! `tests/it/house/api.rs` holds the one to the other, both ways.
#![allow(dead_code, reason = "read by the derive of their schema")]

use utoipa::ToSchema;
use uuid::Uuid;

/// An asset, a device, or both.
#[derive(ToSchema)]
pub struct AssetLine {
    asset_id: Option<Uuid>,
    asset_number: Option<String>,
    label: Option<String>,
    asset_cents: Option<i64>,
    device_id: Option<Uuid>,
    inventory_number: Option<String>,
    name: Option<String>,
    device_cents: Option<i64>,
    side: String,
}

/// How many lines of one kind.
#[derive(ToSchema)]
pub struct AssetCount {
    side: String,
    count: i64,
}

/// Assets beside devices.
#[derive(ToSchema)]
pub struct AssetsResource {
    establishment_id: Option<Uuid>,
    counts: Vec<AssetCount>,
    items: Vec<AssetLine>,
}
