//! What comes in from files and leaves for them.

mod assets;
mod catalogues;
mod files;
mod imports;
mod last_done;
mod operations;
mod samples;
mod shapes;
