//! The pages of devices: the list, the record, the form.

mod as_of;
mod form;
mod head;
mod index;
mod sections;
mod show;

pub use as_of::as_of;
pub use form::{Options, create, edit, new, offered, place_of, update};
pub use head::{Head, Tab};
pub use index::index;
pub use show::{Line, show};
