//! Many devices at once: pasted numbers, one value for all of them, its undoing; fields that people added.

use crate::support::{Answer, Person, World};

/// The preview of a value for a field over a selection.
async fn preview(person: &mut Person, selection: &str, field: &str, value: &str) -> Answer {
    person
        .get(&format!(
            "/inventory/corrections/new?{selection}&field={field}&value={value}"
        ))
        .await
        .is(200)
}

fn digits(text: &str) -> i64 {
    text.chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap()
}

fn token(page: &Answer) -> String {
    page.attributes("input[name=token]", "value")[0].clone()
}

fn announced(page: &Answer) -> i64 {
    digits(&page.all("#preview p b")[0])
}

#[tokio::test]
async fn an_engineer_corrects_all_that_matches_and_undoes_it_but_for_what_changed_since() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let selection = "all=1&list=f%3Dstate%3Ais%3Ain_service";
    let list = engineer
        .get("/inventory/devices?f=state:is:in_service")
        .await
        .is(200);
    let total = digits(&list.all(".chips .total")[0]);
    let page = preview(&mut engineer, selection, "market_number", "M-2026-17").await;
    let count = announced(&page);
    assert!(count > 20 && count <= total, "{count} of {total}");
    let order = token(&page);
    // Another number confirms nothing; nor does somebody else's session.
    let from =
        format!("/inventory/corrections/new?{selection}&field=market_number&value=M-2026-17");
    engineer
        .post_from(
            "/inventory/corrections",
            &from,
            &[("token", &order), ("confirm", "1")],
        )
        .await
        .is(422)
        .shows("n’est pas le nombre d’équipements à modifier");
    let mut technician = world.person("technician").await;
    technician
        .post(
            "/inventory/corrections",
            &[("token", &order), ("confirm", &count.to_string())],
        )
        .await
        .is(409);
    assert_eq!(world.count("select count(*) from correction").await, 0);
    let events = world.count("select count(*) from event").await;
    let made = engineer
        .post(
            "/inventory/corrections",
            &[
                ("token", &order),
                ("confirm", &count.to_string()),
                ("reason", "nouveau marché"),
            ],
        )
        .await
        .is(303);
    assert_eq!(
        world.count("select count(*) from event").await,
        events + 1,
        "one event"
    );
    assert_eq!(
        world
            .count("select count(*) from device where market_number = 'M-2026-17'")
            .await,
        count
    );
    assert_eq!(
        world.count("select count(*) from audit_row where table_name = 'device' and reason = 'nouveau marché'").await,
        count,
        "each device's history says it, with why"
    );
    // Again: there is nothing left to do.
    preview(&mut engineer, selection, "market_number", "M-2026-17")
        .await
        .shows("il n’y a rien à modifier");
    // Somebody changes one meanwhile.
    let page = engineer.get(&made.location()).await.is(200);
    let device = page.attributes("tbody th a", "href")[0].clone();
    let one = device.rsplit('/').next().unwrap();
    let page = preview(
        &mut engineer,
        &format!("id={one}"),
        "market_number",
        "M-AUTRE",
    )
    .await;
    let order = token(&page);
    engineer
        .post(
            "/inventory/corrections",
            &[("token", &order), ("confirm", "1")],
        )
        .await
        .is(303);
    engineer
        .post(&format!("{}/undoing", made.location()), &[])
        .await
        .is(303);
    let page = engineer.get(&made.location()).await.is(200);
    page.shows("Modification annulée")
        .shows("laissé tel quel : valeur changée depuis");
    assert_eq!(
        world
            .count("select count(*) from device where market_number = 'M-2026-17'")
            .await,
        0
    );
    assert_eq!(
        world
            .count("select count(*) from device where market_number = 'M-AUTRE'")
            .await,
        1
    );
    assert_eq!(
        world
            .count("select restored_count::bigint from correction where undone_at is not null")
            .await,
        count - 1
    );
    engineer
        .post(&format!("{}/undoing", made.location()), &[])
        .await
        .is(409);
}

#[tokio::test]
async fn a_filter_that_is_not_understood_selects_nothing() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    engineer
        .get("/inventory/corrections/new?all=1&list=f%3Dno_such_column%3Ais%3A1&field=note&value=x")
        .await
        .is(409)
        .shows("la sélection serait trop large");
    engineer
        .get("/inventory/corrections/new?field=note&value=x")
        .await
        .is(400);
    let wrong = preview(
        &mut engineer,
        "all=1&list=",
        "warranty_end_date",
        "bient%C3%B4t",
    )
    .await;
    wrong.shows("« bientôt » n’est pas une date");
    assert!(wrong.all("#preview").is_empty());
}

