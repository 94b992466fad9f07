//! Models, devices and their identifiers.

mod as_of;
mod catalogue;
mod certificates;
mod corrections;
pub mod devices;
mod labels;
mod merges;
mod take_over;
mod udi_line;
mod udi_vectors;
