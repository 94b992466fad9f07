//! Who answers since for an organisation: said and withdrawn on its page.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::model::{NewSuccession, SuccessionKind};
use super::pages::url;
use super::{commands, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageParties;
use crate::app::App;
use crate::kernel::{Error, FieldErrors, Result};
use crate::parties::{OrganisationId, SuccessionId, said};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved, check};

/// What was typed of a succession.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SuccessionForm {
    pub(super) successor: String,
    pub(super) succession_kind: String,
    pub(super) happened_on: String,
    pub(super) perimeter: String,
    pub(super) succession_source: String,
}

impl SuccessionForm {
    fn check(&self) -> Result<NewSuccession> {
        let mut wrong = FieldErrors::default();
        let successor = self.successor.parse::<OrganisationId>().ok();
        if successor.is_none() {
            wrong.add(
                "successor",
                "Choisissez l’organisation qui répond désormais.",
            );
        }
        let kind = SuccessionKind::from_code(&self.succession_kind);
        if kind.is_none() {
            wrong.add(
                "succession_kind",
                "Dites comment l’une a succédé à l’autre.",
            );
        }
        let perimeter = said(&self.perimeter);
        if kind.is_some_and(|kind| !kind.is_whole()) && perimeter.is_none() {
            wrong.add(
                "perimeter",
                "Dites ce qui a été repris : sans cela, rien ne distingue une partie du tout.",
            );
        }
        wrong.done()?;
        let (Some(successor), Some(kind)) = (successor, kind) else {
            return Err(Error::internal("checked above"));
        };
        // A year or « vers 2003 » is no day: the words are kept, never guessed into one.
        let day = said(&self.happened_on);
        let happened_on = day.as_deref().and_then(check::day);
        let happened_on_text = if happened_on.is_some() { None } else { day };
        Ok(NewSuccession {
            successor,
            kind,
            happened_on,
            happened_on_text,
            perimeter,
            source: said(&self.succession_source),
        })
    }
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<OrganisationId>,
    form: Form<SuccessionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let organisation = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&organisation)?;
    let new = form.check()?;
    let successor = queries::find(&mut tx, permit.sees(), new.successor)
        .await
        .map_err(|_| Error::field("successor", "Cette organisation n’est pas dans l’annuaire."))?;
    let event = commands::succeed(&mut tx, covered, &organisation, &successor, new).await?;
    tx.commit(event, url(id)).await
}

pub(super) async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path((id, succession)): Path<(OrganisationId, SuccessionId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let organisation = queries::find(&mut tx, permit.sees(), id).await?;
    let succession = queries::find_succession(&mut tx, id, succession).await?;
    let covered = permit.over(&organisation)?;
    let event = commands::withdraw_succession(&mut tx, covered, &organisation, &succession).await?;
    tx.commit(event, url(id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> SuccessionForm {
        SuccessionForm {
            successor: OrganisationId::fresh().to_string(),
            succession_kind: "acquired".into(),
            happened_on: "2015".into(),
            ..SuccessionForm::default()
        }
    }

    #[test]
    fn a_year_is_kept_as_words_and_never_guessed_into_a_day() {
        let new = form().check().unwrap();
        assert_eq!(
            (new.happened_on, new.happened_on_text.as_deref()),
            (None, Some("2015"))
        );
        let new = SuccessionForm {
            happened_on: "2015-03-17".into(),
            ..form()
        }
        .check()
        .unwrap();
        assert!(new.happened_on.is_some() && new.happened_on_text.is_none());
        let french = SuccessionForm {
            happened_on: "17/03/2015".into(),
            ..form()
        };
        assert_eq!(french.check().unwrap().happened_on, new.happened_on);
    }

    #[test]
    fn a_part_taken_over_says_which_part() {
        let form = SuccessionForm {
            succession_kind: "took_over_range".into(),
            ..form()
        };
        assert!(form.check().is_err());
        assert!(
            SuccessionForm {
                perimeter: "Surveillance du patient".into(),
                ..form
            }
            .check()
            .is_ok()
        );
    }
}
