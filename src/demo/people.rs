//! The invented people of the group: at least one for each role, and an engineer who sees one
//! establishment only for each establishment, so that isolation can be tested by persons.
//!
//! Nobody here exists. Addresses end in `example.org`, a name reserved for examples (RFC 2606).

use super::places::{CHU, LOCAL, OVERSEAS};

/// What a person does at the hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// Administrateur de Vigie.
    Administrator,
    /// Ingénieur biomédical.
    BiomedicalEngineer,
    /// Technicien biomédical.
    Technician,
    /// Pharmacien, correspondant local de matériovigilance (CLMV).
    DeviceVigilance,
    /// Correspondant local de réactovigilance (CLRV).
    IvdVigilance,
    /// Responsable de la sécurité des systèmes d'information (RSSI).
    SecurityOfficer,
    /// Direction des systèmes d'information (DSI).
    InformationSystems,
    /// Délégué à la protection des données (DPO).
    DataProtection,
    /// Qualité et gestion des risques.
    Quality,
    /// Physicien médical.
    MedicalPhysicist,
    /// Acheteur.
    Buyer,
    /// Magasin de la pharmacie à usage intérieur (PUI).
    PharmacyStore,
    /// Chef de service.
    HeadOfDepartment,
    /// Cadre de santé.
    UnitManager,
    /// Utilisateur de service, qui signale.
    WardUser,
    /// Direction.
    Director,
    /// Technicien d'une société extérieure (R. 5212-28, 6°).
    ExternalTechnician,
    /// Auditeur ou inspecteur.
    Auditor,
}

impl Function {
    /// All of them, in the order of the sign-in page.
    pub const ALL: [Self; 18] = [
        Self::BiomedicalEngineer,
        Self::Technician,
        Self::DeviceVigilance,
        Self::IvdVigilance,
        Self::SecurityOfficer,
        Self::InformationSystems,
        Self::DataProtection,
        Self::Quality,
        Self::MedicalPhysicist,
        Self::Buyer,
        Self::PharmacyStore,
        Self::HeadOfDepartment,
        Self::UnitManager,
        Self::WardUser,
        Self::Director,
        Self::ExternalTechnician,
        Self::Auditor,
        Self::Administrator,
    ];
}

