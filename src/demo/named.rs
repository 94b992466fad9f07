//! The devices of the core that tests call by name, each with something to tell.

use chrono::NaiveDate;

use super::fleet::{
    Device, FirstService, Happening as H, Holding, HoldingKind, Network, Serial, Step, TakenOverAs,
    before,
};
use super::places::{CHU, LOCAL, OVERSEAS};

/// A device in plain service, from which each of the others departs.
fn plain(
    today: NaiveDate,
    name: &'static str,
    number: &str,
    model: &'static str,
    at: (&'static str, &'static str),
    serial: &str,
) -> Device {
    let first_service = before(today, 700);
    Device {
        name: Some(name),
        establishment: at.0,
        inventory_number: number.to_owned(),
        model,
        unit: at.1,
        room: None,
        serial: Serial::Known(serial.to_owned()),
        supplier: Some("verrelab"),
        holding: Holding {
            kind: HoldingKind::Purchase,
            since: Some(before(today, 720)),
            until: None,
            convention: None,
            owner: None,
        },
        first_service: FirstService::Day(first_service),
        software: None,
        network: None,
        parent: None,
        price_cents: None,
        warranty_end: None,
        notes: "",
        life: vec![
            step(before(today, 715), H::Receive, ""),
            step(before(today, 710), H::BeginTests, ""),
            step(first_service, H::Commission, ""),
        ],
    }
}

/// Why most devices were taken over.
const FORMER: &str = "Reprise de l’ancienne GMAO";

fn step(day: NaiveDate, what: H, why: &'static str) -> Step {
    Step { day, what, why }
}

/// A wired connection at an address of the invented network.
fn wired(mac: &str, ip: &str, vlan: u16, host: &str) -> Network {
    Network {
        mac: Some(mac.to_owned()),
        ip: Some(ip.to_owned()),
        vlan: Some(vlan),
        host: Some(host.to_owned()),
        wireless: false,
        remote_access: false,
        operating_system: None,
    }
}

