//! Theatre, endoscopy, sterilisation, implants.

use super::Holdings as H;
use super::Regulation::{Aimdd, Mdd, Mdr};
use super::{EMDN_THERAPY, Model, NomenclatureCode, model};
use crate::demo::places::Activity as In;

/// Active implantable devices stand under cardiac ones, second level of the EMDN.
const EMDN_CARDIAC_IMPLANT: &[NomenclatureCode] = &[NomenclatureCode {
    system: "EMDN",
    code: "J01",
}];

/// The models of this family.
pub(super) const MODELS: &[Model] = &[
    model(
        "esu-vio3",
        "Générateur d’électrochirurgie",
        "erbe",
        "VIO 3",
        "10160-000",
        Mdr,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .versions(&["2.6.1"])
    .price(16_000, 26_000)
    .aged(0, 6)
    .found(&[In::Theatre, In::Endoscopy], 26, 3),
    model(
        "esu-ft10",
        "Générateur d’électrochirurgie",
        "covidien",
        "Valleylab FT10",
        "VLFT10GEN",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .versions(&["4.0.2"])
    .price(15_000, 24_000)
    .aged(4, 9)
    .found(&[In::Theatre], 14, 2),
    model(
        "las-holmium",
        "Laser chirurgical holmium",
        "lumenis",
        "Pulse 120H",
        "GA-1027000",
        Mdd,
        "IIb",
    )
    .coded(EMDN_THERAPY)
    .price(70_000, 120_000)
    .aged(3, 9)
    .found(&[In::Theatre], 2, 2),
    model(
        "table-otesus",
        "Table d’opération",
        "maquet",
        "Otesus 1160",
        "1160.01A0",
        Mdd,
        "I",
    )
    .price(45_000, 80_000)
    .aged(4, 14)
    .found(&[In::Theatre], 12, 2),
    model(
        "ecl-volista",
        "Éclairage opératoire",
        "getinge",
        "Volista 600",
        "ARD568911999",
        Mdr,
        "I",
    )
    .price(16_000, 30_000)
    .aged(0, 10)
    .found(&[In::Theatre, In::Emergency], 24, 2),
    model(
        "rechauf-equator",
        "Réchauffeur de patient à air pulsé",
        "smiths",
        "EQUATOR EQ-5000",
        "EQ-5000",
        Mdd,
        "IIb",
    )
    .price(1_500, 2_600)
    .aged(4, 12)
    .found(&[In::Theatre, In::Recovery], 30, 2),
    model(
        "endo-col",
        "Vidéocoloscope",
        "olympus",
        "CF-HQ190L",
        "N5407260",
        Mdd,
        "IIa",
    )
    .price(26_000, 38_000)
    .aged(2, 9)
    .found(&[In::Endoscopy], 16, 2),
    model(
        "endo-proc",
        "Processeur de vidéoendoscopie",
        "olympus",
        "EVIS X1 CV-1500",
        "N6041930",
        Mdr,
        "IIa",
    )
    .keeps_data()
    .networked()
    .versions(&["2.10"])
    .price(28_000, 45_000)
    .aged(0, 4)
    .found(&[In::Endoscopy], 6, 2),
    model(
        "endo-bron",
        "Vidéobronchoscope",
        "pentax",
        "EB15-J10",
        "EB15-J10",
        Mdr,
        "IIa",
    )
    .price(18_000, 28_000)
    .aged(0, 6)
    .found(&[In::Endoscopy, In::IntensiveCare], 10, 2),
    model(
        "col-storz",
        "Colonne de cœlioscopie",
        "karl-storz",
        "IMAGE1 S",
        "TC201",
        Mdd,
        "I",
    )
    .keeps_data()
    .versions(&["4.0.1"])
    .price(40_000, 75_000)
    .aged(2, 9)
    .found(&[In::Theatre], 12, 2),
    model(
        "lde-serie4",
        "Laveur-désinfecteur d’endoscopes",
        "soluscope",
        "Soluscope Série 4",
        "S4-PA",
        Mdr,
        "IIb",
    )
    .networked()
    .versions(&["4.2"])
    .price(24_000, 38_000)
    .found(&[In::Endoscopy], 6, 2),
    model(
        "ste-hs66",
        "Stérilisateur à la vapeur d’eau",
        "getinge",
        "HS66 Turbo",
        "HS6613AR",
        Mdd,
        "IIb",
    )
    .measuring()
    .networked()
    .versions(&["PACS 3500 v3.07"])
    .price(60_000, 110_000)
    .aged(3, 14)
    .found(&[In::Sterilisation], 5, 2),
    model(
        "lav-wd290",
        "Laveur-désinfecteur d’instruments",
        "belimed",
        "WD 290",
        "WD290-2",
        Mdr,
        "IIb",
    )
    .measuring()
    .networked()
    .price(35_000, 65_000)
    .found(&[In::Sterilisation], 6, 2),
    model(
        "ste-vpro",
        "Stérilisateur au peroxyde d’hydrogène",
        "steris",
        "V-PRO maX 2",
        "VPROMAX2-02",
        Mdr,
        "IIb",
    )
    .measuring()
    .price(70_000, 110_000)
    .aged(0, 6)
    .found(&[In::Sterilisation], 2, 2),
    model(
        "imp-assurity",
        "Stimulateur cardiaque implantable double chambre",
        "sjm",
        "Assurity MRI DR",
        "PM2272",
        Aimdd,
        "DMIA",
    )
    .coded(EMDN_CARDIAC_IMPLANT)
    .implantable()
    .measuring()
    .keeps_data()
    .held(H::Consigned)
    .price(2_400, 3_400)
    .aged(0, 1)
    .found(&[In::Cardiology], 8, 3),
    model(
        "imp-micra",
        "Stimulateur cardiaque implantable sans sonde",
        "medtronic",
        "Micra AV",
        "MC1AVR1",
        Aimdd,
        "DMIA",
    )
    .coded(EMDN_CARDIAC_IMPLANT)
    .implantable()
    .measuring()
    .keeps_data()
    .held(H::Consigned)
    .price(5_000, 8_500)
    .aged(0, 1)
    .found(&[In::Cardiology], 4, 2),
    model(
        "prog-2090",
        "Programmateur de stimulateurs cardiaques",
        "medtronic",
        "CareLink 2090",
        "2090",
        Aimdd,
        "DMIA",
    )
    .measuring()
    .networked()
    .keeps_data()
    .versions(&["2.4"])
    .held(H::Provided)
    .price(6_000, 9_000)
    .aged(8, 14)
    .found(&[In::Cardiology], 3, 2),
];
