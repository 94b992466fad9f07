//! Delimited text: which encoding, which separator, then the cells.

use super::{Grid, ReadOptions, Sheet, SheetError, assemble, detect};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

const SEPARATORS: [char; 5] = [';', ',', '\t', '|', '^'];

/// Reads a delimited text.
pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Sheet, SheetError> {
    let mut warnings = Vec::new();
    let (text, encoding) = decode(bytes, options.encoding.as_deref(), &mut warnings)?;
    let (text, declared) = take_declaration(&text);
    let separator = options
        .separator
        .or(declared)
        .unwrap_or_else(|| guess_separator(text));
    let skipped = u32::from(declared.is_some());
    let mut grid = Grid::new();
    for record in Records::new(text, separator) {
        if record.unclosed {
            warnings.push(format!("Un guillemet ouvert en ligne {} n’est jamais refermé : il est lu comme un caractère ordinaire.", record.number + skipped));
        }
        grid.push((record.number + skipped, record.cells));
        if grid.len() > options.limits.rows + 50 {
            return Err(SheetError::TooLarge(format!(
                "{} lignes au plus",
                options.limits.rows
            )));
        }
    }
    assemble(
        String::new(),
        grid,
        encoding,
        Some(separator),
        warnings,
        options,
    )
}

fn decode(
    bytes: &[u8],
    asked: Option<&str>,
    warnings: &mut Vec<String>,
) -> Result<(String, String), SheetError> {
    let (encoding, label): (&'static Encoding, String) = if let Some(name) = asked {
        let encoding = Encoding::for_label(name.trim().as_bytes())
            .ok_or_else(|| SheetError::UnknownEncoding(name.to_owned()))?;
        (encoding, encoding.name().to_owned())
    } else if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        (encoding, format!("{} (BOM)", encoding.name()))
    } else if let Some(little) = detect::looks_utf16(bytes) {
        let encoding = if little { UTF_16LE } else { UTF_16BE };
        (encoding, encoding.name().to_owned())
    } else {
        guess_encoding(bytes, warnings)
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken {
        let count = text.matches('\u{fffd}').count();
        warnings.push(format!(
            "{count} caractère(s) illisible(s) en {} : vérifiez le codage.",
            encoding.name()
        ));
    }
    let mut text = text.into_owned();
    if text.contains('\0') {
        warnings.push("Des octets nuls ont été retirés.".to_owned());
        text.retain(|c| c != '\0');
    }
    let twice = ["Ã©", "Ã¨", "Ã‰", "Ã´", "Ã§", "â€™", "Â°"]
        .iter()
        .map(|mark| text.matches(mark).count())
        .sum::<usize>();
    if twice >= 3 {
        warnings.push(format!(
            "{twice} suites comme « Ã© » : le fichier semble avoir été codé deux fois en UTF-8."
        ));
    }
    Ok((text, label))
}

fn guess_encoding(bytes: &[u8], warnings: &mut Vec<String>) -> (&'static Encoding, String) {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => (UTF_8, "ASCII".to_owned()),
        Ok(_) => (UTF_8, "UTF-8".to_owned()),
        Err(_) => {
            // A few broken bytes in a text that is otherwise UTF-8 do not make it Latin.
            let lossy = String::from_utf8_lossy(bytes);
            let good = lossy
                .chars()
                .filter(|c| !c.is_ascii() && *c != '\u{fffd}')
                .count();
            let bad = lossy.matches('\u{fffd}').count();
            if good > bad * 20 {
                warnings.push("Le texte est en UTF-8, à quelques octets près.".to_owned());
                return (UTF_8, "UTF-8".to_owned());
            }
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            let encoding = detector.guess(Some(b"fr"), Utf8Detection::Deny);
            (encoding, encoding.name().to_owned())
        }
    }
}

