//! Workbooks: XLSX, XLS and ODS through calamine, behind limits of our own.

use super::{Grid, Limits, ReadOptions, Sheet, SheetError, assemble};
use calamine::{
    Data, DataRef, DataType, ExcelDateTime, Ods, OdsError, Range, Reader, Xls, XlsError, Xlsx,
    XlsxError,
};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use crate::kernel::mutants::{self, Fault};

/// Reads an XLSX or an ODS, told apart by what the archive holds.
pub(super) fn read_archive(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>, SheetError> {
    let kind = measure(bytes, &options.limits)?;
    match kind {
        Archive::Xlsx => read_xlsx(bytes, options),
        Archive::Ods => read_ods(bytes, options),
        Archive::Other => Err(SheetError::NotATable(
            "C’est une archive ZIP, pas un classeur.".to_owned(),
        )),
    }
}

#[derive(Clone, Copy)]
enum Archive {
    Xlsx,
    Ods,
    Other,
}

/// Inflates every entry into nothing, counting: what an archive says of its own size is not believed.
fn measure(bytes: &[u8], limits: &Limits) -> Result<Archive, SheetError> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| SheetError::Damaged(e.to_string()))?;
    if archive.len() > 5_000 {
        return Err(SheetError::TooLarge(
            "archive de plus de 5 000 fichiers".to_owned(),
        ));
    }
    let most = limits.inflated.min(
        (bytes.len() as u64)
            .saturating_mul(limits.ratio)
            .max(4 << 20),
    );
    let (mut total, mut kind) = (0u64, Archive::Other);
    for index in 0..archive.len() {
        let entry = archive
            .by_index(index)
            .map_err(|e| SheetError::Damaged(e.to_string()))?;
        match entry.name().as_deref() {
            Ok("xl/workbook.xml") => kind = Archive::Xlsx,
            Ok("content.xml") => kind = Archive::Ods,
            _ => {}
        }
        total += std::io::copy(
            &mut entry.take(most.saturating_sub(total) + 1),
            &mut std::io::sink(),
        )
        .map_err(|e| SheetError::Damaged(e.to_string()))?;
        if total > most && !mutants::on(Fault::BombsRead) {
            return Err(SheetError::TooLarge(
                "contenu décompressé démesuré".to_owned(),
            ));
        }
    }
    Ok(kind)
}

fn read_xlsx(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>, SheetError> {
    let damaged = |e: XlsxError| match e {
        XlsxError::Password => SheetError::Protected,
        other => SheetError::Damaged(other.to_string()),
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        if meta.typ != calamine::SheetType::WorkSheet {
            continue;
        }
        // Cell by cell: a lone cell far away must not make a rectangle of billions.
        let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        {
            let mut reader = book.worksheet_cells_reader(&meta.name).map_err(damaged)?;
            while let Some(cell) = reader.next_cell().map_err(damaged)? {
                let (row, column) = cell.get_position();
                let text = from_ref(cell.get_value());
                if text.is_empty() {
                    continue;
                }
                place(&mut lines, row, column, text, &options.limits)?;
            }
        }
        let mut warnings = hidden(&meta);
        let merged = book
            .merge_cells_by_sheet_name(&meta.name)
            .unwrap_or_default();
        fill_merged(
            &mut lines,
            &merged
                .iter()
                .map(|area| (area.start, area.end))
                .collect::<Vec<_>>(),
            &mut warnings,
            &options.limits,
        )?;
        push(&mut sheets, meta.name, lines, "XLSX", warnings, options)?;
    }
    Ok(sheets)
}

/// Reads an XLS, or says that the compound file is a protected workbook.
pub(super) fn read_compound(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>, SheetError> {
    let wide: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    if bytes.windows(wide.len()).any(|window| window == wide) {
        return Err(SheetError::Protected);
    }
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsError::Password => SheetError::Protected,
        other => SheetError::Damaged(other.to_string()),
    })?;
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let range = book
            .worksheet_range(&meta.name)
            .map_err(|e| SheetError::Damaged(e.to_string()))?;
        let lines = from_range(&range, &options.limits)?;
        push(
            &mut sheets,
            meta.name.clone(),
            lines,
            "XLS",
            hidden(&meta),
            options,
        )?;
    }
    Ok(sheets)
}

fn read_ods(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>, SheetError> {
    refuse_repeated(bytes, &options.limits)?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|e| match e {
        OdsError::Password => SheetError::Protected,
        other => SheetError::Damaged(other.to_string()),
    })?;
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let range = book
            .worksheet_range(&meta.name)
            .map_err(|e| SheetError::Damaged(e.to_string()))?;
        let lines = from_range(&range, &options.limits)?;
        push(
            &mut sheets,
            meta.name.clone(),
            lines,
            "ODS",
            hidden(&meta),
            options,
        )?;
    }
    Ok(sheets)
}

/// An ODS may write one line and say « a million times »: a filled line or cell repeated past our limits is refused
/// before anybody unrolls it.
fn refuse_repeated(bytes: &[u8], limits: &Limits) -> Result<(), SheetError> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| SheetError::Damaged(e.to_string()))?;
    let mut content = String::new();
    archive
        .by_name("content.xml")
        .map_err(|e| SheetError::Damaged(e.to_string()))?
        .read_to_string(&mut content)
        .map_err(|e| SheetError::Damaged(e.to_string()))?;
    let repeated = |tag: &str, name: &str| -> usize {
        tag.split_once(name)
            .and_then(|(_, rest)| rest.split(['"', '\'']).nth(1))
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(1)
    };
    let mut unrolled = 0usize;
    for line in content.split("<table:table-row").skip(1) {
        let line = line.split("</table:table-row>").next().unwrap_or(line);
        let opening = line.split('>').next().unwrap_or(line);
        let mut width = 0usize;
        for cell in line.split("<table:table-cell").skip(1) {
            if cell.contains("office:value-type") || cell.contains("<text:p") {
                width = width.saturating_add(repeated(
                    cell.split('>').next().unwrap_or(cell),
                    "number-columns-repeated=",
                ));
            }
        }
        let times = repeated(opening, "number-rows-repeated=");
        if width > 0 {
            unrolled = unrolled.saturating_add(times);
        }
        if width > limits.columns || unrolled > limits.rows + 50 {
            return Err(SheetError::TooLarge(format!(
                "{} lignes et {} colonnes au plus",
                limits.rows, limits.columns
            )));
        }
    }
    Ok(())
}

