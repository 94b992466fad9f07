//! Documents of an object, as people meet them.

mod organisation;

use crate::support::World;

const UNIT: &str = "01950000-0000-7000-8000-0000000000a2";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

fn of_unit() -> String {
    format!("/documents/subjects/unit/{UNIT}")
}

async fn add(world: &World) -> String {
    let mut engineer = world.signed_in("engineer.chv").await;
    let fields = [
        ("kind", "organisation_document"),
        ("title", "Organisation de la maintenance"),
        ("edition", "3"),
    ];
    engineer
        .upload(&of_unit(), &fields, ("file", "../../orga \"v3\".pdf", PDF))
        .await
        .is(303);
    let page = engineer.get(&of_unit()).await.is(200);
    page.shows("Organisation de la maintenance");
    page.attributes("tbody th a", "href").remove(0)
}

#[tokio::test]
pub async fn a_document_is_added_read_and_withdrawn_with_its_reason() {
    let world = World::new().await;
    let document = add(&world).await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let file = engineer.get(&format!("{document}/file")).await.is(200);
    assert_eq!(file.bytes, PDF);
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert!(
        !file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains(['/', '"'])
    );
    engineer
        .post_from(
            &format!("{document}/withdrawal"),
            &document,
            &[("reason", " ")],
        )
        .await
        .is(422)
        .shows("obligatoire");
    engineer
        .post(
            &format!("{document}/withdrawal"),
            &[("reason", "remplacé par la version 4")],
        )
        .await
        .is(303);
    engineer
        .get(&document)
        .await
        .is(200)
        .shows("Document retiré : remplacé par la version 4");
    engineer.get(&format!("{document}/file")).await.is(200);
    assert_eq!(
        world
            .count("select count(*) from event where kind like 'document.%'")
            .await,
        2
    );
}

#[tokio::test]
pub async fn another_hospital_neither_lists_opens_nor_downloads_it() {
    let world = World::new().await;
    let document = add(&world).await;
    let mut other = world.signed_in("engineer.chm").await;
    other.get(&of_unit()).await.is(404);
    other.get(&document).await.is(404);
    other.get(&format!("{document}/file")).await.is(404);
    other
        .post(&format!("{document}/withdrawal"), &[("reason", "intrus")])
        .await
        .is(404);
    other
        .upload(
            &of_unit(),
            &[("kind", "other"), ("title", "X")],
            ("file", "x.pdf", PDF),
        )
        .await
        .is(404);
}

#[tokio::test]
pub async fn what_a_browser_could_run_is_refused_whatever_its_name() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    for (name, bytes) in [
        (
            "photo.png",
            &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
        ),
        ("notice.pdf", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("setup.pdf", b"MZ\x90\x00\x03\x00\x00\x00"),
    ] {
        engineer
            .upload(
                &of_unit(),
                &[
                    ("kind", "other"),
                    ("title", "X"),
                    ("_form", &format!("{}/new", of_unit())),
                ],
                ("file", name, bytes),
            )
            .await
            .is(422)
            .shows("sont acceptés PDF");
    }
    assert_eq!(world.count("select count(*) from document").await, 0);
}

#[tokio::test]
async fn the_form_keeps_what_was_typed_and_a_reader_cannot_add() {
    let world = World::new().await;
    let mut engineer = world.signed_in("engineer.chv").await;
    let page = format!("{}/new", of_unit());
    let again = engineer
        .upload(
            &of_unit(),
            &[
                ("kind", "other"),
                ("title", "Titre gardé"),
                ("expires_on", "demain"),
                ("_form", &page),
            ],
            ("file", "x.pdf", PDF),
        )
        .await
        .is(422);
    again.shows("« demain » n’est pas une date");
    assert_eq!(
        again.attributes("input[name=title]", "value"),
        ["Titre gardé"]
    );
    let mut director = world.person("director").await;
    director.get(&of_unit()).await.is(200);
    director
        .upload(
            &of_unit(),
            &[("kind", "other"), ("title", "X")],
            ("file", "x.pdf", PDF),
        )
        .await
        .is(403);
}
