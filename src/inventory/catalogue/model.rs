//! What is true of every device of a kind: regulation, class, flags. Pure.

crate::coded! {
    /// The regulation a model is on the market under; a class means nothing without it.
    pub enum Regulation {
        Mdr = "mdr" => "Règlement (UE) 2017/745",
        Ivdr = "ivdr" => "Règlement (UE) 2017/746",
        Mdd = "mdd" => "Directive 93/42/CEE",
        Aimdd = "aimdd" => "Directive 90/385/CEE",
        Ivdd = "ivdd" => "Directive 98/79/CE",
        NotDm = "not_dm" => "N’est pas un dispositif médical",
    }
}

crate::coded! {
    /// Risk classes of all regulations; [`RiskClass::belongs_to`] says which goes with which.
    pub enum RiskClass {
        I = "I" => "Classe I",
        IIa = "IIa" => "Classe IIa",
        IIb = "IIb" => "Classe IIb",
        III = "III" => "Classe III",
        A = "A" => "Classe A",
        B = "B" => "Classe B",
        C = "C" => "Classe C",
        D = "D" => "Classe D",
        ListA = "list_a" => "Annexe II, liste A",
        ListB = "list_b" => "Annexe II, liste B",
        SelfTest = "self_test" => "Autodiagnostic",
        Other = "other" => "Autre dispositif de diagnostic in vitro",
        Dmia = "dmia" => "Dispositif médical implantable actif",
    }
}

crate::coded! {
    /// Sub-marks of the lowest class: Is, Im, Ir, and A sterile.
    pub enum ClassSuffix {
        Sterile = "sterile" => "stérile",
        Measuring = "measuring" => "fonction de mesurage",
        ReusableSurgical = "reusable_surgical" => "instrument chirurgical réutilisable",
    }
}

crate::coded! {
    /// Where the class was read.
    pub enum ClassSource {
        Label = "label" => "Étiquette",
        Instructions = "instructions" => "Notice",
        Declaration = "declaration" => "Déclaration de conformité",
        Certificate = "certificate" => "Certificat",
        Eudamed = "eudamed" => "EUDAMED",
        Manufacturer = "manufacturer" => "Réponse du fabricant",
        Other = "other" => "Autre source",
    }
}

crate::coded! {
    /// What the thing is before the law.
    pub enum Qualification {
        Device = "device" => "Dispositif médical",
        Ivd = "ivd" => "Dispositif médical de diagnostic in vitro",
        Accessory = "accessory" => "Accessoire de dispositif médical",
        CustomMade = "custom_made" => "Dispositif médical sur mesure",
        NotDm = "not_dm" => "N’est pas un dispositif médical",
    }
}

crate::coded! {
    /// Families of annex I § 1 to 4 of the arrêté of 3 March 2003.
    pub enum RegulatedFamily {
        Radiodiagnostic = "radiodiagnostic" => "Images de radiodiagnostic (production ou interprétation)",
        Mammography = "mammography" => "Mammographie",
        BoneDensitometry = "bone_densitometry" => "Ostéodensitométrie",
        Radiotherapy = "radiotherapy" => "Radiothérapie",
        NuclearMedicine = "nuclear_medicine" => "Médecine nucléaire",
        OtherIonising = "other_ionising" => "Autre émetteur de rayonnements ionisants",
    }
}

crate::coded! {
    /// Protection against electric shock.
    pub enum ElectricalClass {
        I = "I" => "Classe I",
        II = "II" => "Classe II",
        Internal = "internal" => "Alimentation interne",
    }
}

crate::coded! {
    /// The most demanding applied part.
    pub enum AppliedParts {
        None = "none" => "Aucune partie appliquée",
        B = "B" => "Type B",
        Bf = "BF" => "Type BF",
        Cf = "CF" => "Type CF",
    }
}

crate::coded! {
    /// Who gives device identifiers.
    pub enum UdiIssuer {
        Gs1 = "gs1" => "GS1",
        Hibcc = "hibcc" => "HIBCC",
        Iccbba = "iccbba" => "ICCBBA",
        Ifa = "ifa" => "IFA",
        Eudamed = "eudamed" => "EUDAMED (dispositif ancien)",
    }
}

crate::coded! {
    /// The level of packaging a device identifier is for.
    pub enum UdiLevel {
        UnitOfUse = "unit_of_use" => "Unité d’utilisation",
        Base = "base" => "Dispositif",
        Package = "package" => "Emballage",
    }
}

