//! HTTP as the house speaks it: routes with their access, forms that are checked before they can be
//! read, answers with two faces. No hospital word here.

pub mod assets;
pub mod check;
pub mod context;
pub mod cookies;
pub mod filters;
pub mod form;
pub mod method;
pub mod reply;
pub mod routes;
pub mod told;
pub mod upload;

pub use context::{Context, Face};
pub use form::{Form, Typed};
pub use reply::{Outcome, Page, Saved, View};
pub use routes::Routes;
pub use upload::Upload;
