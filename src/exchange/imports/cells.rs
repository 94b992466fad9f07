//! From the text of a cell to a value, as French hospitals write them. What cannot be read is never guessed: a date that
//! is none stays a text, and says why.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

/// What was understood of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Day {
    /// Nothing given.
    Empty,
    /// A day; a remark when it was deduced from a number or a two-digit year.
    Known(NaiveDate, Option<&'static str>),
    /// The words given, and why they are no day.
    Text(String, &'static str),
}

/// What was understood of an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Money {
    /// Nothing given.
    Empty,
    /// Cents of euro.
    Cents(i64),
    /// The words given, and why they are no amount.
    Text(String, &'static str),
}

/// What was understood of a serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serial {
    /// Nothing given.
    Empty,
    /// A serial number, as written.
    Known(String),
    /// A number that a spreadsheet has ruined: kept as written, useless as a key.
    Mangled(String),
    /// Said to be missing or unreadable, in these words.
    Missing(String),
}

#[rustfmt::skip]
const MONTHS: &[(&str, u32)] = &[
    ("janv", 1), ("jan", 1), ("janvier", 1), ("january", 1), ("enero", 1), ("ene", 1),
    ("fev", 2), ("fevr", 2), ("fevrier", 2), ("feb", 2), ("february", 2), ("febrero", 2),
    ("mars", 3), ("mar", 3), ("march", 3), ("marzo", 3),
    ("avr", 4), ("avril", 4), ("apr", 4), ("april", 4), ("abril", 4), ("abr", 4),
    ("mai", 5), ("may", 5), ("mayo", 5),
    ("juin", 6), ("jun", 6), ("june", 6), ("junio", 6),
    ("juil", 7), ("juillet", 7), ("jul", 7), ("july", 7), ("julio", 7),
    ("aout", 8), ("aou", 8), ("aug", 8), ("august", 8), ("agosto", 8), ("ago", 8),
    ("sept", 9), ("sep", 9), ("septembre", 9), ("september", 9), ("septiembre", 9),
    ("oct", 10), ("octobre", 10), ("october", 10), ("octubre", 10),
    ("nov", 11), ("novembre", 11), ("november", 11), ("noviembre", 11),
    ("dec", 12), ("decembre", 12), ("december", 12), ("diciembre", 12), ("dic", 12),
];

