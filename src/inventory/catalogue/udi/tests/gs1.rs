//! GS1: element strings, printed forms, addresses.

use proptest::prelude::*;

use super::super::{
    Form, GS, Issuer, Options, Status, Value, Warning, gs1_ai, mod10, pair, parse_with,
};
use super::{day, di, read, today};

#[test]
fn a_scan_with_separators_is_exact() {
    let udi = read("]d201095060001343761728123110LOT7a\u{1d}21SN001");
    assert_eq!(
        (udi.status, udi.form, udi.issuer),
        (Status::Parsed, Form::Aidc, Some(Issuer::Gs1))
    );
    assert_eq!(di(&udi), "09506000134376");
    assert_eq!(udi.expiry, Some(day(2028, 12, 31)));
    assert_eq!(udi.lot.as_deref(), Some("LOT7a"));
    assert_eq!(udi.serial.as_deref(), Some("SN001"));
    assert_eq!(udi.package_level.unwrap().label(), "unité");
    assert!(udi.warnings.is_empty(), "{:?}", udi.warnings);
}

#[test]
fn the_same_scan_without_separators_is_ambiguous_and_tells_both_readings() {
    let udi = read("]d201095060001343761728123110LOT7a21SN001");
    assert_eq!(udi.status, Status::Ambiguous);
    assert_eq!((udi.lot.as_deref(), udi.serial.as_deref()), (None, None));
    assert_eq!(di(&udi), "09506000134376");
    assert_eq!(udi.expiry, Some(day(2028, 12, 31)));
    let lots: Vec<_> = udi
        .readings
        .iter()
        .map(|reading| (reading.lot.as_deref(), reading.serial.as_deref()))
        .collect();
    assert_eq!(
        lots,
        [(Some("LOT7a21SN001"), None), (Some("LOT7a"), Some("SN001"))]
    );
    assert_eq!(udi.elements.len(), 2);
}

#[test]
fn a_site_whose_scanners_send_separators_is_believed() {
    let options = Options {
        separators_are_sent: true,
        ..Options::default()
    };
    let udi = parse_with("01095060001343761728123110LOT7a21SN001", &options, today());
    assert_eq!(udi.status, Status::Parsed);
    assert_eq!(udi.lot.as_deref(), Some("LOT7a21SN001"));
}

#[test]
fn separators_may_lead_trail_follow_fixed_fields_or_be_replaced() {
    for raw in [
        "\u{1d}01095060001343761728123110LOT\u{1d}21SN",
        "01095060001343761728123110LOT\u{1d}21SN\u{1d}",
        "0109506000134376\u{1d}17281231\u{1d}10LOT\u{1d}21SN",
        "]C101095060001343761728123110LOT^21SN",
        "]Q301095060001343761728123110LOT<GS>21SN\r\n",
        "]J101095060001343761728123110LOT|21SN",
        "]e001095060001343761728123110LOT\u{241d}21SN",
        "\u{2}01095060001343761728123110LOT\u{1d}21SN\u{3}",
    ] {
        let udi = read(raw);
        assert_eq!(udi.status, Status::Parsed, "{raw:?}");
        assert_eq!(
            (udi.lot.as_deref(), udi.serial.as_deref()),
            (Some("LOT"), Some("SN")),
            "{raw:?}"
        );
        assert!(!udi.is_doubtful(), "{raw:?}");
        assert_eq!(udi.raw, raw);
    }
    let options = Options {
        separators: vec!["#".into()],
        ..Options::default()
    };
    let udi = parse_with("010950600013437610LOT#21SN", &options, today());
    assert_eq!(
        (udi.lot.as_deref(), udi.serial.as_deref()),
        (Some("LOT"), Some("SN"))
    );
    assert!(
        udi.warnings
            .contains(&Warning::SeparatorReplaced { by: "#".into() })
    );
}

#[test]
fn a_lot_alone_at_the_end_needs_no_separator() {
    for lot in ["LOT7a", "A31B1", "77X", "GG5-4/2"] {
        let udi = read(&format!("01095060001343761728123110{lot}"));
        assert_eq!(udi.status, Status::Parsed, "{lot}");
        assert_eq!(udi.lot.as_deref(), Some(lot));
    }
}

