//! ISO/IEC 15434 envelopes, as IFA's codes use them, pharmacy product numbers (PPN) and IFA's Basic UDI-DI.
//!
//! Sources: IFA PPN-Code specification (prefix `11`, PZN8, two check digits; data identifiers 9N, 1T, S, D, 16D of ASC MH10
//! in a format 06); IFA Basic UDI-DI guide of the Commission, 2019. Format 05 of the envelope holds GS1 element strings.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::check;
use super::dates;
use super::gs1::{self, GS, Options};
use super::reading::{Di, DiKind, Element, Form, Issuer, Outcome, Reading, Status, Value};
use super::warning::{Unread, Warning};

const RS: char = '\u{1e}';
const EOT: char = '\u{4}';
const HEADER: &str = "[)>";

/// Data identifiers read, shortest and longest content, label. Longer identifiers first.
const IDENTIFIERS: [(&str, usize, usize, &str); 9] = [
    ("16D", 8, 8, "Date de fabrication"),
    ("14D", 8, 8, "Date de péremption"),
    ("27Q", 1, 8, "Prix"),
    ("9N", 5, 22, "Numéro de produit (PPN)"),
    ("1T", 1, 20, "Numéro de lot"),
    ("8P", 8, 14, "Code article (GTIN)"),
    ("S", 1, 20, "Numéro de série"),
    ("D", 6, 6, "Date de péremption"),
    ("Q", 1, 8, "Quantité"),
];

/// Most readings told when the separators are lost.
const MOST_READINGS: usize = 12;

/// Most steps of the search for them.
const MOST_STEPS: usize = 5_000;

/// Whether a text is an ISO/IEC 15434 envelope.
pub(super) fn is_envelope(text: &str) -> bool {
    text.starts_with(HEADER)
}

