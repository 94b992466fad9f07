//! A model as typed, and as checked.

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::model::{
    AppliedParts, ClassMistake, ClassSource, ClassSuffix, ElectricalClass, Qualification,
    RegulatedFamily, Regulation, RiskClass, check_class,
};
use super::queries::Model;
use crate::kernel::{FieldErrors, Result, text};
use crate::platform::web::check;

/// A model as checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each field is the one of the model it makes, documented there"
)]
pub struct NewModel {
    pub common_name: Option<String>,
    pub trade_name: Option<String>,
    pub reference: Option<String>,
    pub manufacturer: Option<Uuid>,
    pub qualification: Option<Qualification>,
    pub regulation: Option<Regulation>,
    pub risk_class: Option<RiskClass>,
    pub class_suffixes: Vec<ClassSuffix>,
    pub class_rule: Option<String>,
    pub class_source: Option<ClassSource>,
    pub is_in_house: bool,
    pub in_house_basis: Option<String>,
    pub ce_mark: Option<bool>,
    pub notified_body: Option<String>,
    pub basic_udi_di: Option<String>,
    pub intended_purpose: Option<String>,
    pub is_dmn: Option<bool>,
    pub is_ai: Option<bool>,
    pub is_ionising: Option<bool>,
    pub regulated_family: Option<RegulatedFamily>,
    pub is_implantable: Option<bool>,
    pub is_measuring: Option<bool>,
    pub is_imaging: Option<bool>,
    pub is_laser: Option<bool>,
    pub is_sterile: Option<bool>,
    pub is_single_use: Option<bool>,
    pub is_networked: Option<bool>,
    pub stores_personal_data: Option<bool>,
    pub electrical_class: Option<ElectricalClass>,
    pub applied_parts: Option<AppliedParts>,
    pub expected_life_years: Option<i32>,
    pub sale_ends_on: Option<NaiveDate>,
    pub parts_support_ends_on: Option<NaiveDate>,
    pub software_support_ends_on: Option<NaiveDate>,
    pub security_support_ends_on: Option<NaiveDate>,
    pub training_required: Option<bool>,
    pub training_note: Option<String>,
    pub cleaning_note: Option<String>,
    pub note: Option<String>,
}

impl NewModel {
    /// How it is called in a sentence.
    pub fn words(&self) -> String {
        self.trade_name
            .clone()
            .or_else(|| self.common_name.clone())
            .or_else(|| self.reference.clone())
            .unwrap_or_default()
    }

    pub(super) fn suffix_codes(&self) -> Vec<String> {
        self.class_suffixes
            .iter()
            .map(|suffix| suffix.code().to_owned())
            .collect()
    }
}

/// What was typed of a model.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the texts of the fields of the model, documented there"
)]
pub struct ModelForm {
    pub common_name: String,
    pub trade_name: String,
    pub reference: String,
    pub manufacturer: String,
    pub qualification: String,
    pub regulation: String,
    pub risk_class: String,
    pub class_suffixes: Vec<String>,
    pub class_rule: String,
    pub class_source: String,
    pub is_in_house: String,
    pub in_house_basis: String,
    pub ce_mark: String,
    pub notified_body: String,
    pub basic_udi_di: String,
    pub intended_purpose: String,
    pub is_dmn: String,
    pub is_ai: String,
    pub is_ionising: String,
    pub regulated_family: String,
    pub is_implantable: String,
    pub is_measuring: String,
    pub is_imaging: String,
    pub is_laser: String,
    pub is_sterile: String,
    pub is_single_use: String,
    pub is_networked: String,
    pub stores_personal_data: String,
    pub electrical_class: String,
    pub applied_parts: String,
    pub expected_life_years: String,
    pub sale_ends_on: String,
    pub parts_support_ends_on: String,
    pub software_support_ends_on: String,
    pub security_support_ends_on: String,
    pub training_required: String,
    pub training_note: String,
    pub cleaning_note: String,
    pub note: String,
    pub version: String,
    /// Ticked when models of a near name were seen and this is another.
    pub distinct: String,
}

