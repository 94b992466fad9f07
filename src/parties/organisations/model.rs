//! What an organisation is, its other names and who answers for it. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::parties::OrganisationId;

crate::coded! {
    /// What an organisation does for the hospital; it may do several.
    pub enum OrganisationRole {
        Manufacturer = "manufacturer" => "Fabricant",
        AuthorisedRepresentative = "authorised_representative" => "Mandataire",
        Importer = "importer" => "Importateur",
        Distributor = "distributor" => "Distributeur",
        Supplier = "supplier" => "Fournisseur",
        MaintenanceProvider = "maintenance_provider" => "Tierce maintenance",
        QualityControlBody = "quality_control_body" => "Organisme de contrôle qualité externe",
        Lessor = "lessor" => "Loueur, crédit-bailleur",
        SoftwareHost = "software_host" => "Hébergeur",
        Authority = "authority" => "Autorité",
        CareProvider = "care_provider" => "Établissement de santé",
        WasteOperator = "waste_operator" => "Collecte et recyclage",
        Other = "other" => "Autre",
    }
}

crate::coded! {
    /// Why an organisation goes by another name.
    pub enum AliasKind {
        Spelling = "spelling" => "Autre graphie",
        FormerName = "former_name" => "Ancien nom",
        Brand = "brand" => "Marque",
        Abbreviation = "abbreviation" => "Sigle",
        Subsidiary = "subsidiary" => "Filiale",
    }
}

crate::coded! {
    /// How one organisation came after another.
    pub enum SuccessionKind {
        Acquired = "acquired" => "Racheté par",
        Merged = "merged" => "Fusionné dans",
        Renamed = "renamed" => "Renommé",
        Split = "split" => "Scission vers",
        TookOverRange = "took_over_range" => "Gamme reprise par",
        TookOverSupport = "took_over_support" => "Support repris par",
    }
}

impl SuccessionKind {
    /// The whole passes to the successor; else only a part, which the perimeter names.
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Acquired | Self::Merged | Self::Renamed)
    }
}

/// An organisation as checked from a form or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganisation {
    /// Name, not blank.
    pub name: String,
    /// At least one.
    pub roles: Vec<OrganisationRole>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// EUDAMED single registration number.
    pub srn: Option<String>,
    /// SIREN, nine digits whose key holds.
    pub siren: Option<String>,
    /// FINESS, for care providers.
    pub finess: Option<String>,
    /// COFRAC accreditation, for control bodies.
    pub cofrac_number: Option<String>,
    /// Postal address.
    pub address: Option<String>,
    /// Site, `https://`.
    pub website: Option<String>,
    /// Switchboard.
    pub phone: Option<String>,
    /// Anything else worth knowing.
    pub note: Option<String>,
}

/// Another name, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlias {
    /// The name as found.
    pub name: String,
    /// Why it is one.
    pub kind: AliasKind,
    /// Where it was found.
    pub source: Option<String>,
}

/// A succession, checked: the object of the page is the one that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuccession {
    /// The one that answers since.
    pub successor: OrganisationId,
    /// How.
    pub kind: SuccessionKind,
    /// The day, when known.
    pub happened_on: Option<NaiveDate>,
    /// What is known of the day when it is not a day (« 2015 », « vers 2003 »).
    pub happened_on_text: Option<String>,
    /// What was taken over, when not the whole.
    pub perimeter: Option<String>,
    /// Where this was read.
    pub source: Option<String>,
}

/// One step between two organisations, for following successions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The one that was.
    pub from: OrganisationId,
    /// The one that answers.
    pub to: OrganisationId,
    /// Whether the whole passed.
    pub whole: bool,
}

/// Who answers today for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Itself.
    Itself,
    /// Others, followed to the end of the successions; several when it was split.
    Others(Vec<OrganisationId>),
}

impl Standing {
    /// Follows successions from an organisation. Only whole ones take it away; parts add their
    /// successor beside it.
    pub fn of(id: OrganisationId, steps: &[Step]) -> Self {
        let mut ends = BTreeSet::new();
        let mut seen = BTreeSet::from([id]);
        let mut ahead = vec![id];
        while let Some(at) = ahead.pop() {
            let after: Vec<&Step> = steps.iter().filter(|step| step.from == at).collect();
            if !after.iter().any(|step| step.whole) {
                ends.insert(at);
            }
            for step in after {
                if seen.insert(step.to) {
                    ahead.push(step.to);
                }
            }
        }
        if ends.is_empty() || ends.iter().eq([&id]) {
            Self::Itself
        } else {
            Self::Others(ends.into_iter().collect())
        }
    }
}