/// Opens an envelope.
pub(super) fn envelope(text: &str, options: &Options, today: NaiveDate) -> Outcome {
    let (text, substitute) = gs1::with_separators(text, options);
    let body = text
        .strip_prefix(HEADER)
        .unwrap_or(&text)
        .trim_start_matches(RS);
    let (format, body) = body.split_at_checked(2).unwrap_or((body, ""));
    let body = body.trim_matches([GS, RS, EOT]);
    if format == "05" {
        return gs1::read(&format!("{GS}{body}"), options, today);
    }
    if format != "06" || body.is_empty() {
        return Outcome::unread(Form::Aidc, Unread::Malformed);
    }
    let mut warnings: Vec<Warning> = substitute
        .map(|by| Warning::SeparatorReplaced { by })
        .into_iter()
        .collect();
    if !body.contains(GS) {
        let mut search = Search {
            found: Vec::new(),
            steps: 0,
        };
        search.cut(&mut Vec::new(), body);
        search.found.dedup();
        let lone = matches!(search.found.as_slice(), [only] if only.len() == 1);
        let mut readings: Vec<Reading> = Vec::new();
        for parts in &search.found {
            let reading = reading(parts, today, &mut Vec::new());
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        if !lone && !readings.is_empty() {
            warnings.push(Warning::SeparatorsMissing {
                readings: readings.len(),
            });
            let issuer = readings
                .iter()
                .any(|reading| reading.di.is_some())
                .then_some(Issuer::Ifa);
            return Outcome {
                issuer,
                form: Form::Aidc,
                status: Status::Ambiguous,
                readings,
                warnings,
            };
        }
    }
    let parts: Vec<(&str, &str)> = body
        .split(GS)
        .filter(|part| !part.is_empty())
        .map(identified)
        .collect();
    let reading = reading(&parts, today, &mut warnings);
    if parts
        .iter()
        .all(|(key, _)| !IDENTIFIERS.iter().any(|(known, ..)| known == key))
    {
        return Outcome::unread(Form::Aidc, Unread::Malformed);
    }
    let issuer = reading.di.as_ref().map(|di| {
        if di.kind == DiKind::Ppn {
            Issuer::Ifa
        } else {
            Issuer::Gs1
        }
    });
    Outcome::sure(issuer, Form::Aidc, reading, warnings)
}

/// A PPN (`9N…`) or a Basic UDI-DI (`PP…`) written without an envelope; nothing for any other text.
pub(super) fn bare(text: &str, today: NaiveDate) -> Option<Outcome> {
    let mut warnings = Vec::new();
    if let Some(ppn) = text
        .strip_prefix("9N")
        .filter(|ppn| ppn.len() == 12 && ppn.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let reading = reading(&[("9N", ppn)], today, &mut warnings);
        return Some(Outcome::sure(Issuer::Ifa, Form::Hri, reading, warnings));
    }
    let (data, found) = check::split_end(text.strip_prefix("PP").map(|_| text)?, 2)?;
    let group = data
        .get(7..)
        .filter(|group| (1..=16).contains(&group.len()))?;
    let fits = |character: char| character.is_ascii_uppercase() || character.is_ascii_digit();
    let maker = data.get(2..7)?;
    if !maker.chars().all(fits)
        || !group.chars().all(|c| fits(c) || c == '.')
        || !found.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    warnings.extend(wrong(data, found, "PP"));
    let reading = Reading {
        elements: vec![element(
            "PP",
            "IUD-ID de base",
            text,
            Value::Text(text.to_owned()),
        )],
        basic_udi_di: Some(text.to_owned()),
        ..Reading::default()
    };
    Some(Outcome::sure(Issuer::Ifa, Form::Hri, reading, warnings))
}

fn wrong(data: &str, found: &str, key: &str) -> Option<Warning> {
    let expected = check::mod97(data)?;
    (expected != found).then(|| Warning::Check {
        key: key.to_owned(),
        found: found.to_owned(),
        expected,
    })
}

/// Splits a part into its identifier (digits, then one letter) and its content.
fn identified(part: &str) -> (&str, &str) {
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    part.split_at_checked(digits + 1).unwrap_or((part, ""))
}

fn reading(parts: &[(&str, &str)], today: NaiveDate, warnings: &mut Vec<Warning>) -> Reading {
    let mut reading = Reading::default();
    for (key, raw) in parts {
        let known = IDENTIFIERS.iter().find(|(known, ..)| known == key);
        let label = known.map_or("Élément inconnu", |(_, _, _, label)| label);
        match known {
            None => warnings.push(Warning::Unknown {
                key: (*key).to_owned(),
            }),
            Some((_, min, max, _)) => {
                let found = raw.chars().count();
                if !(*min..=*max).contains(&found) {
                    warnings.push(Warning::Length {
                        key: (*key).to_owned(),
                        found,
                        min: *min,
                        max: *max,
                    });
                }
            }
        }
        let date = match *key {
            "D" => dates::yymmdd(raw, today),
            "14D" | "16D" => dates::yyyymmdd(raw),
            _ => None,
        };
        if matches!(*key, "D" | "14D" | "16D") && date.is_none() {
            warnings.push(Warning::Date {
                key: (*key).to_owned(),
                raw: (*raw).to_owned(),
            });
        }
        let text = || Some((*raw).to_owned());
        match *key {
            "9N" => {
                warnings.extend(ppn(raw));
                reading.di = Some(Di {
                    value: (*raw).to_owned(),
                    printed: format!("9N{raw}"),
                    kind: DiKind::Ppn,
                });
            }
            "8P" if reading.di.is_none() => {
                reading.di = Some(Di {
                    value: format!("{raw:0>14}"),
                    printed: (*raw).to_owned(),
                    kind: DiKind::Gtin,
                });
            }
            "1T" => reading.lot = text(),
            "S" => reading.serial = text(),
            "D" | "14D" => reading.expiry = date.map(|(day, _)| day),
            "16D" => reading.manufactured = date.map(|(day, _)| day),
            "Q" => reading.quantity = raw.parse().ok(),
            _ => {}
        }
        let value = match (date, reading.quantity) {
            (Some((day, true)), _) => Value::Month(day),
            (Some((day, false)), _) => Value::Day(day),
            (None, Some(count)) if *key == "Q" => Value::Count(count),
            _ => Value::Text((*raw).to_owned()),
        };
        reading.elements.push(element(key, label, raw, value));
    }
    reading
}

/// What is wrong with the check digits of a PPN, and of the PZN inside it.
fn ppn(raw: &str) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if let Some((data, found)) = check::split_end(raw, 2) {
        warnings.extend(wrong(data, found, "9N"));
        if let Some((pzn, last)) = data
            .strip_prefix("11")
            .filter(|pzn| pzn.len() == 8)
            .and_then(check::split_last)
        {
            match check::pzn(pzn) {
                Some(expected) if expected == last => {}
                Some(expected) => {
                    warnings.push(Warning::Check {
                        key: "PZN".into(),
                        found: last.into(),
                        expected: expected.into(),
                    });
                }
                None => warnings.push(Warning::CheckImpossible { key: "PZN".into() }),
            }
        }
    }
    warnings
}

