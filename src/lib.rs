//! Vigie: the registry of medical devices of a hospital group. Modules in order of dependency:
//! each may call those above it, never those below (tests/it/house/architecture.rs).

pub mod config;
pub mod kernel;
pub mod platform;

pub mod accounts;
pub mod audit;
pub mod lists;
pub mod shell;

pub mod rules;

pub mod parties;

pub mod documents;
pub mod inventory;

pub mod contracts;
pub mod register;

pub mod admin;
pub mod maintenance;

pub mod dashboards;
pub mod exchange;
pub mod search;

pub mod app;
pub mod cli;
pub mod demo;
