//! How many SQL statements each page costs: the same with twice as many rows, and no more than the
//! committed figures (`statements.txt`). A page that asks one query per row fails here.
//!
//! `VIGIE_STATEMENTS=write cargo test --test it house::statements` writes the file again; its
//! difference is then read in the review as any other.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::http::Method;
use sqlx::PgConnection;
use vigie::accounts::roles::Role;
use vigie::platform::web::routes::Route;

use crate::support::statements::Counter;

use super::{CHV, House, holder, none, permission};

/// Copies the rows of every table beside themselves, with the same parents: texts under a unique
/// constraint are varied until the constraint lets them in. What cannot be copied is left as it is.
const TWICE: &str = r#"
    select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'tests de la maison', true);
    do $$
    declare
        one record;
        found record;
        col record;
        names text;
        changed jsonb;
        way int;
    begin
        for one in
            select c.oid, c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'id' and a.atttypid = 'uuid'::regtype
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
              and c.relname not in ('instance', 'audit_row', 'audit_seal', 'session', 'one_time_link', 'job', 'search_entry')
        loop
            select string_agg(quote_ident(attname), ', ' order by attnum) into names
            from pg_attribute where attrelid = one.oid and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = '';
            for found in execute format('select to_jsonb(t) as j from %I t', one.relname) loop
                for way in 1..3 loop
                    changed := jsonb_build_object('id', gen_random_uuid());
                    for col in
                        select distinct a.attname, a.atttypid::regtype::text as kind
                        from pg_attribute a
                        where a.attrelid = one.oid and a.atttypid in ('text'::regtype, 'bytea'::regtype) and found.j ->> a.attname is not null
                          and exists (select from pg_index i where i.indrelid = one.oid and i.indisunique and pg_get_indexdef(i.indexrelid) ~ ('\m' || a.attname || '\M'))
                          and not exists (select from pg_constraint k where k.conrelid = one.oid and k.contype = 'c' and pg_get_constraintdef(k.oid) ~ ('\m' || a.attname || ' = ANY'))
                    loop
                        changed := changed || jsonb_build_object(col.attname, case
                            when col.kind = 'bytea' then to_jsonb('\x' || encode(sha256((found.j ->> col.attname)::bytea), 'hex'))
                            when way = 1 then to_jsonb((found.j ->> col.attname) || '2')
                            when way = 2 then to_jsonb(upper(translate(left(md5(found.j ->> col.attname), length(found.j ->> col.attname)), '01', 'xy')))
                            else found.j -> col.attname
                        end);
                    end loop;
                    begin
                        execute format('insert into %I (%s) select %s from jsonb_populate_record(null::%I, $1)', one.relname, names, names, one.relname)
                            using found.j || changed;
                        exit;
                    exception when others then
                        null;
                    end;
                end loop;
            end loop;
        end loop;
    end $$;
    insert into document (id, subject_type, subject_id, establishment_id, file_id, file_name, kind, title, recorded_at, version)
    select gen_random_uuid(), subject_type, subject_id, establishment_id, file_id, file_name, 'other', title, recorded_at, 1 from document;
"#;

/// Tables whose rows must be there twice for the comparison to mean something.
const DOUBLED: &[&str] = &[
    "account",
    "access_grant",
    "api_token",
    "contact",
    "department",
    "device",
    "device_model",
    "document",
    "establishment",
    "import_run",
    "nomenclature_term",
    "organisation",
    "organisation_alias",
    "room",
    "site",
    "udi_di",
    "unit",
];

/// Files made record by record, of a bounded number of records.
const ONE_BY_ONE: &[(&str, &str)] = &[
    (
        "/register/units/{id}/export",
        "a chain is verified register by register, 500 at most",
    ),
    (
        "/register/families/{id}/export",
        "a chain is verified register by register, 500 at most",
    ),
];

/// A list counts its rows once there is a second page.
fn is_total(statement: &str) -> bool {
    statement.starts_with("select count(*) from (select 1 from ")
        || statement.contains("pg_current_snapshot()")
}

async fn sizes(conn: &mut PgConnection) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for table in DOUBLED {
        let sql = format!("select count(*) from \"{table}\"");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        found.insert((*table).to_owned(), rows);
    }
    found
}

