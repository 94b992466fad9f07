//! The list engine, over a table made to be awkward: two of everything, nulls, accents, wildcards.

use std::collections::{BTreeSet, HashMap};

use chrono::{Days, NaiveDate};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sqlx::{Connection, PgConnection};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;
use vigie::platform::db::list::{
    At, Cell, Clause, Column, Format, IdType, Kind, ListPage, ListQuery, ListSpec, Op, Position,
    Reading, Reference, ScopeBy, SortType, Tone, Value, Within,
};

static STATES: [(&str, &str, Tone); 3] = [
    ("in_service", "En service", Tone::Good),
    ("broken", "En panne", Tone::Bad),
    ("stored", "Stocké", Tone::Neutral),
];

static PROBES: ListSpec = ListSpec {
    name: "probes",
    path: "/probes",
    record: None,
    title: "Sondes",
    noun: ("sonde", "sondes"),
    when_empty: "Aucune sonde : importez un fichier.",
    from: "probe p left join probe_owner o on o.id = p.owner_id",
    always: Some("not p.hidden"),
    id: "p.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Columns {
        establishment: Some("p.establishment_id"),
        unit: Some("p.unit_id"),
        device: Some("p.id"),
    },
    search: Some("plain(p.name || ' ' || coalesce(p.serial, ''))"),
    columns: &[
        Column::text("name", "Désignation", "p.name")
            .shown()
            .opens()
            .sorted("p.name collate \"fr-x-icu\"", SortType::Text),
        Column::mono("serial", "Série", "p.serial")
            .shown()
            .sorted("coalesce(p.serial, '') collate \"C\"", SortType::Text),
        Column::date("day", "Jour", "p.day")
            .shown()
            .sorted("coalesce(p.day, '-infinity'::date)", SortType::Date),
        Column::instant("at", "Instant", "p.at")
            .shown()
            .sorted("p.at", SortType::Instant),
        Column::number("amount", "Nombre", "p.amount")
            .shown()
            .sorted("coalesce(p.amount, -1)", SortType::Integer),
        Column::decimal("price", "Prix", "p.price")
            .sorted("coalesce(p.price, -1)", SortType::Decimal),
        Column::flag("active", "Actif", "p.active"),
        Column::choice("state", "État", "p.state", &STATES).shown(),
        Column::reference(
            "owner",
            "Propriétaire",
            "o.name",
            Reference {
                id: "p.owner_id",
                href: Some("/owners"),
                suggestions: None,
            },
        )
        .shown(),
    ],
    default_sort: ("name", false),
};

/// A page that holds nothing but its list.
#[derive(askama::Template)]
#[template(source = "{% include \"components/list.html\" %}", ext = "html")]
struct Page<'a> {
    list: &'a ListPage,
}

use vigie::platform::web::filters;

fn rendered(list: &ListPage) -> String {
    askama::Template::render(&Page { list }).unwrap()
}

const PARIS: chrono_tz::Tz = chrono_tz::Europe::Paris;
const NAMES: [&str; 13] = [
    "Échographe",
    "echographe",
    "étuve",
    "Œuf",
    "Pompe à 100 %",
    "Pompe_a",
    "pousse-seringue",
    "Moniteur \\ ECG",
    "moniteur, \"multi\"|paramétrique",
    "<script>alert(1)</script>",
    "'; drop table probe; --",
    "",
    "Analyseur",
];

struct World {
    _house: crate::support::World,
    conn: PgConnection,
    everywhere: Within,
}

fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + (kind << 32) + number)
}

