//! Spreadsheets and delimited text, read and written, without a word of what they contain.
//!
//! Reading: [`read`] takes the bytes of a file and gives its [`Sheet`]s, whatever the file's name says: CSV and TSV of
//! any common encoding and separator, XLSX, XLS, ODS. What was detected (encoding, separator, header line) is kept, so
//! that it can be shown and corrected. Every cell becomes text: a date is ISO, `10.0` is `10`, a long number keeps its
//! digits, a text stays as typed. Row numbers are those a spreadsheet shows.
//!
//! Writing: [`CsvWriter`] and [`XlsxWriter`], row by row, in constant memory. Texts that a spreadsheet could run as a
//! formula are neutralised by a leading apostrophe, which [`read`] takes away again: what we export comes back unchanged.
//!
//! What must always hold: no file makes us hold more than [`Limits`] allows; every line of a file is either in a
//! [`Sheet`], blank, or named in its warnings.

mod book;
mod detect;
mod formula;
mod text;
mod write;

pub use formula::{is_risky, neutralise, restore};
pub use write::{CsvWriter, Value, XlsxWriter};

use std::fmt;

/// How much of a file is accepted.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes of an archive once inflated (XLSX and ODS are archives).
    pub inflated: u64,
    /// How many times larger than the file its inflated content may be.
    pub ratio: u64,
    /// Lines of one sheet.
    pub rows: usize,
    /// Columns of one sheet.
    pub columns: usize,
    /// Characters of one cell.
    pub cell: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 100 << 20,
            inflated: 1 << 30,
            ratio: 250,
            rows: 200_000,
            columns: 400,
            cell: 32_767,
        }
    }
}

/// What the reader is told rather than left to guess.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Name of the encoding of a delimited text (`windows-1252`…).
    pub encoding: Option<String>,
    /// Separator of a delimited text.
    pub separator: Option<char>,
    /// Line of the header, from 1.
    pub header_row: Option<u32>,
    /// How much is accepted.
    pub limits: Limits,
}

/// One sheet of a workbook, or a whole delimited text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Name of the sheet; empty for a delimited text.
    pub name: String,
    /// Line of the header, from 1 as a spreadsheet counts; 0 when the sheet is empty.
    pub header_row: u32,
    /// Headers, made unique, never blank.
    pub headers: Vec<String>,
    /// Lines under the header that hold something, each as wide as the header.
    pub rows: Vec<Row>,
    /// What the bytes were: encoding of a text, or the kind of workbook.
    pub encoding: String,
    /// Separator of a delimited text.
    pub separator: Option<char>,
    /// What a person should know before trusting the content, in French.
    pub warnings: Vec<String>,
}

/// A line and its number in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Number of the line as a spreadsheet shows it.
    pub number: u32,
    /// Cells, as wide as the header.
    pub cells: Vec<String>,
}

/// Why a file cannot be read at all. The text is for the person who chose the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetError {
    /// Nothing in it.
    Empty,
    /// Not a table: what it seems to be, and what to do.
    NotATable(String),
    /// Protected by a password.
    Protected,
    /// Past a limit: which, in words.
    TooLarge(String),
    /// A workbook that cannot be understood: the detail.
    Damaged(String),
    /// The caller asked for an encoding that does not exist.
    UnknownEncoding(String),
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SheetError::Empty => f.write_str("Le fichier est vide."),
            SheetError::NotATable(what) => {
                write!(f, "{what} Enregistrez le tableau en CSV, XLSX, XLS ou ODS.")
            }
            SheetError::Protected => f.write_str(
                "Le classeur est protégé par un mot de passe : enregistrez-le sans protection.",
            ),
            SheetError::TooLarge(what) => {
                write!(f, "Le fichier dépasse ce qui est accepté : {what}.")
            }
            SheetError::Damaged(detail) => write!(
                f,
                "Le classeur est illisible ({detail}). Ouvrez-le dans un tableur et enregistrez-le de nouveau."
            ),
            SheetError::UnknownEncoding(name) => write!(f, "Le codage « {name} » n’existe pas."),
        }
    }
}

impl std::error::Error for SheetError {}

