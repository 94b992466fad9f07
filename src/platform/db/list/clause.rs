//! One condition on one column: typed values, read from an address or from the filter form.

use chrono::NaiveDate;
use uuid::Uuid;

use super::spec::{Column, Kind, ListSpec, Op};

/// How many values « parmi » takes: a pasted list of serials.
pub const MOST_VALUES: usize = 2_000;
const MOST_CHARS: usize = 300;

/// A typed filter value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words, compared without accents or case.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A whole number.
    Number(i64),
    /// A decimal number, as written with a point.
    Decimal(String),
    /// Yes or no.
    Bool(bool),
    /// One of the column's codes.
    Code(&'static str),
    /// Another record.
    Id(Uuid),
}

/// One condition on one column.
#[derive(Debug, Clone)]
pub struct Clause {
    /// The column.
    pub column: &'static Column,
    /// What is asked of it.
    pub op: Op,
    /// Nothing, one value, two bounds, or a list, as the operator wants.
    pub values: Vec<Value>,
}

impl PartialEq for Clause {
    fn eq(&self, other: &Self) -> bool {
        self.column.key == other.column.key && self.op == other.op && self.values == other.values
    }
}

/// Splits on a mark that no backslash protects; the backslashes stay.
pub(super) fn split_plain(text: &str, mark: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut protected) = (0, false);
    for (at, c) in text.char_indices() {
        if protected {
            protected = false;
        } else if c == '\\' {
            protected = true;
        } else if c == mark {
            parts.push(&text[from..at]);
            from = at + c.len_utf8();
        }
    }
    parts.push(&text[from..]);
    parts
}

fn unprotect(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.push(chars.next().unwrap_or('\\')),
            c => plain.push(c),
        }
    }
    plain
}

fn protect(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | ',') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// One line of bounded length.
pub(super) fn cut(text: &str) -> String {
    let text = text.replace(['\n', '\t'], " ");
    text.trim()
        .chars()
        .take(MOST_CHARS)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// A day as people or programs write it.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y"))
        .ok()?;
    let year = chrono::Datelike::year(&date);
    (1000..=9999).contains(&year).then_some(date)
}

fn without_spaces(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}' && *c != '\u{a0}')
        .collect()
}

pub(super) fn decimal(text: &str) -> Option<String> {
    let text = without_spaces(text).replace(',', ".");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 30
        || fraction.len() > 15
        || !all_digits(whole)
        || !all_digits(fraction)
    {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    let sign = if whole == "0" && fraction.is_empty() {
        ""
    } else {
        sign
    };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

/// Reads one value as the column's kind; the error says what was expected.
fn value(column: &'static Column, text: &str) -> Result<Value, &'static str> {
    let text = cut(text);
    match column.kind {
        Kind::Text | Kind::Mono => Ok(Value::Text(text)),
        Kind::Date | Kind::DateTime => day(&text)
            .map(Value::Date)
            .ok_or("une date comme 31/12/2026 ou 2026-12-31"),
        Kind::Number => without_spaces(&text)
            .parse()
            .map(Value::Number)
            .map_err(|_| "un nombre entier"),
        Kind::Decimal => decimal(&text).map(Value::Decimal).ok_or("un nombre"),
        Kind::Bool => match text.to_lowercase().as_str() {
            "true" | "oui" | "1" => Ok(Value::Bool(true)),
            "false" | "non" | "0" => Ok(Value::Bool(false)),
            _ => Err("« oui » ou « non »"),
        },
        Kind::Choice(choices) => choices
            .iter()
            .find(|(code, ..)| *code == text)
            .or_else(|| {
                choices
                    .iter()
                    .find(|(_, label, _)| label.to_lowercase() == text.to_lowercase())
            })
            .map(|(code, ..)| Value::Code(code))
            .ok_or("une valeur de la liste"),
        Kind::Ref(_) => Ok(match Uuid::try_parse(&text) {
            Ok(id) => Value::Id(id),
            Err(_) => Value::Text(text),
        }),
    }
}

impl Value {
    /// As written in addresses, before protection.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Text(text) | Self::Decimal(text) => text.clone(),
            Self::Date(day) => day.format("%Y-%m-%d").to_string(),
            Self::Number(number) => number.to_string(),
            Self::Bool(yes) => yes.to_string(),
            Self::Code(code) => (*code).to_owned(),
            Self::Id(id) => id.to_string(),
        }
    }
    fn below(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Date(a), Self::Date(b)) => a < b,
            (Self::Number(a), Self::Number(b)) => a < b,
            (Self::Decimal(a), Self::Decimal(b)) => match (a.parse::<f64>(), b.parse::<f64>()) {
                (Ok(a), Ok(b)) => a < b,
                _ => false,
            },
            _ => false,
        }
    }
}

