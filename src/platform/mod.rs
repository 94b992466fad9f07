//! Machinery that knows no hospital word.

pub mod db;
pub mod sheet;
pub mod telemetry;
