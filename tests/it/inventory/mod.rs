//! Models, devices and their identifiers.

mod as_of;
mod certificates;
mod corrections;
mod devices;
mod labels;
mod merges;
mod take_over;
mod udi_fuzz;
mod udi_line;
mod udi_vectors;
