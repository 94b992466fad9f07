//! From the lines of a sheet to rows that can be planned: each cell read by the kind of its field, with what a person
//! must know about it, then the lines of one file compared with each other.
//!
//! A row carries `values` under the names of the columns they are meant for; what is absent was not given. Names of
//! makers, models and places stay names here: only the registry can say whom they mean.

use super::cells::{self, Day, Money, Serial};
use super::fields::{Field, Kind};
use super::headers::Mapping;
use super::{names, words};
use crate::platform::sheet::Row;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// How serious a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The line cannot be imported as it is.
    Reject,
    /// The line is imported, but not this value, or not as it was meant.
    Warning,
    /// Worth knowing.
    Notice,
}

/// What a person must know about a line: column, value, reason, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// How serious.
    pub level: Level,
    /// Key of the field, empty for the line as a whole.
    pub field: String,
    /// Header of the column, as in the file.
    pub column: String,
    /// Value as written.
    pub value: String,
    /// Why, in French.
    pub reason: String,
    /// What was expected instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
}

/// A line read.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Number of the line in the file.
    pub number: u32,
    /// Values given, under the names of the columns they are meant for.
    pub values: Map<String, Value>,
    /// What must be known about it.
    pub remarks: Vec<Remark>,
    /// The earlier line of the file that says the same, if any.
    pub same_as: Option<u32>,
}

impl Checked {
    /// Whether the line cannot be imported as it is.
    pub fn is_rejected(&self) -> bool {
        self.remarks
            .iter()
            .any(|remark| remark.level == Level::Reject)
    }

    /// A value as text.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).and_then(Value::as_str)
    }

    fn reject(
        &mut self,
        field: &str,
        column: &str,
        value: &str,
        reason: impl Into<String>,
        expected: &str,
    ) {
        self.remark(Level::Reject, field, column, value, reason, expected);
    }

    /// Adds a remark.
    pub fn remark(
        &mut self,
        level: Level,
        field: &str,
        column: &str,
        value: &str,
        reason: impl Into<String>,
        expected: &str,
    ) {
        self.remarks.push(Remark {
            level,
            field: field.to_owned(),
            column: column.to_owned(),
            value: value.chars().take(200).collect(),
            reason: reason.into(),
            expected: expected.to_owned(),
        });
    }
}

/// What reading the lines needs to know.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Headers of the sheet.
    pub headers: &'a [String],
    /// Which column feeds which field.
    pub mapping: &'a Mapping,
    /// The day of the import, which places two-digit years.
    pub today: NaiveDate,
}

