//! What comes in from files and leaves for them.

mod assets;
mod catalogues;
mod files;
mod imports;
mod samples;
mod shapes;
