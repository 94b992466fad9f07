//! Models, devices and their identifiers.

mod udi_fuzz;
mod udi_line;
mod udi_vectors;
