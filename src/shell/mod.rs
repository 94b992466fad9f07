//! The frame every page is shown in, and the one layer that gives answers their face.
//!
//! A domain does not know its neighbours: it offers a [`Domain`](domain::Domain), and `app.rs` lists
//! them. What several domains show on one page (tabs and alerts of a device, blocks of the home
//! page) goes through that offer.

pub mod domain;
pub mod errors;
pub mod help;
pub mod layer;
pub mod layout;
pub mod links;
pub mod lists;
pub mod openapi;
pub mod palette;
pub mod suggestions;
pub mod waiting;

pub use domain::{Domain, NavEntry};
