//! The fields of HIBC data: labeller, product and unit of the primary; lot, serial number, dates and quantity of the
//! secondary and its supplements (ANSI/HIBC 2.6).

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};

use super::check;
use super::dates;
use super::reading::{Di, DiKind, Element, Form, Issuer, Outcome, PackageLevel, Reading, Value};
use super::warning::Warning;

/// Most characters of a lot or a serial number.
const LONGEST: usize = 18;

/// A reading being made.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub reading: Reading,
    pub warnings: Vec<Warning>,
    /// Whether everything fits the grammar so far.
    pub sound: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            reading: Reading::default(),
            warnings: Vec::new(),
            sound: true,
        }
    }
}

impl Draft {
    pub fn outcome(self, form: Form, remark: Option<Warning>) -> Option<Outcome> {
        let warnings = remark.into_iter().chain(self.warnings).collect();
        (!self.reading.elements.is_empty())
            .then(|| Outcome::sure(Issuer::Hibcc, form, self.reading, warnings))
    }

    pub fn push(
        &mut self,
        key: &'static str,
        label: &'static str,
        raw: &str,
        value: Option<Value>,
    ) {
        let value = value.unwrap_or_else(|| Value::Text(raw.to_owned()));
        self.reading.elements.push(element(key, label, raw, value));
    }

    fn odd(&mut self, warning: Warning) {
        self.sound = false;
        self.warnings.push(warning);
    }

    /// Labeller (4, a letter first), product (1 to 18), unit of measure (a digit).
    pub fn primary(&mut self, text: &str) {
        let Some((labeller, rest)) = text.split_at_checked(4) else {
            return self.odd(Warning::Leftover {
                text: text.to_owned(),
            });
        };
        let Some((product, unit)) =
            check::split_last(rest).filter(|(product, _)| !product.is_empty())
        else {
            return self.odd(Warning::Leftover {
                text: text.to_owned(),
            });
        };
        if product.chars().count() > LONGEST {
            self.odd(Warning::Length {
                key: "PCN".into(),
                found: product.chars().count(),
                min: 1,
                max: LONGEST,
            });
        }
        let bad =
            |character: &char| !(character.is_ascii_uppercase() || character.is_ascii_digit());
        let found: String = text.chars().filter(bad).collect();
        if !found.is_empty() {
            self.odd(Warning::Characters {
                key: "PCN".into(),
                found,
            });
        }
        if !unit.is_ascii_digit() {
            self.odd(Warning::Characters {
                key: "U".into(),
                found: unit.into(),
            });
        }
        self.push("LIC", "Étiqueteur", labeller, None);
        self.push("PCN", "Référence du produit", product, None);
        self.push("U", "Unité de mesure", unit.encode_utf8(&mut [0; 4]), None);
        self.reading.package_level = unit
            .to_digit(10)
            .and_then(|digit| u8::try_from(digit).ok())
            .map(PackageLevel);
        self.reading.di = Some(Di {
            value: text.to_owned(),
            printed: format!("+{text}"),
            kind: DiKind::Hibc,
        });
    }

    /// Lot, serial number, dates and quantity, then the supplements after each `/`.
    pub fn secondary(&mut self, text: &str, today: NaiveDate) {
        for (rank, part) in text.split('/').enumerate() {
            if let Some(raw) = part.strip_prefix("14D") {
                self.long_date("14D", raw);
            } else if let Some(raw) = part.strip_prefix("16D") {
                self.long_date("16D", raw);
            } else if rank == 0
                && part.starts_with(|first: char| first == '$' || first.is_ascii_digit())
            {
                self.lot_and_date(part, today);
            } else if let Some(raw) = part.strip_prefix('S') {
                self.serial(raw);
            } else if let Some(raw) = part.strip_prefix('Q') {
                self.quantity(raw, raw.len());
            } else {
                self.odd(Warning::Leftover {
                    text: part.to_owned(),
                });
            }
        }
    }

    fn lot_and_date(&mut self, part: &str, today: NaiveDate) {
        if let Some(rest) = part.strip_prefix("$$+") {
            let rest = self.dated(rest, today);
            self.serial(rest);
        } else if let Some(rest) = part.strip_prefix("$$") {
            let rest = self.dated(rest, today);
            self.lot(rest);
        } else if let Some(rest) = part.strip_prefix("$+") {
            self.serial(rest);
        } else if let Some(rest) = part.strip_prefix('$') {
            self.lot(rest);
        } else if let Some((date, lot)) = part.split_at_checked(5) {
            self.expiry("YYJJJ", date, dates::yyjjj(date, today).map(Value::Day));
            self.lot(lot);
        } else {
            self.odd(Warning::Leftover {
                text: part.to_owned(),
            });
        }
    }

