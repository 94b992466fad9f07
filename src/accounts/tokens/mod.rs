//! Tokens: keys for programs, which act with at most their owner's rights.
//!
//! Read-only unless said otherwise, never for more than a year, shown once and kept as SHA-256. They
//! are made and revoked by a person in a session, never by a token; deactivation ends them all.

pub mod queries;
