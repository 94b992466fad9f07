//! Files of inventories read and checked, before any database: what each must give stands beside it.

use super::samples;
use chrono::NaiveDate;
use std::path::{Path, PathBuf};
use vigie::exchange::imports::headers::{Mapping, MappingProblem};
use vigie::exchange::imports::rows::{Checked, Level, Reading};
use vigie::platform::sheet::{ReadOptions, Sheet, read};

/// The folder of real test data, if it is on this machine.
pub fn test_data() -> PathBuf {
    std::env::var_os("VIGIE_TEST_DATA")
        .map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
            PathBuf::from,
        )
        .join("inventory")
}

/// Every file with its truth beside it: ours, and those of the test data where present.
pub fn with_truth() -> Vec<(PathBuf, serde_json::Value)> {
    let mut found = Vec::new();
    for folder in [samples::folder(), test_data()] {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            if !["csv", "xlsx", "xls", "ods", "tsv"]
                .iter()
                .any(|end| name.ends_with(end))
            {
                continue;
            }
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            for truth in [format!("{stem}.truth.json"), format!("{name}.truth.json")] {
                if let Ok(bytes) = std::fs::read(folder.join(truth)) {
                    found.push((path.clone(), serde_json::from_slice(&bytes).unwrap()));
                    break;
                }
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

pub fn sheet(path: &Path) -> Sheet {
    read(&std::fs::read(path).unwrap(), &ReadOptions::default())
        .unwrap()
        .remove(0)
}

fn check(sheet: &Sheet) -> (Mapping, Vec<Checked>) {
    let mapping = Mapping::guessed(sheet);
    let rows = Reading {
        headers: &sheet.headers,
        mapping: &mapping,
        today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
    }
    .read(&sheet.rows);
    (mapping, rows)
}

fn ours(name: &str) -> (Sheet, Mapping, Vec<Checked>) {
    let sheet = sheet(&samples::folder().join(name));
    let (mapping, rows) = check(&sheet);
    (sheet, mapping, rows)
}

#[test]
fn every_file_meets_its_truth() {
    let files = with_truth();
    assert!(files.len() >= 3, "the committed samples are missing");
    for (path, truth) in files {
        let (mapping, rows) = check(&sheet(&path));
        let count = |key: &str| {
            truth[key]
                .as_u64()
                .unwrap_or_else(|| panic!("{}: no {key}", path.display())) as usize
        };
        let same = rows
            .iter()
            .filter(|row| row.same_as.is_some() && !row.is_rejected())
            .count();
        let rejected: Vec<&Checked> = rows.iter().filter(|row| row.is_rejected()).collect();
        let seen = (rows.len() - same - rejected.len(), same, rejected.len());
        let expected = (
            count("devices"),
            count("duplicates_exact"),
            count("rejected") + count("duplicates_conflict"),
        );
        assert_eq!(
            seen,
            expected,
            "{}\n{mapping:?}\n{:#?}",
            path.display(),
            rejected.iter().take(3).collect::<Vec<_>>()
        );
        assert!(rejected.iter().all(|row| {
            row.remarks
                .iter()
                .any(|remark| remark.level == Level::Reject && !remark.reason.is_empty())
        }));
    }
}

#[test]
fn what_was_planted_in_our_own_files_is_found() {
    for name in ["own_gmao", "own_tableur"] {
        let (_, _, rows) = ours(&format!("{name}.csv"));
        let truth: serde_json::Value = serde_json::from_slice(
            &std::fs::read(samples::folder().join(format!("{name}.truth.json"))).unwrap(),
        )
        .unwrap();
        let kept = || {
            rows.iter()
                .filter(|row| !row.is_rejected() && row.same_as.is_none())
        };
        assert_eq!(
            kept()
                .filter(|row| row.get("first_service_date_text").is_some())
                .count() as u64,
            truth["free_text_dates"].as_u64().unwrap(),
            "{name}"
        );
        assert_eq!(
            kept()
                .filter(|row| row.get("serial_unknown_reason").is_some())
                .count() as u64,
            truth["mangled_serials"].as_u64().unwrap(),
            "{name}"
        );
        assert!(
            kept().all(|row| row
                .get("inventory_number")
                .is_some_and(|number| number.starts_with('0'))),
            "leading zeros are kept"
        );
    }
    assert_eq!(ours("own_gmao.csv").0.encoding, "windows-1252");
    assert_eq!(ours("own_tableur.csv").0.header_row, 3);
}

#[test]
fn public_shapes_are_recognised() {
    for (name, fields) in [
        (
            "like_openmedis.csv",
            &[
                "inventory_number",
                "serial_number",
                "common_name",
                "manufacturer",
                "trade_name",
                "code_umdns",
                "establishment",
                "room",
                "state",
                "purchase_date",
                "first_service_date",
                "price",
            ][..],
        ),
        (
            "like_udea.csv",
            &[
                "inventory_number",
                "serial_number",
                "common_name",
                "manufacturer",
                "trade_name",
                "code_umdns",
                "unit_name",
                "room",
                "risk_class",
                "purchase_date",
                "manufacture_date",
                "supplier",
                "holding",
                "price",
                "warranty_end_date",
                "owner",
                "note",
            ],
        ),
        (
            "like_cmms.tsv",
            &[
                "inventory_number",
                "serial_number",
                "common_name",
                "manufacturer",
                "reference",
                "unit_name",
                "room",
                "state",
                "purchase_date",
                "price",
                "risk_class",
                "mac",
                "ip",
            ],
        ),
    ] {
        let (sheet, mapping, rows) = ours(name);
        assert_eq!(mapping.problems(&sheet.headers), [], "{name}");
        for field in fields {
            assert!(
                mapping.columns.values().any(|key| key == field),
                "{name}: {field} not found in {:#?}",
                mapping.columns
            );
        }
        let rejected: Vec<_> = rows
            .iter()
            .filter(|row| row.is_rejected())
            .flat_map(|row| &row.remarks)
            .collect();
        assert!(
            rows.iter().filter(|row| !row.is_rejected()).count() * 10 > rows.len() * 8,
            "{name}: {rejected:#?}"
        );
    }
    let (sheet, _, rows) = ours("like_udea.csv");
    assert_eq!(sheet.headers.len(), 53);
    assert!(
        rows.iter()
            .any(|row| row.get("purchase_date_text") == Some("Antes de 2003"))
    );
    assert!(rows.iter().any(|row| {
        row.get("serial_unknown_reason")
            .is_some_and(|why| why.contains("1,02031E+12"))
    }));
}

#[test]
fn a_file_of_supplies_is_read_and_each_line_refused_with_its_reason() {
    let (sheet, mapping, rows) = ours("like_openboxes.csv");
    assert!(
        mapping
            .problems(&sheet.headers)
            .contains(&MappingProblem::NoKey)
    );
    assert_eq!(rows.len(), 4);
    for row in rows {
        assert!(
            row.is_rejected() && row.remarks[0].reason.contains("rien ne distingue"),
            "{row:?}"
        );
    }
}

#[test]
fn an_old_excel_workbook_keeps_its_long_numbers_its_days_and_its_zeros() {
    let sheets = read(
        &std::fs::read(samples::folder().join("like_biff8.xls")).unwrap(),
        &ReadOptions::default(),
    )
    .unwrap();
    assert_eq!(sheets.len(), 1, "the empty sheet is left out");
    assert_eq!(
        (sheets[0].encoding.as_str(), sheets[0].header_row),
        ("XLS", 3)
    );
    let (_, rows) = check(&sheets[0]);
    assert_eq!(
        rows.iter().map(|row| row.number).collect::<Vec<_>>(),
        [4, 5, 6]
    );
    assert_eq!(
        (
            rows[0].get("inventory_number"),
            rows[0].get("serial_number"),
            rows[0].get("first_service_date")
        ),
        (Some("00071"), Some("102031000042"), Some("2019-05-17"))
    );
    assert_eq!(
        (
            rows[2].get("inventory_number"),
            rows[2].get("serial_number"),
            rows[2].get("state")
        ),
        (Some("73"), Some("0012"), Some("stored"))
    );
    assert_eq!(rows[0].values["price_cents"], 7_425_050);
}
