//! What a run leaves in the hands of people: the lines refused, as a file that can be corrected and imported again.

use serde_json::{Value as Json, json};

use super::queries::{Rejected, Run};
use crate::kernel::{Error, Result};
use crate::platform::sheet::{CsvWriter, Value, XlsxWriter};

/// Header of the column that says why.
pub const REASON: &str = "motif";
/// Header of the column that gives the line in the first file.
pub const LINE: &str = "ligne d’origine";

/// Why a line was refused, in one text.
pub fn reasons(line: &Rejected) -> String {
    let parts = line.reasons.iter().map(|remark| {
        let column = if remark.column.is_empty() {
            String::new()
        } else {
            format!("{} : ", remark.column)
        };
        let value = if remark.value.is_empty() || remark.reason.contains(&remark.value) {
            String::new()
        } else {
            format!(" « {} »", remark.value)
        };
        let expected = if remark.expected.is_empty() {
            String::new()
        } else {
            format!(" ; attendu : {}", remark.expected)
        };
        format!("{column}{}{value}{expected}", remark.reason)
    });
    parts.collect::<Vec<_>>().join("\n")
}

fn headers(run: &Run) -> Vec<&str> {
    // A corrected file imported again already carries the two columns: they are replaced.
    run.headers
        .iter()
        .map(String::as_str)
        .filter(|header| !is_ours(header))
        .chain([REASON, LINE])
        .collect()
}

fn is_ours(header: &str) -> bool {
    header == REASON || header == LINE
}

fn cells(run: &Run, line: &Rejected) -> Vec<Value> {
    let own = run
        .headers
        .iter()
        .zip(&line.cells)
        .filter(|(header, _)| !is_ours(header))
        .map(|(_, cell)| Value::maybe(Some(cell)));
    own.chain([Value::Text(reasons(line)), Value::Whole(line.number.into())])
        .collect()
}

/// The lines refused as a workbook.
pub fn workbook(run: &Run, lines: &[Rejected]) -> Result<Vec<u8>> {
    let mut writer = XlsxWriter::new("Lignes rejetées", &headers(run)).map_err(Error::internal)?;
    for line in lines {
        writer.row(&cells(run, line)).map_err(Error::internal)?;
    }
    writer.finish_bytes().map_err(Error::internal)
}

/// The lines refused as a CSV.
pub fn csv(run: &Run, lines: &[Rejected]) -> Result<Vec<u8>> {
    let mut writer = CsvWriter::new(Vec::new(), &headers(run)).map_err(Error::internal)?;
    for line in lines {
        writer.row(&cells(run, line)).map_err(Error::internal)?;
    }
    writer.finish().map_err(Error::internal)
}

/// The lines refused for programs.
pub fn json(run: &Run, lines: &[Rejected]) -> Json {
    let lines: Vec<Json> = lines
        .iter()
        .map(|line| json!({ "line": line.number, "cells": line.cells, "reasons": line.reasons }))
        .collect();
    json!({ "file": run.file_name, "headers": run.headers, "sums": run.sums, "rejected": lines })
}
