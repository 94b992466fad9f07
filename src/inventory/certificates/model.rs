//! What a certificate is and how it stands on a day, without SQL or HTTP.

use chrono::NaiveDate;

use crate::inventory::catalogue::Regulation;
use crate::kernel::date;
use crate::kernel::page::Tone;

crate::coded! {
    /// What the notified body certified.
    pub enum Kind {
        QualitySystem = "quality_system" => "Système de gestion de la qualité (RDM/RDIV annexe IX, chap. I)",
        TechnicalDocumentation = "technical_documentation" => "Documentation technique (RDM/RDIV annexe IX, chap. II)",
        TypeExamination = "type_examination" => "Examen de type (annexe X)",
        ProductVerification = "product_verification" => "Vérification du produit (annexe XI)",
        ProductionQuality = "production_quality" => "Assurance de la qualité de la production",
        DirectiveFull = "directive_full" => "Système complet d’assurance de la qualité (directives)",
        DirectiveDesign = "directive_design" => "Examen de la conception ou de type (directives)",
        Other = "other" => "Autre certificat",
    }
}

crate::coded! {
    /// The text a certificate was issued under.
    pub enum Law {
        Mdr = "mdr" => "Règlement (UE) 2017/745",
        Ivdr = "ivdr" => "Règlement (UE) 2017/746",
        Mdd = "mdd" => "Directive 93/42/CEE",
        Aimdd = "aimdd" => "Directive 90/385/CEE",
        Ivdd = "ivdd" => "Directive 98/79/CE",
    }
}

impl Law {
    /// Former directives: their certificates live on in a transition only.
    pub fn is_directive(self) -> bool {
        matches!(self, Self::Mdd | Self::Aimdd | Self::Ivdd)
    }

    /// The text of a model, when certificates exist under it.
    pub fn of(regulation: Regulation) -> Option<Self> {
        Self::from_code(regulation.code())
    }
}

crate::coded! {
    /// What was last read of a certificate.
    pub enum Status {
        Valid = "valid" => "valide",
        Transition = "transition" => "en transition",
        Suspended = "suspended" => "suspendu",
        Withdrawn = "withdrawn" => "retiré",
        Expired = "expired" => "expiré",
    }
}

/// Days before an end when it starts to be watched: replacing a device takes longer than that.
pub const SOON: i64 = 180;

/// How a certificate stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing to do before that day.
    Valid(NaiveDate),
    /// Ends within [`SOON`] days.
    Ending(NaiveDate),
    /// Said valid, without any end.
    Undated,
    /// Of a former directive, allowed until that day; has the rule been verified?
    Transition(NaiveDate, bool),
    /// Its transition ends within [`SOON`] days.
    TransitionEnding(NaiveDate, bool),
    /// Said in transition, without the rule that ends it.
    TransitionUnknown,
    /// Its transition is over.
    TransitionOver(NaiveDate, bool),
    /// Past its end.
    Expired(Option<NaiveDate>),
    /// By the notified body.
    Suspended,
    /// By the notified body.
    Withdrawn,
}

/// What a standing is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// As last read.
    pub status: Status,
    /// Its own end.
    pub expires_on: Option<NaiveDate>,
    /// The end of its transition by the rule, and whether that rule is in force rather than to be verified.
    pub transition: Option<(NaiveDate, bool)>,
}

/// The standing on `today`. What a notified body decided comes before any date.
pub fn standing(facts: Facts, today: NaiveDate) -> Standing {
    let soon = |day: NaiveDate| (day - today).num_days() <= SOON;
    match facts.status {
        Status::Withdrawn => Standing::Withdrawn,
        Status::Suspended => Standing::Suspended,
        Status::Expired => Standing::Expired(facts.expires_on),
        Status::Transition => match facts.transition {
            None => Standing::TransitionUnknown,
            Some((end, sure)) if end < today => Standing::TransitionOver(end, sure),
            Some((end, sure)) if soon(end) => Standing::TransitionEnding(end, sure),
            Some((end, sure)) => Standing::Transition(end, sure),
        },
        Status::Valid => match facts.expires_on {
            None => Standing::Undated,
            Some(end) if end < today => Standing::Expired(Some(end)),
            Some(end) if soon(end) => Standing::Ending(end),
            Some(end) => Standing::Valid(end),
        },
    }
}

impl Standing {
    /// How pressing. A verdict that rests on a rule nobody verified is never red nor green.
    pub fn tone(self) -> Tone {
        match self {
            Self::Valid(_) => Tone::Good,
            Self::Transition(_, true) => Tone::Good,
            Self::Ending(_) | Self::TransitionEnding(..) => Tone::Watch,
            Self::Undated | Self::TransitionUnknown | Self::Transition(_, false) => Tone::Unknown,
            Self::TransitionOver(_, false) => Tone::Unknown,
            Self::TransitionOver(_, true)
            | Self::Expired(_)
            | Self::Suspended
            | Self::Withdrawn => Tone::Bad,
        }
    }

    /// Does somebody have to do something about it?
    pub fn is_watched(self) -> bool {
        !matches!(self, Self::Valid(_) | Self::Transition(..) | Self::Undated)
    }

