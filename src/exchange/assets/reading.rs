//! From the lines of an extract to assets: pure.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::exchange::imports::cells::{self, Day, Money};
use crate::exchange::imports::headers::fold;
use crate::platform::sheet::Sheet;

/// An asset, as a line gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Line of the file.
    pub line: i32,
    /// Its number.
    pub number: String,
    /// What it is.
    pub label: Option<String>,
    /// Value, in cents.
    pub value_cents: Option<i64>,
    /// Acquired.
    pub acquired_on: Option<NaiveDate>,
    /// Account.
    pub account: Option<String>,
    /// Serial.
    pub serial: Option<String>,
    /// Inventory number.
    pub inventory: Option<String>,
}

/// A line that is not an asset, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Line of the file.
    pub line: i32,
    /// Column, value and expected form.
    pub why: String,
}

/// What an extract holds.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Lines read.
    pub lines: usize,
    /// Assets, one a number.
    pub given: Vec<Given>,
    /// Lines said twice the same.
    pub repeated: usize,
    /// Lines refused.
    pub rejected: Vec<Rejected>,
}

const NUMBER: &[&str] = &["immobilisation", "immo", "asset", "actif", "bien"];
const VALUE: &[&str] = &["valeur", "montant", "prix", "cout", "value", "amount"];
const LABEL: &[&str] = &["libelle", "designation", "label", "description", "nom"];
const DATE: &[&str] = &["acquisition", "achat", "date", "service"];
const ACCOUNT: &[&str] = &["compte", "account", "imputation"];
const SERIAL: &[&str] = &["serie", "serial"];
const INVENTORY: &[&str] = &["inventaire", "inventory"];

/// The first column one of whose words is in the list, among those not taken.
fn column(headers: &[String], words: &[&str], taken: &mut Vec<usize>) -> Option<usize> {
    let found = words.iter().find_map(|word| {
        headers.iter().enumerate().position(|(at, header)| {
            !taken.contains(&at) && header.split(' ').any(|part| part.starts_with(word))
        })
    })?;
    taken.push(found);
    Some(found)
}

/// Reads a sheet; `Err` says which column is lacking.
pub fn read(sheet: &Sheet, today: NaiveDate) -> Result<Read, String> {
    let headers: Vec<String> = sheet.headers.iter().map(|h| fold(h)).collect();
    let mut taken = vec![];
    let inventory = column(&headers, INVENTORY, &mut taken);
    let serial = column(&headers, SERIAL, &mut taken);
    let account = column(&headers, ACCOUNT, &mut taken);
    let label = column(&headers, LABEL, &mut taken);
    let value = column(&headers, VALUE, &mut taken);
    let date = column(&headers, DATE, &mut taken);
    let number = column(&headers, NUMBER, &mut taken).ok_or_else(|| {
        format!(
            "Aucune colonne de numéro d’immobilisation parmi « {} » (attendu : « N° d’immobilisation »).",
            sheet.headers.join(" », « ")
        )
    })?;
    let mut out = Read {
        lines: sheet.rows.len(),
        ..Read::default()
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in &sheet.rows {
        let cell = |at: Option<usize>| {
            at.and_then(|at| row.cells.get(at))
                .map(|c| cells::text(c))
                .filter(|c| !cells::is_empty(c))
        };
        let line = row.number.cast_signed();
        let mut reject = |column: Option<usize>, value: &str, why: &str| {
            let name = column
                .and_then(|at| sheet.headers.get(at))
                .map_or("", String::as_str);
            out.rejected.push(Rejected {
                line,
                why: format!("{name} « {value} » : {why}"),
            });
        };
        let Some(found) = cell(Some(number)) else {
            reject(Some(number), "", "numéro attendu");
            continue;
        };
        if found.chars().count() > 60 {
            reject(Some(number), &found, "60 caractères au plus");
            continue;
        }
        let typed = cell(value).unwrap_or_default();
        let value_cents = match cells::money(&typed) {
            Money::Empty => None,
            Money::Cents(cents) => Some(cents),
            Money::Text(_, why) => {
                reject(value, &typed, why);
                continue;
            }
        };
        let typed = cell(date).unwrap_or_default();
        let acquired_on = match cells::day(&typed, today) {
            Day::Known(day, ..) => Some(day),
            Day::Empty => None,
            Day::Text(_, why) => {
                reject(date, &typed, why);
                continue;
            }
        };
        let given = Given {
            line,
            number: found.clone(),
            label: cell(label),
            value_cents,
            acquired_on,
            account: cell(account),
            serial: cell(serial),
            inventory: cell(inventory),
        };
        match seen.get(&found) {
            None => {
                seen.insert(found, out.given.len());
                out.given.push(given);
            }
            Some(at) => {
                let first = &out.given[*at];
                if (Given {
                    line: first.line,
                    ..given
                }) == *first
                {
                    out.repeated += 1;
                } else {
                    let first = first.line;
                    reject(
                        Some(number),
                        &found,
                        &format!("déjà donné à la ligne {first}, avec d’autres valeurs"),
                    );
                }
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::sheet::{self, ReadOptions};
    use proptest::prelude::*;

    fn of(text: &str) -> Read {
        let sheet = sheet::read(text.as_bytes(), &ReadOptions::default())
            .unwrap()
            .remove(0);
        read(&sheet, NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()).unwrap()
    }

    #[test]
    fn an_extract_is_read_with_its_french_amounts_and_days() {
        let found = of(
            "N° d'immobilisation;Libellé;Valeur brute;Date d'acquisition;Compte;N° de série;N° inventaire\nIM001;Moniteur;12 345,50;03/02/2024;2154;65CV;BM1\nIM002;Pompe;abc;;2154;;\n;Sans numéro;1;;;;\nIM001;Moniteur;12 345,50;03/02/2024;2154;65CV;BM1\nIM001;Autre;1;;;;\n",
        );
        assert_eq!(
            (
                found.lines,
                found.given.len(),
                found.repeated,
                found.rejected.len()
            ),
            (5, 1, 1, 3)
        );
        let first = &found.given[0];
        assert_eq!(
            (
                first.number.as_str(),
                first.value_cents,
                first.serial.as_deref(),
                first.inventory.as_deref()
            ),
            ("IM001", Some(1_234_550), Some("65CV"), Some("BM1"))
        );
        assert!(found.rejected[0].why.contains("« abc »"));
    }

    proptest! {
        /// Nothing is lost: every line is an asset, the repetition of one, or refused.
        #[test]
        fn every_line_is_counted_once(lines in prop::collection::vec(("[A-C]?[0-3]?", "[0-9,a]{0,4}"), 1..30)) {
            let mut text = String::from("Immobilisation;Valeur\n");
            for (number, value) in &lines { text += &format!("{number};{value}\n"); }
            if let Ok(sheets) = sheet::read(text.as_bytes(), &ReadOptions::default()) && let Some(sheet) = sheets.into_iter().next()
                && let Ok(found) = read(&sheet, NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()) {
                prop_assert_eq!(found.lines, found.given.len() + found.repeated + found.rejected.len());
            }
        }
    }
}
