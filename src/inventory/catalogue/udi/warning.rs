//! What is odd in a code, said in French. Nothing here refuses: a code is stored as read, with what is odd about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much a remark matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// Good to know; the reading is sure.
    Note,
    /// To be checked against the label.
    Warn,
}

/// One remark on a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Warning {
    /// A check digit, character or pair is not the one the rest gives.
    Check {
        /// Field that carries it.
        key: String,
        /// What the code holds.
        found: String,
        /// What the rest gives.
        expected: String,
    },
    /// The check cannot be computed: characters outside the set, or too many.
    CheckImpossible {
        /// Field that carries it.
        key: String,
    },
    /// The check character is missing; the code is read as if complete without it.
    CheckMissing,
    /// The link character of a secondary HIBC symbol is not the check character of the primary one.
    Link {
        /// What the secondary symbol holds.
        found: char,
        /// Check character of the primary symbol.
        expected: char,
    },
    /// A date that no calendar holds.
    Date {
        /// Field that carries it.
        key: String,
        /// As encoded.
        raw: String,
    },
    /// A field too short or too long.
    Length {
        /// The field.
        key: String,
        /// Characters found.
        found: usize,
        /// Fewest expected.
        min: usize,
        /// Most expected.
        max: usize,
    },
    /// Characters a field may not hold.
    Characters {
        /// The field.
        key: String,
        /// Those characters.
        found: String,
    },
    /// An element nobody knows.
    Unknown {
        /// Its identifier.
        key: String,
    },
    /// The end of the code was not understood.
    Leftover {
        /// As encoded.
        text: String,
    },
    /// An element given twice with two values; the first counts.
    Repeated {
        /// The element.
        key: String,
    },
    /// Elements that must not stand together.
    Excluded {
        /// One.
        key: String,
        /// The other.
        with: String,
    },
    /// An element without the one it should accompany, perhaps in another symbol of the label.
    Unaccompanied {
        /// The element.
        key: String,
        /// What should be there.
        requires: String,
    },
    /// Separators are missing and more than one reading is possible, or the only one supposes them.
    SeparatorsMissing {
        /// Number of readings found.
        readings: usize,
    },
    /// No separator was transmitted; an unlikely other reading exists.
    OtherReading,
    /// With separators elsewhere, a value still ends like a date element.
    Swallowed {
        /// The element that may have swallowed another.
        key: String,
    },
    /// The separator was transmitted as another text.
    SeparatorReplaced {
        /// That text.
        by: String,
    },
    /// A GTIN of 8, 12 or 13 digits was completed with zeros.
    Padded {
        /// Digits found.
        digits: usize,
    },
    /// The parts of a web address do not come in the order of the standard.
    Order {
        /// The part out of place.
        key: String,
    },
}