/// Would a new step close a circle?
pub fn closes_a_circle(steps: &[Step], from: OrganisationId, to: OrganisationId) -> bool {
    let mut seen = BTreeSet::new();
    let mut ahead = vec![to];
    while let Some(at) = ahead.pop() {
        if at == from {
            return true;
        }
        if seen.insert(at) {
            ahead.extend(
                steps
                    .iter()
                    .filter(|step| step.from == at)
                    .map(|step| step.to),
            );
        }
    }
    false
}

/// `FR-MF-000012345`: country, role, nine digits (MDR annex VI, part A).
pub fn is_srn(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [country, role, number] = parts.as_slice() else {
        return false;
    };
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && matches!(*role, "MF" | "AR" | "IM" | "PR")
        && number.len() == 9
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Nine digits whose Luhn key holds.
pub fn is_siren(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 9) else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(rank, digit)| {
            if rank % 2 == 1 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                *digit
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(number: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(number))
    }

    fn step(from: u128, to: u128, whole: bool) -> Step {
        Step {
            from: id(from),
            to: id(to),
            whole,
        }
    }

    #[test]
    fn welch_allyn_answers_at_baxter_through_hillrom() {
        let steps = [step(1, 2, true), step(2, 3, true)];
        assert_eq!(Standing::of(id(1), &steps), Standing::Others(vec![id(3)]));
        assert_eq!(Standing::of(id(3), &steps), Standing::Itself);
    }

    #[test]
    fn a_maker_that_sold_one_range_still_answers_beside_the_buyer() {
        let steps = [step(1, 2, false)];
        assert_eq!(
            Standing::of(id(1), &steps),
            Standing::Others(vec![id(1), id(2)])
        );
    }

    #[test]
    fn a_maker_bought_then_partly_sold_on_answers_at_both_ends() {
        // Gambro, bought by Baxter, whose renal activity went to Vantive.
        let steps = [step(1, 2, true), step(1, 3, false)];
        assert_eq!(
            Standing::of(id(1), &steps),
            Standing::Others(vec![id(2), id(3)])
        );
    }

    #[test]
    fn circles_are_seen_however_long() {
        let steps = [step(1, 2, true), step(2, 3, true)];
        assert!(closes_a_circle(&steps, id(3), id(1)));
        assert!(closes_a_circle(&steps, id(2), id(2)));
        assert!(!closes_a_circle(&steps, id(1), id(3)));
    }

    proptest! {
        #[test]
        fn following_successions_always_ends_somewhere(pairs in prop::collection::vec((0u128..6, 0u128..6, any::<bool>()), 0..20), from in 0u128..6) {
            let steps: Vec<Step> = pairs.into_iter().map(|(a, b, whole)| step(a, b, whole)).collect();
            if let Standing::Others(ends) = Standing::of(id(from), &steps) {
                prop_assert!(!ends.is_empty());
            }
        }

        #[test]
        fn a_step_refused_as_a_circle_is_one_that_leads_back(pairs in prop::collection::vec((0u128..5, 0u128..5), 0..8), from in 0u128..5, to in 0u128..5) {
            // Adding only accepted steps never makes a circle.
            let mut steps = Vec::new();
            for (a, b) in pairs.into_iter().chain([(from, to)]) {
                if !closes_a_circle(&steps, id(a), id(b)) {
                    steps.push(step(a, b, true));
                }
            }
            for s in &steps {
                prop_assert!(!closes_a_circle(&steps.iter().filter(|o| *o != s).copied().collect::<Vec<_>>(), s.from, s.to));
            }
        }
    }

    #[test]
    fn registration_numbers_keep_their_form() {
        assert!(is_srn("FR-MF-000012345"));
        assert!(!is_srn("FR-MF-12345"));
        assert!(!is_srn("fr-MF-000012345"));
        assert!(!is_srn("FR-XX-000012345"));
    }

    #[test]
    fn siren_keys_are_checked() {
        assert!(
            is_siren("732829320"),
            "the example of the official note on SIREN keys"
        );
        assert!(!is_siren("732829321"));
        assert!(!is_siren("73282932"));
        assert!(!is_siren("73282932A"));
    }
}
