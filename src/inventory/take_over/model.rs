//! Points, how each stands on a day, and who may waive which: pure.

use chrono::NaiveDate;

use crate::accounts::roles::Role;
use crate::kernel::date;
use crate::kernel::page::Tone;

crate::coded! {
    /// What a take-over may leave unevaluated.
    pub enum Point {
        InventoryItems = "inventory_items" => "Mentions de l’inventaire (R.5212-28 1°)",
        Obligation = "obligation" => "Obligation de maintenance (classe inconnue)",
        CommissioningProof = "commissioning_proof" => "Preuve de mise en service",
        MaintenanceProof = "maintenance_proof" => "Preuve de maintenance",
        QualityControlProof = "quality_control_proof" => "Preuve de contrôle qualité",
        Connection = "connection" => "Connexion au réseau",
        SecurityOpinion = "security_opinion" => "Avis de sécurité informatique",
        Data = "data" => "Données de patients conservées",
        Criticality = "criticality" => "Criticités",
    }
}

crate::coded! {
    /// The more severe of maintenance and continuity of care, which decides the day.
    pub enum Weight {
        Vital = "vital" => "Vitale",
        High = "high" => "Haute",
        Medium = "medium" => "Moyenne",
        Low = "low" => "Basse",
        Unset = "unset" => "Non évaluée",
    }
}

impl Point {
    /// Who answers for it, and may let it wait.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::SecurityOpinion | Self::Connection => &[Role::SecurityOfficer],
            Self::Data => &[Role::Dpo],
            Self::QualityControlProof => &[Role::MedicalPhysicist, Role::BiomedicalEngineer],
            _ => &[Role::BiomedicalEngineer],
        }
    }

    /// Where a device's point is settled.
    pub fn href(self, device: uuid::Uuid) -> String {
        match self {
            Self::InventoryItems => format!("/inventory/devices/{device}/items"),
            Self::CommissioningProof
            | Self::MaintenanceProof
            | Self::QualityControlProof
            | Self::SecurityOpinion => format!("/documents/subjects/device/{device}"),
            Self::Connection => format!("/inventory/devices/{device}/network"),
            Self::Obligation | Self::Data | Self::Criticality => {
                format!("/inventory/devices/{device}/edit")
            }
        }
    }
}

/// How an unevaluated point stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody decided by what day.
    Undated,
    /// To settle by that day.
    Planned(NaiveDate),
    /// That day is past: a breach.
    Overdue(NaiveDate),
    /// Allowed to wait until that day, for that reason.
    Waived(NaiveDate, String),
}

/// The standing of a point on `today`, from the plan's day and a waiver. A waiver past its end is none.
pub fn standing(
    due_on: Option<NaiveDate>,
    waiver: Option<(NaiveDate, String)>,
    today: NaiveDate,
) -> Standing {
    match (waiver, due_on) {
        (Some((until, reason)), _) if until >= today => Standing::Waived(until, reason),
        (_, None) => Standing::Undated,
        (_, Some(due)) if due < today => Standing::Overdue(due),
        (_, Some(due)) => Standing::Planned(due),
    }
}

impl Standing {
    /// Violet while nobody looked, red once the day is past.
    pub fn tone(&self) -> Tone {
        match self {
            Self::Overdue(_) => Tone::Bad,
            Self::Undated | Self::Planned(_) => Tone::Unknown,
            Self::Waived(..) => Tone::Plain,
        }
    }

    /// As people read it.
    pub fn words(&self, today: NaiveDate) -> String {
        match self {
            Self::Undated => "non évalué (reprise), sans échéance".into(),
            Self::Planned(due) => format!(
                "non évalué (reprise), à régulariser avant le {} ({})",
                date::short(*due),
                date::relative(*due, today)
            ),
            Self::Overdue(due) => format!(
                "toujours non évalué, échéance du {} dépassée ({})",
                date::short(*due),
                date::relative(*due, today)
            ),
            Self::Waived(until, reason) => {
                format!("dispensé jusqu’au {} : {reason}", date::short(*until))
            }
        }
    }
}

/// A point of a device.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Which.
    pub point: Point,
    /// How it stands.
    pub standing: Standing,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(n: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 2).unwrap() + chrono::Duration::days(n)
    }

    #[test]
    fn what_nobody_looked_at_is_violet_until_its_day_and_a_breach_after() {
        let today = day(0);
        assert_eq!(standing(None, None, today).tone(), Tone::Unknown);
        assert_eq!(standing(Some(today), None, today).tone(), Tone::Unknown);
        assert_eq!(standing(Some(day(-1)), None, today).tone(), Tone::Bad);
    }

    #[test]
    fn a_waiver_holds_until_its_end_and_not_a_day_more() {
        let waiver = |n| Some((day(n), "attente du fabricant".to_owned()));
        assert!(matches!(
            standing(Some(day(-9)), waiver(0), day(0)),
            Standing::Waived(..)
        ));
        assert_eq!(
            standing(Some(day(-9)), waiver(-1), day(0)).tone(),
            Tone::Bad
        );
    }

    #[test]
    fn each_point_has_somebody_who_answers_for_it_and_an_engineer_does_not_waive_security() {
        assert!(Point::ALL.iter().all(|p| !p.roles().is_empty()));
        assert!(
            !Point::SecurityOpinion
                .roles()
                .contains(&Role::BiomedicalEngineer)
        );
    }

    proptest! {
        #[test]
        fn nothing_unevaluated_is_ever_good(due in prop::option::of(-100i64..100), waiver in prop::option::of(-100i64..100)) {
            let found = standing(due.map(day), waiver.map(|n| (day(n), "r".to_owned())), day(0));
            prop_assert_ne!(found.tone(), Tone::Good);
        }
    }
}
