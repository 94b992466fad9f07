//! Machinery that knows no hospital word.

pub mod sheet;
