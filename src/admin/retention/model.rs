//! Classes of data and their terms. Pure.

use chrono::{DateTime, Months, NaiveDate, Utc};

use crate::kernel::page::Tone;

crate::coded! {
    /// What becomes of a class past its term.
    pub enum Effect {
        Delete = "delete" => "effacé",
        Strip = "strip" => "dépouillé des coordonnées",
        Keep = "keep" => "gardé : aucune purge par Vigie",
    }
}

crate::coded! {
    /// How sure a rule is.
    pub enum Standing {
        InForce = "in_force" => "en vigueur",
        ToVerify = "to_verify" => "à vérifier",
        Local = "local" => "règle locale",
    }
}

impl Standing {
    /// Its colour.
    pub fn tone(self) -> Tone {
        match self {
            Self::InForce => Tone::Good,
            Self::ToVerify => Tone::Unknown,
            Self::Local => Tone::Plain,
        }
    }
}

/// A class that Vigie can purge, in the order in which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Sessions ended.
    Sessions,
    /// Failures to sign in.
    SignInDelays,
    /// One-time links.
    Links,
    /// Tokens of programs.
    Tokens,
    /// Answers kept against double submission.
    Answers,
    /// Jobs done.
    Jobs,
    /// What imported files said.
    ImportRows,
    /// What names the holder of a closed account, but for the name.
    Accounts,
    /// Documents of devices out of use: public records.
    DeviceDocuments,
}

impl Class {
    /// Each of them.
    pub const ALL: [Self; 9] = [
        Self::Sessions,
        Self::SignInDelays,
        Self::Links,
        Self::Tokens,
        Self::Answers,
        Self::Jobs,
        Self::ImportRows,
        Self::Accounts,
        Self::DeviceDocuments,
    ];

    /// The code of its rule.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::SignInDelays => "sign_in_delays",
            Self::Links => "links",
            Self::Tokens => "tokens",
            Self::Answers => "answers",
            Self::Jobs => "jobs",
            Self::ImportRows => "import_rows",
            Self::Accounts => "accounts",
            Self::DeviceDocuments => "device_documents",
        }
    }

    /// The class of a rule, if Vigie can purge it.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }
}

/// The instant before which what ended is past its term.
pub fn cutoff(now: DateTime<Utc>, months: i32) -> DateTime<Utc> {
    let months = Months::new(u32::try_from(months).unwrap_or(u32::MAX));
    now.checked_sub_months(months)
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// The last day on which an end is past its term today.
pub fn last_day(now: DateTime<Utc>, months: i32) -> NaiveDate {
    cutoff(now, months).date_naive()
}

/// A term in words: « 5 ans », « 18 mois ».
pub fn term(months: i32) -> String {
    match (months / 12, months % 12) {
        (1, 0) => "1 an".to_owned(),
        (years, 0) if years > 1 => format!("{years} ans"),
        _ => format!("{months} mois"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn a_term_runs_in_calendar_months() {
        let now = Utc.with_ymd_and_hms(2026, 3, 31, 9, 0, 0).unwrap();
        assert_eq!(
            cutoff(now, 1),
            Utc.with_ymd_and_hms(2026, 2, 28, 9, 0, 0).unwrap()
        );
        assert_eq!(
            last_day(now, 60),
            NaiveDate::from_ymd_opt(2021, 3, 31).unwrap()
        );
        assert_eq!(
            (term(60), term(12), term(18)),
            ("5 ans".into(), "1 an".into(), "18 mois".into())
        );
    }

    #[test]
    fn each_class_is_found_by_the_code_of_its_rule() {
        for class in Class::ALL {
            assert_eq!(Class::of_code(class.code()), Some(class));
        }
        assert_eq!(Class::of_code("journal"), None);
    }
}
