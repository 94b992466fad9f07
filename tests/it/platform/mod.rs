//! The machinery that knows no hospital word.

mod lists;
mod real_lists;
