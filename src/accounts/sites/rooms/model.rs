//! What a room is, without SQL or HTTP.

use crate::accounts::{EstablishmentId, SiteId, UnitId};

/// What is said of a room, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRoom {
    /// Its establishment, which is its site's and never changes.
    pub establishment: EstablishmentId,
    /// Its site.
    pub site: SiteId,
    /// The unit that uses it, if one does.
    pub unit: Option<UnitId>,
    /// Its code, unique on the site.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its building.
    pub building: Option<String>,
    /// Its floor.
    pub floor: Option<String>,
    /// Its Global Location Number (GS1 AI 414).
    pub gln: Option<String>,
}

/// Is this a GLN: thirteen digits, the last one checking the others (GS1 General Specifications 7.9)?
pub fn is_gln(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 13 || !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes
        .iter()
        .enumerate()
        .map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_gln_has_thirteen_digits_and_a_key() {
        assert!(is_gln("3010000000006"));
        assert!(is_gln("4006381333931"));
        assert!(!is_gln("4006381333932"));
        assert!(!is_gln("400638133393"));
        assert!(!is_gln("400638133393A"));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_seen(digits in prop::collection::vec(0u8..10, 12), at in 0usize..13, by in 1u8..10) {
            let key = (0..10u8).find(|k| {
                let text: String = digits.iter().chain([k]).map(|d| char::from(b'0' + d)).collect();
                is_gln(&text)
            }).unwrap();
            let mut all = digits.clone();
            all.push(key);
            all[at] = (all[at] + by) % 10;
            let text: String = all.iter().map(|d| char::from(b'0' + d)).collect();
            prop_assert!(!is_gln(&text));
        }
    }
}
