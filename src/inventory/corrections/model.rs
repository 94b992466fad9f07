//! Which fields may be given one value on many devices, and what a typed value becomes.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::inventory::custom_fields::{CustomField, CustomFieldId, FieldKind};
use crate::inventory::devices::{Criticality, Holding};
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::platform::web::check;

/// Devices corrected at once, at most.
pub const MOST: usize = 20_000;
/// Days during which a correction may be undone.
pub const UNDO_DAYS: u64 = 30;

crate::coded! {
    /// A field of the sheet that may be corrected.
    pub enum SheetField {
        Supplier = "supplier" => "Fournisseur",
        Owner = "owner" => "Propriétaire",
        Holding = "holding" => "Mode de détention",
        HoldingReference = "holding_reference" => "Référence de la convention",
        HoldingEnd = "holding_end_date" => "Fin de détention",
        WarrantyEnd = "warranty_end_date" => "Fin de garantie",
        PurchaseDate = "purchase_date" => "Date d’achat",
        DeliveryDate = "delivery_date" => "Date de livraison",
        MaintenanceCriticality = "maintenance_criticality" => "Criticité de maintenance",
        CareCriticality = "care_criticality" => "Criticité de continuité des soins",
        CyberCriticality = "cyber_criticality" => "Criticité cyber",
        StoresData = "stores_data_locally" => "Conserve des données de patients",
        DataEncrypted = "data_encrypted" => "Données chiffrées",
        MarketNumber = "market_number" => "N° de marché",
        OrderNumber = "order_number" => "N° de commande",
        AccountCode = "account_code" => "Compte",
        LocalName = "local_name" => "Nom local",
        Note = "note" => "Remarques",
    }
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line of at most so many characters.
    Line(usize),
    /// A day.
    Day,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// One of a list: code and label.
    Choice(Vec<(String, String)>),
    /// A maker or supplier, by its id.
    Organisation,
}

/// The field given a value.
#[derive(Clone, Debug)]
pub enum Target {
    /// Of the sheet.
    Sheet(SheetField),
    /// Of those people defined.
    Custom(CustomField),
}

fn coded<T: Copy>(all: &[T], code: fn(T) -> &'static str, label: fn(T) -> &'static str) -> Form {
    let pair = |one: &T| (code(*one).to_owned(), label(*one).to_owned());
    Form::Choice(all.iter().map(pair).collect())
}

impl Target {
    /// As the database and addresses write it.
    pub fn code(&self) -> String {
        match self {
            Self::Sheet(field) => field.code().to_owned(),
            Self::Custom(field) => format!("custom:{}", field.id),
        }
    }

    /// As read.
    pub fn label(&self) -> String {
        match self {
            Self::Sheet(field) => field.label().to_owned(),
            Self::Custom(field) => field.label.clone(),
        }
    }

    /// The one of that code.
    pub fn from_code(code: &str, fields: &[CustomField]) -> Option<Self> {
        if let Some(id) = code.strip_prefix("custom:") {
            let id: CustomFieldId = id.parse().ok()?;
            return fields
                .iter()
                .find(|field| field.id == id)
                .cloned()
                .map(Self::Custom);
        }
        SheetField::from_code(code).map(Self::Sheet)
    }

    /// What its value is.
    pub fn form(&self) -> Form {
        match self {
            Self::Sheet(field) => match field {
                SheetField::Supplier | SheetField::Owner => Form::Organisation,
                SheetField::Holding => coded(Holding::ALL, Holding::code, Holding::label),
                SheetField::MaintenanceCriticality
                | SheetField::CareCriticality
                | SheetField::CyberCriticality => {
                    coded(Criticality::ALL, Criticality::code, Criticality::label)
                }
                SheetField::HoldingEnd
                | SheetField::WarrantyEnd
                | SheetField::PurchaseDate
                | SheetField::DeliveryDate => Form::Day,
                SheetField::StoresData | SheetField::DataEncrypted => Form::Flag,
                SheetField::Note => Form::Line(2_000),
                SheetField::LocalName | SheetField::HoldingReference => Form::Line(200),
                SheetField::MarketNumber | SheetField::OrderNumber | SheetField::AccountCode => {
                    Form::Line(100)
                }
            },
            Self::Custom(field) => match field.kind {
                FieldKind::Text => Form::Line(500),
                FieldKind::Number => Form::Number,
                FieldKind::Date => Form::Day,
                FieldKind::YesNo => Form::Flag,
                FieldKind::Choice => Form::Choice(
                    field
                        .choices
                        .iter()
                        .map(|one| (one.clone(), one.clone()))
                        .collect(),
                ),
            },
        }
    }

