//! Imports: a file of another system becomes devices of the registry, row by row, without surprise.
//!
//! The words: a *run* is one file on its way in; a *mapping* says which column feeds which field; a *proposal* is a name
//! of the file that the registry does not know (maker, model, unit, establishment); a *dry run* does everything and undoes
//! it, keeping what it found; a *commit* does it again and stops if it would do anything else.
//!
//! What must always hold:
//! - `read = created + updated + unchanged + rejected`, every line of the file in exactly one of them;
//! - an empty cell never clears anything; a date that is none is kept as text; nothing is guessed in silence;
//! - no maker, model, unit or establishment is created without a decision;
//! - the state of a device never changes by an update: the difference is reported with the way to the action;
//! - the same file imported twice changes nothing the second time.

pub mod apply;
pub mod cells;
pub mod commands;
pub mod fields;
pub mod finess;
pub mod gudid;
pub mod headers;
pub mod jobs;
mod last_done;
pub mod names;
mod naming;
pub mod nomenclatures;
pub mod operations;
mod pages;
pub mod plan;
pub mod queries;
pub mod references;
pub mod reports;
pub mod rows;
pub mod undo;
pub mod words;

pub use pages::routes;
