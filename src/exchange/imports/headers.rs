//! From the headers of a file to the fields of a device: a guess with a score, the examples that support it, and the
//! mapping that a person corrects and saves for the next file of the same source.

use super::fields::{FIELDS, Field, Kind, field};
use super::last_done::LAST_DONE;
use super::operations::OPERATIONS;
use super::{cells, words};
use crate::platform::sheet::Sheet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// A guess is proposed from this score on.
pub const CONFIDENT: f64 = 0.55;

/// What is proposed for one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// Position of the column.
    pub column: usize,
    /// Field proposed, if any.
    pub field: Option<&'static str>,
    /// How sure, from 0 to 1.
    pub score: f64,
    /// Up to five different values met.
    pub examples: Vec<String>,
    /// How many lines hold something in this column.
    pub filled: usize,
}

/// What the lines of a file are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Devices of the inventory.
    #[default]
    Devices,
    /// Operations of an earlier register, on devices that are there.
    Register,
    /// When obligations of devices that are there were last fulfilled.
    LastDone,
}

impl Target {
    /// The code kept with the run.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Register => "register",
            Self::LastDone => "last_done",
        }
    }

    /// The target of that code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Devices, Self::Register, Self::LastDone]
            .into_iter()
            .find(|t| t.code() == code)
    }

    /// The fields its columns may feed.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Devices => FIELDS,
            Self::Register => OPERATIONS,
            Self::LastDone => LAST_DONE,
        }
    }
}

/// Which column of a file feeds which field; saved by header, so that it survives columns that move.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Header → field key. A header that is absent is not imported.
    pub columns: BTreeMap<String, String>,
    /// What a value of the file means for a field: field key → value as written (folded) → value to read instead.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// What the lines are.
    #[serde(default)]
    pub target: Target,
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingProblem {
    /// No such field.
    UnknownField(String),
    /// Two columns for one field.
    Twice(&'static str),
    /// Nothing tells one device from another.
    NoKey,
    /// Nothing says what the devices are.
    NoIdentity,
    /// Nothing says what was done.
    NoOperation,
    /// Nothing says when.
    NoDate,
}

impl std::fmt::Display for MappingProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MappingProblem::UnknownField(key) => write!(f, "Le champ « {key} » n’existe pas."),
            MappingProblem::Twice(key) => {
                let label = field(key).map_or(*key, |field| field.label);
                write!(f, "Deux colonnes alimentent « {label} » : n’en gardez qu’une.")
            }
            MappingProblem::NoKey => f.write_str("Aucune colonne ne donne le n° d’inventaire ni le n° de série : rien ne distingue un équipement d’un autre."),
            MappingProblem::NoOperation => f.write_str("Aucune colonne ne dit la nature de l’opération ni ce qui a été fait."),
            MappingProblem::NoDate => f.write_str("Aucune colonne ne dit quand l’obligation a été remplie pour la dernière fois."),
            MappingProblem::NoIdentity => f.write_str("Aucune colonne ne donne la dénomination, le modèle ni la référence : on ne sait pas de quel équipement il s’agit."),
        }
    }
}

impl Mapping {
    /// The mapping that the guesses make.
    pub fn guessed(sheet: &Sheet) -> Mapping {
        Self::guessed_for(sheet, Target::Devices)
    }

    /// The mapping that the guesses make, for lines of that kind.
    pub fn guessed_for(sheet: &Sheet, target: Target) -> Mapping {
        let columns = guess_for(sheet, target)
            .into_iter()
            .filter_map(|guess| {
                Some((
                    sheet.headers.get(guess.column)?.clone(),
                    guess.field?.to_owned(),
                ))
            })
            .collect();
        Mapping {
            columns,
            values: BTreeMap::new(),
            target,
        }
    }

