//! Home: what waits for me, then how are we.
//!
//! Three to five lists of at most seven lines, each line with its reason and its clock, each list
//! ending in the list that shows the rest; then at most four figures, each opening its rows. A role
//! sees the lists of its trade ([`Role`]'s work is the table in `blocks`), over its own scope.

pub mod blocks;
pub mod home;
mod queries;

pub use home::domain;