/// Lower case without accents, outer and inner blanks tidied.
pub(super) fn low(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .collect::<String>()
        .to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What people write to say that they know nothing.
pub fn is_empty(text: &str) -> bool {
    let low = low(text);
    let bare = low.trim_matches(|c: char| {
        matches!(
            c,
            '-' | '–' | '—' | '_' | '.' | '/' | '?' | '*' | '\'' | '"' | '(' | ')'
        )
    });
    bare.is_empty()
        || matches!(
            bare,
            "ni" | "n/i"
                | "na"
                | "n/a"
                | "n.a"
                | "nd"
                | "n/d"
                | "n.d"
                | "nr"
                | "n/r"
                | "n.r"
                | "nc"
                | "n.c"
                | "n/c"
                | "neant"
                | "aucun"
                | "aucune"
                | "rien"
                | "vide"
                | "sans objet"
                | "inconnu"
                | "inconnue"
                | "non renseigne"
                | "non renseignee"
                | "non communique"
                | "non connu"
                | "non disponible"
                | "indetermine"
                | "null"
                | "none"
                | "nil"
                | "unknown"
                | "not available"
                | "no aplica"
                | "no registra"
                | "sin informacion"
                | "sin dato"
                | "no tiene"
                | "no disponible"
                | "#n/a"
                | "#ref!"
                | "#valeur!"
                | "#value!"
        )
}

/// A text ready to be stored: composed letters, no control or direction-changing characters, inner blanks joined.
pub fn text(cell: &str) -> String {
    note(cell).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Like [`text`], line breaks kept.
pub fn note(cell: &str) -> String {
    let kept: String = cell
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .filter(|c| (!c.is_control() || *c == '\n') && !is_direction(*c))
        .collect();
    kept.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

/// An identifier as written, but for the blanks around it: inner blanks and leading zeros are kept.
pub fn identifier(cell: &str) -> String {
    cell.nfc()
        .filter(|c| !c.is_control() && !is_direction(*c))
        .collect::<String>()
        .trim()
        .to_owned()
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether a spreadsheet turned a long number into `1,02031E+12`: the digits it hides are lost.
pub fn is_mangled(text: &str) -> bool {
    let text = text.trim().to_ascii_uppercase();
    let Some((head, power)) = text.split_once('E') else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let Some(power) = power.strip_prefix('+') else {
        return false;
    };
    let head_is_number = match head.split_once([',', '.']) {
        Some((whole, fraction)) => whole.len() == 1 && digits(whole) && digits(fraction),
        None => head.len() == 1 && digits(head),
    };
    head_is_number && digits(power) && power.len() <= 3
}

/// Reads a serial number.
pub fn serial(cell: &str) -> Serial {
    let value = identifier(cell);
    if value.is_empty() {
        return Serial::Empty;
    }
    if is_mangled(&value) {
        return Serial::Mangled(value);
    }
    let low = low(&value);
    let zeros = value
        .chars()
        .all(|c| matches!(c, '0' | '-' | '.' | ' ' | 'x' | 'X' | '?'));
    if is_empty(&value) && !low.chars().any(char::is_alphabetic) {
        return Serial::Empty;
    }
    if zeros
        || is_empty(&value)
        || matches!(
            low.as_str(),
            "s/n"
                | "sn"
                | "sans"
                | "sans numero"
                | "sans n°"
                | "pas de numero"
                | "pas de n°"
                | "illisible"
                | "non lisible"
                | "efface"
                | "absent"
                | "no serial"
                | "sin serie"
                | "sin numero"
                | "no legible"
                | "a completer"
                | "a verifier"
        )
    {
        return Serial::Missing(value);
    }
    Serial::Known(value)
}

/// Whether a value could be a day, even partial: what supports a guess of mapping.
pub fn looks_like_a_day(value: &str) -> bool {
    let (Some(today), value) = (NaiveDate::from_ymd_opt(2040, 1, 1), value.trim()) else {
        return false;
    };
    if value.chars().all(|c| c.is_ascii_digit()) {
        return value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    }
    match day(value, today) {
        Day::Known(..) => true,
        Day::Text(_, why) => why == PARTIAL,
        Day::Empty => false,
    }
}

const PARTIAL: &str = "date partielle : le jour n’est pas dit";
const NO_DATE: &str = "ce n’est pas une date (attendu : jj/mm/aaaa)";
const NO_SUCH_DAY: &str = "ce jour n’existe pas (attendu : jj/mm/aaaa)";
const TOO_FAR: &str = "année invraisemblable";
const FILLER: &str = "date de remplissage (1900)";
const FROM_SERIAL: &str = "date reçue comme un nombre de tableur";
const SHORT_YEAR: &str = "année sur deux chiffres";

/// Reads a day. `today` places the window of two-digit years: at most ten years ahead.
pub fn day(cell: &str, today: NaiveDate) -> Day {
    let value = text(cell);
    if is_empty(&value) || value.starts_with("0000-00-00") || value.starts_with("00/00/0000") {
        return Day::Empty;
    }
    let because = |why| Day::Text(value.clone(), why);
    let low = low(&value);
    let bare = strip_time(&low);
    if bare.chars().all(|c| c.is_ascii_digit()) {
        return match (bare.len(), bare.parse::<i64>()) {
            (8, Ok(number)) => match checked(number / 10_000, number / 100 % 100, number % 100) {
                Found::Day(date) => Day::Known(date, None),
                Found::Filler => because(FILLER),
                _ => because(NO_DATE),
            },
            (5, Ok(number)) if (14_611..=73_050).contains(&number) => {
                match NaiveDate::from_ymd_opt(1899, 12, 30)
                    .and_then(|origin| origin.checked_add_days(chrono::Days::new(number as u64)))
                {
                    Some(date) => Day::Known(date, Some(FROM_SERIAL)),
                    None => because(NO_DATE),
                }
            }
            (4, Ok(number)) if (1900..=2100).contains(&number) => because(PARTIAL),
            _ => because(NO_DATE),
        };
    }
    let parts: Vec<&str> = bare
        .split(['/', '-', '.', ' ', ',', '\u{a0}'])
        .filter(|part| !matches!(*part, "" | "de" | "del" | "le" | "of" | "du"))
        .collect();
    let number = |part: &str| {
        part.strip_suffix("er")
            .or(part.strip_suffix("th"))
            .or(part.strip_suffix("st"))
            .or(part.strip_suffix("nd"))
            .or(part.strip_suffix("rd"))
            .unwrap_or(part)
            .parse::<i64>()
            .ok()
            .filter(|_| part.len() <= 4)
    };
    let month = |part: &str| {
        MONTHS
            .iter()
            .find(|(name, _)| *name == part)
            .map(|(_, month)| i64::from(*month))
    };
    match parts.as_slice() {
        [a, b, c] => {
            let (year, month, day, short) =
                match (number(a), month(b).or_else(|| number(b)), number(c)) {
                    (Some(year), Some(month), Some(day)) if a.len() == 4 && month_or_number(b) => {
                        (year, month, day, false)
                    }
                    (Some(day), Some(month), Some(year)) if c.len() == 4 => {
                        (year, month, day, false)
                    }
                    (Some(day), Some(month), Some(year)) if c.len() == 2 && a.len() <= 2 => {
                        (full_year(year, today), month, day, true)
                    }
                    _ => match (month(a), number(b), number(c)) {
                        // « October 12, 2025 »
                        (Some(month), Some(day), Some(year)) if c.len() == 4 => {
                            (year, month, day, false)
                        }
                        _ => return because(NO_DATE),
                    },
                };
            match checked(year, month, day) {
                Found::Day(date) => Day::Known(date, short.then_some(SHORT_YEAR)),
                Found::Filler => because(FILLER),
                Found::Far => because(TOO_FAR),
                Found::None => because(NO_SUCH_DAY),
            }
        }
        [a, b]
            if month(a).is_some() && number(b).is_some()
                || month(b).is_some() && number(a).is_some() =>
        {
            because(PARTIAL)
        }
        [a, b]
            if number(a).is_some_and(|n| (1..=12).contains(&n))
                && b.len() == 4
                && number(b).is_some() =>
        {
            because(PARTIAL)
        }
        [a, b]
            if a.len() == 4
                && number(a).is_some()
                && number(b).is_some_and(|n| (1..=12).contains(&n)) =>
        {
            because(PARTIAL)
        }
        _ => because(NO_DATE),
    }
}

fn month_or_number(part: &str) -> bool {
    part.chars().all(|c| c.is_ascii_digit()) || MONTHS.iter().any(|(name, _)| *name == part)
}

enum Found {
    Day(NaiveDate),
    Filler,
    Far,
    None,
}

fn checked(year: i64, month: i64, day: i64) -> Found {
    let (Ok(y), Ok(m), Ok(d)) = (
        i32::try_from(year),
        u32::try_from(month),
        u32::try_from(day),
    ) else {
        return Found::None;
    };
    match NaiveDate::from_ymd_opt(y, m, d) {
        None => Found::None,
        Some(date)
            if (date.year(), date.month(), date.day()) == (1900, 1, 1) || date.year() == 1899 =>
        {
            Found::Filler
        }
        Some(date) if !(1940..=2100).contains(&date.year()) => Found::Far,
        Some(date) => Found::Day(date),
    }
}

fn full_year(short: i64, today: NaiveDate) -> i64 {
    let century = i64::from(today.year()) / 100 * 100;
    if century + short <= i64::from(today.year()) + 10 {
        century + short
    } else {
        century - 100 + short
    }
}

/// Drops the hour that follows a day.
fn strip_time(value: &str) -> &str {
    let is_time = |part: &str| {
        part.contains(':')
            && part
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | 'z' | '+'))
    };
    if let Some((date, time)) = value.split_once('t')
        && date.ends_with(|c: char| c.is_ascii_digit())
        && is_time(time)
    {
        return date;
    }
    match value.rsplit_once(' ') {
        Some((date, time)) if is_time(time) => date.trim_end(),
        Some((date, "am" | "pm")) => strip_time(date),
        _ => value,
    }
}

/// Reads a French number: blanks or dots between thousands, a comma or a dot before the decimals.
/// « 1.234 » may mean two numbers: it is none.
pub fn number(cell: &str) -> Option<f64> {
    let value: String = cell
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\'' | '’'))
        .collect();
    let (sign, value) = match value.strip_prefix('-') {
        Some(rest) => (-1.0, rest.to_owned()),
        None => (1.0, value),
    };
    if value.is_empty()
        || !value
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        || !value.chars().any(|c| c.is_ascii_digit())
    {
        return None;
    }
    let (dots, commas) = (value.matches('.').count(), value.matches(',').count());
    let grouped = |text: &str, mark: char| {
        let mut groups = text.split(mark);
        groups
            .next()
            .is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.all(|group| group.len() == 3)
    };
    let plain = match (dots, commas) {
        (0, 0) => value,
        (0, 1) => value.replace(',', "."),
        (1, 0) if grouped(&value, '.') => return None,
        (1, 0) => value,
        (_, 0) if grouped(&value, '.') => value.replace('.', ""),
        (0, _) if grouped(&value, ',') => value.replace(',', ""),
        (_, 1)
            if value.rfind(',') > value.rfind('.')
                && grouped(value.split(',').next().unwrap_or(""), '.') =>
        {
            value.replace('.', "").replace(',', ".")
        }
        (1, _)
            if value.rfind('.') > value.rfind(',')
                && grouped(value.split('.').next().unwrap_or(""), ',') =>
        {
            value.replace(',', "")
        }
        _ => return None,
    };
    plain.parse::<f64>().ok().map(|number| sign * number)
}

