//! Sheets written and read again.

use super::*;
use chrono::NaiveDate;
use proptest::prelude::*;

fn one(bytes: &[u8]) -> Sheet {
    let mut sheets = read(bytes, &ReadOptions::default()).unwrap();
    assert_eq!(sheets.len(), 1);
    sheets.remove(0)
}

fn cells(sheet: &Sheet) -> Vec<Vec<&str>> {
    sheet
        .rows
        .iter()
        .map(|row| row.cells.iter().map(String::as_str).collect())
        .collect()
}

#[test]
fn a_windows_1252_export_with_semicolons_and_quoted_line_breaks_is_read() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode("N° INVENTAIRE;DÉSIGNATION;PRIX\r\n00012;\"Échographe\r\nmobile; \"\"B\"\"\";1 234,50\r\n\r\n00013;Écran 12\" couleur;\r\n");
    let sheet = one(&bytes);
    assert_eq!(sheet.encoding, "windows-1252");
    assert_eq!(sheet.separator, Some(';'));
    assert_eq!(sheet.headers, ["N° INVENTAIRE", "DÉSIGNATION", "PRIX"]);
    assert_eq!(
        cells(&sheet),
        [
            ["00012", "Échographe\nmobile; \"B\"", "1 234,50"],
            ["00013", "Écran 12\" couleur", ""]
        ]
    );
    assert_eq!(
        sheet.rows.iter().map(|row| row.number).collect::<Vec<_>>(),
        [2, 4],
        "the blank line counts, the line break does not"
    );
}

#[test]
fn a_utf8_mark_and_utf16_are_recognised() {
    let sheet = one("\u{feff}Inventaire,Série\nA1,S1\n".as_bytes());
    assert_eq!(
        (sheet.encoding.as_str(), sheet.headers[0].as_str()),
        ("UTF-8 (BOM)", "Inventaire")
    );
    for (mark, little) in [(true, true), (false, true), (true, false), (false, false)] {
        let mut bytes = Vec::new();
        if mark {
            bytes.extend(if little { [0xff, 0xfe] } else { [0xfe, 0xff] });
        }
        for unit in "Inventaire\tSérie\nA1\tS1\n".encode_utf16() {
            bytes.extend(if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            });
        }
        let sheet = one(&bytes);
        assert!(sheet.encoding.starts_with("UTF-16"), "{}", sheet.encoding);
        assert_eq!(sheet.separator, Some('\t'));
        assert_eq!(sheet.headers, ["Inventaire", "Série"]);
    }
}

#[test]
fn decimal_commas_do_not_pass_for_separators() {
    let sheet = one(b"code;prix;poids\nA;1,5;2,5\nB;3,25;4,0\nC;1;2\n");
    assert_eq!(sheet.separator, Some(';'));
    let sheet = one(b"sep=|\r\ncode|prix\r\nA|1,5\r\n");
    assert_eq!(
        (sheet.separator, sheet.rows[0].number, sheet.header_row),
        (Some('|'), 3, 2)
    );
}

#[test]
fn a_header_that_is_not_on_the_first_line_is_found() {
    let sheet = one("Inventaire biomédical;;;\nÉdité le 12/10/2025;;;\n;;;\nN° inventaire;Désignation;Marque;N° série\n1;Pousse-seringue;Fresenius;A1\n2;Moniteur;Philips;A2\n".as_bytes());
    assert_eq!(sheet.header_row, 4);
    assert_eq!(sheet.headers[3], "N° série");
    assert_eq!(sheet.rows.len(), 2);
    assert!(sheet.warnings.iter().any(|w| w.contains("ligne 4")));
    let forced = read(
        "a;b\nc;d\ne;f\n".as_bytes(),
        &ReadOptions {
            header_row: Some(2),
            ..ReadOptions::default()
        },
    )
    .unwrap();
    assert_eq!(forced[0].headers, ["c", "d"]);
}

#[test]
fn ragged_repeated_and_missing_headers_are_said() {
    let sheet = one("code;nom;nom;\nA;x;y;z;de trop\nB;x\nC;x;y\n".as_bytes());
    assert_eq!(
        sheet.headers,
        ["code", "nom", "nom (2)", "Colonne D", "Colonne E"]
    );
    assert_eq!(cells(&sheet)[1], ["B", "x", "", "", ""]);
    assert!(sheet.warnings.iter().any(|w| w.contains("répétés")));
    assert!(
        sheet
            .warnings
            .iter()
            .any(|w| w.contains("plus de cellules"))
    );
}

