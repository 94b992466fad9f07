//! What comes in from files and leaves for them.

mod files;
mod samples;
mod shapes;
