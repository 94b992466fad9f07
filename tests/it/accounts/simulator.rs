//! « Qui peut faire quoi », against what pages and commands really answer.

use super::world::*;
use crate::support::World;

/// A small generator of our own: the same triples at each run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[tokio::test]
async fn the_simulator_says_what_the_doors_do_on_random_triples() {
    let world = World::new().await;
    let mut admin = world.person("administrator").await;
    // People with roles over the group, an establishment, a unit, two at once, and nothing.
    for (login, role, scope) in [
        ("tech.chv", "technician", CHV),
        ("tech.chm", "technician", CHM),
        ("manager.chv", "unit_manager", CHV),
        ("auditor.chm", "auditor", CHM),
    ] {
        hire(&mut admin, login, role, scope).await.is(303);
    }
    let both = id_of(&world, "manager.chv").await;
    admin
        .post(
            &format!("/accounts/users/{both}/grants"),
            &[("role", "technician"), ("unit", CHM_UNIT)],
        )
        .await
        .is(303);
    sqlx::raw_sql(
        "insert into device_model (id, common_name, version) values ('01950000-0000-7000-8000-000000000d01', 'Moniteur', 1);",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
    let mut devices = vec![];
    for (engineer, unit) in [("engineer.chv", CHV_UNIT), ("engineer.chm", CHM_UNIT)] {
        let mut engineer = world.signed_in(engineer).await;
        let url = engineer
            .post(
                "/inventory/devices",
                &[
                    ("model", "01950000-0000-7000-8000-000000000d01"),
                    ("unit", unit),
                    ("serial_number", unit),
                ],
            )
            .await
            .is(303)
            .location();
        let number = engineer.get_json(&url).await.json()["inventory_number"]
            .as_str()
            .unwrap()
            .to_owned();
        devices.push((url, number));
    }
    // One number could serve at both hospitals; the question names one device.
    if devices[0].1 == devices[1].1 {
        sqlx::query("update device set inventory_number = 'CHM-1' where unit_id = $1::uuid")
            .bind(CHM_UNIT)
            .execute(&mut world.owner().await)
            .await
            .unwrap();
        devices[1].1 = "CHM-1".into();
    }
    let people = [
        "engineer.chv",
        "engineer.chm",
        "tech.chv",
        "tech.chm",
        "manager.chv",
        "auditor.chm",
        "technician",
        "ward_user",
        "buyer",
        "administrator",
        "unit_manager",
        "external_technician",
    ];
    let acts = [
        ("inventory.devices.see", ""),
        ("inventory.devices.edit", "/edit"),
        ("inventory.devices.move", "/movements/new"),
        ("inventory.devices.edit_network", "/network/edit"),
    ];
    let mut dice = Dice(20_261_123);
    let (mut yes, mut no) = (0, 0);
    for _ in 0..60 {
        let login = people[dice.throw(people.len())];
        let (permission, path) = acts[dice.throw(acts.len())];
        let (url, number) = &devices[dice.throw(devices.len())];
        let account = id_of(&world, login).await;
        let answer = admin
            .get_json(&format!(
                "/accounts/simulator?account={account}&permission={permission}&device={number}"
            ))
            .await
            .is(200)
            .json();
        let may = answer["may"].as_bool().unwrap();
        let real = world
            .signed_in(login)
            .await
            .get(&format!("{url}{path}"))
            .await
            .status;
        assert_eq!(
            may,
            real == 200,
            "{login} {permission} {number}: said {answer}, the door answered {real}"
        );
        assert_eq!(
            may,
            !answer["by"].as_array().unwrap().is_empty(),
            "{answer}"
        );
        if may { yes += 1 } else { no += 1 }
    }
    assert!(
        yes > 5 && no > 5,
        "{yes} yes, {no} no: the triples prove nothing"
    );
}

#[tokio::test]
async fn it_names_everybody_who_may_and_by_which_role() {
    let world = World::new().await;
    let mut admin = world.person("administrator").await;
    let answer = admin
        .get_json(&format!(
            "/accounts/simulator?permission=inventory.devices.edit&unit={CHV_UNIT}"
        ))
        .await
        .is(200)
        .json();
    let logins: Vec<&str> = answer["holders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["login"].as_str().unwrap())
        .collect();
    assert_eq!(
        logins,
        ["engineer.chv", "biomedical_engineer", "technician"],
        "{answer}"
    );
    admin
        .get(&format!(
            "/accounts/simulator?permission=inventory.devices.edit&unit={CHV_UNIT}"
        ))
        .await
        .is(200)
        .shows("Qui le peut")
        .shows("Ingénieur biomédical");
    admin
        .get("/accounts/simulator?permission=inventory.devices.edit&device=NULLE-PART")
        .await
        .is(200)
        .shows("NULLE-PART");
    world
        .signed_in("engineer.chv")
        .await
        .get("/accounts/simulator")
        .await
        .is(403);
}
