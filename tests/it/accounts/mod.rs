//! People, places and rights.

mod delegations;
pub mod grants;
pub mod links;
mod places;
mod profile;
pub mod second_factor;
pub mod sessions;
mod simulator;
pub mod tokens;
pub mod units;
mod users;
mod world;