impl Reading<'_> {
    /// Reads every line, then marks those that repeat or contradict an earlier one.
    pub fn read<'r>(&self, rows: impl IntoIterator<Item = &'r Row>) -> Vec<Checked> {
        let fields = self.mapping.fields(self.headers);
        let mut checked: Vec<Checked> = rows
            .into_iter()
            .map(|row| self.line(&fields, row))
            .collect();
        mark_repeated(&mut checked);
        checked
    }

    fn line(&self, fields: &[Option<&'static Field>], row: &Row) -> Checked {
        let mut checked = Checked {
            number: row.number,
            values: Map::new(),
            remarks: Vec::new(),
            same_as: None,
        };
        for ((cell, field), header) in row.cells.iter().zip(fields).zip(self.headers) {
            if let Some(field) = field {
                let cell = self.mapping.meaning(field.key, cell);
                self.cell(&mut checked, field, header, cell);
            }
        }
        complete(&mut checked);
        checked
    }

    fn cell(&self, row: &mut Checked, field: &'static Field, header: &str, cell: &str) {
        let key = field.key;
        if field.kind != Kind::Serial && cells::is_empty(cell) {
            return;
        }
        let coded = |row: &mut Checked, code: Option<&str>, expected: &str| match code {
            Some(code) => set(row, key, code),
            None => row.remark(
                Level::Warning,
                key,
                header,
                cell,
                "valeur non comprise : elle n’est pas reprise",
                expected,
            ),
        };
        match field.kind {
            Kind::Text(most) => within(row, field, header, cells::text(cell), most),
            Kind::Party => within(row, field, header, cells::text(cell), 300),
            Kind::Place => within(row, field, header, cells::text(cell), 200),
            Kind::Note => within(row, field, header, cells::note(cell), 20_000),
            Kind::Identifier(most) => {
                let value = cells::identifier(cell);
                if cells::is_mangled(&value) {
                    let level = if key == "inventory_number" { Level::Reject } else { Level::Warning };
                    row.remark(level, key, header, cell, "numéro abîmé par un tableur : ses chiffres sont perdus", "le numéro tel qu’il figure sur l’étiquette");
                } else {
                    within(row, field, header, value, most);
                }
            }
            Kind::Code => within(row, field, header, cells::identifier(cell), 60),
            Kind::Serial => serial(row, header, cell),
            Kind::Day => match cells::day(cell, self.today) {
                Day::Empty => {}
                Day::Known(day, remark) => {
                    set(row, key, day.format("%Y-%m-%d").to_string());
                    if let Some(remark) = remark {
                        row.remark(Level::Notice, key, header, cell, format!("{remark} : lue {}", day.format("%d/%m/%Y")), "");
                    }
                }
                Day::Text(text, why) => {
                    set(row, &format!("{key}_text"), text);
                    row.remark(Level::Warning, key, header, cell, format!("{why} ; gardée telle quelle"), "jj/mm/aaaa");
                }
            },
            Kind::Money => match cells::money(cell) {
                Money::Empty => {}
                Money::Cents(cents) => {
                    row.values.insert(format!("{key}_cents"), cents.into());
                }
                Money::Text(text, why) => {
                    set(row, &format!("{key}_text"), text);
                    row.remark(Level::Warning, key, header, cell, format!("{why} ; gardé tel quel"), "1 234,50");
                }
            },
            Kind::Flag => match words::flag(cell) {
                Some(yes) => {
                    row.values.insert(key.to_owned(), yes.into());
                }
                None => coded(row, None, "oui ou non"),
            },
            Kind::State => match words::state(cell) {
                Some(state) => set(row, key, state),
                None => row.reject(key, header, cell, "état inconnu", "en service, stock, panne, maintenance, prêt, essai, quarantaine, à réformer, réformé…"),
            },
            Kind::Holding => coded(row, words::holding(cell), "achat, location, mise à disposition, dépôt, prêt, essai, crédit-bail, don, recherche, transfert"),
            Kind::Criticality => coded(row, words::criticality(cell), "faible, moyenne, élevée, vitale"),
            Kind::Destination => coded(row, words::destination(cell), "détruit, vendu, donné, restitué, transféré, pièces, perdu, volé, brûlé"),
            Kind::Regulation => coded(row, words::regulation(cell), "MDR, IVDR, MDD, AIMDD, IVDD, hors DM"),
            Kind::Class => {
                let stated = cells::text(cell);
                if words::class(cell).is_none() {
                    row.remark(Level::Notice, key, header, cell, "classe gardée telle qu’écrite", "I, IIa, IIb, III, A, B, C, D");
                }
                set(row, key, words::class(cell).map_or(stated, str::to_owned));
            }
            Kind::Mac => match cells::mac(cell) {
                Some(mac) => set(row, key, mac),
                None => coded(row, None, "00:1A:2B:3C:4D:5E"),
            },
            Kind::Ip => match cells::ip(cell) {
                Some(ip) => set(row, key, ip),
                None => coded(row, None, "10.20.30.40"),
            },
        }
    }
}

fn set(row: &mut Checked, key: &str, value: impl Into<Value>) {
    row.values.insert(key.to_owned(), value.into());
}

fn within(row: &mut Checked, field: &Field, header: &str, value: String, most: usize) {
    let length = value.chars().count();
    if length > most {
        row.reject(
            field.key,
            header,
            &value,
            format!("trop long : {length} caractères"),
            &format!("{most} caractères au plus"),
        );
    } else if length > 0 {
        set(row, field.key, value);
    }
}

