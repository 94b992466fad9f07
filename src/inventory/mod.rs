//! What the hospital has: models, devices, their places and states.

pub mod catalogue;
pub mod devices;
pub mod states;
