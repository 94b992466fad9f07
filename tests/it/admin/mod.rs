//! What the administrator answers for.

mod backups;
mod health_numbers;
mod metrics;
mod retention;
