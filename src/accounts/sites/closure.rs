//! Closing a place: the same small form for each kind of it.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::kernel::{FieldErrors, Result};
use crate::platform::web::check;

/// From when a place is closed; today when nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClosureForm {
    closed_on: String,
}

impl ClosureForm {
    /// The day, or what is wrong with it.
    pub fn day(&self, today: NaiveDate) -> Result<NaiveDate> {
        let mut errors = FieldErrors::default();
        let day = check::maybe_day(&mut errors, "closed_on", &self.closed_on);
        errors.done()?;
        Ok(day.unwrap_or(today))
    }
}
