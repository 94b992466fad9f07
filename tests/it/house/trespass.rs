//! Who holds one hospital and names the objects of another where the address does not show it: in a
//! body, in a selection, in a file that leaves. Nothing is written and nothing is told.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use vigie::accounts::roles::Role;

use super::{CHM, CHV, House, fingerprint, none};
use crate::support::{Person, World};

/// Somebody with one role at one establishment and another elsewhere.
pub async fn two_places(world: &World, roles: [&str; 2], places: [uuid::Uuid; 2]) -> Person {
    use sqlx::Connection;
    let mut owner = world.owner().await;
    let account = vigie::kernel::id::fresh();
    let mut tx = owner.begin().await.unwrap();
    sqlx::raw_sql("select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'tests', true)")
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("insert into account (id, login, display_name, must_change_password, created_at, version) values ($1, 'two.places', 'Deux lieux', false, '2026-03-01', 1)")
        .bind(account)
        .execute(&mut *tx)
        .await
        .unwrap();
    for (role, place) in roles.into_iter().zip(places) {
        sqlx::query("insert into access_grant (id, account_id, role, establishment_id, granted_at) values ($1, $2, $3, $4, '2026-03-01')")
            .bind(vigie::kernel::id::fresh())
            .bind(account)
            .bind(role)
            .bind(place)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    world.signed_in("two.places").await
}

/// An id, or another word of the database, seen from behind.
async fn one(house: &House, sql: &'static str, code: &str) -> String {
    sqlx::query_scalar(sql)
        .bind(code)
        .fetch_one(&mut house.world.owner().await)
        .await
        .unwrap()
}

const PLACE: &str = "select id::text from establishment where code = $1";
const DEVICE: &str = "select d.id::text from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1";
const NUMBER: &str = "select d.inventory_number from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1";
const FIELD: &str = "select f.id::text from custom_field f join establishment e on e.id = f.establishment_id where e.code = $1 limit 1";
const UNIT: &str = "select u.id::text from unit u join establishment e on e.id = u.establishment_id where e.code = $1 order by u.id limit 1";
const MODEL: &str = "select d.model_id::text from device d join establishment e on e.id = d.establishment_id where e.code = $1 order by d.id limit 1";

/// Sees two hospitals and may export at one: no file holds a line of the other.
#[tokio::test]
pub async fn what_is_seen_where_one_may_not_export_leaves_in_no_file() {
    let house = House::new().await;
    let places = [
        one(&house, PLACE, CHV).await.parse().unwrap(),
        one(&house, PLACE, CHM).await.parse().unwrap(),
    ];
    let mut person = two_places(&house.world, ["technician", "external_technician"], places).await;
    let (mine, theirs) = (
        one(&house, NUMBER, CHV).await,
        one(&house, NUMBER, CHM).await,
    );
    person
        .get("/inventory/devices")
        .await
        .is(200)
        .shows(&mine)
        .shows(&theirs);
    for list in ["/inventory/devices", "/register/lines", "/maintenance/due"] {
        let file = person
            .get(&format!("{list}?format=csv&cols=all"))
            .await
            .is(200);
        assert!(file.text.contains(&mine), "{list}: {}", file.text);
        assert!(
            !file.text.contains(&theirs),
            "{list}: what is only seen there has left: {}",
            file.text
        );
    }
    let model = one(&house, MODEL, CHV).await;
    let family = format!("/register/families/{model}/export?format=jsonl");
    let file = person.get(&family).await.is(200);
    assert!(file.text.contains(&mine) && !file.text.contains(&theirs));
    let (mine, theirs) = (
        one(&house, DEVICE, CHV).await,
        one(&house, DEVICE, CHM).await,
    );
    for (device, status) in [(&mine, 200), (&theirs, 403)] {
        for path in [
            format!("/register/devices/{device}/export?format=csv"),
            format!("/inventory/devices/{device}/as-of?on=2026-03-01&format=csv"),
        ] {
            person.get(&path).await.is(status);
        }
        person
            .get(&format!("/register/devices/{device}"))
            .await
            .is(200);
    }
    let left = house
        .world
        .count("select count(*) from read_log where kind = 'export'")
        .await;
    assert_eq!(left, 6, "each file that left is written down, no other");
}

/// Seen under one right is not changed under another held elsewhere.
#[tokio::test]
pub async fn what_is_seen_there_is_not_changed_there() {
    let house = House::new().await;
    let places = [
        one(&house, PLACE, CHV).await.parse().unwrap(),
        one(&house, PLACE, CHM).await.parse().unwrap(),
    ];
    let mut person = two_places(&house.world, ["technician", "external_technician"], places).await;
    let theirs = one(&house, DEVICE, CHM).await;
    person
        .get(&format!("/inventory/devices/{theirs}"))
        .await
        .is(200);
    for (method, path) in [
        (
            Method::POST,
            format!("/inventory/devices/{theirs}/movements"),
        ),
        (Method::POST, format!("/inventory/devices/{theirs}/loans")),
    ] {
        let refused = person.send_json(method, &path, json!({})).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
    }
}

/// Every id of another hospital that a body may name, where the address is one's own.
#[tokio::test]
pub async fn an_id_of_another_hospital_in_a_body_writes_nothing() {
    let house = House::new().await;
    let (place, device, unit, field) = (
        one(&house, PLACE, CHM).await,
        one(&house, DEVICE, CHM).await,
        one(&house, UNIT, CHM).await,
        one(&house, FIELD, CHM).await,
    );
    let (here, mine, model) = (
        one(&house, PLACE, CHV).await,
        one(&house, DEVICE, CHV).await,
        one(&house, MODEL, CHV).await,
    );
    let mut engineer = house.local(Role::BiomedicalEngineer, CHV).await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let sent: Vec<(Method, String, Value)> = vec![
        (
            Method::PATCH,
            format!("/inventory/devices/{mine}/fields"),
            json!({ "field": [field], "value": ["x"] }),
        ),
        (
            Method::POST,
            "/inventory/custom_fields".into(),
            json!({ "establishment": place, "label": "Ailleurs", "kind": "text" }),
        ),
        (
            Method::POST,
            "/inventory/merges".into(),
            json!({ "kind": "device", "kept": mine, "double": device, "reason": "la même chose" }),
        ),
        (
            Method::POST,
            "/inventory/merges".into(),
            json!({ "kind": "device", "kept": device, "double": mine, "reason": "la même chose" }),
        ),
        (
            Method::POST,
            "/inventory/take-over/plan".into(),
            json!({ "establishment": place, "vital": "2026-06-01", "high": "2026-06-01", "medium": "2026-06-01", "low": "2026-06-01", "unset": "2026-06-01" }),
        ),
        (
            Method::POST,
            "/maintenance/obligations".into(),
            json!({ "model": model, "establishment": place, "kind": "preventive", "title": "Ailleurs", "interval_value": "12", "interval_unit": "months", "before_days": "30", "after_days": "30", "due_from": "actual", "on_closed_day": "keep", "source_kind": "local", "source_reference": "x" }),
        ),
        (
            Method::POST,
            "/maintenance/obligations".into(),
            json!({ "model": model, "kind": "preventive", "title": "Partout", "interval_value": "12", "interval_unit": "months", "before_days": "30", "after_days": "30", "due_from": "actual", "on_closed_day": "keep", "source_kind": "local", "source_reference": "x" }),
        ),
        (
            Method::POST,
            "/lists/views".into(),
            json!({ "list": "devices", "query": "", "name": "Ailleurs", "audience": "everybody", "establishment": place }),
        ),
        (
            Method::POST,
            "/lists/views".into(),
            json!({ "list": "devices", "query": "", "name": "Ailleurs", "audience": "unit", "unit": unit }),
        ),
        (
            Method::POST,
            format!("/inventory/devices/{mine}/movements"),
            json!({ "establishment": here, "unit": unit, "reason": "ailleurs" }),
        ),
        (
            Method::POST,
            "/inventory/take-over/waivers".into(),
            json!({ "point": "documents", "unit": unit, "expected": "1", "reason": "pas ici, ailleurs", "expires_on": "2026-06-01" }),
        ),
    ];
    let mut findings = vec![];
    for (method, path, body) in sent {
        let answer = engineer.send_json(method, &path, body.clone()).await;
        if !matches!(answer.status, 400 | 403 | 404 | 409 | 422) {
            findings.push(format!("{path} {body} answered {}", answer.status));
        }
    }
    for path in ["/documents/organisation", "/exchange/assets"] {
        let fields = match path {
            "/exchange/assets" => vec![("establishment", place.as_str())],
            _ => vec![
                ("establishment", place.as_str()),
                ("edition", "9"),
                ("title", "Ailleurs"),
                ("applies_from", "2026-03-01"),
            ],
        };
        let answer = engineer
            .upload(path, &fields, ("file", "x.pdf", b"%PDF-1.7\n%%EOF\n"))
            .await;
        if !matches!(answer.status, 400 | 403 | 404 | 409 | 422) {
            findings.push(format!("{path} answered {}", answer.status));
        }
    }
    none(findings, "an id of another hospital was taken");
    assert_eq!(
        before,
        fingerprint(&mut house.world.owner().await).await,
        "something was written"
    );
}

/// A correction of many reaches what was previewed by the same person, and no further.
#[tokio::test]
pub async fn a_correction_is_carried_out_by_who_previewed_it_on_what_they_hold() {
    let house = House::new().await;
    let (mine, theirs) = (
        one(&house, DEVICE, CHV).await,
        one(&house, DEVICE, CHM).await,
    );
    let mut engineer = house.local(Role::BiomedicalEngineer, CHV).await;
    let preview = |ids: &[&str], field: &str| {
        let ids: Vec<String> = ids.iter().map(|id| format!("id={id}")).collect();
        format!(
            "/inventory/corrections/new?{}&field={field}&value=Corrig%C3%A9",
            ids.join("&")
        )
    };
    let told = engineer
        .get_json(&preview(&[&mine, &theirs], "note"))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&told["selected"], &told["out_of_reach"]),
        (&json!(1), &json!(1)),
        "{told}"
    );
    let token = told["preview"]["token"].as_str().unwrap().to_owned();
    // Another person of the same hospital, with the order of the first; then one altered.
    let mut other = house.local(Role::Technician, CHV).await;
    let (said, seal) = token.split_once('.').unwrap();
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(said).unwrap()).unwrap();
    assert!(plain.contains("Corrigé"), "{plain}");
    let altered = URL_SAFE_NO_PAD.encode(plain.replace("Corrigé", "Détourné"));
    let altered = format!("{altered}.{seal}");
    let before = fingerprint(&mut house.world.owner().await).await;
    for (person, token) in [
        (&mut other, token.as_str()),
        (&mut engineer, altered.as_str()),
    ] {
        let refused = person
            .send_json(
                Method::POST,
                "/inventory/corrections",
                json!({ "token": token, "confirm": "1" }),
            )
            .await;
        assert!(
            matches!(refused.status, 404 | 409 | 422),
            "{}",
            refused.text
        );
    }
    assert_eq!(before, fingerprint(&mut house.world.owner().await).await);
    // A field of one hospital is not given to the devices of the other, even to who holds both.
    let mut both = house.group(Role::BiomedicalEngineer).await;
    let field = one(&house, FIELD, CHM).await;
    let targets = both
        .get_json(&format!("/inventory/corrections/new?id={mine}&id={theirs}"))
        .await
        .is(200)
        .json();
    let target = targets["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| pair[0].as_str().unwrap())
        .find(|code| code.contains(&field))
        .expect("the field of the other hospital is offered to who holds it")
        .to_owned();
    let told = both
        .get_json(&preview(&[&mine, &theirs], &target))
        .await
        .is(200)
        .json();
    assert_eq!(told["preview"]["count"], json!(1), "{told}");
    let made = both
        .send_json(
            Method::POST,
            "/inventory/corrections",
            json!({ "token": told["preview"]["token"], "confirm": "1" }),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let odd = house
        .world
        .count("select count(*) from device_custom_value v join device d on d.id = v.device_id join custom_field f on f.id = v.field_id where f.establishment_id <> d.establishment_id")
        .await;
    assert_eq!(odd, 0, "a device bears the field of another hospital");
}

/// Delegated rights are those delegated, on every door at once.
#[tokio::test]
pub async fn who_acts_for_another_exports_and_corrects_within_what_was_delegated() {
    let house = House::new().await;
    let (giver, taker) = (
        "select id from account where login = 'biomedical_engineer.chm'",
        "select id from account where login = 'technician.chv'",
    );
    let mut owner = house.world.owner().await;
    {
        use sqlx::Connection;
        let mut tx = owner.begin().await.unwrap();
        sqlx::raw_sql("select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'tests', true)")
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("insert into delegation (id, giver_id, taker_id, grant_id, starts_on, ends_on, reason, given_at) select gen_random_uuid(), a.id, ({taker}), g.id, '2026-03-01', '2026-04-01', 'congés', '2026-03-01' from account a join access_grant g on g.account_id = a.id where a.id = ({giver})")))
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let giver: String =
        sqlx::query_scalar("select id::text from account where login = 'biomedical_engineer.chm'")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    let mut person = house.local(Role::Technician, CHV).await;
    let (mine, theirs) = (
        one(&house, NUMBER, CHV).await,
        one(&house, NUMBER, CHM).await,
    );
    let acting = person
        .send_json(
            Method::POST,
            "/accounts/profile/acting",
            json!({ "giver": giver }),
        )
        .await;
    assert!(acting.status < 300, "{}", acting.text);
    let file = person
        .get("/inventory/devices?format=csv&cols=all")
        .await
        .is(200);
    assert!(file.text.contains(&theirs) && !file.text.contains(&mine));
    let own = one(&house, DEVICE, CHV).await;
    person
        .get(&format!("/inventory/devices/{own}"))
        .await
        .is(404);
    // A preview made for oneself is not carried out for another, nor the reverse.
    let device = one(&house, DEVICE, CHM).await;
    let told = person
        .get_json(&format!(
            "/inventory/corrections/new?id={device}&field=note&value=x"
        ))
        .await
        .is(200)
        .json();
    assert_eq!(told["selected"], json!(1), "{told}");
    person
        .send_json(Method::DELETE, "/accounts/profile/acting", json!({}))
        .await;
    let refused = person
        .send_json(
            Method::POST,
            "/inventory/corrections",
            json!({ "token": told["preview"]["token"], "confirm": "1" }),
        )
        .await;
    assert!(matches!(refused.status, 404 | 409), "{}", refused.text);
}
