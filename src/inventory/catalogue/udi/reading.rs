//! What is understood of a code.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::warning::{Unread, Warning};

/// Who issued a code: the four issuing entities of the European Union (Implementing Decision (EU) 2019/939), and EUDAMED
/// for devices of the former directives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuer {
    /// GS1.
    Gs1,
    /// Health Industry Business Communications Council.
    Hibcc,
    /// International Council for Commonality in Blood Banking Automation.
    Iccbba,
    /// Informationsstelle für Arzneispezialitäten.
    Ifa,
    /// EUDAMED, in place of an issuing entity.
    Eudamed,
}

impl Issuer {
    /// Its code in the database and in URLs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Gs1 => "gs1",
            Self::Hibcc => "hibcc",
            Self::Iccbba => "iccbba",
            Self::Ifa => "ifa",
            Self::Eudamed => "eudamed",
        }
    }

    /// The issuer of this code.
    pub fn of(code: &str) -> Option<Self> {
        [
            Self::Gs1,
            Self::Hibcc,
            Self::Iccbba,
            Self::Ifa,
            Self::Eudamed,
        ]
        .into_iter()
        .find(|issuer| issuer.code() == code)
    }

    /// Its usual name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Gs1 => "GS1",
            Self::Hibcc => "HIBCC",
            Self::Iccbba => "ICCBBA",
            Self::Ifa => "IFA",
            Self::Eudamed => "EUDAMED",
        }
    }
}

/// How the code was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// As a scanner transmits it.
    Aidc,
    /// As printed for people.
    Hri,
    /// A GS1 Digital Link address.
    DigitalLink,
}

impl Form {
    /// Its code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Aidc => "aidc",
            Self::Hri => "hri",
            Self::DigitalLink => "digital_link",
        }
    }
}

/// Whether the reading can be relied upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// One reading; see the warnings.
    Parsed,
    /// Several readings, or one that supposes what is missing: a person decides.
    Ambiguous,
    /// Nothing understood, kept as it is.
    Unparsed(Unread),
}

impl Status {
    /// Its code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Parsed => "parsed",
            Self::Ambiguous => "ambiguous",
            Self::Unparsed(_) => "unparsed",
        }
    }

    /// Its word on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Parsed => "lu",
            Self::Ambiguous => "ambigu",
            Self::Unparsed(_) => "non lu",
        }
    }
}

/// What kind of device identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiKind {
    /// GS1 GTIN on 14 digits.
    Gtin,
    /// GS1 GTIN of an article made to order (AI 03).
    MadeToOrder,
    /// HIBC labeller, product and unit of measure, without `+` and check character.
    Hibc,
    /// ISBT 128 processor product identification code (16 characters).
    Isbt,
    /// ISBT 128 container catalogue number (10 characters).
    IsbtContainer,
    /// IFA pharmacy product number or health product code, check digits included.
    Ppn,
    /// EUDAMED ID (`D-…`) of a legacy device.
    Eudamed,
}

/// A device identifier (UDI-DI).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Di {
    /// What to compare and store.
    pub value: String,
    /// As the code holds it.
    pub printed: String,
    /// What kind.
    pub kind: DiKind,
}

/// The packaging that a device identifier names: another digit is another UDI-DI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageLevel(pub u8);

impl PackageLevel {
    /// Whether it names the article itself.
    pub fn is_base(self) -> bool {
        self.0 == 0
    }

    /// In French.
    pub fn label(self) -> Cow<'static, str> {
        match self.0 {
            0 => Cow::Borrowed("unité"),
            9 => Cow::Borrowed("quantité variable"),
            level => Cow::Owned(format!("conditionnement {level}")),
        }
    }
}

/// The meaning of an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Characters, case and zeros kept.
    Text(String),
    /// A day.
    Day(NaiveDate),
    /// A month, by its last day: the code gives no day.
    Month(NaiveDate),
    /// A day and an hour, in the local time of whoever wrote it.
    Moment(NaiveDateTime),
    /// A decimal number, written with a point.
    Number(String),
    /// A count.
    Count(u64),
}

impl Value {
    /// The day it means.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) | Self::Month(day) => Some(*day),
            Self::Moment(moment) => Some(moment.date()),
            _ => None,
        }
    }
}

/// One element of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// Its identifier: `17`, `$$3`, `=,`, `1T`…
    pub key: String,
    /// What it is, in French.
    pub label_fr: Cow<'static, str>,
    /// As encoded.
    pub raw: String,
    /// What it means.
    pub value: Value,
}

/// One way to read a code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Every element, in the order of the code.
    pub elements: Vec<Element>,
    /// Device identifier (UDI-DI).
    pub di: Option<Di>,
    /// Basic UDI-DI, when the code carries it.
    pub basic_udi_di: Option<String>,
    /// Master UDI-DI (GS1 AI 8014).
    pub mudi: Option<String>,
    /// Lot, case kept.
    pub lot: Option<String>,
    /// Serial number, case and zeros kept.
    pub serial: Option<String>,
    /// Last day of use.
    pub expiry: Option<NaiveDate>,
    /// Day of manufacture.
    pub manufactured: Option<NaiveDate>,
    /// Software version.
    pub software_version: Option<String>,
    /// Number of articles.
    pub quantity: Option<u64>,
    /// Packaging that the device identifier names.
    pub package_level: Option<PackageLevel>,
    /// Donation identification number (ICCBBA).
    pub donation: Option<String>,
}

