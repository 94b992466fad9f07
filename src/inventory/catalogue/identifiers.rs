//! Device identifiers (UDI-DI) of a model, one a packaging level: given and withdrawn on its page.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::form::said;
use super::model::{UdiIssuer, UdiLevel};
use super::pages::url;
use super::udi::mod10_holds;
use super::{IdentifierId, ModelId, commands, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageCatalogue;
use crate::app::App;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved};

/// An identifier as checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentifier {
    /// Who gives it.
    pub issuer: UdiIssuer,
    /// The identifier; a GTIN is kept in fourteen digits.
    pub code: String,
    /// Packaging level.
    pub level: UdiLevel,
    /// What a package contains, by its identifier.
    pub contains: Option<String>,
    /// How many.
    pub contains_quantity: Option<i32>,
    /// Its last day on labels.
    pub ends_on: Option<NaiveDate>,
}

/// What is doubtful in an identifier; it is kept all the same, as labels themselves carry mistakes.
pub fn doubt(issuer: UdiIssuer, code: &str) -> Option<&'static str> {
    match issuer {
        UdiIssuer::Gs1 if code.len() != 14 || !code.bytes().all(|b| b.is_ascii_digit()) => {
            Some("un GTIN a quatorze chiffres")
        }
        UdiIssuer::Gs1 if !mod10_holds(code) => Some("clé de contrôle fausse"),
        UdiIssuer::Hibcc
            if !code
                .chars()
                .next()
                .is_some_and(|c| c.is_ascii_alphabetic() || c == '+') =>
        {
            Some("un identifiant HIBCC commence par une lettre")
        }
        _ => None,
    }
}

impl NewIdentifier {
    /// What is doubtful in it.
    pub fn doubt(&self) -> Option<&'static str> {
        doubt(self.issuer, &self.code)
    }
}

/// What was typed of an identifier.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentifierForm {
    pub(super) issuer: String,
    pub(super) code: String,
    pub(super) level: String,
    pub(super) contains: String,
    pub(super) contains_quantity: String,
}

impl IdentifierForm {
    pub(super) fn check(&self) -> Result<NewIdentifier> {
        let mut wrong = FieldErrors::default();
        let issuer = UdiIssuer::from_code(&self.issuer);
        let level = UdiLevel::from_code(&self.level);
        if issuer.is_none() {
            wrong.add("issuer", "Dites quelle entité a attribué l’identifiant.");
        }
        if level.is_none() {
            wrong.add("level", "Dites à quel niveau d’emballage il correspond.");
        }
        let mut code = said(&self.code).unwrap_or_default();
        // GTIN-8, 12 and 13 are the same numbers with leading zeros left out.
        if issuer == Some(UdiIssuer::Gs1)
            && matches!(code.len(), 8 | 12 | 13)
            && code.bytes().all(|b| b.is_ascii_digit())
        {
            code = format!("{code:0>14}");
        }
        if !(6..=35).contains(&code.chars().count()) || code.chars().any(char::is_whitespace) {
            wrong.add(
                "code",
                "Un identifiant a de 6 à 35 caractères, sans espace : 09520000000015.",
            );
        }
        let contains = said(&self.contains);
        let quantity =
            said(&self.contains_quantity).map(|text| text.parse::<i32>().ok().filter(|n| *n > 0));
        if quantity == Some(None) {
            wrong.add("contains_quantity", "Un nombre entier est attendu.");
        }
        let contains_quantity = quantity.flatten();
        if contains.is_some() != contains_quantity.is_some() {
            wrong.add(
                "contains_quantity",
                "Un emballage dit ce qu’il contient et combien.",
            );
        }
        if contains.is_some() && level.is_some_and(|level| level != UdiLevel::Package) {
            wrong.add("level", "Seul un emballage contient autre chose.");
        }
        wrong.done()?;
        let (Some(issuer), Some(level)) = (issuer, level) else {
            return Err(Error::internal("checked above"));
        };
        Ok(NewIdentifier {
            issuer,
            code,
            level,
            contains,
            contains_quantity,
            ends_on: None,
        })
    }
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<ModelId>,
    form: Form<IdentifierForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&model)?;
    let event = commands::add_identifier(&mut tx, covered, &model, form.check()?).await?;
    tx.commit(event, url(id)).await
}

pub(super) async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path((id, identifier)): Path<(ModelId, IdentifierId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let kept = queries::identifiers(&mut tx, id)
        .await?
        .into_iter()
        .find(|kept| kept.id == identifier)
        .ok_or(Error::NotFound)?;
    let covered = permit.over(&model)?;
    let event = commands::remove_identifier(&mut tx, covered, &model, &kept).await?;
    tx.commit(event, url(id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(code: &str) -> IdentifierForm {
        IdentifierForm {
            issuer: "gs1".into(),
            code: code.into(),
            level: "base".into(),
            ..IdentifierForm::default()
        }
    }

    #[test]
    fn a_short_gtin_is_kept_in_fourteen_digits() {
        let new = typed("9506000134352").check().unwrap();
        assert_eq!((new.code.as_str(), new.doubt()), ("09506000134352", None));
    }

    #[test]
    fn a_wrong_check_digit_is_said_and_never_refused() {
        let new = typed("09506000134377").check().unwrap();
        assert_eq!(new.doubt(), Some("clé de contrôle fausse"));
    }

    #[test]
    fn a_package_says_what_it_contains_and_how_many() {
        assert!(
            IdentifierForm {
                contains: "09506000134352".into(),
                ..typed("19506000134359")
            }
            .check()
            .is_err()
        );
        let package = IdentifierForm {
            contains: "09506000134352".into(),
            contains_quantity: "10".into(),
            level: "package".into(),
            ..typed("19506000134359")
        };
        assert_eq!(package.check().unwrap().contains_quantity, Some(10));
        assert!(
            IdentifierForm {
                level: "base".into(),
                ..package
            }
            .check()
            .is_err()
        );
    }
}
