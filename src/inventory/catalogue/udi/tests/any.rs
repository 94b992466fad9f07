//! Any text whatever.

use proptest::prelude::*;

use super::super::exercise;
use super::read;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_breaks_the_readers(text in any::<String>()) {
        prop_assert_eq!(exercise(text.as_bytes()), Ok(()));
    }

    #[test]
    fn no_bytes_break_the_readers(bytes in any::<Vec<u8>>()) {
        prop_assert_eq!(exercise(&bytes), Ok(()));
    }

    #[test]
    fn nothing_that_begins_like_a_code_breaks_the_readers(
        start in "(\\]d2|\\]C1|\\]E0|01|\\(01\\)|\\{|\\+|\\+\\+|\\+\\$\\$|=|=/|&|\\[\\)>|https://a/01/|9N|PP|B-)",
        rest in "[0-9A-Za-z()/$+=&%*\\x1d\\x1e é-]{0,60}",
    ) {
        prop_assert_eq!(exercise((start + &rest).as_bytes()), Ok(()));
    }
}

#[test]
fn hostile_texts_are_read_in_no_time() {
    let started = std::time::Instant::now();
    for text in [
        "91".repeat(900),
        "10".to_owned() + &"9192".repeat(400),
        "[)>069N".to_owned() + &"S1T".repeat(400),
        "(".repeat(1900),
        "%".repeat(1900),
        "https://a/".to_owned() + &"01/".repeat(600),
        "+A123".to_owned() + &"/".repeat(1900),
    ] {
        read(&text);
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn what_is_understood_can_be_stored_and_found_again() {
    let udi = read("]d201095060001343761728123110LOT7a21SN001");
    let stored = serde_json::to_string(&udi).unwrap();
    assert_eq!(
        serde_json::from_str::<super::super::Udi>(&stored).unwrap(),
        udi
    );
    assert!(stored.contains("\"ambiguous\""));
}
