//! Whom to call: for the whole group or one hospital, and since when it was verified.

use super::organisation;
use crate::support::{Person, World};

const CHV: &str = "01950000-0000-7000-8000-0000000000a1";

/// A contact of an organisation; its address. What was done leads back to the organisation.
async fn contact(person: &mut Person, of: &str, fields: &[(&str, &str)]) -> String {
    let page = person
        .post(&format!("/parties/organisations/{of}/contacts"), fields)
        .await
        .is(303)
        .location();
    let name = fields.iter().find(|(field, _)| *field == "name").unwrap().1;
    let kept = person.get_json(&page).await.json();
    let found = kept["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|contact| contact["name"] == name)
        .unwrap();
    format!("/parties/contacts/{}", found["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_contact_says_when_it_was_verified_and_loses_it_when_it_changes() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let of = organisation(&mut engineer, "Siemens Healthineers", &["manufacturer"]).await;
    let security = contact(
        &mut engineer,
        &of,
        &[
            ("function", "security_officer"),
            ("name", "PSIRT"),
            ("email", "psirt@exemple.fr"),
        ],
    )
    .await;
    contact(
        &mut engineer,
        &of,
        &[
            ("function", "support"),
            ("name", "Assistance technique"),
            ("phone", "01 23 45 67 89"),
            ("verified", "true"),
        ],
    )
    .await;
    engineer.get(&security).await.shows("jamais");
    engineer
        .get(&format!("/parties/organisations/{of}"))
        .await
        .shows("Sécurité informatique")
        .shows("jamais vérifié")
        .shows("Assistance technique")
        .shows("2 mars 2026");
    engineer
        .post(&format!("{security}/verifications"), &[])
        .await
        .is(303);
    let kept = engineer.get_json(&security).await.json();
    assert_eq!(kept["verified_on"], "2026-03-02");
    let version = kept["version"].to_string();
    engineer
        .post(
            &format!("{security}?_method=patch"),
            &[
                ("function", "security_officer"),
                ("name", "PSIRT"),
                ("email", "securite@exemple.fr"),
                ("version", &version),
            ],
        )
        .await
        .is(303);
    assert!(
        engineer.get_json(&security).await.json()["verified_on"].is_null(),
        "the new address was verified by nobody"
    );
}

#[tokio::test]
pub async fn the_own_contact_of_a_hospital_is_not_read_at_another() {
    let world = World::new().await;
    let mut group = world.person("biomedical_engineer").await;
    let of = organisation(&mut group, "Getinge", &["manufacturer"]).await;
    let own = contact(
        &mut group,
        &of,
        &[
            ("function", "commercial"),
            ("name", "Déléguée du CHU"),
            ("email", "deleguee@exemple.fr"),
            ("establishment", CHV),
        ],
    )
    .await;
    let shared = contact(
        &mut group,
        &of,
        &[
            ("function", "emergency"),
            ("name", "Astreinte nationale"),
            ("phone", "0 800 00 00 00"),
        ],
    )
    .await;
    let mut chv = world.signed_in("engineer.chv").await;
    let mut chm = world.signed_in("engineer.chm").await;
    chv.get(&own).await.is(200).shows("CHU de la Verrerie");
    chm.get(&own).await.is(404);
    chm.post(&format!("{own}/verifications"), &[]).await.is(404);
    for person in [&mut chv, &mut chm] {
        person.get(&shared).await.is(200).shows("tout le groupe");
    }
    chm.get(&format!("/parties/organisations/{of}"))
        .await
        .shows("Astreinte nationale")
        .does_not_show("Déléguée du CHU");
    chm.get("/parties/contacts")
        .await
        .shows("Astreinte nationale")
        .does_not_show("Déléguée du CHU");
    // Its own hospital verifies it; the shared one asks for the group.
    chv.post(&format!("{own}/verifications"), &[]).await.is(303);
    chv.post(&format!("{shared}/verifications"), &[])
        .await
        .is(403);
}

#[tokio::test]
async fn a_contact_nobody_could_reach_is_refused_with_what_was_typed() {
    let world = World::new().await;
    let mut engineer = world.person("biomedical_engineer").await;
    let of = organisation(&mut engineer, "Baxter", &["manufacturer"]).await;
    let (path, page) = (
        format!("/parties/organisations/{of}/contacts"),
        format!("/parties/organisations/{of}/contacts/new"),
    );
    for (fields, field, said) in [
        (
            vec![("function", "support"), ("name", "Guichet gardé")],
            "email",
            "au moins un moyen",
        ),
        (
            vec![
                ("function", "support"),
                ("name", "Guichet gardé"),
                ("email", "pas un courriel"),
            ],
            "email",
            "nom@domaine.fr",
        ),
        (
            vec![
                ("function", "support"),
                ("name", "Guichet gardé"),
                ("phone", "1"),
                ("url", "data:text/html,x"),
            ],
            "url",
            "https://exemple.fr",
        ),
        (
            vec![
                ("function", "support"),
                ("name", "Guichet gardé"),
                ("phone", "1"),
                ("ends_on", "31/02/2026"),
            ],
            "ends_on",
            "« 31/02/2026 » n’est pas une date",
        ),
        (
            vec![
                ("function", "king"),
                ("name", "Guichet gardé"),
                ("phone", "1"),
            ],
            "function",
            "Dites à quoi sert ce contact",
        ),
    ] {
        let again = engineer.post_from(&path, &page, &fields).await.is(422);
        again.shows(said);
        assert_eq!(
            again.attributes("input[name=name]", "value"),
            ["Guichet gardé"]
        );
        assert!(
            again
                .attributes(".error[id]", "id")
                .contains(&format!("e-{field}")),
            "{field}: {:?}",
            again.attributes(".error[id]", "id")
        );
    }
    assert_eq!(world.count("select count(*) from contact").await, 0);
    // A French date is read as the French write it.
    let made = contact(
        &mut engineer,
        &of,
        &[
            ("function", "support"),
            ("name", "Guichet"),
            ("phone", "1"),
            ("ends_on", "30/06/2026"),
        ],
    )
    .await;
    assert_eq!(
        engineer.get_json(&made).await.json()["ends_on"],
        "2026-06-30"
    );
}