impl Warning {
    /// How much it matters.
    pub fn gravity(&self) -> Gravity {
        match self {
            Self::Unaccompanied { .. }
            | Self::OtherReading
            | Self::SeparatorReplaced { .. }
            | Self::Padded { .. }
            | Self::Order { .. } => Gravity::Note,
            _ => Gravity::Warn,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check { key, found, expected } => {
                write!(f, "La clé de contrôle de {key} est «\u{a0}{found}\u{a0}», le reste donne «\u{a0}{expected}\u{a0}».")
            }
            Self::CheckImpossible { key } => write!(f, "La clé de contrôle de {key} ne peut pas être vérifiée."),
            Self::CheckMissing => f.write_str("La clé de contrôle manque\u{a0}; le reste est lu sans elle."),
            Self::Link { found, expected } => write!(
                f,
                "Le caractère de liaison est «\u{a0}{found}\u{a0}», le premier symbole finit par «\u{a0}{expected}\u{a0}»\u{a0}: \
                 les deux symboles ne vont peut-être pas ensemble."
            ),
            Self::Date { key, raw } => write!(f, "La date de {key}, «\u{a0}{raw}\u{a0}», n’existe pas."),
            Self::Length { key, found, min, max } if min == max => {
                write!(f, "{key} compte {found} caractères, il en faut {min}.")
            }
            Self::Length { key, found, min, max } => {
                write!(f, "{key} compte {found} caractères, il en faut de {min} à {max}.")
            }
            Self::Characters { key, found } => {
                write!(f, "{key} contient des caractères interdits\u{a0}: «\u{a0}{}\u{a0}».", found.escape_debug())
            }
            Self::Unknown { key } => write!(f, "L’identifiant {key} n’est pas connu."),
            Self::Leftover { text } => {
                write!(f, "La fin du code n’est pas comprise\u{a0}: «\u{a0}{}\u{a0}».", text.escape_debug())
            }
            Self::Repeated { key } => write!(f, "{key} figure deux fois avec deux valeurs\u{a0}; la première est retenue."),
            Self::Excluded { key, with } => write!(f, "{key} et {with} ne devraient pas figurer ensemble."),
            Self::Unaccompanied { key, requires } => write!(
                f,
                "{key} devrait accompagner {requires}\u{a0}: l’étiquette porte peut-être un autre symbole."
            ),
            Self::SeparatorsMissing { readings: 0 | 1 } => {
                f.write_str("Les séparateurs manquent\u{a0}; la lecture les suppose.")
            }
            Self::SeparatorsMissing { readings } => write!(
                f,
                "Les séparateurs manquent\u{a0}: {readings} lectures sont possibles. Comparer à l’étiquette, ou régler le \
                 lecteur pour qu’il transmette le caractère GS."
            ),
            Self::OtherReading => {
                f.write_str("Aucun séparateur n’a été transmis\u{a0}; une autre lecture, peu vraisemblable, existe.")
            }
            Self::Swallowed { key } => write!(
                f,
                "{key} finit comme une date\u{a0}: un séparateur a peut-être été oublié à l’impression."
            ),
            Self::SeparatorReplaced { by } => {
                write!(f, "Le lecteur transmet le séparateur sous la forme «\u{a0}{}\u{a0}».", by.escape_debug())
            }
            Self::Padded { digits } => write!(f, "Code de {digits} chiffres complété par des zéros à gauche."),
            Self::Order { key } => write!(f, "{key} n’est pas à sa place dans l’adresse."),
        }
    }
}

/// Why nothing was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// Nothing was scanned.
    Empty,
    /// Longer than any code.
    TooLong,
    /// None of the forms known.
    NotAUdi,
    /// A web address without an identification key.
    NoKeyInAddress,
    /// A reader set for another keyboard.
    Keyboard,
    /// Begins like a code of this form and holds nothing readable.
    Malformed,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Le code est vide.",
            Self::TooLong => "Le texte est plus long qu’un code.",
            Self::NotAUdi => "Aucune forme connue d’IUD n’est reconnue\u{a0}; le texte est gardé tel quel.",
            Self::NoKeyInAddress => "L’adresse ne contient pas de clé d’identification GS1.",
            Self::Keyboard => {
                "Les chiffres arrivent comme «\u{a0}à & é…\u{a0}»\u{a0}: le lecteur est réglé pour un clavier américain, \
                 le poste est en clavier français."
            }
            Self::Malformed => "Le code commence comme un IUD mais la suite n’est pas lisible.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_are_sentences() {
        let remarks = [
            Warning::Check {
                key: "(01)".into(),
                found: "7".into(),
                expected: "6".into(),
            },
            Warning::SeparatorsMissing { readings: 2 },
            Warning::Leftover {
                text: "\u{1d}x".into(),
            },
            Warning::Length {
                key: "(17)".into(),
                found: 4,
                min: 6,
                max: 6,
            },
        ];
        for remark in remarks {
            let sentence = remark.to_string();
            assert!(
                sentence.ends_with('.') && !sentence.contains('\u{1d}'),
                "{sentence}"
            );
        }
        assert!(Gravity::Note < Gravity::Warn);
    }
}
