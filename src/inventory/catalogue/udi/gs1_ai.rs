//! The application identifiers (AI) of GS1, as data.
//!
//! Source of lengths, separators, check digits and associations: GS1 Barcode Syntax Dictionary, text of 2025 with AI 03, 716, 7041 and 8014, read
//! as facts; the French labels are ours. An AI written `3100`–`3105` is one row: its last digit is a number of decimals.

use std::sync::LazyLock;

pub use super::gs1_table::TABLE;

/// Characters that a part of a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Digits.
    N,
    /// The 82 characters.
    X,
    /// The 39 characters.
    Y,
    /// Base 64 in its form for file names.
    Z,
}

/// A part of a field: its characters, and how many at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which characters.
    pub kind: Kind,
    /// Fewest characters; 0 for a part that may be left out.
    pub min: usize,
    /// Most characters.
    pub max: usize,
}

/// What the content of a field must obey beyond its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing more.
    Free,
    /// A key whose digits from the first number on, over the second number of digits, end in a mod 10 check digit.
    Key(usize, usize),
    /// Ends in a check pair (GMN); true when a character that is not a digit is demanded too (MUDI).
    Pair(bool),
    /// `YYMMDD` where the day may be `00`.
    DayOrMonth,
    /// `YYMMDD`.
    Day,
    /// `YYMMDD` twice or once: a period.
    Period,
    /// `YYMMDD` then hours and minutes: always, or perhaps.
    Minute,
    /// `YYMMDDhh`, then perhaps minutes and seconds.
    Hour,
    /// `YYYYMMDD`, then perhaps hours and minutes.
    LongDay,
    /// A number with as many decimals as the last digit of the AI says, after this many leading characters.
    Decimals(usize),
    /// A count.
    Count,
}

/// One row of the dictionary.
#[derive(Debug)]
pub struct Ai {
    /// First code of the row.
    pub first: &'static str,
    /// Last code of the row, the same as the first for a single AI.
    pub last: &'static str,
    /// Whether its length is pre-defined, so that no separator follows. Fixed length alone is not enough.
    pub predefined: bool,
    /// The parts of its field, in order.
    pub parts: &'static [Part],
    /// What its content obeys.
    pub rule: Rule,
    /// AIs it must come with: groups apart by a blank, each satisfied by one of its choices apart by a comma; a choice
    /// may join several AIs by `+`, and `n` stands for any digit.
    pub requires: &'static str,
    /// AIs it must not come with, apart by commas.
    pub excludes: &'static str,
    /// What it is, in French.
    pub label: &'static str,
}

impl Ai {
    /// Fewest characters of the whole field.
    pub fn min(&self) -> usize {
        self.parts.iter().map(|part| part.min).sum()
    }

    /// Most characters of the whole field.
    pub fn max(&self) -> usize {
        self.parts.iter().map(|part| part.max).sum()
    }

    /// Whether a text could be this field by its length and its characters.
    pub fn admits(&self, text: &str) -> bool {
        let mut rest = text;
        for part in self.parts {
            let cut = rest
                .char_indices()
                .nth(part.max)
                .map_or(rest.len(), |(at, _)| at);
            let (head, tail) = rest.split_at(cut);
            if head.chars().count() < part.min
                || !head.chars().all(|character| part.kind.admits(character))
            {
                return false;
            }
            rest = tail;
        }
        rest.is_empty()
    }
}

impl Kind {
    /// Whether this character belongs to the set.
    pub fn admits(self, character: char) -> bool {
        match self {
            Self::N => character.is_ascii_digit(),
            Self::X => super::check::CSET82.contains(character),
            Self::Y => super::check::CSET39.contains(character),
            Self::Z => character.is_ascii_alphanumeric() || "-_=".contains(character),
        }
    }
}

