//! What an establishment is, without SQL or HTTP.

use std::str::FromStr;

use chrono_tz::Tz;

/// What is said of an establishment, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEstablishment {
    /// Our own code, accepted wherever a FINESS number is.
    pub code: String,
    /// Its name.
    pub name: String,
    /// FINESS number of the legal entity.
    pub finess_legal: Option<String>,
    /// FINESS number of the place.
    pub finess_geographic: Option<String>,
    /// Whose midnights separate its days.
    pub time_zone: Zone,
    /// How its inventory numbers are made, when Vigie proposes them.
    pub inventory_pattern: Option<InventoryPattern>,
    /// The number printed on labels.
    pub service_phone: Option<String>,
}

crate::coded! {
    /// The time zones of French hospitals, by their IANA name.
    pub enum Zone {
        Paris = "Europe/Paris" => "France métropolitaine",
        Guadeloupe = "America/Guadeloupe" => "Guadeloupe",
        Martinique = "America/Martinique" => "Martinique",
        Cayenne = "America/Cayenne" => "Guyane",
        Reunion = "Indian/Reunion" => "La Réunion",
        Mayotte = "Indian/Mayotte" => "Mayotte",
        Miquelon = "America/Miquelon" => "Saint-Pierre-et-Miquelon",
        Marigot = "America/Marigot" => "Saint-Martin",
        StBarthelemy = "America/St_Barthelemy" => "Saint-Barthélemy",
        Noumea = "Pacific/Noumea" => "Nouvelle-Calédonie",
        Tahiti = "Pacific/Tahiti" => "Polynésie française",
        Wallis = "Pacific/Wallis" => "Wallis-et-Futuna",
    }
}

impl Zone {
    /// The zone itself.
    pub fn tz(self) -> Tz {
        self.code().parse().unwrap_or(Tz::Europe__Paris)
    }
}

/// Is this text written as a FINESS number: nine digits, or 2A and 2B for the two Corsican departments?
pub fn is_finess(text: &str) -> bool {
    let Some((department, rest)) = text.split_at_checked(2) else {
        return false;
    };
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    text.len() == 9 && digits(rest) && (digits(department) || matches!(department, "2A" | "2B"))
}

/// Is this text a code of ours: capitals, digits, `-` and `_`, 2 to 20 of them?
pub fn is_code(text: &str) -> bool {
    (2..=20).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// `BM######`: what stands before and after the number, and with how many digits it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryPattern {
    before: String,
    digits: usize,
    after: String,
}

impl InventoryPattern {
    /// The inventory number of rank `rank`.
    pub fn number(&self, rank: u64) -> String {
        format!(
            "{}{rank:0width$}{}",
            self.before,
            self.after,
            width = self.digits
        )
    }

    /// The rank of an inventory number made by this pattern.
    pub fn rank(&self, number: &str) -> Option<u64> {
        let digits = number
            .strip_prefix(self.before.as_str())?
            .strip_suffix(self.after.as_str())?;
        if digits.len() < self.digits || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok()
    }
}

impl FromStr for InventoryPattern {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let start = text.find('#').ok_or(())?;
        let (before, rest) = text.split_at(start);
        let after = rest.trim_start_matches('#');
        let digits = rest.len() - after.len();
        let plain = |t: &str| {
            t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.'))
        };
        if text.len() > 40 || !(3..=9).contains(&digits) || !plain(before) || !plain(after) {
            return Err(());
        }
        Ok(Self {
            before: before.to_owned(),
            digits,
            after: after.to_owned(),
        })
    }
}

impl std::fmt::Display for InventoryPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}{}{}",
            self.before,
            "#".repeat(self.digits),
            self.after
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_finess_number_has_nine_characters() {
        for good in ["990000011", "2A0000014", "2B0000012"] {
            assert!(is_finess(good), "{good}");
        }
        for bad in [
            "",
            "99000001",
            "9900000111",
            "2C0000011",
            "99000001A",
            "é90000011",
        ] {
            assert!(!is_finess(bad), "{bad}");
        }
    }

    #[test]
    fn every_zone_is_one_that_exists() {
        for zone in Zone::ALL {
            assert_eq!(zone.tz().name(), zone.code());
        }
    }

    #[test]
    fn a_pattern_has_one_run_of_signs() {
        let pattern: InventoryPattern = "BM######".parse().unwrap();
        assert_eq!(pattern.number(42), "BM000042");
        assert_eq!(pattern.rank("BM000042"), Some(42));
        assert_eq!(pattern.rank("BM42"), None);
        assert_eq!(pattern.rank("XX000042"), None);
        for bad in ["BM", "BM##", "BM##########", "B##-###", "BM ####", "é####"] {
            assert!(bad.parse::<InventoryPattern>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_number_tells_its_rank(rank in 0u64..10_000_000_000, before in "[A-Z]{0,5}-?", digits in 3usize..=9, after in "(/[A-Z]{1,3})?") {
            let text = format!("{before}{}{after}", "#".repeat(digits));
            let pattern: InventoryPattern = text.parse().unwrap();
            prop_assert_eq!(pattern.to_string(), text);
            prop_assert_eq!(pattern.rank(&pattern.number(rank)), Some(rank));
        }
    }
}
