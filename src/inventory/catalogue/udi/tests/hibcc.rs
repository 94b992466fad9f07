//! HIBC: primary, secondary, combined, one after the other.

use proptest::prelude::*;

use super::super::{DiKind, Form, Issuer, Status, Value, Warning, mod43};
use super::{day, di, read};

/// A symbol with its check character.
fn checked(data: &str) -> String {
    format!("{data}{}", mod43(data).unwrap())
}

#[test]
fn a_primary_symbol_is_read() {
    let udi = read("+A123BJC5D6E71G");
    assert_eq!(
        (udi.status, udi.issuer, di(&udi)),
        (Status::Parsed, Some(Issuer::Hibcc), "A123BJC5D6E71")
    );
    assert_eq!(udi.di.as_ref().unwrap().kind, DiKind::Hibc);
    assert_eq!(udi.package_level.unwrap().0, 1);
    assert!(udi.warnings.is_empty());
    assert_eq!(di(&read("+BLUEUNICORN7N")), "BLUEUNICORN7");
    let printed = read("*+A123BJC5D6E71G*");
    assert_eq!((printed.form, di(&printed)), (Form::Hri, "A123BJC5D6E71"));
}

#[test]
fn a_combined_symbol_is_read() {
    let udi = read("+A123BJC5D6E71/$$52001510X3C");
    assert_eq!(
        (di(&udi), udi.lot.as_deref(), udi.expiry),
        ("A123BJC5D6E71", Some("10X3"), Some(day(2020, 1, 15)))
    );
    assert!(udi.warnings.is_empty(), "{:?}", udi.warnings);
    let udi = read(&checked(
        "+A99912345/$$52001510X3/16D20111231/14D20200115/Q200/S77DEFG45",
    ));
    assert_eq!(
        (udi.manufactured, udi.quantity),
        (Some(day(2011, 12, 31)), Some(200))
    );
    assert_eq!(
        (udi.lot.as_deref(), udi.serial.as_deref()),
        (Some("10X3"), Some("77DEFG45"))
    );
    assert!(udi.warnings.is_empty(), "{:?}", udi.warnings);
}

#[test]
fn the_example_of_hl7_is_read_in_spite_of_its_wrong_check() {
    let udi = read(
        "+H123PARTNO1234567890120/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202C",
    );
    assert_eq!(
        (udi.status, di(&udi)),
        (Status::Parsed, "H123PARTNO1234567890120")
    );
    assert_eq!(
        (udi.lot.as_deref(), udi.serial.as_deref()),
        (Some("LOT123456789012345"), Some("XYZ456789012345678"))
    );
    assert_eq!(
        (udi.expiry, udi.manufactured),
        (Some(day(2020, 2, 2)), Some(day(2013, 2, 2)))
    );
    assert_eq!(
        udi.warnings,
        [Warning::Check {
            key: "HIBC".into(),
            found: "C".into(),
            expected: "H".into()
        }]
    );
    assert!(matches!(udi.elements[3].value, Value::Moment(_)));
}

#[test]
fn every_date_format_of_a_secondary_symbol_is_read() {
    let last = Some(day(2005, 9, 30));
    let exact = Some(day(2005, 9, 28));
    for (data, expiry, quantity) in [
        ("052713C001", exact, None),
        ("$3C001", None, None),
        ("$$09053C001", last, None),
        ("$$20928053C001", exact, None),
        ("$$30509283C001", exact, None),
        ("$$4050928223C001", exact, None),
        ("$$5052713C001", exact, None),
        ("$$605271223C001", exact, None),
        ("$$73C001", None, None),
        ("$$82409053C001", last, Some(24)),
        ("$$82420928053C001", exact, Some(24)),
        ("$$82473C001", None, Some(24)),
        ("$$90010009053C001", last, Some(100)),
        ("$$9001004050928223C001", exact, Some(100)),
    ] {
        let udi = read(&checked(&format!("+{data}L")));
        assert_eq!(
            (udi.lot.as_deref(), udi.expiry, udi.quantity),
            (Some("3C001"), expiry, quantity),
            "{data}"
        );
        assert!(udi.warnings.is_empty(), "{data} {:?}", udi.warnings);
        assert!(udi.di.is_none());
        if let Some(serial) = data.strip_prefix("$$") {
            let udi = read(&checked(&format!("+$$+{serial}L")));
            assert_eq!(
                (udi.serial.as_deref(), udi.expiry, udi.lot),
                (Some("3C001"), expiry, None),
                "{data}"
            );
        }
    }
    assert_eq!(read(&checked("+$+0001L")).serial.as_deref(), Some("0001"));
    let bare = read(&checked("+$$824L"));
    assert_eq!((bare.quantity, bare.lot), (Some(24), None));
    let bare = read(&checked("+05271L"));
    assert_eq!((bare.expiry, bare.lot), (exact, None));
}