/// A text that says something, without the blanks around.
pub(super) fn said(text: &str) -> Option<String> {
    text::maybe(text)
}

/// Reads fields one by one and keeps what is wrong.
struct Reader<'a>(&'a mut FieldErrors);

impl Reader<'_> {
    fn code<T>(&mut self, field: &str, text: &str, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = said(text)?;
        let value = of(&text);
        if value.is_none() {
            self.0
                .add(field, format!("« {text} » n’est pas un choix proposé."));
        }
        value
    }

    /// Yes, no, or nobody has said.
    fn answer(&mut self, field: &str, text: &str) -> Option<bool> {
        self.code(field, text, |text| match text {
            "yes" | "true" => Some(true),
            "no" | "false" => Some(false),
            _ => None,
        })
    }

    fn day(&mut self, field: &str, text: &str) -> Option<NaiveDate> {
        check::maybe_day(self.0, field, text)
    }

    fn text(&mut self, field: &str, text: &str, most: usize) -> Option<String> {
        let text = said(text)?;
        if text.chars().count() > most {
            self.0.add(field, format!("{most} caractères au plus."));
        }
        Some(text)
    }
}

fn answer_text(answer: Option<bool>) -> String {
    match answer {
        Some(true) => "yes".into(),
        Some(false) => "no".into(),
        None => String::new(),
    }
}

