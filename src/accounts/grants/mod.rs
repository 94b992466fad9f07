//! Grants: a role over a scope (the group, an establishment, a unit, one device), with an end if need be.
//!
//! Nobody gives what he does not hold, and nobody changes his own: `src/decisions/003-who-gives-what.md`.
//! A change of role ends the sessions of the account. An external technician is given devices, one
//! by one (art. R.5212-28 6° CSP), and nobody else is.

pub mod commands;
pub mod model;
pub mod queries;
