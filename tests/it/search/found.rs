//! What the search table answers; each test works in a transaction that is never committed.

use sqlx::{Connection, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::support::World;
use vigie::accounts::access::{Caller, Grant, GrantScope, Scope, Via};
use vigie::accounts::roles::Role;
use vigie::accounts::{AccountId, EstablishmentId, UnitId};
use vigie::search::model::{Kind, Typed};
use vigie::search::queries::{self, Reach, UdiAsked};

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + (kind << 32) + number)
}

/// Two of everything: two hospitals with the same unit, the same models, serials that collide.
const WORLD: &str = r#"
select set_config('vigie.now', '2026-11-23 08:00Z', true), set_config('vigie.actor_label', 'test', true);
insert into establishment (id, code, name, time_zone, version) select ('01900000-0000-7000-8000-00020000000' || n)::uuid, 'EST' || n, 'Hôpital ' || n, 'Europe/Paris', 1 from generate_series(0, 1) n;
insert into site (id, establishment_id, code, name, version) select ('01900000-0000-7000-8000-00070000000' || n)::uuid, ('01900000-0000-7000-8000-00020000000' || n)::uuid, 'S', 'Site est', 1 from generate_series(0, 1) n;
insert into unit (id, establishment_id, uf_code, name, version) select ('01900000-0000-7000-8000-00030000000' || n)::uuid, ('01900000-0000-7000-8000-00020000000' || n % 2)::uuid, '340' || n, case when n < 2 then 'Réanimation médicale' else 'Pédiatrie' end, 1 from generate_series(0, 3) n;
insert into room (id, establishment_id, site_id, unit_id, code, name, version) select ('01900000-0000-7000-8000-00080000000' || n)::uuid, ('01900000-0000-7000-8000-00020000000' || n)::uuid, ('01900000-0000-7000-8000-00070000000' || n)::uuid, ('01900000-0000-7000-8000-00030000000' || n)::uuid, 'B-214', 'Salle de déchocage', 1 from generate_series(0, 1) n;
insert into organisation (id, name, roles, version) values ('01900000-0000-7000-8000-000400000000', 'GE HealthCare', '{manufacturer}', 1), ('01900000-0000-7000-8000-000400000001', 'Philips', '{manufacturer}', 1);
insert into organisation_alias (id, organisation_id, name, kind) values ('01900000-0000-7000-8000-000a00000000', '01900000-0000-7000-8000-000400000000', 'Datex-Ohmeda', 'brand');
insert into device_model (id, common_name, trade_name, manufacturer_id, version) values
  ('01900000-0000-7000-8000-000500000000', 'Ventilateur d’anesthésie', 'Aestiva', '01900000-0000-7000-8000-000400000000', 1),
  ('01900000-0000-7000-8000-000500000001', 'Moniteur multiparamétrique', 'IntelliVue MX750', '01900000-0000-7000-8000-000400000001', 1);
insert into udi_di (id, model_id, issuer, code, level) values ('01900000-0000-7000-8000-000b00000000', '01900000-0000-7000-8000-000500000001', 'gs1', '00884838091535', 'base');
insert into device (id, establishment_id, unit_id, room_id, model_id, inventory_number, label_code, serial_number, state, taken_over, recorded_at, version)
select ('01900000-0000-7000-8000-00010000000' || n)::uuid, ('01900000-0000-7000-8000-00020000000' || n % 2)::uuid, ('01900000-0000-7000-8000-00030000000' || n % 4)::uuid,
       case when n < 2 then ('01900000-0000-7000-8000-00080000000' || n)::uuid end,
       ('01900000-0000-7000-8000-00050000000' || n % 2)::uuid, 'BM10000' || n, 'ABCDEFG' || n + 2, case when n in (4, 5) then 'SN-TWICE' else '65CVLM' || n end,
       'in_service', true, '2026-11-23 08:00Z', 1
from generate_series(0, 5) n;
insert into device_identifier (id, device_id, kind, value, valid_to, reason, recorded_at) values
  ('01900000-0000-7000-8000-000c00000000', '01900000-0000-7000-8000-000100000001', 'serial_number', 'OLD-9/77', '2026-11-01 08:00Z', 'échange standard', '2026-11-01 08:00Z');
insert into device_interface (id, device_id, position, mac, ip, host_name) values
  ('01900000-0000-7000-8000-000d00000000', '01900000-0000-7000-8000-000100000000', 1, '00:1b:21:aa:bb:cc', '10.20.30.40', 'moni-rea-07');
insert into account (id, login, display_name, must_change_password, created_at, version) values ('01900000-0000-7000-8000-000e00000000', 'c.lefevre', 'Chloé Lefèvre', false, '2026-11-23 08:00Z', 1);
"#;

