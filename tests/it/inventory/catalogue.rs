//! Models, their identifiers, software versions and codes, and whether maintenance is a duty, as
//! people read it.

use axum::http::Method;
use serde_json::json;

use crate::parties::organisation;
use crate::support::{Person, World};

const LIST: &str = "/inventory/models";
const NEW: &str = "/inventory/models/new";

async fn model(person: &mut Person, fields: &[(&str, &str)]) -> String {
    let mut all = vec![("distinct", "true")];
    all.extend_from_slice(fields);
    person.post(LIST, &all).await.is(303).location()
}

#[tokio::test]
async fn whether_maintenance_is_a_duty_is_said_with_its_text_or_why_it_is_not_known() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    for (name, fields, code, said) in [
        (
            "Respirateur A",
            vec![("regulation", "mdr"), ("risk_class", "IIb")],
            "listed",
            "3 mars 2003",
        ),
        (
            "Mammographe B",
            vec![
                ("regulation", "mdd"),
                ("risk_class", "IIb"),
                ("regulated_family", "mammography"),
            ],
            "listed",
            "Mammographie",
        ),
        (
            "Scialytique C",
            vec![("regulation", "mdr"), ("risk_class", "I")],
            "not_listed",
            "Classe I",
        ),
        (
            "Automate D",
            vec![("regulation", "ivdr"), ("risk_class", "C")],
            "not_listed",
            "diagnostic in vitro",
        ),
        (
            "Table E",
            vec![("regulation", "mdr")],
            "undetermined",
            "La classe du modèle est inconnue",
        ),
        ("Pompe F", vec![], "undetermined", "sont inconnus"),
    ] {
        let mut all = vec![("trade_name", name)];
        all.extend(fields);
        let page = model(&mut engineer, &all).await;
        engineer.get(&page).await.is(200).shows(said);
        let kept = engineer.get_json(&page).await.json();
        assert_eq!(kept["maintenance_obligation"]["code"], code, "{name}");
        assert!(
            kept["maintenance_obligation"]["why"]
                .as_str()
                .unwrap()
                .contains(said),
            "{name}: {}",
            kept["maintenance_obligation"]
        );
    }
    engineer
        .get("/inventory/models?q=respirateur")
        .await
        .shows("Respirateur A")
        .does_not_show("Mammographe B");
}

#[tokio::test]
async fn identifiers_go_by_packaging_and_a_doubtful_one_is_kept_and_said() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = model(&mut engineer, &[("trade_name", "Capteur de pression")]).await;
    let other = model(&mut engineer, &[("trade_name", "Autre capteur")]).await;
    let add = format!("{page}/identifiers");
    // A GTIN-13 is the same number with a zero before.
    engineer
        .post_from(
            &add,
            &page,
            &[
                ("code", "9506000134352"),
                ("issuer", "gs1"),
                ("level", "base"),
            ],
        )
        .await
        .is(303);
    engineer
        .post_from(
            &add,
            &page,
            &[
                ("code", "19506000134359"),
                ("issuer", "gs1"),
                ("level", "package"),
                ("contains", "09506000134352"),
                ("contains_quantity", "10"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&page)
        .await
        .shows("09506000134352")
        .shows("10 × 09506000134352");
    // The same identifier is not two models.
    let again = engineer
        .post_from(
            &format!("{other}/identifiers"),
            &other,
            &[
                ("code", "09506000134352"),
                ("issuer", "gs1"),
                ("level", "base"),
            ],
        )
        .await
        .is(422);
    assert_eq!(
        again.attributes("input[name=code]", "value"),
        ["09506000134352"]
    );
    assert!(
        again
            .attributes(".error[id]", "id")
            .contains(&"e-code".to_owned())
    );
    // Labels carry mistakes: said, never refused.
    engineer
        .post_from(
            &format!("{other}/identifiers"),
            &other,
            &[
                ("code", "09506000134377"),
                ("issuer", "gs1"),
                ("level", "base"),
            ],
        )
        .await
        .is(303);
    engineer.get(&other).await.shows("clé de contrôle fausse");
    let wrong = engineer
        .post_from(
            &add,
            &page,
            &[
                ("code", "29506000134356"),
                ("issuer", "gs1"),
                ("level", "package"),
                ("contains", "19506000134359"),
            ],
        )
        .await
        .is(422);
    wrong.shows("Un emballage dit ce qu’il contient et combien");
    assert_eq!(world.count("select count(*) from udi_di").await, 3);
}

#[tokio::test]
async fn a_version_is_kept_as_its_maker_writes_it() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = model(
        &mut engineer,
        &[("trade_name", "Moniteur M"), ("is_dmn", "yes")],
    )
    .await;
    for (number, ends) in [("K.21.56", "01/12/2025"), ("PB 5.07.00", "")] {
        engineer
            .post_from(
                &format!("{page}/versions"),
                &page,
                &[("number", number), ("security_support_ends_on", ends)],
            )
            .await
            .is(303);
    }
    let shown = engineer.get(&page).await.is(200);
    shown
        .shows("K.21.56")
        .shows("PB 5.07.00")
        .shows("1er déc. 2025");
    let wrong = engineer
        .post_from(
            &format!("{page}/versions"),
            &page,
            &[("number", "3.0"), ("released_on", "31/02/2026")],
        )
        .await
        .is(422);
    wrong.shows("« 31/02/2026 » n’est pas une date");
    assert_eq!(wrong.attributes("input[name=number]", "value"), ["3.0"]);
    let twice = engineer
        .post_from(&format!("{page}/versions"), &page, &[("number", "K.21.56")])
        .await
        .is(422);
    assert_eq!(twice.attributes("input[name=number]", "value"), ["K.21.56"]);
    assert_eq!(
        world.count("select count(*) from software_version").await,
        2
    );
}

