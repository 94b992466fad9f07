//! Models, devices and their identifiers.

mod as_of;
mod corrections;
mod certificates;
mod devices;
mod labels;
mod merges;
mod take_over;
mod udi_fuzz;
mod udi_line;
mod udi_vectors;
