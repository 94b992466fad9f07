//! What has passed its term goes when somebody asks, never before, and public records leave a trace.

use sqlx::Executor;

use crate::support::{Person, World};

/// What the page announces for a class.
async fn announced(administrator: &mut Person, class: &str) -> Option<String> {
    let json = administrator
        .get_json("/admin/retention")
        .await
        .is(200)
        .json();
    json["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["rule"]["code"] == class)
        .map(|line| line["due"]["count"].to_string())
}

async fn purge(administrator: &mut Person, class: &str, count: &str, visa: &str) -> u16 {
    let fields = [("class", class), ("count", count), ("visa", visa)];
    let answer = administrator.post("/admin/retention/purges", &fields).await;
    answer.status
}

#[tokio::test]
async fn what_ended_long_ago_is_told_then_goes_and_the_rest_stays() {
    let world = World::new().await;
    world
        .owner()
        .await
        .execute(
            "insert into session (id, token_hash, account_id, created_at, last_seen_at, expires_at)
             select gen_random_uuid(), sha256(('s' || n)::bytea), (select id from account order by login limit 1),
                    timestamptz '2024-01-01' + n * interval '1 day', '2024-01-01', timestamptz '2024-06-01' + n * interval '1 day'
             from generate_series(1, 7) n;
             insert into sign_in_delay (key, failures, last_failure_at) values ('account:x', 3, '2025-01-01'), ('account:y', 1, '2026-03-01');
             insert into account (id, login, display_name, must_change_password, created_at, version, deactivated_at, email, phone)
             values (gen_random_uuid(), 'z.parti', 'Personne partie', false, '2022-01-01', 1, '2023-01-01', 'parti@chu.fr', '01');",
        )
        .await
        .unwrap();
    let mut administrator = world.person("administrator").await;
    let page = administrator.get("/admin/retention").await.is(200);
    page.shows("Recommandation de la CNIL")
        .shows("à vérifier")
        .shows("fin avant le 02/03/2025");
    assert_eq!(
        announced(&mut administrator, "sessions").await.unwrap(),
        "7"
    );
    assert_eq!(
        announced(&mut administrator, "sign_in_delays")
            .await
            .unwrap(),
        "1"
    );
    assert_eq!(
        announced(&mut administrator, "accounts").await.unwrap(),
        "1"
    );
    assert_eq!(
        purge(&mut administrator, "sessions", "6", "").await,
        409,
        "the number shown is the number purged"
    );
    assert_eq!(purge(&mut administrator, "sessions", "7", "").await, 303);
    assert_eq!(
        purge(&mut administrator, "sign_in_delays", "1", "").await,
        303
    );
    assert_eq!(purge(&mut administrator, "accounts", "1", "").await, 303);
    assert_eq!(
        purge(&mut administrator, "journal", "1", "").await,
        422,
        "no class of Vigie's"
    );
    assert_eq!(
        world
            .count("select count(*) from session where expires_at < '2025-01-01'")
            .await,
        0
    );
    assert!(
        world.count("select count(*) from session").await >= 1,
        "the administrator's own is open"
    );
    assert_eq!(
        world
            .count("select count(*) from sign_in_delay where key in ('account:x', 'account:y')")
            .await,
        1
    );
    let left: (Option<String>, Option<String>, String) =
        sqlx::query_as("select email, phone, display_name from account where login = 'z.parti'")
            .fetch_one(&mut world.owner().await)
            .await
            .unwrap();
    assert_eq!((left.0, left.1), (None, None));
    assert!(!left.2.is_empty(), "who did an act stays named");
    assert_eq!(
        world
            .count("select count(*) from event where kind = 'retention.purged'")
            .await,
        3
    );
}

/// A document of a device that left use on a day.
async fn document(world: &World, sha: &str, title: &str, ended: &str) -> String {
    let mut owner = world.owner().await;
    let device: uuid::Uuid = sqlx::query_scalar(
        "select id from device where annulled_at is null and end_of_exploitation_date is null
           and id not in (select subject_id from document where subject_type = 'device') order by id limit 1",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    let id: uuid::Uuid = sqlx::query_scalar(
        "with kept as (
             insert into file (id, sha256, size_bytes, media_type, stored_at) values (gen_random_uuid(), repeat($2, 32), 9, 'application/pdf', '2015-01-01') returning id),
         gone as (update device set end_of_exploitation_date = $4::date where id = $1 returning establishment_id)
         insert into document (id, subject_type, subject_id, establishment_id, file_id, file_name, kind, title, recorded_at, version)
         select gen_random_uuid(), 'device', $1, gone.establishment_id, kept.id, 'pv.pdf', 'maintenance_report', $3, '2015-01-01', 1 from kept, gone returning id",
    )
    .bind(device)
    .bind(sha)
    .bind(title)
    .bind(ended)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    id.to_string()
}

