//! The invented hospital of the import tests, written as a GMAO exports it and as a spreadsheet keeps it, with planted
//! mistakes; and small files in the shapes of public inventories. Everything is drawn from one seed: the committed files
//! are what this module makes (`VIGIE_WRITE_SAMPLES=1 cargo test --test it samples` writes them).

use super::shapes;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use vigie::platform::sheet::{Value, XlsxWriter};

/// SplitMix64: the same numbers everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// Maker, common name, trade name, reference, class, CNEH-like code, price in euros.
const MODELS: &[(&str, &str, &str, &str, &str, &str, u32)] = &[
    (
        "Philips",
        "Moniteur multiparamétrique",
        "IntelliVue MX750",
        "866471",
        "IIb",
        "51301",
        14_500,
    ),
    (
        "Philips",
        "Moniteur multiparamétrique",
        "IntelliVue MX450",
        "866062",
        "IIb",
        "51301",
        7_900,
    ),
    (
        "Dräger",
        "Ventilateur de réanimation",
        "Evita V500",
        "8416400",
        "IIb",
        "52110",
        24_800,
    ),
    (
        "Dräger",
        "Ventilateur d’anesthésie",
        "Perseus A500",
        "MK06000",
        "IIb",
        "52140",
        48_000,
    ),
    (
        "Fresenius Kabi",
        "Pousse-seringue électrique",
        "Agilia SP",
        "Z019280",
        "IIb",
        "53210",
        1_150,
    ),
    (
        "Fresenius Kabi",
        "Pompe à perfusion",
        "Agilia VP",
        "Z019380",
        "IIb",
        "53220",
        1_420,
    ),
    (
        "B. Braun",
        "Pousse-seringue électrique",
        "Perfusor Space",
        "8713030",
        "IIb",
        "53210",
        1_210,
    ),
    (
        "GE Healthcare",
        "Échographe",
        "Vivid E95",
        "H45571",
        "IIa",
        "61300",
        96_000,
    ),
    (
        "GE Healthcare",
        "Moniteur fœtal",
        "Corometrics 250cx",
        "259CX-A",
        "IIb",
        "54110",
        6_300,
    ),
    (
        "Siemens Healthineers",
        "Scanner à rayons X",
        "SOMATOM go.Top",
        "11061650",
        "IIb",
        "62210",
        640_000,
    ),
    (
        "Zoll",
        "Défibrillateur",
        "R Series",
        "30120000",
        "IIb",
        "55110",
        9_800,
    ),
    (
        "Schiller",
        "Électrocardiographe",
        "Cardiovit AT-102",
        "0.070.100",
        "IIa",
        "55210",
        3_400,
    ),
    (
        "Maquet",
        "Table d’opération",
        "Alphamaxx",
        "1133.12B3",
        "I",
        "71100",
        52_000,
    ),
    (
        "Storz",
        "Colonne d’endoscopie",
        "Image1 S",
        "TC200FR",
        "IIa",
        "72100",
        38_000,
    ),
    (
        "Mindray",
        "Échographe",
        "Resona 7",
        "RES7",
        "IIa",
        "61300",
        74_000,
    ),
    (
        "Getinge",
        "Laveur-désinfecteur",
        "46-5",
        "S-46",
        "IIb",
        "81200",
        29_500,
    ),
];

const MAKER_SPELLINGS: &[(&str, &[&str])] = &[
    ("Philips", &["Philips", "PHILIPS", "Philips SAS"]),
    ("Dräger", &["Dräger", "DRAGER", "Dräger GmbH"]),
    (
        "GE Healthcare",
        &["GE Healthcare", "GE HEALTHCARE", "GE Healthcare S.A."],
    ),
    ("Fresenius Kabi", &["Fresenius Kabi", "FRESENIUS KABI"]),
];

const UNITS: &[(&str, &str)] = &[
    ("3110", "Réanimation médicale"),
    ("3120", "Réanimation chirurgicale"),
    ("3210", "Bloc opératoire central"),
    ("3310", "Urgences adultes"),
    ("3320", "SMUR"),
    ("4110", "Cardiologie"),
    ("4210", "Maternité"),
    ("4220", "Néonatologie"),
    ("5110", "Imagerie"),
    ("6110", "Pédiatrie"),
];