#[test]
fn a_quotation_mark_never_closed_does_not_swallow_the_file() {
    let sheet = one(b"code;nom\nA;\"ouvert\nB;x\nC;y\n");
    assert_eq!(cells(&sheet), [["A", "\"ouvert"], ["B", "x"], ["C", "y"]]);
    assert!(sheet.warnings.iter().any(|w| w.contains("ligne 2")));
}

#[test]
fn what_is_no_table_is_refused_with_the_way_out() {
    for (bytes, word) in [
        (&b"%PDF-1.7 ..."[..], "PDF"),
        (b"<html><table><tr>", "HTML"),
        (b"{\"a\":1}", "JSON"),
        (b"PK\x03\x04nothing", "illisible"),
        (b" \r\n ", "vide"),
        (b"a;b\n", "vide"),
    ] {
        let error = read(bytes, &ReadOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn limits_hold() {
    let tight = |limits: Limits| ReadOptions {
        limits,
        ..ReadOptions::default()
    };
    let rows = "a;b\n".to_owned() + &"1;2\n".repeat(300);
    assert!(matches!(
        read(
            rows.as_bytes(),
            &tight(Limits {
                rows: 100,
                ..Limits::default()
            })
        ),
        Err(SheetError::TooLarge(_))
    ));
    assert!(matches!(
        read(
            rows.as_bytes(),
            &tight(Limits {
                bytes: 100,
                ..Limits::default()
            })
        ),
        Err(SheetError::TooLarge(_))
    ));
    assert!(matches!(
        read(
            rows.as_bytes(),
            &tight(Limits {
                columns: 1,
                ..Limits::default()
            })
        ),
        Err(SheetError::TooLarge(_))
    ));
    let cut = read(
        b"a;b\nxxxxxxxxxx;2\n",
        &tight(Limits {
            cell: 4,
            ..Limits::default()
        }),
    )
    .unwrap();
    assert_eq!(cut[0].rows[0].cells[0], "xxxx");
    assert!(cut[0].warnings.iter().any(|w| w.contains("coupée")));
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn an_archive_that_inflates_beyond_measure_is_refused() {
    let bomb = zipped(&[
        ("xl/workbook.xml", b"<x/>"),
        ("xl/worksheets/sheet1.xml", &vec![b' '; 64 << 20]),
    ]);
    assert!(bomb.len() < 100_000);
    assert!(matches!(
        read(&bomb, &ReadOptions::default()),
        Err(SheetError::TooLarge(_))
    ));
}

#[test]
fn an_ods_line_repeated_a_million_times_is_refused_before_it_is_unrolled() {
    let content = br#"<office:document-content><office:spreadsheet><table:table table:name="a"><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="300" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:document-content>"#;
    let bomb = zipped(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content),
    ]);
    assert!(matches!(
        read(&bomb, &ReadOptions::default()),
        Err(SheetError::TooLarge(_))
    ));
}

#[test]
fn an_ods_is_read_with_its_repeated_cells_dates_and_covered_cells() {
    let content = r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Parc"><table:table-column/>
<table:table-row><table:table-cell office:value-type="string"><text:p>Code</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Jour</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Prix</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><text:p>001</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2020-02-29"><text:p>29/02/2020</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="12.5"><text:p>12,5</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#;
    let sheet = one(&zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes()), ("META-INF/manifest.xml", b"<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>")]));
    assert_eq!(
        (sheet.name.as_str(), sheet.encoding.as_str()),
        ("Parc", "ODS")
    );
    assert_eq!(
        cells(&sheet),
        [["001", "2020-02-29", "12.5"], ["001", "2020-02-29", "12.5"]]
    );
}