/// Where a person's function is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The whole group.
    Group,
    /// One establishment.
    Establishment(&'static str),
    /// Some units of one establishment.
    Units(&'static str, &'static [&'static str]),
    /// The devices a company looks after.
    Company(&'static str),
}

/// An invented person.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Sign-in name, unique.
    pub login: &'static str,
    /// First name.
    pub first_name: &'static str,
    /// Family name.
    pub last_name: &'static str,
    /// What is printed under the name.
    pub title: &'static str,
    /// What the person does and where.
    pub functions: &'static [(Function, Reach)],
    /// The one who signs in when a newcomer chooses this role on the sign-in page.
    pub one_click: bool,
}

impl Person {
    /// Address for mail, on a domain that cannot exist.
    pub fn mail(&self) -> String {
        format!("{}@example.org", self.login)
    }
}

const fn person(
    login: &'static str,
    first_name: &'static str,
    last_name: &'static str,
    title: &'static str,
    functions: &'static [(Function, Reach)],
) -> Person {
    Person {
        login,
        first_name,
        last_name,
        title,
        functions,
        one_click: false,
    }
}

impl Person {
    const fn shown(mut self) -> Self {
        self.one_click = true;
        self
    }
}

use Function as F;
use Reach as R;

/// The people.
#[rustfmt::skip] // a table, one row a line
pub const PEOPLE: &[Person] = &[
    person("a.quillerou", "Anaëlle", "Quillerou", "Administratrice de Vigie", &[(F::Administrator, R::Group)]).shown(),
    person("h.vautrelle", "Hélène", "Vautrelle", "Ingénieure biomédicale, responsable du GHT", &[(F::BiomedicalEngineer, R::Group)]).shown(),
    person("t.bressac", "Tristan", "Bressac", "Ingénieur biomédical du CHU", &[(F::BiomedicalEngineer, R::Establishment(CHU))]),
    person("m.ozanne", "Maëlle", "Ozanne", "Ingénieure biomédicale du Val d’Argance", &[(F::BiomedicalEngineer, R::Establishment(LOCAL))]),
    person("j.payet-lorme", "Jérémie", "Payet-Lorme", "Ingénieur biomédical des Filaos", &[(F::BiomedicalEngineer, R::Establishment(OVERSEAS))]),
    person("k.derrien", "Karim", "Derrien", "Technicien biomédical", &[(F::Technician, R::Establishment(CHU))]).shown(),
    person("s.malbrunot", "Sandrine", "Malbrunot", "Technicienne biomédicale", &[(F::Technician, R::Establishment(LOCAL))]),
    person("c.ferrandier", "Clotilde", "Ferrandier", "Pharmacienne, correspondante locale de matériovigilance", &[(F::DeviceVigilance, R::Establishment(CHU)), (F::PharmacyStore, R::Establishment(CHU))]).shown(),
    person("l.hoarau-brun", "Lucie", "Hoarau-Brun", "Pharmacienne, correspondante locale de matériovigilance", &[(F::DeviceVigilance, R::Establishment(OVERSEAS))]),
    person("b.taillandey", "Bastien", "Taillandey", "Biologiste, correspondant local de réactovigilance", &[(F::IvdVigilance, R::Establishment(CHU))]).shown(),
    person("g.lestrade-roy", "Guilhem", "Lestrade-Roy", "Responsable de la sécurité des systèmes d’information", &[(F::SecurityOfficer, R::Group)]).shown(),
    person("n.courvoisel", "Nadia", "Courvoisel", "Direction des systèmes d’information, réseaux médicaux", &[(F::InformationSystems, R::Group)]).shown(),
    person("e.sauvemer", "Édith", "Sauvemer", "Déléguée à la protection des données", &[(F::DataProtection, R::Group)]).shown(),
    person("o.pradelou", "Olivier", "Pradelou", "Qualité et gestion des risques", &[(F::Quality, R::Group)]).shown(),
    person("v.engelstein", "Viviane", "Engelstein", "Physicienne médicale", &[(F::MedicalPhysicist, R::Establishment(CHU))]).shown(),
    person("r.castagnac", "Romain", "Castagnac", "Acheteur, cellule achats du GHT", &[(F::Buyer, R::Group)]).shown(),
    person("p.mouraille", "Pauline", "Mouraille", "Préparatrice, magasin de la PUI", &[(F::PharmacyStore, R::Establishment(CHU))]).shown(),
    person("f.delachaume", "Frédéric", "Delachaume", "Chef du service de réanimation médicale", &[(F::HeadOfDepartment, R::Units(CHU, &["2110", "2112"]))]).shown(),
    person("i.benslama", "Inès", "Benslama", "Cadre de santé, réanimation médicale", &[(F::UnitManager, R::Units(CHU, &["2110"]))]).shown(),
    person("y.kerbrat-lys", "Yann", "Kerbrat-Lys", "Cadre de santé, EHPAD Les Tilleuls", &[(F::UnitManager, R::Units(LOCAL, &["1310", "1311"]))]),
    person("d.roussillat", "Delphine", "Roussillat", "Infirmière, réanimation médicale", &[(F::WardUser, R::Units(CHU, &["2110"]))]).shown(),
    person("w.grondin-vey", "William", "Grondin-Vey", "Sage-femme, maternité des Filaos", &[(F::WardUser, R::Units(OVERSEAS, &["5110"]))]),
    person("m.aubrivel", "Marc", "Aubrivel", "Directeur général adjoint", &[(F::Director, R::Group)]).shown(),
    person("s.plessier", "Steeve", "Plessier", "Technicien de Tertia Biomed (société extérieure)", &[(F::ExternalTechnician, R::Company("tertia-biomed"))]).shown(),
    person("a.fontgrave", "Agathe", "Fontgrave", "Auditrice, visite de contrôle", &[(F::Auditor, R::Group)]).shown(),
    person("x.morvandeau", "Xavier", "Morvandeau", "Ingénieur biomédical et administrateur suppléant", &[(F::BiomedicalEngineer, R::Establishment(CHU)), (F::Administrator, R::Establishment(CHU))]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::organisations::find_organisation;
    use crate::demo::places::{ESTABLISHMENTS, find_unit};
    use std::collections::BTreeSet;

    #[test]
    fn every_role_is_staffed_and_has_one_person_for_the_sign_in_page() {
        for function in Function::ALL {
            let holds =
                |person: &&Person| person.functions.iter().any(|(held, _)| *held == function);
            assert!(
                PEOPLE.iter().any(|person| holds(&person)),
                "nobody is {function:?}"
            );
            // Somebody chosen by one click has the role first, not by the way.
            let shown = PEOPLE
                .iter()
                .filter(|person| {
                    person.one_click
                        && person
                            .functions
                            .first()
                            .is_some_and(|(held, _)| *held == function)
                })
                .count();
            assert_eq!(shown, 1, "{function:?}");
        }
    }

    #[test]
    fn each_establishment_has_an_engineer_who_sees_no_other() {
        for establishment in ESTABLISHMENTS {
            assert!(
                PEOPLE.iter().any(|person| matches!(
                    person.functions,
                    [(Function::BiomedicalEngineer, Reach::Establishment(code))] if *code == establishment.code
                )),
                "{}",
                establishment.name
            );
        }
    }

    #[test]
    fn reaches_name_things_that_exist() {
        for person in PEOPLE {
            for (_, reach) in person.functions {
                match reach {
                    Reach::Group => {}
                    Reach::Establishment(code) => {
                        assert!(ESTABLISHMENTS.iter().any(|e| e.code == *code))
                    }
                    Reach::Units(establishment, units) => {
                        for unit in *units {
                            assert!(
                                find_unit(establishment, unit).is_some(),
                                "{} {unit}",
                                person.login
                            );
                        }
                    }
                    Reach::Company(code) => assert!(find_organisation(code).is_some(), "{code}"),
                }
            }
        }
    }

    #[test]
    fn logins_are_unique_and_mail_goes_nowhere() {
        let logins: BTreeSet<_> = PEOPLE.iter().map(|person| person.login).collect();
        assert_eq!(logins.len(), PEOPLE.len());
        assert!(PEOPLE.len() >= 25);
        assert!(
            PEOPLE
                .iter()
                .all(|person| person.mail().ends_with("@example.org"))
        );
    }
}