const SUPPLIERS: &[&str] = &[
    "Hospimat",
    "Médiservices Ouest",
    "Soins & Techniques",
    "Philips France",
    "Dräger France",
];
const FREE_DATES: &[&str] = &[
    "2005",
    "oct-02",
    "avant 2003",
    "courant 2011",
    "10/2015",
    "mars 2012",
];

#[derive(Clone)]
pub struct Line {
    pub inventory: String,
    pub serial: String,
    pub model: usize,
    pub maker: String,
    pub unit: usize,
    pub room: String,
    pub state: &'static str,
    pub service: String,
    pub purchase: String,
    pub warranty: String,
    pub price: String,
    pub supplier: String,
    pub holding: &'static str,
    pub ip: String,
    pub note: String,
    pub blank_identity: bool,
}

/// The lines of the hospital and what was planted among them.
pub fn hospital(seed: u64, devices: usize) -> (Vec<Line>, Json) {
    let mut dice = Dice(seed);
    let mut lines: Vec<Line> = Vec::new();
    let (mut free_text, mut mangled) = (0, 0);
    for index in 0..devices {
        let model = dice.below(MODELS.len() as u64) as usize;
        let maker = MODELS[model].0;
        let spelling = MAKER_SPELLINGS
            .iter()
            .find(|(name, _)| *name == maker)
            .map_or(maker, |(_, all)| *dice.pick(all));
        let year = 2004 + dice.below(21);
        let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
        let mut service = format!("{day:02}/{month:02}/{year}");
        if index % 37 == 5 {
            service = (*dice.pick(FREE_DATES)).to_owned();
            free_text += 1;
        }
        let mut serial = match dice.below(3) {
            0 => format!("{:07}", dice.below(9_999_999)),
            1 => format!("SN{:05}-{}", dice.below(99_999), index),
            _ => format!("{}{:04X}{index}", &maker[..1], dice.below(65_535)),
        };
        if index % 41 == 7 {
            serial = format!("1,{:05}E+12", dice.below(99_999));
            mangled += 1;
        }
        let unit = dice.below(UNITS.len() as u64) as usize;
        lines.push(Line {
            inventory: format!("{:06}", 12 + index * 3),
            serial,
            model,
            maker: spelling.to_owned(),
            unit,
            room: format!(
                "{}-{}",
                char::from(b'A' + dice.below(4) as u8),
                100 + dice.below(60)
            ),
            state: dice.pick::<&str>(&[
                "En service",
                "En service",
                "En service",
                "En service",
                "Stock",
                "En panne",
                "En réparation",
                "Réformé",
            ]),
            service,
            purchase: format!("{:02}/{month:02}/{year}", 1 + (day + 27) % 28),
            warranty: format!("{day:02}/{month:02}/{}", year + 2),
            price: format!(
                "{},{:02}",
                MODELS[model].6 + dice.below(500) as u32,
                dice.below(100)
            ),
            supplier: (*dice.pick(SUPPLIERS)).to_owned(),
            holding: dice.pick::<&str>(&[
                "Achat",
                "Achat",
                "Achat",
                "Mise à disposition",
                "Location",
                "Don",
            ]),
            ip: if dice.below(3) == 0 {
                format!("10.42.{}.{}", dice.below(8), 2 + index % 250)
            } else {
                String::new()
            },
            note: match dice.below(6) {
                0 => "Écran rayé\nà surveiller".to_owned(),
                1 => "=contrat n° 12; voir avec le service".to_owned(),
                2 => "Alimentation 12\" changée".to_owned(),
                _ => String::new(),
            },
            blank_identity: false,
        });
    }
    let at = |dice: &mut Dice, lines: &Vec<Line>| dice.below(lines.len() as u64) as usize;
    // Sound lines only: a ruined serial repeated is no clean duplicate.
    let sound: Vec<Line> = lines
        .iter()
        .filter(|line| !line.serial.contains('E') || !line.serial.contains('+'))
        .cloned()
        .collect();
    let mut later: Vec<Line> = Vec::new();
    let (exact, conflicts, rejected) = (6usize, 4usize, 5usize);
    for nth in 0..exact {
        later.push(sound[nth * 7 + 3].clone());
    }
    for nth in 0..conflicts {
        let mut other = sound[nth * 11 + 50].clone();
        other.serial = format!("AUTRE{nth}");
        later.push(other);
    }
    for nth in 0..rejected {
        let mut bad = sound[nth * 5 + 90].clone();
        match nth {
            0 | 1 => {
                bad.inventory.clear();
                bad.serial.clear();
            }
            2 | 3 => {
                bad.inventory = format!("99{nth:04}");
                bad.serial = format!("REJET{nth}");
                bad.blank_identity = true;
            }
            _ => {
                bad.inventory = "1,00042E+11".to_owned();
                bad.serial = "REJET9".to_owned();
            }
        }
        later.push(bad);
    }
    for line in later {
        // After the line it repeats, wherever that is.
        let first = lines
            .iter()
            .position(|other| other.inventory == line.inventory)
            .map_or(0, |first| first + 1);
        let place = first + at(&mut dice, &lines).min(lines.len() - first);
        lines.insert(place.min(lines.len()), line);
    }
    let makers: std::collections::BTreeSet<&str> =
        lines.iter().map(|line| MODELS[line.model].0).collect();
    let truth = json!({
        "rows": lines.len(),
        "devices": devices,
        "duplicates_exact": exact,
        "duplicates_conflict": conflicts,
        "rejected": rejected,
        "free_text_dates": free_text,
        "mangled_serials": mangled,
        "makers": makers,
        "units": UNITS.len(),
    });
    (lines, truth)
}

