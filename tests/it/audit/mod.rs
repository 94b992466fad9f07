//! Who did what.

mod history;
