//! The organisation document of art. R.5212-28 2°, from its publication to its receipts.

use crate::support::World;

async fn place(world: &World) -> String {
    sqlx::query_scalar::<_, uuid::Uuid>(
        "select establishment_id from device where inventory_number = 'V000001'",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap()
    .to_string()
}

#[tokio::test]
async fn an_edition_is_published_given_its_opinion_diffused_and_read() {
    let world = World::hospital().await;
    let place = place(&world).await;
    let mut quality = world.person("quality").await;
    let fields = [
        ("establishment", place.as_str()),
        ("edition", "2026-A"),
        ("title", "Organisation de la maintenance"),
        ("applies_from", "2026-03-01"),
    ];
    let page = quality
        .upload(
            "/documents/organisation",
            &fields,
            ("file", "organisation.pdf", b"%PDF-1.4\nA"),
        )
        .await
        .is(303)
        .location();
    quality
        .get(&page)
        .await
        .is(200)
        .shows("l’avis de la CME")
        .shows("la diffusion aux utilisateurs");
    // An opinion given has a day.
    let opinion = |day: &'static str| {
        vec![
            ("opinion", "favourable"),
            ("opinion_on", day),
            ("opinion_reference", "PV 12"),
            ("version", "1"),
        ]
    };
    quality
        .post_from(&format!("{page}/opinion"), &page, &opinion(""))
        .await
        .is(422)
        .shows("Un avis rendu a une date");
    quality
        .post(&format!("{page}/opinion"), &opinion("2026-02-20"))
        .await
        .is(303);
    let mut technician = world.person("technician").await;
    technician
        .post(&format!("{page}/receipt"), &[])
        .await
        .is(409);
    technician
        .post(&format!("{page}/diffusion"), &[("roles", "technician")])
        .await
        .is(403);
    quality
        .post(
            &format!("{page}/diffusion"),
            &[("roles", "technician"), ("roles", "unit_manager")],
        )
        .await
        .is(303);
    technician
        .get("/")
        .await
        .is(200)
        .shows("À lire : organisation de la maintenance");
    technician
        .get(&page)
        .await
        .is(200)
        .shows("J’ai lu cette édition");
    technician
        .post(&format!("{page}/receipt"), &[])
        .await
        .is(303);
    technician
        .get("/")
        .await
        .is(200)
        .does_not_show("À lire : organisation de la maintenance");
    technician
        .get(&page)
        .await
        .is(200)
        .shows("Vous avez dit l’avoir lue");
    quality
        .get(&page)
        .await
        .is(200)
        .shows("des accusés de lecture");
    // The next edition replaces it; both are read.
    let fields = [
        ("establishment", place.as_str()),
        ("edition", "2026-B"),
        ("title", "Organisation de la maintenance"),
        ("applies_from", "2026-04-01"),
        ("changes", "nouveau prestataire"),
    ];
    quality
        .upload(
            "/documents/organisation",
            &fields,
            ("file", "organisation-b.pdf", b"%PDF-1.4\nB"),
        )
        .await
        .is(303);
    quality.get(&page).await.is(200).shows("Édition remplacée");
    quality
        .post(&format!("{page}/diffusion"), &[("roles", "technician")])
        .await
        .is(409);
    let list = quality.get("/documents/organisation").await.is(200);
    list.shows("2026-A").shows("2026-B").shows("remplacée");
    // The same name twice is refused.
    quality
        .upload(
            "/documents/organisation",
            &fields,
            ("file", "c.pdf", b"%PDF-1.4\nC"),
        )
        .await
        .is(422)
        .shows("déjà une édition");
}

#[tokio::test]
async fn another_hospital_s_organisation_does_not_exist_for_me() {
    let world = World::hospital().await;
    let place = place(&world).await;
    let mut quality = world.person("quality").await;
    let fields = [
        ("establishment", place.as_str()),
        ("edition", "1"),
        ("title", "Organisation"),
        ("applies_from", "2026-03-01"),
    ];
    let page = quality
        .upload(
            "/documents/organisation",
            &fields,
            ("file", "o.pdf", b"%PDF-1.4\nZ"),
        )
        .await
        .is(303)
        .location();
    let mut stranger = world.signed_in("m.ozanne").await;
    stranger.get(&page).await.is(404);
    stranger.post(&format!("{page}/receipt"), &[]).await.is(404);
    stranger
        .upload(
            "/documents/organisation",
            &fields,
            ("file", "o2.pdf", b"%PDF-1.4\nY"),
        )
        .await
        .is(403);
}
