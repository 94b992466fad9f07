//! Plain words every level may use: no web, no statement of SQL.

pub mod coded;
