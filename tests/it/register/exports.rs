//! Exports of a register, of a unit's and of a family's, for an inspector and for a spreadsheet.

use super::seals::Sealed;
use super::world::{DEVICE, OTHER, write};
use vigie::register::seal;

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

#[tokio::test]
async fn an_inspector_gets_an_archive_a_table_and_a_signed_file() {
    let sealed = Sealed::new().await;
    let mut engineer = sealed.world.signed_in("engineer.chv").await;
    write(&mut engineer, DEVICE, &[("nature", "=1+1 visite")])
        .await
        .is(303);
    write(&mut engineer, OTHER, &[]).await.is(303);
    seal(&sealed.app).await.unwrap();
    for path in [
        format!("/register/devices/{DEVICE}/export"),
        "/register/units/01950000-0000-7000-8000-0000000000a2/export".to_owned(),
        "/register/families/01950000-0000-7000-8000-00000000e002/export".to_owned(),
    ] {
        let pdf = engineer.get(&format!("{path}?format=pdf")).await.is(200);
        assert_eq!(pdf.headers["content-type"], "application/pdf");
        assert!(pdf.bytes.starts_with(b"%PDF-1.7") && holds(&pdf.bytes, "<pdfaid:part>2<"));
        let csv = engineer.get(&format!("{path}?format=csv")).await.is(200);
        assert!(
            csv.text.contains("'=1+1 visite"),
            "formulas are neutralised: {}",
            csv.text
        );
        assert_eq!(
            csv.text.lines().count(),
            if path.contains("/devices/") { 2 } else { 3 }
        );
        let file = engineer.get(&format!("{path}?format=jsonl")).await.is(200);
        let rows: Vec<serde_json::Value> = file
            .text
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(rows[0]["format"], "vigie.register.export.1");
        assert_eq!(rows[1]["device"]["items"].as_array().unwrap().len(), 7);
        assert!(
            rows.last().unwrap()["end"]["signature"]
                .as_str()
                .is_some_and(|s| s.len() == 128)
        );
    }
    engineer
        .get(&format!("/register/devices/{DEVICE}/export?format=doc"))
        .await
        .is(400);
    // Each file that left is written down, the refused one is not.
    let logged = sealed
        .world
        .count("select count(*) from read_log where kind = 'export' and what like 'Registre, %'")
        .await;
    assert_eq!(logged, 9);
}
