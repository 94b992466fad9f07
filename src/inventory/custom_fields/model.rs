//! What a custom field is, and what a typed value becomes under it.

use super::CustomFieldId;
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Place, Placed};
use crate::kernel::FieldErrors;
use crate::platform::web::check;

crate::coded! {
    /// What a field holds.
    pub enum FieldKind {
        Text = "text" => "Texte",
        Number = "number" => "Nombre",
        Date = "date" => "Date",
        Choice = "choice" => "Choix dans une liste",
        YesNo = "yes_no" => "Oui ou non",
    }
}

/// A field as kept.
#[derive(Clone, Debug)]
pub struct CustomField {
    /// Its id.
    pub id: CustomFieldId,
    /// Whose; none = the group's.
    pub establishment_id: Option<EstablishmentId>,
    /// Its name.
    pub establishment: Option<String>,
    /// As people read it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// The list, for a choice.
    pub choices: Vec<String>,
    /// Said under the input.
    pub help: Option<String>,
    /// Its rank.
    pub position: i32,
    /// No longer asked.
    pub withdrawn: bool,
    /// Counts edits.
    pub version: i32,
}

impl Placed for CustomField {
    fn place(&self) -> Place {
        self.establishment_id
            .map_or(Place::SHARED, Place::establishment)
    }
}

/// A field, checked.
#[derive(Clone, Debug)]
pub struct NewField {
    /// Whose; none = the group's.
    pub establishment: Option<EstablishmentId>,
    /// As people read it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// The list, for a choice.
    pub choices: Vec<String>,
    /// Said under the input.
    pub help: Option<String>,
    /// Its rank.
    pub position: i32,
}

/// A decimal number as people type it, as it is written: `1 200,5` is `1200.5`.
pub fn number(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<String> {
    let compact: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}' && *c != '\u{a0}')
        .collect::<String>()
        .replace(',', ".");
    if compact.is_empty() {
        return None;
    }
    let digits = compact.strip_prefix('-').unwrap_or(&compact);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let fits = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !fits(whole, 12) || !fits(fraction, 6) {
        errors.add(
            field,
            format!("« {} » n’est pas un nombre de la forme 1 200,5 (douze chiffres et six décimales au plus).", typed.trim()),
        );
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let sign = if compact.starts_with('-') && !(whole.is_empty() && fraction.is_empty()) {
        "-"
    } else {
        ""
    };
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

impl CustomField {
    /// A typed value as it is written; nothing typed = nothing said.
    pub fn read(&self, errors: &mut FieldErrors, name: &str, typed: &str) -> Option<String> {
        match self.kind {
            FieldKind::Text => check::maybe_line(errors, name, typed, 500),
            FieldKind::Number => number(errors, name, typed),
            FieldKind::Date => check::maybe_day(errors, name, typed).map(|day| day.to_string()),
            FieldKind::Choice => check::maybe_code(errors, name, typed, |typed| {
                self.choices
                    .iter()
                    .find(|one| one.to_lowercase() == typed.to_lowercase())
                    .cloned()
            }),
            FieldKind::YesNo => check::maybe_code(errors, name, typed, |typed| {
                match typed.to_lowercase().as_str() {
                    "true" | "oui" | "1" => Some("true".to_owned()),
                    "false" | "non" | "0" => Some("false".to_owned()),
                    _ => None,
                }
            }),
        }
    }

    /// A written value in words.
    pub fn words(&self, value: &str) -> String {
        match self.kind {
            FieldKind::Number => value.replace('.', ","),
            FieldKind::Date => value
                .parse()
                .map_or_else(|_| value.to_owned(), crate::kernel::date::short),
            FieldKind::YesNo => if value == "true" { "oui" } else { "non" }.to_owned(),
            FieldKind::Text | FieldKind::Choice => value.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_the_french_way_and_written_one_way() {
        let mut errors = FieldErrors::default();
        for (typed, written) in [
            ("1 200,50", "1200.5"),
            ("007", "7"),
            ("-0,0", "0"),
            ("-3.25", "-3.25"),
            ("0", "0"),
        ] {
            assert_eq!(
                number(&mut errors, "n", typed).as_deref(),
                Some(written),
                "{typed}"
            );
        }
        assert!(errors.is_empty());
        for wrong in ["1e5", "douze", "1,", "1,1234567", "--1"] {
            assert_eq!(number(&mut errors, "n", wrong), None, "{wrong}");
        }
        assert!(!errors.is_empty());
    }
}
