//! What a line must say, how late it may come, and the text that is hashed.

use super::canonical::{GENESIS, Head, Text, code, hex, unhex};
use super::*;
use proptest::prelude::*;
use sha2::Digest;

const RULE: Lateness = Lateness {
    marked_after_days: 7,
    refused_after_days: 365,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-23")
}

fn good() -> NewLine {
    NewLine {
        performance: Some("358 J pour 360 J".into()),
        conformity: Some(Conformity::Conform),
        ..NewLine::of(
            LineKind::Preventive,
            "Visite annuelle",
            today(),
            "A. Martin",
        )
    }
}

fn wrong(new: NewLine) -> Vec<String> {
    match check(&new, Entry::Operation, today(), RULE) {
        Ok(_) => vec![],
        Err(errors) => errors.all().map(|(f, _)| f.to_owned()).collect(),
    }
}

pub fn line() -> Line {
    Line {
        id: LineId(Uuid::from_u128(1)),
        device_id: DeviceId(Uuid::from_u128(2)),
        number: 1,
        entry: Entry::Operation,
        corrects_id: None,
        kind: LineKind::Preventive,
        nature: "Visite annuelle".into(),
        begun_on: None,
        done_on: Some(today()),
        done_on_text: None,
        performer_name: Some("Élodie Martin".into()),
        performer_role: None,
        performer_employer: None,
        accreditation: None,
        performance: Some("358 J\npour 360 J".into()),
        measurements: None,
        conformity: Some(Conformity::Conform),
        stopped_on: None,
        resumed_on: None,
        restrictions: None,
        software_before: None,
        software_after: None,
        report_id: None,
        report_name: None,
        report_sha256: None,
        reason: None,
        late_days: None,
        source: Source::Manual,
        cause_type: None,
        cause_id: None,
        recorded_at: DateTime::from_timestamp_micros(1_764_000_000_000_001).unwrap(),
        recorded_by: None,
        recorded_by_name: "Vigie".into(),
        previous_hash: GENESIS.to_vec(),
        hash: vec![],
    }
}

#[test]
fn the_text_of_a_line_is_the_one_another_language_writes() {
    // Computed apart, by hand from the rules of canonical.rs, with python's hashlib.
    let text = line().canonical();
    assert!(text.starts_with("vigie.register.line.1\nid:36:00000000-0000-0000-0000-000000000001\ndevice_id:36:00000000-0000-0000-0000-000000000002\nnumber:1:1\nentry:9:operation\ncorrects_id:-\nkind:10:preventive\nnature:15:Visite annuelle\n"), "{text}");
    assert!(text.contains("performer_name:14:Élodie Martin\n"));
    assert!(
        text.contains("performance:16:358 J\npour 360 J\n"),
        "{text}"
    );
    assert!(
        text.contains("recorded_at:27:2025-11-24T16:00:00.000001Z\n"),
        "{text}"
    );
    assert!(text.ends_with(&format!("previous_hash:64:{}\n", "0".repeat(64))));
}

#[test]
fn every_field_of_a_line_counts() {
    let mut fields = vec![];
    line().each_field(|name, _| fields.push(name));
    assert_eq!(fields.len(), 34, "a column was added: hash it");
    let plain = line().computed_hash();
    let changed = [
        Line {
            number: 2,
            ..line()
        },
        Line {
            nature: "Visite".into(),
            ..line()
        },
        Line {
            done_on: None,
            done_on_text: Some("2026-11-23".into()),
            ..line()
        },
        Line {
            performer_name: None,
            performer_role: Some("Élodie Martin".into()),
            ..line()
        },
        Line {
            conformity: Some(Conformity::Nonconform),
            ..line()
        },
        Line {
            restrictions: Some(String::new()),
            ..line()
        },
        Line {
            report_id: Some(Uuid::from_u128(9)),
            ..line()
        },
        Line {
            previous_hash: vec![1; 32],
            ..line()
        },
        Line {
            recorded_at: DateTime::from_timestamp_micros(0).unwrap(),
            ..line()
        },
    ];
    for other in changed {
        assert_ne!(plain, other.computed_hash(), "{other:?}");
    }
}

