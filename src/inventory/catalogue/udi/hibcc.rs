//! HIBC codes: primary data alone, secondary data alone, both in one symbol, both symbols one after the other.
//!
//! Sources: ANSI/HIBC 2.6 (Supplier Labeling Standard) for the structures and the mod 43 check and link characters;
//! HIBCC's Basic UDI-DI guide for `++` codes. A month alone means good until its last day.

use chrono::NaiveDate;

use super::check;
use super::hibcc_fields::{Draft, element};
use super::reading::{Form, Issuer, Outcome, Reading, Status, Value};
use super::warning::{Unread, Warning};

/// Check characters that are neither letters nor digits.
const SIGNS: &str = "-. $/+%";

/// Whether a text begins like an HIBC code.
pub(super) fn is_hibc(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next() == Some('+')
        && characters
            .next()
            .is_some_and(|next| next.is_ascii_alphanumeric() || "+$".contains(next))
}

/// Reads a code that begins with `+`.
pub(super) fn read(text: &str, form: Form, today: NaiveDate) -> Outcome {
    let whole = text;
    let text = without_stray_blanks(text);
    // A blank may be a wrong check character too, unless the letter before it can only be one.
    let alone = text
        .bytes()
        .skip(1)
        .all(|byte| byte.is_ascii_alphanumeric());
    let dropped = whole.strip_prefix(text) == Some(" ");
    let unsure = dropped && !(alone && text.ends_with(|last: char| last.is_ascii_alphabetic()));
    let outcome = match text.chars().nth(1) {
        Some('+') => basic(text, form),
        Some(next) if next.is_ascii_alphabetic() => labelled(text, form, today),
        Some(next) if next == '$' || next.is_ascii_digit() => secondary_alone(text, form, today),
        _ => None,
    };
    let Some(mut outcome) = outcome else {
        return Outcome::unread(form, Unread::Malformed);
    };
    if unsure {
        let key = "HIBC".to_owned();
        outcome.warnings.push(Warning::CheckImpossible { key });
    }
    outcome
}

/// A final blank may be the check character; it is dropped when the code holds without it only.
fn without_stray_blanks(text: &str) -> &str {
    let holds = |text: &str| {
        check::split_last(text).is_some_and(|(data, last)| check::mod43(data) == Some(last))
    };
    let trimmed = text.trim_end();
    if trimmed != text && !holds(text) && (holds(trimmed) || !text.ends_with(' ')) {
        trimmed
    } else {
        text
    }
}

/// `++`, labeller, model, two check characters.
fn basic(text: &str, form: Form) -> Option<Outcome> {
    let (data, pair) = check::split_end(text, 2)?;
    let model = data.get(6..).filter(|model| !model.is_empty())?;
    let mut warnings = Vec::new();
    if model.chars().count() > 17 {
        warnings.push(Warning::Length {
            key: "++".into(),
            found: model.chars().count(),
            min: 1,
            max: 17,
        });
    }
    match check::pair(data) {
        Some(expected) if expected == pair => {}
        Some(expected) => warnings.push(Warning::Check {
            key: "++".into(),
            found: pair.to_owned(),
            expected,
        }),
        None => warnings.push(Warning::CheckImpossible { key: "++".into() }),
    }
    let reading = Reading {
        elements: vec![element(
            "++",
            "IUD-ID de base",
            text,
            Value::Text(text.to_owned()),
        )],
        basic_udi_di: Some(text.to_owned()),
        ..Reading::default()
    };
    Some(Outcome::sure(Issuer::Hibcc, form, reading, warnings))
}

/// A code that begins with the primary data.
fn labelled(text: &str, form: Form, today: NaiveDate) -> Option<Outcome> {
    let run = text
        .bytes()
        .skip(1)
        .take_while(u8::is_ascii_alphanumeric)
        .count()
        + 1;
    let (first, rest) = text.split_at_checked(run)?;
    let begins_secondary = |text: &str| {
        text.strip_prefix('+')
            .and_then(|after| after.chars().next())
            .is_some_and(|next| next == '$' || next.is_ascii_digit())
    };
    let sign = rest.chars().next().filter(|sign| SIGNS.contains(*sign));
    let after_sign = sign
        .and_then(|sign| rest.strip_prefix(sign))
        .unwrap_or_default();
    if rest.is_empty() || sign.is_some() && after_sign.is_empty() {
        return primary_alone(text, form);
    }
    if begins_secondary(rest.trim_start())
        && check::split_last(first).is_some_and(|(data, last)| check::mod43(data) == Some(last))
    {
        return two_symbols(first, rest.trim_start(), form, today);
    }
    if sign.is_some() && begins_secondary(after_sign.trim_start()) {
        return two_symbols(
            text.split_at_checked(run + 1)?.0,
            after_sign.trim_start(),
            form,
            today,
        );
    }
    if begins_secondary(rest.trim_start()) {
        return two_symbols(first, rest.trim_start(), form, today);
    }
    if rest.starts_with('/') {
        return combined(text, run, form, today);
    }
    let mut outcome = primary_alone(first, form)?;
    outcome.warnings.push(Warning::Leftover {
        text: rest.to_owned(),
    });
    Some(outcome)
}

