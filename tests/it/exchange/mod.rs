//! What comes in from files and leaves for them.

mod assets;
mod catalogues;
mod files;
mod imports;
mod operations;
mod samples;
mod shapes;
