//! UDIs read as files of vectors say: ours always, and the one of the test data where it is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::udi_line::{Tested, check};

/// The day the vectors are read on.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

/// What a file tested.
#[derive(Default)]
struct Read {
    lines: usize,
    checked: usize,
    unknown: BTreeSet<String>,
}

/// Checks every line of a file.
fn check_file(path: &Path) -> Read {
    let text = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    let mut read = Read::default();
    for (rank, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        read.lines += 1;
        match check(line, today()) {
            Ok(tested) => {
                read.checked += tested.checked;
                read.unknown.extend(tested.unknown);
            }
            Err(faults) => {
                wrong.extend(
                    faults
                        .into_iter()
                        .map(|fault| format!("line {}: {fault}\n  {line}", rank + 1)),
                );
            }
        }
    }
    let count = wrong.len();
    assert!(
        wrong.is_empty(),
        "{count} faults in {}:\n{}",
        path.display(),
        wrong.join("\n")
    );
    read
}

#[test]
fn our_vectors_are_read_as_they_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/udi/udi_vectors.jsonl");
    let Read {
        lines,
        checked,
        unknown,
    } = check_file(&path);
    assert!(unknown.is_empty(), "keys that mean nothing: {unknown:?}");
    assert!(
        lines >= 90 && checked >= 4 * lines - 40,
        "{lines} lines, {checked} expectations"
    );
}

#[test]
#[allow(
    clippy::print_stdout,
    reason = "a test that has no file to read says so"
)]
fn the_vectors_of_the_test_data_are_read_as_they_say() {
    let folder = std::env::var_os("VIGIE_TEST_DATA")
        .map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let path = folder.join("udi").join("udi_vectors.jsonl");
    if path.exists() {
        let Read {
            lines,
            checked,
            unknown,
        } = check_file(&path);
        println!(
            "{lines} UDI vectors, {checked} expectations, keys left aside {unknown:?}: {}",
            path.display()
        );
    } else {
        println!(
            "UDI vectors of the test data not read: {} is not there",
            path.display()
        );
    }
}

#[test]
fn a_line_that_tests_nothing_fails() {
    let fault = |line: &str| check(line, today()).unwrap_err().join(" ");
    assert!(fault("{").contains("no JSON"));
    assert!(fault(r#"{"di":"09506000134376"}"#).contains("no key for the code"));
    assert!(fault(r#"{"raw":"0109506000134376","note":"x"}"#).contains("nothing expected"));
    let coloured = r#"{"raw":"0109506000134376","expected":{"colour":"red"}}"#;
    assert!(fault(coloured).contains("colour"));
    let partly = r#"{"raw":"0109506000134376","expected":{"pi":{"lot":null},"colour":"red"}}"#;
    let tested = Tested {
        checked: 1,
        unknown: vec!["colour".into()],
    };
    assert_eq!(check(partly, today()), Ok(tested));
}

#[test]
fn a_wrong_expectation_fails_under_every_name() {
    let raw = "(01)09506000134376(17)281200(10)Ab(21)7(11)260102(8012)2.0";
    let one = || Tested {
        checked: 1,
        unknown: Vec::new(),
    };
    for (key, right, wrong) in [
        ("di", "9506000134376", "9506000134383"),
        ("udi_di", "09506000134376", ""),
        ("lotNumber", "Ab", "AB"),
        ("Serial Number", "7", "07"),
        ("expiration_date", "2028-12-31T00:00:00", "2028-12-01"),
        ("expiry", "281200", "281231 "),
        ("manufacturing_date", "20260102", "2026-02-01"),
        ("software_version", "2.0", "2"),
        ("agency", "GS1", "HIBCC"),
    ] {
        let line =
            |value: &str| serde_json::json!({"input": raw, "expected": {key: value}}).to_string();
        assert_eq!(check(&line(right), today()), Ok(one()), "{key}");
        let flat = serde_json::json!({"barcode": raw, key: right}).to_string();
        assert_eq!(check(&flat, today()), Ok(one()), "{key}");
        assert!(check(&line(wrong), today()).is_err(), "{key}");
    }
}