/// The named devices, seen on a day.
pub fn devices(today: NaiveDate) -> Vec<Device> {
    let ago = |days| before(today, days);
    let held = |kind, since, until, convention: &str, owner| Holding {
        kind,
        since: Some(since),
        until,
        convention: Some(convention.to_owned()),
        owner,
    };
    let chu =
        |name, number, model, unit, serial| plain(today, name, number, model, (CHU, unit), serial);
    let local = |name, number, model, unit, serial| {
        plain(today, name, number, model, (LOCAL, unit), serial)
    };
    let overseas = |name, number, model, unit, serial| {
        plain(today, name, number, model, (OVERSEAS, unit), serial)
    };
    let as_they_were = |days, state, why| vec![step(ago(days), H::TakeOver(state), why)];
    let mut all = Vec::new();

    // The device of the documentation: everything known, everything in order.
    let mut device = chu(
        "complete-monitor",
        "V000001",
        "mon-mx750",
        "2110",
        "DE65CV0001",
    );
    device.room = Some("B-201".to_owned());
    device.supplier = Some("philips");
    device.software = Some("N.01.20");
    device.network = Some(wired(
        "02:10:00:00:00:01",
        "10.16.200.11",
        310,
        "rea-mon-01",
    ));
    device.price_cents = Some(1_420_000);
    device.warranty_end = Some(ago(-30));
    all.push(device);

    let mut device = chu(
        "quarantined-pump",
        "V000002",
        "pump-space",
        "2110",
        "0130455",
    );
    device.software = Some("028U000061");
    device.life.push(step(
        ago(6),
        H::Quarantine,
        "Débit supérieur au débit programmé, constaté par l’infirmière ; conservée pour expertise",
    ));
    all.push(device);

    let mut device = chu(
        "overdue-loaned-monitor",
        "V000003",
        "mon-mx450",
        "2210",
        "DE45CV0199",
    );
    device.life.push(step(
        ago(40),
        H::Lend {
            to: "2112",
            until: ago(12),
        },
        "Renfort pendant l’épidémie",
    ));
    all.push(device);

    let mut device = chu(
        "loaned-monitor",
        "V000004",
        "mon-mx450",
        "2210",
        "DE45CV0200",
    );
    device.life.push(step(
        ago(5),
        H::Lend {
            to: "2125",
            until: ago(-9),
        },
        "Panne d’un moniteur de la SSPI",
    ));
    all.push(device);

    let mut device = chu(
        "provided-analyser",
        "V000005",
        "lab-pure",
        "2410",
        "pu1-04417",
    );
    device.supplier = Some("roche");
    device.holding = held(
        HoldingKind::Provision,
        ago(720),
        Some(ago(-380)),
        "MAD-2024-017",
        Some("roche"),
    );
    device.software = Some("02-01");
    all.push(device);

    let mut device = chu(
        "expired-provision",
        "V000006",
        "gaz-abl90",
        "2710",
        "393-092R0718N0007",
    );
    device.supplier = Some("radiometer");
    device.holding = held(
        HoldingKind::Provision,
        ago(1_500),
        Some(ago(34)),
        "MAD-2022-004",
        Some("radiometer"),
    );
    device.first_service = FirstService::Day(ago(1_490));
    device.life = as_they_were(860, TakenOverAs::InService, FORMER);
    all.push(device);

    let mut device = chu("without-serial", "V000007", "table-otesus", "2120", "");
    device.serial =
        Serial::Absent("Plaque signalétique arrachée ; fabricant interrogé le jour de la reprise");
    device.first_service = FirstService::Day(ago(4_100));
    device.life = as_they_were(870, TakenOverAs::InService, FORMER);
    all.push(device);

    let mut device = chu(
        "unknown-first-service",
        "V000008",
        "mon-s5",
        "2121",
        "4551203",
    );
    device.first_service = FirstService::Text("vers 2009");
    device.supplier = None;
    device.life = as_they_were(870, TakenOverAs::InService, FORMER);
    all.push(device);

    let mut device = chu(
        "disposed-defibrillator",
        "V000009",
        "def-lp20",
        "2510",
        "36110023",
    );
    device.first_service = FirstService::Day(ago(4_600));
    device.life = as_they_were(
        865,
        TakenOverAs::Disposed,
        "Déjà sorti dans l’ancienne GMAO, détruit en 2022",
    );
    all.push(device);

    let mut device = chu(
        "decommissioning-ultrasound",
        "V000010",
        "echo-aplio",
        "2313",
        "99B1352117",
    );
    device.first_service = FirstService::Day(ago(4_000));
    device.software = Some("6.5");
    device.life = vec![
        step(ago(868), H::TakeOver(TakenOverAs::InService), FORMER),
        step(
            ago(20),
            H::Decommission,
            "Remplacé ; disque à effacer avant enlèvement",
        ),
    ];
    all.push(device);

    let mut device = chu(
        "taken-over-ventilator",
        "V000011",
        "ven-servou",
        "2111",
        "21184",
    );
    device.first_service = FirstService::Day(ago(2_700));
    device.life = as_they_were(872, TakenOverAs::InService, FORMER);
    all.push(device);

    // An assembly: the station and the pumps it carries.
    let mut device = chu(
        "infusion-station",
        "V000012",
        "stat-space",
        "2110",
        "SC000712",
    );
    device.room = Some("B-202".to_owned());
    device.software = Some("012U000061");
    device.network = Some(wired(
        "02:10:00:00:00:0C",
        "10.16.200.12",
        312,
        "rea-perf-02",
    ));
    all.push(device);
    for (name, number, model, serial) in [
        ("station-pump-one", "V000013", "pump-space", "0130460"),
        ("station-pump-two", "V000014", "vol-space", "0210077"),
    ] {
        let mut device = chu(name, number, model, "2110", serial);
        device.room = Some("B-202".to_owned());
        device.parent = Some("V000012".to_owned());
        // After the station that carries them.
        device.first_service = FirstService::Day(ago(680));
        device.life = vec![
            step(ago(690), H::Receive, ""),
            step(ago(686), H::BeginTests, ""),
            step(ago(680), H::Commission, ""),
        ];
        all.push(device);
    }

    let mut device = chu(
        "annulled-mistake",
        "V000015",
        "thermo-genius",
        "2510",
        "SAISIEDOUBLE",
    );
    device.first_service = FirstService::None;
    device.life = vec![
        step(today, H::Receive, ""),
        step(
            today,
            H::Annul,
            "Saisi deux fois : même thermomètre que celui de la livraison",
        ),
    ];
    all.push(device);

    let mut device = chu(
        "windows-seven-mammograph",
        "V000016",
        "mam-3dim",
        "2313",
        "H3D00417",
    );
    device.network = Some(Network {
        operating_system: Some("Windows 7 (fin de support en janvier 2020)"),
        remote_access: true,
        ..wired("02:10:00:00:00:10", "10.16.200.16", 320, "seno-acq-01")
    });
    device.software = Some("2.2.0");
    device.supplier = Some("hologic");
    all.push(device);

    let mut device = chu("second-hand-arch", "V000017", "rx-cios", "2120", "20417");
    device.supplier = Some("prismed");
    device.first_service = FirstService::Day(ago(2_600));
    device.notes = "Acheté d’occasion : première mise en service chez un autre exploitant, attestation de cession jointe au dossier";
    all.push(device);

    let mut device = chu("leased-mri", "V000018", "irm-sola", "2311", "175417");
    device.holding = held(
        HoldingKind::Lease,
        ago(720),
        Some(ago(-1_835)),
        "CB-2024-002",
        Some("credimed"),
    );
    device.supplier = Some("siemens");
    device.software = Some("syngo MR XA51");
    device.network = Some(Network {
        remote_access: true,
        ..wired("02:10:00:00:00:12", "10.16.200.18", 322, "irm-sola-1")
    });
    all.push(device);

    let mut device = chu("nodule-ai", "V000019", "dmn-veye", "2310", "");
    device.serial = Serial::Absent(
        "Logiciel sans numéro de série : identifié par sa version et son installation",
    );
    device.holding = held(
        HoldingKind::Rental,
        ago(720),
        Some(ago(-11)),
        "SAAS-2024-03",
        Some("aidence"),
    );
    device.supplier = Some("deephealth");
    device.software = Some("4.2");
    all.push(device);

    let mut device = chu(
        "trial-ventilator",
        "V000020",
        "ven-v800",
        "2110",
        "ASRH-0091",
    );
    device.holding = held(
        HoldingKind::Trial,
        ago(25),
        Some(ago(-5)),
        "ESSAI-2026-01",
        Some("draeger"),
    );
    device.supplier = Some("draeger");
    device.first_service = FirstService::Day(ago(21));
    device.life = vec![
        step(ago(24), H::Receive, ""),
        step(ago(23), H::BeginTests, ""),
        step(ago(21), H::Commission, "Essai de trente jours avant achat"),
    ];
    all.push(device);

    let mut device = chu(
        "received-incubator",
        "V000021",
        "inc-babyleo",
        "2710",
        "ASNB-0044",
    );
    device.first_service = FirstService::None;
    device.life = vec![step(ago(2), H::Receive, "")];
    all.push(device);

    let mut device = chu(
        "exchanged-pump",
        "V000022",
        "pump-agilia",
        "2125",
        "23451071",
    );
    device.life.push(step(
        ago(60),
        H::ExchangeSerial("23999004".to_owned()),
        "Échange standard par le fabricant, ancien appareil repris",
    ));
    all.push(device);

    let mut device = chu(
        "broken-monitor",
        "V000023",
        "mon-n17",
        "2210",
        "CM-7B000311",
    );
    device.life.push(step(
        ago(1),
        H::BreakDown,
        "Écran noir, alarme sonore continue",
    ));
    all.push(device);

    let mut device = chu("stored-pump", "V000024", "pump-alaris", "9010", "800207117");
    device.first_service = FirstService::Day(ago(3_900));
    device.life = as_they_were(
        869,
        TakenOverAs::Stored,
        "Reprise de l’ancienne GMAO, en réserve",
    );
    all.push(device);

    // Lent to the hospital by a maker, and a device for research.
    let mut device = chu("maker-loan", "V000025", "echo-epiq", "2320", "US921B0417");
    device.holding = held(
        HoldingKind::Loan,
        ago(90),
        Some(ago(3)),
        "PRET-2025-11",
        Some("philips"),
    );
    device.supplier = Some("philips");
    device.first_service = FirstService::Day(ago(85));
    device.life = vec![
        step(ago(89), H::Receive, ""),
        step(ago(88), H::BeginTests, ""),
        step(ago(85), H::Commission, ""),
    ];
    all.push(device);

    let mut device = chu(
        "research-oct",
        "V000026",
        "oph-cirrus",
        "2530",
        "5000-21114",
    );
    device.holding = held(HoldingKind::Research, ago(720), None, "RECH-2024-08", None);
    all.push(device);

    // In the other establishments: what an engineer of the first must not see.
    let mut device = local(
        "local-quarantined-pump",
        "A000001",
        "vol-agilia",
        "1110",
        "22817755",
    );
    device.life.push(step(
        ago(9),
        H::Quarantine,
        "Alarme d’occlusion répétée sans occlusion",
    ));
    all.push(device);

    let mut device = local("local-bed", "A000002", "bed-900", "1310", "LI9-004417");
    device.holding = held(HoldingKind::Donation, ago(720), None, "DON-2024-01", None);
    all.push(device);

    let mut device = local(
        "transferred-dialysis",
        "A000003",
        "dia-5008",
        "1230",
        "5VEAL417",
    );
    device.holding = held(
        HoldingKind::Transfer,
        ago(300),
        None,
        "TRANSF-2025-02",
        None,
    );
    device.first_service = FirstService::Day(ago(1_600));
    device.life = as_they_were(
        300,
        TakenOverAs::InService,
        "Transféré du CHU avec son dossier",
    );
    all.push(device);

    let device = local("local-monitor", "A000004", "mon-n17", "2210", "CM-7B000312");
    all.push(device);

    let mut device = overseas(
        "overseas-incubator",
        "F000001",
        "inc-babyleo",
        "5111",
        "ASNB-0051",
    );
    device.supplier = Some("filaos-biomed");
    all.push(device);

    let mut device = overseas(
        "overseas-overdue-loan",
        "F000002",
        "echo-voluson",
        "5110",
        "VE10-55120",
    );
    device.supplier = Some("filaos-biomed");
    device.life.push(step(
        ago(30),
        H::Lend {
            to: "5130",
            until: ago(1),
        },
        "Échographe des urgences en panne",
    ));
    all.push(device);

    let mut device = overseas(
        "overseas-trial",
        "F000003",
        "pump-agilia",
        "5112",
        "24110450",
    );
    device.holding = held(
        HoldingKind::Trial,
        ago(14),
        Some(ago(-16)),
        "ESSAI-2026-02",
        Some("fresenius-kabi"),
    );
    device.supplier = Some("filaos-biomed");
    device.first_service = FirstService::Day(ago(10));
    device.life = vec![
        step(ago(13), H::Receive, ""),
        step(ago(12), H::BeginTests, ""),
        step(ago(10), H::Commission, ""),
    ];
    all.push(device);

    let mut device = overseas(
        "overseas-maker-loan",
        "F000004",
        "oxy-rad97",
        "5112",
        "1000417733",
    );
    device.holding = held(
        HoldingKind::Loan,
        ago(200),
        Some(ago(-30)),
        "PRET-2025-12",
        Some("masimo"),
    );
    device.supplier = Some("filaos-biomed");
    all.push(device);

    all
}

