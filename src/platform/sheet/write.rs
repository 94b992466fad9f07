//! Tables on their way out: CSV for French spreadsheets (UTF-8 with its mark, `;`, decimal comma) and XLSX.
//! Row by row: an export of any length holds one row in memory.

use super::formula::neutralise;
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use std::io::{self, Seek, Write};

/// One cell on its way out.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// A text, written as text whatever it looks like.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A day.
    Day(NaiveDate),
    /// Yes or no, written in words.
    Flag(bool),
}

impl Value {
    /// A text, or nothing.
    pub fn maybe(text: Option<&str>) -> Value {
        text.filter(|text| !text.is_empty())
            .map_or(Value::Empty, |text| Value::Text(text.to_owned()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

/// Line breaks as spreadsheets write them inside a cell, and nothing that a reader would refuse.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    neutralise(
        &text
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect::<String>(),
    )
}

/// Writes a CSV: UTF-8 with its mark, `;`, lines ending in CR LF, decimal comma, dd/mm/yyyy.
pub struct CsvWriter<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Begins the file with its headers.
    pub fn new(mut sink: W, headers: &[&str]) -> io::Result<Self> {
        sink.write_all("\u{feff}".as_bytes())?;
        let mut out = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .from_writer(sink);
        out.write_record(headers.iter().map(|header| clean(header)))?;
        Ok(CsvWriter { out })
    }

    /// Writes one line.
    pub fn row(&mut self, cells: &[Value]) -> io::Result<()> {
        self.out.write_record(cells.iter().map(csv_text))?;
        Ok(())
    }

    /// Ends the file and gives the sink back.
    pub fn finish(self) -> io::Result<W> {
        self.out
            .into_inner()
            .map_err(|e| io::Error::other(e.to_string()))
    }
}

fn csv_text(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => clean(text),
        Value::Whole(number) => number.to_string(),
        Value::Number(number) => number.to_string().replace('.', ","),
        Value::Day(day) => day.format("%d/%m/%Y").to_string(),
        Value::Flag(yes) => if *yes { "oui" } else { "non" }.to_owned(),
    }
}

/// Writes an XLSX of one sheet: texts are typed as text, days as days, numbers as numbers.
pub struct XlsxWriter {
    book: Workbook,
    line: u32,
    day: Format,
}

/// Longest text a cell of a workbook may hold.
const CELL: usize = 32_767;

impl XlsxWriter {
    /// Begins the sheet with its headers.
    pub fn new(name: &str, headers: &[&str]) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(sheet_name(name))?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, header) in (0u16..).zip(headers) {
            sheet.set_column_width(
                column,
                (header.chars().count() as f64 + 3.0).clamp(10.0, 32.0),
            )?;
        }
        for (column, header) in (0u16..).zip(headers) {
            sheet.write_string_with_format(0, column, clean(header), &bold)?;
        }
        Ok(XlsxWriter {
            book,
            line: 0,
            day: Format::new().set_num_format("dd/mm/yyyy"),
        })
    }

    /// Writes one line.
    pub fn row(&mut self, cells: &[Value]) -> Result<(), XlsxError> {
        self.line += 1;
        let line = self.line;
        let sheet = self.book.worksheet_from_index(0)?;
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Value::Empty => {}
                Value::Text(text) => {
                    let text = clean(text);
                    if text.chars().nth(CELL).is_some() {
                        sheet.write_string(
                            line,
                            column,
                            text.chars().take(CELL).collect::<String>(),
                        )?;
                    } else {
                        sheet.write_string(line, column, text)?;
                    }
                }
                Value::Whole(number) if number.unsigned_abs() < 1 << 53 => {
                    sheet.write_number(line, column, *number as f64)?;
                }
                Value::Whole(number) => {
                    sheet.write_string(line, column, number.to_string())?;
                }
                Value::Number(number) => {
                    sheet.write_number(line, column, *number)?;
                }
                Value::Day(day) => {
                    let parts = (
                        u16::try_from(day.year()),
                        day.month() as u8,
                        day.day() as u8,
                    );
                    match parts
                        .0
                        .ok()
                        .and_then(|year| ExcelDateTime::from_ymd(year, parts.1, parts.2).ok())
                    {
                        Some(date) => {
                            sheet.write_datetime_with_format(line, column, date, &self.day)?
                        }
                        // Before 1900 a spreadsheet knows no date.
                        None => {
                            sheet.write_string(line, column, day.format("%d/%m/%Y").to_string())?
                        }
                    };
                }
                Value::Flag(yes) => {
                    sheet.write_string(line, column, if *yes { "oui" } else { "non" })?;
                }
            }
        }
        Ok(())
    }

    /// Writes the workbook out.
    pub fn finish<W: Write + Seek + Send>(mut self, sink: W) -> Result<(), XlsxError> {
        self.book.save_to_writer(sink)
    }

    /// The workbook as bytes.
    pub fn finish_bytes(mut self) -> Result<Vec<u8>, XlsxError> {
        self.book.save_to_buffer()
    }
}

/// A name that a spreadsheet accepts for a sheet.
fn sheet_name(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''))
        .take(31)
        .collect();
    if name.trim().is_empty() {
        "Feuille1".to_owned()
    } else {
        name
    }
}
