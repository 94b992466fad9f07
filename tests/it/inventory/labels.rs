//! Labels, as people print and scan them.

use crate::support::{Person, World};

const REA: &str = "01950000-0000-7000-8000-0000000000a2";
const MONITOR: &str = "01950000-0000-7000-8000-000000000d01";
const SHEET: &str = "01950000-0000-7000-8000-00000001ab01";
const ROLL: &str = "01950000-0000-7000-8000-00000001ab05";

async fn world() -> World {
    let world = World::new().await;
    sqlx::raw_sql(
        "insert into organisation (id, name, roles, version) values ('01950000-0000-7000-8000-000000000e01', 'Verrier Médical', '{manufacturer}', 1);
         insert into device_model (id, common_name, trade_name, manufacturer_id, regulation, risk_class, is_ionising, version) values
             ('01950000-0000-7000-8000-000000000d01', 'Moniteur #strong[multi]', 'Vigil 700', '01950000-0000-7000-8000-000000000e01', 'mdr', 'IIb', false, 1);",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
    world
}

async fn register(engineer: &mut Person, serial: &str) -> (String, String) {
    let device = engineer
        .post(
            "/inventory/devices",
            &[("model", MONITOR), ("unit", REA), ("serial_number", serial)],
        )
        .await
        .is(303)
        .location();
    let id = device.rsplit('/').next().unwrap().to_owned();
    (device, id)
}

async fn code_of(person: &mut Person, device: &str) -> String {
    person.get_json(device).await.is(200).json()["label_code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_label_is_printed_from_the_page_of_a_device() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let (device, id) = register(&mut engineer, "65CVLM").await;
    let link = format!("/inventory/labels/new?device={id}");
    engineer
        .get(&device)
        .await
        .is(200)
        .shows("Imprimer l’étiquette");
    let page = engineer.get(&link).await.is(200);
    page.shows("Une étiquette, pour VG000001")
        .shows("A4, 21 étiquettes de 63,5 × 38,1 mm");
    let file = engineer
        .get(&format!(
            "/inventory/labels?device={id}&format={SHEET}&first=21&copies=2&as=pdf"
        ))
        .await
        .is(200);
    assert!(file.text.starts_with("%PDF-1.7"), "{}", &file.text[..20]);
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert!(file.text.contains("<pdfaid:part>2<"));
}

#[tokio::test]
async fn a_thermal_printer_gets_the_code_the_number_and_the_eight_characters() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let (device, id) = register(&mut engineer, "65CVLM").await;
    let code = code_of(&mut engineer, &device).await;
    let zpl = engineer
        .get(&format!(
            "/inventory/labels?device={id}&format={ROLL}&as=zpl203&copies=3"
        ))
        .await
        .is(200);
    let (start, end) = code.split_at(4);
    assert!(zpl.text.starts_with("^XA\n^CI28\n^PW400\n^LL200\n"));
    for part in [
        format!("/q/{code}^FS"),
        "^FDVG000001^FS".to_owned(),
        format!("^FD{start} {end}^FS"),
        "^PQ3\n^XZ".to_owned(),
    ] {
        assert!(zpl.text.contains(&part), "{part} in {}", zpl.text);
    }
    engineer
        .get(&format!(
            "/inventory/labels?device={id}&format={SHEET}&as=zpl203"
        ))
        .await
        .is(409)
        .shows("rouleau");
    engineer
        .get(&format!(
            "/inventory/labels?device={id}&format={SHEET}&first=22"
        ))
        .await
        .is(400)
        .shows("de 1 à 21");
}

#[tokio::test]
async fn a_list_is_labelled_in_its_order_and_nothing_else_is() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for serial in ["AAA", "BBB", "CCC"] {
        register(&mut engineer, serial).await;
    }
    let list = engineer
        .get("/inventory/devices?sort=-inventory_number")
        .await
        .is(200);
    let links = list.attributes("a[href^='/inventory/labels/new']", "href");
    assert_eq!(links.len(), 1, "{links:?}");
    engineer.get(&links[0]).await.is(200).shows("3 équipements");
    let query = links[0].split_once('?').unwrap().1.to_owned();
    let zpl = engineer
        .get(&format!(
            "/inventory/labels?{query}&format={ROLL}&as=zpl300"
        ))
        .await
        .is(200);
    let numbers: Vec<&str> = zpl
        .text
        .lines()
        .filter_map(|l| l.split("^FDVG").nth(1))
        .collect();
    assert_eq!(numbers, ["000003^FS", "000002^FS", "000001^FS"]);
    let one = engineer
        .get(&format!(
            "/inventory/labels?list=f%3Dserial_number%3Ais%3ABBB&format={ROLL}&as=zpl300"
        ))
        .await
        .is(200);
    assert_eq!(one.text.matches("^XA").count(), 1);
    assert!(one.text.contains("^FDVG000002^FS"));
}