    /// What follows `$$`: perhaps a quantity, then a date in one of the formats; hands back the lot or serial number.
    fn dated<'a>(&mut self, text: &'a str, today: NaiveDate) -> &'a str {
        let width = match text.as_bytes().first() {
            Some(b'8') => 2,
            Some(b'9') => 5,
            _ => return self.date(text, today),
        };
        let Some((quantity, rest)) = text.get(1..).and_then(|text| text.split_at_checked(width))
        else {
            self.odd(Warning::Leftover {
                text: text.to_owned(),
            });
            return "";
        };
        self.quantity(quantity, width);
        self.date(rest, today)
    }

    fn date<'a>(&mut self, text: &'a str, today: NaiveDate) -> &'a str {
        let (skip, width) = match text.as_bytes().first() {
            Some(b'0' | b'1') => (0, 4),
            Some(b'2' | b'3') => (1, 6),
            Some(b'4') => (1, 8),
            Some(b'5') => (1, 5),
            Some(b'6') => (1, 7),
            Some(b'7') => (1, 0),
            _ => return text,
        };
        let (key, rest) = text.split_at_checked(skip).unwrap_or((text, ""));
        let Some((raw, after)) = rest.split_at_checked(width) else {
            self.odd(Warning::Leftover {
                text: text.to_owned(),
            });
            return "";
        };
        let hour = |(day, hour): (NaiveDate, &str)| -> Option<NaiveDateTime> {
            day.and_hms_opt(hour.parse().ok()?, 0, 0)
        };
        let value = match key {
            "" => dates::mmyy(raw, today).map(Value::Month),
            "2" => dates::mmddyy(raw, today).map(Value::Day),
            "3" => dates::yymmdd(raw, today).map(|(day, month)| {
                if month {
                    Value::Month(day)
                } else {
                    Value::Day(day)
                }
            }),
            "4" => raw
                .split_at_checked(6)
                .and_then(|(day, hour)| Some((dates::yymmdd(day, today)?.0, hour)))
                .and_then(hour)
                .map(Value::Moment),
            "5" => dates::yyjjj(raw, today).map(Value::Day),
            "6" => raw
                .split_at_checked(5)
                .and_then(|(day, hour)| Some((dates::yyjjj(day, today)?, hour)))
                .and_then(hour)
                .map(Value::Moment),
            _ => return after,
        };
        self.expiry("$$", raw, value);
        after
    }

    fn expiry(&mut self, key: &'static str, raw: &str, value: Option<Value>) {
        match &value {
            Some(value) if self.reading.expiry.is_none() => self.reading.expiry = value.day(),
            Some(value) if self.reading.expiry != value.day() => {
                self.warnings.push(Warning::Repeated { key: key.into() })
            }
            Some(_) => {}
            None => self.odd(Warning::Date {
                key: key.into(),
                raw: raw.to_owned(),
            }),
        }
        self.push(key, "Date de péremption", raw, value);
    }

    fn long_date(&mut self, key: &'static str, raw: &str) {
        let value = dates::yyyymmdd(raw).map(|(day, month)| {
            if month {
                Value::Month(day)
            } else {
                Value::Day(day)
            }
        });
        if key == "14D" {
            return self.expiry(key, raw, value);
        }
        match &value {
            Some(value) => self.reading.manufactured = value.day(),
            None => self.odd(Warning::Date {
                key: key.into(),
                raw: raw.to_owned(),
            }),
        }
        self.push(key, "Date de fabrication", raw, value);
    }

    fn lot(&mut self, raw: &str) {
        if !raw.is_empty() {
            self.name("$", "Numéro de lot", raw);
            self.reading.lot.get_or_insert_with(|| raw.to_owned());
        }
    }

    fn serial(&mut self, raw: &str) {
        if raw.is_empty() {
            return self.odd(Warning::Length {
                key: "S".into(),
                found: 0,
                min: 1,
                max: LONGEST,
            });
        }
        if self
            .reading
            .serial
            .as_deref()
            .is_some_and(|serial| serial != raw)
        {
            self.warnings.push(Warning::Repeated { key: "S".into() });
        }
        self.name("S", "Numéro de série", raw);
        self.reading.serial.get_or_insert_with(|| raw.to_owned());
    }

    /// A lot or a serial number.
    fn name(&mut self, key: &'static str, label: &'static str, raw: &str) {
        let found: String = raw
            .chars()
            .filter(|character| !character.is_ascii_alphanumeric())
            .collect();
        if !found.is_empty() {
            self.warnings.push(Warning::Characters {
                key: key.into(),
                found,
            });
        }
        if raw.chars().count() > LONGEST {
            self.odd(Warning::Length {
                key: key.into(),
                found: raw.chars().count(),
                min: 1,
                max: LONGEST,
            });
        }
        self.push(key, label, raw, None);
    }

    fn quantity(&mut self, raw: &str, width: usize) {
        let digits = raw.bytes().all(|byte| byte.is_ascii_digit()) && raw.len() == width;
        match raw.parse().ok().filter(|_| digits && raw.len() <= 5) {
            Some(count) => {
                self.reading.quantity = Some(count);
                self.push("Q", "Quantité", raw, Some(Value::Count(count)));
            }
            None => {
                self.odd(Warning::Characters {
                    key: "Q".into(),
                    found: raw.to_owned(),
                });
                self.push("Q", "Quantité", raw, None);
            }
        }
    }
}

pub(super) fn element(key: &'static str, label: &'static str, raw: &str, value: Value) -> Element {
    Element {
        key: key.to_owned(),
        label_fr: Cow::Borrowed(label),
        raw: raw.to_owned(),
        value,
    }
}
