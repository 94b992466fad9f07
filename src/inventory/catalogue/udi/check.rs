//! Check digits and characters of the four issuing entities, as pure arithmetic.
//!
//! Sources: GS1 General Specifications 7.9 (mod 10 of the keys, pair of the GMN); ANSI/HIBC 2.6 (mod 43 over the
//! Code 39 characters); Euro commission's guides for Basic UDI-DI of HIBCC (same pair as GS1) and of IFA (mod 97);
//! IFA's PPN specification (mod 97) and the German PZN8 (mod 11).

/// The 82 characters a GS1 alphanumeric field may hold, in the order that gives each its value (GS1 General
/// Specifications, figure 7.11-1): no space, no `# $ @ [ ] ^ { } | ~`.
pub const CSET82: &str =
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/// The 39 characters of a component or part identifier (GS1 General Specifications, figure 7.11-2).
pub const CSET39: &str = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The 43 characters of Code 39 in the order that gives each its value (ANSI/HIBC 2.6).
pub const CSET43: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/// Letters and digits that write a check pair: 32 of them, none that is mistaken for another (GS1 GMN).
const CSET32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Weights of the check pair, the last one for the last character of the data (GS1 GMN): primes, largest first.
const PAIR_WEIGHTS: [u32; 23] = [
    83, 79, 73, 71, 67, 61, 59, 53, 47, 43, 41, 37, 31, 29, 23, 19, 17, 13, 11, 7, 5, 3, 2,
];

/// The mod 10 check digit that must follow these digits (GS1: weights 3, 1, 3… from the right).
/// Nothing when a character is not a digit or when there is none.
pub fn mod10(data: &str) -> Option<char> {
    if data.is_empty() {
        return None;
    }
    let mut sum = 0;
    for (rank, character) in data.chars().rev().enumerate() {
        let weight = if rank % 2 == 0 { 3 } else { 1 };
        sum += weight * character.to_digit(10)?;
    }
    char::from_digit((10 - sum % 10) % 10, 10)
}

/// Whether the last digit is the mod 10 check digit of those before it.
pub fn mod10_holds(digits: &str) -> bool {
    split_last(digits).is_some_and(|(data, last)| mod10(data) == Some(last))
}

/// The mod 43 check character that must follow this text, its leading `+` included (ANSI/HIBC 2.6).
/// Nothing when a character is outside the 43, lower case included.
pub fn mod43(data: &str) -> Option<char> {
    let mut sum = 0;
    for character in data.chars() {
        sum += CSET43.find(character)?;
    }
    CSET43.chars().nth(sum % 43)
}

/// The two characters that must follow this text in a GMN, MUDI, HIBC Basic UDI-DI or EUDAMED DI (mod 1021 written
/// in base 32). Nothing when the text is longer than 23 characters or leaves the 82 characters.
pub fn pair(data: &str) -> Option<String> {
    if data.is_empty() || data.chars().count() > PAIR_WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (character, weight) in data.chars().rev().zip(PAIR_WEIGHTS.iter().rev()) {
        sum += weight * u32::try_from(CSET82.find(character)?).ok()?;
    }
    let rest = sum % 1021;
    let high = CSET32.get((rest >> 5) as usize)?;
    let low = CSET32.get((rest & 31) as usize)?;
    Some([char::from(*high), char::from(*low)].iter().collect())
}

/// The two digits that must follow this text in a PPN or an IFA Basic UDI-DI: sum of the ASCII values weighted
/// 2, 3, 4… from the left, mod 97. Nothing outside ASCII.
pub fn mod97(data: &str) -> Option<String> {
    if data.is_empty() || !data.is_ascii() {
        return None;
    }
    let sum: u32 = data
        .bytes()
        .zip(2u32..)
        .map(|(byte, weight)| u32::from(byte) * weight)
        .sum();
    Some(format!("{:02}", sum % 97))
}

/// The check digit that must follow the seven digits of a PZN8 (weights 1 to 7, mod 11). Nothing when the rest is
/// 10: such numbers are never given out.
pub fn pzn(data: &str) -> Option<char> {
    let mut sum = 0;
    for (character, weight) in data.chars().zip(1u32..) {
        sum += weight * character.to_digit(10)?;
    }
    char::from_digit(sum % 11, 10)
}

/// A text without its last character, and that character.
pub(super) fn split_last(text: &str) -> Option<(&str, char)> {
    let last = text.chars().next_back()?;
    text.strip_suffix(last).map(|data| (data, last))
}

