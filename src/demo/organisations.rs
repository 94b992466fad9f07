//! Manufacturers as publicly known, with the names under which inventories write them and who
//! succeeded whom; distributors, third-party maintainers and contacts are invented.
//!
//! A succession says who answers today for a maker's devices. It is public knowledge, to be checked
//! before anyone relies on it; the devices keep the maker their label names.

/// What an organisation does for the hospital; it may do several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Fabricant.
    Manufacturer,
    /// Fournisseur, distributeur.
    Supplier,
    /// Société de tierce maintenance.
    Maintainer,
    /// Organisme de contrôle de qualité externe.
    ControlBody,
}

/// An organisation.
#[derive(Debug, Clone, Copy)]
pub struct Organisation {
    /// Key of the demonstration, unique.
    pub code: &'static str,
    /// Name today.
    pub name: &'static str,
    /// ISO 3166 code of the country of its seat.
    pub country: &'static str,
    /// What it does.
    pub parts: &'static [Part],
    /// Other spellings met in inventories, former names, legal forms.
    pub aliases: &'static [&'static str],
    /// An organisation that does not exist.
    pub invented: bool,
}

/// One organisation taking over another, wholly or for a line of products.
#[derive(Debug, Clone, Copy)]
pub struct Succession {
    /// Code of the former.
    pub former: &'static str,
    /// Code of the one that answers since.
    pub successor: &'static str,
    /// Year, as publicly known.
    pub year: i32,
    /// What was taken over, when not the whole.
    pub scope: &'static str,
}

/// What a contact is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContactFunction {
    /// Assistance technique.
    Support,
    /// Sécurité informatique (PSIRT).
    Security,
    /// Protection des données.
    DataProtection,
    /// Vigilance.
    Vigilance,
    /// Commercial.
    Sales,
}

/// An invented person or desk to write to.
#[derive(Debug, Clone, Copy)]
pub struct Contact {
    /// Code of the organisation.
    pub organisation: &'static str,
    /// What it is for.
    pub function: ContactFunction,
    /// Invented name.
    pub name: &'static str,
    /// Mailbox before `@example.org`.
    pub mailbox: &'static str,
    /// Number in the range ARCEP reserves for fiction.
    pub phone: Option<&'static str>,
    /// Days before the reference day when somebody last checked it; none: never.
    pub verified_days_ago: Option<i64>,
}

const MAKER: &[Part] = &[Part::Manufacturer];
const MAKER_AND_SELLER: &[Part] = &[Part::Manufacturer, Part::Supplier];
const FULL: &[Part] = &[Part::Manufacturer, Part::Supplier, Part::Maintainer];

const fn real(
    code: &'static str,
    name: &'static str,
    country: &'static str,
    parts: &'static [Part],
    aliases: &'static [&'static str],
) -> Organisation {
    Organisation {
        code,
        name,
        country,
        parts,
        aliases,
        invented: false,
    }
}

const fn invented(
    code: &'static str,
    name: &'static str,
    parts: &'static [Part],
    aliases: &'static [&'static str],
) -> Organisation {
    Organisation {
        code,
        name,
        country: "FR",
        parts,
        aliases,
        invented: true,
    }
}