/// Excel's first line `sep=;`.
fn take_declaration(text: &str) -> (&str, Option<char>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let first = text[..end].trim_matches('"');
    let mut rest = first
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .map(|_| first[4..].chars());
    match rest
        .as_mut()
        .map(|characters| (characters.next(), characters.next()))
    {
        Some((Some(separator), None)) => {
            let body = &text[end..];
            let body = body
                .strip_prefix("\r\n")
                .or_else(|| body.strip_prefix(['\r', '\n']))
                .unwrap_or(body);
            (body, Some(separator))
        }
        _ => (text, None),
    }
}

/// The separator that cuts most lines into the same number of cells, the finer of equals.
fn guess_separator(text: &str) -> char {
    let mut best = (';', 0.0f64);
    for separator in SEPARATORS {
        let mut widths = std::collections::BTreeMap::<usize, usize>::new();
        let mut lines = 0usize;
        for record in Records::new(text, separator).take(80) {
            *widths.entry(record.cells.len()).or_default() += 1;
            lines += 1;
        }
        let Some((width, count)) = widths
            .iter()
            .filter(|(width, _)| **width > 1)
            .max_by_key(|(width, count)| (**count, **width))
        else {
            continue;
        };
        let steady = *count as f64 / lines as f64;
        let score = steady * (*width as f64).ln_1p();
        if score > best.1 * 1.02 {
            best = (separator, score);
        }
    }
    best.0
}

/// One record of a delimited text, and the line a spreadsheet would show it on.
pub(super) struct Record {
    pub(super) number: u32,
    pub(super) cells: Vec<String>,
    /// A quotation mark was opened and never closed: it was read as an ordinary character.
    pub(super) unclosed: bool,
}

/// Cuts a text into records: quoted cells may hold separators, line breaks and doubled quotation marks. A quotation mark
/// inside an unquoted cell is an ordinary character (`écran 12"`). Blank lines count, and are not given.
pub(super) struct Records<'a> {
    text: &'a str,
    separator: char,
    at: usize,
    number: u32,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a str, separator: char) -> Self {
        Records {
            text,
            separator,
            at: 0,
            number: 0,
        }
    }

    /// Reads one record from `start`; gives it and where the next begins, or nothing when a quotation mark stays open.
    fn record(&self, start: usize, quotes: bool) -> Option<(Vec<String>, usize)> {
        let mut cells = Vec::new();
        let mut cell = String::new();
        let mut rest = self.text[start..].char_indices().peekable();
        let mut fresh = true;
        let mut quoted = false;
        while let Some((offset, c)) = rest.next() {
            if quoted {
                match c {
                    '"' if rest.peek().is_some_and(|(_, next)| *next == '"') => {
                        rest.next();
                        cell.push('"');
                    }
                    '"' => quoted = false,
                    '\r' => {
                        if rest.peek().is_some_and(|(_, next)| *next == '\n') {
                            rest.next();
                        }
                        cell.push('\n');
                    }
                    _ => cell.push(c),
                }
                continue;
            }
            if c == self.separator {
                cells.push(std::mem::take(&mut cell));
                fresh = true;
            } else if c == '\n' || c == '\r' {
                cells.push(cell);
                let mut end = start + offset + 1;
                if c == '\r' && self.text[end..].starts_with('\n') {
                    end += 1;
                }
                return Some((cells, end));
            } else if c == '"' && quotes && fresh && cell.trim().is_empty() {
                cell.clear();
                quoted = true;
                fresh = false;
            } else {
                if !c.is_whitespace() {
                    fresh = false;
                }
                cell.push(c);
            }
        }
        if quoted {
            return None;
        }
        cells.push(cell);
        Some((cells, self.text.len()))
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while self.at < self.text.len() {
            self.number += 1;
            let (unclosed, (cells, end)) = match self.record(self.at, true) {
                Some(whole) => (false, whole),
                None => (true, self.record(self.at, false)?),
            };
            self.at = end;
            if cells.len() > 1 || cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Some(Record {
                    number: self.number,
                    cells,
                    unclosed,
                });
            }
        }
        None
    }
}
