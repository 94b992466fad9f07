//! One engine for every list: closed filters with operators, quick search, keyset pages both ways,
//! chosen columns, totals, neighbours and export, all from one address.
//!
//! What must always hold: the SQL text comes from `&'static str` alone and what people type only
//! from binds; the scope is in the one selection that pages, totals, neighbours and exports share;
//! reading an address never fails, it warns. The only run-time SQL of the house.

mod clause;
mod export;
mod joins;
mod page;
mod query;
mod rows;
mod schema;
mod spec;
mod sql;
mod unchanged;
mod words;

pub use clause::{Clause, MOST_VALUES, Value};
pub use export::{Format, Sink};
pub use page::{
    Chip, ColumnChoice, FilterField, Head, ListPage, Position, ShownPart, ShownRow, ViewLink, Views,
};
pub use query::{At, Cursor, ListQuery, PER, address, encode};
pub use rows::{COUNTED, Cell, ListRow, Neighbours, Part, Rows, Total};
pub use schema::{PARAMETERS, schema};
pub use spec::{
    Choice, Column, FIELD, IdType, Kind, ListSpec, Op, Reference, ScopeBy, SortType, Tone, Within,
};
pub use sql::Reading;
pub use unchanged::{Unchanged, seen};
pub use words::{Shown, thousands};