async fn world(conn: &mut PgConnection) -> Transaction<'_, Postgres> {
    let mut tx = conn.begin().await.unwrap();
    sqlx::raw_sql(WORLD).execute(&mut *tx).await.unwrap();
    tx
}

async fn connected() -> (World, PgConnection) {
    let house = World::new().await;
    let conn = house.owner().await;
    (house, conn)
}

fn caller(role: Role, scopes: &[GrantScope]) -> Caller {
    Caller {
        account: Some(AccountId(id(14, 0))),
        name: "x".into(),
        grants: scopes
            .iter()
            .map(|scope| Grant {
                role,
                scope: *scope,
                ends_on: None,
            })
            .collect(),
        establishments: vec![EstablishmentId(id(2, 0)), EstablishmentId(id(2, 1))],
        via: Via::Session(id(15, 0)),
        must_change_password: false,
        factor: vigie::accounts::access::Factor::Fine,
        acting_for: None,
        chosen: None,
    }
}

fn group(role: Role) -> Caller {
    caller(role, &[GrantScope::Group])
}

fn everywhere() -> Reach {
    Reach::of(&group(Role::Administrator))
}

fn devices_of(scopes: &[GrantScope]) -> Scope {
    caller(Role::BiomedicalEngineer, scopes).scope("inventory.devices.see")
}

/// Titles found, kind by kind, in the order shown.
async fn titles(tx: &mut PgConnection, within: &Reach, text: &str) -> Vec<(Kind, String)> {
    let hits = queries::best(tx, within, &Typed::new(text), 10)
        .await
        .unwrap();
    hits.into_iter().map(|hit| (hit.kind, hit.title)).collect()
}