#[test]
fn two_symbols_one_after_the_other_are_linked() {
    let second = checked("+$$09053C001G");
    for between in ["", "\n", " "] {
        let udi = read(&format!("+A123BJC5D6E71G{between}{second}"));
        assert_eq!(
            (di(&udi), udi.lot.as_deref()),
            ("A123BJC5D6E71", Some("3C001")),
            "{between:?}"
        );
        assert!(udi.warnings.is_empty(), "{:?}", udi.warnings);
    }
    let other = checked("+$$09053C001X");
    let udi = read(&format!("+A123BJC5D6E71G{other}"));
    assert_eq!(
        udi.warnings,
        [Warning::Link {
            found: 'X',
            expected: 'G'
        }]
    );
}

#[test]
fn check_characters_that_are_signs_are_read() {
    let mut signs = String::new();
    for number in 0..2000 {
        let primary = format!("+H124{number:04}1");
        let sign = mod43(&primary).unwrap();
        if sign.is_ascii_alphanumeric() {
            continue;
        }
        signs.push(sign);
        let udi = read(&checked(&primary));
        assert_eq!(di(&udi), &primary[1..], "{sign:?}");
        assert!(udi.warnings.is_empty(), "{sign:?} {:?}", udi.warnings);
        let both = format!("{}{}", checked(&primary), checked(&format!("+$LOT1{sign}")));
        let udi = read(&both);
        assert_eq!(
            (di(&udi), udi.lot.as_deref()),
            (&primary[1..], Some("LOT1")),
            "{both}"
        );
        assert!(udi.warnings.is_empty(), "{both} {:?}", udi.warnings);
        let combined = read(&checked(&format!("{primary}/$+{number}")));
        assert_eq!(combined.serial, Some(number.to_string()));
    }
    for sign in "-. $/+%".chars() {
        assert!(signs.contains(sign), "{sign:?} was never met");
    }
}

#[test]
fn a_missing_check_character_is_not_taken_for_granted() {
    // The last digit may be the unit of measure or a wrong check character.
    let udi = read("+A123BJC5D6E71");
    assert_eq!((udi.status, di(&udi)), (Status::Ambiguous, ""));
    let dis: Vec<_> = udi
        .readings
        .iter()
        .map(|reading| reading.di.as_ref().unwrap().value.as_str())
        .collect();
    assert_eq!(dis, ["A123BJC5D6E7", "A123BJC5D6E71"]);
    // A letter cannot be a unit of measure: the check is wrong.
    let udi = read("+A123BJC5D6E71X");
    assert_eq!((udi.status, di(&udi)), (Status::Parsed, "A123BJC5D6E71"));
    assert!(udi.is_doubtful());
    // A date of fixed length shows that it is missing.
    let udi = read("+A123BJC5D6E71/$LOT/16D20130202");
    assert_eq!(udi.manufactured, Some(day(2013, 2, 2)));
    assert!(udi.warnings.contains(&Warning::CheckMissing));
}

#[test]
fn a_trimmed_blank_check_character_is_recovered() {
    let primary = (0..2000)
        .map(|number| format!("+Z999{number:04}1"))
        .find(|data| mod43(data) == Some(' '))
        .unwrap();
    let udi = read(&primary);
    assert_eq!(di(&udi), &primary[1..]);
    assert!(udi.warnings.contains(&Warning::CheckMissing));
    assert!(!read(&format!("{primary} ")).is_doubtful());
}

#[test]
fn a_basic_udi_di_is_verified() {
    let udi = read("++A999MODELIDENTIFIER11S8");
    assert_eq!(
        udi.basic_udi_di.as_deref(),
        Some("++A999MODELIDENTIFIER11S8")
    );
    assert!(udi.di.is_none() && udi.warnings.is_empty());
    assert!(read("++A999MODELIDENTIFIER11S9").is_doubtful());
}

proptest! {
    #[test]
    fn a_built_symbol_reads_back(
        labeller in "[A-Z][A-Z0-9]{3}", product in "[A-Z0-9]{1,18}", unit in 0u8..10,
        lot in "[A-Z0-9]{1,18}", serial in "[A-Z0-9]{1,18}", days in 0i64..9000,
    ) {
        let expiry = day(2015, 1, 1) + chrono::TimeDelta::days(days);
        let primary = format!("+{labeller}{product}{unit}");
        let udi = read(&checked(&format!("{primary}/$$3{}{lot}/S{serial}", expiry.format("%y%m%d"))));
        prop_assert_eq!(di(&udi), &primary[1..]);
        prop_assert_eq!((udi.lot.clone(), udi.serial, udi.expiry), (Some(lot.clone()), Some(serial), Some(expiry)));
        prop_assert!(udi.warnings.is_empty());
        let first = checked(&primary);
        let second = checked(&format!("+${lot}{}", first.chars().next_back().unwrap()));
        let udi = read(&format!("{first}{second}"));
        prop_assert_eq!(di(&udi), &primary[1..]);
        prop_assert_eq!(udi.lot, Some(lot));
    }

    #[test]
    fn a_mistyped_character_is_always_said(product in "[A-Z0-9]{4,12}", at in 1usize..9, to in "[A-Z0-9]") {
        let right = checked(&format!("+A123{product}1"));
        let mut wrong: Vec<char> = right.chars().collect();
        wrong[at] = to.chars().next().unwrap();
        let wrong: String = wrong.into_iter().collect();
        prop_assume!(wrong != right);
        prop_assert!(read(&wrong).is_doubtful(), "{}", wrong);
    }
}