fn serial(row: &mut Checked, header: &str, cell: &str) {
    match cells::serial(cell) {
        Serial::Empty => {}
        Serial::Known(serial) if serial.chars().count() > 120 => row.reject(
            "serial_number",
            header,
            &serial,
            "n° de série trop long",
            "120 caractères au plus",
        ),
        Serial::Known(serial) => set(row, "serial_number", serial),
        Serial::Mangled(text) => {
            set(
                row,
                "serial_unknown_reason",
                format!("abîmé par un tableur : {text}"),
            );
            row.remark(Level::Warning, "serial_number", header, cell, "n° de série abîmé par un tableur : ses chiffres sont perdus ; l’équipement entre sans n° de série", "le n° de série de la plaque");
        }
        Serial::Missing(text) => {
            set(
                row,
                "serial_unknown_reason",
                format!("dit « {text} » dans le fichier"),
            );
            row.remark(
                Level::Notice,
                "serial_number",
                header,
                cell,
                "n° de série absent",
                "",
            );
        }
    }
}

/// What only the whole line can say.
fn complete(row: &mut Checked) {
    if row.get("inventory_number").is_none()
        && row.get("serial_number").is_none()
        && !row
            .remarks
            .iter()
            .any(|r| r.level == Level::Reject && r.field == "inventory_number")
    {
        row.reject(
            "inventory_number",
            "",
            "",
            "ni n° d’inventaire, ni n° de série utilisable : rien ne distingue cet équipement",
            "un n° d’inventaire, ou un n° de série avec fabricant et modèle",
        );
    }
    if ["common_name", "trade_name", "reference"]
        .iter()
        .all(|key| row.get(key).is_none())
    {
        row.reject("common_name", "", "", "ni dénomination, ni modèle, ni référence : on ne sait pas de quel équipement il s’agit", "une dénomination ou un modèle");
    }
    if row.get("inventory_number").is_some() && row.get("inventory_number") == row.get("parent") {
        row.values.remove("parent");
    }
    // A period that ends before it begins is a mistake of the file: the end is kept as words.
    if let (Some(start), Some(end)) = (row.get("holding_start_date"), row.get("holding_end_date"))
        && end < start
    {
        let end = end.to_owned();
        row.values.remove("holding_end_date");
        set(row, "holding_end_date_text", end.clone());
        row.remark(
            Level::Warning,
            "holding_end_date",
            "",
            &end,
            "la fin de détention précède son début ; gardée en texte",
            "",
        );
    }
}

/// The key of the model a row names: maker, then name, then reference, folded.
pub fn model_key(row: &Checked) -> String {
    let maker = row
        .get("manufacturer")
        .map(names::company_key)
        .unwrap_or_default();
    let name = row
        .get("trade_name")
        .or(row.get("common_name"))
        .map(names::plain)
        .unwrap_or_default();
    let reference = row.get("reference").map(names::plain).unwrap_or_default();
    format!("{maker}|{name}|{reference}")
}