crate::coded! {
    /// Nomenclatures a model may be filed under.
    pub enum CodeSystem {
        Emdn = "emdn" => "EMDN",
        Cnd = "cnd" => "CND",
        Gmdn = "gmdn" => "GMDN",
        Umdns = "umdns" => "UMDNS",
        Cneh = "cneh" => "CNEH",
        Cladimed = "cladimed" => "CLADIMED",
        Lpp = "lpp" => "LPP",
        Local = "local" => "Nomenclature locale",
    }
}

impl RiskClass {
    /// Whether the regulation knows this class.
    pub fn belongs_to(self, regulation: Regulation) -> bool {
        regulation.classes().contains(&self)
    }
}

impl Regulation {
    /// The classes it knows, lowest risk first; none for what is no device.
    pub const fn classes(self) -> &'static [RiskClass] {
        match self {
            Self::Mdr | Self::Mdd => {
                &[RiskClass::I, RiskClass::IIa, RiskClass::IIb, RiskClass::III]
            }
            Self::Ivdr => &[RiskClass::A, RiskClass::B, RiskClass::C, RiskClass::D],
            Self::Ivdd => &[
                RiskClass::Other,
                RiskClass::SelfTest,
                RiskClass::ListB,
                RiskClass::ListA,
            ],
            Self::Aimdd => &[RiskClass::Dmia],
            Self::NotDm => &[],
        }
    }

    /// The short name people use.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Mdr => "MDR",
            Self::Ivdr => "IVDR",
            Self::Mdd => "MDD",
            Self::Aimdd => "AIMDD",
            Self::Ivdd => "IVDD",
            Self::NotDm => "hors DM",
        }
    }

    /// In vitro diagnostic, under the regulation or the former directive.
    pub const fn is_in_vitro(self) -> bool {
        matches!(self, Self::Ivdr | Self::Ivdd)
    }

    /// A directive whose certificates end with the transition.
    pub const fn is_former_directive(self) -> bool {
        matches!(self, Self::Mdd | Self::Aimdd | Self::Ivdd)
    }
}

/// What is wrong with a regulation, class and sub-marks put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassMistake {
    /// A class without its regulation.
    RegulationMissing,
    /// The class of another regulation.
    ClassOfAnotherRegulation,
    /// A sub-mark that this class or regulation does not have.
    SuffixNotOfThisClass,
    /// « hors DM » on one side only.
    QualificationDisagrees,
}

impl ClassMistake {
    /// Said to who typed it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::RegulationMissing => {
                "Une classe ne veut rien dire sans son règlement : indiquez le règlement ou la directive."
            }
            Self::ClassOfAnotherRegulation => "Cette classe n’existe pas dans ce règlement.",
            Self::SuffixNotOfThisClass => {
                "Cette mention ne va qu’avec la classe I (ou A stérile) de ce règlement."
            }
            Self::QualificationDisagrees => {
                "La qualification et le règlement se contredisent : « hors DM » va avec « hors DM »."
            }
        }
    }
}

/// The database refuses the same combinations; here they are refused with words.
pub fn check_class(
    qualification: Option<Qualification>,
    regulation: Option<Regulation>,
    class: Option<RiskClass>,
    suffixes: &[ClassSuffix],
) -> Result<(), ClassMistake> {
    if let (Some(q), Some(r)) = (qualification, regulation)
        && (q == Qualification::NotDm) != (r == Regulation::NotDm)
    {
        return Err(ClassMistake::QualificationDisagrees);
    }
    match (regulation, class) {
        (None, Some(_)) => return Err(ClassMistake::RegulationMissing),
        (Some(regulation), Some(class)) if !class.belongs_to(regulation) => {
            return Err(ClassMistake::ClassOfAnotherRegulation);
        }
        _ => {}
    }
    let suffixes_fit = suffixes.iter().all(|suffix| {
        matches!(
            (regulation, class, suffix),
            (Some(Regulation::Mdr), Some(RiskClass::I), _)
                | (
                    Some(Regulation::Mdd),
                    Some(RiskClass::I),
                    ClassSuffix::Sterile | ClassSuffix::Measuring
                )
                | (
                    Some(Regulation::Ivdr),
                    Some(RiskClass::A),
                    ClassSuffix::Sterile
                )
        )
    });
    if suffixes_fit {
        Ok(())
    } else {
        Err(ClassMistake::SuffixNotOfThisClass)
    }
}