impl Clause {
    /// Reads the values of one condition. Nothing typed at all = no condition.
    pub(super) fn read(
        column: &'static Column,
        mut op: Op,
        typed: &[String],
    ) -> Result<Option<Self>, String> {
        if !column.operators().contains(&op) {
            return Err(format!(
                "Filtre ignoré : « {} » ne se filtre pas par « {} ».",
                column.label,
                op.label(&column.kind)
            ));
        }
        if !op.takes_value() {
            return Ok(Some(Self {
                column,
                op,
                values: Vec::new(),
            }));
        }
        let typed: Vec<&String> = typed
            .iter()
            .filter(|text| !text.trim().is_empty())
            .collect();
        if typed.is_empty() {
            return Ok(None);
        }
        if op == Op::In && typed.len() > MOST_VALUES {
            return Err(format!(
                "Filtre ignoré : « {} » accepte au plus {MOST_VALUES} valeurs, {} reçues.",
                column.label,
                typed.len()
            ));
        }
        if op == Op::Between && typed.len() != 2 {
            return Err(format!(
                "Filtre ignoré : « {} » demande deux bornes.",
                column.label
            ));
        }
        let mut values = Vec::with_capacity(typed.len());
        for text in typed {
            let read = value(column, text).map_err(|expected| {
                format!(
                    "Filtre ignoré : « {} » n’est pas une valeur de « {} », qui attend {expected}.",
                    cut(text),
                    column.label
                )
            })?;
            if !values.contains(&read) {
                values.push(read);
            }
        }
        if op == Op::Between {
            if let [only] = values.as_slice() {
                values.push(only.clone());
            }
            if values[1].below(&values[0]) {
                values.swap(0, 1);
            }
        } else if op != Op::In {
            values.truncate(1);
        }
        // A record is filtered by its id; words typed instead are looked for in its label.
        if matches!(column.kind, Kind::Ref(_)) {
            let words = values.iter().any(|value| matches!(value, Value::Text(_)));
            match op {
                Op::Is if words => op = Op::Has,
                Op::Not | Op::In if words => {
                    return Err(format!(
                        "Filtre ignoré : « {} » attend un choix dans les suggestions.",
                        column.label
                    ));
                }
                Op::Has | Op::Starts if !words => op = Op::Is,
                _ => {}
            }
        }
        Ok(Some(Self { column, op, values }))
    }

    pub(super) fn parse(spec: &'static ListSpec, text: &str) -> Result<Option<Self>, String> {
        let (key, rest) = text.split_once(':').unwrap_or((text, ""));
        let (op, rest) = rest.split_once(':').unwrap_or((rest, ""));
        let column = spec
            .column(key)
            .filter(|column| column.filter)
            .ok_or_else(|| format!("Filtre ignoré : colonne inconnue « {} ».", cut(key)))?;
        let op = Op::from_code(op)
            .ok_or_else(|| format!("Filtre ignoré : opérateur inconnu « {} ».", cut(op)))?;
        let typed: Vec<String> = match op {
            Op::In | Op::Between => split_plain(rest, ',').into_iter().map(unprotect).collect(),
            _ => vec![unprotect(rest)],
        };
        Self::read(column, op, &typed)
    }

    /// `column:operator:value,value`
    #[must_use]
    pub fn code(&self) -> String {
        let values: Vec<String> = self
            .values
            .iter()
            .map(|value| protect(&value.code()))
            .collect();
        if values.is_empty() {
            format!("{}:{}", self.column.key, self.op.code())
        } else {
            format!(
                "{}:{}:{}",
                self.column.key,
                self.op.code(),
                values.join(",")
            )
        }
    }
}