#[test]
fn a_date_swallowed_by_a_lot_is_never_silent() {
    let udi = read("010950600013437610LOT17281231");
    assert_eq!(udi.status, Status::Ambiguous);
    assert!(
        udi.readings
            .iter()
            .any(|reading| reading.lot.as_deref() == Some("LOT")
                && reading.expiry == Some(day(2028, 12, 31)))
    );
    let udi = read("010950600013437610LOT17281231\u{1d}21SN");
    assert_eq!(udi.lot.as_deref(), Some("LOT17281231"));
    assert!(
        udi.warnings
            .contains(&Warning::Swallowed { key: "(10)".into() })
    );
}

#[test]
fn a_fixed_length_that_is_not_pre_defined_needs_a_separator() {
    let udi = read("0109506000134376700328123112002110\u{1d}10L");
    assert!(udi.is_doubtful());
    assert!(
        udi.warnings
            .iter()
            .any(|warning| matches!(warning, Warning::Length { key, .. } if key == "(7003)"))
    );
    let udi = read("010950600013437670032812311200\u{1d}21SN");
    assert_eq!(
        (udi.expiry, udi.serial.as_deref()),
        (Some(day(2028, 12, 31)), Some("SN"))
    );
    let udi = read("01095060001343767003281231120021SN");
    assert_eq!(udi.status, Status::Ambiguous);
    assert_eq!(
        (udi.expiry, udi.serial.as_deref()),
        (Some(day(2028, 12, 31)), Some("SN"))
    );
}

#[test]
fn printed_forms_are_read() {
    for raw in [
        "(01)09506000134376(17)281200(10)Ab 1",
        "{01}09506000134376{17}281200{10}Ab 1",
        " (01) 09506000134376 (17) 281200 (10) Ab 1",
        "(01)0 9506000 13437 6(17)28 12 00\n(10)Ab 1",
        "UDI: (01)09506000134376(17)281200(10)Ab 1",
    ] {
        let udi = read(raw);
        assert_eq!((udi.form, udi.status), (Form::Hri, Status::Parsed), "{raw}");
        assert_eq!(di(&udi), "09506000134376", "{raw}");
        assert_eq!(udi.expiry, Some(day(2028, 12, 31)));
        assert_eq!(udi.elements[1].value, Value::Month(day(2028, 12, 31)));
        assert_eq!(udi.lot.as_deref(), Some("Ab 1"));
        assert_eq!(
            udi.warnings,
            [Warning::Characters {
                key: "(10)".into(),
                found: " ".into()
            }]
        );
    }
    let udi = read("(01)9506000134376(21)00aB(7)");
    assert_eq!(di(&udi), "09506000134376");
    assert_eq!(udi.di.as_ref().unwrap().printed, "9506000134376");
    assert_eq!(udi.serial.as_deref(), Some("00aB(7)"));
    assert_eq!(
        read("(01)09506000134376(21)A(04)B").serial.as_deref(),
        Some("A(04)B")
    );
}

#[test]
fn official_examples_with_wrong_keys_are_read_and_said() {
    for (raw, expected) in [
        ("(01)00208851107345(17)150331", "7"),
        (
            "(01)00011954013448(11)141231(17)150707(10)A213B1(21)1234",
            "2",
        ),
        ("(01)99863313444316", "2"),
        ("(01)00840118105406", "2"),
    ] {
        let udi = read(raw);
        assert_eq!(udi.status, Status::Parsed);
        assert_eq!(format!("(01){}", di(&udi)), &raw[..18]);
        let check = udi.warnings.iter().find_map(|warning| match warning {
            Warning::Check { expected, .. } => Some(expected.as_str()),
            _ => None,
        });
        let computed = mod10(&di(&udi)[..13]).unwrap().to_string();
        assert_eq!(check, Some(computed.as_str()), "{raw}");
        if raw.contains("0084") {
            continue;
        }
        assert_eq!(computed, expected);
    }
    assert!(read("0109506000134377").is_doubtful());
}

