//! What a scan of a device's UDI says, as its columns keep it: what was received, what was understood, how surely.

use chrono::NaiveDate;
use serde_json::Value;

use crate::inventory::catalogue::udi::{self, Status};

/// The columns a UDI fills.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Exactly as received.
    pub raw: Option<Vec<u8>>,
    /// As text.
    pub text: Option<String>,
    /// Who issued its DI.
    pub issuer: Option<&'static str>,
    /// The DI understood.
    pub di: Option<String>,
    /// Everything understood.
    pub understood: Option<Value>,
    /// How surely.
    pub status: Option<&'static str>,
    /// By which version of the readers.
    pub parser: Option<String>,
}

/// Reads a code; nothing is refused.
pub fn read(text: Option<&str>, today: NaiveDate) -> Scan {
    let Some(text) = text else {
        return Scan::default();
    };
    let read = udi::parse(text, today);
    Scan {
        raw: Some(text.as_bytes().to_vec()),
        text: Some(text.to_owned()),
        issuer: read.issuer.map(udi::Issuer::code),
        di: read.di.as_ref().map(|di| di.value.clone()),
        status: Some(match read.status {
            Status::Parsed if read.warnings.is_empty() => "understood",
            Status::Parsed => "warnings",
            Status::Ambiguous => "ambiguous",
            Status::Unparsed(_) => "not_understood",
        }),
        parser: Some(udi::PARSER_VERSION.to_string()),
        understood: serde_json::to_value(&read).ok(),
    }
}

/// What was understood, in words: each element with its value, then what is odd.
pub struct Understood {
    /// « lu », « ambigu », « non lu ».
    pub word: &'static str,
    /// Its tone.
    pub tone: &'static str,
    /// Label and value of each element.
    pub elements: Vec<(String, String)>,
    /// What is odd.
    pub warnings: Vec<String>,
}

/// Reads back what was stored of a scan.
pub fn understood(stored: Option<&Value>) -> Option<Understood> {
    let read: udi::Udi = serde_json::from_value(stored?.clone()).ok()?;
    let warned = read
        .warnings
        .iter()
        .any(|w| w.gravity() == udi::Gravity::Warn);
    Some(Understood {
        word: read.status.label(),
        tone: match read.status {
            Status::Parsed if !warned => "good",
            Status::Parsed => "watch",
            Status::Ambiguous | Status::Unparsed(_) => "unknown",
        },
        elements: read
            .elements
            .iter()
            .map(|e| (format!("({}) {}", e.key, e.label_fr), e.raw.clone()))
            .collect(),
        warnings: read.warnings.iter().map(ToString::to_string).collect(),
    })
}

/// A form shows a scan without its invisible separators: sent back unchanged, the scan stays what it was.
pub fn kept(typed: Option<String>, stored: Option<&str>) -> Option<String> {
    let bare = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
    match (typed, stored) {
        (Some(typed), Some(stored)) if bare(&typed) == bare(stored) => Some(stored.to_owned()),
        (typed, _) => typed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    #[test]
    fn a_scan_is_kept_as_received_and_as_understood() {
        let scan = read(Some("]d2010761333620001317261231\u{1d}2165CVLM"), today());
        assert_eq!(scan.issuer, Some("gs1"));
        assert_eq!(scan.di.as_deref(), Some("07613336200013"));
        assert!(scan.raw.unwrap().contains(&0x1d));
        let understood = understood(scan.understood.as_ref()).unwrap();
        assert!(
            understood
                .elements
                .iter()
                .any(|(label, value)| label.starts_with("(21)") && value == "65CVLM")
        );
    }

    #[test]
    fn what_is_no_udi_is_kept_and_said_not_to_be_read() {
        let scan = read(Some("étiquette illisible"), today());
        assert_eq!(scan.status, Some("not_understood"));
        assert_eq!(scan.text.as_deref(), Some("étiquette illisible"));
        assert!(read(None, today()).status.is_none());
    }

    #[test]
    fn a_form_sent_back_unchanged_loses_no_separator() {
        let stored = "0107613336200013\u{1d}2165CVLM";
        assert_eq!(
            kept(Some("01076133362000132165CVLM".into()), Some(stored)).as_deref(),
            Some(stored)
        );
        assert_eq!(
            kept(Some("0107613336200020".into()), Some(stored)).as_deref(),
            Some("0107613336200020")
        );
        assert_eq!(kept(None, Some(stored)), None);
    }
}