/// Finds the lines that speak of a device an earlier line spoke of. Those that say the same are marked; those that say
/// something else are rejected: one file cannot mean both.
fn mark_repeated(rows: &mut [Checked]) {
    let mut by_number: HashMap<(String, String), usize> = HashMap::new();
    let mut by_serial: HashMap<(String, String, String), usize> = HashMap::new();
    for index in 0..rows.len() {
        if rows[index].is_rejected() {
            continue;
        }
        let place = rows[index]
            .get("establishment")
            .map(names::plain)
            .unwrap_or_default();
        let number = rows[index]
            .get("inventory_number")
            .map(|number| (place.clone(), number.to_owned()));
        let serial = rows[index]
            .get("serial_number")
            .map(|serial| (place, model_key(&rows[index]), serial.to_owned()));
        let earlier = match &number {
            Some(key) => by_number.get(key),
            None => serial.as_ref().and_then(|key| by_serial.get(key)),
        };
        let Some(&first) = earlier else {
            if let Some(key) = serial {
                if let Some(&other) = by_serial.get(&key) {
                    let line = rows[other].number;
                    let value = key.2.clone();
                    rows[index].remark(
                        Level::Warning,
                        "serial_number",
                        "",
                        &value,
                        format!(
                            "même n° de série que la ligne {line}, sous un autre n° d’inventaire"
                        ),
                        "",
                    );
                }
                by_serial.entry(key).or_insert(index);
            }
            if let Some(key) = number {
                by_number.insert(key, index);
            }
            continue;
        };
        let line = rows[first].number;
        match difference(&rows[first], &rows[index]) {
            None => rows[index].same_as = Some(line),
            Some(field) => {
                let (ours, theirs) = (shown(&rows[index], field), shown(&rows[first], field));
                let (reason, value) = (
                    format!(
                        "contredit la ligne {line}, qui porte la même clé : {} « {theirs} » là-bas, « {ours} » ici",
                        label(field)
                    ),
                    ours,
                );
                rows[index].reject(field, "", &value, reason, "une seule ligne par équipement");
            }
        }
    }
}

/// The first value in which a line differs from an earlier one, serial numbers first. A value it does not give is no
/// difference: an empty cell never means « erase ».
fn difference(first: &Checked, second: &Checked) -> Option<&'static str> {
    let company = |row: &Checked, key: &str| row.get(key).map(names::company_key);
    let folded = |row: &Checked, key: &str| row.get(key).map(names::plain);
    let keys = ["serial_number", "serial_unknown_reason"]
        .into_iter()
        .chain(super::fields::FIELDS.iter().map(|field| field.key));
    for key in keys {
        let given = |end: &str| second.values.contains_key(&format!("{key}{end}"));
        let other = |end: &str| {
            given(end)
                && first.values.get(&format!("{key}{end}"))
                    != second.values.get(&format!("{key}{end}"))
        };
        let differ = match super::fields::field(key).map(|field| field.kind) {
            Some(Kind::Party) => given("") && company(first, key) != company(second, key),
            Some(Kind::Place | Kind::Text(_)) => {
                given("") && folded(first, key) != folded(second, key)
            }
            Some(Kind::Day) => other("") || other("_text"),
            Some(Kind::Money) => other("_cents") || other("_text"),
            _ => other(""),
        };
        if differ {
            return Some(key);
        }
    }
    None
}

fn shown(row: &Checked, key: &str) -> String {
    let value = [
        key.to_owned(),
        format!("{key}_text"),
        format!("{key}_cents"),
    ]
    .iter()
    .find_map(|key| row.values.get(key))
    .cloned();
    match value {
        None => "rien".to_owned(),
        Some(Value::String(text)) => text,
        Some(Value::Bool(yes)) => if yes { "oui" } else { "non" }.to_owned(),
        Some(other) => other.to_string(),
    }
}

