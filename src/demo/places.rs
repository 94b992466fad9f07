//! The invented hospital group: three establishments, their sites, buildings, departments, units
//! and rooms.
//!
//! Everything here is invented. The FINESS numbers start with 99, a department that does not exist,
//! so that none can be a real establishment's; their last digit is a correct key all the same.

/// The group (GHT) as it is named on screens.
pub const GROUP_NAME: &str = "GHT des Verriers (établissements inventés)";

/// An establishment of the group.
#[derive(Debug, Clone, Copy)]
pub struct Establishment {
    /// Our own code, accepted wherever a FINESS number is.
    pub code: &'static str,
    /// Name on screens.
    pub name: &'static str,
    /// Invented FINESS number of the legal entity.
    pub legal_finess: &'static str,
    /// Invented FINESS number of the place.
    pub geographic_finess: &'static str,
    /// IANA time zone: the days of the establishment are local days.
    pub time_zone: &'static str,
    /// First letter of its inventory numbers.
    pub inventory_prefix: &'static str,
    /// Town, invented.
    pub town: &'static str,
}

/// A site of an establishment.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// Code, unique in the group.
    pub code: &'static str,
    /// Code of the establishment.
    pub establishment: &'static str,
    /// Name on screens.
    pub name: &'static str,
    /// Buildings, by letter and name.
    pub buildings: &'static [(&'static str, &'static str)],
}

/// A department (pôle).
#[derive(Debug, Clone, Copy)]
pub struct Department {
    /// Code, unique in the group.
    pub code: &'static str,
    /// Code of the establishment.
    pub establishment: &'static str,
    /// Name on screens.
    pub name: &'static str,
}

/// What a unit does, hence what equipment is found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Activity {
    /// Réanimation, soins intensifs et continus.
    IntensiveCare,
    /// SSPI.
    Recovery,
    /// Bloc opératoire.
    Theatre,
    /// Urgences.
    Emergency,
    /// SMUR.
    MobileEmergency,
    /// Imagerie.
    Imaging,
    /// Radiothérapie.
    Radiotherapy,
    /// Médecine nucléaire.
    NuclearMedicine,
    /// Laboratoire.
    Laboratory,
    /// Pharmacie à usage intérieur.
    Pharmacy,
    /// Stérilisation.
    Sterilisation,
    /// Dialyse.
    Dialysis,
    /// Néonatologie.
    Neonatology,
    /// Maternité.
    Maternity,
    /// Endoscopie.
    Endoscopy,
    /// Cardiologie et explorations.
    Cardiology,
    /// Ophtalmologie.
    Ophthalmology,
    /// Pédiatrie.
    Paediatrics,
    /// Hospitalisation de médecine.
    Medicine,
    /// Hospitalisation de chirurgie.
    Surgery,
    /// Consultations.
    Outpatients,
    /// Gériatrie et EHPAD.
    Geriatrics,
    /// Réadaptation.
    Rehabilitation,
    /// Atelier biomédical et réserve d'équipements.
    Workshop,
}

/// A unit (unité fonctionnelle).
#[derive(Debug, Clone, Copy)]
pub struct Unit {
    /// Code of the establishment.
    pub establishment: &'static str,
    /// UF code, unique in its establishment.
    pub code: &'static str,
    /// Name on screens.
    pub name: &'static str,
    /// Code of its department.
    pub department: &'static str,
    /// Code of its site.
    pub site: &'static str,
    /// Letter of its building.
    pub building: &'static str,
    /// Storey, 0 for the ground floor.
    pub storey: u8,
    /// How many rooms it has.
    pub rooms: u8,
    /// What it does.
    pub activity: Activity,
}

/// A room of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Code of the site.
    pub site: &'static str,
    /// Code, unique in its site: building letter, storey, number.
    pub code: String,
    /// Name on screens.
    pub name: String,
}

/// Main establishment.
pub const CHU: &str = "VERRERIE";
/// Local hospital, with its nursing home.
pub const LOCAL: &str = "ARGANCE";
/// Overseas mother-child and rehabilitation hospital.
pub const OVERSEAS: &str = "FILAOS";

/// The three establishments.
pub const ESTABLISHMENTS: &[Establishment] = &[
    Establishment {
        code: CHU,
        name: "CHU de la Verrerie",
        legal_finess: "990000010",
        geographic_finess: "990000119",
        time_zone: "Europe/Paris",
        inventory_prefix: "V",
        town: "La Verrerie-sur-Argance",
    },
    Establishment {
        code: LOCAL,
        name: "Centre hospitalier du Val d’Argance",
        legal_finess: "990000028",
        geographic_finess: "990000127",
        time_zone: "Europe/Paris",
        inventory_prefix: "A",
        town: "Saint-Aubin-d’Argance",
    },
    Establishment {
        code: OVERSEAS,
        name: "Hôpital mère-enfant et de réadaptation des Filaos",
        legal_finess: "990000036",
        geographic_finess: "990000135",
        time_zone: "Indian/Reunion",
        inventory_prefix: "F",
        town: "Les Filaos",
    },
];

