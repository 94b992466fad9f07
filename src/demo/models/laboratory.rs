//! In vitro diagnostic analysers, pharmacy and laboratory equipment.

use super::Holdings as H;
use super::Regulation::{Ivdd, Ivdr, NotADevice};
use super::{EMDN_IVD, IVDR_RULE_5, Model, model};
use crate::demo::places::Activity as In;

/// The models of this family.
pub(super) const MODELS: &[Model] = &[
    model(
        "lab-pure",
        "Automate de biochimie et d’immunoanalyse",
        "roche",
        "cobas pure",
        "08813001001",
        Ivdr,
        "A",
    )
    .coded(EMDN_IVD)
    .source(IVDR_RULE_5)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["01-03", "02-01"])
    .held(H::Provided)
    .price(90_000, 160_000)
    .aged(0, 4)
    .found(&[In::Laboratory], 3, 2),
    model(
        "lab-xn",
        "Automate d’hématologie",
        "sysmex",
        "XN-1000",
        "AB872547",
        Ivdd,
        "autres",
    )
    .coded(EMDN_IVD)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["00-25", "22.15"])
    .held(H::Provided)
    .price(50_000, 90_000)
    .aged(4, 9)
    .found(&[In::Laboratory], 4, 2),
    model(
        "lab-dxi",
        "Automate d’immunoanalyse",
        "beckman",
        "DxI 9000",
        "C11137",
        Ivdr,
        "A",
    )
    .coded(EMDN_IVD)
    .source(IVDR_RULE_5)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["1.21"])
    .held(H::Provided)
    .price(120_000, 180_000)
    .aged(0, 3)
    .found(&[In::Laboratory], 2, 2),
    model(
        "lab-acltop",
        "Automate d’hémostase",
        "il",
        "ACL TOP 750",
        "00000280075",
        Ivdd,
        "autres",
    )
    .coded(EMDN_IVD)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["6.0.0"])
    .held(H::Provided)
    .price(45_000, 80_000)
    .aged(4, 9)
    .found(&[In::Laboratory], 3, 2),
    model(
        "gaz-abl90",
        "Analyseur de gaz du sang",
        "radiometer",
        "ABL90 FLEX PLUS",
        "393-092",
        Ivdd,
        "autres",
    )
    .coded(EMDN_IVD)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["3.4 MR2", "3.5"])
    .held(H::Provided)
    .price(14_000, 22_000)
    .aged(2, 8)
    .found(
        &[
            In::IntensiveCare,
            In::Emergency,
            In::Neonatology,
            In::Laboratory,
        ],
        12,
        3,
    ),
    model(
        "lab-vitek",
        "Automate d’identification bactérienne",
        "biomerieux",
        "VITEK 2 XL",
        "27230",
        Ivdd,
        "autres",
    )
    .coded(EMDN_IVD)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["9.02"])
    .price(60_000, 95_000)
    .aged(4, 10)
    .found(&[In::Laboratory], 2, 2),
    model(
        "gly-inform",
        "Lecteur de glycémie connecté",
        "roche",
        "Accu-Chek Inform II",
        "05060311001",
        Ivdr,
        "C",
    )
    .coded(EMDN_IVD)
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["04.09.00"])
    .held(H::Provided)
    .price(500, 900)
    .found(
        &[In::Medicine, In::Geriatrics, In::Maternity, In::Emergency],
        100,
        2,
    ),
    model(
        "poc-afinion",
        "Analyseur de biologie délocalisée",
        "abbott",
        "Afinion 2",
        "1116770",
        Ivdr,
        "A",
    )
    .coded(EMDN_IVD)
    .source(IVDR_RULE_5)
    .measuring()
    .networked()
    .versions(&["20.04"])
    .held(H::Provided)
    .price(1_800, 3_000)
    .found(&[In::Outpatients, In::Paediatrics], 6, 2),
    model(
        "fri-mkv",
        "Réfrigérateur à médicaments",
        "liebherr",
        "MKv 3910",
        "MKV-3910-H63",
        NotADevice,
        "",
    )
    .price(1_400, 2_400)
    .found(&[In::Pharmacy, In::Medicine, In::Laboratory], 24, 2),
    model(
        "ecm-esa615",
        "Analyseur de sécurité électrique (ECME)",
        "fluke",
        "ESA615",
        "4370099",
        NotADevice,
        "",
    )
    .measuring()
    .versions(&["1.05"])
    .price(3_500, 5_500)
    .found(&[In::Workshop], 4, 2),
    model(
        "ecm-ida5",
        "Analyseur de perfuseurs (ECME)",
        "fluke",
        "IDA-5",
        "4547990",
        NotADevice,
        "",
    )
    .measuring()
    .versions(&["2.12"])
    .price(6_000, 9_500)
    .found(&[In::Workshop], 3, 2),
];
