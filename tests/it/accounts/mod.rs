//! People, places and rights.

mod delegations;
mod grants;
mod links;
mod places;
mod profile;
mod second_factor;
mod sessions;
mod simulator;
mod tokens;
mod units;
mod users;
mod world;