    /// A typed value as it is written; nothing = cleared.
    pub fn read(&self, typed: &str) -> Result<Option<String>> {
        let mut errors = FieldErrors::default();
        let value = match self.form() {
            Form::Line(longest) => check::maybe_line(&mut errors, "value", typed, longest),
            Form::Day => check::maybe_day(&mut errors, "value", typed).map(|day| day.to_string()),
            Form::Number => crate::inventory::custom_fields::number(&mut errors, "value", typed),
            Form::Flag => check::maybe_code(&mut errors, "value", typed, |code| match code {
                "true" | "oui" => Some("true".to_owned()),
                "false" | "non" => Some("false".to_owned()),
                _ => None,
            }),
            Form::Choice(choices) => check::maybe_code(&mut errors, "value", typed, |code| {
                choices
                    .iter()
                    .find(|(known, _)| known == code)
                    .map(|(code, _)| code.clone())
            }),
            Form::Organisation => {
                let id: Option<Uuid> = check::maybe_chosen(&mut errors, "value", typed);
                id.map(|id| id.to_string())
            }
        };
        errors.done()?;
        Ok(value)
    }

    /// A written value in words; an organisation is named by `names`.
    pub fn words(
        &self,
        value: Option<&str>,
        names: &std::collections::HashMap<String, String>,
    ) -> String {
        let Some(value) = value else {
            return "vide".to_owned();
        };
        match self.form() {
            Form::Day => value
                .parse::<NaiveDate>()
                .map_or_else(|_| value.to_owned(), date::short),
            Form::Flag => if value == "true" { "oui" } else { "non" }.to_owned(),
            Form::Number => value.replace('.', ","),
            Form::Choice(choices) => choices
                .into_iter()
                .find(|(code, _)| code == value)
                .map_or_else(|| value.to_owned(), |(_, label)| label),
            Form::Organisation => names
                .get(value)
                .cloned()
                .unwrap_or_else(|| "organisme inconnu".to_owned()),
            Form::Line(_) => value.to_owned(),
        }
    }
}

/// What a device says now in the field, and the words given where a day is not known.
#[derive(Clone, Debug)]
pub struct Current {
    /// The device.
    pub id: Uuid,
    /// Its inventory number.
    pub inventory_number: String,
    /// What it is.
    pub name: String,
    /// Where it stands.
    pub establishment_id: Uuid,
    /// Its unit.
    pub unit_id: Option<Uuid>,
    /// The value, as written.
    pub value: Option<String>,
    /// Words in the place of a day.
    pub words: Option<String>,
    /// Its entry was annulled.
    pub annulled: bool,
}

impl Current {
    /// Would it change?
    pub fn differs(&self, value: Option<&str>) -> bool {
        self.value.as_deref() != value || self.words.is_some()
    }
}

/// The number somebody typed to confirm must be the number previewed.
pub fn confirmed(typed: &str, count: i64) -> Result<()> {
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}')
        .collect();
    if digits.parse() == Ok(count) {
        Ok(())
    } else {
        Err(Error::field(
            "confirm",
            format!(
                "« {} » n’est pas le nombre d’équipements à modifier : tapez {count} pour confirmer.",
                typed.trim()
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_its_field_wants_and_said_back_in_words() {
        let none = std::collections::HashMap::new();
        let warranty = Target::Sheet(SheetField::WarrantyEnd);
        let value = warranty.read("31/12/2027").unwrap();
        assert_eq!(value.as_deref(), Some("2027-12-31"));
        assert_eq!(
            warranty.words(value.as_deref(), &none),
            "31\u{a0}déc.\u{a0}2027"
        );
        assert!(warranty.read("bientôt").is_err());
        let weight = Target::Sheet(SheetField::CareCriticality);
        assert_eq!(weight.read("vital").unwrap().as_deref(), Some("vital"));
        assert!(weight.read("énorme").is_err());
        assert_eq!(weight.read("").unwrap(), None);
        assert_eq!(weight.words(None, &none), "vide");
    }

    #[test]
    fn only_the_previewed_number_confirms() {
        assert!(confirmed(" 1 243", 1243).is_ok());
        for wrong in ["", "1242", "oui", "-1243"] {
            assert!(confirmed(wrong, 1243).is_err(), "{wrong}");
        }
    }
}