/// As a GMAO exports it: Windows-1252, `;`, upper-case headers, dd/mm/yyyy, decimal comma, quoted line breaks.
pub fn as_gmao(lines: &[Line]) -> Vec<u8> {
    let mut text = String::from(
        "NUM_INVENTAIRE;NUM_SERIE;DESIGNATION;MARQUE;MODELE;REF_CONSTRUCTEUR;FOURNISSEUR;CODE_UF;LIB_UF;LOCALISATION;ETAT;DATE_MES;DATE_ACHAT;PRIX_TTC;FIN_GARANTIE;CNEH;CLASSE_DM;COMMENTAIRE\r\n",
    );
    let quoted = |cell: &str| {
        if cell.contains([';', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    for line in lines {
        let (_, common, trade, reference, class, cneh, _) = MODELS[line.model];
        let (common, trade, reference) = if line.blank_identity {
            ("", "", "")
        } else {
            (common, trade, reference)
        };
        let (code, unit) = UNITS[line.unit];
        let note = line.note.replace('\n', "\r\n");
        let cells = [
            &line.inventory,
            &line.serial,
            common,
            &line.maker,
            trade,
            reference,
            &line.supplier,
            code,
            unit,
            &line.room,
            line.state,
            &line.service,
            &line.purchase,
            &line.price,
            &line.warranty,
            cneh,
            class,
            &note,
        ];
        text.push_str(
            &cells
                .iter()
                .map(|cell| quoted(cell))
                .collect::<Vec<_>>()
                .join(";"),
        );
        text.push_str("\r\n");
    }
    encoding_rs::WINDOWS_1252.encode(&text).0.into_owned()
}

const SHEET_HEADERS: [&str; 15] = [
    "Service",
    "Fabricant",
    "Équipement",
    "Modèle",
    "Référence",
    "N° de série",
    "N° d’inventaire",
    "Mise en service",
    "Local",
    "Statut",
    "Prix d’achat (€)",
    "Mode d’acquisition",
    "Fournisseur",
    "Adresse IP",
    "Observations",
];

fn sheet_cells(line: &Line) -> Vec<Value> {
    let (_, common, trade, reference, ..) = MODELS[line.model];
    let (common, trade, reference) = if line.blank_identity {
        ("", "", "")
    } else {
        (common, trade, reference)
    };
    let day = chrono::NaiveDate::parse_from_str(&line.service, "%d/%m/%Y")
        .map_or(Value::Text(line.service.clone()), Value::Day);
    let price = line
        .price
        .replace(',', ".")
        .parse()
        .map_or(Value::Empty, Value::Number);
    let text = |text: &str| Value::maybe(Some(text));
    vec![
        text(UNITS[line.unit].1),
        text(&line.maker),
        text(common),
        text(trade),
        text(reference),
        text(&line.serial),
        text(&line.inventory),
        day,
        text(&line.room),
        text(line.state),
        price,
        text(line.holding),
        text(&line.supplier),
        text(&line.ip),
        text(&line.note),
    ]
}

/// As a workbook keeps it: typed cells, other headers and order.
pub fn as_workbook(lines: &[Line]) -> Vec<u8> {
    let mut writer = XlsxWriter::new("Parc biomédical", &SHEET_HEADERS).unwrap();
    for line in lines {
        writer.row(&sheet_cells(line)).unwrap();
    }
    writer.finish_bytes().unwrap()
}

/// As a spreadsheet saves it: UTF-8 with its mark, commas, a title above the headers.
pub fn as_spreadsheet(lines: &[Line]) -> Vec<u8> {
    let mut text = String::from("\u{feff}Inventaire biomédical,,,\r\n\r\n");
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    text.push_str(&SHEET_HEADERS.map(quoted).join(","));
    text.push_str("\r\n");
    for line in lines {
        let cells: Vec<String> = sheet_cells(line)
            .into_iter()
            .map(|value| match value {
                Value::Text(text) => text,
                Value::Day(day) => day.format("%d/%m/%Y").to_string(),
                Value::Number(number) => number.to_string().replace('.', ","),
                _ => String::new(),
            })
            .collect();
        text.push_str(
            &cells
                .iter()
                .map(|cell| quoted(cell))
                .collect::<Vec<_>>()
                .join(","),
        );
        text.push_str("\r\n");
    }
    text.into_bytes()
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/inventory")
}

/// Name and content of every committed sample but the workbooks, whose bytes carry the hour they were made.
fn all() -> Vec<(&'static str, Vec<u8>)> {
    let (gmao, gmao_truth) = hospital(2026, 300);
    let (sheet, sheet_truth) = hospital(1789, 280);
    let (_, book_truth) = hospital(1871, 290);
    let pretty = |truth: &Json| (serde_json::to_string_pretty(truth).unwrap() + "\n").into_bytes();
    vec![
        ("own_gmao.csv", as_gmao(&gmao)),
        ("own_gmao.truth.json", pretty(&gmao_truth)),
        ("own_tableur.csv", as_spreadsheet(&sheet)),
        ("own_tableur.truth.json", pretty(&sheet_truth)),
        ("own_classeur.truth.json", pretty(&book_truth)),
        ("like_openmedis.csv", shapes::openmedis().into_bytes()),
        ("like_udea.csv", shapes::udea()),
        ("like_cmms.tsv", shapes::cmms().into_bytes()),
        ("like_openboxes.csv", shapes::openboxes().into_bytes()),
        ("like_umdns.csv", shapes::umdns().into_bytes()),
    ]
}

#[test]
fn the_committed_samples_are_what_this_module_makes() {
    let write = std::env::var_os("VIGIE_WRITE_SAMPLES").is_some();
    for (name, content) in all() {
        let path = folder().join(name);
        if write {
            std::fs::write(&path, &content).unwrap();
        }
        assert!(
            std::fs::read(&path).unwrap() == content,
            "{name} is not what the generator makes"
        );
    }
    let path = folder().join("own_classeur.xlsx");
    let book = as_workbook(&hospital(1871, 290).0);
    if write {
        std::fs::write(&path, &book).unwrap();
    }
    let read = |bytes: &[u8]| vigie::platform::sheet::read(bytes, &Default::default()).unwrap();
    assert_eq!(read(&std::fs::read(&path).unwrap()), read(&book));
}