/// The statements of each page, by route.
async fn costs(house: &House, pages: &[(Route, String, Role)]) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut owner = house.world.owner().await;
    for (route, path, role) in pages {
        let mut person = house.group(*role).await;
        // Once for nothing: what is written at most once a minute is written now.
        person.get(path).await;
        let mut least: Option<Vec<String>> = None;
        // Twice, for what the bell keeps a minute may end in between.
        for _ in 0..2 {
            // A page kept while nothing changes is asked for after something did.
            sqlx::query("select pg_current_xact_id()")
                .execute(&mut owner)
                .await
                .unwrap();
            let counter = Counter::start();
            let answer = person.get(path).await;
            assert!(
                answer.status < 500,
                "GET {path} answered {}: {}",
                answer.status,
                answer.words()
            );
            let asked = counter.stop();
            if least.as_ref().is_none_or(|known| asked.len() < known.len()) {
                least = Some(asked);
            }
        }
        found.insert(route.path.clone(), least.unwrap_or_default());
    }
    found
}

fn baseline() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/house/statements.txt")
}

/// What the second list has more than the first.
fn more(first: &[String], second: &[String]) -> Vec<String> {
    let mut left = first.to_vec();
    let mut out = vec![];
    for statement in second {
        match left.iter().position(|s| s == statement) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => out.push(statement.clone()),
        }
    }
    out
}

#[tokio::test]
async fn a_page_asks_as_many_queries_of_twice_as_many_rows() {
    let house = House::new().await;
    let mut pages = vec![];
    for route in house.routes() {
        if route.method != Method::GET {
            continue;
        }
        let role = match permission(&route) {
            Some(name) => holder(name).unwrap(),
            None => Role::Auditor,
        };
        if let Some(path) = house.address(&route.path, CHV).await {
            pages.push((route, path, role));
        }
    }
    let before = costs(&house, &pages).await;
    let mut owner = house.world.owner().await;
    let had = sizes(&mut owner).await;
    {
        use sqlx::Connection;
        let mut tx = owner.begin().await.unwrap();
        sqlx::raw_sql(TWICE).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    let has = sizes(&mut owner).await;
    let single: Vec<_> = has
        .iter()
        .filter(|(table, rows)| **rows < 2 * had[*table] || **rows < 2)
        .map(|(table, rows)| format!("{table}: {} then {rows}", had[table]))
        .collect();
    none(
        single,
        "these rows could not be doubled, the test proves nothing of them",
    );
    let after = costs(&house, &pages).await;
    let mut findings = vec![];
    for (path, first) in &before {
        let second = &after[path];
        let bounded = ONE_BY_ONE.iter().any(|(known, _)| known == path);
        let grown = more(first, second).iter().any(|s| !is_total(s));
        if first.len() != second.len() && grown && !bounded {
            findings.push(format!(
                "GET {path}: {} statements, then {} with twice as many rows; more of: {}",
                first.len(),
                second.len(),
                more(first, second).join(" | ")
            ));
        }
    }
    none(
        findings,
        "a query per row: join, or ask once with = any ($1)",
    );
    assert!(
        before.values().filter(|s| !s.is_empty()).count() > 50,
        "the statements are not seen: nothing was proved"
    );
    compare(&before);
}

#[allow(
    clippy::disallowed_methods,
    reason = "asked by who writes the baseline again"
)]
fn compare(costs: &BTreeMap<String, Vec<String>>) {
    let written: String = costs
        .iter()
        .map(|(path, statements)| format!("{:>3} {path}\n", statements.len()))
        .collect();
    if std::env::var("VIGIE_STATEMENTS").is_ok_and(|v| v == "write") {
        std::fs::write(baseline(), written).unwrap();
        return;
    }
    let text = std::fs::read_to_string(baseline()).unwrap();
    let allowed: BTreeMap<&str, usize> = text
        .lines()
        .filter_map(|line| line.trim().split_once(' '))
        .map(|(n, path)| (path, n.parse().unwrap()))
        .collect();
    let mut findings = vec![];
    for (path, statements) in costs {
        match allowed.get(path.as_str()) {
            None => findings.push(format!(
                "{path} costs {} statements: add the line « {:>3} {path} »",
                statements.len(),
                statements.len()
            )),
            Some(most) if statements.len() > *most => findings.push(format!(
                "{path} cost {most} statements and costs {}: {}",
                statements.len(),
                statements.join(" | ")
            )),
            Some(_) => {}
        }
    }
    none(
        findings,
        "tests/it/house/statements.txt says what each page may cost; write it again with VIGIE_STATEMENTS=write if it is worth it",
    );
}
