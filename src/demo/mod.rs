//! The demonstration: an invented hospital group of real market models.
//!
//! Two worlds come from the same data. The **core**, at most 300 devices around a fixed day
//! ([`fleet::REFERENCE_DAY`]), is the world of the tests: its interesting devices have names
//! ([`named`]), its numbers never change. With `--demo`, about 3,000 devices stand around today.
//!
//! What must always hold:
//! * people, establishments, contacts and identifiers are invented and cannot be mistaken for real
//!   ones (FINESS in a department that does not exist, GS1 range kept for examples, `example.org`,
//!   telephone numbers of fiction); makers and models are real, and what is not known of them is said
//!   « à vérifier »;
//! * the same data and the same day give the same world ([`seed`]);
//! * there are two of everything, so that a query that forgets a condition shows;
//! * the world is built through the commands a person would use, never by writing into tables.

pub mod build;
mod crowd;
pub mod fleet;
pub mod models;
pub mod named;
pub mod organisations;
pub mod people;
pub mod places;
pub mod seed;
