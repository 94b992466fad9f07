//! From GS1 fields to what they mean: values, the places they take in a reading, and the checks on them.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::check;
use super::dates;
use super::gs1_ai::{self, Ai, Rule};
use super::reading::{Di, DiKind, Element, PackageLevel, Reading, Value};
use super::warning::Warning;

/// A field as found: its AI, the code of it, the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub code: &'a str,
    pub raw: &'a str,
}

impl Field<'_> {
    fn ai(&self) -> Option<&'static Ai> {
        gs1_ai::of(self.code)
    }
}

/// Whether the content obeys the rule of its AI (dates that exist, keys that hold); what is impossible to tell is held
/// good.
pub(super) fn content_holds(ai: &Ai, raw: &str, today: NaiveDate) -> bool {
    match ai.rule {
        Rule::Key(..) | Rule::Pair(_) => check_of(ai, raw, "").is_none(),
        Rule::DayOrMonth | Rule::Day | Rule::Period | Rule::Minute | Rule::Hour | Rule::LongDay => {
            moment(ai.rule, raw, today).is_some()
        }
        Rule::Decimals(_) | Rule::Count | Rule::Free => true,
    }
}

/// The reading that these fields give.
pub(super) fn reading(fields: &[Field<'_>], today: NaiveDate) -> Reading {
    let mut reading = Reading::default();
    let first = |code: &str| {
        fields
            .iter()
            .find(|field| field.code == code)
            .map(|field| field.raw.to_owned())
    };
    let date = |code: &str| {
        let field = fields.iter().find(|field| field.code == code)?;
        moment(field.ai()?.rule, field.raw, today)?.day()
    };
    for field in fields {
        let (label_fr, value) = match field.ai() {
            Some(ai) => (Cow::Borrowed(ai.label), value(ai, field, today)),
            None => (
                Cow::Borrowed("Élément inconnu"),
                Value::Text(field.raw.to_owned()),
            ),
        };
        reading.elements.push(Element {
            key: field.code.to_owned(),
            label_fr,
            raw: field.raw.to_owned(),
            value,
        });
    }
    reading.di = di(fields);
    reading.package_level = fields
        .iter()
        .find(|field| field.code == "01")
        .and_then(|field| level(field.raw));
    reading.basic_udi_di = first("8013");
    reading.mudi = first("8014");
    reading.lot = first("10");
    reading.serial = first("21");
    reading.expiry = date("17").or_else(|| date("7003"));
    reading.manufactured = date("11").or_else(|| date("8008"));
    reading.software_version = first("8012");
    reading.quantity = first("30")
        .or_else(|| first("37"))
        .and_then(|count| count.parse().ok());
    reading
}

/// What is odd in these fields, structure apart.
pub(super) fn remarks(fields: &[Field<'_>], today: NaiveDate) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (rank, field) in fields.iter().enumerate() {
        let key = format!("({})", field.code);
        let Some(ai) = field.ai() else {
            warnings.push(Warning::Unknown { key });
            continue;
        };
        shape(ai, field.raw, &key, &mut warnings);
        let digits_only = |raw: &str| raw.bytes().all(|byte| byte.is_ascii_digit());
        match ai.rule {
            Rule::Key(..) | Rule::Pair(_) => warnings.extend(check_of(ai, field.raw, &key)),
            Rule::DayOrMonth
            | Rule::Day
            | Rule::Period
            | Rule::Minute
            | Rule::Hour
            | Rule::LongDay
                if digits_only(field.raw)
                    && ai.admits(field.raw)
                    && moment(ai.rule, field.raw, today).is_none() =>
            {
                warnings.push(Warning::Date {
                    key: key.clone(),
                    raw: field.raw.to_owned(),
                });
            }
            _ => {}
        }
        let others = || {
            fields
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != rank)
                .map(|(_, field)| field)
        };
        if fields
            .iter()
            .take(rank)
            .any(|other| other.code == field.code && other.raw != field.raw)
        {
            warnings.push(Warning::Repeated { key: key.clone() });
        }
        for other in others() {
            if other.code != field.code
                && ai
                    .excludes
                    .split(',')
                    .any(|pattern| gs1_ai::matches(pattern, other.code))
            {
                warnings.push(Warning::Excluded {
                    key: key.clone(),
                    with: format!("({})", other.code),
                });
            }
        }
        for group in unmet(ai, fields) {
            warnings.push(Warning::Unaccompanied {
                key: key.clone(),
                requires: group.to_owned(),
            });
        }
    }
    warnings
}

/// The groups of associations that these fields do not satisfy.
pub(super) fn unmet<'a>(
    ai: &'static Ai,
    fields: &'a [Field<'_>],
) -> impl Iterator<Item = &'static str> + 'a {
    let has = |pattern: &str| {
        fields
            .iter()
            .any(|field| gs1_ai::matches(pattern, field.code))
    };
    ai.requires.split(' ').filter(move |group| {
        !group.is_empty() && !group.split(',').any(|choice| choice.split('+').all(has))
    })
}

