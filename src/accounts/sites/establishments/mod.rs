//! Establishments: the exploitants of the devices, hence the first bound of every right.
//!
//! Only who holds the right over the whole group creates, closes or reopens one; the FINESS numbers
//! are checked by their form, never looked up. The inventory pattern (`BM######`) says how Vigie
//! proposes the next number; it never changes those already given.

pub mod commands;
pub mod model;
pub mod queries;

pub use queries::ESTABLISHMENTS;
