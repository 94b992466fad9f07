//! Maintenance: obligations and what falls due.

mod obligations;