/// The sites and their buildings.
pub const SITES: &[Site] = &[
    Site {
        code: "VER-NORD",
        establishment: CHU,
        name: "Site nord – Hôpital principal",
        buildings: &[
            ("A", "Bâtiment A – Urgences et plateau technique"),
            ("B", "Bâtiment B – Soins critiques et médecine"),
            ("C", "Bâtiment C – Chirurgie"),
        ],
    },
    Site {
        code: "VER-SUD",
        establishment: CHU,
        name: "Site sud – Institut de cancérologie",
        buildings: &[
            ("K", "Bâtiment K – Radiothérapie et médecine nucléaire"),
            ("L", "Bâtiment L – Logistique et ateliers"),
        ],
    },
    Site {
        code: "ARG-CH",
        establishment: LOCAL,
        name: "Site hospitalier",
        buildings: &[("M", "Bâtiment principal")],
    },
    Site {
        code: "ARG-TIL",
        establishment: LOCAL,
        name: "EHPAD Les Tilleuls",
        buildings: &[("T", "Résidence Les Tilleuls")],
    },
    Site {
        code: "FIL-MER",
        establishment: OVERSEAS,
        name: "Site mère-enfant",
        buildings: &[("R", "Maternité et pédiatrie")],
    },
    Site {
        code: "FIL-HAU",
        establishment: OVERSEAS,
        name: "Site des Hauts – Réadaptation",
        buildings: &[("H", "Réadaptation")],
    },
];

/// The departments.
#[rustfmt::skip] // a table, one row a line
pub const DEPARTMENTS: &[Department] = &[
    department("V-CRIT", CHU, "Pôle Anesthésie, réanimation, bloc"),
    department("V-URG", CHU, "Pôle Urgences et SMUR"),
    department("V-IMA", CHU, "Pôle Imagerie et explorations"),
    department("V-ONC", CHU, "Pôle Cancérologie"),
    department("V-BIO", CHU, "Pôle Biologie, pharmacie, stérilisation"),
    department("V-MED", CHU, "Pôle Médecine et spécialités"),
    department("V-CHI", CHU, "Pôle Chirurgie"),
    department("V-MER", CHU, "Pôle Mère-enfant"),
    department("V-TEC", CHU, "Pôle Ressources techniques"),
    department("A-SOIN", LOCAL, "Pôle Soins"),
    department("A-GER", LOCAL, "Pôle Personnes âgées"),
    department("A-TEC", LOCAL, "Pôle Médico-technique"),
    department("F-MER", OVERSEAS, "Pôle Mère-enfant"),
    department("F-READ", OVERSEAS, "Pôle Réadaptation"),
];