    /// The sentence after « le certificat … ».
    pub fn words(self, today: NaiveDate) -> String {
        let when =
            |day: NaiveDate| format!("{} ({})", date::short(day), date::relative(day, today));
        let doubt = |sure: bool| if sure { "" } else { ", règle à vérifier" };
        match self {
            Self::Valid(end) => format!("valide jusqu’au {}", when(end)),
            Self::Ending(end) => format!("expire le {}", when(end)),
            Self::Undated => "valide, sans date de fin connue".to_owned(),
            Self::Transition(end, sure) => {
                format!("en transition jusqu’au {}{}", when(end), doubt(sure))
            }
            Self::TransitionEnding(end, sure) => {
                format!("fin de transition le {}{}", when(end), doubt(sure))
            }
            Self::TransitionUnknown => "en transition, fin inconnue".to_owned(),
            Self::TransitionOver(end, sure) => {
                format!("transition terminée le {}{}", when(end), doubt(sure))
            }
            Self::Expired(Some(end)) => format!("expiré le {}", when(end)),
            Self::Expired(None) => "expiré".to_owned(),
            Self::Suspended => "suspendu par l’organisme notifié".to_owned(),
            Self::Withdrawn => "retiré par l’organisme notifié".to_owned(),
        }
    }
}

/// Why a status cannot go with a text, if it cannot.
pub fn refusal(law: Law, status: Status, has_rule: bool) -> Option<&'static str> {
    match (law.is_directive(), status, has_rule) {
        (false, Status::Transition, _) => {
            Some("Seul un certificat délivré sous les anciennes directives est « en transition ».")
        }
        (false, _, true) => Some("Un certificat d’un règlement n’a pas de fin de transition."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn facts(status: Status, expires_on: Option<&str>, transition: Option<(&str, bool)>) -> Facts {
        Facts {
            status,
            expires_on: expires_on.map(day),
            transition: transition.map(|(end, sure)| (day(end), sure)),
        }
    }

    #[test]
    fn a_certificate_is_valid_on_its_last_day_and_expired_the_next() {
        let today = day("2026-03-02");
        assert_eq!(
            standing(facts(Status::Valid, Some("2026-03-02"), None), today),
            Standing::Ending(today)
        );
        assert_eq!(
            standing(facts(Status::Valid, Some("2026-03-01"), None), today).tone(),
            Tone::Bad
        );
        assert_eq!(
            standing(facts(Status::Valid, Some("2030-01-01"), None), today).tone(),
            Tone::Good
        );
    }

    #[test]
    fn a_certificate_in_transition_outlives_its_own_end_until_the_rule_s() {
        let today = day("2026-03-02");
        let kept = facts(
            Status::Transition,
            Some("2024-05-26"),
            Some(("2028-12-31", true)),
        );
        assert_eq!(
            standing(kept, today),
            Standing::Transition(day("2028-12-31"), true)
        );
        assert_eq!(
            standing(kept, day("2029-01-01")),
            Standing::TransitionOver(day("2028-12-31"), true)
        );
    }

    #[test]
    fn a_rule_nobody_verified_makes_no_verdict() {
        let unsure = facts(Status::Transition, None, Some(("2027-12-31", false)));
        assert_eq!(standing(unsure, day("2026-03-02")).tone(), Tone::Unknown);
        assert_eq!(standing(unsure, day("2028-01-01")).tone(), Tone::Unknown);
        assert!(standing(unsure, day("2028-01-01")).is_watched());
        assert!(
            standing(unsure, day("2028-01-01"))
                .words(day("2028-01-01"))
                .contains("à vérifier")
        );
    }

    #[test]
    fn only_a_directive_s_certificate_is_in_transition() {
        assert!(refusal(Law::Mdr, Status::Transition, false).is_some());
        assert!(refusal(Law::Mdr, Status::Valid, true).is_some());
        assert!(refusal(Law::Mdd, Status::Transition, true).is_none());
    }

    proptest! {
        /// Time never mends a certificate, and what the body decided wins over any date.
        #[test]
        fn a_standing_only_gets_worse_with_time(nth in 0usize..Status::ALL.len(), end in 0i64..4000, transition in prop::option::of((0i64..4000, any::<bool>())), at in 0i64..4000, later in 0i64..4000) {
            let origin = day("2020-01-01");
            let on = |n: i64| origin + chrono::Duration::days(n);
            let facts = Facts { status: Status::ALL[nth], expires_on: Some(on(end)), transition: transition.map(|(n, sure)| (on(n), sure)) };
            let rank = |s: Standing| match s { Standing::Valid(_) | Standing::Transition(..) | Standing::Undated | Standing::TransitionUnknown => 0, Standing::Ending(_) | Standing::TransitionEnding(..) => 1, _ => 2 };
            prop_assert!(rank(standing(facts, on(at))) <= rank(standing(facts, on(at + later))));
            if matches!(facts.status, Status::Suspended | Status::Withdrawn) {
                prop_assert_eq!(standing(facts, on(at)).tone(), Tone::Bad);
            }
        }
    }
}
