//! Organisations: their names, who came after them, what is wrong in a form.

use serde_json::json;

use super::organisation;
use crate::support::World;

const NEW: &str = "/parties/organisations/new";
const LIST: &str = "/parties/organisations";

#[tokio::test]
async fn a_maker_goes_by_its_other_names_everywhere_it_is_sought() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let ge = organisation(&mut engineer, "GE HealthCare", &["manufacturer"]).await;
    let philips = organisation(&mut engineer, "Philips", &["manufacturer", "supplier"]).await;
    let page = format!("{LIST}/{ge}");
    for (name, kind) in [("Datex-Ohmeda", "brand"), ("General Electric", "spelling")] {
        engineer
            .post_from(
                &format!("{page}/aliases"),
                &page,
                &[
                    ("alias", name),
                    ("alias_kind", kind),
                    ("alias_source", "étiquette"),
                ],
            )
            .await
            .is(303);
    }
    let shown = engineer.get(&page).await.is(200);
    shown
        .shows("Datex-Ohmeda")
        .shows("Marque")
        .shows("Autre graphie")
        .shows("étiquette");
    let found = engineer
        .get_json(&format!("{LIST}/suggestions?q=datex"))
        .await
        .is(200)
        .json();
    assert_eq!(found["items"][0]["value"], ge);
    assert!(
        found["items"][0]["hint"]
            .as_str()
            .unwrap()
            .contains("Datex-Ohmeda")
    );
    // The same name leads to one organisation only, however it is written.
    let other = format!("{LIST}/{philips}");
    let again = engineer
        .post_from(
            &format!("{other}/aliases"),
            &other,
            &[("alias", "DATEX-OHMEDA"), ("alias_kind", "brand")],
        )
        .await
        .is(422);
    again.shows("mène déjà à une autre organisation");
    assert_eq!(
        again.attributes("input[name=alias]", "value"),
        ["DATEX-OHMEDA"]
    );
    engineer
        .post_from(
            LIST,
            NEW,
            &[("name", "datex ohmeda"), ("roles", "manufacturer")],
        )
        .await
        .is(422)
        .shows("GE HealthCare");
    let alias = engineer.get_json(&page).await.json()["aliases"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    engineer
        .post(&format!("{page}/aliases/{alias}?_method=delete"), &[])
        .await
        .is(303);
    assert_eq!(
        engineer.get_json(&page).await.json()["aliases"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn who_answers_for_a_maker_that_was_bought_is_said_on_both_pages() {
    let world = World::new().await;
    let mut buyer = world.person("buyer").await;
    let covidien = organisation(&mut buyer, "Covidien", &["manufacturer"]).await;
    let medtronic = organisation(&mut buyer, "Medtronic", &["manufacturer"]).await;
    let drager = organisation(&mut buyer, "Dräger", &["manufacturer"]).await;
    let (was, is) = (format!("{LIST}/{covidien}"), format!("{LIST}/{medtronic}"));
    buyer
        .post_from(
            &format!("{was}/successions"),
            &was,
            &[
                ("successor", &medtronic),
                ("succession_kind", "acquired"),
                ("happened_on", "2015"),
            ],
        )
        .await
        .is(303);
    buyer
        .get(&was)
        .await
        .shows("Répond aujourd’hui de ce que « Covidien » a fabriqué")
        .shows("Medtronic")
        .shows("2015");
    buyer.get(&is).await.shows("Covidien").shows("le tout");
    // Nobody succeeds to himself through others.
    buyer
        .post_from(
            &format!("{is}/successions"),
            &is,
            &[("successor", &covidien), ("succession_kind", "merged")],
        )
        .await
        .is(422)
        .shows("tournerait en rond");
    // A part taken over says which.
    let part = buyer
        .post_from(
            &format!("{is}/successions"),
            &is,
            &[
                ("successor", &drager),
                ("succession_kind", "took_over_range"),
                ("succession_source", "lettre du fabricant"),
            ],
        )
        .await
        .is(422);
    part.shows("Dites ce qui a été repris");
    assert_eq!(
        part.attributes("input[name=succession_source]", "value"),
        ["lettre du fabricant"]
    );
    assert_eq!(
        world
            .count("select count(*) from organisation_succession")
            .await,
        1
    );
    let id = buyer.get_json(&was).await.json()["successors"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    buyer
        .post(&format!("{was}/successions/{id}?_method=delete"), &[])
        .await
        .is(303);
    buyer
        .get(&was)
        .await
        .does_not_show("Répond aujourd’hui de ce que");
}

#[tokio::test]
pub async fn each_wrong_field_says_so_keeps_what_was_typed_and_writes_nothing() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let before = world.count("select count(*) from organisation").await;
    for (field, value, said) in [
        ("name", " ", "Le nom est attendu"),
        ("roles", "king", "Au moins un rôle est attendu"),
        ("country", "Allemagne", "deux lettres"),
        ("srn", "12", "FR-MF-000012345"),
        ("siren", "732829321", "neuf chiffres"),
        ("finess", "12", "neuf caractères"),
        ("website", "javascript:alert(1)", "https://exemple.fr"),
    ] {
        let mut fields = vec![
            ("name", "Fabricant gardé"),
            ("roles", "manufacturer"),
            ("address", "1 rue gardée"),
        ];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let again = engineer.post_from(LIST, NEW, &fields).await.is(422);
        again.shows(said);
        assert!(
            again
                .attributes("[aria-invalid=true], .field .error", "id")
                .iter()
                .any(|id| id.ends_with(field) || field == "roles"),
            "{field}: the message is not at its field: {:?}",
            again.attributes("[aria-invalid=true], .field .error", "id")
        );
        assert!(
            again.text.contains("1 rue gardée"),
            "{field}: what was typed is lost"
        );
    }
    assert_eq!(
        world.count("select count(*) from organisation").await,
        before
    );
}

#[tokio::test]
async fn two_people_editing_the_same_maker_do_not_erase_each_other() {
    let world = World::new().await;
    let mut first = world.person("biomedical_engineer").await;
    let mut second = world.person("buyer").await;
    let id = organisation(&mut first, "Maquet", &["manufacturer"]).await;
    let page = format!("{LIST}/{id}");
    let version = first.get_json(&page).await.json()["version"].to_string();
    let fields = |phone| {
        [
            ("name", "Maquet"),
            ("roles", "manufacturer"),
            ("phone", phone),
            ("version", version.as_str()),
        ]
    };
    first
        .post(&format!("{page}?_method=patch"), &fields("01 00 00 00 01"))
        .await
        .is(303);
    second
        .post(&format!("{page}?_method=patch"), &fields("01 00 00 00 02"))
        .await
        .is(409)
        .shows("Quelqu’un d’autre est passé avant vous");
    second.get(&page).await.shows("01 00 00 00 01");
}

#[tokio::test]
async fn who_only_reads_is_offered_no_change_and_refused_one() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let id = organisation(&mut engineer, "Fresenius", &["manufacturer"]).await;
    let page = format!("{LIST}/{id}");
    for role in ["technician", "quality", "director"] {
        let mut reader = world.person(role).await;
        let shown = reader.get(&page).await.is(200);
        shown
            .does_not_show("Ajouter un nom")
            .does_not_show("Modifier");
        reader
            .post(
                &format!("{page}/aliases"),
                &[("alias", "X"), ("alias_kind", "brand")],
            )
            .await
            .is(403);
    }
    world.person("ward_user").await.get(&page).await.is(403);
    // One hospital's engineer does not rename what the whole group shares.
    let mut local = world.signed_in("engineer.chv").await;
    local
        .get(&page)
        .await
        .is(200)
        .does_not_show("Ajouter un nom");
    local.get(NEW).await.is(403);
    local
        .send_json(
            axum::http::Method::POST,
            LIST,
            json!({ "name": "Intrus", "roles": ["manufacturer"] }),
        )
        .await
        .is(403);
    assert_eq!(
        world
            .count("select count(*) from organisation where name = 'Intrus'")
            .await,
        0
    );
}
