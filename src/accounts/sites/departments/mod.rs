//! Departments (pôles): units under one head. A closed pôle is no longer offered where one is chosen.

pub mod commands;
pub mod model;
pub mod queries;

pub use queries::DEPARTMENTS;
