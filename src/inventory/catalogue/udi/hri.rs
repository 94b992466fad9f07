//! GS1 element strings as printed for people: `(01)…(17)…`. The parentheses, sometimes braces, are never encoded.
//!
//! Source: GS1 General Specifications 4.14 (human readable interpretation).

use chrono::NaiveDate;

use super::gs1_ai;
use super::gs1_fields::{self as fields, Field};
use super::reading::{Form, Issuer, Outcome, Reading};
use super::warning::{Unread, Warning};

/// Whether a text begins like a printed element string.
pub(super) fn is_printed(text: &str) -> bool {
    code_at(text).is_some()
}

/// Reads a printed element string.
pub(super) fn read(text: &str, today: NaiveDate) -> Outcome {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let first = found.is_empty();
        match code_at(rest).filter(|(code, _)| first || gs1_ai::of(code).is_some()) {
            Some((code, after)) => {
                found.push((code.to_owned(), String::new()));
                rest = after;
            }
            None => {
                let mut characters = rest.chars();
                if let (Some(character), Some((_, value))) = (characters.next(), found.last_mut()) {
                    value.push(character);
                }
                rest = characters.as_str();
            }
        }
    }
    let mut warnings = Vec::new();
    for (code, value) in &mut found {
        // A separator copied with the text, blanks set for reading: neither is part of a field.
        let kept = value
            .trim_matches(|character: char| character.is_whitespace() || character.is_control());
        let digits = gs1_ai::of(code)
            .is_some_and(|ai| ai.parts.iter().all(|part| part.kind == gs1_ai::Kind::N));
        *value = if digits {
            kept.split_whitespace().collect()
        } else {
            kept.to_owned()
        };
    }
    if !found.iter().any(|(code, _)| gs1_ai::of(code).is_some()) {
        return Outcome::unread(Form::Hri, Unread::Malformed);
    }
    Outcome::sure(
        Issuer::Gs1,
        Form::Hri,
        completed(found, today, &mut warnings),
        warnings,
    )
}

/// The reading of fields written by people or in addresses, where a GTIN may lack its leading zeros.
pub(super) fn completed(
    mut found: Vec<(String, String)>,
    today: NaiveDate,
    warnings: &mut Vec<Warning>,
) -> Reading {
    let mut printed = None;
    for (code, value) in found
        .iter_mut()
        .filter(|(code, _)| matches!(code.as_str(), "01" | "02" | "03"))
    {
        if let Some(padded) = padded(value) {
            warnings.push(Warning::Padded {
                digits: value.len(),
            });
            let short = std::mem::replace(value, padded);
            printed = printed.or((code != "02").then_some(short));
        }
    }
    let read: Vec<Field<'_>> = found
        .iter()
        .map(|(code, raw)| Field { code, raw })
        .collect();
    warnings.extend(fields::remarks(&read, today));
    let mut reading = fields::reading(&read, today);
    if let (Some(di), Some(printed)) = (&mut reading.di, printed) {
        di.printed = printed;
    }
    reading
}

/// A GTIN of 8, 12 or 13 digits on 14 (GS1 General Specifications 3.3.2).
pub(super) fn padded(gtin: &str) -> Option<String> {
    (matches!(gtin.len(), 8 | 12 | 13) && gtin.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| format!("{gtin:0>14}"))
}

/// A code of 2 to 4 digits between parentheses or braces, and what follows.
fn code_at(text: &str) -> Option<(&str, &str)> {
    let (open, close) = match text.chars().next()? {
        '(' => ('(', ')'),
        '{' => ('{', '}'),
        _ => return None,
    };
    let (code, after) = text.strip_prefix(open)?.split_once(close)?;
    ((2..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some((code, after))
}
