//! ISBT 128 data structures (ICCBBA), for devices that contain products of human origin and for blood bags.
//!
//! Sources: ISBT 128 Standard Technical Specification (structures of a fixed length behind two delimiters); FDA's UDI
//! formats by issuing agency for those that make a UDI.

use std::borrow::Cow;

use super::dates;
use super::reading::{Di, DiKind, Element, Form, Issuer, Outcome, Reading, Value};
use super::warning::{Unread, Warning};

/// Delimiters, number of characters that follow, label.
const STRUCTURES: [(&str, usize, &str); 14] = [
    ("=/", 16, "Identifiant du produit (IUD-ID)"),
    ("=,", 6, "Numéro de série"),
    ("=>", 6, "Date de péremption"),
    ("&>", 10, "Péremption, avec heure"),
    ("=}", 6, "Date de fabrication"),
    ("&}", 10, "Fabrication, avec heure"),
    ("=*", 6, "Date de prélèvement"),
    ("&*", 10, "Prélèvement, avec heure"),
    ("&,1", 18, "Numéro de lot"),
    ("=+", 5, "Message composé"),
    ("=)", 10, "Référence de la poche (IUD-ID)"),
    ("&)", 10, "Numéro de lot de la poche"),
    ("=<", 8, "Code produit"),
    ("=%", 4, "Groupe sanguin"),
];

/// Length of a donation identification number, behind `=` alone.
const DONATION: usize = 15;

/// Whether a text begins like an ISBT 128 structure.
pub(super) fn is_isbt(text: &str) -> bool {
    structure_at(text).is_some()
}

/// Reads structures one after the other.
pub(super) fn read(text: &str) -> Outcome {
    let text: String = text
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let mut reading = Reading::default();
    let mut warnings = Vec::new();
    let mut rest = text.as_str();
    while let Some((key, length, label)) = structure_at(rest) {
        let after = rest.get(key.len()..).unwrap_or_default();
        let cut = after
            .char_indices()
            .nth(length)
            .map_or(after.len(), |(at, _)| at);
        let (raw, tail) = after.split_at(cut);
        let found = raw.chars().count();
        if found < length {
            warnings.push(Warning::Length {
                key: key.to_owned(),
                found,
                min: length,
                max: length,
            });
        }
        let value = take(&mut reading, &mut warnings, key, raw);
        reading.elements.push(Element {
            key: key.to_owned(),
            label_fr: Cow::Borrowed(label),
            raw: raw.to_owned(),
            value,
        });
        rest = tail;
    }
    if !rest.is_empty() {
        warnings.push(Warning::Leftover {
            text: rest.to_owned(),
        });
    }
    if reading.elements.is_empty() {
        return Outcome::unread(Form::Aidc, Unread::Malformed);
    }
    Outcome::sure(Issuer::Iccbba, Form::Aidc, reading, warnings)
}

fn structure_at(text: &str) -> Option<(&'static str, usize, &'static str)> {
    let known = STRUCTURES
        .iter()
        .find(|(key, _, _)| text.starts_with(key))
        .copied();
    known.or_else(|| {
        let first = text.strip_prefix('=')?.chars().next()?;
        first
            .is_ascii_alphanumeric()
            .then_some(("=", DONATION, "Numéro de don"))
    })
}

fn take(reading: &mut Reading, warnings: &mut Vec<Warning>, key: &str, raw: &str) -> Value {
    let text = || Some(raw.to_owned());
    let di = |kind| {
        Some(Di {
            value: raw.to_owned(),
            printed: format!("{key}{raw}"),
            kind,
        })
    };
    let repeated = match key {
        "=/" | "=)" => first(
            &mut reading.di,
            di(if key == "=/" {
                DiKind::Isbt
            } else {
                DiKind::IsbtContainer
            }),
        ),
        "=," => first(&mut reading.serial, text()),
        "&,1" | "&)" => first(&mut reading.lot, text()),
        "=" => first(&mut reading.donation, text()),
        _ => false,
    };
    if repeated {
        warnings.push(Warning::Repeated {
            key: key.to_owned(),
        });
    }
    if !matches!(key, "=>" | "&>" | "=}" | "&}" | "=*" | "&*") {
        return Value::Text(raw.to_owned());
    }
    let Some(value) = moment(raw) else {
        warnings.push(Warning::Date {
            key: key.to_owned(),
            raw: raw.to_owned(),
        });
        return Value::Text(raw.to_owned());
    };
    let repeated = match key {
        "=>" | "&>" => first(&mut reading.expiry, value.day()),
        "=}" | "&}" => first(&mut reading.manufactured, value.day()),
        _ => false,
    };
    if repeated {
        warnings.push(Warning::Repeated {
            key: key.to_owned(),
        });
    }
    value
}

/// Keeps the first value; says whether another was there.
fn first<T: PartialEq>(place: &mut Option<T>, value: Option<T>) -> bool {
    match place {
        None => {
            *place = value;
            false
        }
        Some(_) => *place != value,
    }
}

/// `cYYJJJ`, then perhaps `hhmm`; `0000` or `2359` both mean the whole day.
fn moment(raw: &str) -> Option<Value> {
    let (day, time) = raw.split_at_checked(6)?;
    let day = dates::cyyjjj(day)?;
    if time.is_empty() {
        return Some(Value::Day(day));
    }
    let (hour, minute) = time.split_at_checked(2).filter(|_| time.len() == 4)?;
    day.and_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)
        .map(Value::Moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn the_structures_of_a_tissue_are_read() {
        let outcome =
            read("=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123");
        let reading = &outcome.readings[0];
        assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
        assert_eq!(reading.di.as_ref().unwrap().value, "A9999XYZ100T0944");
        assert_eq!(reading.di.as_ref().unwrap().printed, "=/A9999XYZ100T0944");
        assert_eq!(reading.serial.as_deref(), Some("000025"));
        assert_eq!(reading.donation.as_deref(), Some("A99971312345600"));
        assert_eq!(reading.expiry, NaiveDate::from_ymd_opt(2014, 2, 1));
        assert_eq!(reading.manufactured, NaiveDate::from_ymd_opt(2013, 2, 1));
        assert_eq!(reading.lot.as_deref(), Some("000000000000XYZ123"));
    }

    #[test]
    fn a_blood_bag_is_read() {
        let outcome = read("=)1TE123456A&)RZ12345678");
        let reading = &outcome.readings[0];
        assert_eq!(reading.di.as_ref().unwrap().kind, DiKind::IsbtContainer);
        assert_eq!(reading.lot.as_deref(), Some("RZ12345678"));
    }

    #[test]
    fn what_is_short_or_impossible_is_kept_and_said() {
        let short = read("=/A9999");
        assert!(matches!(
            short.warnings[0],
            Warning::Length {
                found: 5,
                min: 16,
                ..
            }
        ));
        let date = read("=/A9999XYZ100T0944=>014400");
        assert!(matches!(date.warnings[0], Warning::Date { .. }));
        assert_eq!(date.readings[0].expiry, None);
        let end = read("=/A9999XYZ100T0944?x");
        assert!(matches!(end.warnings[0], Warning::Leftover { .. }));
    }
}
