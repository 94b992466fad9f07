//! The export of exactly one list: the same selection, every page, row by row into a file.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono_tz::Tz;
use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::rows::Cell;
use super::spec::Column;
use super::sql::Reading;
use crate::platform::sheet::{CsvWriter, Value, XlsxWriter};

/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;

/// A format of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, as French spreadsheets read them.
    Csv,
    /// Excel workbook.
    Xlsx,
}

impl Format {
    /// The format of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
    /// The end of the file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Where an export's bytes go, as they come.
pub type Sink = mpsc::Sender<io::Result<Bytes>>;

/// A file being written whose bytes leave while it grows.
#[derive(Clone, Default)]
struct Growing(Arc<Mutex<Vec<u8>>>);

impl Growing {
    fn take(&self, at_least: usize) -> Option<Bytes> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (bytes.len() >= at_least && !bytes.is_empty())
            .then(|| Bytes::from(std::mem::take(&mut *bytes)))
    }
}

impl Write for Growing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(buffer);
        Ok(buffer.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn value(cell: Cell, zone: Tz) -> Value {
    match cell {
        Cell::Empty => Value::Empty,
        Cell::Text(text) | Cell::Mono(text) => Value::Text(text),
        Cell::Ref { label, .. } => Value::Text(label),
        Cell::Choice { label, .. } => Value::from(label),
        Cell::Date(day) => Value::Day(day),
        Cell::DateTime(at) => {
            Value::Text(at.with_timezone(&zone).format("%d/%m/%Y %H:%M").to_string())
        }
        Cell::Number(number) => Value::Whole(number),
        Cell::Bool(yes) => Value::Flag(yes),
        // A number where a number holds it exactly, else its digits.
        Cell::Decimal(text) => match text.parse::<f64>() {
            Ok(number) if text.len() <= 15 => Value::Number(number),
            _ => Value::Text(text.replace('.', ",")),
        },
    }
}

/// The reader of the download went away.
fn gone() -> sqlx::Error {
    sqlx::Error::Io(io::Error::from(io::ErrorKind::BrokenPipe))
}

impl Reading<'_> {
    /// The columns that an export of this list writes.
    #[must_use]
    pub fn exported(&self) -> Vec<&'static Column> {
        self.query
            .columns
            .iter()
            .copied()
            .filter(|column| !column.screen_only)
            .collect()
    }

    /// Writes the whole list; gives how many rows it wrote.
    ///
    /// # Errors
    /// When the database does not answer, or nobody takes the bytes any more.
    pub async fn export(
        &self,
        conn: &mut PgConnection,
        format: Format,
        sink: &Sink,
    ) -> sqlx::Result<u64> {
        let columns = self.exported();
        let headers: Vec<&str> = columns.iter().map(|column| column.label).collect();
        let zone = self.zone;
        match format {
            Format::Csv => {
                let growing = Growing::default();
                let mut file = CsvWriter::new(growing.clone(), &headers)?;
                let count = self
                    .every(conn, &columns, async |row| {
                        let cells: Vec<Value> = row
                            .cells
                            .into_iter()
                            .map(|cell| value(cell, zone))
                            .collect();
                        file.row(&cells)?;
                        match growing.take(CHUNK) {
                            Some(bytes) => sink.send(Ok(bytes)).await.map_err(|_| gone()),
                            None => Ok(()),
                        }
                    })
                    .await?;
                file.finish()?;
                if let Some(bytes) = growing.take(1) {
                    sink.send(Ok(bytes)).await.map_err(|_| gone())?;
                }
                Ok(count)
            }
            Format::Xlsx => {
                let mut file =
                    XlsxWriter::new(self.query.spec.title, &headers).map_err(io::Error::other)?;
                let count = self
                    .every(conn, &columns, async |row| {
                        let cells: Vec<Value> = row
                            .cells
                            .into_iter()
                            .map(|cell| value(cell, zone))
                            .collect();
                        file.row(&cells)
                            .map_err(|error| sqlx::Error::Io(io::Error::other(error)))
                    })
                    .await?;
                // Compressing a long sheet takes a while: not on a thread that answers people.
                let book = tokio::task::spawn_blocking(move || file.finish_bytes())
                    .await
                    .map_err(io::Error::other)?
                    .map_err(io::Error::other)?;
                let book = Bytes::from(book);
                for from in (0..book.len()).step_by(CHUNK) {
                    let until = (from + CHUNK).min(book.len());
                    sink.send(Ok(book.slice(from..until)))
                        .await
                        .map_err(|_| gone())?;
                }
                Ok(count)
            }
        }
    }
}