fn push(
    sheets: &mut Vec<Sheet>,
    name: String,
    lines: BTreeMap<u32, Vec<String>>,
    kind: &str,
    warnings: Vec<String>,
    options: &ReadOptions,
) -> Result<(), SheetError> {
    let grid: Grid = lines
        .into_iter()
        .map(|(row, cells)| (row + 1, cells))
        .collect();
    let sheet = assemble(name, grid, kind.to_owned(), None, warnings, options)?;
    if !sheet.rows.is_empty() {
        sheets.push(sheet);
    }
    Ok(())
}

fn hidden(meta: &calamine::Sheet) -> Vec<String> {
    if meta.visible == calamine::SheetVisible::Visible {
        Vec::new()
    } else {
        vec![format!(
            "La feuille « {} » est masquée dans le classeur.",
            meta.name
        )]
    }
}

fn place(
    lines: &mut BTreeMap<u32, Vec<String>>,
    row: u32,
    column: u32,
    text: String,
    limits: &Limits,
) -> Result<(), SheetError> {
    let column = column as usize;
    if column > limits.columns {
        return Err(SheetError::TooLarge(format!(
            "{} colonnes au plus",
            limits.columns
        )));
    }
    if lines.len() > limits.rows + 50 {
        return Err(SheetError::TooLarge(format!(
            "{} lignes au plus",
            limits.rows
        )));
    }
    let cells = lines.entry(row).or_default();
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    cells[column] = text;
    Ok(())
}

/// First and last cell of an area, each as line and column.
type Area = ((u32, u32), (u32, u32));

/// A merged area shows its value once: the other lines of a merged column mean it too. Areas over several columns are
/// titles and stay as they are.
fn fill_merged(
    lines: &mut BTreeMap<u32, Vec<String>>,
    merged: &[Area],
    warnings: &mut Vec<String>,
    limits: &Limits,
) -> Result<(), SheetError> {
    let mut filled = 0usize;
    for (start, end) in merged {
        if start.1 != end.1 || end.0 <= start.0 || (end.0 - start.0) as usize > limits.rows {
            continue;
        }
        let Some(value) = lines
            .get(&start.0)
            .and_then(|cells| cells.get(start.1 as usize))
            .filter(|value| !value.is_empty())
            .cloned()
        else {
            continue;
        };
        for row in start.0 + 1..=end.0 {
            // Only lines that hold something else: a merged block does not make lines of its own.
            if lines.contains_key(&row) {
                place(lines, row, start.1, value.clone(), limits)?;
                filled += 1;
            }
        }
    }
    if filled > 0 {
        warnings.push(format!("{filled} cellule(s) de colonnes fusionnées reprennent la valeur de leur première ligne."));
    }
    Ok(())
}

fn from_range(
    range: &Range<Data>,
    limits: &Limits,
) -> Result<BTreeMap<u32, Vec<String>>, SheetError> {
    let mut lines = BTreeMap::new();
    let Some((top, left)) = range.start() else {
        return Ok(lines);
    };
    for (row, column, value) in range.used_cells() {
        let text = from_data(value);
        if !text.is_empty() {
            place(
                &mut lines,
                top + row as u32,
                left + column as u32,
                text,
                limits,
            )?;
        }
    }
    Ok(lines)
}

fn from_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => tidy(text),
        DataRef::SharedString(text) => tidy(text),
        other => from_plain(other),
    }
}

fn from_data(value: &Data) -> String {
    match value {
        Data::String(text) => tidy(text),
        other => from_plain(other),
    }
}

fn from_plain(value: &impl DataType) -> String {
    if let Some(whole) = value.get_int() {
        return whole.to_string();
    }
    if let Some(number) = value.get_float() {
        return number_text(number);
    }
    if let Some(yes) = value.get_bool() {
        return if yes { "vrai" } else { "faux" }.to_owned();
    }
    if let Some(moment) = value.get_datetime() {
        return moment_text(&moment);
    }
    if let Some(iso) = value.get_datetime_iso() {
        return iso
            .strip_suffix("T00:00:00")
            .unwrap_or(iso)
            .replace('T', " ");
    }
    if let Some(iso) = value.get_duration_iso() {
        return iso.to_owned();
    }
    // #N/A, #REF!: nothing that a person typed.
    String::new()
}

/// A number as a person would type it: no exponent, no `.0`, no noise of binary fractions.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e18 {
        return format!("{number:.0}");
    }
    let short = format!("{number:.10}");
    let short = short.trim_end_matches('0').trim_end_matches('.');
    if short
        .parse::<f64>()
        .is_ok_and(|back| (back - number).abs() <= number.abs() * 1e-12)
    {
        short.to_owned()
    } else {
        number.to_string()
    }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let Some(at) = moment.as_datetime().filter(|_| moment.is_datetime()) else {
        return number_text(moment.as_f64());
    };
    if at.time() == chrono::NaiveTime::MIN {
        at.format("%Y-%m-%d").to_string()
    } else {
        at.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

fn tidy(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace("_x000D_", "");
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}
