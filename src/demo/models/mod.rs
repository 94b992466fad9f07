//! Models of the market, over all families of a hospital's fleet.
//!
//! Names and makers are real; references, software versions and prices are plausible and must be
//! checked before anyone relies on them. A risk class is given with where it comes from, which is
//! most often « à vérifier ». A nomenclature code is given only when its level is certain. Device
//! identifiers are **invented**, in the range 952 that GS1 keeps for examples: no real product has one.

use super::places::Activity;

mod bedside;
mod critical_care;
mod digital;
mod imaging;
mod laboratory;
mod theatre;

/// The text a model's class comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Regulation {
    /// Règlement (UE) 2017/745.
    Mdr,
    /// Règlement (UE) 2017/746.
    Ivdr,
    /// Directive 93/42/CEE.
    Mdd,
    /// Directive 90/385/CEE.
    Aimdd,
    /// Directive 98/79/CE.
    Ivdd,
    /// Pas un dispositif médical.
    NotADevice,
}

/// A code of a nomenclature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NomenclatureCode {
    /// Which nomenclature: `EMDN`.
    pub system: &'static str,
    /// The code.
    pub code: &'static str,
}

/// What a model is and does, each true or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traits {
    /// Dispositif médical numérique.
    pub digital: bool,
    /// Contains artificial intelligence.
    pub ai: bool,
    /// Emits ionising radiation.
    pub ionising: bool,
    /// Implantable.
    pub implantable: bool,
    /// Measures.
    pub measuring: bool,
    /// Keeps personal data.
    pub personal_data: bool,
    /// Connects to a network.
    pub network: bool,
    /// Made by the hospital for itself (art. 5(5)).
    pub in_house: bool,
    /// Software without a case: no serial of its own.
    pub software_only: bool,
}

/// A model.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Key of the demonstration, unique.
    pub code: &'static str,
    /// Dénomination commune.
    pub common_name: &'static str,
    /// Dénomination commerciale.
    pub trade_name: &'static str,
    /// Reference, plausible.
    pub reference: &'static str,
    /// Code of the maker named on the label.
    pub manufacturer: &'static str,
    /// Regulation.
    pub regulation: Regulation,
    /// Risk class as printed, empty where the regulation has none.
    pub risk_class: &'static str,
    /// Where the class comes from.
    pub class_source: &'static str,
    /// Family of the first four paragraphs of annex I of the arrêté of 3 March 2003, empty outside.
    pub regulated_family: &'static str,
    /// Codes of nomenclatures.
    pub nomenclature: &'static [NomenclatureCode],
    /// Traits.
    pub traits: Traits,
    /// Software versions met in fleets, oldest first.
    pub software: &'static [&'static str],
    /// Bears a device identifier (placed on the market since labels carry one).
    pub has_udi: bool,
    /// How holdings usually go.
    pub holdings: Holdings,
    /// Usual price, lowest and highest, in euros.
    pub price_euros: (u32, u32),
    /// Years in which the devices of a fleet were put into service, before the reference day.
    pub ages: (i64, i64),
    /// Where such equipment is found.
    pub found_in: &'static [Activity],
    /// How many the whole group has with `--demo`.
    pub fleet: u32,
    /// How many of them stand in the core, besides the named ones.
    pub core: u32,
}

/// How the devices of a model usually come into the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holdings {
    /// Bought, now and then lent or given.
    Bought,
    /// Provided by the maker against its consumables (mise à disposition).
    Provided,
    /// Rented.
    Rented,
    /// Leased (crédit-bail).
    Leased,
    /// Kept in consignment until used (dépôt).
    Consigned,
}

/// Bioimaging and radiotherapy instruments, second level of the EMDN.
const EMDN_IMAGING: &[NomenclatureCode] = &[NomenclatureCode {
    system: "EMDN",
    code: "Z11",
}];
/// Instruments for functional exploration and therapy, second level of the EMDN.
const EMDN_THERAPY: &[NomenclatureCode] = &[NomenclatureCode {
    system: "EMDN",
    code: "Z12",
}];
/// In vitro diagnostic instruments, second level of the EMDN.
const EMDN_IVD: &[NomenclatureCode] = &[NomenclatureCode {
    system: "EMDN",
    code: "W02",
}];
/// Pulse oximeters.
const EMDN_OXIMETER: &[NomenclatureCode] = &[NomenclatureCode {
    system: "EMDN",
    code: "Z1203020408",
}];

/// Said of every class nobody has checked on a declaration of conformity.
pub const TO_VERIFY: &str = "à vérifier sur la déclaration de conformité";
const IVDR_RULE_5: &str =
    "règle 5 de l’annexe VIII du RDIV (instruments) ; à vérifier sur la déclaration de conformité";
const RULE_10: &str = "règle 10 de l’annexe VIII du RDM (rayonnements ionisants) ; à vérifier sur la déclaration de conformité";
const RULE_11: &str =
    "règle 11 de l’annexe VIII du RDM (logiciels) ; à vérifier sur la déclaration de conformité";