#[test]
fn workbook_cells_become_the_text_a_person_sees() {
    let mut writer = XlsxWriter::new(
        "Parc",
        &["Texte", "Entier", "Long", "Décimal", "Jour", "Négatif"],
    )
    .unwrap();
    let day = NaiveDate::from_ymd_opt(2025, 10, 12).unwrap();
    writer
        .row(&[
            "00042".into(),
            Value::Whole(10),
            Value::Whole(102_031_000_042),
            Value::Number(0.1 + 0.2),
            Value::Day(day),
            Value::Number(-3.5),
        ])
        .unwrap();
    let sheet = one(&writer.finish_bytes().unwrap());
    assert_eq!(sheet.name, "Parc");
    assert_eq!(
        cells(&sheet),
        [["00042", "10", "102031000042", "0.3", "2025-10-12", "-3.5"]]
    );
}

#[test]
fn several_sheets_are_all_given_and_empty_ones_left_out() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["Réa", "Vide", "Bloc"] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        if name != "Vide" {
            sheet.write(3, 1, "Code").unwrap();
            sheet.write(3, 2, "Service").unwrap();
            sheet.write(4, 1, name).unwrap();
            sheet.write(5, 1, 7.0).unwrap();
            sheet
                .merge_range(4, 2, 5, 2, "fusion", &rust_xlsxwriter::Format::new())
                .unwrap();
        }
    }
    let sheets = read(&book.save_to_buffer().unwrap(), &ReadOptions::default()).unwrap();
    assert_eq!(
        sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(),
        ["Réa", "Bloc"]
    );
    assert_eq!(sheets[0].header_row, 4);
    assert_eq!(sheets[0].rows[1].number, 6);
    assert_eq!(
        cells(&sheets[0]),
        [["", "Réa", "fusion"], ["", "7", "fusion"]]
    );
}

#[test]
fn no_exported_text_cell_begins_with_what_a_spreadsheet_runs() {
    for text in [
        "=1+1",
        "+33 1 42",
        "-",
        "@SUM",
        "\t=1",
        "\r=1",
        "＝1",
        "＋1",
        "－1",
        "＠a",
        " =1",
        "\u{feff}=1",
        "'=1",
        "''=1",
    ] {
        let written = neutralise(text);
        assert!(written.starts_with('\''), "{text:?}");
        assert_eq!(restore(&written), text);
    }
    for text in ["A-1", "l'eau", "'tis", "", "'", "12"] {
        assert_eq!(neutralise(text), text);
        assert_eq!(restore(text), text);
    }
}

proptest! {
    #[test]
    fn neutralising_is_undone_for_any_text(text in "['=+@\\-\t \u{feff}a-c＝]{0,6}") {
        prop_assert_eq!(restore(&neutralise(&text)), text.clone());
        prop_assert!(!matches!(neutralise(&text).chars().next(), Some('=' | '+' | '-' | '@' | '\t')));
    }

    #[test]
    fn what_csv_writes_is_what_we_read(grid in proptest::collection::vec(proptest::collection::vec("[a-zA-Zé0-9=+\"';, \\-\n]{0,8}", 3), 1..12)) {
        let mut writer = CsvWriter::new(Vec::new(), &["un", "deux", "trois"]).unwrap();
        for row in &grid {
            writer.row(&row.iter().map(|cell| Value::from(cell.as_str())).collect::<Vec<_>>()).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let options = ReadOptions { header_row: Some(1), separator: Some(';'), ..ReadOptions::default() };
        let expected: Vec<Vec<String>> = grid.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        match read(&bytes, &options) {
            Ok(sheets) => prop_assert_eq!(sheets[0].rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>(), expected),
            Err(error) => { prop_assert_eq!(error, SheetError::Empty); prop_assert!(expected.is_empty()); }
        }
    }

    #[test]
    fn no_bytes_make_the_reader_fail_otherwise_than_by_saying_so(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, &ReadOptions::default());
    }

    #[test]
    fn no_text_loses_a_line(text in "[a-c;,\"\n\r]{0,60}") {
        if let Ok(sheets) = read(text.as_bytes(), &ReadOptions { header_row: Some(1), ..ReadOptions::default() }) {
            let letters = |s: &str| s.chars().filter(|c| c.is_ascii_lowercase()).count();
            let read_back: usize = sheets[0].rows.iter().flat_map(|row| &row.cells).map(|c| letters(c)).sum();
            let header: usize = sheets[0].headers.iter().filter(|h| !h.starts_with("Colonne ")).map(|h| letters(h)).sum();
            prop_assert_eq!(read_back + header, letters(&text));
        }
    }
}
