//! Certificates, instructions and ends of support, as people meet them.

use crate::support::{Person, World};

async fn one(world: &World, sql: &'static str) -> String {
    sqlx::query_scalar::<_, uuid::Uuid>(sql)
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap()
        .to_string()
}

/// A model with a device in service, and its maker.
async fn model(world: &World) -> (String, String, String) {
    let device = "select id from device where inventory_number = 'V000001'";
    let model = "select model_id from device where inventory_number = 'V000001'";
    let maker = "select m.manufacturer_id from device d join device_model m on m.id = d.model_id where d.inventory_number = 'V000001'";
    (
        one(world, device).await,
        one(world, model).await,
        one(world, maker).await,
    )
}

async fn enter(person: &mut Person, model: &str, maker: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("manufacturer", maker),
        ("model", model),
        ("kind", "quality_system"),
        ("notified_body_number", "0459"),
        ("notified_body_name", "GMED"),
    ];
    fields.extend_from_slice(more);
    person
        .post("/inventory/certificates", &fields)
        .await
        .is(303)
        .location()
}

#[tokio::test]
async fn a_certificate_that_expired_alerts_the_device_the_engineer_and_the_buyer() {
    let world = World::hospital().await;
    let (device, model, maker) = model(&world).await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = enter(
        &mut engineer,
        &model,
        &maker,
        &[
            ("number", "G1-TEST-1"),
            ("regulation", "mdr"),
            ("status", "valid"),
            ("expires_on", "2026-02-01"),
        ],
    )
    .await;
    engineer
        .get(&page)
        .await
        .is(200)
        .shows("expiré le 1er févr. 2026");
    engineer
        .get(&format!("/inventory/devices/{device}"))
        .await
        .is(200)
        .shows("Certificat CE G1-TEST-1 (organisme notifié 0459) : expiré le");
    for role in ["biomedical_engineer", "buyer"] {
        let mut person = world.person(role).await;
        person
            .get("/")
            .await
            .is(200)
            .shows("Certificats CE à suivre")
            .shows("G1-TEST-1");
    }
    world
        .person("technician")
        .await
        .get("/")
        .await
        .is(200)
        .does_not_show("G1-TEST-1");
}

#[tokio::test]
async fn a_suspension_says_its_source_and_a_certificate_in_order_alerts_nobody() {
    let world = World::hospital().await;
    let (device, model, maker) = model(&world).await;
    let mut engineer = world.person("biomedical_engineer").await;
    let fine = [
        ("number", "G1-TEST-2"),
        ("regulation", "mdr"),
        ("status", "valid"),
        ("expires_on", "2030-01-01"),
    ];
    let page = enter(&mut engineer, &model, &maker, &fine).await;
    let sheet = format!("/inventory/devices/{device}");
    engineer
        .get(&sheet)
        .await
        .is(200)
        .does_not_show("Certificat CE G1-TEST-2");
    let mut fields = vec![
        ("manufacturer", maker.as_str()),
        ("kind", "quality_system"),
        ("notified_body_number", "0459"),
        ("number", "G1-TEST-2"),
        ("regulation", "mdr"),
        ("status", "suspended"),
        ("version", "1"),
    ];
    engineer
        .post_from(
            &format!("{page}?_method=patch"),
            &format!("{page}/edit"),
            &fields,
        )
        .await
        .is(422)
        .shows("Dites où la suspension");
    fields.push(("status_source", "registre de l’organisme, lu le 1er mars"));
    engineer
        .post(&format!("{page}?_method=patch"), &fields)
        .await
        .is(303);
    engineer
        .get(&sheet)
        .await
        .is(200)
        .shows("suspendu par l’organisme notifié");
    let list = engineer
        .get("/inventory/certificates?f=status:in:suspended,withdrawn")
        .await
        .is(200);
    list.shows("G1-TEST-2");
    engineer
        .get("/inventory/devices?f=certificate_status:is:suspended")
        .await
        .is(200)
        .shows("V000001");
    assert_eq!(world.count("select count(*) from event where kind = 'certificate.status_changed' and summary like '%valide → suspendu%'").await, 1);
}

#[tokio::test]
async fn the_end_of_a_transition_comes_from_a_rule_that_says_it_is_to_be_verified() {
    let world = World::hospital().await;
    let (device, model, maker) = model(&world).await;
    let rule = one(
        &world,
        "select id from legal_rule where code = 'ue-2023-607.mdd-autres'",
    )
    .await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = enter(
        &mut engineer,
        &model,
        &maker,
        &[
            ("number", "D-TEST-3"),
            ("regulation", "mdd"),
            ("status", "transition"),
            ("expires_on", "2024-05-26"),
            ("transition_rule", &rule),
        ],
    )
    .await;
    engineer
        .get(&page)
        .await
        .is(200)
        .shows("règle à vérifier")
        .shows("2028");
    engineer
        .get(&format!("/inventory/devices/{device}"))
        .await
        .is(200)
        .does_not_show("Certificat CE D-TEST-3");
    // Under a regulation there is no transition.
    engineer
        .post_from(
            "/inventory/certificates",
            "/inventory/certificates/new",
            &[
                ("manufacturer", &maker),
                ("kind", "other"),
                ("notified_body_number", "0459"),
                ("number", "X"),
                ("regulation", "mdr"),
                ("status", "transition"),
            ],
        )
        .await
        .is(422)
        .shows("anciennes directives");
}

