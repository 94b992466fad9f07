//! One-time links: a first or forgotten password handed over without mail, and the set-up of a new base.
//!
//! The token is shown once and kept as SHA-256; a link works once, 24 hours (1 hour for the set-up).
//! A new link for an account ends the earlier ones. Both pages are public: the token is the right.

pub mod commands;
pub mod queries;
