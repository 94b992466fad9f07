//! Monitoring, ventilation, anaesthesia, defibrillation, perfusion, dialysis.

use super::Holdings as H;
use super::Regulation::{Mdd, Mdr};
use super::{EMDN_OXIMETER, EMDN_THERAPY, Model, RULE_12, model};
use crate::demo::places::Activity as In;

/// The models of this family.
pub(super) const MODELS: &[Model] = &[
    // Monitoring
    model(
        "mon-mx750",
        "Moniteur de surveillance multiparamétrique",
        "philips",
        "IntelliVue MX750",
        "866471",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["N.01.20", "P.01.01"])
    .price(11_000, 17_000)
    .aged(0, 5)
    .found(&[In::IntensiveCare, In::Recovery], 90, 4),
    model(
        "mon-mx450",
        "Moniteur de surveillance multiparamétrique",
        "philips",
        "IntelliVue MX450",
        "866062",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["L.01.22", "M.04.01", "N.01.20"])
    .price(6_500, 10_000)
    .aged(4, 11)
    .found(
        &[In::Emergency, In::Recovery, In::Cardiology, In::Surgery],
        85,
        4,
    ),
    model(
        "mon-b650",
        "Moniteur de surveillance multiparamétrique",
        "ge",
        "CARESCAPE B650",
        "MBA303",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["2.0.5", "3.1.0"])
    .price(9_000, 14_000)
    .aged(3, 10)
    .found(&[In::Theatre, In::Recovery], 50, 3),
    model(
        "mon-s5",
        "Moniteur d’anesthésie",
        "datex-ohmeda",
        "S/5 Compact",
        "F-CM1",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .versions(&["L-CICU04"])
    .price(8_000, 15_000)
    .aged(15, 20)
    .found(&[In::Theatre], 4, 2),
    model(
        "mon-n17",
        "Moniteur de surveillance multiparamétrique",
        "mindray",
        "BeneVision N17",
        "6855A-PA00002",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["05.20.00", "06.03.00"])
    .price(6_000, 11_000)
    .aged(0, 6)
    .found(&[In::Emergency, In::Maternity, In::Neonatology], 60, 4),
    model(
        "mon-vsm6000",
        "Moniteur de signes vitaux",
        "welch-allyn",
        "Connex VSM 6000",
        "68NXTP-B",
        Mdd,
        "IIa",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .versions(&["2.43.02"])
    .price(2_400, 3_900)
    .aged(4, 10)
    .found(&[In::Medicine, In::Surgery, In::Geriatrics], 120, 3),
    model(
        "cen-pic-ix",
        "Centrale de surveillance",
        "philips",
        "IntelliVue Information Center iX",
        "866389",
        Mdr,
        "IIb",
    )
    .measuring()
    .networked()
    .keeps_data()
    .digital()
    .versions(&["C.03.21", "C.04.00"])
    .price(28_000, 60_000)
    .aged(1, 6)
    .found(&[In::IntensiveCare, In::Emergency], 8, 2),
    model(
        "oxy-rad97",
        "Oxymètre de pouls",
        "masimo",
        "Rad-97",
        "9740",
        Mdr,
        "IIb",
    )
    .coded(EMDN_OXIMETER)
    .measuring()
    .networked()
    .versions(&["V1.1.2.0"])
    .price(1_500, 2_600)
    .found(&[In::Medicine, In::Paediatrics, In::Recovery], 60, 3),
    model(
        "oxy-n65",
        "Oxymètre de pouls",
        "covidien",
        "OxiMax N-65",
        "N-65P",
        Mdd,
        "IIb",
    )
    .coded(EMDN_OXIMETER)
    .measuring()
    .price(350, 700)
    .aged(9, 15)
    .found(&[In::Medicine, In::Geriatrics], 40, 2),
    model(
        "tel-mx40",
        "Émetteur de télémétrie",
        "philips",
        "IntelliVue MX40",
        "865350",
        Mdd,
        "IIb",
    )
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["B.06.18", "C.00.04"])
    .price(2_200, 3_400)
    .aged(2, 9)
    .found(&[In::Cardiology, In::IntensiveCare], 36, 3),
    // Ventilation and anaesthesia
    model(
        "ven-v800",
        "Ventilateur de réanimation",
        "draeger",
        "Evita V800",
        "8422300",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .versions(&["2.20", "2.51"])
    .price(26_000, 38_000)
    .aged(0, 5)
    .found(&[In::IntensiveCare], 40, 4),
    model(
        "ven-servou",
        "Ventilateur de réanimation",
        "maquet",
        "SERVO-u",
        "6694800",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .versions(&["2.1.1", "4.3.0"])
    .price(24_000, 36_000)
    .aged(5, 11)
    .found(&[In::IntensiveCare], 22, 3),
    model(
        "ven-t1",
        "Ventilateur de transport",
        "hamilton",
        "HAMILTON-T1",
        "161006",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .versions(&["2.2.4", "3.0.2"])
    .price(11_000, 17_000)
    .found(
        &[In::MobileEmergency, In::Emergency, In::IntensiveCare],
        18,
        2,
    ),
    model(
        "ven-monnal",
        "Ventilateur de réanimation",
        "airliquide-ms",
        "Monnal T60",
        "KA010100",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .versions(&["1.5.0"])
    .price(9_000, 14_000)
    .aged(4, 9)
    .found(&[In::Emergency, In::Recovery, In::Rehabilitation], 20, 2),
    model(
        "vni-trilogy",
        "Ventilateur à domicile et de ventilation non invasive",
        "respironics",
        "Trilogy 202",
        "1054260",
        Mdd,
        "IIb",
    )
    .measuring()
    .versions(&["14.2.04", "14.2.05"])
    .price(4_500, 7_500)
    .aged(3, 9)
    .found(&[In::Medicine, In::Rehabilitation], 24, 2),
    model(
        "ppc-airsense",
        "Appareil de pression positive continue",
        "resmed",
        "AirSense 10 AutoSet",
        "37207",
        Mdd,
        "IIa",
    )
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["SX567-0401"])
    .held(H::Rented)
    .price(450, 900)
    .found(&[In::Medicine, In::Rehabilitation], 30, 2),
    model(
        "ane-atlan",
        "Station d’anesthésie",
        "draeger",
        "Atlan A350",
        "8621300",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .versions(&["1.02", "1.10"])
    .price(38_000, 62_000)
    .aged(0, 5)
    .found(&[In::Theatre], 22, 3),
    model(
        "ane-aisys",
        "Station d’anesthésie",
        "ge",
        "Aisys CS2",
        "1011-9050-000",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .versions(&["10.01", "11.00"])
    .price(40_000, 65_000)
    .aged(5, 11)
    .found(&[In::Theatre, In::Imaging], 14, 2),
    // Defibrillation
    model(
        "def-xseries",
        "Moniteur défibrillateur",
        "zoll",
        "X Series",
        "601-2231011-01",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["02.35.10.00"])
    .price(14_000, 22_000)
    .found(&[In::MobileEmergency, In::Emergency], 16, 2),
    model(
        "def-lp20",
        "Moniteur défibrillateur",
        "physio-control",
        "LIFEPAK 20e",
        "99507-000083",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .versions(&["3202609-032"])
    .price(8_000, 12_000)
    .aged(5, 13)
    .found(
        &[In::IntensiveCare, In::Theatre, In::Medicine, In::Surgery],
        48,
        3,
    ),
    model(
        "dae-fr3",
        "Défibrillateur automatisé externe",
        "philips",
        "HeartStart FR3",
        "861388",
        Mdd,
        "III",
    )
    .price(1_600, 2_600)
    .aged(2, 9)
    .found(
        &[
            In::Medicine,
            In::Outpatients,
            In::Geriatrics,
            In::Rehabilitation,
        ],
        40,
        3,
    ),
    // Perfusion
    model(
        "pump-space",
        "Pousse-seringue électrique",
        "bbraun",
        "Perfusor Space",
        "8713030",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .source(RULE_12)
    .measuring()
    .networked()
    .versions(&["012U000040", "028U000061"])
    .price(1_100, 1_900)
    .aged(3, 11)
    .found(&[In::IntensiveCare, In::Theatre, In::Neonatology], 330, 6),
    model(
        "vol-space",
        "Pompe à perfusion volumétrique",
        "bbraun",
        "Infusomat Space",
        "8713050",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .source(RULE_12)
    .measuring()
    .networked()
    .versions(&["028U000062"])
    .price(1_200, 2_000)
    .aged(3, 11)
    .found(&[In::IntensiveCare, In::Medicine], 110, 4),
    model(
        "stat-space",
        "Station de perfusion",
        "bbraun",
        "SpaceStation avec SpaceCom",
        "8713142",
        Mdd,
        "IIb",
    )
    .networked()
    .versions(&["011U000050", "012U000061"])
    .price(2_200, 4_200)
    .aged(3, 11)
    .found(&[In::IntensiveCare, In::Theatre], 48, 3),
    model(
        "pump-agilia",
        "Pousse-seringue électrique",
        "fresenius-kabi",
        "Agilia SP MC WiFi",
        "Z018190",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .source(RULE_12)
    .measuring()
    .networked()
    .versions(&["3.0", "4.1"])
    .price(1_100, 1_900)
    .aged(0, 6)
    .found(
        &[In::Emergency, In::Recovery, In::Medicine, In::Paediatrics],
        190,
        4,
    ),
    model(
        "vol-agilia",
        "Pompe à perfusion volumétrique",
        "fresenius-kabi",
        "Agilia VP MC WiFi",
        "Z019170",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .source(RULE_12)
    .measuring()
    .networked()
    .versions(&["3.0", "4.1"])
    .held(H::Provided)
    .price(1_200, 2_100)
    .aged(0, 6)
    .found(&[In::Medicine, In::Surgery, In::Rehabilitation], 190, 3),
    model(
        "pump-alaris",
        "Pousse-seringue électrique",
        "carefusion",
        "Alaris GH Plus",
        "8002MED01",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .source(RULE_12)
    .measuring()
    .versions(&["3.4.2"])
    .price(900, 1_500)
    .aged(9, 15)
    .found(&[In::Surgery, In::Maternity], 60, 3),
    model(
        "pca-cadd",
        "Pompe d’analgésie contrôlée par le patient",
        "smiths",
        "CADD-Solis",
        "21-2111",
        Mdd,
        "IIb",
    )
    .source(RULE_12)
    .measuring()
    .versions(&["4.1"])
    .price(2_200, 3_300)
    .aged(3, 10)
    .found(&[In::Recovery, In::Surgery], 30, 2),
    model(
        "nut-amika",
        "Pompe à nutrition entérale",
        "fresenius-kabi",
        "Amika",
        "7751311",
        Mdr,
        "IIa",
    )
    .held(H::Provided)
    .price(300, 600)
    .found(
        &[In::IntensiveCare, In::Rehabilitation, In::Geriatrics],
        60,
        2,
    ),
    // Dialysis
    model(
        "dia-5008",
        "Générateur d’hémodialyse",
        "fresenius-mc",
        "5008 CorDiax",
        "M200901",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .networked()
    .versions(&["4.57", "4.63"])
    .price(13_000, 19_000)
    .aged(3, 10)
    .found(&[In::Dialysis], 34, 3),
    model(
        "dia-prismaflex",
        "Générateur d’épuration extrarénale continue",
        "gambro",
        "Prismaflex",
        "107493",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .versions(&["7.21", "8.20"])
    .held(H::Provided)
    .price(14_000, 21_000)
    .aged(4, 12)
    .found(&[In::IntensiveCare], 12, 2),
];