    /// Field of each column of a sheet.
    pub fn fields(&self, headers: &[String]) -> Vec<Option<&'static Field>> {
        headers
            .iter()
            .map(|header| self.columns.get(header).and_then(|key| field(key)))
            .collect()
    }

    /// What keeps this mapping from being used on these headers.
    pub fn problems(&self, headers: &[String]) -> Vec<MappingProblem> {
        let mut problems: Vec<MappingProblem> = self
            .columns
            .values()
            .filter(|key| field(key).is_none())
            .map(|key| MappingProblem::UnknownField(key.clone()))
            .collect();
        let used: Vec<&str> = self
            .fields(headers)
            .into_iter()
            .flatten()
            .map(|field| field.key)
            .collect();
        for field in self.target.fields() {
            if used.iter().filter(|key| **key == field.key).count() > 1 {
                problems.push(MappingProblem::Twice(field.key));
            }
        }
        if !used.contains(&"inventory_number") && !used.contains(&"serial_number") {
            problems.push(MappingProblem::NoKey);
        }
        let any = |keys: &[&str]| keys.iter().any(|key| used.contains(key));
        match self.target {
            Target::Devices if !any(&["common_name", "trade_name", "reference"]) => {
                problems.push(MappingProblem::NoIdentity);
            }
            Target::Register if !any(&["op_kind", "op_nature"]) => {
                problems.push(MappingProblem::NoOperation);
            }
            Target::LastDone if !any(&["ld_done_on"]) => {
                problems.push(MappingProblem::NoDate);
            }
            _ => {}
        }
        problems
    }

    /// The value to read in place of the one written, where the person said so once for all.
    pub fn meaning<'a>(&'a self, key: &str, written: &'a str) -> &'a str {
        self.values
            .get(key)
            .and_then(|values| values.get(&fold(written)))
            .map_or(written, String::as_str)
    }
}

/// Lower case, no accents, no punctuation, camel case cut, « n° » and its kin as one word, small words dropped.
pub fn fold(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    let spaced = spaced
        .replace(['°', 'º'], "o ")
        .replace('œ', "oe")
        .replace('Œ', "OE");
    let plain: String = spaced
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .collect::<String>()
        .to_lowercase();
    let words = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut kept = Vec::new();
    for word in words {
        let word = match word {
            "n" | "no" | "nr" | "num" | "nro" | "numero" | "nb" => "numero",
            "dt" => "date",
            "lib" | "libel" => "libelle",
            "eqpt" | "equip" | "equipt" => "equipement",
            "desig" => "designation",
            "serv" => "service",
            "fourn" => "fournisseur",
            "fab" | "fabr" => "fabricant",
            "cod" | "cde" => "code",
            "de" | "du" | "des" | "d" | "la" | "le" | "les" | "l" | "en" | "a" | "au" | "et"
            | "of" | "the" | "del" | "el" | "y" | "o" | "por" | "dans" | "sur" => continue,
            other => other,
        };
        kept.push(word);
    }
    kept.join(" ")
}

/// How well a header names a field, from 0 to 1.
fn likeness(header: &str, field: &Field) -> f64 {
    let words: Vec<&str> = header.split(' ').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return 0.0;
    }
    let mut best = 0.0f64;
    for (rank, synonym) in field.synonyms.iter().enumerate() {
        // The likeliest names of a field win over its less likely ones.
        let early = 1.0 - rank as f64 * 0.002;
        let synonym = fold(synonym);
        let known: Vec<&str> = synonym.split(' ').collect();
        let score = if synonym == header {
            1.0
        } else if known.len() == words.len() && known.iter().all(|word| words.contains(word)) {
            0.97
        } else if known.len() < words.len() && known.iter().all(|word| words.contains(word)) {
            let begins = if known.len() > 1 && words.starts_with(&known) {
                0.06
            } else {
                0.0
            };
            0.5 + 0.32 * known.len() as f64 / words.len() as f64 + begins
        } else if header.len() >= 6 && synonym.len() >= 6 {
            let alike = strsim::normalized_damerau_levenshtein(header, &synonym);
            if alike > 0.84 { alike * 0.9 } else { 0.0 }
        } else {
            0.0
        };
        best = best.max(score * early);
    }
    best
}

/// What the values say of a guess: dates under a date field raise it, words lower it.
fn support(kind: Kind, values: &[&str]) -> f64 {
    let given: Vec<&&str> = values
        .iter()
        .filter(|value| !cells::is_empty(value))
        .collect();
    if given.is_empty() {
        return 0.0;
    }
    let share = |test: &dyn Fn(&str) -> bool| {
        given.iter().filter(|value| test(value)).count() as f64 / given.len() as f64
    };
    match kind {
        Kind::Day => share(&|value| cells::looks_like_a_day(value)) * 0.14 - 0.07,
        Kind::Money => share(&|value| value.chars().any(|c| c.is_ascii_digit())) * 0.1 - 0.05,
        Kind::Flag => share(&|value| words::flag(value).is_some()) * 0.6 - 0.5,
        // A column of states nobody knows would have every line rejected: it is better left to a person.
        Kind::State => share(&|value| words::state(value).is_some()) * 0.6 - 0.48,
        Kind::Mac => share(&|value| cells::mac(value).is_some()) * 0.3 - 0.2,
        Kind::Ip => share(&|value| cells::ip(value).is_some()) * 0.3 - 0.2,
        Kind::Class => share(&|value| words::class(value).is_some()) * 0.4 - 0.25,
        Kind::Holding => share(&|value| words::holding(value).is_some()) * 0.3 - 0.2,
        Kind::Criticality => share(&|value| words::criticality(value).is_some()) * 0.3 - 0.2,
        Kind::Serial | Kind::Identifier(_) => {
            let distinct: std::collections::HashSet<_> = given.iter().collect();
            (distinct.len() as f64 / given.len() as f64) * 0.06
                - 0.03
                - share(&|value| value.chars().count() > 60) * 0.3
        }
        Kind::Party => -share(&|value| value.chars().all(|c| c.is_ascii_digit())) * 0.3,
        Kind::Text(_) => -share(&|value| cells::looks_like_a_day(value)) * 0.3,
        Kind::Code | Kind::Place | Kind::Note | Kind::Regulation | Kind::Destination => 0.0,
    }
}