#[tokio::test]
async fn a_public_record_goes_past_its_term_under_a_visa_and_leaves_its_hash() {
    let world = World::hospital().await;
    let old = document(&world, "ab", "Procès-verbal ancien", "2020-01-15").await;
    let young = document(&world, "cd", "Procès-verbal récent", "2024-01-15").await;
    let mut administrator = world.person("administrator").await;
    administrator
        .get("/admin/retention")
        .await
        .is(200)
        .shows("Procès-verbal ancien")
        .does_not_show("Procès-verbal récent");
    let class = "device_documents";
    let count = announced(&mut administrator, class).await.unwrap();
    assert_eq!(count, "1");
    assert_eq!(
        purge(&mut administrator, class, &count, "").await,
        422,
        "no visa, no destruction"
    );
    assert_eq!(
        purge(&mut administrator, class, &count, "AD75-2026-118").await,
        303
    );
    let stone: (String, String, String) = sqlx::query_as(
        "select title, content_hash, visa_reference from tombstone where subject_id = $1::uuid",
    )
    .bind(&old)
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap();
    assert_eq!(
        stone,
        (
            "Procès-verbal ancien".into(),
            "ab".repeat(32),
            "AD75-2026-118".into()
        )
    );
    assert_eq!(
        world
            .count("select count(*) from document where title like 'Procès-verbal %'")
            .await,
        1
    );
    administrator
        .get("/admin/retention")
        .await
        .shows("AD75-2026-118");

    // Nor may the application do it behind the page: the term is checked where the rows are.
    let mut tx = world.pool.begin().await.unwrap();
    tx.execute("select set_config('vigie.now', '2026-03-02 09:00Z', true)")
        .await
        .unwrap();
    let early = sqlx::query("select purge_document($1::uuid, gen_random_uuid(), 'AD75-2026-119')")
        .bind(&young)
        .execute(&mut *tx)
        .await;
    assert!(
        early
            .unwrap_err()
            .to_string()
            .contains("within its retention")
    );
    let mut tx = world.pool.begin().await.unwrap();
    tx.execute("select set_config('vigie.now', '2026-03-02 09:00Z', true)")
        .await
        .unwrap();
    sqlx::query("select set_config('vigie.purge', $1, true)")
        .bind(&young)
        .execute(&mut *tx)
        .await
        .unwrap();
    let bare = sqlx::query("delete from document where id = $1::uuid")
        .bind(&young)
        .execute(&mut *tx)
        .await;
    assert!(bare.unwrap_err().to_string().contains("never deleted"));
}

#[tokio::test]
async fn the_processing_record_is_shown_and_printed_and_who_may_not_purge_does_not() {
    let world = World::new().await;
    let mut dpo = world.person("dpo").await;
    dpo.get("/admin/processing")
        .await
        .is(200)
        .shows("article 30 du RGPD")
        .shows("Aucune donnée de patient")
        .shows("1 an après la fin de la session")
        .shows("argon2id");
    dpo.get("/admin/retention").await.is(200);
    assert_eq!(purge(&mut dpo, "sessions", "0", "").await, 403);
    world
        .person("technician")
        .await
        .get("/admin/retention")
        .await
        .is(403);
}