/// The organisations.
#[rustfmt::skip] // a table, one row a line
pub const ORGANISATIONS: &[Organisation] = &[
    real("philips", "Philips", "NL", FULL, &["Phillips", "PHILIPS", "Philips Healthcare", "Philips Medical Systems", "Koninklijke Philips N.V."]),
    real("respironics", "Respironics", "US", MAKER, &["Philips Respironics", "RESPIRONICS INC"]),
    real("cardiologs", "Cardiologs", "FR", MAKER, &["Cardiologs Technologies"]),
    real("ge", "GE HealthCare", "US", FULL, &["GE", "GE Healthcare", "GE Medical Systems", "GEHC", "General Electric Medical Systems", "G.E. Healthcare"]),
    real("datex-ohmeda", "Datex-Ohmeda", "FI", MAKER, &["Datex Ohmeda", "DATEX", "Ohmeda", "Datex-Engstrom"]),
    real("draeger", "Dräger", "DE", FULL, &["Drager", "Draeger", "Dräger Medical", "DRAEGER MEDICAL", "Drägerwerk AG & Co. KGaA"]),
    real("bbraun", "B. Braun", "DE", FULL, &["B Braun", "BBraun", "B.BRAUN", "B. Braun Melsungen AG", "Braun"]),
    real("fresenius-kabi", "Fresenius Kabi", "DE", MAKER_AND_SELLER, &["Fresenius-Kabi", "FRESENIUS VIAL", "Fresenius Vial", "Vial Médical"]),
    real("fresenius-mc", "Fresenius Medical Care", "DE", MAKER_AND_SELLER, &["FMC", "Fresenius Medical", "FRESENIUS MEDICAL CARE AG"]),
    real("bd", "BD", "US", MAKER_AND_SELLER, &["Becton Dickinson", "Becton, Dickinson and Company", "Becton-Dickinson"]),
    real("carefusion", "CareFusion", "US", MAKER, &["Care Fusion", "CAREFUSION", "Alaris", "Alaris Medical Systems"]),
    real("baxter", "Baxter", "US", MAKER_AND_SELLER, &["Baxter International Inc.", "BAXTER SAS"]),
    real("gambro", "Gambro", "SE", MAKER, &["Gambro Hospal", "Hospal", "GAMBRO LUNDIA"]),
    real("vantive", "Vantive", "US", MAKER_AND_SELLER, &["Baxter Kidney Care"]),
    real("hillrom", "Hillrom", "US", MAKER, &["Hill-Rom", "HILL ROM", "Hill-Rom Holdings"]),
    real("welch-allyn", "Welch Allyn", "US", MAKER, &["WelchAllyn", "WELCH-ALLYN"]),
    real("mortara", "Mortara Instrument", "US", MAKER, &["Mortara"]),
    real("getinge", "Getinge", "SE", FULL, &["GETINGE AB", "Getinge Group"]),
    real("maquet", "Maquet", "DE", MAKER, &["MAQUET", "Maquet Critical Care", "Maquet Cardiovascular"]),
    real("arjo", "Arjo", "SE", MAKER_AND_SELLER, &["ArjoHuntleigh", "Arjo Huntleigh", "Huntleigh"]),
    real("siemens", "Siemens Healthineers", "DE", FULL, &["Siemens", "Siemens Healthcare", "SIEMENS MEDICAL", "Siemens Healthcare GmbH"]),
    real("varian", "Varian", "US", FULL, &["Varian Medical Systems", "VARIAN"]),
    real("medtronic", "Medtronic", "IE", MAKER_AND_SELLER, &["MEDTRONIC", "Medtronic France"]),
    real("covidien", "Covidien", "IE", MAKER, &["Nellcor", "Nellcor Puritan Bennett", "Tyco Healthcare", "Valleylab"]),
    real("mindray", "Mindray", "CN", MAKER_AND_SELLER, &["MINDRAY", "Shenzhen Mindray Bio-Medical Electronics"]),
    real("datascope", "Datascope", "US", MAKER, &["DATASCOPE CORP"]),
    real("stryker", "Stryker", "US", MAKER_AND_SELLER, &["STRYKER", "Stryker Medical"]),
    real("physio-control", "Physio-Control", "US", MAKER, &["Physio Control", "PHYSIOCONTROL", "Medtronic Physio-Control"]),
    real("zoll", "ZOLL", "US", MAKER_AND_SELLER, &["Zoll Medical", "ZOLL Medical Corporation"]),
    real("schiller", "Schiller", "CH", MAKER_AND_SELLER, &["SCHILLER AG", "Schiller Médical"]),
    real("hamilton", "Hamilton Medical", "CH", MAKER_AND_SELLER, &["Hamilton", "HAMILTON MEDICAL AG"]),
    real("loewenstein", "Löwenstein Medical", "DE", MAKER_AND_SELLER, &["Lowenstein", "Loewenstein Medical", "Heinen + Löwenstein"]),
    real("weinmann", "Weinmann", "DE", MAKER, &["WEINMANN Emergency", "Weinmann Emergency Medical Technology"]),
    real("airliquide-ms", "Air Liquide Medical Systems", "FR", MAKER_AND_SELLER, &["ALMS", "Air Liquide Santé", "TAEMA"]),
    real("olympus", "Olympus", "JP", FULL, &["OLYMPUS", "Olympus Medical Systems", "Olympus France"]),
    real("pentax", "PENTAX Medical", "JP", MAKER_AND_SELLER, &["Pentax", "Hoya", "HOYA Corporation"]),
    real("karl-storz", "Karl Storz", "DE", MAKER_AND_SELLER, &["STORZ", "KARL STORZ SE & Co. KG", "Storz Endoscopie"]),
    real("fujifilm", "Fujifilm", "JP", MAKER_AND_SELLER, &["FUJI", "Fujifilm Healthcare", "FUJIFILM Medical"]),
    real("sonosite", "SonoSite", "US", MAKER, &["Fujifilm SonoSite", "SONOSITE INC"]),
    real("hitachi-med", "Hitachi Medical Systems", "JP", MAKER, &["Hitachi", "Hitachi Healthcare", "Aloka", "Hitachi Aloka"]),
    real("canon", "Canon Medical Systems", "JP", MAKER_AND_SELLER, &["Canon Medical", "CANON"]),
    real("toshiba", "Toshiba Medical Systems", "JP", MAKER, &["Toshiba", "TOSHIBA MEDICAL"]),
    real("hologic", "Hologic", "US", MAKER_AND_SELLER, &["HOLOGIC INC", "Lorad"]),
    real("elekta", "Elekta", "SE", FULL, &["ELEKTA AB", "Elekta Instrument"]),
    real("nucletron", "Nucletron", "NL", MAKER, &["NUCLETRON B.V."]),
    real("accuray", "Accuray", "US", MAKER_AND_SELLER, &["ACCURAY"]),
    real("roche", "Roche Diagnostics", "CH", MAKER_AND_SELLER, &["Roche", "ROCHE DIAGNOSTICS GMBH", "Boehringer Mannheim"]),
    real("beckman", "Beckman Coulter", "US", MAKER_AND_SELLER, &["Beckman", "BECKMAN COULTER INC"]),
    real("sysmex", "Sysmex", "JP", MAKER_AND_SELLER, &["SYSMEX", "Sysmex Corporation"]),
    real("radiometer", "Radiometer", "DK", MAKER_AND_SELLER, &["Radiometer Medical", "RADIOMETER COPENHAGEN"]),
    real("biomerieux", "bioMérieux", "FR", MAKER_AND_SELLER, &["Biomerieux", "BIO MERIEUX", "bioMérieux SA"]),
    real("werfen", "Werfen", "ES", MAKER_AND_SELLER, &["WERFEN"]),
    real("il", "Instrumentation Laboratory", "US", MAKER, &["IL", "Instrumentation Laboratories"]),
    real("abbott", "Abbott", "US", MAKER_AND_SELLER, &["ABBOTT", "Abbott Diagnostics", "Abbott Laboratories"]),
    real("sjm", "St. Jude Medical", "US", MAKER, &["Saint Jude Medical", "SJM", "ST JUDE"]),
    real("steris", "STERIS", "IE", MAKER_AND_SELLER, &["Steris", "STERIS Corporation"]),
    real("belimed", "Belimed", "CH", MAKER_AND_SELLER, &["BELIMED AG"]),
    real("soluscope", "Soluscope", "FR", MAKER_AND_SELLER, &["SOLUSCOPE SAS"]),
    real("erbe", "Erbe", "DE", MAKER_AND_SELLER, &["ERBE", "Erbe Elektromedizin"]),
    real("lumenis", "Lumenis", "IL", MAKER_AND_SELLER, &["LUMENIS LTD"]),
    real("boston", "Boston Scientific", "US", MAKER_AND_SELLER, &["Boston", "BSC", "BOSTON SCIENTIFIC CORP"]),
    real("masimo", "Masimo", "US", MAKER_AND_SELLER, &["MASIMO"]),
    real("medela", "Medela", "CH", MAKER_AND_SELLER, &["MEDELA AG"]),
    real("bayer", "Bayer", "DE", MAKER_AND_SELLER, &["BAYER HEALTHCARE", "Bayer Medical Care"]),
    real("medrad", "MEDRAD", "US", MAKER, &["Medrad Inc", "Bayer Medrad"]),
    real("zeiss", "Carl Zeiss Meditec", "DE", MAKER_AND_SELLER, &["Zeiss", "ZEISS", "Carl Zeiss"]),
    real("topcon", "Topcon", "JP", MAKER_AND_SELLER, &["TOPCON"]),
    real("seca", "seca", "DE", MAKER_AND_SELLER, &["SECA", "Seca GmbH"]),
    real("terumo", "Terumo", "JP", MAKER_AND_SELLER, &["TERUMO", "Terumo BCT"]),
    real("smiths", "Smiths Medical", "US", MAKER, &["SMITHS", "Smiths Medical International", "Graseby"]),
    real("icu", "ICU Medical", "US", MAKER_AND_SELLER, &["ICU MEDICAL INC"]),
    real("resmed", "ResMed", "US", MAKER_AND_SELLER, &["RESMED", "Saime"]),
    real("natus", "Natus Medical", "US", MAKER_AND_SELLER, &["Natus", "Nicolet", "Natus Neurology"]),
    real("gleamer", "Gleamer", "FR", MAKER_AND_SELLER, &["GLEAMER SAS"]),
    real("therapixel", "Therapixel", "FR", MAKER_AND_SELLER, &["THERAPIXEL SA"]),
    real("aidence", "Aidence", "NL", MAKER, &["AIDENCE B.V."]),
    real("deephealth", "DeepHealth (RadNet)", "US", MAKER_AND_SELLER, &["RadNet", "DeepHealth"]),
    real("avicenna", "Avicenna.AI", "FR", MAKER_AND_SELLER, &["Avicenna AI", "AVICENNA"]),
    real("evolucare", "Evolucare Technologies", "FR", MAKER_AND_SELLER, &["Evolucare", "OphtAI"]),
    real("cosmo-ai", "Cosmo Artificial Intelligence – AI", "IE", MAKER, &["Cosmo AI", "Cosmo Artificial Intelligence-AI Ltd"]),
    real("therapanacea", "TheraPanacea", "FR", MAKER_AND_SELLER, &["Therapanacea", "THERAPANACEA SAS"]),
    real("keenturtle", "Keenturtle", "FR", MAKER_AND_SELLER, &["KEENTURTLE SAS"]),
    real("vidal", "Vidal", "FR", MAKER_AND_SELLER, &["VIDAL France", "VIDAL SA"]),
    real("fluke", "Fluke Biomedical", "US", MAKER, &["Fluke", "FLUKE BIOMEDICAL"]),
    real("liebherr", "Liebherr", "DE", MAKER, &["LIEBHERR"]),
    // Invented: nobody sells or maintains under these names.
    invented("chu-verrerie", "CHU de la Verrerie – Atelier de fabrication interne", MAKER, &["Atelier CHU Verrerie"]),
    invented("verrelab", "Verrelab Distribution", &[Part::Supplier], &["VERRELAB", "Verrelab Distrib."]),
    invented("argance-services", "Argance Médical Services", &[Part::Supplier, Part::Maintainer], &["AMS Argance"]),
    invented("filaos-biomed", "Filaos Biomédical", &[Part::Supplier, Part::Maintainer], &["FILAOS BIOMED", "Filaos Biomedical"]),
    invented("tertia-biomed", "Tertia Biomed", &[Part::Maintainer], &["TERTIA", "Tertia-Biomed"]),
    invented("ouestria", "Ouestria Maintenance", &[Part::Maintainer], &["OUESTRIA"]),
    invented("controlys", "Contrôlys Qualité externe", &[Part::ControlBody], &["CONTROLYS"]),
    invented("locabloc", "Locabloc", &[Part::Supplier], &["LOCABLOC SARL"]),
    invented("prismed", "Prismed Occasion", &[Part::Supplier], &["PRISMED"]),
    invented("credimed", "Crédimed Financement", &[Part::Supplier], &["CREDIMED"]),
];

