//! What is printed conforms, says what was typed, and is the same each time.

use chrono::TimeZone;
use proptest::prelude::*;
use typst::layout::{Frame, FrameItem};

use super::*;

const RECORD: &str = r##"#import "/vigie.typ": *
#let data = json("/data.json")
#show: record.with(title: data.title, sub: data.sub, foot: data.foot)
== Identité
#facts(data.facts)
== Lignes
#lines(("Date", "Acte"), data.lines, columns: (auto, 1fr))
#image(bytes(data.qr), format: "svg", width: 20mm, alt: "Code QR")
"##;

const BARE: &str = r##"#let data = json("/data.json")
#set document(title: "Essai")
#set page(width: auto, height: auto)
#set text(hyphenate: false)
#data.text
"##;

fn print(source: &'static str, data: Value) -> Print {
    Print {
        source,
        data,
        at: Utc.with_ymd_and_hms(2026, 11, 23, 8, 30, 0).unwrap(),
        zone: Tz::Europe__Paris,
        standard: Standard::Archive,
    }
}

fn record() -> Print {
    print(
        RECORD,
        serde_json::json!({
            "title": "BM100003 · Moniteur", "sub": "Philips", "foot": "Imprimé par Claire Vidal le 23/11/2026 à 9 h 30",
            "facts": [["N° de série", "65CVLM"], ["Fournisseur", ""]],
            "lines": [["12/10/2025", "Mise en service"], ["13/10/2025", "« Contrôle » #1 *réussi*"]],
            "qr": svg("https://vigie.exemple.fr/q/7KQ2MXHP").unwrap(),
        }),
    )
}

/// What a reader finds on the pages.
fn words(print: &Print) -> String {
    fn walk(frame: &Frame, out: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, out),
                FrameItem::Text(text) => out.push_str(&text.text),
                _ => {}
            }
        }
    }
    let desk = world::Desk::new(print).unwrap();
    let document = typst::compile(&desk).output.unwrap();
    typst_pdf::pdf(&document, &world::options(print).unwrap()).unwrap();
    let mut out = String::new();
    for page in document.pages() {
        walk(&page.frame, &mut out);
    }
    out
}

fn holds(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|w| w == text.as_bytes())
}

#[test]
fn a_record_is_an_archive_that_says_which_kind_and_is_the_same_each_time() {
    let file = world::typeset(&record()).unwrap();
    assert!(file.starts_with(b"%PDF-1.7"));
    for text in [
        "<pdfaid:part>2<",
        "<pdfaid:conformance>A<",
        "<pdfuaid:part>1<",
    ] {
        assert!(holds(&file, text), "{text}");
    }
    assert!(holds(&file, "2026-11-23T09:30:00+01:00"));
    assert_eq!(file, world::typeset(&record()).unwrap());
}

#[test]
fn an_archive_may_carry_files_and_says_so() {
    const WITH: &str = r##"#import "/vigie.typ": *
#let data = json("/data.json")
#show: record.with(title: "Lignes", foot: "")
#pdf.attach("lignes.json", bytes(data.file), mime-type: "application/json", relationship: "data", description: "Les lignes, pour un programme")
Voir le fichier joint.
"##;
    let data = serde_json::json!({ "file": "{\"lines\":[]}" });
    let with = Print {
        standard: Standard::ArchiveWithFiles,
        ..print(WITH, data.clone())
    };
    let file = world::typeset(&with).unwrap();
    assert!(holds(&file, "<pdfaid:part>3<") && holds(&file, "lignes.json"));
    // The same file cannot be a PDF/A-2: the conformance check is at work.
    assert!(world::typeset(&print(WITH, data)).is_err());
}

#[test]
fn an_image_that_cannot_be_read_aloud_is_refused() {
    const MUTE: &str = r##"#let data = json("/data.json")
#set document(title: "Essai")
#image(bytes(data.qr), format: "svg", width: 20mm)
"##;
    let error = world::typeset(&print(MUTE, serde_json::json!({ "qr": svg("a").unwrap() })));
    assert!(error.is_err());
}

#[test]
fn a_source_reads_no_other_file() {
    for source in [
        "#set document(title: \"x\")\n#read(\"/etc/passwd\")",
        "#set document(title: \"x\")\n#read(\"../../etc/passwd\")",
        "#import \"@preview/cetz:0.3.0\"",
    ] {
        assert!(world::typeset(&print(source, Value::Null)).is_err());
    }
}

#[test]
fn no_source_of_ours_runs_data() {
    fn walk(folder: &std::path::Path, seen: &mut usize) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, seen);
            } else if path.extension().is_some_and(|e| e == "typ") {
                *seen += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                for word in ["eval(", "plugin(", "mode:"] {
                    assert!(!text.contains(word), "{}: {word}", path.display());
                }
            }
        }
    }
    let mut seen = 0;
    walk(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"),
        &mut seen,
    );
    assert!(seen > 0);
}

#[test]
fn a_typed_text_is_printed_as_typed() {
    let typed = "#panic(1) *gras* _x_ $1$ `r` <a> @b \\ // c [d] #{1+1} = T - l «é» ½ Ω ≥";
    let shown = words(&print(BARE, serde_json::json!({ "text": typed })));
    assert_eq!(bare(&shown), bare(typed));
    let foreign = words(&print(BARE, serde_json::json!({ "text": "心\u{202e}x" })));
    assert_eq!(foreign, "[U+5FC3][U+202E]x");
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[tokio::test]
async fn a_file_is_answered_under_a_plain_name() {
    let file = make(record()).await.unwrap();
    let response = answer(file, "fiche \"BM 1\".pdf");
    assert_eq!(
        response.headers()["content-disposition"],
        "inline; filename=\"fiche--BM-1-.pdf\""
    );
    assert_eq!(response.headers()["content-type"], "application/pdf");
}

#[test]
fn a_code_has_its_quiet_zone_and_its_three_eyes() {
    let qr = Qr::of("https://vigie.exemple.fr/q/7KQ2MXHP").unwrap();
    for (x, y) in [(0, 0), (qr.size - 7, 0), (0, qr.size - 7)] {
        assert!((0..7).all(|i| qr.is_dark(x + i, y) && qr.is_dark(x, y + i)));
        assert!(!qr.is_dark(x + 1, y + 1) && qr.is_dark(x + 3, y + 3));
    }
    assert!(!qr.is_dark(qr.size, 0));
    let image = svg("x").unwrap();
    assert!(image.contains("viewBox=\"0 0 29 29\"") && image.contains("M4 4h7"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_typed_prints_and_is_no_markup(text in any::<String>(), dressing in "[#*_`$@<>\\\\/=\\[\\]{}()\"'~^-]{0,12}") {
        let typed = format!("A{dressing}{text}Z");
        let shown = words(&print(BARE, serde_json::json!({ "text": typed })));
        prop_assert!(shown.starts_with('A') && shown.ends_with('Z'), "{shown}");
        prop_assert!(bare(&shown).contains(&bare(&dressing)), "{shown}");
    }
}
