//! Digital medical devices and artificial intelligence of the trade: software with a maker, a version
//! and a place where it runs, but no serial number of its own.

use super::Holdings as H;
use super::Regulation::{Mdd, Mdr};
use super::{Model, RULE_11, model};
use crate::demo::places::Activity as In;

/// The models of this family.
pub(super) const MODELS: &[Model] = &[
    model(
        "dmn-veye",
        "Détection de nodules pulmonaires au scanner",
        "aidence",
        "Veye Lung Nodules",
        "VEYE-LN",
        Mdr,
        "IIb",
    )
    .source(RULE_11)
    .software_only()
    .ai()
    .keeps_data()
    .versions(&["3.11", "4.2"])
    .held(H::Rented)
    .price(18_000, 40_000)
    .aged(0, 3)
    .found(&[In::Imaging], 2, 2),
    model(
        "dmn-mammoscreen",
        "Aide à la lecture de mammographies",
        "therapixel",
        "MammoScreen",
        "MS-3",
        Mdr,
        "IIa",
    )
    .source(RULE_11)
    .software_only()
    .ai()
    .keeps_data()
    .versions(&["2.1", "3.0"])
    .held(H::Rented)
    .price(15_000, 30_000)
    .aged(0, 3)
    .found(&[In::Imaging], 2, 2),
    model(
        "dmn-boneview",
        "Détection de fractures en radiographie",
        "gleamer",
        "BoneView",
        "BV-TRAUMA",
        Mdr,
        "IIa",
    )
    .source(RULE_11)
    .software_only()
    .ai()
    .keeps_data()
    .versions(&["2.3.1", "2.5.0"])
    .held(H::Rented)
    .price(12_000, 26_000)
    .aged(0, 3)
    .found(&[In::Imaging, In::Emergency], 3, 2),
    model(
        "dmn-ophtai",
        "Dépistage de la rétinopathie diabétique",
        "evolucare",
        "OphtAI",
        "OPHTAI-DR",
        Mdr,
        "IIa",
    )
    .source(RULE_11)
    .software_only()
    .ai()
    .keeps_data()
    .versions(&["1.4"])
    .held(H::Rented)
    .price(8_000, 16_000)
    .aged(0, 3)
    .found(&[In::Ophthalmology, In::Outpatients], 2, 2),
    model(
        "dmn-gigenius",
        "Détection de polypes en coloscopie",
        "cosmo-ai",
        "GI Genius",
        "GIG-R2",
        Mdr,
        "IIa",
    )
    .source(RULE_11)
    .ai()
    .networked()
    .versions(&["3.0", "4.0"])
    .held(H::Provided)
    .price(22_000, 36_000)
    .aged(0, 4)
    .found(&[In::Endoscopy], 3, 2),
    model(
        "dmn-artplan",
        "Contourage automatique en radiothérapie",
        "therapanacea",
        "ART-Plan+",
        "ARTPLAN-P",
        Mdr,
        "IIb",
    )
    .source(RULE_11)
    .software_only()
    .ai()
    .keeps_data()
    .versions(&["2.2.3", "3.0.0"])
    .held(H::Rented)
    .price(30_000, 60_000)
    .aged(0, 3)
    .found(&[In::Radiotherapy], 2, 2),
    model(
        "dmn-pharmaclass",
        "Aide à l’analyse pharmaceutique des prescriptions",
        "keenturtle",
        "PharmaClass",
        "PHC-4",
        Mdr,
        "IIa",
    )
    .source(RULE_11)
    .software_only()
    .keeps_data()
    .versions(&["4.6", "4.8"])
    .held(H::Rented)
    .price(12_000, 25_000)
    .aged(0, 4)
    .found(&[In::Pharmacy], 2, 2),
    model(
        "dmn-vidal",
        "Sécurisation de la prescription",
        "vidal",
        "VIDAL Sécurisation",
        "VIDAL-SEC",
        Mdd,
        "I",
    )
    .software_only()
    .versions(&["2025.11", "2026.2"])
    .held(H::Rented)
    .price(9_000, 20_000)
    .aged(2, 8)
    .found(&[In::Pharmacy], 2, 2),
    model(
        "dmn-cina",
        "Détection d’hémorragie intracrânienne au scanner",
        "avicenna",
        "CINA-ICH",
        "CINA-ICH",
        Mdr,
        "IIb",
    )
    .source(RULE_11)
    .software_only()
    .ai()
    .keeps_data()
    .versions(&["2.0.3"])
    .held(H::Rented)
    .price(12_000, 24_000)
    .aged(0, 3)
    .found(&[In::Imaging, In::Emergency], 2, 2),
    model(
        "dmn-cardiologs",
        "Analyse automatique d’enregistrements Holter",
        "cardiologs",
        "Cardiologs Holter Platform",
        "CLG-HP",
        Mdr,
        "IIb",
    )
    .source(RULE_11)
    .software_only()
    .ai()
    .keeps_data()
    .versions(&["2.10"])
    .held(H::Rented)
    .price(6_000, 14_000)
    .aged(0, 4)
    .found(&[In::Cardiology], 2, 2),
];