/// The class as people write it: « IIb (MDR) », « I stérile, fonction de mesurage (MDD) ».
pub fn class_words(
    regulation: Option<Regulation>,
    class: Option<RiskClass>,
    suffixes: &[ClassSuffix],
) -> String {
    match (regulation, class) {
        (Some(Regulation::NotDm), _) => "hors DM".to_owned(),
        (Some(regulation), Some(class)) => {
            let marks: Vec<_> = suffixes.iter().map(|s| s.label()).collect();
            let marks = if marks.is_empty() {
                String::new()
            } else {
                format!(" {}", marks.join(", "))
            };
            format!("{}{marks} ({})", class.label(), regulation.short())
        }
        (Some(regulation), None) => format!("classe inconnue ({})", regulation.short()),
        (None, _) => "classe inconnue".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_belongs_to_its_regulation_only() {
        assert!(RiskClass::IIb.belongs_to(Regulation::Mdr));
        assert!(RiskClass::IIb.belongs_to(Regulation::Mdd));
        assert!(!RiskClass::IIb.belongs_to(Regulation::Ivdr));
        assert!(RiskClass::C.belongs_to(Regulation::Ivdr));
        assert!(!RiskClass::C.belongs_to(Regulation::Ivdd));
        assert!(!RiskClass::I.belongs_to(Regulation::NotDm));
    }

    #[test]
    fn every_class_has_a_regulation_and_only_regulations_of_its_own_kind() {
        for class in RiskClass::ALL {
            let homes: Vec<_> = Regulation::ALL
                .iter()
                .filter(|r| class.belongs_to(**r))
                .collect();
            assert!(!homes.is_empty(), "{class} belongs nowhere");
            assert!(
                homes.iter().all(|r| r.is_in_vitro()) || homes.iter().all(|r| !r.is_in_vitro())
            );
        }
    }

    #[test]
    fn a_class_without_regulation_is_refused_and_an_unknown_class_is_not() {
        assert_eq!(
            check_class(None, None, Some(RiskClass::IIb), &[]),
            Err(ClassMistake::RegulationMissing)
        );
        assert_eq!(check_class(None, Some(Regulation::Mdr), None, &[]), Ok(()));
        assert_eq!(check_class(None, None, None, &[]), Ok(()));
    }

    #[test]
    fn sub_marks_go_with_the_lowest_class_alone() {
        use ClassSuffix::*;
        let check = |r, c, s: &[ClassSuffix]| check_class(None, Some(r), Some(c), s);
        assert_eq!(
            check(
                Regulation::Mdr,
                RiskClass::I,
                &[Sterile, Measuring, ReusableSurgical]
            ),
            Ok(())
        );
        assert_eq!(
            check(Regulation::Mdd, RiskClass::I, &[ReusableSurgical]),
            Err(ClassMistake::SuffixNotOfThisClass)
        );
        assert_eq!(
            check(Regulation::Mdr, RiskClass::IIa, &[Measuring]),
            Err(ClassMistake::SuffixNotOfThisClass)
        );
        assert_eq!(check(Regulation::Ivdr, RiskClass::A, &[Sterile]), Ok(()));
        assert_eq!(
            check_class(None, None, None, &[Sterile]),
            Err(ClassMistake::SuffixNotOfThisClass)
        );
    }

    #[test]
    fn not_a_device_is_said_on_both_sides() {
        let check = |q, r| check_class(Some(q), Some(r), None, &[]);
        assert_eq!(check(Qualification::NotDm, Regulation::NotDm), Ok(()));
        assert_eq!(
            check(Qualification::Device, Regulation::NotDm),
            Err(ClassMistake::QualificationDisagrees)
        );
        assert_eq!(
            check(Qualification::NotDm, Regulation::Mdr),
            Err(ClassMistake::QualificationDisagrees)
        );
    }

    #[test]
    fn the_class_is_always_written_with_its_regulation() {
        assert_eq!(
            class_words(Some(Regulation::Mdr), Some(RiskClass::IIb), &[]),
            "Classe IIb (MDR)"
        );
        assert_eq!(
            class_words(
                Some(Regulation::Mdd),
                Some(RiskClass::I),
                &[ClassSuffix::Sterile]
            ),
            "Classe I stérile (MDD)"
        );
        assert_eq!(
            class_words(Some(Regulation::Mdr), None, &[]),
            "classe inconnue (MDR)"
        );
        assert_eq!(class_words(None, None, &[]), "classe inconnue");
    }
}
