//! One box that finds anything by what is written on it.

mod found;
pub mod pages;
