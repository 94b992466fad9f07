//! Maintenance: obligations, interventions, returns to service, nonconformities.

mod interventions;
mod obligations;
