//! What a contact is for, and whether it can still be trusted. Pure.

use chrono::NaiveDate;

use crate::accounts::EstablishmentId;
use crate::kernel::page::Tone;

crate::coded! {
    /// What a contact is for.
    pub enum ContactFunction {
        Support = "support" => "Assistance",
        SecurityOfficer = "security_officer" => "Sécurité informatique",
        Dpo = "dpo" => "Protection des données",
        Vigilance = "vigilance" => "Vigilance",
        Commercial = "commercial" => "Commercial",
        Technical = "technical" => "Technique",
        Emergency = "emergency" => "Astreinte, urgence",
        Training = "training" => "Formation",
        Other = "other" => "Autre",
    }
}

/// Past this many days a verification no longer reassures.
pub const DOUBTFUL_AFTER_DAYS: i64 = 365;

/// How far a contact can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// No longer in use.
    Ended,
    /// Nobody ever verified it.
    Never,
    /// Verified too long ago.
    Doubtful,
    /// Verified within the year.
    Fresh,
}

impl Freshness {
    /// As of a day.
    pub fn of(
        verified_on: Option<NaiveDate>,
        ends_on: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Self {
        if ends_on.is_some_and(|day| day < today) {
            return Self::Ended;
        }
        match verified_on {
            None => Self::Never,
            Some(day) if (today - day).num_days() > DOUBTFUL_AFTER_DAYS => Self::Doubtful,
            Some(_) => Self::Fresh,
        }
    }

    /// The word on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ended => "terminé",
            Self::Never => "jamais vérifié",
            Self::Doubtful => "à revérifier",
            Self::Fresh => "vérifié",
        }
    }

    /// Its meaning.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Ended => Tone::Plain,
            Self::Never => Tone::Unknown,
            Self::Doubtful => Tone::Watch,
            Self::Fresh => Tone::Good,
        }
    }
}

/// A contact as checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// The establishment whose own it is; none: the group's.
    pub establishment: Option<EstablishmentId>,
    /// What for.
    pub function: ContactFunction,
    /// Person or desk.
    pub name: String,
    /// Mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Portal.
    pub url: Option<String>,
    /// Anything else.
    pub note: Option<String>,
    /// Last day of use.
    pub ends_on: Option<NaiveDate>,
}

/// One `@`, something on each side, a dot in the domain, no blank: what can be said without writing to it.
pub fn looks_like_mail(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty()
        && !domain.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_verification_reassures_for_a_year() {
        let today = day("2026-03-02");
        assert_eq!(Freshness::of(None, None, today), Freshness::Never);
        assert_eq!(
            Freshness::of(Some(day("2025-03-02")), None, today),
            Freshness::Fresh
        );
        assert_eq!(
            Freshness::of(Some(day("2025-03-01")), None, today),
            Freshness::Doubtful
        );
    }

    #[test]
    fn an_ended_contact_is_ended_however_fresh() {
        let today = day("2026-03-02");
        assert_eq!(
            Freshness::of(Some(today), Some(day("2026-03-01")), today),
            Freshness::Ended
        );
        assert_eq!(
            Freshness::of(Some(today), Some(today), today),
            Freshness::Fresh
        );
    }

    #[test]
    fn mail_addresses_are_recognised_without_pretending_to_know_more() {
        for good in [
            "psirt@example.org",
            "a+b@sub.example.org",
            "dpo.équipe@example.fr",
        ] {
            assert!(looks_like_mail(good), "{good}");
        }
        for bad in [
            "psirt",
            "@example.org",
            "a@b",
            "a b@example.org",
            "a@.org",
            "a@example.",
            "a@b@example.org",
        ] {
            assert!(!looks_like_mail(bad), "{bad}");
        }
    }
}
