//! Texts as they are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::mutants::{self, Fault};

/// Lower case without accents, as the database's `plain()` does for Latin letters.
pub fn plain(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .replace('œ', "oe")
        .replace('æ', "ae")
}

/// What a person typed in one line: outer blanks gone, composed (NFC).
pub fn line(text: &str) -> String {
    text.trim().nfc().collect()
}

/// A line, or nothing when it is empty.
pub fn maybe(text: &str) -> Option<String> {
    let text = line(text);
    (!text.is_empty()).then_some(text)
}

/// Does it turn the letters around it, as no text of ours needs?
pub fn is_turn(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// True when the text holds control or bidirectional characters that could disguise it.
pub fn is_disguised(text: &str) -> bool {
    if mutants::on(Fault::DisguisePasses) {
        return false;
    }
    text.chars()
        .any(|c| (c.is_control() && c != '\n' && c != '\t' && c != '\r') || is_turn(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(plain("Échographe CŒUR"), "echographe coeur");
        assert!(is_disguised("a\u{202e}b"));
        assert!(!is_disguised("ligne\nsuivante"));
    }
}
