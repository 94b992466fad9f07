//! People, places and rights.

mod grants;
mod links;
mod places;
mod profile;
mod sessions;
mod tokens;
mod units;
mod users;
mod world;
