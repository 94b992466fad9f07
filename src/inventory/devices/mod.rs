//! Devices: what the hospital exploits, one by one, whoever owns them.
//!
//! A device is a model somewhere, with its own identifiers, holding, dates and life. What must always hold:
//! - the seven items of art. R.5212-28 1° CSP (common name, trade name, manufacturer, supplier, serial
//!   number, location, date of first service) are each present, missing, or « sans objet » with a reason;
//! - a day nobody knows is empty beside the words that were given, never a guess;
//! - its state changes only by the named transitions of [`crate::inventory::states`];
//! - entered by mistake it is annulled within 24 hours, else it lives a whole life; it is never deleted;
//! - a standard exchange changes its serial number, and the former one stays in its history.

pub mod lifecycle;
mod list;
mod model;

pub use list::DEVICES;
pub use model::{
    Annulment, Criticality, Holding, IdentifierKind, Item, ItemStanding, ItemState, LoanStanding,
    NumberPattern, RemoteAccess, annulment, clock_words, holding_standing, items, label_code,
    loan_standing, present_count,
};