/// A named device seen on a day.
pub fn find(name: &str, today: NaiveDate) -> Option<Device> {
    devices(today)
        .into_iter()
        .find(|device| device.name == Some(name))
}

#[cfg(test)]
mod tests {
    use super::super::fleet::REFERENCE_DAY;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_found() {
        let all = devices(REFERENCE_DAY);
        let names: BTreeSet<_> = all.iter().filter_map(|device| device.name).collect();
        assert_eq!(names.len(), all.len());
        assert!(find("quarantined-pump", REFERENCE_DAY).is_some());
        assert!(find("no-such-device", REFERENCE_DAY).is_none());
    }

    #[test]
    fn the_interesting_cases_are_what_their_names_say() {
        let of = |name| find(name, REFERENCE_DAY).unwrap();
        assert!(matches!(of("without-serial").serial, Serial::Absent(_)));
        assert_eq!(
            of("unknown-first-service").first_service,
            FirstService::Text("vers 2009")
        );
        assert!(
            of("overdue-loaned-monitor")
                .life
                .iter()
                .any(|s| matches!(s.what, H::Lend { until, .. } if until < REFERENCE_DAY))
        );
        assert!(
            of("loaned-monitor")
                .life
                .iter()
                .any(|s| matches!(s.what, H::Lend { until, .. } if until > REFERENCE_DAY))
        );
        assert_eq!(of("provided-analyser").holding.kind, HoldingKind::Provision);
        assert!(
            of("expired-provision")
                .holding
                .until
                .is_some_and(|day| day < REFERENCE_DAY)
        );
        assert_eq!(of("station-pump-one").parent.as_deref(), Some("V000012"));
        assert!(
            of("windows-seven-mammograph")
                .network
                .and_then(|n| n.operating_system)
                .is_some_and(|os| os.contains("Windows 7"))
        );
        assert_eq!(of("leased-mri").holding.kind, HoldingKind::Lease);
        assert!(
            of("annulled-mistake")
                .life
                .iter()
                .any(|s| s.what == H::Annul)
        );
    }

    #[test]
    fn a_second_hand_device_served_elsewhere_before_it_was_received() {
        let device = find("second-hand-arch", REFERENCE_DAY).unwrap();
        let FirstService::Day(first) = device.first_service else {
            panic!("known")
        };
        assert!(
            device
                .life
                .first()
                .is_some_and(|received| first < received.day)
        );
    }

    #[test]
    fn rooms_of_named_devices_are_rooms_of_their_unit() {
        for device in devices(REFERENCE_DAY) {
            let unit = crate::demo::places::find_unit(device.establishment, device.unit).unwrap();
            let rooms = crate::demo::places::rooms(unit);
            assert!(
                device
                    .room
                    .as_ref()
                    .is_none_or(|code| rooms.iter().any(|room| room.code == *code)),
                "{:?}",
                device.name
            );
        }
    }
}
