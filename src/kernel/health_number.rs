//! Numbers that look like a person's social security number (NIR) or national health identity (INS), in free text. The
//! register holds no patient: who typed one is told. Pure.
//!
//! Both have fifteen characters: sex, year, month, place of birth (2A and 2B in Corsica), order, and a key that is 97
//! less the remainder of the thirteen first by 97. Only what has the right key and a possible month is told: a serial
//! number of fifteen digits seldom has both.

/// Whether a text holds a number that looks like one, blanks, dots or dashes between its groups or none.
pub fn is_in(text: &str) -> bool {
    let folded: Vec<char> = text.chars().collect();
    (0..folded.len()).any(|at| starts(&folded, at))
}

/// A number begins here and nothing that continues it stands around.
fn starts(text: &[char], at: usize) -> bool {
    if at > 0 && text[at - 1].is_alphanumeric() {
        return false;
    }
    let (mut found, mut next, mut apart) = (String::new(), at, false);
    while let Some(&c) = text.get(next) {
        match c.to_ascii_uppercase() {
            c if c.is_ascii_digit() => found.push(c),
            // The department of Corsica is the only letter.
            c @ ('A' | 'B') if found.len() == 6 && found.ends_with('2') => found.push(c),
            ' ' | '.' | '-' | '\u{a0}' | '\u{202f}' if !apart && !found.is_empty() => {
                apart = true;
                next += 1;
                continue;
            }
            _ => break,
        }
        apart = false;
        next += 1;
        if found.len() == 15 {
            let after = text.get(next).is_some_and(|c| c.is_alphanumeric());
            return !after && is_one(&found);
        }
    }
    false
}

fn is_one(number: &str) -> bool {
    let part = |from: usize, to: usize| number.get(from..to).unwrap_or_default();
    let digits = |from, to| part(from, to).parse::<u64>().ok();
    let sex = matches!(part(0, 1), "1" | "2" | "3" | "4" | "7" | "8");
    // Months above twelve stand for unknown ones and for people born abroad.
    let month =
        digits(3, 5).is_some_and(|m| (1..=12).contains(&m) || (20..=42).contains(&m) || m >= 50);
    let place = match part(5, 7) {
        "2A" => "19",
        "2B" => "18",
        other => other,
    };
    let order = part(10, 13) != "000" && part(7, 10) != "000";
    let whole = format!("{}{place}{}", part(0, 5), part(7, 13)).parse::<u64>();
    match (whole, digits(13, 15)) {
        (Ok(whole), Some(key)) if sex && month && order && place != "00" => 97 - whole % 97 == key,
        _ => false,
    }
}

/// What is told beside what was saved.
pub const WARNING: &str = "Attention : ce que vous avez écrit contient un nombre qui ressemble à un numéro de sécurité sociale ou à une identité nationale de santé (INS). S’il en est un, retirez-le : ce registre ne contient pas de patients.";

#[cfg(test)]
mod tests {
    use super::*;

    /// A number of that beginning with its right key.
    fn with_key(thirteen: &str) -> String {
        let whole: u64 = thirteen
            .replace("2A", "19")
            .replace("2B", "18")
            .parse()
            .unwrap();
        format!("{thirteen}{:02}", 97 - whole % 97)
    }

    #[test]
    fn a_number_with_its_key_is_seen_however_it_is_written() {
        // The example that the social security prints on its specimen of card.
        for text in [
            "255081416802538",
            "2 55 08 14 168 025 38",
            "patient 2 55 08 14 168 025 38, chambre 12",
            "INS:255081416802538.",
            "2-55-08-14-168-025-38",
            "2\u{a0}55\u{a0}08\u{a0}14\u{a0}168\u{a0}025\u{a0}38",
        ] {
            assert!(is_in(text), "{text}");
        }
        for thirteen in [
            "185052A006084",
            "185052B006084",
            "1850599352001",
            "7630575123456",
        ] {
            assert!(
                is_in(&format!("vu {} hier", with_key(thirteen))),
                "{thirteen}"
            );
        }
    }

    #[test]
    fn a_wrong_key_a_serial_number_or_an_identifier_of_devices_is_not_one() {
        for text in [
            "255081416802539",
            "2 55 08 14 168 025",
            "",
            "(01)03401020304051(17)261231(21)2550814168025389",
            "SN255081416802538",
            "2550814168025380",
            "555081416802538",
            "255 0814 1 680 25  38",
            "02:42:ac:11:00:02 10.20.30.40",
            "06 12 34 56 78 puis 01 44 55 66 77",
        ] {
            assert!(!is_in(text), "{text}");
        }
        assert!(!is_in(&with_key("2551514168025")), "no such month");
        assert!(!is_in(&with_key("9550814168025")), "no such sex");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_fault(text in "\\PC{0,200}") {
            let _ = is_in(&text);
        }

        #[test]
        fn every_number_of_the_right_form_is_seen_and_no_other_key_passes(
            sex in 1u8..=2, year in 0u8..100, month in 1u8..=12, place in 1u8..=95, town in 1u16..1000, order in 1u16..1000, wrong in 1u64..97,
        ) {
            let number = with_key(&format!("{sex}{year:02}{month:02}{place:02}{town:03}{order:03}"));
            let quoted = ["« ", &number, " »"].concat();
            proptest::prop_assert!(is_in(&quoted));
            let key: u64 = number[13..].parse().unwrap();
            let other = (key + wrong - 1) % 97 + 1;
            if other != key {
                let changed = format!("{}{other:02}", &number[..13]);
                proptest::prop_assert!(!is_in(&changed));
            }
        }
    }
}
