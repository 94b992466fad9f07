//! Unique device identification (UDI, « IUD »): from what a scanner, a label or an address says to what it means.
//!
//! The words: the **UDI-DI** names a model in one packaging; the production identifiers (**UDI-PI**) name the lot, the
//! serial number, the software version and the dates; the **Basic UDI-DI** groups models in certificates and EUDAMED and
//! is never on a label; the **MUDI** groups the variants of highly individualised devices.
//!
//! What always holds:
//! - nothing is refused: a code is kept exactly as received ([`Udi::raw`]), with what was understood and what is odd
//!   ([`Udi::warnings`]); official examples themselves carry wrong check digits;
//! - nothing is guessed: when separators are missing and several readings are possible, the status is
//!   [`Status::Ambiguous`], the fields hold only what all readings say, and [`Udi::readings`] tells them all;
//! - lots and serial numbers keep their case and their zeros;
//! - today is an argument: it decides the century of two-digit years.
//!
//! Legal basis: Regulations (EU) 2017/745 art. 27 and annex VI C and 2017/746 art. 24; issuing entities of Implementing
//! Decision (EU) 2019/939: GS1, HIBCC, ICCBBA, IFA. Each file names the standard it reads.

use chrono::NaiveDate;

mod check;
mod dates;
mod digital_link;
mod exercise;
mod gs1;
pub mod gs1_ai;
mod gs1_fields;
mod gs1_table;
mod hibcc;
mod hibcc_fields;
mod hri;
mod iccbba;
mod ifa;
mod reading;
mod variants;
mod warning;

pub use check::{CSET39, CSET43, CSET82, mod10, mod10_holds, mod43, mod97, pair, pzn};
pub use exercise::exercise;
pub use gs1::{GS, Options};
pub use reading::{Di, DiKind, Element, Form, Issuer, PackageLevel, Reading, Status, Udi, Value};
pub use variants::{di_variants, looks_like_udi, same_di};
pub use warning::{Gravity, Unread, Warning};

use gs1_fields::Field;
use reading::Outcome;

/// Version of the readers, to store beside what they understood: raise it when the same scan may be read otherwise.
pub const PARSER_VERSION: i32 = 1;

/// Longest text taken for a code; addresses are the longest codes.
const LONGEST: usize = 2_000;

/// Reads a code as scanned, printed or addressed, with the usual settings.
pub fn parse(raw: &str, today: NaiveDate) -> Udi {
    parse_with(raw, &Options::default(), today)
}

/// Reads a code with what the site knows of its scanners.
pub fn parse_with(raw: &str, options: &Options, today: NaiveDate) -> Udi {
    Udi::of(raw, outcome(raw, options, today))
}

fn outcome(raw: &str, options: &Options, today: NaiveDate) -> Outcome {
    if raw.len() > LONGEST {
        return Outcome::unread(Form::Aidc, Unread::TooLong);
    }
    // What scanners and copies set around the data: line ends, byte order mark, STX, ETX. A final blank may be data.
    let noise = ['\r', '\n', '\t', '\u{feff}', '\u{2}', '\u{3}', '\0'];
    let text = raw.trim_matches(noise).trim_start();
    if text.trim().is_empty() {
        return Outcome::unread(Form::Aidc, Unread::Empty);
    }
    let (symbology, text) =
        variants::symbology(text).map_or((None, text), |(symbology, text)| (Some(symbology), text));
    let text = named(text);
    let head = text.trim_start_matches([GS, ' ']);
    let shown = head.trim_end();
    if hri::is_printed(head) {
        return hri::read(shown, today);
    }
    if symbology.is_some_and(variants::announces_gs1) {
        return gs1::read(text, options, today);
    }
    if symbology.is_some_and(|symbology| symbology.starts_with("]E")) {
        return gtin(shown, today)
            .unwrap_or_else(|| Outcome::unread(Form::Aidc, Unread::Malformed));
    }
    if ifa::is_envelope(head) {
        return ifa::envelope(head, options, today);
    }
    if digital_link::is_address(shown) {
        return digital_link::read(shown, today);
    }
    // Code 39 as printed shows its start and stop as asterisks.
    let starred = head
        .strip_prefix('*')
        .map(|inner| inner.trim_end().trim_end_matches('*'));
    if let Some(code) = starred.filter(|code| hibcc::is_hibc(code)) {
        return hibcc::read(code, Form::Hri, today);
    }
    if hibcc::is_hibc(head) {
        return hibcc::read(head, Form::Aidc, today);
    }
    if iccbba::is_isbt(head) {
        return iccbba::read(shown);
    }
    let element_string = gs1::read(text.trim_end(), options, today);
    if let Some(article) = gtin_alone(shown, &element_string, today) {
        return article;
    }
    let announced = text.contains(GS)
        || element_string
            .readings
            .iter()
            .any(|reading| reading.di.is_some());
    if announced && !matches!(element_string.status, Status::Unparsed(_)) {
        return element_string;
    }
    if let Some(other) = ifa::bare(shown, today)
        .or_else(|| basic(shown))
        .or_else(|| eudamed(shown))
    {
        return other;
    }
    // Digits that begin like an AI are everywhere: without an announcement, what does not hold is no element string.
    match element_string.status {
        Status::Ambiguous => element_string,
        Status::Parsed if !doubtful(&element_string) => element_string,
        _ => Outcome::unread(
            Form::Aidc,
            if azerty(shown) {
                Unread::Keyboard
            } else {
                Unread::NotAUdi
            },
        ),
    }
}

