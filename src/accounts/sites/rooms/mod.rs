//! Rooms (locaux): where on a site a device stands. A room belongs to a site and may be used by a
//! unit of the same establishment; it can be moved to another site or unit of it.

pub mod commands;
pub mod model;
pub mod queries;

pub use queries::ROOMS;
