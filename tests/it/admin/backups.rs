//! Backups made by themselves, seen by the administrator.

use std::path::PathBuf;

use crate::support::{World, now, options};
use chrono::{NaiveTime, TimeDelta};
use vigie::admin::backups::jobs::look;
use vigie::app::App;
use vigie::config::Backups;
use vigie::kernel::Clock;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vigie-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// The application of a hospital that is no demonstration, whose backups go there at half past two.
async fn real(world: &World, folder: &std::path::Path) -> App {
    sqlx::raw_sql("update instance set is_demo = false")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let options = vigie::app::Options {
        backups: Backups {
            at: NaiveTime::from_hms_opt(2, 30, 0),
            ..Backups::in_folder(folder)
        },
        ..options(Clock::still(now()))
    };
    App::new(world.pool.clone(), options).await.unwrap()
}

fn archives(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).map_or(0, |entries| {
        entries
            .filter(|e| {
                let name = e.as_ref().unwrap().file_name();
                name.to_str().unwrap().ends_with(".tar")
            })
            .count()
    })
}

#[tokio::test]
async fn each_night_has_its_backup_once() {
    const JOBS: &str = "select count(*) from job where kind = 'admin.backups'";
    let world = World::new().await;
    let folder = folder("nights");
    let app = real(&world, &folder).await;
    look(&app).await.unwrap();
    assert_eq!(
        world.count(JOBS).await,
        0,
        "founded this morning, saved tonight"
    );
    app.clock().advance(TimeDelta::hours(16));
    look(&app).await.unwrap();
    assert_eq!(
        world.count(JOBS).await,
        0,
        "two o'clock in Paris is too early"
    );
    app.clock().advance(TimeDelta::hours(1));
    look(&app).await.unwrap();
    look(&app).await.unwrap();
    assert_eq!(world.count(JOBS).await, 1);
    while app.work_once("tests").await.unwrap() {}
    assert_eq!(archives(&folder), 1);
    look(&app).await.unwrap();
    assert_eq!(world.count(JOBS).await, 1, "once a night");
    app.clock().advance(TimeDelta::hours(24));
    look(&app).await.unwrap();
    assert_eq!(world.count(JOBS).await, 2);
    let made: (i64, bool, i32) = sqlx::query_as(
        "select row_count, sha256 is not null, missing_count from backup where error is null",
    )
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap();
    assert!(made.0 > 50 && made.1 && made.2 == 0, "{made:?}");
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn a_backup_asked_for_is_made_and_shown_and_only_the_administrator_asks() {
    let world = World::new().await;
    let mut administrator = world.person("administrator").await;
    administrator
        .get("/")
        .await
        .is(200)
        .shows("Aucune sauvegarde n’a été faite");
    administrator.post("/admin/backups", &[]).await.is(303);
    world.work().await;
    administrator
        .get("/admin/backups")
        .await
        .is(200)
        .shows("Dernière sauvegarde il y a moins d’une heure")
        .shows("vigie-20260302T090000Z-");
    administrator
        .get("/")
        .await
        .shows("Dernière sauvegarde aujourd’hui");
    let mut technician = world.person("technician").await;
    technician.get("/admin/backups").await.is(403);
    let mut auditor = world.person("auditor").await;
    auditor.get("/admin/backups").await.is(200);
    auditor.post("/admin/backups", &[]).await.is(403);
}

#[tokio::test]
async fn a_backup_that_fails_says_why_and_leaves_no_part_of_an_archive() {
    let world = World::new().await;
    let folder = folder("blocked");
    std::fs::write(&folder, "a file where a folder should be").unwrap();
    let app = real(&world, &folder).await;
    app.clock().advance(TimeDelta::hours(18));
    look(&app).await.unwrap();
    app.work_once("tests").await.unwrap();
    let why: String = sqlx::query_scalar("select error from backup")
        .fetch_one(&mut world.owner().await)
        .await
        .unwrap();
    assert!(why.contains("ne s’écrit pas"), "{why}");
    let mut administrator = world.person("administrator").await;
    administrator
        .get("/admin/backups")
        .await
        .is(200)
        .shows("Le dernier essai a échoué")
        .shows("aucune : elle a échoué");
    let _ = std::fs::remove_file(folder);
}

#[tokio::test]
async fn a_content_missing_from_the_disk_is_said_and_does_not_stop_the_backup() {
    let world = World::new().await;
    sqlx::raw_sql(
        "insert into file (id, sha256, size_bytes, media_type, stored_at)
         values ('01950000-0000-7000-8000-0000000000f9', repeat('ab', 32), 9, 'application/pdf', '2026-03-01')",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
    let mut administrator = world.person("administrator").await;
    administrator.post("/admin/backups", &[]).await.is(303);
    world.work().await;
    assert_eq!(
        world
            .count("select missing_count::bigint from backup where error is null")
            .await,
        1
    );
}
