//! What stands by the bed: beds, scales, thermometers, electrocardiographs, newborn care, rehabilitation.

use super::Holdings as H;
use super::Regulation::{Mdd, Mdr};
use super::{EMDN_THERAPY, Model, model};
use crate::demo::places::Activity as In;

/// The models of this family.
pub(super) const MODELS: &[Model] = &[
    model(
        "bed-progressa",
        "Lit de réanimation",
        "hillrom",
        "Progressa",
        "P7520A",
        Mdd,
        "I",
    )
    .measuring()
    .versions(&["1.60"])
    .price(16_000, 27_000)
    .aged(3, 10)
    .found(&[In::IntensiveCare], 44, 3),
    model(
        "bed-900",
        "Lit médicalisé électrique",
        "hillrom",
        "Hillrom 900",
        "LI900B3",
        Mdr,
        "I",
    )
    .price(2_200, 4_000)
    .found(
        &[
            In::Medicine,
            In::Surgery,
            In::Geriatrics,
            In::Rehabilitation,
        ],
        150,
        3,
    ),
    model(
        "lift-maxi",
        "Lève-personne mobile",
        "arjo",
        "Maxi Move",
        "KMCSUN",
        Mdr,
        "I",
    )
    .price(3_800, 6_800)
    .found(&[In::Geriatrics, In::Rehabilitation, In::Medicine], 26, 2),
    model(
        "bal-seca",
        "Fauteuil de pesée",
        "seca",
        "seca 956",
        "9561021099",
        Mdr,
        "Im",
    )
    .measuring()
    .price(1_100, 1_900)
    .found(&[In::Medicine, In::Dialysis, In::Geriatrics], 40, 2),
    model(
        "bal-bebe",
        "Pèse-bébé",
        "seca",
        "seca 376",
        "3767021098",
        Mdr,
        "Im",
    )
    .measuring()
    .price(500, 900)
    .found(&[In::Maternity, In::Neonatology, In::Paediatrics], 22, 2),
    model(
        "thermo-genius",
        "Thermomètre tympanique",
        "covidien",
        "Genius 3",
        "303013",
        Mdd,
        "IIa",
    )
    .measuring()
    .price(120, 260)
    .aged(2, 8)
    .found(
        &[In::Medicine, In::Surgery, In::Emergency, In::Paediatrics],
        90,
        3,
    ),
    model(
        "ecg-eli280",
        "Électrocardiographe",
        "mortara",
        "ELI 280",
        "ELI280-DCB11",
        Mdd,
        "IIa",
    )
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["2.2.2"])
    .price(3_200, 5_200)
    .aged(4, 10)
    .found(&[In::Cardiology, In::Emergency, In::Medicine], 22, 2),
    model(
        "ecg-tc50",
        "Électrocardiographe",
        "philips",
        "PageWriter TC50",
        "860310",
        Mdd,
        "IIa",
    )
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["A.07.07.12"])
    .price(5_500, 8_500)
    .aged(4, 10)
    .found(&[In::Cardiology, In::Outpatients], 12, 2),
    model(
        "ecg-schiller",
        "Électrocardiographe d’effort",
        "schiller",
        "CARDIOVIT CS-200",
        "0.071000",
        Mdd,
        "IIa",
    )
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["2.8"])
    .price(12_000, 19_000)
    .aged(4, 10)
    .found(&[In::Cardiology, In::Rehabilitation], 4, 2),
    model(
        "eeg-natus",
        "Électroencéphalographe",
        "natus",
        "Nicolet EEG v32",
        "515-014900",
        Mdd,
        "IIa",
    )
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["5.95"])
    .price(24_000, 38_000)
    .aged(5, 11)
    .found(&[In::Medicine, In::Neonatology], 4, 2),
    model(
        "inc-babyleo",
        "Incubateur de néonatologie",
        "draeger",
        "Babyleo TN500",
        "2M50200",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .versions(&["1.05", "1.11"])
    .price(24_000, 36_000)
    .aged(0, 6)
    .found(&[In::Neonatology], 18, 3),
    model(
        "inc-giraffe",
        "Table chauffante de réanimation néonatale",
        "ge",
        "Giraffe Warmer",
        "2063572-001",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .measuring()
    .versions(&["3.2"])
    .price(15_000, 24_000)
    .aged(4, 11)
    .found(&[In::Maternity, In::Neonatology], 14, 2),
    model(
        "pho-bililux",
        "Appareil de photothérapie",
        "draeger",
        "BiliLux",
        "MU20400",
        Mdr,
        "IIa",
    )
    .price(3_000, 4_800)
    .found(&[In::Neonatology, In::Maternity], 12, 2),
    model(
        "asp-vario",
        "Aspirateur de mucosités",
        "medela",
        "Vario 18",
        "026.0000",
        Mdd,
        "IIa",
    )
    .price(700, 1_300)
    .found(&[In::Geriatrics, In::Medicine], 30, 2),
    model(
        "matelas-alpha",
        "Surmatelas à air motorisé",
        "arjo",
        "Alpha Active 4",
        "648100",
        Mdr,
        "I",
    )
    .held(H::Rented)
    .price(900, 1_700)
    .found(&[In::Geriatrics, In::Rehabilitation, In::Medicine], 60, 2),
    model(
        "ino-maison",
        "Support de capteur imprimé en trois dimensions",
        "chu-verrerie",
        "Support V3",
        "ATV-SUP-03",
        Mdr,
        "I",
    )
    .in_house()
    .price(20, 60)
    .aged(0, 3)
    .found(&[In::Neonatology, In::IntensiveCare], 6, 2),
    model(
        "gab-radio",
        "Gabarit de positionnement en radiothérapie",
        "chu-verrerie",
        "Gabarit G2",
        "ATV-GAB-02",
        Mdr,
        "I",
    )
    .in_house()
    .price(30, 90)
    .aged(0, 3)
    .found(&[In::Radiotherapy], 4, 2),
];