fn label(key: &str) -> &'static str {
    super::fields::field(key).map_or("N° de série", |field| field.label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::sheet::{ReadOptions, read};

    fn rows(text: &str) -> Vec<Checked> {
        let sheet = read(
            text.as_bytes(),
            &ReadOptions {
                header_row: Some(1),
                ..ReadOptions::default()
            },
        )
        .unwrap()
        .remove(0);
        let mapping = Mapping::guessed(&sheet);
        let reading = Reading {
            headers: &sheet.headers,
            mapping: &mapping,
            today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        };
        reading.read(&sheet.rows)
    }

    #[test]
    fn a_line_says_what_it_brings_and_what_was_not_understood() {
        let rows = rows(
            "N° inventaire;Désignation;N° de série;Date d’achat;Prix;État;Connecté\n00012; Moniteur  multi ;  S 1 ;oct-02;1 200,50 €;En service;oui\n",
        );
        let row = &rows[0];
        assert_eq!(row.get("inventory_number"), Some("00012"));
        assert_eq!(row.get("common_name"), Some("Moniteur multi"));
        assert_eq!(row.get("serial_number"), Some("S 1"));
        assert_eq!(
            (row.get("purchase_date"), row.get("purchase_date_text")),
            (None, Some("oct-02"))
        );
        assert_eq!(row.values["price_cents"], 120_050);
        assert_eq!(row.get("state"), Some("in_service"));
        assert!(!row.is_rejected());
        let remark = &row.remarks[0];
        assert_eq!(
            (
                remark.level,
                remark.column.as_str(),
                remark.value.as_str(),
                remark.expected.as_str()
            ),
            (Level::Warning, "Date d’achat", "oct-02", "jj/mm/aaaa")
        );
    }

    #[test]
    fn a_line_without_key_or_identity_or_with_a_strange_state_is_rejected_with_its_reason() {
        let rows = rows(
            "N° inventaire;Désignation;Modèle;N° de série;État\n;Moniteur;MX;;stock\nB2;;;S2;stock\nB3;Moniteur;;;bleu\n1,02E+11;Moniteur;;;stock\n;Moniteur;MX;S9;stock\n",
        );
        let reasons: Vec<bool> = rows.iter().map(Checked::is_rejected).collect();
        assert_eq!(reasons, [true, true, true, true, false]);
        assert!(rows[0].remarks[0].reason.contains("ni n° d’inventaire"));
        assert!(rows[2].remarks[0].expected.contains("en service"));
    }

    #[test]
    fn a_ruined_serial_is_kept_as_words_and_is_no_key() {
        let rows = rows(
            "N° inventaire;Désignation;N° de série\nB1;Moniteur;1,02031E+12\n;Moniteur;1,02031E+12\n",
        );
        assert_eq!(
            (
                rows[0].get("serial_number"),
                rows[0].get("serial_unknown_reason")
            ),
            (None, Some("abîmé par un tableur : 1,02031E+12"))
        );
        assert!(!rows[0].is_rejected());
        assert!(rows[1].is_rejected());
    }

    #[test]
    fn a_line_that_repeats_is_the_same_and_one_that_contradicts_is_rejected() {
        let rows = rows(
            "N° inventaire;Désignation;Fabricant;Modèle;N° de série;Service\nB1;Moniteur;Philips;MX;S1;Réa\nB1;Moniteur;PHILIPS SAS;MX;S1;réa\nB1;Moniteur;Philips;MX;S2;Réa\nB1;Moniteur;Philips;MX;S1;Bloc\n;Moniteur;Philips;MX;S1;Réa\nB2;Moniteur;Philips;MX;S1;Réa\n",
        );
        assert_eq!(rows[1].same_as, Some(2));
        assert!(
            rows[2].is_rejected()
                && rows[2].remarks[0]
                    .reason
                    .contains("N° de série « S1 » là-bas, « S2 » ici"),
            "{:?}",
            rows[2].remarks
        );
        assert!(rows[3].is_rejected() && rows[3].remarks[0].reason.contains("ligne 2"));
        assert_eq!(rows[4].same_as, Some(2), "found by maker, model and serial");
        assert!(
            !rows[5].is_rejected()
                && rows[5].remarks[0]
                    .reason
                    .contains("même n° de série que la ligne 2")
        );
    }

    #[test]
    fn the_words_of_a_hospital_are_learnt_once() {
        let sheet = read(
            "N° inventaire;Désignation;État\nB1;x;Bleu\n".as_bytes(),
            &ReadOptions::default(),
        )
        .unwrap()
        .remove(0);
        let mut mapping = Mapping::guessed(&sheet);
        mapping.columns.insert("État".into(), "state".into());
        mapping
            .values
            .entry("state".into())
            .or_default()
            .insert("bleu".into(), "stock".into());
        let reading = Reading {
            headers: &sheet.headers,
            mapping: &mapping,
            today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        };
        assert_eq!(reading.read(&sheet.rows)[0].get("state"), Some("stored"));
    }
}
