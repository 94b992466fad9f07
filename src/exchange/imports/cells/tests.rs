//! How cells are read, in examples.

use super::*;
use crate::exchange::imports::words::*;
use proptest::prelude::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn ymd(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

#[test]
fn days_are_read_as_people_write_them() {
    let expected = ymd(2025, 10, 12);
    for text in [
        "12/10/2025",
        "12-10-2025",
        "12.10.2025",
        "2025-10-12",
        "2025/10/12",
        "20251012",
        "12 oct. 2025",
        "12 octobre 2025",
        "12 Octubre de 2025",
        "12 October 2025",
        "October 12, 2025",
        "2025-10-12 00:00:00",
        "2025-10-12T08:30:00Z",
        "12/10/2025 08:30",
        " 12/10/2025 ",
    ] {
        assert_eq!(day(text, today()), Day::Known(expected, None), "{text}");
    }
    assert_eq!(
        day("1er août 2003", today()),
        Day::Known(ymd(2003, 8, 1), None)
    );
    assert_eq!(
        day("3/4/2009", today()),
        Day::Known(ymd(2009, 4, 3), None),
        "day first"
    );
    assert_eq!(
        day("45942", today()),
        Day::Known(expected, Some(FROM_SERIAL))
    );
    assert_eq!(
        day("12/10/25", today()),
        Day::Known(expected, Some(SHORT_YEAR))
    );
    assert_eq!(
        day("12/10/36", today()),
        Day::Known(ymd(2036, 10, 12), Some(SHORT_YEAR)),
        "a warranty may end in ten years"
    );
    // 1937 is before any device still in use.
    assert_eq!(
        day("12/10/37", today()),
        Day::Text("12/10/37".into(), TOO_FAR)
    );
    assert_eq!(
        day("12/10/98", today()),
        Day::Known(ymd(1998, 10, 12), Some(SHORT_YEAR))
    );
}

#[test]
fn what_is_no_day_stays_a_text_with_its_reason() {
    for text in ["2005", "oct-02", "octobre 2002", "10/2015", "2015-10"] {
        assert_eq!(
            day(text, today()),
            Day::Text(text.to_owned(), PARTIAL),
            "{text}"
        );
    }
    for text in [
        "Antes de 2003",
        "28/06/2021 (Facturado) 16/07/2021 (Instalado)",
        "avant 2000",
        "courant 2011",
        "12/10",
        "fin 2019 ?",
        "123",
    ] {
        assert_eq!(
            day(text, today()),
            Day::Text(text.to_owned(), NO_DATE),
            "{text}"
        );
    }
    assert_eq!(
        day("31/02/2020", today()),
        Day::Text("31/02/2020".into(), NO_SUCH_DAY)
    );
    assert_eq!(
        day("03/25/2020", today()),
        Day::Text("03/25/2020".into(), NO_SUCH_DAY),
        "no American date is guessed"
    );
    assert_eq!(
        day("01/01/1900", today()),
        Day::Text("01/01/1900".into(), FILLER)
    );
    assert_eq!(
        day("12/10/2525", today()),
        Day::Text("12/10/2525".into(), TOO_FAR)
    );
    for text in ["", " - ", "NI", "N/A", "néant", "0000-00-00", "?"] {
        assert_eq!(day(text, today()), Day::Empty, "{text}");
    }
}

#[test]
fn french_numbers_are_read_and_ambiguous_ones_are_not() {
    for (text, value) in [
        ("1234,5", 1234.5),
        ("1 234,50", 1234.5),
        ("1\u{202f}234,50", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("1234.5", 1234.5),
        ("12 500", 12500.0),
        ("1.234.567", 1_234_567.0),
        ("-3,5", -3.5),
        ("0", 0.0),
    ] {
        assert_eq!(number(text), Some(value), "{text}");
    }
    for text in ["1.234", "", "abc", "1,2,3", "1.2.3", "12a", ","] {
        assert_eq!(number(text), None, "{text}");
    }
    assert_eq!(money("1 234,50 €"), Money::Cents(123_450));
    assert_eq!(money("1234.5 EUR"), Money::Cents(123_450));
    assert!(matches!(money("$ 1200"), Money::Text(..)));
    assert!(matches!(money("1.234"), Money::Text(..)));
    assert!(matches!(money("gratuit"), Money::Text(..)));
    assert_eq!(money("NI"), Money::Empty);
}

#[test]
fn serials_keep_their_zeros_and_blanks_and_ruined_ones_are_told() {
    assert_eq!(serial(" 00 12 A "), Serial::Known("00 12 A".into()));
    assert_eq!(serial("0012"), Serial::Known("0012".into()));
    for text in ["1,02031E+12", "1.02E+11", "1E+10", "5,5e+9"] {
        assert_eq!(serial(text), Serial::Mangled(text.into()), "{text}");
    }
    for text in ["12E45", "E+12", "AB1E+3", "1234E+5"] {
        assert_eq!(serial(text), Serial::Known(text.into()), "{text}");
    }
    for text in ["illisible", "S/N", "sans numéro", "0000", "XXXX", "NI"] {
        assert_eq!(serial(text), Serial::Missing(text.into()), "{text}");
    }
    for text in ["", "  ", "-", "--"] {
        assert_eq!(serial(text), Serial::Empty, "{text:?}");
    }
}

#[test]
fn words_of_the_trade_become_codes() {
    for (text, code) in [
        ("En service", "in_service"),
        ("EN PANNE", "broken"),
        ("Réformé", "disposed"),
        ("à réformer", "decommissioning"),
        ("Stock", "stored"),
        ("prêté", "lent"),
        ("En réparation", "in_maintenance"),
        ("in_service", "in_service"),
        ("Dado de baja", "disposed"),
        ("Hors service", "broken"),
    ] {
        assert_eq!(state(text), Some(code), "{text}");
    }
    assert_eq!(state("bleu"), None);
    assert_eq!(
        (
            holding("Mise à disposition"),
            holding("crédit-bail"),
            holding("?")
        ),
        (Some("provision"), Some("lease"), None)
    );
    assert_eq!(
        (flag("Oui"), flag("x"), flag("0"), flag("peut-être")),
        (Some(true), Some(true), Some(false), None)
    );
    assert_eq!(
        (
            class("Classe II b"),
            class("2a"),
            class("III"),
            class("critique")
        ),
        (Some("IIb"), Some("IIa"), Some("III"), None)
    );
    assert_eq!(
        mac("00-1B-63-84-45-E6").as_deref(),
        Some("00:1b:63:84:45:e6")
    );
    assert_eq!(mac("001b638445e6").as_deref(), Some("00:1b:63:84:45:e6"));
    assert_eq!((mac("00:00:00:00:00:00"), mac("ethernet")), (None, None));
    assert_eq!(ip("10.20.30.40/24").as_deref(), Some("10.20.30.40"));
    assert_eq!((ip("0.0.0.0"), ip("DHCP")), (None, None));
}

#[test]
fn texts_lose_what_no_eye_sees() {
    assert_eq!(
        text("  Moniteur \n multi\u{202e}paramétrique\u{7} "),
        "Moniteur multiparamétrique"
    );
    assert_eq!(text("e\u{301}cran"), "écran");
    assert_eq!(note("a\r\nb  \n\n"), "a\nb");
}

proptest! {
    #[test]
    fn any_french_day_is_read_back(days in 0i64..40_000) {
        let date = ymd(1960, 1, 1) + chrono::Duration::days(days);
        prop_assert_eq!(day(&date.format("%d/%m/%Y").to_string(), today()), Day::Known(date, None));
        prop_assert_eq!(day(&date.format("%Y-%m-%d").to_string(), today()), Day::Known(date, None));
    }

    #[test]
    fn no_cell_makes_a_reader_fail(cell in "\\PC{0,24}") {
        let _ = (day(&cell, today()), money(&cell), serial(&cell), flag(&cell), state(&cell), class(&cell), mac(&cell), ip(&cell), note(&cell));
    }

    #[test]
    fn a_text_is_never_lost_by_a_date(cell in "[0-9a-z/ .-]{1,14}") {
        match day(&cell, today()) {
            Day::Text(kept, _) => prop_assert_eq!(kept, text(&cell)),
            Day::Empty => prop_assert!(is_empty(&cell) || cell.trim().starts_with("00")),
            Day::Known(..) => {}
        }
    }
}