/// Every way to cut an envelope whose separators are lost.
struct Search<'a> {
    found: Vec<Vec<(&'static str, &'a str)>>,
    steps: usize,
}

impl<'a> Search<'a> {
    fn cut(&mut self, parts: &mut Vec<(&'static str, &'a str)>, rest: &'a str) {
        if rest.is_empty() {
            self.found.push(parts.clone());
            return;
        }
        for (key, min, max, _) in IDENTIFIERS {
            let Some(after) = rest.strip_prefix(key) else {
                continue;
            };
            if parts.iter().any(|(seen, _)| *seen == key) {
                continue;
            }
            for length in (min..=max.min(after.len())).rev() {
                self.steps += 1;
                if self.steps > MOST_STEPS || self.found.len() >= MOST_READINGS {
                    return;
                }
                let Some((raw, tail)) = after.split_at_checked(length) else {
                    continue;
                };
                let digits = raw.bytes().all(|byte| byte.is_ascii_digit());
                let fits = match key {
                    "16D" | "14D" => dates::yyyymmdd(raw).is_some(),
                    "D" => {
                        raw.get(2..4)
                            .is_some_and(|month| ("01"..="12").contains(&month))
                            && digits
                    }
                    "Q" | "27Q" | "8P" => digits,
                    "9N" => check::split_end(raw, 2)
                        .is_some_and(|(data, found)| wrong(data, found, key).is_none()),
                    _ => true,
                };
                if fits {
                    parts.push((key, raw));
                    self.cut(parts, tail);
                    parts.pop();
                }
            }
        }
    }
}

fn element(key: &str, label: &'static str, raw: &str, value: Value) -> Element {
    Element {
        key: key.to_owned(),
        label_fr: Cow::Borrowed(label),
        raw: raw.to_owned(),
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
    }

    #[test]
    fn an_envelope_is_opened() {
        let text = "[)>\u{1e}06\u{1d}9N110375286414\u{1d}1TAbc1\u{1d}D281200\u{1d}S007\u{1d}16D20260102\u{1e}\u{4}";
        let outcome = envelope(text, &Options::default(), today());
        assert_eq!(outcome.status, Status::Parsed);
        assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
        let reading = &outcome.readings[0];
        assert_eq!(reading.di.as_ref().unwrap().value, "110375286414");
        assert_eq!(reading.lot.as_deref(), Some("Abc1"));
        assert_eq!(reading.serial.as_deref(), Some("007"));
        assert_eq!(reading.expiry, NaiveDate::from_ymd_opt(2028, 12, 31));
        assert_eq!(reading.manufactured, NaiveDate::from_ymd_opt(2026, 1, 2));
    }

    #[test]
    fn an_envelope_without_its_separators_is_ambiguous() {
        let outcome = envelope(
            "[)>069N1103752864141TLOTD281231S99",
            &Options::default(),
            today(),
        );
        assert_eq!(outcome.status, Status::Ambiguous);
        assert!(outcome.readings.len() > 1);
        assert!(outcome.readings.iter().any(|reading| {
            reading.lot.as_deref() == Some("LOT")
                && reading.serial.as_deref() == Some("99")
                && reading.expiry.is_some()
        }));
        assert!(
            outcome
                .readings
                .iter()
                .all(|reading| reading.di.as_ref().unwrap().value == "110375286414")
        );
    }

    #[test]
    fn wrong_check_digits_are_said() {
        let outcome = bare("9N110375286415", today()).unwrap();
        assert!(
            matches!(&outcome.warnings[0], Warning::Check { expected, .. } if expected == "14")
        );
        let outcome = bare("PP12345ABCD.12345678.9005", today()).unwrap();
        assert!(
            matches!(&outcome.warnings[0], Warning::Check { expected, .. } if expected == "04")
        );
        let outcome = bare("PP12345ABCD.12345678.9004", today()).unwrap();
        assert!(outcome.warnings.is_empty());
        assert!(bare("PPXX", today()).is_none());
    }
}