impl World {
    async fn with(rows: u32) -> Self {
        let house = crate::support::World::new().await;
        let mut conn = house.owner().await;
        sqlx::raw_sql(
            "create temp table probe_owner (id uuid primary key, name text not null);
             create temp table probe (
                id uuid primary key, establishment_id uuid not null, unit_id uuid, name text not null, serial text,
                day date, at timestamptz not null, amount integer, price numeric, active boolean, state text not null,
                owner_id uuid, hidden boolean not null);
             create index on probe ((name collate \"fr-x-icu\"), id);
             create index on probe ((coalesce(serial, '') collate \"C\"), id);
             create index on probe ((coalesce(day, '-infinity'::date)), id);
             create index on probe (at, id);
             create index on probe ((coalesce(amount, -1)), id);
             create index on probe ((coalesce(price, -1)), id);",
        )
        .execute(&mut conn)
        .await
        .unwrap();
        for (place, name) in ["Pharmacie", "Réanimation", "réanimation bis"]
            .iter()
            .enumerate()
        {
            sqlx::query("insert into probe_owner values ($1, $2)")
                .bind(id(9, place as u128))
                .bind(*name)
                .execute(&mut conn)
                .await
                .unwrap();
        }
        for n in 0..rows {
            let day = NaiveDate::from_ymd_opt(2026, 3, 28)
                .unwrap()
                .checked_add_days(Days::new(u64::from(n % 7)))
                .unwrap();
            // Around local midnight, on the days the clock changes too.
            let at = day.and_hms_opt(21 + (n % 3), 59, 59).unwrap().and_utc()
                + chrono::Duration::microseconds(i64::from(n % 4) * 333);
            let some = |every: u32| (n % every != 0).then_some(n);
            sqlx::query("insert into probe values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::numeric, $10, $11, $12, $13)")
                .bind(id(1, u128::from(n)))
                .bind(id(2, u128::from(n % 2)))
                .bind(some(5).map(|n| id(3, u128::from(n % 4))))
                .bind(NAMES[n as usize % NAMES.len()])
                .bind(some(6).map(|n| if n % 11 == 0 { String::new() } else { format!("SN{:03}%_", n / 2) }))
                .bind(some(4).map(|_| day))
                .bind(at)
                .bind(some(3).map(|n| (n % 9) as i32 * 1000))
                .bind(some(7).map(|n| format!("{}.{}0", n % 5, n % 3)))
                .bind(some(8).map(|n| n % 2 == 0))
                .bind(STATES[n as usize % 3].0)
                .bind(some(10).map(|n| id(9, u128::from(n % 3))))
                .bind(n % 29 == 28)
                .execute(&mut conn)
                .await
                .unwrap();
        }
        let everywhere = Within {
            establishments: vec![id(2, 0), id(2, 1)],
            ..Within::default()
        };
        Self {
            _house: house,
            conn,
            everywhere,
        }
    }

    async fn every(&mut self, query: &ListQuery) -> Vec<(String, Vec<Cell>)> {
        let within = self.everywhere.clone();
        self.every_within(query, &within).await
    }

    async fn every_within(
        &mut self,
        query: &ListQuery,
        within: &Within,
    ) -> Vec<(String, Vec<Cell>)> {
        let columns: Vec<&'static Column> = PROBES.columns.iter().collect();
        let mut found = Vec::new();
        let mut tx = self.conn.begin().await.unwrap();
        Reading {
            query,
            within,
            zone: PARIS,
        }
        .every(&mut tx, &columns, async |row| {
            found.push((row.id, row.cells));
            Ok(())
        })
        .await
        .unwrap();
        found
    }

    async fn ids(&mut self, address: &str) -> BTreeSet<String> {
        let query = ListQuery::parse(address, &PROBES);
        assert!(query.is_exact(), "{address}: {:?}", query.warnings);
        self.every(&query)
            .await
            .into_iter()
            .map(|(id, _)| id)
            .collect()
    }
}

/// What `plain()` does, said a second time: the oracle of text filters.
fn folded(text: &str) -> String {
    let bare: String = text
        .nfd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .collect();
    bare.to_lowercase().replace('œ', "oe")
}

/// Whether a row answers a clause, decided in Rust.
fn answers(clause: &Clause, cells: &[Cell]) -> bool {
    let place = PROBES
        .columns
        .iter()
        .position(|column| column.key == clause.column.key)
        .unwrap();
    let cell = &cells[place];
    let by_id = matches!(clause.values.first(), Some(Value::Id(_)));
    let key = |value: &Value| match value {
        Value::Text(text) => folded(text),
        other => other.code(),
    };
    let own = match cell {
        Cell::Empty => None,
        Cell::Text(text) | Cell::Mono(text) => Some(folded(text)),
        Cell::Date(day) => Some(day.to_string()),
        Cell::DateTime(at) => Some(at.with_timezone(&PARIS).date_naive().to_string()),
        Cell::Number(number) => Some(number.to_string()),
        Cell::Decimal(text) => {
            let short = text.trim_end_matches('0').trim_end_matches('.');
            Some(if short.is_empty() {
                "0".to_owned()
            } else {
                short.to_owned()
            })
        }
        Cell::Bool(yes) => Some(yes.to_string()),
        Cell::Choice { code, .. } => Some(code.clone()),
        Cell::Ref { id, .. } if by_id => id.map(|id| id.to_string()),
        Cell::Ref { label, .. } => Some(folded(label)),
    };
    let wanted: Vec<String> = clause.values.iter().map(key).collect();
    let numeric = matches!(clause.column.kind, Kind::Number | Kind::Decimal);
    let at_least = |a: &str, b: &str| {
        if numeric {
            a.parse::<f64>().unwrap() >= b.parse::<f64>().unwrap()
        } else {
            a >= b
        }
    };
    match (clause.op, own) {
        (Op::Empty, own) => own.is_none(),
        (Op::Filled, own) => own.is_some(),
        (Op::Not, own) => own.as_ref() != Some(&wanted[0]),
        (_, None) => false,
        (Op::Is | Op::In, Some(own)) => wanted.contains(&own),
        (Op::Has, Some(own)) => own.contains(&wanted[0]),
        (Op::Starts, Some(own)) => own.starts_with(&wanted[0]),
        (Op::Min, Some(own)) => at_least(&own, &wanted[0]),
        (Op::Max, Some(own)) => at_least(&wanted[0], &own),
        (Op::Between, Some(own)) => at_least(&own, &wanted[0]) && at_least(&wanted[1], &own),
    }
}

fn value_of(cell: &Cell) -> Option<String> {
    Some(match cell {
        Cell::Empty => return None,
        Cell::Text(text) | Cell::Mono(text) | Cell::Decimal(text) => text.clone(),
        Cell::Date(day) => day.to_string(),
        Cell::DateTime(at) => at.with_timezone(&PARIS).date_naive().to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Bool(yes) => yes.to_string(),
        Cell::Choice { code, .. } => code.clone(),
        Cell::Ref { id, .. } => id.map(|id| id.to_string())?,
    })
}

fn protected(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(',', "\\,")
}

fn encoded(text: &str) -> String {
    vigie::platform::db::list::encode(text)
}

/// Filters taken from what the table holds: for each column, each operator, on values that exist.
async fn filters(world: &mut World, values_a_column: usize) -> Vec<String> {
    let rows = world.every(&ListQuery::new(&PROBES)).await;
    let mut filters = Vec::new();
    for (place, column) in PROBES.columns.iter().enumerate() {
        let mut values: Vec<String> = rows
            .iter()
            .filter_map(|(_, cells)| value_of(&cells[place]))
            .collect();
        values.sort();
        values.dedup();
        let step = values.len().div_ceil(values_a_column).max(1);
        let picked: Vec<&String> = values.iter().step_by(step).collect();
        for op in column.operators() {
            if !op.takes_value() {
                filters.push(format!("{}:{}", column.key, op.code()));
                continue;
            }
            if matches!(column.kind, Kind::Ref(_)) && matches!(op, Op::Has | Op::Starts) {
                filters.push(format!("{}:{}:RÉA", column.key, op.code()));
                continue;
            }
            for (n, value) in picked.iter().enumerate() {
                let text = match op {
                    Op::Between | Op::In => format!(
                        "{},{}",
                        protected(value),
                        protected(picked[(n + 1) % picked.len()])
                    ),
                    Op::Has => protected(&value.chars().skip(1).take(4).collect::<String>()),
                    Op::Starts => protected(&value.chars().take(3).collect::<String>()),
                    _ => protected(value),
                };
                filters.push(format!("{}:{}:{text}", column.key, op.code()));
            }
        }
    }
    filters
}

#[tokio::test]
async fn every_filter_finds_the_rows_that_hold_its_value_and_no_other() {
    let mut world = World::with(120).await;
    let rows = world.every(&ListQuery::new(&PROBES)).await;
    assert_eq!(rows.len(), 116, "hidden rows stay hidden");
    let filters = filters(&mut world, 40).await;
    assert!(filters.len() > 200, "{}", filters.len());
    let mut found_some = HashMap::new();
    for filter in &filters {
        let query = ListQuery::parse(&format!("f={}", encoded(filter)), &PROBES);
        assert!(query.is_exact(), "{filter}: {:?}", query.warnings);
        let clause = &query.groups[0][0];
        let expected: BTreeSet<String> = rows
            .iter()
            .filter(|(_, cells)| answers(clause, cells))
            .map(|(id, _)| id.clone())
            .collect();
        let found: BTreeSet<String> = world
            .every(&query)
            .await
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(found, expected, "{filter}");
        *found_some
            .entry((clause.column.key, clause.op))
            .or_insert(0) += found.len();
    }
    for ((column, op), count) in found_some {
        if op == Op::Empty && matches!(column, "at" | "state") {
            continue; // never null
        }
        assert!(
            count > 0,
            "« {column} {op:?} » never found anything: the test proves nothing of it"
        );
    }
}

#[tokio::test]
async fn two_filters_find_the_intersection_and_an_or_group_the_union() {
    let mut world = World::with(60).await;
    let filters = filters(&mut world, 2).await;
    let mut alone = Vec::new();
    for filter in &filters {
        alone.push(world.ids(&format!("f={}", encoded(filter))).await);
    }
    for (a, first) in filters.iter().enumerate() {
        for (b, second) in filters.iter().enumerate().skip(a + 1) {
            let both = world
                .ids(&format!("f={}&f={}", encoded(first), encoded(second)))
                .await;
            assert_eq!(both, &alone[a] & &alone[b], "{first} and {second}");
            if (a + b) % 7 == 0 {
                let either = world
                    .ids(&format!("f={}", encoded(&format!("{first}|{second}"))))
                    .await;
                assert_eq!(either, &alone[a] | &alone[b], "{first} or {second}");
            }
        }
    }
}

#[tokio::test]
async fn paging_forward_then_backward_visits_each_row_once_in_every_sort() {
    let mut world = World::with(120).await;
    let within = world.everywhere.clone();
    for column in PROBES.columns.iter().filter(|column| column.sort.is_some()) {
        for way in ["", "-"] {
            let mut query = ListQuery::parse(&format!("per=25&sort={way}{}", column.key), &PROBES);
            let whole: Vec<String> = world
                .every(&query)
                .await
                .into_iter()
                .map(|(id, _)| id)
                .collect();
            let mut forward = Vec::new();
            let mut pages = Vec::new();
            loop {
                let page = Reading {
                    query: &query,
                    within: &within,
                    zone: PARIS,
                }
                .page(&mut world.conn)
                .await
                .unwrap();
                let ids: Vec<String> = page.rows.iter().map(|row| row.id.clone()).collect();
                forward.extend(ids.clone());
                pages.push(ids);
                match page.next {
                    // Through the address, as a browser would.
                    Some(next) => query = ListQuery::parse(&query.at(next).to_query(), &PROBES),
                    None => break,
                }
                assert!(
                    query.is_exact() && query.at != At::Start,
                    "{:?}",
                    query.warnings
                );
            }
            assert_eq!(pages.len(), 5);
            assert_eq!(forward, whole, "forward by {way}{}", column.key);
            let mut place = pages.len() - 1;
            loop {
                let page = Reading {
                    query: &query,
                    within: &within,
                    zone: PARIS,
                }
                .page(&mut world.conn)
                .await
                .unwrap();
                let ids: Vec<String> = page.rows.iter().map(|row| row.id.clone()).collect();
                assert_eq!(ids, pages[place], "backward by {way}{}", column.key);
                match page.previous {
                    Some(previous) => {
                        query = ListQuery::parse(&query.at(previous).to_query(), &PROBES)
                    }
                    None => break,
                }
                place -= 1;
            }
            assert_eq!(place, 0);
        }
    }
}

#[tokio::test]
async fn the_neighbours_of_each_record_are_those_of_the_list() {
    let mut world = World::with(60).await;
    let within = world.everywhere.clone();
    for address in [
        "",
        "sort=-day&f=state:is:broken",
        "sort=amount&q=pompe",
        "sort=-serial",
    ] {
        let query = ListQuery::parse(address, &PROBES);
        let order: Vec<String> = world
            .every(&query)
            .await
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert!(order.len() > 4);
        for (place, record) in order.iter().enumerate() {
            let reading = Reading {
                query: &query,
                within: &within,
                zone: PARIS,
            };
            let found = reading
                .neighbours(&mut world.conn, record)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(found.position, Some(place as i64 + 1));
            assert_eq!(found.total.count, order.len() as i64);
            assert_eq!(
                found.previous.as_ref(),
                place.checked_sub(1).and_then(|before| order.get(before))
            );
            assert_eq!(found.next.as_ref(), order.get(place + 1));
        }
    }
    let query = ListQuery::parse("f=state:is:broken", &PROBES);
    let reading = Reading {
        query: &query,
        within: &within,
        zone: PARIS,
    };
    for absent in [
        id(1, 0).to_string(),
        id(7, 7).to_string(),
        "x".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            reading.neighbours(&mut world.conn, &absent).await.unwrap(),
            None,
            "{absent}"
        );
    }
    let position = Position::of(&mut world.conn, reading, &id(1, 4).to_string())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(position.back, "/probes?f=state:is:broken");
    assert!(
        position
            .next
            .unwrap()
            .ends_with("?list=f%3Dstate%3Ais%3Abroken".replace("%3A", ":").as_str())
    );
}

#[tokio::test]
async fn rows_out_of_scope_are_in_no_page_total_export_neighbour_or_chip() {
    let mut world = World::with(60).await;
    let one = Within {
        establishments: vec![id(2, 0)],
        ..Within::default()
    };
    let unit = Within {
        units: vec![id(3, 1)],
        ..Within::default()
    };
    let device = Within {
        devices: vec![id(1, 7), id(1, 8)],
        ..Within::default()
    };
    let nothing = Within::default();
    let query = ListQuery::parse("per=200", &PROBES);
    for (within, count) in [(&one, 29), (&device, 2), (&nothing, 0), (&unit, 11)] {
        let rows = world.every_within(&query, within).await;
        assert_eq!(rows.len(), count);
        let reading = Reading {
            query: &query,
            within,
            zone: PARIS,
        };
        assert_eq!(
            reading.total(&mut world.conn).await.unwrap().count,
            count as i64
        );
        assert_eq!(
            reading.exact_total(&mut world.conn).await.unwrap(),
            count as i64
        );
        let page = reading.page(&mut world.conn).await.unwrap();
        let shown: BTreeSet<String> = page.rows.iter().map(|row| row.id.clone()).collect();
        let exported: BTreeSet<String> = rows.into_iter().map(|(id, _)| id).collect();
        assert_eq!(shown, exported);
        for n in 0..60 {
            let record = id(1, n).to_string();
            let found = reading.neighbours(&mut world.conn, &record).await.unwrap();
            assert_eq!(found.is_some(), shown.contains(&record));
            for beside in found
                .into_iter()
                .flat_map(|found| [found.previous, found.next])
                .flatten()
            {
                assert!(shown.contains(&beside), "a neighbour out of scope");
            }
        }
    }
    // Row 7 belongs to owner 1 only: owner 2's name must not be told to who guesses its id.
    let within = Within {
        devices: vec![id(1, 7)],
        ..Within::default()
    };
    for (owner, told) in [(1, true), (2, false)] {
        let query = ListQuery::parse(&format!("f=owner:is:{}", id(9, owner)), &PROBES);
        let page = ListPage::load(
            &mut world.conn,
            Reading {
                query: &query,
                within: &within,
                zone: PARIS,
            },
            true,
        )
        .await
        .unwrap();
        assert_eq!(
            page.chips[0].label.contains("animation"),
            told,
            "{}",
            page.chips[0].label
        );
    }
}

#[tokio::test]
async fn quick_search_forgives_accents_case_and_a_typing_mistake_but_not_a_wrong_number() {
    let mut world = World::with(120).await;
    let count =
        async |world: &mut World, q: &str| world.ids(&format!("q={}", encoded(q))).await.len();
    let echo = count(&mut world, "ÉCHOGRAPHE").await;
    assert!(echo >= 16, "{echo}");
    assert_eq!(count(&mut world, "echographe").await, echo);
    assert_eq!(
        count(&mut world, "ecographe").await,
        echo,
        "a letter forgotten"
    );
    assert_eq!(count(&mut world, "échografe").await, echo, "spelt as heard");
    assert_eq!(
        count(&mut world, "oeuf").await,
        count(&mut world, "ŒUF").await
    );
    assert_eq!(
        count(&mut world, "100 %").await,
        count(&mut world, "Pompe à 100").await
    );
    let exact = count(&mut world, "sn010").await;
    assert!(
        (1..=2).contains(&exact),
        "an inventory number does not bring its neighbours: {exact}"
    );
    assert_eq!(count(&mut world, "sn010 introuvable").await, 0);
    assert_eq!(count(&mut world, "%%%").await, 0);
}

#[tokio::test]
async fn no_address_whatever_makes_an_error() {
    let mut world = World::with(30).await;
    let within = world.everywhere.clone();
    let keys: Vec<String> = PROBES
        .columns
        .iter()
        .map(|column| column.key.to_owned())
        .collect();
    let key = proptest::sample::select(
        [
            keys,
            ["nope".into(), "".into(), "id".into(), "p.name".into()].to_vec(),
        ]
        .concat(),
    );
    let op = proptest::sample::select(vec![
        "is", "not", "has", "starts", "in", "empty", "filled", "min", "max", "between", "eq", "",
        "or 1=1",
    ]);
    let value = proptest::prop_oneof![
        "\\PC{0,12}",
        "[0-9eE.,+-]{0,40}",
        proptest::sample::select(vec![
            "'",
            "\"",
            "\\",
            "%",
            "_",
            "--",
            ";",
            "$1",
            "{}",
            "\0",
            "%00",
            "1e309",
            "NaN",
            "infinity",
            "-infinity",
            "99999999999999999999",
            "2026-02-30",
            "0000-00-00",
            "9999-12-31",
            "-0001-01-01",
            "31/12/2026",
            "' or '1'='1",
            "%C3%28",
            "%",
            "true",
            "٣",
            "9223372036854775807",
            "-9223372036854775808",
            "\u{202e}x",
            "😀",
            "in_service",
            "01900000-0000-7000-8000-000900000001",
        ])
        .prop_map(str::to_owned),
    ];
    let clause = (
        key.clone(),
        op,
        proptest::collection::vec(value.clone(), 0..4),
    )
        .prop_map(|(k, o, v)| format!("{k}:{o}:{}", v.join(",")));
    let parameter = proptest::prop_oneof![
        proptest::collection::vec(clause, 1..3).prop_map(|c| ("f".to_owned(), c.join("|"))),
        (
            proptest::sample::select(vec![
                "q", "sort", "cols", "per", "after", "before", "any", "x", "list", "f"
            ]),
            value.clone()
        )
            .prop_map(|(k, v)| (k.to_owned(), v)),
        (
            proptest::sample::select(vec!["o.", "v.", "w."]),
            key.clone(),
            value.clone()
        )
            .prop_map(|(p, k, v)| (format!("{p}{k}"), v)),
        (proptest::sample::select(vec!["", "-"]), key.clone())
            .prop_map(|(d, k)| ("sort".to_owned(), format!("{d}{k}"))),
        // Cursors of the right shape with a value of the wrong type.
        (
            proptest::sample::select(vec!["after", "before"]),
            key,
            value
        )
            .prop_map(|(p, k, v)| {
                use base64::Engine as _;
                let plain =
                    serde_json::json!([k, v, "01900000-0000-7000-8000-000100000003"]).to_string();
                (
                    p.to_owned(),
                    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(plain),
                )
            }),
    ];
    let address =
        proptest::collection::vec((parameter, proptest::bool::ANY), 0..6).prop_map(|parameters| {
            let one = |((key, value), raw): &((String, String), bool)| {
                if *raw {
                    format!("{key}={value}")
                } else {
                    format!("{key}={}", encoded(value))
                }
            };
            parameters.iter().map(one).collect::<Vec<_>>().join("&")
        });
    let mut runner = TestRunner::deterministic();
    let mut filtered = 0;
    for _ in 0..1500 {
        let address = address.new_tree(&mut runner).unwrap().current();
        let query = ListQuery::parse(&address, &PROBES);
        filtered += usize::from(!query.groups.is_empty());
        let again = ListQuery::parse(&query.to_query(), &PROBES);
        assert!(
            again.is_exact(),
            "{address} → {}: {:?}",
            query.to_query(),
            again.warnings
        );
        assert_eq!(again.to_query(), query.to_query(), "{address}");
        assert_eq!(again.groups, query.groups, "{address}");
        let reading = Reading {
            query: &query,
            within: &within,
            zone: PARIS,
        };
        let page = ListPage::load(&mut world.conn, reading, true)
            .await
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        rendered(&page);
        reading
            .neighbours(&mut world.conn, &id(1, 3).to_string())
            .await
            .unwrap_or_else(|error| panic!("{address}: {error}"));
    }
    assert!(filtered > 200, "{filtered}: the fuzz hardly filters");
}

#[tokio::test]
async fn totals_are_exact_to_ten_thousand_then_say_so() {
    let mut world = World::with(0).await;
    let fill = "insert into probe select gen_random_uuid(), $1, null, 'Pompe', null, null, timestamptz '2026-01-01 00:00Z', null, null, null, 'stored', null, false from generate_series(1, $2)";
    for (more, said, position) in [
        (10_000, "10\u{202f}000 sondes", true),
        (1, "plus de 10\u{202f}000 sondes", false),
    ] {
        sqlx::query(fill)
            .bind(id(2, 0))
            .bind(more)
            .execute(&mut world.conn)
            .await
            .unwrap();
        let query = ListQuery::new(&PROBES);
        let reading = Reading {
            query: &query,
            within: &world.everywhere,
            zone: PARIS,
        };
        let page = ListPage::load(&mut world.conn, reading, true)
            .await
            .unwrap();
        assert_eq!(page.count().unwrap(), said);
        let backward = ListQuery::parse("sort=-name", &PROBES);
        let reading = Reading {
            query: &backward,
            within: &world.everywhere,
            zone: PARIS,
        };
        let last =
            sqlx::query_scalar::<_, String>("select id::text from probe order by id limit 1")
                .fetch_one(&mut world.conn)
                .await
                .unwrap();
        let found = reading
            .neighbours(&mut world.conn, &last)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.position.is_some(), position);
        assert!(
            found.previous.is_some() && found.next.is_none(),
            "arrows stay"
        );
    }
}

#[tokio::test]
async fn a_total_follows_each_write_whoever_makes_it_and_when_it_is_seen() {
    let mut world = World::with(20).await;
    let query = ListQuery::new(&PROBES);
    let within = world.everywhere.clone();
    let reading = Reading {
        query: &query,
        within: &within,
        zone: PARIS,
    };
    let total = async |conn: &mut PgConnection| reading.total(conn).await.unwrap().count;
    let before = total(&mut world.conn).await;
    assert_eq!(total(&mut world.conn).await, before);
    let remove = "delete from probe where id = (select id from probe where not hidden and establishment_id = any($1) limit 1)";
    let mut tx = world.conn.begin().await.unwrap();
    for more in 1..=2 {
        sqlx::query(remove)
            .bind(&within.establishments)
            .execute(&mut *tx)
            .await
            .unwrap();
        assert_eq!(total(&mut tx).await, before - more, "its own writes");
    }
    tx.rollback().await.unwrap();
    assert_eq!(total(&mut world.conn).await, before, "taken back");
    sqlx::query(remove)
        .bind(&within.establishments)
        .execute(&mut world.conn)
        .await
        .unwrap();
    assert_eq!(total(&mut world.conn).await, before - 1);
    // Another reader, another question.
    let one = Within {
        establishments: vec![id(2, 0)],
        ..Within::default()
    };
    let narrow = Reading {
        within: &one,
        ..reading
    };
    assert!(narrow.total(&mut world.conn).await.unwrap().count < before - 1);
}

#[tokio::test]
async fn a_page_escapes_what_people_wrote_and_keeps_its_state_in_every_form() {
    let mut world = World::with(60).await;
    let query = ListQuery::parse(
        "q=script&f=state:in:broken,stored&f=name:has:%3Cscript%3E&sort=-day&cols=name,state,owner,price&per=25",
        &PROBES,
    );
    assert!(query.is_exact());
    let reading = Reading {
        query: &query,
        within: &world.everywhere,
        zone: PARIS,
    };
    let page = ListPage::load(&mut world.conn, reading, true)
        .await
        .unwrap();
    let html = rendered(&page);
    assert!(!html.contains("<script>"), "what people wrote is escaped");
    assert!(html.contains("État est En panne ou Stocké"), "{html}");
    let document = scraper::Html::parse_fragment(&html);
    let forms = scraper::Selector::parse("form").unwrap();
    let inputs = scraper::Selector::parse("input[type=hidden]").unwrap();
    for form in document.select(&forms) {
        let sent: Vec<String> = form
            .select(&inputs)
            .map(|input| {
                format!(
                    "{}={}",
                    input.attr("name").unwrap(),
                    encoded(input.attr("value").unwrap())
                )
            })
            .collect();
        let kept = ListQuery::parse(&sent.join("&"), &PROBES);
        assert!(kept.is_exact());
        assert_eq!(kept.groups, query.groups);
        assert_eq!(kept.sort_code(), "-day");
        assert_eq!(kept.per, 25);
    }
    let removed = ListQuery::parse(page.chips[1].remove.split_once('?').unwrap().1, &PROBES);
    assert_eq!(removed.groups, query.groups[1..]);
    let json = page.json();
    let row = &json["rows"][0];
    assert_eq!(row["name"], "<script>alert(1)</script>");
    assert!(row["owner"].is_null() || row["owner"]["label"].is_string());
    assert!(
        row["price"].is_null() || row["price"].is_string(),
        "decimals stay exact"
    );
}

#[tokio::test]
async fn every_sort_reads_its_index() {
    let mut world = World::with(0).await;
    let fill = "insert into probe select gen_random_uuid(), $1, null, 'P' || n, 'S' || n, date '2026-01-01' + n % 900, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour', n % 50, n % 70, null, 'stored', null, false from generate_series(1, 5000) n";
    sqlx::query(fill)
        .bind(id(2, 0))
        .execute(&mut world.conn)
        .await
        .unwrap();
    sqlx::raw_sql("analyze probe")
        .execute(&mut world.conn)
        .await
        .unwrap();
    let within = world.everywhere.clone();
    for column in PROBES.columns.iter().filter(|column| column.sort.is_some()) {
        for way in ["", "-"] {
            let query = ListQuery::parse(&format!("sort={way}{}", column.key), &PROBES);
            let first = Reading {
                query: &query,
                within: &within,
                zone: PARIS,
            }
            .page(&mut world.conn)
            .await
            .unwrap();
            for query in [query.clone(), query.at(first.next.unwrap())] {
                let plan = Reading {
                    query: &query,
                    within: &within,
                    zone: PARIS,
                }
                .explain(&mut world.conn)
                .await
                .unwrap();
                assert!(
                    plan.contains("Index Scan") && !plan.contains("Sort"),
                    "{way}{}\n{plan}",
                    column.key
                );
            }
        }
    }
}

async fn exported(
    world: &mut World,
    query: &ListQuery,
    within: &Within,
    format: Format,
) -> Vec<u8> {
    let (sink, mut bytes) = tokio::sync::mpsc::channel(2);
    let reading = Reading {
        query,
        within,
        zone: PARIS,
    };
    let writing = async {
        let count = reading
            .export(&mut world.conn, format, &sink)
            .await
            .unwrap();
        drop(sink);
        count
    };
    let reading = async {
        let mut all = Vec::new();
        while let Some(chunk) = bytes.recv().await {
            all.extend_from_slice(&chunk.unwrap());
        }
        all
    };
    let (count, all) = tokio::join!(writing, reading);
    assert!(count > 0);
    all
}

#[tokio::test]
pub async fn an_export_is_the_list_in_its_order_with_formulas_made_harmless() {
    let mut world = World::with(60).await;
    sqlx::query("update probe set name = '=HYPERLINK(\"http://x\")' where id = $1")
        .bind(id(1, 4))
        .execute(&mut world.conn)
        .await
        .unwrap();
    let within = Within {
        establishments: vec![id(2, 0)],
        ..Within::default()
    };
    let query = ListQuery::parse(
        "f=state:in:broken,stored&sort=-day&per=25&cols=name,day,amount,owner,price",
        &PROBES,
    );
    let expected = world.every_within(&query, &within).await;
    assert!(expected.len() > 10 && expected.len() < 29);

    let csv = exported(&mut world, &query, &within, Format::Csv).await;
    let text = String::from_utf8(csv).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        vec!["Désignation", "Jour", "Nombre", "Propriétaire", "Prix"]
    );
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        lines.len(),
        expected.len(),
        "every page, and nothing out of scope"
    );
    for (line, (_, cells)) in lines.iter().zip(&expected) {
        let day = match &cells[2] {
            Cell::Date(day) => day.format("%d/%m/%Y").to_string(),
            _ => String::new(),
        };
        assert_eq!(&line[1], day);
        assert!(!line[0].starts_with(['=', '+', '-', '@']), "{}", &line[0]);
    }
    assert!(text.contains("HYPERLINK"), "harmless, not lost");

    let xlsx = exported(&mut world, &query, &within, Format::Xlsx).await;
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(xlsx)).unwrap();
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0)
        .unwrap()
        .unwrap();
    assert_eq!(sheet.rows().count(), expected.len() + 1);
}

#[test]
fn the_declaration_has_no_fault() {
    assert_eq!(PROBES.faults(), Vec::<String>::new());
}
