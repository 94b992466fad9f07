//! Imaging, radiotherapy, nuclear medicine, ultrasound, ophthalmology.

use super::Holdings as H;
use super::Regulation::{Mdd, Mdr};
use super::{EMDN_IMAGING, EMDN_THERAPY, Model, RULE_10, model};
use crate::demo::places::Activity as In;

/// The models of this family.
pub(super) const MODELS: &[Model] = &[
    model(
        "ct-force",
        "Scanographe",
        "siemens",
        "SOMATOM Force",
        "10742326",
        Mdd,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiodiagnostic")
    .networked()
    .keeps_data()
    .versions(&["VA50A", "VB20A"])
    .price(1_100_000, 1_600_000)
    .aged(2, 8)
    .found(&[In::Imaging], 2, 2),
    model(
        "ct-revolution",
        "Scanographe",
        "ge",
        "Revolution CT",
        "5451011",
        Mdr,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiodiagnostic")
    .networked()
    .keeps_data()
    .versions(&["18BW30.8"])
    .held(H::Leased)
    .price(900_000, 1_300_000)
    .aged(0, 4)
    .found(&[In::Imaging], 2, 2),
    model(
        "irm-sola",
        "Appareil d’IRM 1,5 T",
        "siemens",
        "MAGNETOM Sola",
        "11291455",
        Mdr,
        "IIa",
    )
    .coded(EMDN_IMAGING)
    .networked()
    .keeps_data()
    .versions(&["syngo MR XA31", "syngo MR XA51"])
    .held(H::Leased)
    .price(1_000_000, 1_400_000)
    .aged(0, 5)
    .found(&[In::Imaging], 2, 2),
    model(
        "rx-aero",
        "Appareil mobile de radiographie",
        "siemens",
        "Mobilett Elara Max",
        "11107600",
        Mdr,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiodiagnostic")
    .networked()
    .keeps_data()
    .versions(&["VF10"])
    .price(90_000, 140_000)
    .aged(0, 7)
    .found(&[In::Imaging, In::IntensiveCare, In::Neonatology], 6, 2),
    model(
        "rx-ysio",
        "Table de radiographie numérique",
        "siemens",
        "YSIO X.pree",
        "11107464",
        Mdr,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiodiagnostic")
    .networked()
    .keeps_data()
    .versions(&["VA11"])
    .price(160_000, 240_000)
    .aged(0, 5)
    .found(&[In::Imaging], 5, 2),
    model(
        "rx-cios",
        "Arceau mobile de bloc",
        "siemens",
        "Cios Alpha",
        "10308191",
        Mdd,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiodiagnostic")
    .networked()
    .keeps_data()
    .versions(&["VA20", "VA30"])
    .price(110_000, 180_000)
    .aged(3, 9)
    .found(&[In::Theatre], 7, 2),
    model(
        "rx-azurion",
        "Salle d’angiographie",
        "philips",
        "Azurion 7 M20",
        "722079",
        Mdr,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiodiagnostic")
    .networked()
    .keeps_data()
    .versions(&["R2.1", "R3.0"])
    .price(750_000, 1_100_000)
    .aged(0, 6)
    .found(&[In::Imaging, In::Cardiology], 3, 2),
    model(
        "mam-3dim",
        "Mammographe numérique avec tomosynthèse",
        "hologic",
        "3Dimensions",
        "3DM-SYS-0001",
        Mdr,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("mammography")
    .networked()
    .keeps_data()
    .versions(&["2.2.0", "3.0.1"])
    .price(230_000, 340_000)
    .aged(0, 6)
    .found(&[In::Imaging], 2, 2),
    model(
        "osteo-horizon",
        "Ostéodensitomètre",
        "hologic",
        "Horizon W",
        "ASY-05800",
        Mdd,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("bone_densitometry")
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["5.6.0.5"])
    .price(60_000, 95_000)
    .aged(4, 10)
    .found(&[In::Imaging], 2, 2),
    model(
        "rt-truebeam",
        "Accélérateur linéaire de radiothérapie",
        "varian",
        "TrueBeam",
        "H192000",
        Mdd,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiotherapy")
    .networked()
    .keeps_data()
    .versions(&["2.7 MR3", "3.0"])
    .price(2_400_000, 3_300_000)
    .aged(3, 9)
    .found(&[In::Radiotherapy], 2, 2),
    model(
        "rt-radixact",
        "Accélérateur de tomothérapie",
        "accuray",
        "Radixact X9",
        "1050000",
        Mdr,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiotherapy")
    .networked()
    .keeps_data()
    .versions(&["3.0.1.3"])
    .price(3_000_000, 3_900_000)
    .aged(0, 4)
    .found(&[In::Radiotherapy], 2, 2),
    model(
        "rt-flexitron",
        "Projecteur de sources de curiethérapie",
        "nucletron",
        "Flexitron",
        "136149A05",
        Mdd,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("radiotherapy")
    .versions(&["3.2"])
    .price(230_000, 320_000)
    .aged(5, 12)
    .found(&[In::Radiotherapy], 2, 2),
    model(
        "rt-eclipse",
        "Système de planification de traitement",
        "varian",
        "Eclipse",
        "H48701",
        Mdr,
        "IIb",
    )
    .family("radiotherapy")
    .keeps_data()
    .software_only()
    .versions(&["15.6", "16.1", "18.0"])
    .price(120_000, 260_000)
    .aged(0, 5)
    .found(&[In::Radiotherapy], 3, 2),
    model(
        "mn-discovery",
        "Gamma-caméra TEMP-TDM",
        "ge",
        "Discovery NM/CT 670",
        "5366700",
        Mdd,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("nuclear_medicine")
    .networked()
    .keeps_data()
    .versions(&["1.003.020"])
    .price(450_000, 700_000)
    .aged(4, 10)
    .found(&[In::NuclearMedicine], 2, 2),
    model(
        "mn-vision",
        "TEP-scanographe",
        "siemens",
        "Biograph Vision 600",
        "11060400",
        Mdr,
        "IIb",
    )
    .coded(EMDN_IMAGING)
    .source(RULE_10)
    .ionising()
    .family("nuclear_medicine")
    .networked()
    .keeps_data()
    .versions(&["VG76C", "VG80B"])
    .held(H::Leased)
    .price(2_200_000, 3_000_000)
    .aged(0, 5)
    .found(&[In::NuclearMedicine], 2, 2),
    model(
        "echo-epiq",
        "Échographe",
        "philips",
        "EPIQ Elite",
        "989605469481",
        Mdr,
        "IIa",
    )
    .coded(EMDN_IMAGING)
    .networked()
    .keeps_data()
    .versions(&["7.0.5", "9.0.3", "9.0.10"])
    .price(70_000, 130_000)
    .aged(0, 6)
    .found(&[In::Imaging, In::Cardiology, In::Maternity], 18, 3),
    model(
        "echo-voluson",
        "Échographe obstétrical",
        "ge",
        "Voluson E10",
        "H48701LM",
        Mdd,
        "IIa",
    )
    .coded(EMDN_IMAGING)
    .networked()
    .keeps_data()
    .versions(&["BT18", "BT20"])
    .price(70_000, 120_000)
    .aged(3, 9)
    .found(&[In::Maternity, In::Outpatients], 8, 2),
    model(
        "echo-edge",
        "Échographe portable",
        "sonosite",
        "Edge II",
        "P17000",
        Mdd,
        "IIa",
    )
    .coded(EMDN_IMAGING)
    .networked()
    .keeps_data()
    .versions(&["05.80.100.012"])
    .price(24_000, 42_000)
    .aged(3, 9)
    .found(
        &[In::Emergency, In::Theatre, In::IntensiveCare, In::Dialysis],
        20,
        2,
    ),
    model(
        "echo-aplio",
        "Échographe",
        "toshiba",
        "Aplio 500",
        "TUS-A500",
        Mdd,
        "IIa",
    )
    .coded(EMDN_IMAGING)
    .networked()
    .keeps_data()
    .versions(&["6.5"])
    .price(60_000, 95_000)
    .aged(9, 14)
    .found(&[In::Imaging, In::Outpatients], 5, 2),
    model(
        "oph-cirrus",
        "Tomographe à cohérence optique",
        "zeiss",
        "CIRRUS HD-OCT 5000",
        "5000",
        Mdd,
        "IIa",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["11.5.2"])
    .price(45_000, 70_000)
    .aged(3, 9)
    .found(&[In::Ophthalmology], 2, 2),
    model(
        "oph-nw400",
        "Rétinographe non mydriatique",
        "topcon",
        "TRC-NW400",
        "TRC-NW400",
        Mdr,
        "IIa",
    )
    .coded(EMDN_THERAPY)
    .networked()
    .keeps_data()
    .versions(&["1.20"])
    .price(16_000, 26_000)
    .aged(0, 6)
    .found(&[In::Ophthalmology, In::Outpatients], 3, 2),
    model(
        "inj-stellant",
        "Injecteur de produit de contraste",
        "medrad",
        "Stellant D-CE",
        "SCT-212",
        Mdd,
        "IIb",
    )
    .price(20_000, 34_000)
    .aged(3, 9)
    .found(&[In::Imaging], 4, 2),
];
