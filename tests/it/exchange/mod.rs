//! What comes in from files and leaves for them.

mod files;
mod imports;
mod samples;
mod shapes;