/// A text cut before its last `count` characters; nothing when it is shorter.
pub(super) fn split_end(text: &str, count: usize) -> Option<(&str, &str)> {
    let (at, _) = text.char_indices().rev().nth(count.checked_sub(1)?)?;
    text.split_at_checked(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_check_digits_of_gs1_are_found() {
        assert_eq!(mod10("629104150021"), Some('3'));
        assert_eq!(mod10("0401234567890"), Some('1'));
        assert!(mod10_holds("09506000134376"));
        assert!(!mod10_holds("09506000134377"));
        assert_eq!(mod10(""), None);
        assert_eq!(mod10("12A"), None);
    }

    #[test]
    fn the_wrong_numbers_of_official_examples_are_seen_as_wrong() {
        for (data, good) in [
            ("0020885110734", '7'),
            ("0001195401344", '2'),
            ("9986331344431", '2'),
        ] {
            assert_eq!(mod10(data), Some(good));
        }
        assert!(!mod10_holds("00208851107345"));
        assert!(!mod10_holds("00011954013448"));
        assert!(!mod10_holds("99863313444316"));
        assert!(!mod10_holds("00840118105406"));
    }

    #[test]
    fn known_check_characters_of_hibcc_are_found() {
        assert_eq!(mod43("+A123BJC5D6E71"), Some('G'));
        assert_eq!(mod43("+BLUEUNICORN7"), Some('N'));
        assert_eq!(mod43("+A123BJC5D6E71/$$52001510X3"), Some('C'));
        assert_eq!(mod43("+a123"), None);
        let hl7 = "+H123PARTNO1234567890120/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202";
        assert_eq!(mod43(hl7), Some('H'));
    }

    #[test]
    fn known_pairs_are_found() {
        assert_eq!(pair("1987654Ad4X4bL5ttr2310c").as_deref(), Some("2K"));
        assert_eq!(pair("++A999MODELIDENTIFIER11").as_deref(), Some("S8"));
        assert_eq!(pair(&"1".repeat(24)), None);
        assert_eq!(pair("a b"), None);
    }

    #[test]
    fn known_numbers_of_ifa_are_found() {
        assert_eq!(mod97("PP12345ABCD.12345678.90").as_deref(), Some("04"));
        assert_eq!(mod97("1103752864").as_deref(), Some("14"));
        assert_eq!(pzn("0375286"), Some('4'));
        assert_eq!(mod97("é"), None);
    }

    #[test]
    fn the_characters_are_counted_right() {
        assert_eq!((CSET82.len(), CSET39.len(), CSET43.len()), (82, 39, 43));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_seen(digits in "[0-9]{7,17}", at in 0usize..17, by in 1u32..10) {
            let check = mod10(&digits).unwrap();
            let mut wrong: Vec<char> = digits.chars().collect();
            let at = at % wrong.len();
            wrong[at] = char::from_digit((wrong[at].to_digit(10).unwrap() + by) % 10, 10).unwrap();
            let wrong: String = wrong.into_iter().chain([check]).collect();
            prop_assert!(!mod10_holds(&wrong));
        }

        #[test]
        fn one_wrong_character_is_always_seen_by_mod43(text in "[0-9A-Z]{6,30}", at in 0usize..30, by in 1usize..36) {
            const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
            let mut wrong = text.clone().into_bytes();
            let at = at % wrong.len();
            let value = ALPHANUMERIC.iter().position(|c| *c == wrong[at]).unwrap();
            wrong[at] = ALPHANUMERIC[(value + by) % 36];
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_ne!(mod43(&format!("+{text}")), mod43(&format!("+{wrong}")));
        }

        #[test]
        fn one_wrong_character_is_always_seen_by_the_pair(text in "[0-9A-Za-z]{6,23}", at in 0usize..23, by in 1usize..82) {
            let mut wrong: Vec<char> = text.chars().collect();
            let at = at % wrong.len();
            let value = CSET82.find(wrong[at]).unwrap();
            wrong[at] = CSET82.chars().nth((value + by) % 82).unwrap();
            let wrong: String = wrong.into_iter().collect();
            prop_assert_ne!(pair(&text), pair(&wrong));
        }

        #[test]
        fn one_wrong_digit_is_always_seen_by_mod97(text in "11[0-9]{8}", at in 0usize..10, by in 1u32..10) {
            let mut wrong: Vec<char> = text.chars().collect();
            wrong[at] = char::from_digit((wrong[at].to_digit(10).unwrap() + by) % 10, 10).unwrap();
            let wrong: String = wrong.into_iter().collect();
            prop_assert_ne!(mod97(&text), mod97(&wrong));
        }

        #[test]
        fn check_arithmetic_never_panics(text in "\\PC{0,60}", count in 0usize..70) {
            let _ = (mod10(&text), mod43(&text), pair(&text), mod97(&text), pzn(&text), split_end(&text, count));
        }
    }
}
