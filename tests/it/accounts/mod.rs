//! People, places and rights.

mod sessions;
mod units;