const fn whole(former: &'static str, successor: &'static str, year: i32) -> Succession {
    Succession {
        former,
        successor,
        year,
        scope: "",
    }
}

/// Who succeeded whom.
pub const SUCCESSIONS: &[Succession] = &[
    whole("datex-ohmeda", "ge", 2003),
    whole("respironics", "philips", 2008),
    whole("cardiologs", "philips", 2022),
    whole("carefusion", "bd", 2015),
    whole("hillrom", "baxter", 2021),
    whole("welch-allyn", "hillrom", 2015),
    whole("mortara", "hillrom", 2017),
    whole("gambro", "baxter", 2013),
    Succession {
        former: "gambro",
        successor: "vantive",
        year: 2025,
        scope: "Activité rénale cédée par Baxter",
    },
    whole("maquet", "getinge", 2000),
    whole("varian", "siemens", 2021),
    whole("covidien", "medtronic", 2015),
    Succession {
        former: "datascope",
        successor: "mindray",
        year: 2008,
        scope: "Surveillance du patient",
    },
    whole("physio-control", "stryker", 2016),
    whole("toshiba", "canon", 2016),
    whole("sonosite", "fujifilm", 2012),
    Succession {
        former: "hitachi-med",
        successor: "fujifilm",
        year: 2021,
        scope: "Imagerie diagnostique",
    },
    whole("nucletron", "elekta", 2011),
    whole("medrad", "bayer", 2006),
    whole("il", "werfen", 1991),
    whole("sjm", "abbott", 2017),
    whole("smiths", "icu", 2022),
    whole("aidence", "deephealth", 2022),
];

