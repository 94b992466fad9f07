//! Vigie, the registry of medical devices.

pub mod cli;
pub mod config;
pub mod demo;
pub mod exchange;
pub mod platform;
pub mod search;