const RULE_12: &str = "règle 12 de l’annexe VIII du RDM (administration de substances) ; à vérifier sur la déclaration de conformité";

const fn model(
    code: &'static str,
    common_name: &'static str,
    manufacturer: &'static str,
    trade_name: &'static str,
    reference: &'static str,
    regulation: Regulation,
    risk_class: &'static str,
) -> Model {
    Model {
        code,
        common_name,
        trade_name,
        reference,
        manufacturer,
        regulation,
        risk_class,
        class_source: match regulation {
            Regulation::NotADevice => "n’est pas un dispositif médical",
            _ => TO_VERIFY,
        },
        regulated_family: "",
        nomenclature: &[],
        traits: Traits {
            digital: false,
            ai: false,
            ionising: false,
            implantable: false,
            measuring: false,
            personal_data: false,
            network: false,
            in_house: false,
            software_only: false,
        },
        software: &[],
        // Labels of class IIa and IIb carry one since May 2023, legacy ones need not.
        has_udi: matches!(regulation, Regulation::Mdr | Regulation::Ivdr),
        holdings: Holdings::Bought,
        price_euros: (0, 0),
        ages: (0, 12),
        found_in: &[],
        fleet: 0,
        core: 0,
    }
}

impl Model {
    const fn source(mut self, class_source: &'static str) -> Self {
        self.class_source = class_source;
        self
    }
    const fn coded(mut self, nomenclature: &'static [NomenclatureCode]) -> Self {
        self.nomenclature = nomenclature;
        self
    }
    const fn measuring(mut self) -> Self {
        self.traits.measuring = true;
        self
    }
    const fn ionising(mut self) -> Self {
        self.traits.ionising = true;
        self
    }
    const fn implantable(mut self) -> Self {
        self.traits.implantable = true;
        self
    }
    const fn networked(mut self) -> Self {
        self.traits.network = true;
        self
    }
    const fn keeps_data(mut self) -> Self {
        self.traits.personal_data = true;
        self
    }
    const fn digital(mut self) -> Self {
        self.traits.digital = true;
        self
    }
    const fn ai(mut self) -> Self {
        self.traits.ai = true;
        self.traits.digital = true;
        self
    }
    const fn in_house(mut self) -> Self {
        self.traits.in_house = true;
        self.has_udi = false;
        self
    }
    const fn software_only(mut self) -> Self {
        self.traits.software_only = true;
        self.traits.digital = true;
        self.traits.network = true;
        self
    }
    const fn versions(mut self, software: &'static [&'static str]) -> Self {
        self.software = software;
        self
    }
    const fn family(mut self, family: &'static str) -> Self {
        self.regulated_family = family;
        self
    }
    const fn held(mut self, holdings: Holdings) -> Self {
        self.holdings = holdings;
        self
    }
    const fn price(mut self, low: u32, high: u32) -> Self {
        self.price_euros = (low, high);
        self
    }
    const fn aged(mut self, youngest: i64, oldest: i64) -> Self {
        self.ages = (youngest, oldest);
        self
    }
    const fn found(mut self, found_in: &'static [Activity], fleet: u32, core: u32) -> Self {
        self.found_in = found_in;
        self.fleet = fleet;
        self.core = core;
        self
    }

    /// Its invented device identifier at a packaging level: 0 the device itself, 1 to 8 a package.
    pub fn device_identifier(&self, level: u8) -> Option<String> {
        if !self.has_udi || level > 8 {
            return None;
        }
        let rank = all().position(|model| model.code == self.code)?;
        let body = format!("{level}952000000{:03}", rank + 1);
        Some(format!("{body}{}", gs1_check_digit(&body)))
    }
}

/// All models, family after family.
pub fn all() -> impl Iterator<Item = &'static Model> {
    [
        critical_care::MODELS,
        theatre::MODELS,
        imaging::MODELS,
        laboratory::MODELS,
        bedside::MODELS,
        digital::MODELS,
    ]
    .into_iter()
    .flatten()
}

/// A model by its code.
pub fn find_model(code: &str) -> Option<&'static Model> {
    all().find(|model| model.code == code)
}

