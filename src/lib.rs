//! Vigie, the registry of medical devices.

pub mod config;
pub mod platform;
pub mod exchange;