use ContactFunction as Fn;

const fn contact(
    organisation: &'static str,
    function: ContactFunction,
    name: &'static str,
    mailbox: &'static str,
    phone: Option<&'static str>,
    verified_days_ago: Option<i64>,
) -> Contact {
    Contact {
        organisation,
        function,
        name,
        mailbox,
        phone,
        verified_days_ago,
    }
}

/// The contacts; 01 99 00 xx xx is kept for works of fiction by the regulator's numbering plan.
#[rustfmt::skip] // a table, one row a line
pub const CONTACTS: &[Contact] = &[
    contact("philips", Fn::Support, "Assistance moniteurs (inventée)", "assistance.philips", Some("01 99 00 10 01"), Some(45)),
    contact("philips", Fn::Security, "Odile Ferracci-Lane", "psirt.philips", None, Some(120)),
    contact("philips", Fn::Vigilance, "Thibaut Jolivelle", "vigilance.philips", Some("01 99 00 10 02"), Some(200)),
    contact("ge", Fn::Support, "Assistance imagerie (inventée)", "assistance.ge", Some("01 99 00 11 01"), Some(60)),
    contact("ge", Fn::Security, "Cellule produits (inventée)", "psirt.ge", None, Some(2_950)),
    contact("draeger", Fn::Support, "Mireille Hautecombe", "support.draeger", Some("01 99 00 12 01"), Some(15)),
    contact("draeger", Fn::Vigilance, "Paul-Émile Sargasse", "vigilance.draeger", None, Some(400)),
    contact("bbraun", Fn::Support, "Assistance perfusion (inventée)", "support.bbraun", Some("01 99 00 13 01"), Some(90)),
    contact("bbraun", Fn::Security, "Corentin Walbach", "psirt.bbraun", None, Some(30)),
    contact("fresenius-kabi", Fn::Vigilance, "Solène Arbogast", "vigilance.kabi", Some("01 99 00 14 01"), Some(150)),
    contact("bd", Fn::Security, "Sécurité produits (inventée)", "psirt.bd", None, None),
    contact("siemens", Fn::Support, "Assistance scanners (inventée)", "support.siemens", Some("01 99 00 15 01"), Some(20)),
    contact("siemens", Fn::Security, "Béatrix Holtmann", "psirt.siemens", None, Some(75)),
    contact("siemens", Fn::DataProtection, "Aymeric Soulange", "dpo.siemens", None, Some(310)),
    contact("medtronic", Fn::Vigilance, "Nora Vieljeux", "vigilance.medtronic", Some("01 99 00 16 01"), Some(80)),
    contact("gleamer", Fn::Support, "Assistance (inventée)", "support.gleamer", None, Some(25)),
    contact("gleamer", Fn::DataProtection, "Irène Castelbajou", "dpo.gleamer", None, Some(25)),
    contact("therapixel", Fn::Security, "Rémy Oursel", "securite.therapixel", None, Some(500)),
    contact("varian", Fn::Support, "Assistance accélérateurs (inventée)", "support.varian", Some("01 99 00 17 01"), Some(10)),
    contact("roche", Fn::Vigilance, "Gwendoline Astier-Roch", "reactovigilance.roche", Some("01 99 00 18 01"), Some(220)),
    contact("tertia-biomed", Fn::Support, "Steeve Plessier", "s.plessier", Some("01 99 00 19 01"), Some(12)),
    contact("argance-services", Fn::Sales, "Lydie Montaubert", "l.montaubert", Some("01 99 00 19 02"), Some(340)),
    contact("filaos-biomed", Fn::Support, "Jean-Noël Técher-Bois", "support.filaos", Some("01 99 00 19 03"), Some(48)),
    contact("controlys", Fn::Support, "Planification (inventée)", "planning.controlys", Some("01 99 00 19 04"), None),
];