/// Proposes a field for each column: the surest pairs first, each field once.
pub fn guess(sheet: &Sheet) -> Vec<Guess> {
    guess_for(sheet, Target::Devices)
}

/// As [`guess`], among the fields of lines of that kind.
pub fn guess_for(sheet: &Sheet, target: Target) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = (0..sheet.headers.len())
        .map(|column| Guess {
            column,
            field: None,
            score: 0.0,
            examples: examples(sheet, column),
            filled: sheet
                .rows
                .iter()
                .filter(|row| {
                    row.cells
                        .get(column)
                        .is_some_and(|cell| !cell.trim().is_empty())
                })
                .count(),
        })
        .collect();
    let mut pairs = Vec::new();
    for (column, header) in sheet.headers.iter().enumerate() {
        let folded = fold(header);
        let values: Vec<&str> = sheet
            .rows
            .iter()
            .filter_map(|row| row.cells.get(column))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .take(200)
            .collect();
        for field in target.fields() {
            let alike = likeness(&folded, field);
            if alike < 0.5 {
                continue;
            }
            let mut score = alike + support(field.kind, &values);
            if values.is_empty() {
                score -= 0.2;
            }
            // What tells devices apart is not taken from a vague likeness.
            if matches!(field.key, "inventory_number" | "serial_number") && alike < 0.7 {
                score = score.min(CONFIDENT - 0.01);
            }
            pairs.push((score.clamp(0.0, 1.0), score, column, field.key));
        }
    }
    pairs.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.2.cmp(&b.2)));
    let mut taken = std::collections::HashSet::new();
    for (score, _, column, key) in pairs {
        if score >= CONFIDENT && guesses[column].field.is_none() && taken.insert(key) {
            guesses[column].field = Some(key);
            guesses[column].score = score;
        } else if guesses[column].field.is_none() {
            guesses[column].score = guesses[column].score.max(score.min(CONFIDENT - 0.01));
        }
    }
    guesses
}

fn examples(sheet: &Sheet, column: usize) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for cell in sheet
        .rows
        .iter()
        .filter_map(|row| row.cells.get(column))
        .map(|cell| cell.trim())
    {
        if !cell.is_empty() && !seen.iter().any(|known| known == cell) {
            seen.push(cell.to_owned());
            if seen.len() == 5 {
                break;
            }
        }
    }
    seen
}

/// The sheet of devices among those of a workbook: the first that has a key and an identity, else the longest; and a word
/// about each of the others.
pub fn best_sheet(sheets: Vec<Sheet>, mapping: Option<&Mapping>) -> (Sheet, Vec<String>) {
    best_sheet_for(sheets, mapping, Target::Devices)
}