impl Reading {
    /// What all these readings say alike.
    fn agreed(readings: &[Self]) -> Self {
        let Some((first, others)) = readings.split_first() else {
            return Self::default();
        };
        let mut agreed = first.clone();
        for other in others {
            agreed
                .elements
                .retain(|element| other.elements.contains(element));
            keep(&mut agreed.di, &other.di);
            keep(&mut agreed.basic_udi_di, &other.basic_udi_di);
            keep(&mut agreed.mudi, &other.mudi);
            keep(&mut agreed.lot, &other.lot);
            keep(&mut agreed.serial, &other.serial);
            keep(&mut agreed.expiry, &other.expiry);
            keep(&mut agreed.manufactured, &other.manufactured);
            keep(&mut agreed.software_version, &other.software_version);
            keep(&mut agreed.quantity, &other.quantity);
            keep(&mut agreed.package_level, &other.package_level);
            keep(&mut agreed.donation, &other.donation);
        }
        agreed
    }
}

fn keep<T: PartialEq>(agreed: &mut Option<T>, other: &Option<T>) {
    if *agreed != *other {
        *agreed = None;
    }
}

/// A code, as scanned and as understood. Of an ambiguous code, the fields hold only what every reading says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Udi {
    /// Exactly as received, group separators included.
    pub raw: String,
    /// Who issued the device identifier.
    pub issuer: Option<Issuer>,
    /// How the code was written.
    pub form: Form,
    /// Whether the reading can be relied upon.
    pub status: Status,
    /// Device identifier (UDI-DI).
    pub di: Option<Di>,
    /// Basic UDI-DI, when the code carries it.
    pub basic_udi_di: Option<String>,
    /// Master UDI-DI (GS1 AI 8014).
    pub mudi: Option<String>,
    /// Lot, case kept.
    pub lot: Option<String>,
    /// Serial number, case and zeros kept.
    pub serial: Option<String>,
    /// Last day of use.
    pub expiry: Option<NaiveDate>,
    /// Day of manufacture.
    pub manufactured: Option<NaiveDate>,
    /// Software version.
    pub software_version: Option<String>,
    /// Number of articles.
    pub quantity: Option<u64>,
    /// Packaging that the device identifier names.
    pub package_level: Option<PackageLevel>,
    /// Donation identification number (ICCBBA).
    pub donation: Option<String>,
    /// The elements, in the order of the code.
    pub elements: Vec<Element>,
    /// Every reading found, first the one the standard gives. More than one for a sure code means unlikely others.
    pub readings: Vec<Reading>,
    /// What is odd.
    pub warnings: Vec<Warning>,
}

/// What a reader of one form hands back.
pub(super) struct Outcome {
    pub issuer: Option<Issuer>,
    pub form: Form,
    pub status: Status,
    pub readings: Vec<Reading>,
    pub warnings: Vec<Warning>,
}

impl Outcome {
    /// One sure reading.
    pub fn sure(
        issuer: impl Into<Option<Issuer>>,
        form: Form,
        reading: Reading,
        warnings: Vec<Warning>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            form,
            status: Status::Parsed,
            readings: vec![reading],
            warnings,
        }
    }

    /// Nothing understood.
    pub fn unread(form: Form, why: Unread) -> Self {
        Self {
            issuer: None,
            form,
            status: Status::Unparsed(why),
            readings: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl Udi {
    pub(super) fn of(raw: &str, outcome: Outcome) -> Self {
        let Outcome {
            issuer,
            form,
            status,
            readings,
            mut warnings,
        } = outcome;
        let mut seen: Vec<Warning> = Vec::new();
        warnings.retain(|warning| {
            let new = !seen.contains(warning);
            seen.push(warning.clone());
            new
        });
        let reading = match status {
            Status::Ambiguous => Reading::agreed(&readings),
            _ => readings.first().cloned().unwrap_or_default(),
        };
        Self {
            raw: raw.to_owned(),
            issuer,
            form,
            status,
            di: reading.di,
            basic_udi_di: reading.basic_udi_di,
            mudi: reading.mudi,
            lot: reading.lot,
            serial: reading.serial,
            expiry: reading.expiry,
            manufactured: reading.manufactured,
            software_version: reading.software_version,
            quantity: reading.quantity,
            package_level: reading.package_level,
            donation: reading.donation,
            elements: reading.elements,
            readings,
            warnings,
        }
    }

    /// Whether something must be checked against the label.
    pub fn is_doubtful(&self) -> bool {
        self.status != Status::Parsed
            || self
                .warnings
                .iter()
                .any(|warning| warning.gravity() == super::warning::Gravity::Warn)
    }
}
