//! Vigie, the registry of medical devices.

pub mod cli;
pub mod config;
pub mod platform;
pub mod exchange;
