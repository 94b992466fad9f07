//! The clock of a contract: when it ends, how it goes on, by when one must decide. Pure.

use chrono::{Months, NaiveDate};

crate::coded! {
    /// What happens at its end.
    pub enum Renewal {
        None = "none" => "Prend fin",
        Express = "express" => "Reconduction expresse",
        Tacit = "tacit" => "Tacite reconduction",
    }
}

crate::coded! {
    /// What is covered.
    pub enum CoveredWork {
        Preventive = "preventive" => "Maintenance préventive",
        Corrective = "corrective" => "Maintenance corrective",
        Parts = "parts" => "Pièces détachées",
        Consumables = "consumables" => "Consommables",
        Loan = "loan" => "Prêt d’un équipement",
        InternalControl = "internal_control" => "Contrôle de qualité interne",
        ExternalControl = "external_control" => "Contrôle de qualité externe",
        Calibration = "calibration" => "Étalonnage",
        Software = "software" => "Mises à jour logicielles",
        Remote = "remote" => "Télémaintenance",
        Hotline = "hotline" => "Assistance téléphonique",
    }
}

crate::coded! {
    /// Where a contract stands.
    pub enum Standing {
        ToCome = "to_come" => "À venir",
        Active = "active" => "En cours",
        Notice = "notice" => "Préavis à décider",
        Expired = "expired" => "Échu",
        Ended = "ended" => "Résilié",
    }
}

crate::coded! {
    /// Whether a device is covered.
    pub enum Coverage {
        Covered = "covered" => "Sous contrat",
        ToCome = "to_come" => "Contrat à venir",
        Expired = "expired" => "Contrat échu",
        Uncovered = "none" => "Sans contrat",
    }
}

impl Standing {
    /// Does it cover its devices?
    pub const fn runs(self) -> bool {
        matches!(self, Self::Active | Self::Notice)
    }

    /// The tone of a standing.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Active => "good",
            Self::Notice => "watch",
            Self::Expired => "bad",
            Self::ToCome | Self::Ended => "plain",
        }
    }
}

/// A decision is called for so many days before the last day of the notice.
pub const WARNING_DAYS: i64 = 90;

/// What a contract says of its time.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day of its first period.
    pub ends_on: Option<NaiveDate>,
    /// Notice before its end.
    pub notice_months: Option<u32>,
    /// What happens at its end.
    pub renewal: Renewal,
    /// By how much it is renewed.
    pub renewal_months: Option<u32>,
    /// Last day, once it was terminated.
    pub ended_on: Option<NaiveDate>,
}

/// What follows on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Where it stands.
    pub standing: Standing,
    /// Last day of the period that runs.
    pub end_on: Option<NaiveDate>,
    /// Last day to give notice.
    pub notice_by: Option<NaiveDate>,
}

/// Where a contract stands on a day.
pub fn clock(terms: Terms, today: NaiveDate) -> Clock {
    let mut end_on = terms.ends_on;
    if let (Renewal::Tacit, Some(first), Some(by)) =
        (terms.renewal, terms.ends_on, terms.renewal_months)
    {
        // Each period is counted from the first end: a month's end stays a month's end.
        let mut times = 0;
        while end_on.is_some_and(|end| end < today) && times < 1200 {
            times += 1;
            let Some(next) = first.checked_add_months(Months::new(by.max(1) * times)) else {
                break;
            };
            end_on = Some(next);
        }
    }
    if let Some(ended) = terms.ended_on {
        end_on = Some(end_on.map_or(ended, |end| end.min(ended)));
    }
    let notice_by = end_on
        .filter(|_| terms.ended_on.is_none())
        .zip(terms.notice_months)
        .and_then(|(end, months)| end.checked_sub_months(Months::new(months)));
    let standing = if terms.starts_on > today {
        Standing::ToCome
    } else if end_on.is_some_and(|end| end < today) {
        match terms.ended_on {
            Some(_) => Standing::Ended,
            None => Standing::Expired,
        }
    } else if notice_by.is_some_and(|by| by >= today && (by - today).num_days() <= WARNING_DAYS) {
        Standing::Notice
    } else {
        Standing::Active
    };
    Clock {
        standing,
        end_on,
        notice_by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn terms() -> Terms {
        Terms {
            starts_on: day("2024-01-01"),
            ends_on: Some(day("2025-12-31")),
            notice_months: Some(3),
            renewal: Renewal::None,
            renewal_months: None,
            ended_on: None,
        }
    }

    #[test]
    fn a_contract_runs_calls_for_its_notice_then_expires() {
        let at = |on| clock(terms(), day(on)).standing;
        assert_eq!(at("2023-12-31"), Standing::ToCome);
        assert_eq!(at("2024-01-01"), Standing::Active);
        assert_eq!(at("2025-09-01"), Standing::Notice);
        assert_eq!(
            clock(terms(), day("2025-09-01")).notice_by,
            Some(day("2025-09-30"))
        );
        assert_eq!(at("2025-10-01"), Standing::Active, "the notice has passed");
        assert_eq!(
            at("2025-12-31"),
            Standing::Active,
            "its last day is covered"
        );
        assert_eq!(at("2026-01-01"), Standing::Expired);
    }

    #[test]
    fn a_tacit_one_goes_on_by_its_period_unless_terminated() {
        let tacit = Terms {
            ends_on: Some(day("2024-02-29")),
            renewal: Renewal::Tacit,
            renewal_months: Some(12),
            ..terms()
        };
        assert_eq!(
            clock(tacit, day("2026-01-15")).end_on,
            Some(day("2026-02-28"))
        );
        assert_eq!(
            clock(tacit, day("2028-02-29")).end_on,
            Some(day("2028-02-29"))
        );
        let ended = Terms {
            ended_on: Some(day("2025-02-28")),
            ..tacit
        };
        assert_eq!(clock(ended, day("2025-02-28")).standing, Standing::Active);
        assert_eq!(clock(ended, day("2025-03-01")).standing, Standing::Ended);
        assert_eq!(clock(ended, day("2025-03-01")).notice_by, None);
    }

    proptest! {
        #[test]
        fn a_tacit_contract_never_expires_and_its_end_is_never_past(length in 1u32..60, by in 1u32..36, later in 0i64..8000) {
            let start = day("2020-01-31");
            let tacit = Terms {
                starts_on: start,
                ends_on: start.checked_add_months(Months::new(length)),
                renewal: Renewal::Tacit,
                renewal_months: Some(by),
                notice_months: Some(3),
                ended_on: None,
            };
            let today = start + chrono::TimeDelta::days(later);
            let found = clock(tacit, today);
            prop_assert!(found.standing.runs());
            prop_assert!(found.end_on.unwrap() >= today);
        }
    }
}