#[tokio::test]
async fn who_holds_one_hospital_reads_certificates_and_changes_none() {
    let world = World::hospital().await;
    let (_, _, maker) = model(&world).await;
    let mut local = world.signed_in("m.ozanne").await;
    local.get("/inventory/certificates").await.is(200);
    local
        .post(
            "/inventory/certificates",
            &[
                ("manufacturer", &maker),
                ("kind", "other"),
                ("notified_body_number", "0459"),
                ("number", "X"),
                ("regulation", "mdr"),
                ("status", "valid"),
            ],
        )
        .await
        .is(403);
}

#[tokio::test]
async fn an_end_of_support_has_its_source_and_speaks_on_the_device() {
    let world = World::hospital().await;
    let (device, model, _) = model(&world).await;
    let mut engineer = world.person("biomedical_engineer").await;
    let supports = format!("/inventory/models/{model}/supports");
    engineer
        .get(&supports)
        .await
        .is(200)
        .shows("Pièces détachées");
    engineer
        .post_from(
            &supports,
            &supports,
            &[
                ("kind", "security"),
                ("ends_on", "2026-01-31"),
                ("verified_on", "2026-02-15"),
            ],
        )
        .await
        .is(422)
        .shows("Ce champ est obligatoire");
    engineer
        .post(
            &supports,
            &[
                ("kind", "security"),
                ("ends_on", "2026-01-31"),
                ("source", "lettre du fabricant du 3 janvier"),
                ("verified_on", "2026-02-15"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&supports)
        .await
        .is(200)
        .shows("lettre du fabricant du 3 janvier");
    engineer
        .get(&format!("/inventory/devices/{device}"))
        .await
        .is(200)
        .shows("Correctifs de sécurité : terminé le 31 janv. 2026");
    engineer
        .get("/inventory/devices?f=security_support_ends_on:max:2026-03-02")
        .await
        .is(200)
        .shows("V000001");
    // Said again, the former statement stays readable.
    engineer
        .post(
            &supports,
            &[
                ("kind", "security"),
                ("ends_on", "2029-01-31"),
                ("source", "page du fabricant"),
                ("verified_on", "2026-03-01"),
            ],
        )
        .await
        .is(303);
    engineer
        .get(&supports)
        .await
        .is(200)
        .shows("lettre du fabricant du 3 janvier")
        .shows("page du fabricant");
    engineer
        .get(&format!("/inventory/devices/{device}"))
        .await
        .is(200)
        .does_not_show("Correctifs de sécurité : terminé");
}

#[tokio::test]
async fn the_instructions_of_a_version_are_those_to_follow_until_withdrawn_with_a_reason() {
    let world = World::hospital().await;
    let (_, model, _) = model(&world).await;
    let mut engineer = world.person("biomedical_engineer").await;
    let page = format!("/inventory/models/{model}/instructions");
    engineer
        .get(&page)
        .await
        .is(200)
        .shows("Aucune notice enregistrée");
    let fields = [
        ("edition", "4535-rev B"),
        ("language", "fr"),
        ("issued_on", "2025-06-01"),
        ("url", "https://example.org/notice.pdf"),
    ];
    engineer.post(&page, &fields).await.is(303);
    engineer
        .post_from(&page, &page, &fields)
        .await
        .is(422)
        .shows("déjà connue");
    engineer
        .get(&format!("/inventory/models/{model}"))
        .await
        .is(200)
        .shows("4535-rev B");
    let id = one(
        &world,
        "select id from model_instruction where edition = '4535-rev B'",
    )
    .await;
    let foreign = "01950000-dead-7000-8000-000000000000";
    engineer
        .post(
            &page,
            &[("edition", "C"), ("language", "fr"), ("document", foreign)],
        )
        .await
        .is(422);
    engineer
        .post(
            &format!("{page}/{id}?_method=delete"),
            &[("reason", "remplacée par la révision C")],
        )
        .await
        .is(303);
    engineer
        .get(&page)
        .await
        .is(200)
        .shows("remplacée par la révision C");
    engineer
        .get(&format!("/inventory/models/{model}"))
        .await
        .is(200)
        .does_not_show("4535-rev B");
}
