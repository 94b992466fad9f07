//! GS1 element strings as scanners transmit them, with and without separators.
//!
//! The separator (FNC1, transmitted as GS, ASCII 29) ends every field whose length is not pre-defined. When the reader
//! transmits it the reading is exact. When none arrives nobody can tell `10LOT` + `21SN` from the lot `LOT21SN`: the
//! readings the standard allows are searched, and the code is said to be ambiguous.

use chrono::NaiveDate;

use super::gs1_ai::{self, Ai};
use super::gs1_fields::{self as fields, Field};
use super::reading::{Form, Issuer, Outcome, Reading, Status};
use super::warning::{Unread, Warning};

/// The separator: group separator, ASCII 29.
pub const GS: char = '\u{1d}';

/// Texts that can only stand for the separator: none of them may be part of a GS1 field.
const SUBSTITUTES: [&str; 13] = [
    "<FNC1>", "{FNC1}", "[FNC1]", "\u{f1}", "<GS>", "{GS}", "[GS]", "\\x1d", "\\x1D", "\\u001d",
    "\u{241d}", "^", "|",
];

/// AIs met on the labels of devices: a reading that supposes only these is a likely one.
const LIKELY: [&str; 25] = [
    "00", "01", "02", "10", "11", "13", "15", "16", "17", "21", "30", "37", "240", "241", "250",
    "251", "710", "711", "712", "713", "714", "715", "716", "7003", "8012",
];

/// Likely AIs that labels also carry in a symbol apart, so that their companions are not demanded.
const ALONE: [&str; 10] = [
    "10", "11", "13", "15", "16", "17", "21", "240", "241", "7003",
];

/// Most readings told.
const MOST_READINGS: usize = 12;

/// Most steps of the search for readings: bounds the time a hostile text can take.
const MOST_STEPS: usize = 20_000;

/// How to read: what a site knows of its scanners.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Texts that the scanners transmit in place of the separator, besides those always understood.
    pub separators: Vec<String>,
    /// The scanners are known to transmit separators: a code without any needs none.
    pub separators_are_sent: bool,
}

/// Whether an AI is met on the labels of devices.
pub(super) fn is_likely(code: &str) -> bool {
    LIKELY.contains(&code)
}

/// The text with every separator written GS, and what stood for it.
pub(super) fn with_separators(text: &str, options: &Options) -> (String, Option<String>) {
    let mut read = text.to_owned();
    let mut found = None;
    let configured = options.separators.iter().map(String::as_str);
    for substitute in configured
        .chain(SUBSTITUTES)
        .filter(|substitute| !substitute.is_empty())
    {
        if read.contains(substitute) {
            read = read.replace(substitute, &GS.to_string());
            found = Some(substitute.to_owned());
        }
    }
    (read, found)
}

/// Reads an element string from which the symbology prefix was taken off.
pub(super) fn read(text: &str, options: &Options, today: NaiveDate) -> Outcome {
    let (text, substitute) = with_separators(text, options);
    let separated = text.contains(GS);
    let strict = Strict::of(&text);
    if strict.fields.is_empty() {
        return Outcome::unread(Form::Aidc, Unread::NotAUdi);
    }
    let mut warnings = fields::remarks(&strict.fields, today);
    warnings.extend(substitute.map(|by| Warning::SeparatorReplaced { by }));
    if let Some(text) = strict.leftover {
        warnings.push(Warning::Leftover {
            text: text.to_owned(),
        });
    }
    let main = fields::reading(&strict.fields, today);
    if separated || options.separators_are_sent {
        warnings.extend(swallowed(&strict, today));
        return Outcome::sure(Issuer::Gs1, Form::Aidc, main, warnings);
    }
    let Some(open) = strict.first_open else {
        return Outcome::sure(Issuer::Gs1, Form::Aidc, main, warnings);
    };
    let known: Vec<Field<'_>> = strict.fields.iter().take(open).copied().collect();
    let rest = text.get(strict.open_at..).unwrap_or_default();
    let likely = readings(&known, rest, true, today);
    let holds = strict.leftover.is_none()
        && strict
            .fields
            .iter()
            .skip(open)
            .all(|field| gs1_ai::of(field.code).is_some_and(|ai| ai.admits(field.raw)));
    let others = |found: Vec<Vec<Field<'_>>>| -> Vec<Reading> {
        let mut others: Vec<Reading> = Vec::new();
        for reading in found.into_iter().filter(|found| *found != strict.fields) {
            let reading = fields::reading(&reading, today);
            if !others.contains(&reading) {
                others.push(reading);
            }
        }
        others
    };
    let likely = others(likely);
    if !holds || !likely.is_empty() {
        let found = if likely.is_empty() {
            others(readings(&known, rest, false, today))
        } else {
            likely
        };
        if found.is_empty() {
            return Outcome::sure(Issuer::Gs1, Form::Aidc, main, warnings);
        }
        let mut readings: Vec<Reading> = if holds { vec![main] } else { Vec::new() };
        readings.extend(found);
        let mut warnings = fields::remarks(&known, today);
        warnings.retain(|warning| !matches!(warning, Warning::Unaccompanied { .. }));
        warnings.push(Warning::SeparatorsMissing {
            readings: readings.len(),
        });
        return Outcome {
            issuer: Some(Issuer::Gs1),
            form: Form::Aidc,
            status: Status::Ambiguous,
            readings,
            warnings,
        };
    }
    let unlikely = others(readings(&known, rest, false, today));
    if !unlikely.is_empty() {
        warnings.push(Warning::OtherReading);
    }
    let mut outcome = Outcome::sure(Issuer::Gs1, Form::Aidc, main, warnings);
    outcome.readings.extend(unlikely);
    outcome
}

