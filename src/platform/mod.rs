//! Machinery that knows no hospital word.

pub mod blob;
pub mod db;
pub mod jobs;
pub mod pdf;
pub mod probes;
pub mod server;
pub mod sheet;
pub mod telemetry;
pub mod tls;
pub mod web;