async fn devices(tx: &mut PgConnection, within: &Reach, text: &str) -> Vec<Uuid> {
    let hits = queries::best(
        tx,
        &within.clone().only(&[Kind::Device]),
        &Typed::new(text),
        10,
    )
    .await
    .unwrap();
    let mut ids: Vec<Uuid> = hits.into_iter().map(|hit| hit.id).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_device_is_found_by_all_that_is_written_on_it() {
    let (_house, mut conn) = connected().await;
    let mut tx = world(&mut conn).await;
    let all = everywhere();
    for text in [
        "BM100000",
        "bm 100000",
        "65cvlm0",
        "ABCDEFG2",
        "00:1B:21:AA:BB:CC",
        "001b21aabbcc",
        "10.20.30.40",
        "moni-rea-07",
        "rea-07",
    ] {
        assert_eq!(devices(&mut tx, &all, text).await, [id(1, 0)], "{text}");
    }
    // A serial it no longer has.
    assert_eq!(devices(&mut tx, &all, "OLD-9/77").await, [id(1, 1)]);
    assert_eq!(devices(&mut tx, &all, "old977").await, [id(1, 1)]);
    // Words of its model, place and maker together.
    assert_eq!(devices(&mut tx, &all, "intellivue b-214").await, [id(1, 1)]);
    assert_eq!(
        devices(&mut tx, &all, "philips réanimation").await,
        [id(1, 1), id(1, 5)]
    );
    assert_eq!(
        devices(&mut tx, &all, "philips dermatologie").await,
        Vec::<Uuid>::new()
    );
}

#[tokio::test]
async fn words_are_found_without_accents_and_with_a_mistake() {
    let (_house, mut conn) = connected().await;
    let mut tx = world(&mut conn).await;
    let all = everywhere();
    for text in [
        "reanimation medicale",
        "RÉANIMATION",
        "reanimaton",
        "réannimation",
    ] {
        let found = titles(&mut tx, &all, text).await;
        assert_eq!(
            found.iter().filter(|(kind, _)| *kind == Kind::Unit).count(),
            2,
            "{text}: {found:?}"
        );
    }
    for text in ["datex", "Datex Ohmeda", "datex-ohmda"] {
        let found = titles(&mut tx, &all, text).await;
        assert!(
            found.contains(&(Kind::Organisation, "GE HealthCare".to_owned())),
            "{text}: {found:?}"
        );
        assert!(
            found.contains(&(Kind::Model, "Aestiva".to_owned())),
            "{text}: {found:?}"
        );
    }
    assert!(
        titles(&mut tx, &all, "lefevre")
            .await
            .contains(&(Kind::Person, "Chloé Lefèvre".to_owned()))
    );
    assert!(
        titles(&mut tx, &all, "dechocage")
            .await
            .iter()
            .any(|(kind, _)| *kind == Kind::Room)
    );
    assert_eq!(titles(&mut tx, &all, "100% ' \\ _").await, []);
}

#[tokio::test]
async fn an_exact_identifier_opens_its_device_and_a_shared_one_does_not() {
    let (_house, mut conn) = connected().await;
    let mut tx = world(&mut conn).await;
    let all = devices_of(&[GrantScope::Group]);
    for code in ["BM100003", "bm-100003", "65CVLM3", "abcdefg5"] {
        assert_eq!(
            queries::maybe_device_coded(&mut tx, &all, code)
                .await
                .unwrap(),
            Some(id(1, 3)),
            "{code}"
        );
    }
    assert_eq!(
        queries::maybe_device_coded(&mut tx, &all, "sn-twice")
            .await
            .unwrap(),
        None,
        "two bear it"
    );
    let one = devices_of(&[GrantScope::Establishment(EstablishmentId(id(2, 0)))]);
    assert_eq!(
        queries::maybe_device_coded(&mut tx, &one, "sn-twice")
            .await
            .unwrap(),
        Some(id(1, 4)),
        "one of them is mine"
    );
    for nothing in ["", "-", "BM10000", "intellivue"] {
        assert_eq!(
            queries::maybe_device_coded(&mut tx, &all, nothing)
                .await
                .unwrap(),
            None,
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn a_udi_finds_its_device_by_serial_and_its_model_without() {
    let (_house, mut conn) = connected().await;
    let mut tx = world(&mut conn).await;
    let all = devices_of(&[GrantScope::Group]);
    let di = vec!["884838091535".to_owned(), "00884838091535".to_owned()];
    let asked = UdiAsked {
        dis: di.clone(),
        serial: Some("65cvlm3".into()),
        lot: None,
    };
    assert_eq!(
        queries::devices_with_udi(&mut tx, &all, &asked)
            .await
            .unwrap(),
        [id(1, 3)]
    );
    let other = UdiAsked {
        serial: Some("65CVLM2".into()),
        ..asked.clone()
    };
    assert_eq!(
        queries::devices_with_udi(&mut tx, &all, &other)
            .await
            .unwrap(),
        Vec::<Uuid>::new(),
        "that serial is of another model"
    );
    let bare = UdiAsked {
        serial: None,
        ..asked
    };
    assert_eq!(
        queries::devices_with_udi(&mut tx, &all, &bare)
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        queries::maybe_model_with_di(&mut tx, &di).await.unwrap(),
        Some(id(5, 1))
    );
    let outside = devices_of(&[GrantScope::Unit(UnitId(id(3, 2)))]);
    assert_eq!(
        queries::devices_with_udi(&mut tx, &outside, &bare)
            .await
            .unwrap(),
        Vec::<Uuid>::new()
    );
}

#[tokio::test]
async fn nothing_out_of_scope_is_found_counted_or_suggested() {
    let (_house, mut conn) = connected().await;
    let mut tx = world(&mut conn).await;
    let here = GrantScope::Establishment(EstablishmentId(id(2, 0)));
    let scopes = [
        (
            Role::BiomedicalEngineer,
            vec![here],
            vec![id(1, 0), id(1, 2), id(1, 4)],
        ),
        (
            Role::UnitManager,
            vec![GrantScope::Unit(UnitId(id(3, 1)))],
            vec![id(1, 1), id(1, 5)],
        ),
        (
            Role::ExternalTechnician,
            vec![GrantScope::Device(id(1, 3))],
            vec![id(1, 3)],
        ),
        (Role::BiomedicalEngineer, vec![], vec![]),
    ];
    for (role, grants, mine) in scopes {
        let who = caller(role, &grants);
        let (reach, places) = (Reach::of(&who), who.scope("accounts.sites.see"));
        for text in [
            "BM",
            "BM1",
            "réanimation",
            "65cvlm",
            "sn-twice",
            "déchocage",
            "3400",
            "3401",
            "lefèvre",
        ] {
            let hits = queries::best(&mut tx, &reach, &Typed::new(text), 50)
                .await
                .unwrap();
            for hit in &hits {
                assert!(
                    who.holds(hit.kind.permission()),
                    "{role:?} {text} shows {hit:?}"
                );
                let visible = match hit.kind {
                    Kind::Device => mine.contains(&hit.id),
                    Kind::Unit | Kind::Room => {
                        let place: (Uuid, Option<Uuid>) = sqlx::query_as("select establishment_id, unit_id from search_entry where subject_id = $1 and kind = $2")
                            .bind(hit.id)
                            .bind(hit.kind.code())
                            .fetch_one(&mut *tx)
                            .await
                            .unwrap();
                        places.establishments.contains(&place.0)
                            || place.1.is_some_and(|unit| places.units.contains(&unit))
                    }
                    _ => true,
                };
                assert!(visible, "{role:?} {text} shows {hit:?}");
                let same = hits.iter().filter(|other| other.kind == hit.kind).count();
                assert_eq!(hit.of as usize, same, "counts what is seen");
            }
        }
        assert_eq!(devices(&mut tx, &reach, "BM1000").await, mine);
        let units = queries::first(&mut tx, &reach.clone().only(&[Kind::Unit]), 20)
            .await
            .unwrap();
        let expected = match role {
            Role::BiomedicalEngineer if !grants.is_empty() => 2,
            Role::UnitManager => 1,
            _ => 0,
        };
        assert_eq!(units.len(), expected, "{role:?}");
    }
}

#[tokio::test]
async fn people_are_found_by_who_may_read_accounts_where_they_may() {
    let (_house, mut conn) = connected().await;
    let mut tx = world(&mut conn).await;
    let elsewhere = GrantScope::Establishment(EstablishmentId(id(2, 1)));
    let here = GrantScope::Establishment(EstablishmentId(id(2, 0)));
    let found = async |tx: &mut PgConnection, who: &Caller| {
        titles(tx, &Reach::of(who), "lefevre").await.len()
    };
    assert_eq!(found(&mut tx, &group(Role::Administrator)).await, 1);
    assert_eq!(found(&mut tx, &group(Role::Technician)).await, 0);
    assert_eq!(
        found(&mut tx, &caller(Role::Administrator, &[here])).await,
        0,
        "she has no role there"
    );
    sqlx::raw_sql("insert into access_grant (id, account_id, role, unit_id, granted_at) values ('01900000-0000-7000-8000-000f00000000', '01900000-0000-7000-8000-000e00000000', 'technician', '01900000-0000-7000-8000-000300000000', '2026-11-23 08:00Z')")
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(
        found(&mut tx, &caller(Role::Administrator, &[here])).await,
        1
    );
    assert_eq!(
        found(&mut tx, &caller(Role::Administrator, &[elsewhere])).await,
        0
    );
}

#[tokio::test]
async fn what_is_found_follows_what_changes() {
    let (_house, mut conn) = connected().await;
    let mut tx = world(&mut conn).await;
    let all = everywhere();
    let run = async |tx: &mut PgConnection, sql: &'static str| {
        sqlx::raw_sql(sql).execute(tx).await.unwrap();
    };
    run(
        &mut tx,
        "update device set serial_number = 'NEUF77' where inventory_number = 'BM100003'",
    )
    .await;
    assert_eq!(devices(&mut tx, &all, "neuf77").await, [id(1, 3)]);
    assert_eq!(
        devices(&mut tx, &all, "65CVLM3").await,
        Vec::<Uuid>::new(),
        "its history would say it, a bare update does not"
    );
    run(
        &mut tx,
        "update organisation set name = 'Royal Philips' where name = 'Philips'",
    )
    .await;
    assert_eq!(devices(&mut tx, &all, "royal").await.len(), 3);
    run(
        &mut tx,
        "update device_model set trade_name = 'Perseus' where trade_name = 'Aestiva'",
    )
    .await;
    assert_eq!(devices(&mut tx, &all, "perseus").await.len(), 3);
    assert_eq!(devices(&mut tx, &all, "aestiva").await.len(), 0);
    run(
        &mut tx,
        "update unit set name = 'Soins critiques' where uf_code = '3400'",
    )
    .await;
    assert_eq!(
        devices(&mut tx, &all, "soins critiques").await,
        [id(1, 0), id(1, 4)]
    );
    run(&mut tx, "update device set annulled_at = '2026-11-23 09:00Z', annulled_reason = 'doublon' where inventory_number = 'BM100000'").await;
    assert_eq!(devices(&mut tx, &all, "BM100000").await, Vec::<Uuid>::new());
    assert_eq!(
        devices(&mut tx, &all, "moni-rea-07").await,
        Vec::<Uuid>::new()
    );
    run(&mut tx, "delete from organisation_alias").await;
    assert!(titles(&mut tx, &all, "ohmeda").await.is_empty());
    let kept: Vec<(String, Uuid, String, String)> =
        sqlx::query_as("select kind, subject_id, title, folded from search_entry order by 1, 2")
            .fetch_all(&mut *tx)
            .await
            .unwrap();
    run(&mut tx, "select search_rebuild()").await;
    let rebuilt: Vec<(String, Uuid, String, String)> =
        sqlx::query_as("select kind, subject_id, title, folded from search_entry order by 1, 2")
            .fetch_all(&mut *tx)
            .await
            .unwrap();
    assert_eq!(kept, rebuilt, "the triggers kept what a rebuild makes");
}
