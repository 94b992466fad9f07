//! Two records of one thing, merged and taken back.

use crate::support::{Person, World};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

async fn id(world: &World, sql: &'static str) -> String {
    sqlx::query_scalar::<_, Uuid>(sql)
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap()
        .to_string()
}

/// Everything a merge may change, version counters and the traces it must leave put aside.
async fn state(world: &World) -> Vec<String> {
    let mut owner = world.owner().await;
    let mut all = vec![];
    for table in [
        "organisation",
        "organisation_alias",
        "organisation_succession",
        "contact",
        "device_model",
        "software_version",
        "udi_di",
        "model_code",
        "certificate",
        "certificate_model",
        "model_instruction",
        "device",
        "device_identifier",
        "device_interface",
        "device_loan",
        "device_item_justification",
        "document",
        "access_grant",
    ] {
        let sql = format!(
            "select '{table} ' || (to_jsonb(t) - 'version')::text from {table} t order by t.id"
        );
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(&mut owner)
            .await
            .unwrap();
        all.extend(rows);
    }
    // What is found by search is derived, and must come back too.
    let found: Vec<String> = sqlx::query_scalar(
        "select to_jsonb(s)::text from search_entry s order by s.kind, s.subject_id",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    all.extend(found);
    all
}

fn differing(before: &[String], after: &[String]) -> Vec<String> {
    before
        .iter()
        .filter(|l| !after.contains(l))
        .map(|l| format!("- {l}"))
        .chain(
            after
                .iter()
                .filter(|l| !before.contains(l))
                .map(|l| format!("+ {l}")),
        )
        .collect()
}

async fn merge(
    person: &mut Person,
    kind: &str,
    kept: &str,
    double: &str,
    taken: &[&str],
) -> String {
    let mut fields = vec![
        ("kind", kind),
        ("kept", kept),
        ("double", double),
        ("reason", "même chose, saisie deux fois"),
    ];
    fields.extend(taken.iter().map(|t| ("taken", *t)));
    person
        .post("/inventory/merges", &fields)
        .await
        .is(303)
        .location()
}

async fn undo(person: &mut Person, page: &str) {
    person
        .post(
            &format!("{page}?_method=delete"),
            &[("reason", "ce sont deux choses")],
        )
        .await
        .is(303);
}

const DEVICES: [&str; 2] = [
    "select id from device where inventory_number = 'V000001'",
    "select id from device where inventory_number = 'V000005'",
];

#[tokio::test]
async fn both_numbers_and_labels_open_the_device_that_stays_and_both_histories_are_read() {
    let world = World::hospital().await;
    let (kept, double) = (id(&world, DEVICES[0]).await, id(&world, DEVICES[1]).await);
    let mut engineer = world.person("biomedical_engineer").await;
    let preview = engineer
        .get(&format!(
            "/inventory/merges/new?kind=device&kept={kept}&double={double}"
        ))
        .await
        .is(200);
    preview.shows("Ce qui diffère").shows("V000005");
    assert_eq!(world.count("select count(*) from record_merge").await, 0);
    merge(&mut engineer, "device", &kept, &double, &[]).await;
    let label: String =
        sqlx::query_scalar("select label_code from device where inventory_number = 'V000005'")
            .fetch_one(&mut world.owner().await)
            .await
            .unwrap();
    let scanned = engineer.get(&format!("/q/{label}")).await;
    assert_eq!(scanned.location(), format!("/inventory/devices/{kept}"));
    // The search box opens the one device that a number names.
    let typed = engineer.get("/search?q=V000005").await;
    assert!(
        typed
            .headers
            .get("location")
            .map(|l| l.to_str().unwrap().contains(&kept))
            .unwrap_or_else(|| typed.text.contains(&format!("/inventory/devices/{kept}"))),
        "{}",
        typed.words()
    );
    engineer
        .get(&format!("/inventory/devices/{kept}"))
        .await
        .is(200)
        .shows("Répond aussi pour V000005");
    engineer
        .get(&format!("/inventory/devices/{double}"))
        .await
        .is(200)
        .shows("Double de V000001");
    for one in [&kept, &double] {
        engineer
            .get(&format!("/inventory/devices/{one}/history"))
            .await
            .is(200);
        engineer
            .get(&format!("/audit/subjects/{one}"))
            .await
            .is(200);
    }
    engineer
        .get("/inventory/devices?q=V000005")
        .await
        .is(200)
        .shows("V000001");
}

#[tokio::test]
async fn what_changed_since_is_left_and_listed() {
    let world = World::hospital().await;
    let (kept, double) = (id(&world, DEVICES[0]).await, id(&world, DEVICES[1]).await);
    sqlx::raw_sql("select set_config('vigie.now', '2026-03-02 08:00Z', false); update device set local_name = null where inventory_number = 'V000001'; update device set local_name = 'Moniteur du box 4' where inventory_number = 'V000005'")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let mut engineer = world.person("biomedical_engineer").await;
    let page = merge(&mut engineer, "device", &kept, &double, &["local_name"]).await;
    sqlx::raw_sql("select set_config('vigie.now', '2026-03-02 08:30Z', false); update device set local_name = 'Corrigé depuis' where inventory_number = 'V000001'")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    undo(&mut engineer, &page).await;
    engineer
        .get(&page)
        .await
        .is(200)
        .shows("Nom local : modifié depuis la fusion");
    assert_eq!(world.count("select count(*) from device where local_name = 'Corrigé depuis' and annulled_at is null").await, 1);
}

#[tokio::test]
async fn makers_with_the_same_model_wait_until_those_models_are_one() {
    let world = World::hospital().await;
    let maker = id(&world, "select manufacturer_id from device_model where trade_name is not null and manufacturer_id is not null order by id limit 1").await;
    sqlx::raw_sql("select set_config('vigie.now', '2026-03-02 08:00Z', false);
        insert into organisation (id, name, roles, version) values ('01950000-0000-7000-8000-00000000aaaa', 'Double inventé', '{manufacturer}', 1);
        insert into device_model (id, common_name, trade_name, reference, manufacturer_id, version)
        select '01950000-0000-7000-8000-00000000aaab', common_name, trade_name, reference, '01950000-0000-7000-8000-00000000aaaa', 1
        from device_model where trade_name is not null and manufacturer_id is not null order by id limit 1")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let mut engineer = world.person("biomedical_engineer").await;
    let double = "01950000-0000-7000-8000-00000000aaaa";
    engineer
        .get(&format!(
            "/inventory/merges/new?kind=organisation&kept={maker}&double={double}"
        ))
        .await
        .is(200)
        .shows("Fusionnez d’abord ces modèles");
    engineer
        .post(
            "/inventory/merges",
            &[
                ("kind", "organisation"),
                ("kept", &maker),
                ("double", double),
                ("reason", "même maison"),
            ],
        )
        .await
        .is(409);
    let model = id(&world, "select id from device_model where trade_name is not null and manufacturer_id is not null and id <> '01950000-0000-7000-8000-00000000aaab' order by id limit 1").await;
    merge(
        &mut engineer,
        "device_model",
        &model,
        "01950000-0000-7000-8000-00000000aaab",
        &[],
    )
    .await;
    merge(&mut engineer, "organisation", &maker, double, &[]).await;
    engineer
        .get(&format!("/parties/organisations/{double}"))
        .await
        .is(200)
        .shows("Double annulé");
    engineer
        .get("/parties/organisations?q=double+invente")
        .await
        .is(200)
        .shows("Double inventé");
    assert_eq!(
        world
            .count("select count(*) from organisation_alias where name = 'Double inventé'")
            .await,
        1
    );
}

#[tokio::test]
async fn after_thirty_days_a_merge_stays_and_a_stranger_neither_sees_nor_undoes_it() {
    let world = World::hospital().await;
    let (kept, double) = (id(&world, DEVICES[0]).await, id(&world, DEVICES[1]).await);
    let mut engineer = world.person("biomedical_engineer").await;
    let page = merge(&mut engineer, "device", &kept, &double, &[]).await;
    let mut stranger = world.signed_in("m.ozanne").await;
    stranger.get(&page).await.is(404);
    stranger
        .post(
            &format!("{page}?_method=delete"),
            &[("reason", "je ne sais")],
        )
        .await
        .is(404);
    world
        .person("technician")
        .await
        .post(
            &format!("{page}?_method=delete"),
            &[("reason", "pas mon droit")],
        )
        .await
        .is(403);
    sqlx::raw_sql("select set_config('vigie.now', '2026-03-02 08:00Z', false); update record_merge set undo_before = '2026-03-01'").execute(&mut world.owner().await).await.unwrap();
    engineer
        .post(
            &format!("{page}?_method=delete"),
            &[("reason", "trop tard")],
        )
        .await
        .is(409)
        .shows("30 jours");
}

/// Any two makers, models or devices, any choice of fields: merged and taken back, everything is as before.
#[test]
fn merging_then_undoing_restores_everything() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (world, mut engineer) = runtime.block_on(async {
        let world = World::hospital().await;
        let engineer = world.person("biomedical_engineer").await;
        (world, engineer)
    });
    let mut runner = TestRunner::new(Config {
        cases: 18,
        failure_persistence: None,
        max_shrink_iters: 4,
        ..Config::default()
    });
    let asked = (
        0usize..3,
        0u32..1000,
        0u32..1000,
        prop::collection::vec(any::<bool>(), 40),
    );
    let (world, engineer) = (&world, tokio::sync::Mutex::new(&mut engineer));
    let done = std::cell::Cell::new(0);
    runner
        .run(&asked, |(nth, a, b, picks)| {
            let problem = runtime.block_on(async {
                let kind = vigie::inventory::merges::Kind::ALL[nth];
                let sql = match kind.code() {
                    "organisation" => "select id from organisation where merged_into_id is null order by id",
                    "device_model" => "select id from device_model where merged_into_id is null order by id",
                    _ => "select id from device where annulled_at is null and establishment_id = (select establishment_id from device where inventory_number = 'V000001') order by id",
                };
                let ids: Vec<Uuid> = sqlx::query_scalar(sql).fetch_all(&mut world.owner().await).await.unwrap();
                let pick = |n: u32| ids[n as usize % ids.len()].to_string();
                let (kept, double) = (pick(a), pick(b));
                let taken: Vec<&str> = kind.groups().iter().zip(&picks).filter(|(_, p)| **p).map(|(g, _)| g.key).collect();
                let before = state(world).await;
                let mut fields = vec![("kind", kind.code()), ("kept", kept.as_str()), ("double", double.as_str()), ("reason", "essai de propriété")];
                fields.extend(taken.iter().map(|t| ("taken", *t)));
                let mut engineer = engineer.lock().await;
                let answer = engineer.post("/inventory/merges", &fields).await;
                if answer.status == 409 || answer.status == 422 {
                    // Refused with its reason: nothing may have been written.
                    return differing(&before, &state(world).await);
                }
                assert_eq!(answer.status, 303, "{} {kept} {double} {taken:?}: {}", kind.code(), answer.words());
                assert!(!differing(&before, &state(world).await).is_empty());
                let page = answer.location();
                let undone = engineer.post(&format!("{page}?_method=delete"), &[("reason", "essai de propriété")]).await;
                assert_eq!(undone.status, 303, "{}", undone.words());
                done.set(done.get() + 1);
                differing(&before, &state(world).await)
            });
            prop_assert!(problem.is_empty(), "{}", problem.join("\n"));
            Ok(())
        })
        .unwrap();
    assert!(done.get() >= 5, "only {} merges were tried", done.get());
}
