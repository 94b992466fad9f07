//! What was typed in the box, before the database is asked.

use chrono::NaiveDate;

use super::queries::UdiAsked;
use crate::accounts::actions::{
    Action, SeeAccounts, SeeCatalogue, SeeDevices, SeeParties, SeeSites,
};
use crate::inventory::catalogue::udi::{self, di_variants};

/// A kind of thing that can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Équipement.
    Device,
    /// Modèle.
    Model,
    /// Fabricant, fournisseur…
    Organisation,
    /// Correspondant d’un organisme.
    Contact,
    /// Unité fonctionnelle.
    Unit,
    /// Local.
    Room,
    /// Personne qui a un compte.
    Person,
}

impl Kind {
    /// In the order groups are shown.
    pub const ALL: [Self; 7] = [
        Self::Device,
        Self::Model,
        Self::Organisation,
        Self::Unit,
        Self::Room,
        Self::Person,
        Self::Contact,
    ];
    /// The word of the database and of addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Model => "model",
            Self::Organisation => "organisation",
            Self::Contact => "contact",
            Self::Unit => "unit",
            Self::Room => "room",
            Self::Person => "person",
        }
    }
    /// The kind of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
    /// The right that opens its page, hence that lets it be found.
    #[must_use]
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Device => SeeDevices::NAME,
            Self::Model => SeeCatalogue::NAME,
            Self::Organisation | Self::Contact => SeeParties::NAME,
            Self::Unit | Self::Room => SeeSites::NAME,
            Self::Person => SeeAccounts::NAME,
        }
    }
    /// Its list, which is also where its records live.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Device => "/inventory/devices",
            Self::Model => "/inventory/models",
            Self::Organisation => "/parties/organisations",
            Self::Contact => "/parties/contacts",
            Self::Unit => "/accounts/units",
            Self::Room => "/accounts/rooms",
            Self::Person => "/accounts/users",
        }
    }
    /// Heading of its group.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Device => "Équipements",
            Self::Model => "Modèles",
            Self::Organisation => "Fabricants et fournisseurs",
            Self::Contact => "Correspondants",
            Self::Unit => "Unités",
            Self::Room => "Locaux",
            Self::Person => "Personnes",
        }
    }
}

/// Fewest characters worth asking the database about.
pub const FEWEST: usize = 2;
const MOST_CHARS: usize = 200;
const MOST_WORDS: usize = 8;

/// What was typed, made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// As typed, control characters kept: a scanner's separators are among them.
    pub raw: String,
    /// One line without control characters.
    pub text: String,
    /// Its words, the most telling first: the longest leads the search in the index.
    pub words: Vec<String>,
    /// Words that may be misspelt: long ones of letters alone. A number is found as written.
    pub forgiven: Vec<String>,
}

impl Typed {
    /// Reads the box.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        let raw: String = raw
            .chars()
            .take(MOST_CHARS)
            .filter(|c| *c != '\0')
            .collect();
        let spaced: String = raw
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let mut words: Vec<String> = Vec::new();
        for word in spaced.split_whitespace() {
            let known = words.iter().any(|known| known == word);
            // Marks alone (« · », « - ») are written nowhere.
            if !known && word.chars().any(char::is_alphanumeric) && words.len() < MOST_WORDS {
                words.push(word.to_owned());
            }
        }
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let forgiven = words
            .iter()
            .filter(|word| bears_a_typo(word))
            .cloned()
            .collect();
        Self {
            text: spaced.split_whitespace().collect::<Vec<_>>().join(" "),
            raw,
            words,
            forgiven,
        }
    }

    /// Too short to be worth a search.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.words
            .iter()
            .map(|word| word.chars().count())
            .sum::<usize>()
            < FEWEST
    }
}

/// What a scan says when it is a UDI with a device identifier; an ambiguous one counts for what all
/// its readings say.
#[must_use]
pub fn scanned(raw: &str, today: NaiveDate) -> Option<UdiAsked> {
    if !udi::looks_like_udi(raw) {
        return None;
    }
    let read = udi::parse(raw, today);
    let di = read.di?;
    let mut dis = di_variants(&di.value);
    dis.push(di.printed);
    Some(UdiAsked {
        dis,
        serial: read.serial,
        lot: read.lot,
    })
}

fn bears_a_typo(word: &str) -> bool {
    word.chars().count() >= 4
        && word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_keeps_its_separators_and_a_search_does_not() {
        let typed = Typed::new("\u{1d}0104012345678901\u{1d}21SER 987\n");
        assert!(typed.raw.contains('\u{1d}'));
        assert_eq!(typed.text, "0104012345678901 21SER 987");
    }

    #[test]
    fn numbers_are_found_as_written_and_words_are_forgiven() {
        let typed = Typed::new("  moniteur BM100003 réa ");
        assert_eq!(typed.words, ["moniteur", "BM100003", "réa"]);
        assert_eq!(typed.forgiven, ["moniteur"]);
    }

    #[test]
    fn nothing_is_searched_for_one_letter_or_for_marks() {
        assert!(Typed::new("a").is_short());
        assert!(Typed::new(" · -- \u{0} ").is_short());
        assert!(!Typed::new("B2").is_short());
    }

    #[test]
    fn a_udi_is_told_from_an_inventory_number() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let asked = scanned("]d20100884838091535\u{1d}21SER 987", today);
        let asked = asked
            .or_else(|| scanned("010088483809153521SER987", today))
            .unwrap();
        assert!(
            asked.dis.contains(&"00884838091535".to_owned()),
            "{asked:?}"
        );
        for no in ["BM100003", "65CVLM", "moniteur philips", "10.20.30.40", ""] {
            assert_eq!(scanned(no, today), None, "{no}");
        }
    }

    #[test]
    fn every_kind_has_its_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
    }
}