#[test]
fn the_items_of_the_article_are_asked_for_by_name() {
    assert!(wrong(good()).is_empty());
    assert_eq!(
        wrong(NewLine {
            performer_name: None,
            ..good()
        }),
        ["performer_name"]
    );
    assert_eq!(
        wrong(NewLine {
            performance: None,
            ..good()
        }),
        ["performance"]
    );
    assert_eq!(
        wrong(NewLine {
            conformity: None,
            ..good()
        }),
        ["conformity"]
    );
    assert_eq!(
        wrong(NewLine {
            done_on: None,
            ..good()
        }),
        ["done_on"]
    );
    assert!(
        wrong(NewLine {
            performance: None,
            conformity: Some(Conformity::NotApplicable),
            ..good()
        })
        .is_empty()
    );
    assert_eq!(
        wrong(NewLine {
            conformity: Some(Conformity::Nonconform),
            ..good()
        }),
        ["stopped_on"]
    );
    assert_eq!(
        wrong(NewLine {
            kind: LineKind::ExternalControl,
            ..good()
        }),
        ["accreditation", "performer_employer", "report"]
    );
    let taken_over = NewLine {
        performer_name: None,
        performance: None,
        conformity: None,
        done_on: None,
        done_on_text: Some("été 2019".into()),
        source: Source::Import,
        ..good()
    };
    assert!(wrong(taken_over).is_empty());
}

#[test]
fn what_is_not_done_yet_is_not_written_and_what_is_old_says_so() {
    let on = |text: &str| NewLine {
        done_on: Some(day(text)),
        ..good()
    };
    let because = |new: NewLine| NewLine {
        reason: Some("rapport reçu tard".into()),
        ..new
    };
    assert_eq!(wrong(on("2026-11-24")), ["done_on"]);
    assert!(
        wrong(on("2026-11-16")).is_empty(),
        "seven days pass unmarked"
    );
    assert_eq!(wrong(on("2026-11-15")), ["reason"]);
    assert_eq!(
        check(&because(on("2026-11-15")), Entry::Operation, today(), RULE),
        Ok(Some(8))
    );
    assert_eq!(
        check(&because(on("2025-11-23")), Entry::Operation, today(), RULE),
        Ok(Some(365))
    );
    assert_eq!(wrong(because(on("2025-11-22"))), ["done_on"]);
    let old = NewLine {
        source: Source::Import,
        ..on("2011-01-01")
    };
    assert_eq!(check(&old, Entry::Operation, today(), RULE), Ok(None));
    assert_eq!(
        wrong(NewLine {
            source: Source::Import,
            ..on("2027-01-01")
        }),
        ["done_on"]
    );
    assert!(
        check(&on("2020-01-01"), Entry::Correction, today(), RULE).is_err(),
        "a correction says why"
    );
    assert_eq!(
        check(&because(on("2020-01-01")), Entry::Correction, today(), RULE),
        Ok(None)
    );
}

#[test]
fn five_years_run_from_the_end_of_exploitation() {
    assert_eq!(
        retained_until(day("2024-02-29"), 5),
        Some(day("2029-02-28"))
    );
}

#[test]
fn codes_and_hexadecimal_read_back() {
    assert_eq!(code(&[0xab; 32]), "ABAB-ABAB-ABAB-ABAB");
    assert_eq!(unhex(&hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
    assert_eq!((unhex("0"), unhex("zz")), (None, None));
    let head = Head {
        block_id: 1,
        device_id: Uuid::nil(),
        line_count: 2,
        last_hash: vec![0xff],
        signature: vec![],
    };
    assert_eq!(
        head.canonical(),
        "vigie.register.head.1\nblock_id:1:1\ndevice_id:36:00000000-0000-0000-0000-000000000000\nline_count:1:2\nlast_hash:2:ff\n"
    );
}

proptest! {
    /// Nothing typed in one field can be read as another content.
    #[test]
    fn no_two_contents_share_a_text(a in prop::option::of(".{0,12}"), b in prop::option::of(".{0,12}"), c in prop::option::of(".{0,12}"), d in prop::option::of(".{0,12}")) {
        let text = |one: &Option<String>, two: &Option<String>| {
            let mut text = Text::titled("t");
            text.put("one", one.as_deref());
            text.put("two", two.as_deref());
            sha2::Sha256::digest(text.end())
        };
        prop_assert_eq!((&a, &b) == (&c, &d), text(&a, &b) == text(&c, &d));
    }
}