/// Whether two of these fields exclude each other or say the same AI twice.
pub(super) fn clash(fields: &[Field<'_>]) -> bool {
    fields.iter().enumerate().any(|(rank, field)| {
        let excludes = field.ai().map_or("", |ai| ai.excludes);
        fields.iter().enumerate().any(|(other, with)| {
            other != rank
                && (with.code == field.code
                    || excludes
                        .split(',')
                        .any(|pattern| gs1_ai::matches(pattern, with.code)))
        })
    })
}

fn shape(ai: &Ai, raw: &str, key: &str, warnings: &mut Vec<Warning>) {
    if ai.admits(raw) {
        return;
    }
    let found = raw.chars().count();
    if found < ai.min() || found > ai.max() {
        warnings.push(Warning::Length {
            key: key.to_owned(),
            found,
            min: ai.min(),
            max: ai.max(),
        });
        return;
    }
    let kind_at = |rank: usize| {
        let mut start = 0;
        ai.parts.iter().find(|part| {
            start += part.max;
            rank < start
        })
    };
    let bad: String = raw
        .chars()
        .enumerate()
        .filter(|(rank, character)| kind_at(*rank).is_none_or(|part| !part.kind.admits(*character)))
        .map(|(_, character)| character)
        .collect();
    warnings.push(Warning::Characters {
        key: key.to_owned(),
        found: bad,
    });
}

/// The remark on the check digit or pair of a field, if it does not hold.
fn check_of(ai: &Ai, raw: &str, key: &str) -> Option<Warning> {
    let impossible = || Warning::CheckImpossible {
        key: key.to_owned(),
    };
    let (found, expected) = match ai.rule {
        Rule::Key(from, length) => {
            let digits = raw.get(from..from.checked_add(length)?);
            let Some((data, last)) = digits.and_then(check::split_last) else {
                return Some(impossible());
            };
            (last.to_string(), check::mod10(data).map(String::from))
        }
        Rule::Pair(needs_letter) => {
            let Some((data, last)) = check::split_end(raw, 2) else {
                return Some(impossible());
            };
            if needs_letter && raw.bytes().all(|byte| byte.is_ascii_digit()) {
                return Some(Warning::Characters {
                    key: key.to_owned(),
                    found: raw.to_owned(),
                });
            }
            (last.to_owned(), check::pair(data))
        }
        _ => return None,
    };
    match expected {
        None => Some(impossible()),
        Some(expected) if expected == found => None,
        Some(expected) => Some(Warning::Check {
            key: key.to_owned(),
            found,
            expected,
        }),
    }
}

fn value(ai: &Ai, field: &Field<'_>, today: NaiveDate) -> Value {
    let text = || Value::Text(field.raw.to_owned());
    match ai.rule {
        Rule::Free | Rule::Key(..) | Rule::Pair(_) => text(),
        Rule::Count => field.raw.parse().map_or_else(|_| text(), Value::Count),
        Rule::Decimals(after) => decimal(field, after).map_or_else(text, Value::Number),
        _ if !ai.admits(field.raw) => text(),
        rule => moment(rule, field.raw, today).unwrap_or_else(text),
    }
}

/// `3103` and `001250` make 1.250.
fn decimal(field: &Field<'_>, after: usize) -> Option<String> {
    let decimals = field.code.chars().next_back()?.to_digit(10)? as usize;
    let digits = field
        .raw
        .get(after..)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, rest) = digits.split_at_checked(digits.len() - decimals)?;
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if rest.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{rest}")
    })
}

fn moment(rule: Rule, raw: &str, today: NaiveDate) -> Option<Value> {
    let day = |text: &str| match dates::yymmdd(text, today)? {
        (day, false) => Some(day),
        (_, true) => None,
    };
    match rule {
        Rule::DayOrMonth => dates::yymmdd(raw, today).map(|(day, month)| {
            if month {
                Value::Month(day)
            } else {
                Value::Day(day)
            }
        }),
        Rule::Day => day(raw).map(Value::Day),
        Rule::Period => {
            let (from, to) = raw.split_at_checked(6)?;
            let from = day(from)?;
            if to.is_empty() {
                Some(Value::Day(from))
            } else {
                day(to).map(|_| Value::Text(raw.to_owned()))
            }
        }
        Rule::Minute | Rule::Hour => {
            let (head, time) = raw.split_at_checked(6)?;
            let head = match rule {
                // A delivery window may be told by the month, a manufacture may not.
                Rule::Minute => dates::yymmdd(head, today)?.0,
                _ => day(head)?,
            };
            clock(head, time)
        }
        Rule::LongDay => {
            let (head, time) = raw.split_at_checked(8)?;
            clock(dates::yyyymmdd(head).filter(|(_, month)| !month)?.0, time)
        }
        _ => None,
    }
}

fn clock(day: NaiveDate, time: &str) -> Option<Value> {
    if time.is_empty() {
        return Some(Value::Day(day));
    }
    if time.len() > 6
        || !time.len().is_multiple_of(2)
        || !time.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let part = |from: usize| {
        time.get(from..from + 2)
            .map_or(Some(0), |two| two.parse::<u32>().ok())
    };
    day.and_hms_opt(part(0)?, part(2)?, part(4)?)
        .map(Value::Moment)
}

fn di(fields: &[Field<'_>]) -> Option<Di> {
    let gtin = |code: &str, kind: DiKind| {
        let raw = fields.iter().find(|field| field.code == code)?.raw;
        let value = raw.get(..14).unwrap_or(raw).to_owned();
        (!value.is_empty()).then(|| Di {
            value,
            printed: raw.to_owned(),
            kind,
        })
    };
    gtin("01", DiKind::Gtin)
        .or_else(|| gtin("03", DiKind::MadeToOrder))
        .or_else(|| gtin("8006", DiKind::Gtin))
}

/// The indicator digit of a GTIN-14: 0 for the article, 1 to 8 for its packagings, 9 for a variable quantity.
pub(super) fn level(gtin: &str) -> Option<PackageLevel> {
    let digit = gtin.chars().next()?.to_digit(10)?;
    if gtin.len() != 14 {
        return None;
    }
    u8::try_from(digit).ok().map(PackageLevel)
}
