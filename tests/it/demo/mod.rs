//! The demonstration hospital, built through commands and seen by the people who work there.

use crate::support::World;
use vigie::accounts::roles::Role;
use vigie::demo::build::build;
use vigie::demo::fleet::{Extent, REFERENCE_DAY, devices};

#[tokio::test]
async fn the_core_has_every_device_told_and_each_role_signs_in_by_one_click() {
    let world = World::hospital().await;
    let told = i64::try_from(devices(Extent::Core, REFERENCE_DAY).len()).unwrap();
    assert_eq!(world.count("select count(*) from device").await, told);
    assert!(told <= 300);
    for role in Role::ALL {
        world.person(role.code()).await;
    }
}

#[tokio::test]
async fn building_again_changes_nothing() {
    let world = World::hospital().await;
    let rows = "select count(*) from audit_row";
    let before = world.count(rows).await;
    let built = build(&world.app, Extent::Core).await.unwrap();
    assert_eq!(built.days, 0);
    assert_eq!(world.count(rows).await, before);
}

#[tokio::test]
async fn a_base_that_is_not_a_demonstration_is_refused() {
    let world = World::hospital().await;
    sqlx::raw_sql("update instance set is_demo = false")
        .execute(&mut world.owner().await)
        .await
        .unwrap();
    let app = vigie::app::App::new(
        world.pool.clone(),
        crate::support::options(world.app.clock().clone()),
    )
    .await
    .unwrap();
    assert!(build(&app, Extent::Core).await.is_err());
}

#[tokio::test]
async fn the_named_devices_are_in_the_state_their_names_say() {
    let world = World::hospital().await;
    let mut owner = world.owner().await;
    for (number, state) in [
        ("V000001", "in_service"),
        ("V000002", "quarantined"),
        ("V000003", "lent"),
        ("V000009", "disposed"),
        ("V000010", "decommissioning"),
        ("V000020", "on_trial"),
        ("V000021", "received"),
        ("V000023", "broken"),
        ("V000024", "stored"),
        ("F000002", "lent"),
    ] {
        let found: String =
            sqlx::query_scalar("select state from device where inventory_number = $1")
                .bind(number)
                .fetch_one(&mut owner)
                .await
                .unwrap();
        assert_eq!(found, state, "{number}");
    }
    let due: chrono::NaiveDate =
        sqlx::query_scalar("select l.due_on from device_loan l join device d on d.id = l.device_id where d.inventory_number = 'V000003'")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert!(due < REFERENCE_DAY);
    assert_eq!(world.count("select count(*) from device where inventory_number = 'V000015' and annulled_at is not null").await, 1);
    assert_eq!(world.count("select count(*) from device where inventory_number = 'V000008' and first_service_date is null and first_service_date_text = 'vers 2009'").await, 1);
    assert_eq!(world.count("select count(*) from device c join device p on p.id = c.parent_id where p.inventory_number = 'V000012'").await, 2);
    assert_eq!(world.count("select count(*) from device where inventory_number = 'V000022' and serial_number = '23999004'").await, 1);
}

#[tokio::test]
async fn an_engineer_of_the_local_hospital_sees_its_devices_and_no_other() {
    let world = World::hospital().await;
    let mut person = world.signed_in("m.ozanne").await;
    let list = person.get_json("/inventory/devices?q=&per=200").await;
    assert_eq!(list.status, 200);
    assert!(list.text.contains("A000001"), "{}", list.text);
    assert!(!list.text.contains("V000001") && !list.text.contains("F000001"));
}

#[tokio::test]
async fn an_external_technician_has_the_file_of_his_devices_alone() {
    let world = World::hospital().await;
    let mut person = world.person("external_technician").await;
    let list = person.get_json("/inventory/devices?per=200").await;
    assert_eq!(list.status, 200);
    assert!(
        list.text.contains("V000023") && !list.text.contains("V000002"),
        "{}",
        list.text
    );
}

#[tokio::test]
async fn history_bears_the_names_of_the_people_who_work_there() {
    let world = World::hospital().await;
    let told = "select count(*) from device_state_change c join account a on a.id = c.actor_id where a.display_name = 'Tristan Bressac' and c.transition = 'quarantine' and c.reason like 'Débit supérieur%'";
    assert_eq!(world.count(told).await, 1);
}