/// The text without a name set before it on labels and in forms.
fn named(text: &str) -> &str {
    for name in ["UDI-DI", "IUD-ID", "UDI", "IUD"] {
        let rest = text
            .get(..name.len())
            .filter(|start| start.eq_ignore_ascii_case(name))
            .and_then(|_| text.get(name.len()..));
        if let Some(rest) = rest.filter(|rest| rest.starts_with([' ', ':', '\u{a0}', '('])) {
            return rest.trim_start_matches([' ', ':', '\u{a0}']);
        }
    }
    text
}

fn doubtful(outcome: &Outcome) -> bool {
    outcome
        .warnings
        .iter()
        .any(|warning| warning.gravity() == Gravity::Warn)
}

/// An article code of 8, 12, 13 or 14 digits.
fn gtin(text: &str, today: NaiveDate) -> Option<Outcome> {
    let whole = if text.len() == 14 {
        Some(text.to_owned())
    } else {
        hri::padded(text)
    }?;
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fields = [Field {
        code: "01",
        raw: &whole,
    }];
    let mut reading = gs1_fields::reading(&fields, today);
    if let Some(di) = &mut reading.di {
        di.printed = text.to_owned();
    }
    let mut warnings = gs1_fields::remarks(&fields, today);
    if text.len() != 14 {
        warnings.push(Warning::Padded { digits: text.len() });
    }
    Some(Outcome::sure(Issuer::Gs1, Form::Hri, reading, warnings))
}

/// Digits that are an article code without its AI, unless they read as well or better as an element string.
fn gtin_alone(text: &str, element_string: &Outcome, today: NaiveDate) -> Option<Outcome> {
    let mut article = gtin(text, today)?;
    let likely = |reading: &Reading| {
        let mut keys = reading.elements.iter().map(|element| element.key.as_str());
        keys.all(gs1::is_likely)
    };
    let reads = element_string.status == Status::Ambiguous
        || element_string.status == Status::Parsed && !doubtful(element_string);
    let reads = reads && element_string.readings.iter().any(likely);
    if !check::mod10_holds(text) {
        return (!reads && text.len() != 8).then_some(article);
    }
    if reads {
        let others = element_string
            .readings
            .iter()
            .filter(|reading| likely(reading));
        article.readings.extend(others.cloned());
        let readings = article.readings.len();
        article
            .warnings
            .push(Warning::SeparatorsMissing { readings });
        article.status = Status::Ambiguous;
    }
    Some(article)
}

/// A GMN written alone: a GS1 Basic UDI-DI, recognised by its check pair only.
fn basic(text: &str) -> Option<Outcome> {
    let (data, found) = check::split_end(text, 2)?;
    let prefix = data.bytes().take_while(u8::is_ascii_digit).count();
    if data.len() < 6 || prefix < 4 || check::pair(data)? != found {
        return None;
    }
    let reading = Reading {
        elements: vec![Element {
            key: "8013".to_owned(),
            label_fr: gs1_ai::of("8013").map_or_else(Default::default, |ai| ai.label.into()),
            raw: text.to_owned(),
            value: Value::Text(text.to_owned()),
        }],
        basic_udi_di: Some(text.to_owned()),
        ..Reading::default()
    };
    Some(Outcome::sure(Issuer::Gs1, Form::Hri, reading, Vec::new()))
}

/// Keys that EUDAMED gave to devices of the former directives: EUDAMED DI (`B-`, a Basic UDI-DI) and EUDAMED ID (`D-`).
fn eudamed(text: &str) -> Option<Outcome> {
    let letter = text
        .split_once('-')
        .map(|(letter, _)| letter)
        .filter(|letter| matches!(*letter, "B" | "D"))?;
    if !(6..=25).contains(&text.len()) || !text.chars().all(|character| CSET82.contains(character))
    {
        return None;
    }
    let label = if letter == "B" {
        "EUDAMED DI"
    } else {
        "EUDAMED ID"
    };
    let value = Value::Text(text.to_owned());
    let element = Element {
        key: format!("{letter}-"),
        label_fr: label.into(),
        raw: text.to_owned(),
        value,
    };
    let mut reading = Reading {
        elements: vec![element],
        ..Reading::default()
    };
    if letter == "B" {
        reading.basic_udi_di = Some(text.to_owned());
    } else {
        reading.di = Some(Di {
            value: text.to_owned(),
            printed: text.to_owned(),
            kind: DiKind::Eudamed,
        });
    }
    Some(Outcome::sure(
        Issuer::Eudamed,
        Form::Hri,
        reading,
        Vec::new(),
    ))
}

/// Whether digits arrive as the unshifted top row of a French keyboard.
fn azerty(text: &str) -> bool {
    let row = text
        .chars()
        .filter(|character| "&é\"'(-è_çà".contains(*character))
        .count();
    let letters = text
        .chars()
        .filter(|character| "éèçà".contains(*character))
        .count();
    row >= 10 && letters >= 2 && row * 10 >= text.chars().count() * 6
}

#[cfg(test)]
mod tests;