#[tokio::test]
async fn nobody_prints_the_label_of_another_hospital() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let (_, id) = register(&mut engineer, "65CVLM").await;
    let mut stranger = world.signed_in("engineer.chm").await;
    for path in [
        format!("/inventory/labels/new?device={id}"),
        format!("/inventory/labels?device={id}&format={ROLL}&as=zpl203"),
    ] {
        stranger.get(&path).await.is(404);
    }
    stranger
        .get("/inventory/labels/new")
        .await
        .is(200)
        .shows("Aucun équipement à étiqueter");
}

#[tokio::test]
async fn a_torn_label_is_revoked_and_the_old_system_s_label_still_opens_the_device() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let (device, _) = register(&mut engineer, "65CVLM").await;
    let former = code_of(&mut engineer, &device).await;
    let version = engineer.get_json(&device).await.json()["version"].to_string();
    engineer
        .post(
            &format!("{device}/identifiers"),
            &[("kind", "old_label"), ("value", "GMAO-8812")],
        )
        .await
        .is(303);
    engineer
        .post(
            &format!("{device}/identifiers"),
            &[
                ("kind", "label_code"),
                ("value", "peu importe"),
                ("reason", "étiquette arrachée, retrouvée ailleurs"),
                ("version", &version),
            ],
        )
        .await
        .is(303);
    let present = code_of(&mut engineer, &device).await;
    assert_ne!(former, present);
    engineer
        .get(&format!("/q/{former}"))
        .await
        .is(409)
        .shows("ne vaut plus depuis");
    assert_eq!(
        engineer
            .get(&format!("/q/{present}"))
            .await
            .is(303)
            .location(),
        device
    );
    world
        .signed_in("engineer.chm")
        .await
        .get(&format!("/q/{former}"))
        .await
        .is(404);
    assert_eq!(
        engineer.get("/search?q=GMAO-8812").await.is(303).location(),
        device
    );
}

#[tokio::test]
async fn a_format_is_added_in_millimetres_and_one_that_overflows_is_refused() {
    let world = world().await;
    let mut admin = world.person("administrator").await;
    let fields = [
        ("name", "A4, 12 étiquettes"),
        ("code", "a4-2x6"),
        ("kind", "sheet"),
        ("page_width", "210"),
        ("page_height", "297"),
        ("label_width", "99,1"),
        ("label_height", "42,3"),
        ("columns", "2"),
        ("lines", "6"),
        ("left", "4,65"),
        ("top", "21,6"),
        ("pitch_x", "101,6"),
    ];
    let mut wide = fields.to_vec();
    wide.retain(|(name, _)| *name != "columns");
    wide.push(("columns", "3"));
    admin
        .post("/inventory/label-formats", &wide)
        .await
        .is(422)
        .shows("débordent de la page");
    admin
        .post("/inventory/label-formats", &fields)
        .await
        .is(303);
    let list = admin
        .get_json("/inventory/label-formats")
        .await
        .is(200)
        .json();
    let made = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["code"] == "a4-2x6")
        .unwrap();
    assert_eq!(made["label_width_um"], 99_100);
    assert_eq!(made["left_um"], 4_650);
    assert_eq!(made["pitch_y_um"], 42_300);
    admin
        .post("/inventory/label-formats", &fields)
        .await
        .is(422)
        .shows("déjà celui d’un autre format");
    world
        .signed_in("engineer.chv")
        .await
        .post("/inventory/label-formats", &fields)
        .await
        .is(403);
}
