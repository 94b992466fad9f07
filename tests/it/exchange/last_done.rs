//! Last dates of obligations: read, tried, stated with the file as their source, never erased.

use crate::maintenance::obligations::{CHV, DEVICE, due_of, world, yearly};
use crate::support::{Person, World};

const FILE: &str = "N° inventaire;Gamme;Dernière maintenance;Prochaine maintenance\n\
    MON1;Maintenance annuelle;05/03/2025;05/03/2026\n\
    PES1;Maintenance annuelle;05/03/2025;\n\
    MON1;MP;2024;\n\
    MON1;MP;01/01/2024;\n";

async fn tried(world: &World, person: &mut Person) -> String {
    let mapping = person
        .upload(
            "/exchange/imports",
            &[("establishment", CHV), ("target", "last_done")],
            ("file", "echeances.csv", FILE.as_bytes()),
        )
        .await
        .is(303)
        .location();
    let page = person.get(&mapping).await.is(200);
    let headers = page.attributes("input[name=header]", "value");
    let chosen = page.attributes("select[name=field] option[selected]", "value");
    assert_eq!(
        chosen,
        [
            "inventory_number",
            "ld_obligation",
            "ld_done_on",
            "ld_next_on"
        ]
    );
    let mut fields = vec![];
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
async fn last_dates_are_stated_by_their_file_and_what_is_vague_stays_undetermined() {
    let world = world().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer
        .post("/maintenance/obligations", &yearly(&[]))
        .await
        .is(303);
    let run = tried(&world, &mut engineer).await;
    assert_eq!(
        world
            .count("select count(*) from obligation_statement")
            .await,
        0,
        "a trial states nothing"
    );
    engineer
        .get(&format!("{run}?tab=rejected"))
        .await
        .is(200)
        .shows("aucune obligation de cet équipement")
        .shows("reste indéterminée");
    let json = engineer.get_json(&run).await.is(200).json();
    let sum = |key: &str| json["sums"][key].as_i64().unwrap();
    assert_eq!(
        (
            sum("read"),
            sum("created"),
            sum("unchanged"),
            sum("rejected")
        ),
        (4, 1, 1, 2)
    );
    engineer
        .post(&format!("{run}/commitment"), &[])
        .await
        .is(303);
    world.work().await;
    let line = due_of(&mut engineer, DEVICE).await;
    engineer
        .get(&line)
        .await
        .is(200)
        .shows("Fichier echeances.csv");
    let json = engineer.get_json(&line).await.json();
    assert_eq!(
        (json["last_done_on"].as_str(), json["due_on"].as_str()),
        (Some("2025-03-05"), Some("2026-03-05"))
    );
    // It is not taken back, and says so; sent again, it brings nothing.
    engineer
        .get(&run)
        .await
        .is(200)
        .does_not_show("Annuler l’import");
    engineer.post(&format!("{run}/undoing"), &[]).await.is(409);
    let again = tried(&world, &mut engineer).await;
    let json = engineer.get_json(&again).await.json();
    assert_eq!(
        (
            json["sums"]["created"].as_i64(),
            json["sums"]["unchanged"].as_i64()
        ),
        (Some(0), Some(2))
    );
}