#[test]
fn addresses_are_read() {
    let udi = read(
        "https://example.com/some/shop/01/09506000134376/10/LOT%2F7a/21/00x?17=281200&linkType=gs1:ifu#top",
    );
    assert_eq!((udi.form, udi.status), (Form::DigitalLink, Status::Parsed));
    assert_eq!(
        (udi.lot.as_deref(), udi.serial.as_deref()),
        (Some("LOT/7a"), Some("00x"))
    );
    assert_eq!(udi.expiry, Some(day(2028, 12, 31)));
    assert!(
        !udi.is_doubtful() && udi.warnings.is_empty(),
        "{:?}",
        udi.warnings
    );
    let udi = read("HTTPS://ID.GS1.ORG/gtin/9506000134376/ser/7?exp=281231");
    assert_eq!(
        (di(&udi), udi.serial.as_deref(), udi.expiry),
        ("09506000134376", Some("7"), Some(day(2028, 12, 31)))
    );
    let udi = read("http://id.gs1.org/01/09506000134376/21/S/10/L");
    assert!(
        udi.warnings
            .iter()
            .any(|warning| matches!(warning, Warning::Order { .. }))
    );
    assert_eq!(
        (udi.lot.as_deref(), udi.serial.as_deref()),
        (Some("L"), Some("S"))
    );
    assert!(matches!(
        read("https://vigie.example/inventory/devices").status,
        Status::Unparsed(_)
    ));
    assert_eq!(
        di(&read("]Q1https://id.gs1.org/01/09506000134376")),
        "09506000134376"
    );
}

#[test]
fn an_article_code_alone_is_completed() {
    for raw in ["9506000134376", "09506000134376", "]E09506000134376"] {
        let udi = read(raw);
        assert_eq!(
            (udi.status, di(&udi)),
            (Status::Parsed, "09506000134376"),
            "{raw}"
        );
    }
    assert_eq!(di(&read("12345670")), "00000012345670");
    assert_eq!(di(&read("036000291452")), "00036000291452");
    assert!(matches!(read("12345678").status, Status::Unparsed(_)));
    assert!(read("9506000134377").is_doubtful());
    let level = read("19506000134373");
    assert_eq!(level.package_level.unwrap().label(), "conditionnement 1");
}

#[test]
fn device_elements_find_their_places() {
    let udi = read(
        "01095060001343768012v2.1.0\u{1d}80131987654Ad4X4bL5ttr2310c2K\u{1d}3012\u{1d}11260102",
    );
    assert_eq!(udi.software_version.as_deref(), Some("v2.1.0"));
    assert_eq!(
        udi.basic_udi_di.as_deref(),
        Some("1987654Ad4X4bL5ttr2310c2K")
    );
    assert_eq!(
        (udi.quantity, udi.manufactured),
        (Some(12), Some(day(2026, 1, 2)))
    );
    assert!(!udi.is_doubtful(), "{:?}", udi.warnings);
    let master = format!(
        "1987654Ad4X4bL5ttr2310c{}",
        pair("1987654Ad4X4bL5ttr2310c").unwrap()
    );
    assert_eq!(
        read(&format!("01095060001343768014{master}\u{1d}")).mudi,
        Some(master)
    );
    assert!(read("80131987654Ad4X4bL5ttr2310c2L\u{1d}").is_doubtful());
    assert_eq!(
        read("1987654Ad4X4bL5ttr2310c2K").basic_udi_di.as_deref(),
        Some("1987654Ad4X4bL5ttr2310c2K")
    );
    assert_eq!(
        read("03095060001343762142\u{1d}").serial.as_deref(),
        Some("42")
    );
    assert_eq!(
        read("01095060001343763103001250").elements[1].value,
        Value::Number("1.250".into())
    );
}

#[test]
fn what_is_no_code_is_kept_and_said() {
    for raw in [
        "",
        "  ",
        "bonjour",
        "S/N 1234",
        "\u{1d}",
        "à&àç(àààà&\"'\"è-&è",
    ] {
        let udi = read(raw);
        assert!(matches!(udi.status, Status::Unparsed(_)), "{raw}: {udi:?}");
        assert_eq!(udi.raw, raw);
    }
    assert!(matches!(
        read(&"9".repeat(3000)).status,
        Status::Unparsed(_)
    ));
}

/// Elements a label may carry: AI, content as a pattern. One of each at most.
fn element(code: &'static str) -> BoxedStrategy<(&'static str, String)> {
    let value = match code {
        "11" | "17" => (1u32..13, 0u32..29)
            .prop_map(|(month, day)| format!("27{month:02}{day:02}"))
            .boxed(),
        "30" => "[1-9][0-9]{0,7}".boxed(),
        "7003" => "2712(0[1-9]|1[0-9]|2[0-8])(0[0-9]|1[0-9])[0-5][0-9]".boxed(),
        "240" => "[!-\"%-/0-9A-Z_a-z]{1,30}".boxed(),
        _ => "[!-\"%-/0-9A-Z_a-z]{1,20}".boxed(),
    };
    value.prop_map(move |value| (code, value)).boxed()
}

