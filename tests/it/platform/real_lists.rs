//! Every list of the house over its real tables: what it declares must hold in the database.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::support::World;
use vigie::platform::db::list::{
    At, Cursor, IdType, Kind, ListPage, ListQuery, Reading, SortType, Within, encode,
};

const PARIS: chrono_tz::Tz = chrono_tz::Europe::Paris;

async fn connected() -> (World, PgConnection) {
    let house = World::new().await;
    let conn = house.owner().await;
    (house, conn)
}

fn somewhere() -> Within {
    Within {
        establishments: vec![uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2)],
        units: vec![uuid::Uuid::from_u128(3)],
        devices: vec![uuid::Uuid::from_u128(4)],
        group: true,
    }
}

/// How many lists the sources declare.
fn declared() -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries
            .map(|path| match path.is_dir() {
                true => count(&path),
                false => std::fs::read_to_string(&path)
                    .unwrap()
                    .matches(": ListSpec = ListSpec {")
                    .count(),
            })
            .sum()
    }
    count(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

#[tokio::test]
async fn no_list_is_declared_wrong() {
    let house = World::new().await;
    assert_eq!(
        house.app.lists().len(),
        declared(),
        "a domain does not offer one of its lists"
    );
    let faults: Vec<String> = house
        .app
        .lists()
        .into_iter()
        .flat_map(|spec| spec.faults())
        .collect();
    assert_eq!(faults, Vec::<String>::new());
}

/// A statement leaves out the joins it does not read: that changes no row only where each is on a key,
/// which Postgres knows, for it then leaves out the same.
#[tokio::test]
async fn every_left_join_of_every_list_is_on_a_key() {
    let (house, mut conn) = connected().await;
    for spec in house.app.lists() {
        let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "explain (costs off) select 1 from {}",
            spec.from
        )))
        .fetch_all(&mut conn)
        .await
        .unwrap();
        let plan = lines.join("\n");
        assert!(
            !plan.contains("Left Join") && !plan.contains("Right Join"),
            "{}: a left join may bring several rows\n{plan}",
            spec.name
        );
    }
}

#[tokio::test]
async fn every_column_of_every_list_is_read_and_filtered_in_all_its_ways() {
    let (house, mut conn) = connected().await;
    let within = somewhere();
    for spec in house.app.lists() {
        let mut addresses = vec!["cols=all&q=moniteur+%27x%25".to_owned()];
        for column in spec.columns {
            for op in column.operators() {
                let value = match column.kind {
                    Kind::Text | Kind::Mono => "a\\,b%_".to_owned(),
                    Kind::Date | Kind::DateTime => "2026-02-28".to_owned(),
                    Kind::Number => "12".to_owned(),
                    Kind::Decimal => "12.5".to_owned(),
                    Kind::Bool => "true".to_owned(),
                    Kind::Choice(choices) => choices[0].0.to_owned(),
                    Kind::Ref(_) if matches!(op.code(), "has" | "starts") => "réa".to_owned(),
                    Kind::Ref(_) => uuid::Uuid::from_u128(7).to_string(),
                };
                let value = match op.code() {
                    "empty" | "filled" => String::new(),
                    "between" => format!(":{value},{value}"),
                    _ => format!(":{value}"),
                };
                addresses.push(format!(
                    "f={}",
                    encode(&format!("{}:{}{value}", column.key, op.code()))
                ));
            }
        }
        for address in addresses {
            let query = ListQuery::parse(&address, spec);
            assert!(
                query.is_exact(),
                "{}?{address}: {:?}",
                spec.path,
                query.warnings
            );
            let reading = Reading {
                query: &query,
                within: &within,
                zone: PARIS,
            };
            ListPage::load(&mut conn, reading, true)
                .await
                .unwrap_or_else(|error| panic!("{}?{address}: {error}", spec.path));
        }
    }
}

/// With sorting made prohibitive, a plan that still sorts says that no index gives the order.
#[tokio::test]
async fn every_sort_of_every_list_has_an_index_to_follow() {
    let (house, mut conn) = connected().await;
    let mut tx = conn.begin().await.unwrap();
    for setting in [
        "enable_sort",
        "enable_incremental_sort",
        "enable_seqscan",
        "enable_bitmapscan",
        "enable_hashjoin",
        "enable_mergejoin",
    ] {
        sqlx::query("select set_config($1, 'off', true)")
            .bind(setting)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    let within = somewhere();
    for spec in house.app.lists() {
        for column in spec.columns {
            let Some((_, kind)) = column.sort else {
                continue;
            };
            let value = match kind {
                SortType::Text => "m",
                SortType::Date => "2026-01-01",
                SortType::Instant => "2026-01-01 00:00:00+00",
                SortType::Integer | SortType::Decimal => "1",
            };
            let id = match spec.id_type {
                IdType::Uuid => uuid::Uuid::from_u128(9).to_string(),
                IdType::BigInt => "9".to_owned(),
            };
            let cursor = Cursor {
                value: value.to_owned(),
                id,
            };
            for way in ["", "-"] {
                let query = ListQuery::parse(&format!("sort={way}{}", column.key), spec);
                assert!(query.is_exact());
                for at in [
                    At::Start,
                    At::After(cursor.clone()),
                    At::Before(cursor.clone()),
                ] {
                    let query = query.at(at);
                    let plan = Reading {
                        query: &query,
                        within: &within,
                        zone: PARIS,
                    }
                    .explain(&mut tx)
                    .await
                    .unwrap();
                    // What a column sorts for itself, in its own subquery, is its own affair.
                    let main = plan.split("SubPlan").next().unwrap_or_default();
                    assert!(
                        !main.contains("Sort"),
                        "{} by {way}{}\n{plan}",
                        spec.name,
                        column.key
                    );
                    assert!(
                        plan.contains("Index"),
                        "{} by {way}{}\n{plan}",
                        spec.name,
                        column.key
                    );
                }
            }
        }
    }
}

/// An export re-imports: each of its headings is recognised as the field it came from.
#[test]
fn the_import_recognises_the_headings_of_the_device_export() {
    use vigie::exchange::imports::fields::FIELDS;
    let mut recognised = 0;
    for column in vigie::inventory::devices::DEVICES.columns {
        let key = match column.key {
            "model" => "trade_name",
            "unit" => "unit_name",
            key => key,
        };
        if column.screen_only {
            continue;
        }
        if let Some(field) = FIELDS.iter().find(|field| field.key == key) {
            assert_eq!(field.label, column.label, "{key}");
            recognised += 1;
        } else {
            assert_eq!(key, "cyber_criticality", "exported but never read back");
        }
    }
    assert!(recognised > 35, "{recognised}");
}
