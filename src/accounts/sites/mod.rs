//! Places: establishments, sites, departments (pôles), units (UF) and rooms.
//!
//! An establishment is the exploitant of its devices (art. R.5211-5 CSP) and the first bound of every
//! right; a unit is the second. Places are closed, never deleted: what happened there stays readable.

pub mod commands;
pub mod departments;
pub mod establishments;
pub mod model;
pub mod queries;
pub mod rooms;
pub mod units;

use crate::app::App;
use crate::platform::web::Routes;

/// The routes of places.
pub fn routes() -> Routes<App> {
    units::routes()
}
