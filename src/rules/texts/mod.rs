//! Legal rules as versioned data.
//!
//! A text, periodicity, delay or list is a row of `legal_rule` with its source, its validity and its
//! standing (in force, pending, repealed, to be verified), never a constant: half of the texts a
//! biomedical department lives by changed between 2022 and 2026. A computation takes the rows, says
//! which one it applied, and obliges nobody by a rule that is not in force.

mod api;
mod list;
mod model;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

pub use list::RULES;
pub use model::{Purpose, Rule, RuleStatus};

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/rules/texts", pages::index)
        .lists(&RULES)
        .get("/rules/texts/{id}", pages::show)
        .answers::<api::TextResource>()
}
