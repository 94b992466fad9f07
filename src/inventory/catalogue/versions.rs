//! Software versions of a model: what advisories, SBOM and validations are about.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::form::said;
use super::pages::url;
use super::{ModelId, commands, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageCatalogue;
use crate::app::App;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::{Form, Saved, check};

/// A version as checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Which software of the model.
    pub name: String,
    /// As the maker writes it, never cut nor cast.
    pub number: String,
    /// Released.
    pub released_on: Option<NaiveDate>,
    /// End of support.
    pub support_ends_on: Option<NaiveDate>,
    /// End of security updates.
    pub security_support_ends_on: Option<NaiveDate>,
    /// Note.
    pub note: Option<String>,
}

/// The name of the software when a model has but one.
pub const MAIN_SOFTWARE: &str = "Logiciel";

/// What was typed of a version.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VersionForm {
    pub(super) software: String,
    pub(super) number: String,
    pub(super) released_on: String,
    pub(super) support_ends_on: String,
    pub(super) security_support_ends_on: String,
    pub(super) version_note: String,
}

impl VersionForm {
    pub(super) fn check(&self) -> Result<NewVersion> {
        let mut wrong = FieldErrors::default();
        let number = said(&self.number).unwrap_or_default();
        if number.is_empty() || number.chars().count() > 100 {
            wrong.add(
                "number",
                "La version est attendue, telle que le fabricant l’écrit.",
            );
        }
        let mut day = |field: &str, text: &str| check::maybe_day(&mut wrong, field, text);
        let released_on = day("released_on", &self.released_on);
        let support_ends_on = day("support_ends_on", &self.support_ends_on);
        let security_support_ends_on =
            day("security_support_ends_on", &self.security_support_ends_on);
        wrong.done()?;
        Ok(NewVersion {
            name: said(&self.software).unwrap_or_else(|| MAIN_SOFTWARE.into()),
            number,
            released_on,
            support_ends_on,
            security_support_ends_on,
            note: said(&self.version_note),
        })
    }
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<ModelId>,
    form: Form<VersionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&model)?;
    let (_, event) = commands::add_version(&mut tx, covered, &model, form.check()?).await?;
    tx.commit(event, url(id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_keeps_its_letters_zeros_and_dots() {
        let new = VersionForm {
            number: " B.06.018 ".into(),
            ..VersionForm::default()
        }
        .check()
        .unwrap();
        assert_eq!(
            (new.name.as_str(), new.number.as_str()),
            (MAIN_SOFTWARE, "B.06.018")
        );
        assert!(VersionForm::default().check().is_err());
        assert!(
            VersionForm {
                number: "1".into(),
                released_on: "hier".into(),
                ..VersionForm::default()
            }
            .check()
            .is_err()
        );
    }
}