#[tokio::test]
async fn a_selection_that_moved_since_the_preview_is_previewed_again() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let selection = "all=1&list=f%3Dmarket_number%3Aempty";
    let page = preview(&mut engineer, selection, "market_number", "M-1").await;
    let (order, count) = (token(&page), announced(&page));
    let one = page.attributes("#preview tbody th a", "href")[0]
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let single = preview(&mut engineer, &format!("id={one}"), "market_number", "M-2").await;
    let first = token(&single);
    engineer
        .post(
            "/inventory/corrections",
            &[("token", &first), ("confirm", "1")],
        )
        .await
        .is(303);
    engineer
        .post(
            "/inventory/corrections",
            &[("token", &order), ("confirm", &count.to_string())],
        )
        .await
        .is(409)
        .shows("La sélection a changé depuis la préparation");
    assert_eq!(
        world
            .count("select count(*) from device where market_number = 'M-1'")
            .await,
        0
    );
}

#[tokio::test]
async fn who_edits_one_hospital_changes_none_of_another() {
    let world = World::hospital().await;
    let mut auditor = world.person("auditor").await;
    auditor
        .get("/inventory/corrections/new?all=1&list=")
        .await
        .is(403);
    auditor
        .get("/inventory/devices")
        .await
        .is(200)
        .does_not_show("Modifier toute la liste");
    auditor.get("/inventory/corrections").await.is(200);
}

#[tokio::test]
async fn a_pasted_list_says_what_is_found_ambiguous_and_missing() {
    let world = World::hospital().await;
    let mut owner = world.owner().await;
    let (number, serial): (String, String) = sqlx::query_as(
        "select inventory_number, serial_number from device where annulled_at is null and serial_number is not null
         and serial_number in (select serial_number from device group by 1 having count(*) = 1) order by id limit 1",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let other: String = sqlx::query_scalar("select inventory_number from device where annulled_at is null and inventory_number <> $1 order by id desc limit 1")
        .bind(&number)
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let mut engineer = world.person("biomedical_engineer").await;
    let pasted = format!(
        "{}\n{serial};{other}\r\nZZZ-404\n{other}",
        number.to_lowercase()
    );
    let page = engineer
        .post("/inventory/lookups", &[("numbers", &pasted)])
        .await
        .is(200);
    page.shows("4 numéros = 3 trouvés + 0 ambigus + 1 introuvables")
        .shows("ZZZ-404");
    let list = page.attributes(".page-head a.primary", "href")[0].clone();
    let rows = engineer.get(&list).await.is(200).all("tbody tr");
    assert_eq!(rows.len(), 2, "{rows:?}");
    engineer
        .post_from(
            "/inventory/lookups",
            "/inventory/lookups/new",
            &[("numbers", " \n")],
        )
        .await
        .is(422)
        .shows("Collez au moins un numéro");
}

#[tokio::test]
async fn a_field_added_by_people_is_filled_listed_filtered_exported_and_corrected() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    for (label, kind, choices) in [
        ("Bras de fixation", "choice", "mural\nplafonnier"),
        ("Masse (kg)", "number", ""),
        ("Dernier marquage", "date", ""),
        ("Prêtable", "yes_no", ""),
        ("Code magasin", "text", ""),
    ] {
        engineer
            .post(
                "/inventory/custom_fields",
                &[
                    ("label", label),
                    ("kind", kind),
                    ("choices", choices),
                    ("position", "1"),
                ],
            )
            .await
            .is(303);
    }
    engineer
        .post_from(
            "/inventory/custom_fields",
            "/inventory/custom_fields/new",
            &[("label", "n° de série"), ("kind", "text")],
        )
        .await
        .is(422)
        .shows("est déjà une colonne des équipements");
    let list = engineer.get("/inventory/devices").await.is(200);
    let device = list.attributes("tbody th a", "href")[0]
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    let form = engineer.get(&format!("{device}/fields/edit")).await.is(200);
    let ids = form.attributes("input[name=field]", "value");
    let labels = form.all(".form > .field > label");
    let typed = |label: &str| match label {
        "Bras de fixation" => "plafonnier",
        "Masse (kg)" => "12,50",
        "Dernier marquage" => "31/12/2025",
        "Prêtable" => "oui",
        _ => "=A1",
    };
    let mut fields: Vec<(&str, &str)> = Vec::new();
    for (id, label) in ids.iter().zip(&labels) {
        fields.push(("field", id));
        fields.push(("value", typed(label)));
    }
    assert_eq!(fields.len(), 10);
    engineer
        .post(&format!("{device}/fields?_method=patch"), &fields)
        .await
        .is(303);
    engineer
        .get(&device)
        .await
        .is(200)
        .shows("plafonnier")
        .shows("12,5")
        .shows("31 déc. 2025");
    let mut wrong = fields.clone();
    wrong[1] = ("value", "douze");
    let at = labels
        .iter()
        .position(|label| label == "Masse (kg)")
        .unwrap();
    wrong[1] = fields[1];
    wrong[at * 2 + 1] = ("value", "douze");
    engineer
        .post_from(
            &format!("{device}/fields?_method=patch"),
            &format!("{device}/fields/edit"),
            &wrong,
        )
        .await
        .is(422)
        .shows("« douze » n’est pas un nombre");
    // Each is a column: shown, filtered by its own operators, exported.
    for (label, asked) in [
        ("Bras de fixation", "in:plafonnier"),
        ("Masse (kg)", "between:12,13"),
        ("Dernier marquage", "max:2025-12-31"),
        ("Prêtable", "is:true"),
        ("Code magasin", "has:a1"),
    ] {
        let id = &ids[labels.iter().position(|one| one == label).unwrap()];
        let key = format!("field_{}", &id.replace('-', "")[20..]);
        let page = engineer
            .get(&format!(
                "/inventory/devices?f={key}:{asked}&cols=inventory_number,{key}"
            ))
            .await
            .is(200);
        assert_eq!(
            page.all("tbody tr").len(),
            1,
            "{label} {asked}: {}",
            page.words()
        );
        let file = engineer
            .get(&format!(
                "/inventory/devices?format=csv&f={key}:filled&cols=inventory_number,{key}"
            ))
            .await
            .is(200);
        assert!(file.text.contains(label), "{label}: {}", file.text);
        // And many devices take one value of it at once.
        let value = match label {
            "Bras de fixation" => "mural",
            "Masse (kg)" => "3",
            "Dernier marquage" => "2026-01-01",
            "Prêtable" => "false",
            _ => "M2",
        };
        let page = preview(
            &mut engineer,
            "all=1&list=f%3Dstate%3Ais%3Ain_service",
            &format!("custom:{id}"),
            value,
        )
        .await;
        let (order, count) = (token(&page), announced(&page).to_string());
        let made = engineer
            .post(
                "/inventory/corrections",
                &[("token", &order), ("confirm", &count)],
            )
            .await
            .is(303);
        engineer
            .post(&format!("{}/undoing", made.location()), &[])
            .await
            .is(303);
        assert_eq!(
            world
                .count("select count(*) from device_custom_value")
                .await,
            5,
            "{label}"
        );
    }
}

