//! GS1 Digital Link addresses: identification in the path, attributes in the query, any domain.
//!
//! Source: GS1 Digital Link Standard, URI Syntax 1.3 and later (keys and the order of their qualifiers as in the GS1
//! Barcode Syntax Dictionary); the words such as `gtin` come from its version 1.0.

use chrono::NaiveDate;

use super::gs1_ai;
use super::hri;
use super::reading::{Form, Issuer, Outcome};
use super::warning::{Unread, Warning};

/// Keys that may begin the identification, with their qualifiers in order; a key may have two lines.
const KEYS: [(&str, &[&str]); 23] = [
    ("01", &["22", "10", "21"]),
    ("01", &["235"]),
    ("8006", &["22", "10", "21"]),
    ("8010", &["8011"]),
    ("414", &["254"]),
    ("414", &["7040"]),
    ("417", &["7040"]),
    ("415", &["8020"]),
    ("8004", &["7040"]),
    ("8017", &["8019"]),
    ("8018", &["8019"]),
    ("00", &[]),
    ("253", &[]),
    ("255", &[]),
    ("401", &[]),
    ("402", &[]),
    ("8003", &[]),
    ("8013", &[]),
    // Refused by the standard, printed all the same: read with a remark on their place.
    ("03", &["10", "21"]),
    ("8014", &[]),
    ("02", &[]),
    ("410", &[]),
    ("416", &[]),
];

/// Words that version 1.0 allowed in place of numbers.
const WORDS: [(&str, &str); 22] = [
    ("gtin", "01"),
    ("itip", "8006"),
    ("cpid", "8010"),
    ("gln", "414"),
    ("party", "417"),
    ("gsrnp", "8017"),
    ("gsrn", "8018"),
    ("gcn", "255"),
    ("sscc", "00"),
    ("gdti", "253"),
    ("ginc", "401"),
    ("gsin", "402"),
    ("grai", "8003"),
    ("giai", "8004"),
    ("gmn", "8013"),
    ("cpv", "22"),
    ("lot", "10"),
    ("ser", "21"),
    ("cpsn", "8011"),
    ("glnx", "254"),
    ("payto", "415"),
    ("exp", "17"),
];

/// Whether a text is a web address.
pub(super) fn is_address(text: &str) -> bool {
    without_scheme(text).is_some()
}

/// Whether a text is an address that carries an identification key.
pub(super) fn carries_key(text: &str) -> bool {
    without_scheme(text).is_some_and(|rest| key_at(&path_of(rest)).is_some())
}

/// Reads an address.
pub(super) fn read(text: &str, today: NaiveDate) -> Outcome {
    let Some(rest) = without_scheme(text) else {
        return Outcome::unread(Form::DigitalLink, Unread::Malformed);
    };
    let path = path_of(rest);
    let Some(at) = key_at(&path) else {
        return Outcome::unread(Form::DigitalLink, Unread::NoKeyInAddress);
    };
    let mut found: Vec<(String, String)> = Vec::new();
    let mut warnings = Vec::new();
    for pair in path.get(at..).unwrap_or_default().chunks(2) {
        match pair {
            [name, value] => match code_of(name).filter(|_| !value.is_empty()) {
                Some(code) => found.push((code.to_owned(), value.clone())),
                None => warnings.push(Warning::Leftover {
                    text: format!("{name}/{value}"),
                }),
            },
            [name] if !name.is_empty() => warnings.push(Warning::Leftover { text: name.clone() }),
            _ => {}
        }
    }
    warnings.extend(order(&found));
    let query = rest
        .split_once('?')
        .map_or("", |(_, query)| query)
        .split('#')
        .next()
        .unwrap_or_default();
    for (name, value) in query
        .split(['&', ';'])
        .filter_map(|pair| pair.split_once('='))
    {
        let (name, value) = (decoded(name), decoded(value));
        match code_of(&name) {
            Some(code) if !value.is_empty() => found.push((code.to_owned(), value)),
            // Other words (linkType, context…) belong to the site, numbers should be known.
            None if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) => {
                warnings.push(Warning::Unknown {
                    key: format!("({name})"),
                });
            }
            _ => {}
        }
    }
    Outcome::sure(
        Issuer::Gs1,
        Form::DigitalLink,
        hri::completed(found, today, &mut warnings),
        warnings,
    )
}

/// The qualifiers that do not follow the order of their key.
fn order(found: &[(String, String)]) -> Option<Warning> {
    let ((key, _), qualifiers) = found.split_first()?;
    let fits = |allowed: &[&str]| {
        let mut ranks = qualifiers
            .iter()
            .map(|(code, _)| allowed.iter().position(|allowed| allowed == code));
        ranks
            .try_fold(0, |next, rank| {
                rank.filter(|rank| *rank >= next).map(|rank| rank + 1)
            })
            .is_some()
    };
    if KEYS
        .iter()
        .any(|(code, allowed)| code == key && fits(allowed))
    {
        return None;
    }
    let (misplaced, _) = qualifiers.first().unwrap_or(&found[0]);
    Some(Warning::Order {
        key: format!("({misplaced})"),
    })
}

fn without_scheme(text: &str) -> Option<&str> {
    let at = text.find("://")?;
    let (scheme, rest) = text.split_at_checked(at)?;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
        .then(|| rest.get(3..).unwrap_or_default())
        .filter(|rest| !rest.is_empty())
}

/// The segments of the path, decoded, the domain left out.
fn path_of(rest: &str) -> Vec<String> {
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    path.split('/').skip(1).map(decoded).collect()
}

/// Where the identification begins: the first key that a plausible value follows.
fn key_at(path: &[String]) -> Option<usize> {
    path.windows(2).position(|pair| {
        let [name, value] = pair else { return false };
        code_of(name).is_some_and(|code| {
            let long_enough =
                gs1_ai::of(code).is_some_and(|ai| ai.admits(value) || value.len() >= 8);
            KEYS.iter().any(|(key, _)| *key == code) && long_enough
        })
    })
}

fn code_of(name: &str) -> Option<&str> {
    if gs1_ai::of(name).is_some() {
        return Some(name);
    }
    WORDS
        .iter()
        .find(|(word, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, code)| *code)
}

/// Percent-decoded; a text that is not UTF-8 once decoded stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (head, tail) = rest.split_at(at);
        bytes.extend_from_slice(head.as_bytes());
        match tail
            .get(1..3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(b'%');
                rest = tail.get(1..).unwrap_or_default();
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
