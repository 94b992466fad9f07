//! What the frame offers: links one may follow, what waits, the establishment looked at.

use crate::support::World;

#[tokio::test]
async fn a_link_that_would_be_refused_is_only_words() {
    let world = World::hospital().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let models = engineer.get("/inventory/models").await.is(200);
    let maker = "td[data-label='Fabricant'] a";
    assert!(!models.attributes(maker, "href").is_empty());
    let model = models
        .attributes("tbody th a", "href")
        .first()
        .cloned()
        .expect("a model");
    // The ward sees the catalogue, not who sells it.
    let mut ward = world.person("ward_user").await;
    let models = ward.get("/inventory/models").await.is(200);
    assert!(models.attributes(maker, "href").is_empty());
    assert!(!models.all("td[data-label='Fabricant'] span").is_empty());
    let page = ward.get(&model).await.is(200);
    for href in page.attributes("main a", "href") {
        assert!(!href.starts_with("/parties/"), "{href} would be refused");
    }
}

#[tokio::test]
async fn no_page_of_the_menu_offers_a_role_a_link_that_its_route_refuses() {
    use vigie::accounts::roles::Role;
    let world = World::hospital().await;
    let mut followed = 0;
    for role in Role::ALL {
        let mut person = world.person(role.code()).await;
        let home = person.get("/").await.is(200);
        let mut addresses = home.attributes("nav.side a", "href");
        addresses.truncate(6);
        for address in addresses {
            let page = person.get(&address).await.is(200);
            for href in page.attributes("main .page-head a, main tbody tr:first-child a", "href") {
                if href.contains("format=") || !href.starts_with('/') {
                    continue;
                }
                let answer = person.get(&href).await;
                assert_ne!(answer.status, 403, "{} at {address}: {href}", role.code());
                followed += 1;
            }
        }
    }
    assert!(followed > 60, "only {followed} links were followed");
}

#[tokio::test]
async fn the_bell_counts_the_lists_that_wait_and_leads_to_them() {
    let world = World::hospital().await;
    let mut technician = world.person("technician").await;
    let page = technician.get("/help").await.is(200);
    let home = technician.get("/").await.is(200);
    let lists = home
        .all(".waits")
        .into_iter()
        .filter(|list| list.contains("en attente"))
        .count();
    assert!(lists > 0, "the demonstration has something that waits");
    assert_eq!(page.all(".bell .count"), [lists.to_string()]);
    let offered = page.attributes(".bell + .menu-body a", "href");
    assert_eq!(offered.len(), lists + 1, "{offered:?}");
    for href in offered {
        technician.get(&href).await.is(200);
    }
}

#[tokio::test]
async fn an_establishment_chosen_in_the_top_bar_keeps_every_list_to_it() {
    let world = World::hospital().await;
    let mut person = world.person("biomedical_engineer").await;
    let page = person
        .get("/inventory/devices?cols=establishment&per=200")
        .await
        .is(200);
    let everywhere = page.all(".chips .total");
    let choices = page.attributes("form[action^='/accounts/profile/place'] button", "value");
    assert!(choices.len() > 2, "all, and several: {choices:?}");
    let chosen = choices[1].clone();
    person
        .post_from(
            "/accounts/profile/place?_method=patch",
            "/inventory/devices?cols=establishment&per=200",
            &[("establishment", &chosen)],
        )
        .await
        .is(303);
    let page = person
        .get("/inventory/devices?cols=establishment&per=200")
        .await
        .is(200);
    assert_ne!(page.all(".chips .total"), everywhere);
    let mut seen = page.all("td[data-label='Établissement']");
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
    // A right does not change: the device of another establishment still opens.
    person
        .post(
            "/accounts/profile/place?_method=patch",
            &[("establishment", "")],
        )
        .await
        .is(303);
    let page = person
        .get("/inventory/devices?cols=establishment&per=200")
        .await
        .is(200);
    assert_eq!(page.all(".chips .total"), everywhere);
    person
        .post(
            "/accounts/profile/place?_method=patch",
            &[("establishment", "01950000-0000-7000-8000-00000000ffff")],
        )
        .await
        .is(422);
}