/// As [`best_sheet`], for lines of that kind.
pub fn best_sheet_for(
    mut sheets: Vec<Sheet>,
    mapping: Option<&Mapping>,
    target: Target,
) -> (Sheet, Vec<String>) {
    let ready = |sheet: &Sheet| {
        let mapping = mapping
            .cloned()
            .unwrap_or_else(|| Mapping::guessed_for(sheet, target));
        mapping.problems(&sheet.headers).is_empty()
    };
    let longest = || (0..sheets.len()).max_by_key(|at| sheets[*at].rows.len());
    let at = sheets.iter().position(ready).or_else(longest).unwrap_or(0);
    let told = |sheet: &Sheet| {
        format!(
            "Feuille « {} » ({} lignes) : non importée.",
            sheet.name,
            sheet.rows.len()
        )
    };
    let others = sheets
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .map(|(_, sheet)| told(sheet))
        .collect();
    (sheets.swap_remove(at), others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::sheet::{ReadOptions, read};

    fn guessed(text: &str) -> Vec<(String, Option<&'static str>)> {
        let sheet = read(
            text.as_bytes(),
            &ReadOptions {
                header_row: Some(1),
                ..ReadOptions::default()
            },
        )
        .unwrap()
        .remove(0);
        guess(&sheet)
            .into_iter()
            .map(|guess| (sheet.headers[guess.column].clone(), guess.field))
            .collect()
    }

    fn assert_all(text: &str, expected: &[Option<&str>]) {
        let got = guessed(text);
        for ((header, field), wanted) in got.iter().zip(expected) {
            assert_eq!(field, wanted, "« {header} » among {got:?}");
        }
    }

    #[test]
    fn headers_of_a_gmao_export_are_recognised() {
        assert_all(
            "NUM_INVENTAIRE;DESIGNATION;MARQUE;MODELE;NUM_SERIE;CODE_UF;LIB_UF;DATE_MES;DATE_ACHAT;PRIX_TTC;FOURNISSEUR;ETAT;CNEH;FIN_GARANTIE\n\
             BM1;Moniteur;Philips;MX750;A1;3100;Réa;12/10/2015;01/02/2015;1200,50;Dupont;En service;123456;12/10/2018\n",
            &[
                Some("inventory_number"),
                Some("common_name"),
                Some("manufacturer"),
                Some("trade_name"),
                Some("serial_number"),
                Some("unit_code"),
                Some("unit_name"),
                Some("first_service_date"),
                Some("purchase_date"),
                Some("price"),
                Some("supplier"),
                Some("state"),
                Some("code_cneh"),
                Some("warranty_end_date"),
            ],
        );
    }

    #[test]
    fn headers_of_a_spreadsheet_are_recognised_in_any_order() {
        assert_all(
            "Service;N° de série;Fabricant;Équipement;N° d’inventaire;Modèle;Mise en service;Localisation;Statut;Observations;Marque\n\
             Réa;A1;Philips;Moniteur;BM1;MX750;12/10/2015;B-214;actif;;x\n",
            &[
                Some("unit_name"),
                Some("serial_number"),
                Some("manufacturer"),
                Some("common_name"),
                Some("inventory_number"),
                Some("trade_name"),
                Some("first_service_date"),
                Some("room"),
                Some("state"),
                Some("note"),
                None,
            ],
        );
    }

    #[test]
    fn english_spanish_and_camel_case_headers_are_recognised() {
        assert_all(
            "AssetTag,SerialNumber,Manufacturer,Model,Equipment Name,Department,Purchase Date,Warranty Expiry,Status\nA1,S1,GE,B40,Monitor,ICU,2020-01-02,2022-01-02,Active\n",
            &[
                Some("inventory_number"),
                Some("serial_number"),
                Some("manufacturer"),
                Some("trade_name"),
                Some("common_name"),
                Some("unit_name"),
                Some("purchase_date"),
                Some("warranty_end_date"),
                Some("state"),
            ],
        );
        assert_all(
            "Proceso;Nombre del equipo;Código de inventario interno;Ubicación física;Marca;Modelo;Serie;Fecha de fabricación;Proveedor equipo;Forma de adquisición;Valor de compra;Clasificación por riesgo\n\
             Lab;Centrífuga;12;Piso 2;GILSON;P200;A1;2005;ACME;Compra;100;I\n",
            &[
                Some("unit_name"),
                Some("common_name"),
                Some("inventory_number"),
                Some("room"),
                Some("manufacturer"),
                Some("trade_name"),
                Some("serial_number"),
                Some("manufacture_date"),
                Some("supplier"),
                Some("holding"),
                Some("price"),
                Some("risk_class"),
            ],
        );
    }

    #[test]
    fn a_column_of_words_is_not_taken_for_yes_or_no() {
        assert_all(
            "Réseau;N° inventaire;Désignation\nVLAN biomédical 12;1;x\nTechnique;2;y\n",
            &[None, Some("inventory_number"), Some("common_name")],
        );
        assert_all(
            "Réseau;N° inventaire;Désignation\noui;1;x\nnon;2;y\n",
            &[
                Some("is_connected"),
                Some("inventory_number"),
                Some("common_name"),
            ],
        );
    }

    #[test]
    fn a_mapping_without_a_key_or_an_identity_is_refused() {
        let headers = vec!["Service".to_owned(), "Remarques".to_owned()];
        let mapping = Mapping {
            columns: BTreeMap::from([
                ("Service".into(), "unit_name".into()),
                ("Remarques".into(), "unit_name".into()),
                ("x".into(), "nope".into()),
            ]),
            values: BTreeMap::new(),
            target: Target::Devices,
        };
        assert_eq!(
            mapping.problems(&headers),
            [
                MappingProblem::UnknownField("nope".into()),
                MappingProblem::Twice("unit_name"),
                MappingProblem::NoKey,
                MappingProblem::NoIdentity
            ]
        );
    }
}