const fn department(
    code: &'static str,
    establishment: &'static str,
    name: &'static str,
) -> Department {
    Department {
        code,
        establishment,
        name,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one row of the table below, read in columns"
)]
const fn unit(
    code: &'static str,
    name: &'static str,
    department: &'static str,
    establishment: &'static str,
    site: &'static str,
    place: (&'static str, u8),
    rooms: u8,
    activity: Activity,
) -> Unit {
    Unit {
        establishment,
        code,
        name,
        department,
        site,
        building: place.0,
        storey: place.1,
        rooms,
        activity,
    }
}

use Activity as Is;

/// The units.
#[rustfmt::skip] // a table, one row a line
pub const UNITS: &[Unit] = &[
    // CHU, site nord
    unit("2110", "Réanimation médicale", "V-CRIT", CHU, "VER-NORD", ("B", 2), 6, Is::IntensiveCare),
    unit("2111", "Réanimation chirurgicale", "V-CRIT", CHU, "VER-NORD", ("B", 3), 6, Is::IntensiveCare),
    unit("2112", "Unité de surveillance continue", "V-CRIT", CHU, "VER-NORD", ("B", 2), 4, Is::IntensiveCare),
    unit("2115", "Unité neurovasculaire", "V-MED", CHU, "VER-NORD", ("B", 4), 4, Is::IntensiveCare),
    unit("2118", "Soins intensifs de cardiologie", "V-MED", CHU, "VER-NORD", ("B", 1), 4, Is::IntensiveCare),
    unit("2120", "Bloc opératoire central", "V-CRIT", CHU, "VER-NORD", ("A", 2), 6, Is::Theatre),
    unit("2121", "Bloc ambulatoire", "V-CRIT", CHU, "VER-NORD", ("A", 3), 4, Is::Theatre),
    unit("2125", "SSPI – Salle de réveil", "V-CRIT", CHU, "VER-NORD", ("A", 2), 2, Is::Recovery),
    unit("2210", "Urgences adultes", "V-URG", CHU, "VER-NORD", ("A", 0), 5, Is::Emergency),
    unit("2211", "Urgences pédiatriques", "V-MER", CHU, "VER-NORD", ("A", 0), 3, Is::Emergency),
    unit("2220", "SMUR", "V-URG", CHU, "VER-NORD", ("A", 0), 2, Is::MobileEmergency),
    unit("2225", "SAMU – Centre 15", "V-URG", CHU, "VER-NORD", ("A", 1), 1, Is::MobileEmergency),
    unit("2310", "Scanner", "V-IMA", CHU, "VER-NORD", ("A", 1), 2, Is::Imaging),
    unit("2311", "IRM", "V-IMA", CHU, "VER-NORD", ("A", 1), 2, Is::Imaging),
    unit("2312", "Radiologie conventionnelle", "V-IMA", CHU, "VER-NORD", ("A", 1), 4, Is::Imaging),
    unit("2313", "Échographie et sénologie", "V-IMA", CHU, "VER-NORD", ("A", 1), 3, Is::Imaging),
    unit("2314", "Radiologie interventionnelle", "V-IMA", CHU, "VER-NORD", ("A", 2), 2, Is::Imaging),
    unit("2320", "Explorations fonctionnelles cardiologiques", "V-IMA", CHU, "VER-NORD", ("B", 1), 3, Is::Cardiology),
    unit("2321", "Cardiologie interventionnelle et rythmologie", "V-MED", CHU, "VER-NORD", ("B", 1), 2, Is::Cardiology),
    unit("2330", "Endoscopie digestive et bronchique", "V-IMA", CHU, "VER-NORD", ("A", 3), 3, Is::Endoscopy),
    unit("2410", "Biochimie et hématologie", "V-BIO", CHU, "VER-NORD", ("C", 0), 3, Is::Laboratory),
    unit("2411", "Microbiologie", "V-BIO", CHU, "VER-NORD", ("C", 0), 2, Is::Laboratory),
    unit("2412", "Biologie délocalisée", "V-BIO", CHU, "VER-NORD", ("C", 0), 1, Is::Laboratory),
    unit("2420", "Pharmacie à usage intérieur", "V-BIO", CHU, "VER-NORD", ("C", 0), 2, Is::Pharmacy),
    unit("2425", "Stérilisation centrale", "V-BIO", CHU, "VER-NORD", ("C", 0), 3, Is::Sterilisation),
    unit("2510", "Médecine interne", "V-MED", CHU, "VER-NORD", ("B", 5), 5, Is::Medicine),
    unit("2511", "Pneumologie", "V-MED", CHU, "VER-NORD", ("B", 5), 4, Is::Medicine),
    unit("2512", "Hépato-gastro-entérologie", "V-MED", CHU, "VER-NORD", ("B", 6), 4, Is::Medicine),
    unit("2513", "Neurologie", "V-MED", CHU, "VER-NORD", ("B", 4), 4, Is::Medicine),
    unit("2514", "Diabétologie et endocrinologie", "V-MED", CHU, "VER-NORD", ("B", 6), 3, Is::Medicine),
    unit("2520", "Hémodialyse – Centre lourd", "V-MED", CHU, "VER-NORD", ("B", 0), 3, Is::Dialysis),
    unit("2530", "Ophtalmologie", "V-CHI", CHU, "VER-NORD", ("C", 1), 3, Is::Ophthalmology),
    unit("2610", "Chirurgie digestive", "V-CHI", CHU, "VER-NORD", ("C", 2), 4, Is::Surgery),
    unit("2611", "Orthopédie et traumatologie", "V-CHI", CHU, "VER-NORD", ("C", 3), 4, Is::Surgery),
    unit("2612", "Urologie", "V-CHI", CHU, "VER-NORD", ("C", 2), 3, Is::Surgery),
    unit("2613", "ORL et chirurgie maxillo-faciale", "V-CHI", CHU, "VER-NORD", ("C", 3), 3, Is::Surgery),
    unit("2710", "Réanimation néonatale et néonatologie", "V-MER", CHU, "VER-NORD", ("C", 4), 4, Is::Neonatology),
    unit("2711", "Salle de naissances", "V-MER", CHU, "VER-NORD", ("C", 4), 4, Is::Maternity),
    unit("2712", "Pédiatrie générale", "V-MER", CHU, "VER-NORD", ("C", 5), 4, Is::Paediatrics),
    unit("2810", "Consultations externes", "V-MED", CHU, "VER-NORD", ("B", 0), 4, Is::Outpatients),
    // CHU, site sud
    unit("3110", "Radiothérapie", "V-ONC", CHU, "VER-SUD", ("K", 0), 4, Is::Radiotherapy),
    unit("3111", "Physique médicale et dosimétrie", "V-ONC", CHU, "VER-SUD", ("K", 1), 2, Is::Radiotherapy),
    unit("3120", "Médecine nucléaire", "V-ONC", CHU, "VER-SUD", ("K", 0), 3, Is::NuclearMedicine),
    unit("3130", "Hôpital de jour d’oncologie", "V-ONC", CHU, "VER-SUD", ("K", 2), 4, Is::Medicine),
    unit("9010", "Atelier biomédical et prêthèque", "V-TEC", CHU, "VER-SUD", ("L", 0), 3, Is::Workshop),
    // Local hospital; UF 2210 exists in two establishments on purpose: a code is unique in its own only.
    unit("2210", "Urgences – Accueil de proximité", "A-SOIN", LOCAL, "ARG-CH", ("M", 0), 3, Is::Emergency),
    unit("1110", "Médecine polyvalente", "A-SOIN", LOCAL, "ARG-CH", ("M", 1), 4, Is::Medicine),
    unit("1120", "Soins médicaux et de réadaptation", "A-SOIN", LOCAL, "ARG-CH", ("M", 2), 4, Is::Rehabilitation),
    unit("1210", "Imagerie de proximité", "A-TEC", LOCAL, "ARG-CH", ("M", 0), 2, Is::Imaging),
    unit("1220", "Laboratoire de proximité", "A-TEC", LOCAL, "ARG-CH", ("M", 0), 1, Is::Laboratory),
    unit("1225", "Pharmacie à usage intérieur", "A-TEC", LOCAL, "ARG-CH", ("M", 0), 1, Is::Pharmacy),
    unit("1230", "Unité d’autodialyse", "A-SOIN", LOCAL, "ARG-CH", ("M", 0), 2, Is::Dialysis),
    unit("1310", "EHPAD – Hébergement permanent", "A-GER", LOCAL, "ARG-TIL", ("T", 1), 6, Is::Geriatrics),
    unit("1311", "EHPAD – Unité protégée", "A-GER", LOCAL, "ARG-TIL", ("T", 0), 3, Is::Geriatrics),
    unit("1390", "Local biomédical", "A-TEC", LOCAL, "ARG-CH", ("M", 0), 1, Is::Workshop),
    // Overseas
    unit("5110", "Maternité et salle de naissances", "F-MER", OVERSEAS, "FIL-MER", ("R", 1), 4, Is::Maternity),
    unit("5111", "Néonatologie", "F-MER", OVERSEAS, "FIL-MER", ("R", 1), 3, Is::Neonatology),
    unit("5112", "Pédiatrie", "F-MER", OVERSEAS, "FIL-MER", ("R", 2), 4, Is::Paediatrics),
    unit("5120", "Bloc obstétrical", "F-MER", OVERSEAS, "FIL-MER", ("R", 0), 2, Is::Theatre),
    unit("5130", "Urgences gynécologiques et pédiatriques", "F-MER", OVERSEAS, "FIL-MER", ("R", 0), 2, Is::Emergency),
    unit("5140", "Échographie et radiologie", "F-MER", OVERSEAS, "FIL-MER", ("R", 0), 2, Is::Imaging),
    unit("5210", "Réadaptation neurologique", "F-READ", OVERSEAS, "FIL-HAU", ("H", 1), 4, Is::Rehabilitation),
    unit("5211", "Réadaptation cardiaque", "F-READ", OVERSEAS, "FIL-HAU", ("H", 0), 3, Is::Rehabilitation),
    unit("5290", "Atelier biomédical", "F-READ", OVERSEAS, "FIL-HAU", ("H", 0), 1, Is::Workshop),
];

/// The rooms of a unit, numbered without overlap within its storey.
pub fn rooms(unit: &Unit) -> Vec<Room> {
    let same_storey = |other: &&Unit| {
        other.site == unit.site && other.building == unit.building && other.storey == unit.storey
    };
    let before: u32 = UNITS
        .iter()
        .filter(same_storey)
        .take_while(|other| (other.establishment, other.code) != (unit.establishment, unit.code))
        .map(|other| u32::from(other.rooms))
        .sum();
    (1..=u32::from(unit.rooms))
        .map(|rank| {
            let number = u32::from(unit.storey) * 100 + before + rank;
            Room {
                site: unit.site,
                code: format!("{}-{number:03}", unit.building),
                name: format!("{} {rank}", room_word(unit.activity)),
            }
        })
        .collect()
}

/// How a room is called where this is done.
fn room_word(activity: Activity) -> &'static str {
    match activity {
        Is::Theatre
        | Is::Imaging
        | Is::Radiotherapy
        | Is::NuclearMedicine
        | Is::Endoscopy
        | Is::Maternity => "Salle",
        Is::Emergency | Is::MobileEmergency | Is::Recovery | Is::Dialysis => "Zone",
        Is::Laboratory | Is::Pharmacy | Is::Sterilisation | Is::Workshop => "Local",
        Is::Outpatients | Is::Cardiology | Is::Ophthalmology => "Cabinet",
        _ => "Chambre",
    }
}