fn primary_alone(text: &str, form: Form) -> Option<Outcome> {
    let whole = || {
        let mut draft = Draft::default();
        draft.primary(text.strip_prefix('+')?);
        Some(draft)
    };
    let (data, found) = check::split_last(text)?;
    let mut draft = Draft::default();
    draft.primary(data.strip_prefix('+')?);
    finish(draft, whole(), text, data, found, form)
}

fn combined(text: &str, run: usize, form: Form, today: NaiveDate) -> Option<Outcome> {
    let read = |text: &str| {
        let (primary, secondary) = text.split_at_checked(run)?;
        let mut draft = Draft::default();
        draft.primary(primary.strip_prefix('+')?);
        draft.secondary(secondary.strip_prefix('/')?, today);
        Some(draft)
    };
    let (data, found) = check::split_last(text)?;
    finish(read(data)?, read(text), text, data, found, form)
}

/// Chooses between the reading whose last character is a check and, if that check does not hold, the one without.
fn finish(
    with: Draft,
    without: Option<Draft>,
    text: &str,
    data: &str,
    found: char,
    form: Form,
) -> Option<Outcome> {
    let expected = check::mod43(data);
    let without = without.filter(|draft| draft.sound && found.is_ascii_alphanumeric());
    if expected == Some(found) {
        return with.outcome(form, None);
    }
    // The blank, value 38, is a check character that keyboards and forms trim.
    if let Some(draft) = without.clone().filter(|_| check::mod43(text) == Some(' ')) {
        return draft.outcome(form, Some(Warning::CheckMissing));
    }
    let remark = match expected {
        Some(expected) => Warning::Check {
            key: "HIBC".into(),
            found: found.into(),
            expected: expected.into(),
        },
        None => Warning::CheckImpossible { key: "HIBC".into() },
    };
    match without {
        Some(draft) if !with.sound => draft.outcome(form, Some(Warning::CheckMissing)),
        // Wrong or missing: nobody can tell.
        Some(draft) if expected.is_some() => {
            let mut outcome = with.outcome(form, Some(remark))?;
            outcome.readings.push(draft.reading);
            outcome.status = Status::Ambiguous;
            Some(outcome)
        }
        _ => with.outcome(form, Some(remark)),
    }
}

/// The primary symbol and the secondary one, scanned one after the other.
fn two_symbols(primary: &str, secondary: &str, form: Form, today: NaiveDate) -> Option<Outcome> {
    let mut outcome = primary_alone(primary, form)?;
    let end = check::split_last(primary).map(|(_, last)| last);
    let (body, link, remark) = linked(secondary)?;
    outcome.warnings.extend(remark);
    match end {
        Some(expected) if expected != link => outcome.warnings.push(Warning::Link {
            found: link,
            expected,
        }),
        _ => {}
    }
    for reading in &mut outcome.readings {
        let mut draft = Draft {
            reading: std::mem::take(reading),
            ..Draft::default()
        };
        draft.secondary(body, today);
        outcome.warnings.extend(draft.warnings);
        *reading = draft.reading;
    }
    Some(outcome)
}

fn secondary_alone(text: &str, form: Form, today: NaiveDate) -> Option<Outcome> {
    let (body, link, remark) = linked(text)?;
    let mut draft = Draft::default();
    draft.secondary(body, today);
    draft.push(
        "L",
        "Caractère de liaison",
        link.encode_utf8(&mut [0; 4]),
        None,
    );
    draft.outcome(form, remark)
}

/// The data of a secondary symbol without `+`, its link character, and the remark on its check character.
fn linked(symbol: &str) -> Option<(&str, char, Option<Warning>)> {
    let (data, found) = check::split_last(symbol)?;
    let (body, link) = check::split_last(data)?;
    let remark = match check::mod43(data) {
        Some(expected) if expected == found => None,
        Some(expected) => Some(Warning::Check {
            key: "HIBC".into(),
            found: found.into(),
            expected: expected.into(),
        }),
        None => Some(Warning::CheckImpossible { key: "HIBC".into() }),
    };
    Some((body.strip_prefix('+')?, link, remark))
}
