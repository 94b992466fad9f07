//! Establishments, sites, pôles, rooms and their tree, as people meet them.

use serde_json::json;

use super::world::*;
use crate::support::World;

#[tokio::test]
async fn the_tree_shows_what_one_sees_and_nothing_else() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let site = engineer
        .post(
            "/accounts/sites",
            &[
                ("establishment", CHV),
                ("code", "NORD"),
                ("name", "Site Nord"),
            ],
        )
        .await
        .is(303)
        .made();
    engineer
        .post(
            "/accounts/rooms",
            &[
                ("site", &site),
                ("unit", CHV_UNIT),
                ("code", "B-214"),
                ("name", "Chambre 14"),
            ],
        )
        .await
        .is(303);
    engineer
        .get("/accounts/sites")
        .await
        .is(200)
        .shows("CHU de la Verrerie")
        .shows("Site Nord")
        .shows("Réanimation médicale")
        .shows("B-214")
        .does_not_show("CH des Marais")
        .does_not_show("Urgences");
    let tree = engineer.get_json("/accounts/sites").await.is(200).json();
    assert_eq!(tree["establishments"].as_array().unwrap().len(), 1);
    let mut group = world.person("administrator").await;
    group
        .get("/accounts/sites")
        .await
        .is(200)
        .shows("CH des Marais")
        .shows("Chambre 14");
}

#[tokio::test]
async fn only_the_group_opens_and_closes_an_establishment() {
    let world = World::new().await;
    let fields = [
        ("code", "chx"),
        ("name", "CH des Filaos"),
        ("finess_geographic", "99 000 0037"),
        ("time_zone", "Indian/Reunion"),
        ("inventory_pattern", "F######"),
    ];
    let mut engineer = world.signed_in("engineer.chv").await;
    engineer.get("/accounts/establishments/new").await.is(403);
    engineer
        .post("/accounts/establishments", &fields)
        .await
        .is(403);
    engineer
        .post(&format!("/accounts/establishments/{CHV}/closure"), &[])
        .await
        .is(403);
    let mut group = world.person("administrator").await;
    group.get("/accounts/establishments/new").await.is(200);
    let made = group
        .post("/accounts/establishments", &fields)
        .await
        .is(303)
        .location();
    group
        .get(&made)
        .await
        .is(200)
        .shows("990000037")
        .shows("La Réunion")
        .shows("F######");
    group
        .get("/accounts/establishments?q=filaos")
        .await
        .is(200)
        .shows("CHX");
    // The rights over the group reach it at once.
    group
        .post(
            "/accounts/sites",
            &[
                ("establishment", made.rsplit('/').next().unwrap()),
                ("code", "P"),
                ("name", "Principal"),
            ],
        )
        .await
        .is(303);
    group
        .post(&format!("/accounts/establishments/{CHV}/closure"), &[])
        .await
        .is(409)
        .shows("2 unité(s) ouverte(s)");
    group
        .post(&format!("{made}/closure"), &[("closed_on", "01/03/2026")])
        .await
        .is(303);
    group.get(&made).await.shows("Établissement fermé");
    group
        .post(&format!("{made}/closure?_method=delete"), &[])
        .await
        .is(303);
    group.get(&made).await.shows("Établissement ouvert");
}

#[tokio::test]
async fn what_is_no_finess_code_or_pattern_is_said_at_its_field() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let wrong = group
        .post_from(
            "/accounts/establishments",
            "/accounts/establishments/new",
            &[
                ("code", "é"),
                ("name", "X"),
                ("finess_geographic", "12345678"),
                ("time_zone", "Europe/Berlin"),
                ("inventory_pattern", "BM#"),
            ],
        )
        .await
        .is(422);
    wrong
        .shows("« 12345678 » n’est pas un numéro FINESS")
        .shows("« BM# » n’est pas un modèle")
        .shows("« Europe/Berlin » n’est pas dans la liste")
        .shows("« É » n’est pas un code");
    let twice = group
        .post_from(
            "/accounts/establishments",
            "/accounts/establishments/new",
            &[
                ("code", "CHW"),
                ("name", "X"),
                ("finess_geographic", "990000011"),
                ("time_zone", "Europe/Paris"),
            ],
        )
        .await
        .is(422);
    twice.shows("Ce numéro FINESS est déjà celui d’un autre établissement");
}