#[tokio::test]
async fn a_file_fills_the_fields_that_people_added_after_a_trial_and_again_without_change() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    for (label, kind) in [("Masse (kg)", "number"), ("Prêtable", "yes_no")] {
        engineer
            .post(
                "/inventory/custom_fields",
                &[("label", label), ("kind", kind)],
            )
            .await
            .is(303);
    }
    let (establishment, numbers): (uuid::Uuid, Vec<String>) = sqlx::query_as(
        "select establishment_id, (array_agg(inventory_number order by inventory_number))[1:3] from device
         where annulled_at is null group by 1 order by count(*) desc limit 1",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap();
    let establishment = establishment.to_string();
    let file = format!(
        "N° d’inventaire;masse (KG);Prêtable;Autre\n{};12,5;oui;x\n{};;non;x\n{};lourd;;x\nINCONNU;1;;x\n",
        numbers[0], numbers[1], numbers[2]
    );
    let sent = ("file", "champs.csv", file.as_bytes());
    engineer
        .upload(
            "/exchange/custom_values",
            &[("establishment", &establishment)],
            sent,
        )
        .await
        .is(200)
        .shows("4 lues = 2 à modifier + 0 inchangées + 2 rejetées")
        .shows("« lourd » n’est pas un nombre")
        .shows("Autre");
    assert_eq!(
        world
            .count("select count(*) from device_custom_value")
            .await,
        0
    );
    for (changed, unchanged) in [(2, 0), (0, 2)] {
        engineer
            .upload(
                "/exchange/custom_values",
                &[("establishment", &establishment), ("write", "true")],
                sent,
            )
            .await
            .is(303);
        engineer
            .get("/inventory/custom_fields")
            .await
            .shows(&format!(
                "4 lignes lues = {changed} modifiées + {unchanged} inchangées + 2 rejetées"
            ));
    }
    assert_eq!(
        world
            .count("select count(*) from device_custom_value")
            .await,
        3
    );
}