impl ModelForm {
    /// Filled from what is kept.
    pub fn of(kept: &Model) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let day = |value: Option<NaiveDate>| value.map(|day| day.to_string()).unwrap_or_default();
        Self {
            common_name: text(&kept.common_name),
            trade_name: text(&kept.trade_name),
            reference: text(&kept.reference),
            manufacturer: kept
                .manufacturer_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            qualification: kept.qualification.map_or("", Qualification::code).into(),
            regulation: kept.regulation.map_or("", Regulation::code).into(),
            risk_class: kept.risk_class.map_or("", RiskClass::code).into(),
            class_suffixes: kept.class_suffixes.clone(),
            class_rule: text(&kept.class_rule),
            class_source: kept.class_source.map_or("", ClassSource::code).into(),
            is_in_house: if kept.is_in_house {
                "true".into()
            } else {
                String::new()
            },
            in_house_basis: text(&kept.in_house_basis),
            ce_mark: answer_text(kept.ce_mark),
            notified_body: text(&kept.notified_body),
            basic_udi_di: text(&kept.basic_udi_di),
            intended_purpose: text(&kept.intended_purpose),
            is_dmn: answer_text(kept.is_dmn),
            is_ai: answer_text(kept.is_ai),
            is_ionising: answer_text(kept.is_ionising),
            regulated_family: kept
                .regulated_family
                .map_or("", RegulatedFamily::code)
                .into(),
            is_implantable: answer_text(kept.is_implantable),
            is_measuring: answer_text(kept.is_measuring),
            is_imaging: answer_text(kept.is_imaging),
            is_laser: answer_text(kept.is_laser),
            is_sterile: answer_text(kept.is_sterile),
            is_single_use: answer_text(kept.is_single_use),
            is_networked: answer_text(kept.is_networked),
            stores_personal_data: answer_text(kept.stores_personal_data),
            electrical_class: kept
                .electrical_class
                .map_or("", ElectricalClass::code)
                .into(),
            applied_parts: kept.applied_parts.map_or("", AppliedParts::code).into(),
            expected_life_years: kept
                .expected_life_years
                .map(|years| years.to_string())
                .unwrap_or_default(),
            sale_ends_on: day(kept.sale_ends_on),
            parts_support_ends_on: day(kept.parts_support_ends_on),
            software_support_ends_on: day(kept.software_support_ends_on),
            security_support_ends_on: day(kept.security_support_ends_on),
            training_required: answer_text(kept.training_required),
            training_note: text(&kept.training_note),
            cleaning_note: text(&kept.cleaning_note),
            note: text(&kept.note),
            version: kept.version.to_string(),
            distinct: String::new(),
        }
    }

    /// Typed values, or what is wrong with them.
    pub fn check(&self) -> Result<NewModel> {
        let mut wrong = FieldErrors::default();
        let mut read = Reader(&mut wrong);
        let mut new = NewModel {
            common_name: read.text("common_name", &self.common_name, 300),
            trade_name: read.text("trade_name", &self.trade_name, 300),
            reference: read.text("reference", &self.reference, 200),
            manufacturer: read.code("manufacturer", &self.manufacturer, |text| text.parse().ok()),
            qualification: read.code(
                "qualification",
                &self.qualification,
                Qualification::from_code,
            ),
            regulation: read.code("regulation", &self.regulation, Regulation::from_code),
            risk_class: read.code("risk_class", &self.risk_class, RiskClass::from_code),
            class_suffixes: self
                .class_suffixes
                .iter()
                .filter_map(|code| read.code("class_suffixes", code, ClassSuffix::from_code))
                .collect(),
            class_rule: read.text("class_rule", &self.class_rule, 300),
            class_source: read.code("class_source", &self.class_source, ClassSource::from_code),
            is_in_house: self.is_in_house == "true",
            in_house_basis: read.text("in_house_basis", &self.in_house_basis, 2_000),
            ce_mark: read.answer("ce_mark", &self.ce_mark),
            notified_body: read.text("notified_body", &self.notified_body, 4),
            basic_udi_di: read.text("basic_udi_di", &self.basic_udi_di, 25),
            intended_purpose: read.text("intended_purpose", &self.intended_purpose, 10_000),
            is_dmn: read.answer("is_dmn", &self.is_dmn),
            is_ai: read.answer("is_ai", &self.is_ai),
            is_ionising: read.answer("is_ionising", &self.is_ionising),
            regulated_family: read.code(
                "regulated_family",
                &self.regulated_family,
                RegulatedFamily::from_code,
            ),
            is_implantable: read.answer("is_implantable", &self.is_implantable),
            is_measuring: read.answer("is_measuring", &self.is_measuring),
            is_imaging: read.answer("is_imaging", &self.is_imaging),
            is_laser: read.answer("is_laser", &self.is_laser),
            is_sterile: read.answer("is_sterile", &self.is_sterile),
            is_single_use: read.answer("is_single_use", &self.is_single_use),
            is_networked: read.answer("is_networked", &self.is_networked),
            stores_personal_data: read.answer("stores_personal_data", &self.stores_personal_data),
            electrical_class: read.code(
                "electrical_class",
                &self.electrical_class,
                ElectricalClass::from_code,
            ),
            applied_parts: read.code(
                "applied_parts",
                &self.applied_parts,
                AppliedParts::from_code,
            ),
            expected_life_years: read.code(
                "expected_life_years",
                &self.expected_life_years,
                |text| text.parse().ok().filter(|years| (1..=60).contains(years)),
            ),
            sale_ends_on: read.day("sale_ends_on", &self.sale_ends_on),
            parts_support_ends_on: read.day("parts_support_ends_on", &self.parts_support_ends_on),
            software_support_ends_on: read
                .day("software_support_ends_on", &self.software_support_ends_on),
            security_support_ends_on: read
                .day("security_support_ends_on", &self.security_support_ends_on),
            training_required: read.answer("training_required", &self.training_required),
            training_note: read.text("training_note", &self.training_note, 2_000),
            cleaning_note: read.text("cleaning_note", &self.cleaning_note, 2_000),
            note: read.text("note", &self.note, 5_000),
        };
        new.class_suffixes.sort();
        new.class_suffixes.dedup();
        if new.common_name.is_none() && new.trade_name.is_none() && new.reference.is_none() {
            wrong.add(
                "trade_name",
                "Donnez au moins une dénomination ou une référence.",
            );
        }
        if let Err(mistake) = check_class(
            new.qualification,
            new.regulation,
            new.risk_class,
            &new.class_suffixes,
        ) {
            let field = match mistake {
                ClassMistake::RegulationMissing => "regulation",
                ClassMistake::ClassOfAnotherRegulation => "risk_class",
                ClassMistake::SuffixNotOfThisClass => "class_suffixes",
                ClassMistake::QualificationDisagrees => "qualification",
            };
            wrong.add(field, mistake.sentence());
        }
        if new
            .notified_body
            .as_deref()
            .is_some_and(|number| number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()))
        {
            wrong.add(
                "notified_body",
                "Un organisme notifié se désigne par quatre chiffres : 0459.",
            );
        }
        if new.in_house_basis.is_some() && !new.is_in_house {
            wrong.add(
                "in_house_basis",
                "La justification ne va qu’avec une fabrication interne : cochez la case.",
            );
        }
        if new.is_ai == Some(true) && new.is_dmn == Some(false) {
            wrong.add(
                "is_dmn",
                "Un modèle à intelligence artificielle est numérique.",
            );
        }
        wrong.done()?;
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Error;

    fn wrong(form: &ModelForm) -> Vec<String> {
        match form.check() {
            Err(Error::Invalid(errors)) => {
                errors.all().map(|(field, _)| field.to_owned()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn named() -> ModelForm {
        ModelForm {
            trade_name: "IntelliVue MX750".into(),
            ..ModelForm::default()
        }
    }

    #[test]
    fn what_nobody_said_is_unknown_and_not_no() {
        let new = named().check().unwrap();
        assert_eq!((new.is_dmn, new.is_ai, new.regulation), (None, None, None));
        assert_eq!(
            ModelForm {
                is_ai: "no".into(),
                ..named()
            }
            .check()
            .unwrap()
            .is_ai,
            Some(false)
        );
    }

    #[test]
    fn a_model_has_a_name_or_a_reference() {
        assert_eq!(wrong(&ModelForm::default()), ["trade_name"]);
        assert!(
            ModelForm {
                reference: "866471".into(),
                ..ModelForm::default()
            }
            .check()
            .is_ok()
        );
    }

    #[test]
    fn a_class_is_refused_without_its_regulation_and_under_another() {
        assert_eq!(
            wrong(&ModelForm {
                risk_class: "IIb".into(),
                ..named()
            }),
            ["regulation"]
        );
        assert_eq!(
            wrong(&ModelForm {
                risk_class: "IIb".into(),
                regulation: "ivdr".into(),
                ..named()
            }),
            ["risk_class"]
        );
        assert!(
            ModelForm {
                risk_class: "IIb".into(),
                regulation: "mdr".into(),
                ..named()
            }
            .check()
            .is_ok()
        );
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert_eq!(
            wrong(&ModelForm {
                notified_body: "45".into(),
                ..named()
            }),
            ["notified_body"]
        );
        assert_eq!(
            wrong(&ModelForm {
                in_house_basis: "besoin propre".into(),
                ..named()
            }),
            ["in_house_basis"]
        );
        assert_eq!(
            wrong(&ModelForm {
                is_ai: "yes".into(),
                is_dmn: "no".into(),
                ..named()
            }),
            ["is_dmn"]
        );
        assert_eq!(
            wrong(&ModelForm {
                expected_life_years: "cent".into(),
                ..named()
            }),
            ["expected_life_years"]
        );
        assert_eq!(
            wrong(&ModelForm {
                sale_ends_on: "bientôt".into(),
                ..named()
            }),
            ["sale_ends_on"]
        );
        assert_eq!(
            wrong(&ModelForm {
                is_laser: "maybe".into(),
                ..named()
            }),
            ["is_laser"]
        );
    }
}