/// GS1 check digit of a number without it: weights 3, 1, 3… from the right.
fn gs1_check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .zip([3_u32, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::organisations::{Part, find_organisation};
    use crate::demo::places::UNITS;
    use std::collections::BTreeSet;

    #[test]
    fn check_digits_are_those_of_the_standard() {
        assert_eq!(gs1_check_digit("629104150021"), 3);
        assert_eq!(gs1_check_digit("0401234567890"), 1);
    }

    #[test]
    fn device_identifiers_are_unique_valid_and_in_the_range_of_examples() {
        let mut seen = BTreeSet::new();
        for model in all() {
            for level in [0, 1] {
                let Some(identifier) = model.device_identifier(level) else {
                    continue;
                };
                assert_eq!(identifier.len(), 14, "{}", model.code);
                assert_eq!(
                    &identifier[1..4],
                    "952",
                    "{} could be a real product's",
                    identifier
                );
                let (body, check) = identifier.split_at(13);
                assert_eq!(check, gs1_check_digit(body).to_string());
                assert!(seen.insert(identifier));
            }
        }
        assert!(seen.len() >= 60);
        assert_eq!(
            find_model("pump-space").and_then(|model| model.device_identifier(9)),
            None
        );
    }

    #[test]
    fn every_model_has_a_known_maker_a_place_and_a_price() {
        let mut codes = BTreeSet::new();
        let mut references = BTreeSet::new();
        for model in all() {
            assert!(codes.insert(model.code), "{} is there twice", model.code);
            assert!(
                references.insert((model.manufacturer, model.reference)),
                "{} {}",
                model.manufacturer,
                model.reference
            );
            let maker = find_organisation(model.manufacturer)
                .unwrap_or_else(|| panic!("maker of {}", model.code));
            assert!(maker.parts.contains(&Part::Manufacturer), "{}", maker.name);
            assert!(
                !model.found_in.is_empty(),
                "{} is found nowhere",
                model.code
            );
            for activity in model.found_in {
                assert!(
                    UNITS.iter().any(|unit| unit.activity == *activity),
                    "{} {activity:?}",
                    model.code
                );
            }
            assert!(model.price_euros.0 < model.price_euros.1, "{}", model.code);
            assert!(model.ages.0 <= model.ages.1, "{}", model.code);
            assert!(
                model.fleet >= 2 && model.core >= 2,
                "there are two of everything, not of {}",
                model.code
            );
            assert!(model.core <= model.fleet, "{}", model.code);
        }
        assert!(codes.len() >= 60, "{} models", codes.len());
    }

    #[test]
    fn a_class_belongs_to_its_regulation_and_says_where_it_comes_from() {
        for model in all() {
            let allowed: &[&str] = match model.regulation {
                Regulation::Mdr | Regulation::Mdd => &["I", "Is", "Im", "Ir", "IIa", "IIb", "III"],
                Regulation::Ivdr => &["A", "B", "C", "D"],
                Regulation::Ivdd => &[
                    "autres",
                    "annexe II liste A",
                    "annexe II liste B",
                    "autodiagnostic",
                ],
                Regulation::Aimdd => &["DMIA"],
                Regulation::NotADevice => &[""],
            };
            assert!(
                allowed.contains(&model.risk_class),
                "{} is of class « {} »",
                model.code,
                model.risk_class
            );
            assert!(!model.class_source.is_empty(), "{}", model.code);
        }
        for regulation in [
            Regulation::Mdr,
            Regulation::Ivdr,
            Regulation::Mdd,
            Regulation::Aimdd,
            Regulation::Ivdd,
            Regulation::NotADevice,
        ] {
            assert!(
                all().filter(|model| model.regulation == regulation).count() >= 2,
                "{regulation:?}"
            );
        }
    }

    #[test]
    fn what_emits_ionising_radiation_belongs_to_a_family_of_the_arrete() {
        let known = [
            "radiodiagnostic",
            "mammography",
            "bone_densitometry",
            "radiotherapy",
            "nuclear_medicine",
            "other_ionising",
            "",
        ];
        for model in all() {
            assert!(known.contains(&model.regulated_family), "{}", model.code);
            assert!(
                !model.traits.ionising || !model.regulated_family.is_empty(),
                "{}",
                model.code
            );
        }
        // Treatment planning emits nothing and is in the list all the same.
        assert!(
            all().any(|model| !model.traits.ionising && model.regulated_family == "radiotherapy")
        );
    }

    #[test]
    fn each_trait_is_met_twice_and_software_is_digital() {
        let two = |what: &str, has: fn(&Traits) -> bool| {
            assert!(
                all().filter(|model| has(&model.traits)).count() >= 2,
                "fewer than two are {what}"
            );
        };
        two("digital", |t| t.digital);
        two("AI", |t| t.ai);
        two("ionising", |t| t.ionising);
        two("implantable", |t| t.implantable);
        two("measuring", |t| t.measuring);
        two("keeping data", |t| t.personal_data);
        two("networked", |t| t.network);
        two("in-house", |t| t.in_house);
        two("software", |t| t.software_only);
        assert!(
            all()
                .filter(|model| model.traits.ai)
                .all(|model| model.traits.digital)
        );
        assert!(
            all()
                .filter(|model| model.traits.digital)
                .all(|model| !model.software.is_empty())
        );
    }

    #[test]
    fn the_group_has_about_three_thousand_devices_and_a_core_that_leaves_room_for_the_named_ones() {
        let fleet: u32 = all().map(|model| model.fleet).sum();
        let core: u32 = all().map(|model| model.core).sum();
        assert!(
            (2_800..=3_200).contains(&fleet),
            "{fleet} devices in the fleet"
        );
        assert!((180..=260).contains(&core), "{core} devices in the core");
    }
}
