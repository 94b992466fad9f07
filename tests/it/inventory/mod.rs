//! Models, devices and their identifiers.

mod as_of;
mod corrections;
mod devices;
mod labels;
mod udi_fuzz;
mod udi_line;
mod udi_vectors;
