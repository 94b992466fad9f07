//! Texts that a spreadsheet would run as a formula, made harmless on the way out and given back on the way in.
//!
//! A text is risky when, past apostrophes and invisible characters, it begins with `=`, `+`, `-`, `@`, their full-width
//! forms, a tabulation or a line break. It is written with one apostrophe more. The two functions are inverse of each
//! other on every text, apostrophes included: `restore(neutralise(t)) == t`.

use crate::kernel::mutants::{self, Fault};

/// Whether a spreadsheet could take this text for something else than text.
pub fn is_risky(text: &str) -> bool {
    if mutants::on(Fault::FormulasKept) {
        return false;
    }
    let mut characters = text.trim_start_matches('\'').chars();
    let Some(first) = characters.next() else {
        return false;
    };
    if is_trigger(first) {
        return true;
    }
    invisible(first) && characters.find(|c| !invisible(*c)).is_some_and(is_trigger)
}

/// The text as it is written in a file.
pub fn neutralise(text: &str) -> String {
    if is_risky(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text that was meant by a cell of a file.
pub fn restore(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if is_risky(rest) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

fn is_trigger(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
    )
}

fn invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}