#[tokio::test]
async fn what_disagrees_in_a_model_is_said_at_its_field_and_nothing_is_written() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let maker = organisation(&mut engineer, "Hamilton Medical", &["manufacturer"]).await;
    for (fields, field, said) in [
        (
            vec![("trade_name", "X"), ("risk_class", "IIa")],
            "regulation",
            "",
        ),
        (
            vec![
                ("trade_name", "X"),
                ("regulation", "mdr"),
                ("risk_class", "C"),
            ],
            "risk_class",
            "",
        ),
        (
            vec![("trade_name", "X"), ("is_ai", "yes"), ("is_dmn", "no")],
            "is_dmn",
            "intelligence artificielle",
        ),
        (
            vec![("trade_name", "X"), ("notified_body", "12")],
            "notified_body",
            "quatre chiffres",
        ),
        (
            vec![("trade_name", "X"), ("sale_ends_on", "bientôt")],
            "sale_ends_on",
            "« bientôt » n’est pas une date",
        ),
        (
            vec![("trade_name", " ")],
            "trade_name",
            "au moins une dénomination",
        ),
    ] {
        let mut all = vec![("manufacturer", maker.as_str()), ("note", "Note gardée")];
        all.extend(fields);
        let again = engineer.post_from(LIST, NEW, &all).await.is(422);
        again.shows(said);
        assert!(
            again
                .attributes(".error[id]", "id")
                .contains(&format!("e-{field}")),
            "{field}: {:?}",
            again.attributes(".error[id]", "id")
        );
        assert!(again.text.contains("Note gardée"), "{field}");
    }
    assert_eq!(world.count("select count(*) from device_model").await, 0);
    let french = model(
        &mut engineer,
        &[
            ("trade_name", "Hamilton-C6"),
            ("sale_ends_on", "30/06/2031"),
        ],
    )
    .await;
    assert_eq!(
        engineer.get_json(&french).await.json()["sale_ends_on"],
        "2031-06-30"
    );
}

#[tokio::test]
async fn a_near_name_is_looked_at_before_a_second_model_is_made() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    model(&mut engineer, &[("trade_name", "IntelliVue MX750")]).await;
    let asked = engineer
        .post_from(LIST, NEW, &[("trade_name", "Intellivue MX 750")])
        .await
        .is(422);
    asked.shows("IntelliVue MX750");
    assert_eq!(world.count("select count(*) from device_model").await, 1);
    engineer
        .post_from(
            LIST,
            NEW,
            &[("trade_name", "Intellivue MX 750"), ("distinct", "true")],
        )
        .await
        .is(303);
}

#[tokio::test]
async fn the_catalogue_is_the_group_s_and_its_readers_change_nothing() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = model(&mut engineer, &[("trade_name", "Perfusor Space")]).await;
    for role in ["technician", "ward_user", "auditor", "external_technician"] {
        let mut reader = world.person(role).await;
        reader
            .get(&page)
            .await
            .is(200)
            .does_not_show("Ajouter une version")
            .does_not_show("Modifier");
        reader
            .post(&format!("{page}/versions"), &[("number", "1")])
            .await
            .is(403);
    }
    let mut local = world.signed_in("engineer.chv").await;
    local
        .send_json(
            Method::POST,
            &format!("{page}/identifiers"),
            json!({ "code": "09506000134352", "issuer": "gs1", "level": "base" }),
        )
        .await
        .is(403);
    assert_eq!(world.count("select count(*) from udi_di").await, 0);
}
