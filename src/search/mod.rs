//! One box that finds anything by what is written on it.
//!
//! A UDI, a serial, an inventory number or a label code opens the device; words, pieces of words
//! and misspelt words show what matches, by kind. What must always hold: nothing out of the
//! caller's scope or rights is found, counted or suggested. `search_entry` is kept by triggers.

pub mod model;
pub mod queries;