fn label() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let codes = vec!["10", "11", "17", "21", "240", "30", "7003", "8012"];
    let gtin = "[0-9]{13}".prop_map(|data| ("01", format!("{data}{}", mod10(&data).unwrap())));
    (
        gtin,
        proptest::sample::subsequence(codes, 1..6).prop_shuffle(),
    )
        .prop_flat_map(|(gtin, codes)| {
            let others: Vec<_> = codes.into_iter().map(element).collect();
            others.prop_map(move |others| std::iter::once(gtin.clone()).chain(others).collect())
        })
}

fn encoded(label: &[(&str, String)], separator: &str) -> String {
    let mut text = String::new();
    for (rank, (code, value)) in label.iter().enumerate() {
        text += code;
        text += value;
        if rank + 1 < label.len() && !gs1_ai::of(code).unwrap().predefined {
            text += separator;
        }
    }
    text
}

fn given<'a>(label: &'a [(&str, String)], code: &str) -> Option<&'a str> {
    label
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, value)| value.as_str())
}

proptest! {
    #[test]
    fn with_separators_every_label_reads_back(label in label()) {
        let options = Options { separators_are_sent: true, ..Options::default() };
        let udi = parse_with(&encoded(&label, &GS.to_string()), &options, today());
        prop_assert_eq!(udi.status, Status::Parsed);
        let elements: Vec<_> = udi.elements.iter().map(|element| (element.key.as_str(), element.raw.clone())).collect();
        prop_assert_eq!(&elements, &label);
        prop_assert_eq!(udi.lot.as_deref(), given(&label, "10"));
        prop_assert_eq!(udi.serial.as_deref(), given(&label, "21"));
        prop_assert_eq!(udi.software_version.as_deref(), given(&label, "8012"));
    }

    #[test]
    fn without_separators_nothing_is_silently_wrong(label in label()) {
        let text = encoded(&label, "");
        let udi = read(&text);
        let right = |elements: &[super::super::Element]| {
            elements.iter().map(|element| (element.key.as_str(), element.raw.as_str())).eq(label.iter().map(|(code, value)| (*code, value.as_str())))
        };
        match udi.status {
            Status::Parsed => prop_assert!(right(&udi.elements), "{} read as {:?}", text, udi.elements),
            Status::Ambiguous => {
                prop_assert!(udi.lot.is_none() || udi.lot.as_deref() == given(&label, "10"), "{}", text);
                prop_assert!(udi.serial.is_none() || udi.serial.as_deref() == given(&label, "21"), "{}", text);
                prop_assert!(udi.readings.len() >= 12 || udi.readings.iter().any(|reading| right(&reading.elements)), "{text}: {:?}", udi.readings);
            }
            Status::Unparsed(_) => prop_assert!(false, "{} was not read", text),
        }
    }

    #[test]
    fn what_is_printed_and_what_is_scanned_mean_the_same(label in label()) {
        let printed: String = label.iter().map(|(code, value)| format!("({code}){value}")).collect();
        // A value that itself prints like an identifier cannot be told from one on paper.
        prop_assume!(label.iter().all(|(_, value)| !value.contains('(')));
        let scanned = read(&(GS.to_string() + &encoded(&label, &GS.to_string())));
        let shown = read(&printed);
        prop_assert_eq!(shown.elements, scanned.elements);
    }

    #[test]
    fn an_address_means_the_same_as_a_scan(data in "[0-9]{13}", lot in "[!-\"%-/0-9A-Z_a-z]{1,20}", serial in "[!-\"%-/0-9A-Z_a-z]{1,20}") {
        let gtin = format!("{data}{}", mod10(&data).unwrap());
        let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let udi = read(&format!("https://a.example/01/{gtin}/10/{}/21/{}?17=281231", escape(&lot), escape(&serial)));
        prop_assert_eq!(di(&udi), gtin);
        prop_assert_eq!((udi.lot, udi.serial), (Some(lot), Some(serial)));
    }

    #[test]
    fn a_mistyped_digit_of_the_gtin_is_always_said(data in "[0-9]{13}", at in 0usize..14, by in 1u32..10) {
        let mut wrong: Vec<char> = format!("{data}{}", mod10(&data).unwrap()).chars().collect();
        wrong[at] = char::from_digit((wrong[at].to_digit(10).unwrap() + by) % 10, 10).unwrap();
        let wrong: String = wrong.into_iter().collect();
        let udi = read(&format!("01{wrong}17281231"));
        prop_assert!(udi.is_doubtful());
        prop_assert_eq!(di(&udi), wrong);
    }
}