/// A unit by establishment and UF code.
pub fn find_unit(establishment: &str, code: &str) -> Option<&'static Unit> {
    UNITS
        .iter()
        .find(|unit| unit.establishment == establishment && unit.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// FINESS numbers end in a Luhn key over the nine digits.
    fn luhn_holds(number: &str) -> bool {
        let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(rank, digit)| {
                if rank % 2 == 1 {
                    (digit * 2) / 10 + (digit * 2) % 10
                } else {
                    *digit
                }
            })
            .sum();
        digits.len() == 9 && sum.is_multiple_of(10)
    }

    #[test]
    fn finess_numbers_are_distinct_cannot_be_real_and_have_a_valid_key() {
        assert!(
            luhn_holds("750712184"),
            "the published number of a real institution"
        );
        assert!(!luhn_holds("750712185"));
        let mut seen = BTreeSet::new();
        for establishment in ESTABLISHMENTS {
            for number in [establishment.legal_finess, establishment.geographic_finess] {
                assert!(luhn_holds(number), "{number} has a wrong key");
                assert!(number.starts_with("99"), "{number} could be a real one");
                assert!(seen.insert(number), "{number} is used twice");
            }
            assert!(establishment.time_zone.parse::<chrono_tz::Tz>().is_ok());
        }
        assert_eq!(ESTABLISHMENTS.len(), 3);
    }

    #[test]
    fn every_unit_hangs_on_a_department_site_and_building_of_its_own_establishment() {
        let mut codes = BTreeSet::new();
        for unit in UNITS {
            assert!(
                codes.insert((unit.establishment, unit.code)),
                "UF {} is there twice",
                unit.code
            );
            let site = SITES.iter().find(|site| site.code == unit.site).unwrap();
            assert_eq!(site.establishment, unit.establishment, "{}", unit.name);
            assert!(
                site.buildings
                    .iter()
                    .any(|(letter, _)| *letter == unit.building),
                "{}",
                unit.name
            );
            let department = DEPARTMENTS
                .iter()
                .find(|department| department.code == unit.department)
                .unwrap();
            assert_eq!(
                department.establishment, unit.establishment,
                "{}",
                unit.name
            );
        }
        assert!(UNITS.len() >= 60, "{} units", UNITS.len());
    }

    #[test]
    fn one_unit_code_exists_in_two_establishments() {
        let mut by_code: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in UNITS {
            *by_code.entry(unit.code).or_default() += 1;
        }
        assert!(by_code.values().any(|count| *count == 2));
    }

    #[test]
    fn two_rooms_of_a_site_never_share_a_code() {
        let mut codes = BTreeSet::new();
        for room in UNITS.iter().flat_map(rooms) {
            assert!(
                codes.insert((room.site, room.code.clone())),
                "{} is there twice",
                room.code
            );
        }
        assert!(codes.len() > 150);
    }

    #[test]
    fn there_are_two_of_everything() {
        for establishment in ESTABLISHMENTS {
            let of = |found: &str| found == establishment.code;
            assert!(
                SITES.iter().filter(|site| of(site.establishment)).count() >= 2,
                "{}",
                establishment.name
            );
            assert!(
                DEPARTMENTS
                    .iter()
                    .filter(|department| of(department.establishment))
                    .count()
                    >= 2
            );
            assert!(UNITS.iter().filter(|unit| of(unit.establishment)).count() >= 2);
        }
        assert!(
            ESTABLISHMENTS
                .iter()
                .any(|establishment| establishment.time_zone != "Europe/Paris")
        );
    }
}
