//! The maintenance obligation of art. R.5212-26 CSP, computed from the rules in force, with its reason.
//!
//! The lists are still those of annex I of the arrêté of 3 March 2003: the image chain, radiotherapy,
//! nuclear medicine, every other emitter of ionising radiation, and classes IIb and III. Being in the
//! inventory is not being listed; and what nobody has said is « indéterminé », never « non ».

use super::model::{RegulatedFamily, Regulation, RiskClass};
use crate::rules::texts::{Purpose, Rule};
use chrono::NaiveDate;

/// What the computation looks at.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModelFacts {
    /// Regulation, when known.
    pub regulation: Option<Regulation>,
    /// Class, when known.
    pub class: Option<RiskClass>,
    /// Family of annex I § 1 to 4, when declared.
    pub family: Option<RegulatedFamily>,
    /// Emits ionising radiation, when said.
    pub ionising: Option<bool>,
}

/// Why a model is listed: the rule, and what in the model meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Code of the rule.
    pub rule: String,
    /// What it is called.
    pub title: String,
    /// The text it comes from.
    pub source: String,
    /// What in the model meets it.
    pub because: String,
}

/// The answer, always with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obligation {
    /// Maintenance is a duty, by these rules.
    Listed(Vec<Reason>),
    /// Not in the lists; the sentence says why.
    NotListed(String),
    /// Nobody has said enough to know.
    Undetermined(String),
}

impl Obligation {
    /// The code in URLs, JSON and lists.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listed(_) => "listed",
            Self::NotListed(_) => "not_listed",
            Self::Undetermined(_) => "undetermined",
        }
    }

    /// The word on the screen.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Listed(_) => "soumis à l’obligation de maintenance",
            Self::NotListed(_) => "hors liste",
            Self::Undetermined(_) => "indéterminé",
        }
    }

    /// The reasons in one sentence.
    pub fn why(&self) -> String {
        match self {
            Self::Listed(reasons) => reasons
                .iter()
                .map(|r| format!("{} ({})", r.because, r.source))
                .collect::<Vec<_>>()
                .join(" ; "),
            Self::NotListed(why) | Self::Undetermined(why) => why.clone(),
        }
    }

    /// True unless it is certain that the model is not listed: what is unknown is treated with the listed ones.
    pub const fn may_be_listed(&self) -> bool {
        !matches!(self, Self::NotListed(_))
    }
}

/// Computes the obligation of a model on a day from the rules of purpose `maintenance_obligation`.
pub fn maintenance_obligation(facts: ModelFacts, rules: &[Rule], day: NaiveDate) -> Obligation {
    let in_force: Vec<&Rule> = rules
        .iter()
        .filter(|rule| rule.purpose == Purpose::MaintenanceObligation && rule.applies_on(day))
        .collect();
    if in_force.is_empty() {
        return Obligation::Undetermined(
            "Aucune liste n’est en vigueur à cette date dans les règles de Vigie.".to_owned(),
        );
    }
    if facts.regulation == Some(Regulation::NotDm) {
        return Obligation::NotListed("N’est pas un dispositif médical.".to_owned());
    }
    if let Some(regulation) = facts.regulation.filter(|r| r.is_in_vitro()) {
        return Obligation::NotListed(format!(
            "Dispositif de diagnostic in vitro ({}) : hors des listes de l’article R.5212-26 ; sa maintenance suit la notice et l’accréditation du laboratoire.",
            regulation.short()
        ));
    }
    let mut reasons: Vec<Reason> = in_force
        .iter()
        .filter_map(|rule| {
            meets(facts, rule).map(|because| Reason {
                rule: rule.code.clone(),
                title: rule.title.clone(),
                source: rule.source.clone(),
                because,
            })
        })
        .collect();
    reasons.sort_by(|a, b| a.rule.cmp(&b.rule));
    // § 4 and § 5 are « autres que » the ones before: the first that is met is the one that counts.
    reasons.truncate(1);
    if !reasons.is_empty() {
        return Obligation::Listed(reasons);
    }
    match (facts.regulation, facts.class) {
        (Some(Regulation::Aimdd), _) => Obligation::Undetermined(
            "Dispositif implantable actif de la directive 90/385 : il n’a pas de classe I à III ; à apprécier.".to_owned(),
        ),
        (Some(_), Some(class)) => Obligation::NotListed(format!(
            "{} sans famille de l’annexe I déclarée ni émission de rayonnements ionisants : ni l’arrêté du 3 mars 2003 ni une décision de l’ANSM ne l’inscrit.",
            class.label()
        )),
        (Some(_), None) => Obligation::Undetermined("La classe du modèle est inconnue.".to_owned()),
        (None, _) => Obligation::Undetermined("Le règlement et la classe du modèle sont inconnus.".to_owned()),
    }
}