/// The AI that begins this text, with its code. Codes are free of prefixes: at most one fits.
pub fn leading(text: &str) -> Option<(&'static Ai, &str)> {
    let bytes = text.as_bytes();
    let (tens, units) = (
        bytes.first()?.wrapping_sub(b'0'),
        bytes.get(1)?.wrapping_sub(b'0'),
    );
    if tens > 9 || units > 9 {
        return None;
    }
    let rows = BY_PREFIX.get(usize::from(tens) * 10 + usize::from(units))?;
    rows.iter().find_map(|ai| {
        let code = text.get(..ai.first.len())?;
        (ai.first <= code && code <= ai.last && code.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some((*ai, code))
    })
}

/// The AI of exactly this code.
pub fn of(code: &str) -> Option<&'static Ai> {
    leading(code)
        .filter(|(_, found)| found.len() == code.len())
        .map(|(ai, _)| ai)
}

/// Whether an AI matches a code or a pattern such as `31nn`.
pub fn matches(pattern: &str, code: &str) -> bool {
    pattern.len() == code.len()
        && pattern
            .bytes()
            .zip(code.bytes())
            .all(|(p, c)| p == b'n' || p == c)
}

static BY_PREFIX: LazyLock<Vec<Vec<&'static Ai>>> = LazyLock::new(|| {
    let mut rows: Vec<Vec<&'static Ai>> = (0..100).map(|_| Vec::new()).collect();
    for ai in TABLE {
        let ranks = [&ai.first, &ai.last].map(|code| {
            code.get(..2)
                .and_then(|two| two.parse::<usize>().ok())
                .unwrap_or(0)
        });
        for rank in ranks[0]..=ranks[1] {
            if let Some(row) = rows.get_mut(rank) {
                row.push(ai);
            }
        }
    }
    rows
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_each_code_is_found() {
        for pair in TABLE.windows(2) {
            assert!(
                pair[0].last < pair[1].first,
                "{} before {}",
                pair[0].first,
                pair[1].first
            );
        }
        for row in TABLE {
            for code in [row.first, row.last] {
                assert!(std::ptr::eq(of(code).unwrap(), row), "{code}");
                let followed = format!("{code}123456");
                assert_eq!(leading(&followed).map(|(_, code)| code), Some(code));
            }
            assert_eq!(row.first.len(), row.last.len());
            assert!(
                row.min() >= 1 && row.min() <= row.max() && row.max() <= 90,
                "{}",
                row.first
            );
        }
    }

    #[test]
    fn only_the_pre_defined_lengths_go_without_a_separator() {
        // GS1 General Specifications, figure 7.8.5-2: these first two digits, and no others.
        let listed = [
            "00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16", "17", "18", "19",
            "20", "31", "32", "33", "34", "35", "36", "41",
        ];
        for row in TABLE {
            assert_eq!(
                row.predefined,
                listed.contains(&&row.first[..2]),
                "{}",
                row.first
            );
            if row.predefined {
                assert_eq!(row.min(), row.max(), "{}", row.first);
            }
        }
        for fixed_but_separated in ["7003", "422", "8005", "402", "8006"] {
            let row = of(fixed_but_separated).unwrap();
            assert!(!row.predefined && row.min() == row.max());
        }
    }

    #[test]
    fn the_associations_name_known_codes() {
        for row in TABLE {
            for code in row
                .requires
                .split([' ', ',', '+'])
                .chain(row.excludes.split(','))
                .filter(|code| !code.is_empty())
            {
                let low = code.replace('n', "0");
                assert!(
                    of(&low).is_some() || TABLE.iter().any(|ai| matches(code, ai.first)),
                    "{code} of {}",
                    row.first
                );
            }
        }
    }

    #[test]
    fn what_is_no_code_is_not_found() {
        for text in [
            "", "0", "04", "14", "26", "3106", "38", "70", "7012", "AB", "é1", "8015", "1",
        ] {
            assert!(of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn fields_are_admitted_by_length_and_characters() {
        assert!(of("10").unwrap().admits("LOT7a"));
        assert!(!of("10").unwrap().admits("LOT 7"));
        assert!(!of("10").unwrap().admits(&"A".repeat(21)));
        assert!(of("17").unwrap().admits("281200"));
        assert!(!of("17").unwrap().admits("28120"));
        assert!(of("253").unwrap().admits("4012345000009AB"));
        assert!(!of("253").unwrap().admits("401234500000"));
        assert!(of("8010").unwrap().admits("4012345#A-1/2"));
        assert!(!of("8010").unwrap().admits("4012345a"));
    }
}
