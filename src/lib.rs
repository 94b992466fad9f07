//! Vigie, the registry of medical devices.

pub mod cli;
pub mod config;
pub mod demo;
pub mod exchange;
pub mod inventory;
pub mod kernel;
pub mod platform;
pub mod rules;
pub mod search;
