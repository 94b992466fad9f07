//! Lines of an earlier register: read, tried, imported, imported again, taken back.

use crate::register::world::{DEVICE, furnish};
use crate::support::{Person, World};

const CHV: &str = "01950000-0000-7000-8000-0000000000a1";
const FILE: &str = "N° inventaire;Date intervention;Type intervention;Travaux réalisés;Intervenant;Société;Niveau de performances obtenu;Conformité\n\
    BM001;12/03/2019;Préventif;Visite annuelle;J. Durand;Verrelab;350 J pour 360 J;Conforme\n\
    BM001;05/04/2018;Dépannage;Remplacement batterie;;;;\n\
    BM002;été 2017;CQI;Contrôle interne;A. Petit;;2,1 mGy;NC\n\
    BM001;12/03/2019;Préventif;Visite annuelle;J. Durand;Verrelab;350 J pour 360 J;Conforme\n\
    BM999;01/01/2020;Préventif;Visite;J. Durand;;ok;Conforme\n\
    BM002;01/01/2020;Préventif;Visite;J. Durand;;ok;bleu\n";

/// The file sent, its columns accepted as guessed, and tried; its address.
async fn tried(world: &World, person: &mut Person) -> String {
    let sent = person
        .upload(
            "/exchange/imports",
            &[("establishment", CHV), ("target", "register")],
            ("file", "registre.csv", FILE.as_bytes()),
        )
        .await
        .is(303);
    let mapping = sent.headers["location"].to_str().unwrap().to_owned();
    let page = person.get(&mapping).await.is(200);
    let mut fields = vec![];
    let headers = page.attributes("input[name=header]", "value");
    let chosen = page.attributes("select[name=field] option[selected]", "value");
    assert_eq!(
        chosen.len(),
        headers.len(),
        "every column is guessed: {chosen:?}"
    );
    for (header, field) in headers.iter().zip(&chosen) {
        fields.push(("header", header.as_str()));
        fields.push(("field", field.as_str()));
    }
    person
        .post(&format!("{mapping}?_method=patch"), &fields)
        .await
        .is(303);
    world.work().await;
    mapping.trim_end_matches("/mapping").to_owned()
}

#[tokio::test]
async fn lines_of_an_earlier_register_are_chained_marked_and_never_doubled() {
    let world = World::new().await;
    furnish(&world).await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let run = tried(&world, &mut engineer).await;
    assert_eq!(
        world.count("select count(*) from register_line").await,
        0,
        "a trial writes nothing"
    );
    let page = engineer.get(&format!("{run}?tab=rejected")).await.is(200);
    page.shows("aucun équipement de l’établissement ne porte")
        .shows("résultat non compris");
    let json = engineer.get_json(&run).await.is(200).json();
    let sum = |key: &str| json["sums"][key].as_i64().unwrap();
    assert_eq!(
        (
            sum("read"),
            sum("created"),
            sum("updated"),
            sum("unchanged"),
            sum("rejected")
        ),
        (6, 3, 0, 1, 2)
    );
    engineer
        .post(&format!("{run}/commitment"), &[])
        .await
        .is(303);
    world.work().await;
    let page = engineer
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .is(200);
    page.shows("reprise d’un registre antérieur")
        .shows("12 mars 2019")
        .shows("J. Durand")
        .shows("non renseignée");
    assert_eq!(page.all("tbody th a"), ["2", "1"]);
    assert_eq!(
        world
            .count("select count(*) from register_line where number = 1 and done_on = '2018-04-05'")
            .await,
        1,
        "in the order of their days"
    );
    let vague: (Option<chrono::NaiveDate>, Option<String>, Option<String>) = sqlx::query_as(
        "select done_on, done_on_text, conformity from register_line where performer_name = 'A. Petit'",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap();
    assert_eq!(
        vague,
        (None, Some("été 2017".into()), Some("nonconform".into()))
    );
    let again = tried(&world, &mut engineer).await;
    let json = engineer.get_json(&again).await.json();
    assert_eq!(
        (
            json["sums"]["created"].as_i64(),
            json["sums"]["unchanged"].as_i64()
        ),
        (Some(0), Some(4))
    );
}

#[tokio::test]
async fn an_import_taken_back_is_annulled_line_by_line() {
    let world = World::new().await;
    furnish(&world).await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let run = tried(&world, &mut engineer).await;
    engineer
        .post(&format!("{run}/commitment"), &[])
        .await
        .is(303);
    world.work().await;
    let first = crate::register::world::line(&world, DEVICE, 1).await;
    engineer
        .post(
            &format!("/register/lines/{first}/annulment"),
            &[("reason", "doublon")],
        )
        .await
        .is(303);
    engineer.post(&format!("{run}/undoing"), &[]).await.is(303);
    world.work().await;
    engineer.get(&run).await.is(200).shows("Import annulé");
    assert_eq!(
        world
            .count("select count(*) from register_line where entry = 'annulment'")
            .await,
        3,
        "two by the undoing, one by hand"
    );
    assert_eq!(world.count("select count(*) from register_line").await, 6);
    assert_eq!(
        world
            .count("select count(*) from import_row where undone = 'déjà corrigée ou annulée'")
            .await,
        1
    );
    let page = engineer
        .get(&format!("/register/devices/{DEVICE}"))
        .await
        .is(200);
    page.shows("annulation de l’import du fichier registre.csv");
}