fn meets(facts: ModelFacts, rule: &Rule) -> Option<String> {
    if let Some(family) = facts.family
        && rule.texts("families").any(|code| code == family.code())
    {
        return Some(format!("famille « {} »", family.label()));
    }
    if rule.flag("ionising") && facts.ionising == Some(true) {
        return Some("émet des rayonnements ionisants".to_owned());
    }
    let (regulation, class) = facts.regulation.zip(facts.class)?;
    (rule
        .texts("regulations")
        .any(|code| code == regulation.code())
        && rule.texts("classes").any(|code| code == class.code()))
    .then(|| format!("{} ({})", class.label(), regulation.short()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::texts::RuleStatus;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn rule(code: &str, parameters: Value) -> Rule {
        Rule {
            code: code.into(),
            edition: 1,
            purpose: Purpose::MaintenanceObligation,
            title: code.into(),
            source: format!("Arrêté du 3 mars 2003, {code}"),
            status: RuleStatus::InForce,
            valid_from: Some("2003-03-19".parse().unwrap()),
            valid_to: None,
            parameters,
        }
    }

    fn annex_one() -> Vec<Rule> {
        vec![
            rule(
                "1",
                json!({"families": ["radiodiagnostic", "mammography", "bone_densitometry"]}),
            ),
            rule("2", json!({"families": ["radiotherapy"]})),
            rule("3", json!({"families": ["nuclear_medicine"]})),
            rule(
                "4",
                json!({"families": ["other_ionising"], "ionising": true}),
            ),
            rule(
                "5",
                json!({"regulations": ["mdr", "mdd"], "classes": ["IIb", "III"]}),
            ),
        ]
    }

    fn today() -> NaiveDate {
        "2026-11-23".parse().unwrap()
    }

    fn of(facts: ModelFacts) -> Obligation {
        maintenance_obligation(facts, &annex_one(), today())
    }

    fn classed(regulation: Regulation, class: RiskClass) -> ModelFacts {
        ModelFacts {
            regulation: Some(regulation),
            class: Some(class),
            ..ModelFacts::default()
        }
    }

    #[test]
    fn classes_two_b_and_three_are_listed_under_the_regulation_and_under_the_directive() {
        for regulation in [Regulation::Mdr, Regulation::Mdd] {
            for class in [RiskClass::IIb, RiskClass::III] {
                let Obligation::Listed(reasons) = of(classed(regulation, class)) else {
                    panic!("{regulation} {class}")
                };
                assert_eq!(reasons[0].rule, "5");
                assert_eq!(
                    reasons[0].because,
                    format!("{} ({})", class.label(), regulation.short())
                );
            }
        }
    }

    #[test]
    fn classes_one_and_two_a_are_not_listed() {
        for regulation in [Regulation::Mdr, Regulation::Mdd] {
            for class in [RiskClass::I, RiskClass::IIa] {
                assert_eq!(of(classed(regulation, class)).code(), "not_listed");
            }
        }
    }

    #[test]
    fn a_display_of_the_image_chain_is_listed_whatever_its_class() {
        let display = ModelFacts {
            family: Some(RegulatedFamily::Radiodiagnostic),
            ionising: Some(false),
            ..classed(Regulation::Mdr, RiskClass::I)
        };
        let Obligation::Listed(reasons) = of(display) else {
            panic!()
        };
        assert_eq!(reasons[0].rule, "1");
    }

    #[test]
    fn a_scanner_is_listed_by_its_family_before_its_class() {
        let scanner = ModelFacts {
            family: Some(RegulatedFamily::Radiodiagnostic),
            ionising: Some(true),
            ..classed(Regulation::Mdr, RiskClass::IIb)
        };
        let Obligation::Listed(reasons) = of(scanner) else {
            panic!()
        };
        assert_eq!(
            reasons.iter().map(|r| r.rule.as_str()).collect::<Vec<_>>(),
            ["1"]
        );
    }

    #[test]
    fn an_emitter_of_no_named_family_is_listed_even_when_its_class_is_unknown() {
        let emitter = ModelFacts {
            ionising: Some(true),
            ..ModelFacts::default()
        };
        let Obligation::Listed(reasons) = of(emitter) else {
            panic!()
        };
        assert_eq!(reasons[0].rule, "4");
    }

    #[test]
    fn in_vitro_devices_are_not_in_the_lists() {
        assert_eq!(
            of(classed(Regulation::Ivdr, RiskClass::D)).code(),
            "not_listed"
        );
        assert_eq!(
            of(classed(Regulation::Ivdd, RiskClass::ListA)).code(),
            "not_listed"
        );
        assert_eq!(
            of(ModelFacts {
                regulation: Some(Regulation::Ivdr),
                ..ModelFacts::default()
            })
            .code(),
            "not_listed"
        );
    }

    #[test]
    fn an_unknown_class_is_undetermined_and_never_no() {
        assert_eq!(of(ModelFacts::default()).code(), "undetermined");
        assert_eq!(
            of(ModelFacts {
                regulation: Some(Regulation::Mdr),
                ..ModelFacts::default()
            })
            .code(),
            "undetermined"
        );
        assert_eq!(
            of(classed(Regulation::Aimdd, RiskClass::Dmia)).code(),
            "undetermined"
        );
    }

    #[test]
    fn a_list_to_be_verified_obliges_nobody_and_reassures_nobody() {
        let rules: Vec<_> = annex_one()
            .into_iter()
            .map(|r| Rule {
                status: RuleStatus::ToVerify,
                ..r
            })
            .collect();
        let answer =
            maintenance_obligation(classed(Regulation::Mdr, RiskClass::I), &rules, today());
        assert_eq!(answer.code(), "undetermined");
    }

    #[test]
    fn before_the_arrete_nothing_was_listed() {
        let answer = maintenance_obligation(
            classed(Regulation::Mdd, RiskClass::III),
            &annex_one(),
            "2003-03-18".parse().unwrap(),
        );
        assert_eq!(answer.code(), "undetermined");
    }

    fn any_facts() -> impl Strategy<Value = ModelFacts> {
        (
            proptest::option::of(proptest::sample::select(Regulation::ALL)),
            proptest::sample::select(vec![0usize, 1, 2, 3, 4]),
            proptest::option::of(proptest::sample::select(RegulatedFamily::ALL)),
            proptest::option::of(any::<bool>()),
        )
            .prop_map(|(regulation, nth, family, ionising)| ModelFacts {
                regulation,
                class: regulation.and_then(|r| r.classes().get(nth).copied()),
                family,
                ionising,
            })
    }

    proptest! {
        #[test]
        fn no_is_said_only_of_what_is_known(facts in any_facts()) {
            if let Obligation::NotListed(why) = of(facts) {
                prop_assert!(facts.regulation.is_some());
                prop_assert!(facts.class.is_some() || facts.regulation.is_some_and(|r| r.is_in_vitro() || r == Regulation::NotDm));
                prop_assert!(!why.is_empty());
            }
        }

        #[test]
        fn knowing_more_never_turns_listed_into_undetermined(facts in any_facts(), ionising in any::<bool>()) {
            let told = ModelFacts { ionising: facts.ionising.or(Some(ionising)), ..facts };
            if matches!(of(facts), Obligation::Listed(_)) {
                prop_assert!(matches!(of(told), Obligation::Listed(_)));
            }
        }

        #[test]
        fn a_listed_model_always_cites_a_rule_in_force(facts in any_facts()) {
            if let Obligation::Listed(reasons) = of(facts) {
                prop_assert_eq!(reasons.len(), 1);
                prop_assert!(annex_one().iter().any(|r| r.code == reasons[0].rule));
            }
        }
    }
}