/// The reading that the standard gives, separators taken at their word.
struct Strict<'a> {
    fields: Vec<Field<'a>>,
    leftover: Option<&'a str>,
    /// Rank of the first field that a separator should follow, and where it begins in the text.
    first_open: Option<usize>,
    open_at: usize,
}

impl<'a> Strict<'a> {
    fn of(text: &'a str) -> Self {
        let mut strict = Self {
            fields: Vec::new(),
            leftover: None,
            first_open: None,
            open_at: 0,
        };
        let mut at = 0;
        for segment in text.split(GS) {
            let mut rest = segment;
            while !rest.is_empty() {
                let Some((ai, code)) = gs1_ai::leading(rest) else {
                    strict.leftover.get_or_insert(rest);
                    break;
                };
                let after = rest.get(code.len()..).unwrap_or_default();
                let length = if ai.predefined {
                    byte_length(after, ai.max())
                } else {
                    after.len()
                };
                let (raw, tail) = after.split_at_checked(length).unwrap_or((after, ""));
                if !ai.predefined && strict.first_open.is_none() {
                    strict.first_open = Some(strict.fields.len());
                    strict.open_at = at + segment.len() - rest.len();
                }
                strict.fields.push(Field { code, raw });
                rest = tail;
            }
            at += segment.len() + 1;
        }
        strict
    }
}

/// Bytes of the first `count` characters.
fn byte_length(text: &str, count: usize) -> usize {
    text.char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at)
}

/// Elements whose value ends like a date although separators were transmitted: the printer may have left one out.
fn swallowed(strict: &Strict<'_>, today: NaiveDate) -> Vec<Warning> {
    let new_date = |text: &str| {
        text.split_at_checked(2).is_some_and(|(code, value)| {
            matches!(code, "11" | "15" | "17")
                && !strict.fields.iter().any(|field| field.code == code)
                && gs1_ai::of(code)
                    .is_some_and(|ai| ai.admits(value) && fields::content_holds(ai, value, today))
        })
    };
    strict
        .fields
        .iter()
        .filter(|field| matches!(field.code, "10" | "21") && field.raw.len() > 8)
        .filter(|field| field.raw.get(field.raw.len() - 8..).is_some_and(new_date))
        .map(|field| Warning::Swallowed {
            key: format!("({})", field.code),
        })
        .collect()
}

/// Every way to cut `rest` into fields after those already known; only likely AIs, or all.
fn readings<'a>(
    known: &[Field<'a>],
    rest: &'a str,
    likely: bool,
    today: NaiveDate,
) -> Vec<Vec<Field<'a>>> {
    if !rest.is_ascii() {
        return Vec::new();
    }
    let mut search = Search {
        found: Vec::new(),
        steps: 0,
        likely,
        today,
        known: known.len(),
    };
    search.cut(&mut known.to_vec(), rest);
    search.found
}

struct Search<'a> {
    found: Vec<Vec<Field<'a>>>,
    steps: usize,
    likely: bool,
    today: NaiveDate,
    known: usize,
}

impl<'a> Search<'a> {
    fn cut(&mut self, fields: &mut Vec<Field<'a>>, rest: &'a str) {
        if rest.is_empty() {
            if self.is_possible(fields) {
                self.found.push(fields.clone());
            }
            return;
        }
        let Some((ai, code)) = gs1_ai::leading(rest) else {
            return;
        };
        if self.likely && !LIKELY.contains(&code) && fields.len() > self.known {
            return;
        }
        if fields.iter().any(|field| field.code == code) {
            return;
        }
        let after = rest.get(code.len()..).unwrap_or_default();
        for length in (ai.min()..=ai.max().min(after.len())).rev() {
            self.steps += 1;
            if self.steps > MOST_STEPS || self.found.len() >= MOST_READINGS {
                return;
            }
            let Some((raw, tail)) = after.split_at_checked(length) else {
                return;
            };
            let goes_on = tail.is_empty() || gs1_ai::leading(tail).is_some();
            if !goes_on || !ai.admits(raw) || !fields::content_holds(ai, raw, self.today) {
                continue;
            }
            fields.push(Field { code, raw });
            self.cut(fields, tail);
            fields.pop();
        }
    }

    fn is_possible(&self, fields: &[Field<'a>]) -> bool {
        let accompanied = |field: &Field<'a>| {
            let ai: Option<&'static Ai> = gs1_ai::of(field.code);
            ALONE.contains(&field.code)
                || ai.is_some_and(|ai| fields::unmet(ai, fields).next().is_none())
        };
        !fields::clash(fields) && fields.iter().skip(self.known).all(accompanied)
    }
}
