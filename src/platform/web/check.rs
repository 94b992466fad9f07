//! From texts to values: each check adds a French message that names what was read and what was
//! expected, and never stops at the first mistake.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::kernel::{Error, FieldErrors, Result, text};

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

/// A line that must be there, of at most `longest` characters.
pub fn line(errors: &mut FieldErrors, field: &str, typed: &str, longest: usize) -> Option<String> {
    let found = maybe_line(errors, field, typed, longest);
    if found.is_none() && errors.of(field).is_none() {
        errors.add(field, "Ce champ est obligatoire.");
    }
    found
}

/// A line that may be empty.
pub fn maybe_line(
    errors: &mut FieldErrors,
    field: &str,
    typed: &str,
    longest: usize,
) -> Option<String> {
    let found = text::maybe(typed)?;
    let length = found.chars().count();
    if length > longest {
        errors.add(
            field,
            format!(
                "« {}… » a {length} caractères : la limite est de {longest}.",
                found.chars().take(30).collect::<String>()
            ),
        );
        return None;
    }
    if found.contains('\n') || text::is_disguised(&found) {
        errors.add(
            field,
            "Ce texte contient des caractères invisibles ou un retour à la ligne : retapez-le.",
        );
        return None;
    }
    Some(found)
}

/// Free text of several lines that may be empty.
pub fn maybe_paragraph(
    errors: &mut FieldErrors,
    field: &str,
    typed: &str,
    longest: usize,
) -> Option<String> {
    let found = text::maybe(&typed.replace("\r\n", "\n"))?;
    let length = found.chars().count();
    if length > longest {
        errors.add(
            field,
            format!("Ce texte a {length} caractères : la limite est de {longest}."),
        );
        return None;
    }
    if text::is_disguised(&found) {
        errors.add(
            field,
            "Ce texte contient des caractères invisibles : retapez-le.",
        );
        return None;
    }
    Some(found)
}

/// Something that must be chosen (an id, a code).
pub fn chosen<T: FromStr>(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<T> {
    if typed.trim().is_empty() {
        errors.add(field, "Choisissez une valeur.");
        return None;
    }
    maybe_chosen(errors, field, typed)
}

/// Something that may be chosen.
pub fn maybe_chosen<T: FromStr>(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<T> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let found = typed.parse().ok();
    if found.is_none() {
        errors.add(field, format!("« {typed} » n’est pas dans la liste."));
    }
    found
}

/// One of a closed list of codes.
pub fn maybe_code<T>(
    errors: &mut FieldErrors,
    field: &str,
    typed: &str,
    of: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let found = of(typed);
    if found.is_none() {
        errors.add(field, format!("« {typed} » n’est pas dans la liste."));
    }
    found
}

/// A day as people and programs write it: `23/11/2026` or `2026-11-23`.
pub fn day(typed: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(typed, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(typed, "%d/%m/%Y"))
        .ok()
        .filter(|day| (1900..=2200).contains(&chrono::Datelike::year(day)))
}

/// A day that may be empty: `2026-11-23` or `23/11/2026`.
pub fn maybe_day(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<NaiveDate> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let found = day(typed);
    if found.is_none() {
        errors.add(
            field,
            format!("« {typed} » n’est pas une date : écrivez-la 23/11/2026."),
        );
    }
    found
}

/// A whole number that may be empty, within bounds.
pub fn maybe_number(
    errors: &mut FieldErrors,
    field: &str,
    typed: &str,
    bounds: std::ops::RangeInclusive<i64>,
) -> Option<i64> {
    let compact: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if compact.is_empty() {
        return None;
    }
    let found = compact.parse().ok().filter(|n| bounds.contains(n));
    if found.is_none() {
        errors.add(
            field,
            format!(
                "« {} » n’est pas un nombre entier entre {} et {}.",
                typed.trim(),
                bounds.start(),
                bounds.end()
            ),
        );
    }
    found
}

/// A box that was ticked.
pub fn ticked(typed: &str) -> bool {
    matches!(typed, "true" | "on" | "1" | "oui")
}

/// The version an edit was read at.
pub fn version(typed: &str) -> Result<i32> {
    typed.trim().parse().map_err(|_| {
        Error::BadRequest("le champ « version » doit dire quelle version a été lue".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_name_the_value_and_the_expected_form() {
        let mut errors = FieldErrors::default();
        assert_eq!(maybe_day(&mut errors, "d", "31/02/2026"), None);
        assert!(errors.of("d").unwrap().contains("« 31/02/2026 »"));
        assert_eq!(
            maybe_number(&mut errors, "n", "1 200", 0..=5000),
            Some(1200)
        );
        assert_eq!(maybe_number(&mut errors, "n", "12a", 0..=5000), None);
        assert_eq!(line(&mut errors, "l", "  ", 10), None);
        assert!(errors.of("l").is_some());
    }
}
