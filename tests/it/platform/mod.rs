//! The machinery that knows no hospital word.

pub mod lists;
mod real_lists;