#[tokio::test]
async fn what_is_printed_says_who_and_when() {
    let world = World::hospital().await;
    let mut person = world.person("quality").await;
    let page = person.get("/inventory/devices").await.is(200);
    let stamp = page.all(".print-stamp").join(" ");
    assert!(
        stamp.contains("Imprimé par") && stamp.contains("2026"),
        "{stamp}"
    );
    assert!(page.headers.get("speculation-rules").is_some());
    assert!(
        world
            .visitor()
            .get("/help")
            .await
            .headers
            .get("speculation-rules")
            .is_none()
    );
}

#[tokio::test]
async fn a_page_that_is_only_prefetched_leaves_the_sentence_to_the_page_that_is_read() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let made = engineer
        .post(
            "/accounts/units",
            &[
                ("establishment", "01950000-0000-7000-8000-0000000000a1"),
                ("uf_code", "3499"),
                ("name", "Hôpital de jour"),
            ],
        )
        .await
        .is(303);
    engineer
        .get_prefetched(&made.location())
        .await
        .is(200)
        .does_not_show("Unité 3499 Hôpital de jour créée");
    engineer
        .get(&made.location())
        .await
        .shows("Unité 3499 Hôpital de jour créée");
}

#[tokio::test]
async fn a_nomenclature_is_loaded_from_its_page_and_again_without_change() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let file = "code;libellé\n12-636;Moniteurs, surveillance de chevet\n10-134;Analyseurs, gaz du sang\n;sans code\n";
    for (created, unchanged) in [(2, 0), (0, 2)] {
        engineer
            .upload(
                "/exchange/nomenclatures",
                &[("system", "umdns"), ("edition", "2026")],
                ("file", "umdns.csv", file.as_bytes()),
            )
            .await
            .is(303);
        engineer
            .get("/exchange/nomenclatures")
            .await
            .is(200)
            .shows(&format!(
                "3 termes lus, {created} nouveaux, 0 modifiés, {unchanged} inchangés, 1 rejetés"
            ));
    }
    assert_eq!(
        world
            .count(
                "select count(*) from nomenclature_term where system = 'umdns' and edition = '2026'"
            )
            .await,
        2
    );
    world
        .signed_in("engineer.chv")
        .await
        .get("/exchange/nomenclatures/new")
        .await
        .is(403);
}

#[tokio::test]
async fn each_number_of_the_home_page_opens_exactly_its_rows() {
    use vigie::accounts::roles::Role;
    let world = World::hospital().await;
    let digits = |text: &str| -> i64 {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let mut opened = 0;
    for role in Role::ALL {
        let mut person = world.person(role.code()).await;
        let home = person.get("/").await.is(200);
        let mut numbers: Vec<(String, i64)> = Vec::new();
        let hrefs = home.attributes(".waits header a", "href");
        let totals = home.all(".waits header .count");
        assert_eq!(hrefs.len(), totals.len(), "{}", role.code());
        numbers.extend(
            hrefs
                .into_iter()
                .zip(totals.iter().map(|total| digits(total))),
        );
        let hrefs = home.attributes(".figure .value a", "href");
        let values = home.all(".figure .value");
        numbers.extend(
            hrefs
                .into_iter()
                .zip(values.iter().map(|value| digits(value))),
        );
        for (href, number) in numbers {
            if !href.starts_with("/inventory/") {
                continue;
            }
            let list = person.get(&href).await.is(200);
            list.does_not_show("Filtre ignoré");
            // A page that is no list says the number in its words.
            match list.all(".chips .total").first() {
                Some(total) => assert_eq!(digits(total), number, "{} {href}", role.code()),
                None => assert!(
                    list.words()
                        .split(|c: char| !c.is_ascii_digit() && c != '\u{202f}')
                        .any(|word| !word.is_empty() && digits(&format!("0{word}")) == number),
                    "{} {href} does not say {number}",
                    role.code()
                ),
            }
            opened += 1;
        }
        for href in home.attributes(".waits li a, .figure .hbars a", "href") {
            person.get(&href).await.is(200);
        }
    }
    assert!(opened > 40, "only {opened} numbers");
}