/// Reads every sheet of a file, told apart by its content and never by its name. Sheets without a single line are left out.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>, SheetError> {
    let limits = &options.limits;
    if bytes.len() > limits.bytes {
        return Err(SheetError::TooLarge(format!(
            "{} Mo au plus",
            limits.bytes >> 20
        )));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(SheetError::Empty);
    }
    let sheets = match detect::content(bytes) {
        detect::Content::Text => vec![text::read(bytes, options)?],
        detect::Content::Zip => book::read_archive(bytes, options)?,
        detect::Content::Compound => book::read_compound(bytes, options)?,
        detect::Content::Other(what) => return Err(SheetError::NotATable(what.to_owned())),
    };
    if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(SheetError::Empty);
    }
    Ok(sheets)
}

/// Cells of a grid with the number of each line, before the header is known.
pub(crate) type Grid = Vec<(u32, Vec<String>)>;

/// Makes a sheet of a grid: finds the header, names the columns, squares the lines.
fn assemble(
    name: String,
    grid: Grid,
    encoding: String,
    separator: Option<char>,
    mut warnings: Vec<String>,
    options: &ReadOptions,
) -> Result<Sheet, SheetError> {
    let limits = &options.limits;
    if grid.len() > limits.rows + 50 {
        return Err(SheetError::TooLarge(format!(
            "{} lignes au plus",
            limits.rows
        )));
    }
    let header_at = match options.header_row {
        Some(wanted) => grid
            .iter()
            .position(|(number, _)| *number >= wanted)
            .unwrap_or(0),
        None => detect::header(&grid),
    };
    let Some((header_row, header)) = grid.get(header_at).cloned() else {
        return Ok(Sheet {
            name,
            header_row: 0,
            headers: Vec::new(),
            rows: Vec::new(),
            encoding,
            separator,
            warnings,
        });
    };
    let body = &grid[header_at + 1..];
    let widest = body
        .iter()
        .map(|(_, cells)| filled_width(cells))
        .max()
        .unwrap_or(0);
    let width = filled_width(&header).max(widest.min(limits.columns + 1));
    if width > limits.columns {
        return Err(SheetError::TooLarge(format!(
            "{} colonnes au plus",
            limits.columns
        )));
    }
    if header_row > 1 && header_at > 0 {
        warnings.push(format!(
            "Les titres de colonnes sont en ligne {header_row} ; ce qui précède n’est pas lu."
        ));
    }
    let headers = name_columns(&header, width, &mut warnings);
    let own_width = filled_width(&header);
    let (mut long, mut cut) = (Vec::new(), 0usize);
    let mut rows = Vec::with_capacity(body.len());
    for (number, cells) in body {
        if cells.iter().all(|cell| restore(cell).trim().is_empty()) {
            continue;
        }
        if filled_width(cells) > own_width {
            long.push(*number);
        }
        let mut cells: Vec<String> = cells.iter().take(width).map(|cell| restore(cell)).collect();
        cells.resize(width, String::new());
        for cell in &mut cells {
            if cell.chars().nth(limits.cell).is_some() {
                *cell = cell.chars().take(limits.cell).collect();
                cut += 1;
            }
        }
        rows.push(Row {
            number: *number,
            cells,
        });
    }
    if let Some(first) = long.first() {
        warnings.push(format!("{} ligne(s) ont plus de cellules que la ligne de titres (la première : ligne {first}) : un séparateur s’y trouve peut-être sans guillemets.", long.len()));
    }
    if cut > 0 {
        warnings.push(format!(
            "{cut} cellule(s) coupée(s) à {} caractères.",
            limits.cell
        ));
    }
    Ok(Sheet {
        name,
        header_row,
        headers,
        rows,
        encoding,
        separator,
        warnings,
    })
}

fn filled_width(cells: &[String]) -> usize {
    cells
        .iter()
        .rposition(|cell| !cell.trim().is_empty())
        .map_or(0, |last| last + 1)
}

fn name_columns(header: &[String], width: usize, warnings: &mut Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(width);
    let mut repeated = Vec::new();
    for column in 0..width {
        let raw = header
            .get(column)
            .map(|cell| restore(cell))
            .unwrap_or_default();
        let mut label = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        if label.is_empty() {
            label = format!("Colonne {}", column_letters(column));
        }
        if names.contains(&label) {
            repeated.push(label.clone());
            let mut nth = 2;
            while names.contains(&format!("{label} ({nth})")) {
                nth += 1;
            }
            label = format!("{label} ({nth})");
        }
        names.push(label);
    }
    if !repeated.is_empty() {
        warnings.push(format!(
            "Titres de colonnes répétés : {}.",
            repeated.join(", ")
        ));
    }
    names
}

/// `0` → `A`, `26` → `AA`, as spreadsheets letter their columns.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests;
