//! Accounts: people who sign in. Deactivated, never deleted; what they did keeps their name.
//!
//! An account is seen by holders of `accounts.users.see` from every place where it holds or held a
//! grant; one that never had a grant, or holds over the group, only from the group. It is changed
//! (name, password, deactivation) only by who reaches *every* place where it holds a grant: see
//! [`queries::Account::covered`] and `src/decisions/003-who-gives-what.md`.

pub mod commands;
pub mod model;
pub mod queries;

pub use queries::USERS;
