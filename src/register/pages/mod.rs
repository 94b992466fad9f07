//! The pages of registers: one device, several, a line, the form, the codes.

mod acts;
mod codes;
mod device;
mod exports;
mod form;
mod groups;
mod lines;
mod view;

pub use acts::{annul, correct, corrections_new, create, new};
pub use codes::index as codes;
pub use device::show as device;
pub use exports::{device as export_device, family as export_family, unit as export_unit};
pub use groups::{family, unit};
pub use lines::{index, show as line};
pub(super) use view::{LineView, view};