/// An organisation by its code.
pub fn find_organisation(code: &str) -> Option<&'static Organisation> {
    ORGANISATIONS
        .iter()
        .find(|organisation| organisation.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn codes_names_and_aliases_point_to_one_organisation_each() {
        let mut owner: BTreeMap<String, &str> = BTreeMap::new();
        let mut codes = BTreeSet::new();
        for organisation in ORGANISATIONS {
            assert!(
                codes.insert(organisation.code),
                "{} is there twice",
                organisation.code
            );
            for name in std::iter::once(&organisation.name).chain(organisation.aliases) {
                let before = owner.insert(name.to_lowercase(), organisation.code);
                assert!(
                    before.is_none_or(|code| code == organisation.code),
                    "« {name} » is {before:?} and {}",
                    organisation.code
                );
            }
            assert_eq!(organisation.country.len(), 2);
            assert!(!organisation.parts.is_empty());
        }
    }

    #[test]
    fn there_are_many_real_makers_and_invented_companies_for_every_other_part() {
        let makers = ORGANISATIONS
            .iter()
            .filter(|o| !o.invented && o.parts.contains(&Part::Manufacturer))
            .count();
        assert!(makers >= 45, "{makers} makers");
        for part in [Part::Supplier, Part::Maintainer] {
            assert!(
                ORGANISATIONS
                    .iter()
                    .filter(|o| o.invented && o.parts.contains(&part))
                    .count()
                    >= 2,
                "{part:?}"
            );
        }
        assert!(
            ORGANISATIONS.iter().any(|o| o.parts == [Part::ControlBody]),
            "the control body does nothing else (R. 5211-5)"
        );
    }

    #[test]
    fn successions_name_known_organisations_go_forward_and_never_in_a_circle() {
        for succession in SUCCESSIONS {
            for code in [succession.former, succession.successor] {
                assert!(find_organisation(code).is_some(), "{code}");
            }
            let mut reached = BTreeSet::from([succession.former]);
            let mut next = vec![succession.successor];
            while let Some(code) = next.pop() {
                assert!(
                    reached.insert(code) || code != succession.former,
                    "{} succeeds itself",
                    succession.former
                );
                next.extend(
                    SUCCESSIONS
                        .iter()
                        .filter(|s| s.former == code)
                        .map(|s| s.successor),
                );
            }
        }
    }

    #[test]
    fn welch_allyn_answers_at_baxter_through_hillrom() {
        let after = |code: &str| {
            SUCCESSIONS
                .iter()
                .find(|s| s.former == code)
                .map(|s| s.successor)
        };
        assert_eq!(after("welch-allyn").and_then(after), Some("baxter"));
    }

    #[test]
    fn contacts_belong_to_someone_and_use_the_numbers_of_fiction() {
        for contact in CONTACTS {
            assert!(
                find_organisation(contact.organisation).is_some(),
                "{}",
                contact.organisation
            );
            assert!(
                contact
                    .phone
                    .is_none_or(|phone| phone.starts_with("01 99 00 ")),
                "{}",
                contact.name
            );
        }
        for function in [Fn::Support, Fn::Security, Fn::DataProtection, Fn::Vigilance] {
            assert!(
                CONTACTS
                    .iter()
                    .filter(|contact| contact.function == function)
                    .count()
                    >= 2,
                "{function:?}"
            );
        }
        assert!(
            CONTACTS
                .iter()
                .any(|contact| contact.verified_days_ago.is_none())
        );
        assert!(
            CONTACTS
                .iter()
                .any(|contact| contact.verified_days_ago.is_some_and(|days| days > 2_000)),
            "an old address to be doubted"
        );
    }
}
