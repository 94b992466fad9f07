//! A rule of law, or of the house, as data: pure types and the question "does it apply that day?".

use chrono::NaiveDate;
use serde_json::Value;

crate::coded! {
    /// The standing of a rule: only one in force obliges, the others say so on the screen.
    pub enum RuleStatus {
        InForce = "in_force" => "en vigueur",
        Pending = "pending" => "attendue",
        Repealed = "repealed" => "abrogée",
        ToVerify = "to_verify" => "à vérifier",
    }
}

crate::coded! {
    /// What the code does with a rule.
    pub enum Purpose {
        Duty = "duty" => "Obligation générale",
        MaintenanceObligation = "maintenance_obligation" => "Liste des dispositifs soumis à maintenance",
        QualityControlList = "quality_control_list" => "Liste des dispositifs soumis à contrôle de qualité",
        InventoryItems = "inventory_items" => "Mentions de l’inventaire",
        Register = "register" => "Registre",
        Transition = "transition" => "Période transitoire",
        Lifecycle = "lifecycle" => "Vie d’un équipement",
    }
}

/// What a computation needs of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Stable name, the same through its editions.
    pub code: String,
    /// Its version as a text.
    pub edition: i32,
    /// What the code does with it.
    pub purpose: Purpose,
    /// What it is called on the screen.
    pub title: String,
    /// The article or text it comes from.
    pub source: String,
    /// Its standing.
    pub status: RuleStatus,
    /// First day it applies; none = as far back as we know.
    pub valid_from: Option<NaiveDate>,
    /// Last day it applies.
    pub valid_to: Option<NaiveDate>,
    /// What the computation reads.
    pub parameters: Value,
}

impl Rule {
    /// In force, and that day inside its validity.
    pub fn applies_on(&self, day: NaiveDate) -> bool {
        self.status == RuleStatus::InForce
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_to.is_none_or(|to| day <= to)
    }

    /// The texts of a list parameter (`classes`, `families`…); empty when there is none.
    pub fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        self.parameters
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    }

    /// A yes-or-no parameter; absent is no.
    pub fn flag(&self, key: &str) -> bool {
        self.parameters
            .get(key)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(status: RuleStatus) -> Rule {
        Rule {
            code: "a.b".into(),
            edition: 1,
            purpose: Purpose::MaintenanceObligation,
            title: "t".into(),
            source: "s".into(),
            status,
            valid_from: Some(day("2004-01-01")),
            valid_to: Some(day("2030-12-31")),
            parameters: json!({"classes": ["IIb", "III"], "ionising": true}),
        }
    }

    #[test]
    fn a_rule_applies_on_both_ends_of_its_validity() {
        let rule = rule(RuleStatus::InForce);
        assert!(!rule.applies_on(day("2003-12-31")));
        assert!(rule.applies_on(day("2004-01-01")));
        assert!(rule.applies_on(day("2030-12-31")));
        assert!(!rule.applies_on(day("2031-01-01")));
    }

    #[test]
    fn what_is_to_be_verified_or_awaited_obliges_nobody() {
        for status in [
            RuleStatus::Pending,
            RuleStatus::Repealed,
            RuleStatus::ToVerify,
        ] {
            assert!(!rule(status).applies_on(day("2026-11-23")));
        }
    }

    #[test]
    fn parameters_are_read_without_surprise() {
        let rule = rule(RuleStatus::InForce);
        assert_eq!(rule.texts("classes").collect::<Vec<_>>(), ["IIb", "III"]);
        assert_eq!(rule.texts("families").count(), 0);
        assert!(rule.flag("ionising"));
        assert!(!rule.flag("imaging"));
    }
}
