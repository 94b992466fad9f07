//! Two devices at each hospital, and operations as people write them.

use crate::support::{Answer, Person, World};

pub const DEVICE: &str = "01950000-0000-7000-8000-00000000d001";
pub const OTHER: &str = "01950000-0000-7000-8000-00000000d002";
pub const THEIRS: &str = "01950000-0000-7000-8000-00000000d003";

/// A world with devices.
pub async fn world() -> World {
    let world = World::new().await;
    furnish(&world).await;
    world
}

pub async fn furnish(world: &World) {
    sqlx::raw_sql(
        "insert into organisation (id, name, roles, version) values ('01950000-0000-7000-8000-00000000e001', 'Verrelab', '{manufacturer}', 1);
         insert into device_model (id, common_name, trade_name, manufacturer_id, version)
         values ('01950000-0000-7000-8000-00000000e002', 'Défibrillateur', 'DefiVerre', '01950000-0000-7000-8000-00000000e001', 1);
         insert into device (id, establishment_id, unit_id, model_id, inventory_number, label_code, serial_number, state, state_since, recorded_at, taken_over, version)
         values ('01950000-0000-7000-8000-00000000d001', '01950000-0000-7000-8000-0000000000a1', '01950000-0000-7000-8000-0000000000a2', '01950000-0000-7000-8000-00000000e002', 'BM001', 'AAAAAAA2', 'S-1', 'in_service', '2026-01-01', '2026-01-01', false, 1),
                ('01950000-0000-7000-8000-00000000d002', '01950000-0000-7000-8000-0000000000a1', '01950000-0000-7000-8000-0000000000a2', '01950000-0000-7000-8000-00000000e002', 'BM002', 'AAAAAAA3', 'S-2', 'in_service', '2026-01-01', '2026-01-01', false, 1),
                ('01950000-0000-7000-8000-00000000d003', '01950000-0000-7000-8000-0000000000b1', '01950000-0000-7000-8000-0000000000b2', '01950000-0000-7000-8000-00000000e002', 'BM003', 'AAAAAAA4', 'S-3', 'in_service', '2026-01-01', '2026-01-01', false, 1)",
    )
    .execute(&mut world.owner().await)
    .await
    .unwrap();
}

/// The fields of a good operation, some replaced.
pub fn operation<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("kind", "preventive"),
        ("nature", "Visite annuelle"),
        ("done_on", "2026-03-01"),
        ("performer_name", "Élodie Martin"),
        ("performer_employer", "CHU de la Verrerie"),
        ("performance", "358 J délivrés pour 360 J"),
        ("conformity", "conform"),
    ];
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

/// Sends the form of an operation, without a report.
pub async fn write(person: &mut Person, device: &str, changed: &[(&str, &str)]) -> Answer {
    let form = format!("/register/devices/{device}/new");
    let mut fields = operation(changed);
    fields.push(("_form", &form));
    person
        .upload(
            &format!("/register/devices/{device}"),
            &fields,
            ("report", "", b""),
        )
        .await
}

/// The id of a line.
pub async fn line(world: &World, device: &str, number: i32) -> String {
    sqlx::query_scalar::<_, uuid::Uuid>(
        "select id from register_line where device_id = $1::uuid and number = $2",
    )
    .bind(device)
    .bind(number)
    .fetch_one(&mut world.owner().await)
    .await
    .unwrap()
    .to_string()
}
