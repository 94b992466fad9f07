//! Values and conditions in French words, and as programs read them.

use std::collections::HashMap;

use chrono_tz::Tz;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::clause::{Clause, Value};
use super::rows::Cell;
use super::spec::{Column, Kind, Op, Tone};

/// One cell ready to be shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its column.
    pub column: &'static Column,
    /// Its value.
    pub cell: Cell,
    /// The value in words.
    pub text: String,
    /// Exact form, shown on hover where the words are shorter.
    pub exact: Option<String>,
}

impl Shown {
    /// Whether there is nothing to show but the word for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cell == Cell::Empty
    }
    /// Where the cell leads.
    #[must_use]
    pub fn href(&self) -> Option<&str> {
        match &self.cell {
            Cell::Ref { href, .. } => href.as_deref(),
            _ => None,
        }
    }
    /// Meaning of a choice; `None` for other cells.
    #[must_use]
    pub const fn tone(&self) -> Option<&'static str> {
        match &self.cell {
            Cell::Choice {
                tone: Tone::Neutral,
                ..
            } => None,
            Cell::Choice { tone, .. } => Some(tone.code()),
            _ => None,
        }
    }
    /// Class of the cell.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self.column.kind {
            Kind::Mono => "key",
            Kind::Number | Kind::Decimal => "num",
            _ => "",
        }
    }
}

/// « 1 243 »
#[must_use]
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + 8);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    if number < 0 {
        format!("−{grouped}")
    } else {
        grouped
    }
}

/// « 23 nov. 2026 »
fn french_day(day: chrono::NaiveDate) -> String {
    use chrono::Datelike as _;
    const MONTHS: [&str; 12] = [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ];
    let month = MONTHS[day.month0() as usize % 12];
    let number = if day.day() == 1 {
        "1er".to_owned()
    } else {
        day.day().to_string()
    };
    format!("{number} {month} {}", day.year())
}

pub(super) fn shown(column: &'static Column, cell: Cell, zone: Tz) -> Shown {
    let mut exact = None;
    let text = match &cell {
        Cell::Empty => column.empty.to_owned(),
        Cell::Text(text) | Cell::Mono(text) => text.clone(),
        Cell::Ref { label, .. } => label.clone(),
        Cell::Choice { label, .. } => (*label).to_owned(),
        Cell::Bool(true) => "oui".to_owned(),
        Cell::Bool(false) => "non".to_owned(),
        Cell::Number(number) => thousands(*number),
        Cell::Decimal(text) => text.replace('.', ",").replace('-', "−"),
        Cell::Date(day) => french_day(*day),
        Cell::DateTime(at) => {
            let local = at.with_timezone(&zone);
            exact = Some(local.format("%d/%m/%Y %H:%M:%S %Z").to_string());
            format!(
                "{} {}",
                french_day(local.date_naive()),
                local.format("%H:%M")
            )
        }
    };
    Shown {
        column,
        cell,
        text,
        exact,
    }
}

pub(super) fn typed(cell: &Cell) -> Json {
    match cell {
        Cell::Empty => Json::Null,
        Cell::Text(text) | Cell::Mono(text) | Cell::Decimal(text) => json!(text),
        Cell::Date(day) => json!(day.to_string()),
        Cell::DateTime(at) => json!(at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)),
        Cell::Number(number) => json!(number),
        Cell::Bool(yes) => json!(yes),
        Cell::Choice { code, .. } => json!(code),
        Cell::Ref { label, id, href } => json!({"id": id, "label": label, "href": href}),
    }
}

/// A clause in words, with or without its column's name.
pub(super) fn sentence(
    clause: &Clause,
    names: &HashMap<Uuid, String>,
    with_column: bool,
) -> String {
    const SHOWN: usize = 5;
    let column = clause.column;
    let word = |value: &Value| match value {
        Value::Code(code) => match column.kind {
            Kind::Choice(choices) => choices
                .iter()
                .find(|(known, ..)| known == code)
                .map_or(*code, |(_, label, _)| label)
                .to_owned(),
            _ => (*code).to_owned(),
        },
        Value::Bool(yes) => if *yes { "oui" } else { "non" }.to_owned(),
        Value::Date(day) => french_day(*day),
        Value::Number(number) => thousands(*number),
        Value::Decimal(text) => text.replace('.', ","),
        Value::Id(id) => names
            .get(id)
            .cloned()
            .unwrap_or_else(|| "fiche inconnue ou invisible".to_owned()),
        Value::Text(text) => format!("« {text} »"),
    };
    let words: Vec<String> = clause.values.iter().take(SHOWN).map(word).collect();
    let said = match (clause.op, words.as_slice()) {
        (Op::In, _) if clause.values.len() > SHOWN => {
            format!("parmi {} valeurs", thousands(clause.values.len() as i64))
        }
        (Op::In, words) => format!("est {}", words.join(" ou ")),
        (Op::Between, [from, until]) => format!("de {from} à {until}"),
        (op, words) if op.takes_value() => {
            format!("{} {}", op.label(&column.kind), words.join(" "))
        }
        (op, _) => op.label(&column.kind).to_owned(),
    };
    if with_column {
        format!("{} {said}", column.label)
    } else {
        said
    }
}