#[tokio::test]
async fn a_room_moves_within_its_establishment_and_not_beyond() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let mut sites = vec![];
    for (establishment, code) in [(CHV, "N"), (CHV, "S"), (CHM, "M")] {
        let made = group
            .post(
                "/accounts/sites",
                &[
                    ("establishment", establishment),
                    ("code", code),
                    ("name", code),
                ],
            )
            .await
            .is(303)
            .made();
        sites.push(made);
    }
    let mut engineer = world.signed_in("engineer.chv").await;
    let room = engineer
        .post(
            "/accounts/rooms",
            &[
                ("site", &sites[0]),
                ("code", "A1"),
                ("name", "Salle 1"),
                ("gln", "4006381333931"),
            ],
        )
        .await
        .is(303)
        .location();
    engineer
        .post(
            &format!("{room}?_method=patch"),
            &[
                ("site", &sites[1]),
                ("unit", CHV_UNIT),
                ("code", "A1"),
                ("name", "Salle 1"),
                ("version", "1"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&room)
        .await
        .shows("Réanimation médicale")
        .shows("Local A1 Salle 1 déplacé");
    // A unit of another establishment, then a site of one.
    let wrong = engineer
        .post_from(
            &format!("{room}?_method=patch"),
            &format!("{room}/edit"),
            &[
                ("site", &sites[1]),
                ("unit", CHM_UNIT),
                ("code", "A1"),
                ("name", "Salle 1"),
                ("version", "2"),
            ],
        )
        .await;
    assert!(matches!(wrong.status, 403 | 422), "{}", wrong.words());
    engineer
        .post(
            &format!("{room}?_method=patch"),
            &[
                ("site", &sites[2]),
                ("code", "A1"),
                ("name", "Salle 1"),
                ("version", "2"),
            ],
        )
        .await
        .is(404);
    engineer
        .post(
            "/accounts/rooms",
            &[("site", &sites[2]), ("code", "A1"), ("name", "Intruse")],
        )
        .await
        .is(404);
    engineer
        .post_from(
            "/accounts/rooms",
            "/accounts/rooms/new",
            &[
                ("site", &sites[0]),
                ("code", "A2"),
                ("name", "X"),
                ("gln", "4006381333932"),
            ],
        )
        .await
        .is(422)
        .shows("n’est pas un GLN");
    let csv = engineer.get("/accounts/rooms?format=csv").await.is(200);
    assert!(csv.text.contains("Salle 1"));
    // A site is closed once nothing stands in it.
    engineer
        .post(&format!("/accounts/sites/{}/closure", sites[1]), &[])
        .await
        .is(409);
    engineer.post(&format!("{room}/closure"), &[]).await.is(303);
    engineer
        .post(&format!("/accounts/sites/{}/closure", sites[1]), &[])
        .await
        .is(303);
}

#[tokio::test]
async fn a_unit_is_never_put_under_another_hospital_s_pole() {
    let world = World::new().await;
    let mut group = world.person("administrator").await;
    let pole = group
        .post(
            "/accounts/departments",
            &[
                ("establishment", CHM),
                ("code", "P1"),
                ("name", "Pôle des Marais"),
            ],
        )
        .await
        .is(303)
        .made();
    group
        .post_from(
            "/accounts/units",
            "/accounts/units/new",
            &[
                ("establishment", CHV),
                ("uf_code", "9"),
                ("name", "X"),
                ("department", &pole),
            ],
        )
        .await
        .is(422)
        .shows("Choisissez un lieu du même établissement");
    let mut engineer = world.signed_in("engineer.chv").await;
    for path in ["", "/edit"] {
        engineer
            .get(&format!("/accounts/departments/{pole}{path}"))
            .await
            .is(404);
    }
    engineer
        .get(&format!("/accounts/establishments/{CHM}"))
        .await
        .is(404);
    let own = group
        .post(
            "/accounts/departments",
            &[
                ("establishment", CHV),
                ("code", "P1"),
                ("name", "Pôle Verrerie"),
            ],
        )
        .await
        .is(303)
        .made();
    engineer
        .send_json(
            axum::http::Method::PATCH,
            &format!("/accounts/units/{CHV_UNIT}"),
            json!({"establishment": CHV, "uf_code": "3401", "name": "Réanimation médicale", "department": own, "version": 1}),
        )
        .await
        .is(200);
    assert_eq!(
        world
            .count("select count(*) from event where kind = 'unit.moved'")
            .await,
        1
    );
    engineer
        .post(&format!("/accounts/departments/{own}/closure"), &[])
        .await
        .is(409)
        .shows("1 unité(s) ouverte(s)");
}
