//! The economic system beside Vigie, as people reconcile them.

use crate::support::{Person, World};

const EXTRACT: &str = "N° d'immobilisation;Libellé;Valeur brute;Date d'acquisition;Compte;N° de série;N° d'inventaire\n\
IM-1;Moniteur;12 345,50;03/02/2024;2154;;V000001\n\
IM-2;Pompe inconnue de Vigie;900,00;;2154;ZZZ-1;\n\
IM-3;Sans valeur lisible;abc;;2154;;\n";

async fn place(world: &World) -> String {
    sqlx::query_scalar::<_, uuid::Uuid>(
        "select establishment_id from device where inventory_number = 'V000001'",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap()
    .to_string()
}

async fn send(person: &mut Person, place: &str, text: &str) -> crate::support::Answer {
    person
        .upload(
            "/exchange/assets",
            &[("establishment", place)],
            ("file", "immos.csv", text.as_bytes()),
        )
        .await
}

async fn counts(person: &mut Person, place: &str) -> serde_json::Value {
    let json = person
        .get_json(&format!("/exchange/assets?establishment={place}"))
        .await
        .is(200)
        .json();
    json["counts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["side"].as_str().unwrap().to_owned(), c["count"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn an_extract_is_sorted_in_sides_and_taken_onto_a_device_by_who_says_so() {
    let world = World::hospital().await;
    let place = place(&world).await;
    let mut buyer = world.person("buyer").await;
    let answer = send(&mut buyer, &place, EXTRACT).await.is(303);
    buyer
        .get(&answer.location())
        .await
        .is(200)
        .shows("3 lues = 2 créées + 0 modifiées + 0 inchangées + 1 rejetées");
    let sides = counts(&mut buyer, &place).await;
    assert_eq!(
        (
            sides["unlinked"].as_i64(),
            sides["economic"].as_i64(),
            sides["matched"].as_i64()
        ),
        (Some(1), Some(1), Some(0)),
        "{sides}"
    );
    assert!(sides["vigie"].as_i64() > Some(0));
    // Nothing was written on a device.
    assert_eq!(
        world
            .count("select count(*) from device where asset_number = 'IM-1'")
            .await,
        0
    );
    let page = buyer
        .get_json(&format!(
            "/exchange/assets?establishment={place}&side=unlinked"
        ))
        .await
        .is(200)
        .json();
    let (asset, device) = (
        page["items"][0]["asset_id"].as_str().unwrap().to_owned(),
        page["items"][0]["device_id"].as_str().unwrap().to_owned(),
    );
    assert_eq!(page["items"][0]["inventory_number"], "V000001");
    buyer
        .post(
            &format!("/exchange/assets/{asset}/adoption"),
            &[("device", &device), ("side", "unlinked")],
        )
        .await
        .is(303);
    let sides = counts(&mut buyer, &place).await;
    assert_eq!(
        (sides["unlinked"].as_i64(), sides["matched"].as_i64()),
        (Some(0), Some(1)),
        "{sides}"
    );
    assert_eq!(
        world
            .count(
                "select count(*) from device where asset_number = 'IM-1' and price_cents = 1234550"
            )
            .await,
        1
    );
    // Another value in the next extract, and an asset gone from it.
    let next = EXTRACT
        .replace("12 345,50", "10 000,00")
        .replace("IM-2;Pompe inconnue de Vigie;900,00;;2154;ZZZ-1;\n", "");
    let answer = send(&mut buyer, &place, &next).await.is(303);
    buyer
        .get(&answer.location())
        .await
        .is(200)
        .shows("2 lues = 0 créées + 1 modifiées + 0 inchangées + 1 rejetées")
        .shows("000,00");
    let sides = counts(&mut buyer, &place).await;
    assert_eq!(
        (sides["different"].as_i64(), sides["economic"].as_i64()),
        (Some(1), Some(0)),
        "{sides}"
    );
    // The same again changes nothing.
    let answer = send(&mut buyer, &place, &next).await.is(303);
    buyer
        .get(&answer.location())
        .await
        .is(200)
        .shows("0 créées + 0 modifiées + 1 inchangées + 1 rejetées");
}

#[tokio::test]
async fn a_file_without_asset_number_says_which_column_it_wants_and_others_may_not_reconcile() {
    let world = World::hospital().await;
    let place = place(&world).await;
    let files = world.count("select count(*) from asset_file").await;
    let mut buyer = world.person("buyer").await;
    send(&mut buyer, &place, "Nom;Couleur\nA;bleu\n")
        .await
        .is(422)
        .shows("N° d’immobilisation");
    assert_eq!(world.count("select count(*) from asset_file").await, files);
    send(&mut world.person("director").await, &place, EXTRACT)
        .await
        .is(403);
    send(&mut world.signed_in("m.ozanne").await, &place, EXTRACT)
        .await
        .is(403);
}
