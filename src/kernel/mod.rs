//! Plain words every room of the house uses: ids, time, errors, events, days as people read them.
//!
//! No HTTP and no statement of SQL here, and no word of the hospital: whoever reads these files
//! knows what the rest of the code takes for granted.

pub mod clock;
pub mod coded;
pub mod date;
pub mod error;
pub mod event;
pub mod health_number;
pub mod id;
pub mod mutants;
pub mod page;
pub mod secret;
pub mod text;

pub use clock::Clock;
pub use error::{Error, FieldErrors, Result};
pub use event::{Event, Subject};
