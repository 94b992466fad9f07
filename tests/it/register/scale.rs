//! A million lines: how long `vigie verify`, a page and a PDF take. Run by hand, printed, never a timed test:
//! `VIGIE_SCALE=1000000 cargo test --test it register::scale -- --ignored --nocapture`.

use std::time::Instant;

use sqlx::{AssertSqlSafe, Executor};
use vigie::accounts::access::Permit;
use vigie::accounts::actions::{AppendRegister, SeeDevices};
use vigie::audit::seals::keys::Known;
use vigie::inventory::devices::{DeviceId, find};
use vigie::platform::db::{Actor, Tx};
use vigie::register::{Conformity, LineKind, NewLine, append_all, seal, verify};

use super::seals::Sealed;
use crate::support::{now, today};

const PER_DEVICE: usize = 200;

#[tokio::test]
#[ignore = "minutes: measured by hand"]
#[allow(clippy::print_stdout, clippy::disallowed_methods)]
async fn a_million_lines_verify_within_a_minute() {
    let lines: usize = std::env::var("VIGIE_SCALE")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_000);
    let sealed = Sealed::new().await;
    let devices = lines / PER_DEVICE;
    sealed
        .world
        .owner()
        .await
        .execute(AssertSqlSafe(format!(
            "set session_replication_role = replica;
             insert into device (id, establishment_id, unit_id, model_id, inventory_number, label_code, serial_number, state, state_since, recorded_at, taken_over, version)
             select gen_random_uuid(), '01950000-0000-7000-8000-0000000000a1', '01950000-0000-7000-8000-0000000000a2', '01950000-0000-7000-8000-00000000e002',
                    'ECH' || n, translate(lpad(upper(to_hex(n)), 8, '2'), '01', 'YZ'), 'E-' || n, 'in_service', '2026-01-01', '2026-01-01', false, 1
             from generate_series(1, {devices}) n"
        )))
        .await
        .unwrap();
    let ids: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from device where inventory_number like 'ECH%' order by id")
            .fetch_all(&mut sealed.world.owner().await)
            .await
            .unwrap();
    let establishments = sealed.app.establishments().await.unwrap();
    let see: Permit<SeeDevices> = Permit::for_job("scale", establishments.clone());
    let may: Permit<AppendRegister> = Permit::for_job("scale", establishments);
    let start = Instant::now();
    for id in &ids {
        let actor = Actor {
            id: None,
            label: "échelle".into(),
        };
        let mut tx = Tx::open(&sealed.world.pool, actor, now(), None, None)
            .await
            .unwrap();
        let device = find(&mut tx, see.sees(), DeviceId(*id)).await.unwrap();
        let new = (0..PER_DEVICE)
            .map(|n| NewLine {
                performance: Some(format!("{} J délivrés pour 360 J", 340 + n % 20)),
                conformity: Some(Conformity::Conform),
                performer_employer: Some("CHU de la Verrerie".into()),
                ..NewLine::of(
                    LineKind::Preventive,
                    "Visite annuelle selon la notice, édition 4",
                    today(),
                    "Élodie Martin",
                )
            })
            .collect();
        let (_, event) = append_all(&mut tx, may.over(&device).unwrap(), &device, new)
            .await
            .unwrap();
        tx.commit(event, "/").await.unwrap();
    }
    println!("{lines} lines written in {:?}", start.elapsed());
    sealed.world.owner().await.execute("analyze").await.unwrap();
    let start = Instant::now();
    let heads = seal(&sealed.app).await.unwrap();
    println!("{heads} heads sealed in {:?}", start.elapsed());
    let start = Instant::now();
    let known = Known::of(&sealed.folder).unwrap();
    let report = verify(sealed.app.pool(), &sealed.folder, &known)
        .await
        .unwrap();
    println!(
        "vigie verify of {} lines: {:?}",
        report.lines,
        start.elapsed()
    );
    assert_eq!(
        (report.findings, report.lines),
        (vec![], i64::try_from(devices * PER_DEVICE).unwrap())
    );
    let mut engineer = sealed.world.signed_in("engineer.chv").await;
    for path in [
        format!("/register/devices/{}", ids[ids.len() / 2]),
        "/register/lines".to_owned(),
        format!("/register/devices/{}/export?format=pdf", ids[0]),
        format!("/register/devices/{}/export?format=pdf", ids[1]),
    ] {
        let start = Instant::now();
        engineer.get(&path).await.is(200);
        println!("{path}: {:?}", start.elapsed());
    }
    let plan: Vec<String> = sqlx::query_scalar("explain select * from register_line where device_id = $1 and number <= 2147483647 order by number desc limit 50")
        .bind(ids[0])
        .fetch_all(&mut sealed.world.owner().await)
        .await
        .unwrap();
    assert!(
        plan.iter().any(|l| l.contains("register_line_number_key")),
        "{plan:?}"
    );
}
