//! Maintenance: obligations, interventions, returns to service, nonconformities.

mod controls;
mod interventions;
pub mod obligations;
mod planning;