/// Reads an amount in euros.
pub fn money(cell: &str) -> Money {
    let value = text(cell);
    if is_empty(&value) {
        return Money::Empty;
    }
    let low = low(&value);
    let bare = [
        "€ ttc", "€ ht", "eur ttc", "eur ht", "euros", "euro", "eur", "€", "ttc", "ht",
    ]
    .iter()
    .find_map(|unit| low.strip_suffix(unit))
    .unwrap_or(&low)
    .trim();
    let bare = bare.strip_prefix('€').unwrap_or(bare).trim();
    match number(bare) {
        Some(amount) if amount < 0.0 => Money::Text(value, "montant négatif"),
        Some(amount) if amount < 1e12 => Money::Cents((amount * 100.0).round() as i64),
        Some(_) => Money::Text(value, "montant invraisemblable"),
        None if bare.chars().any(|c| c.is_ascii_digit()) => Money::Text(
            value,
            "montant ambigu ou dans une autre monnaie (attendu : 1 234,50)",
        ),
        None => Money::Text(value, "ce n’est pas un montant (attendu : 1 234,50)"),
    }
}

/// Reads a MAC address into `00:11:22:aa:bb:cc`.
pub fn mac(cell: &str) -> Option<String> {
    let cell = cell.trim();
    if !cell
        .chars()
        .all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '-' | '.' | ' '))
    {
        return None;
    }
    let digits: Vec<char> = cell
        .chars()
        .filter(char::is_ascii_hexdigit)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (digits.len() == 12 && digits.iter().any(|c| *c != '0')).then(|| {
        digits
            .chunks(2)
            .map(|pair| pair.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join(":")
    })
}

/// Reads an IP address, its mask dropped.
pub fn ip(cell: &str) -> Option<String> {
    let cell = cell.trim();
    let address = cell.split_once('/').map_or(cell, |(address, _)| address);
    address
        .parse::<std::net::IpAddr>()
        .ok()
        .filter(|ip| !ip.is_unspecified())
        .map(|ip| ip.to_string())
}

#[cfg(test)]
mod tests;
