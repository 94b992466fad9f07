//! Tests of the house: what must not be forgotten, asked of every route, table and source file at
//! once, so that a new one is held to the rules without anybody thinking of it. Each failure says
//! what to add and where.

mod access;
mod api;
mod architecture;
pub mod attacks;
mod exercises;
mod forms;
mod fuzz;
mod isolation;
mod migrations;
#[cfg(feature = "mutants")]
mod mutants;
mod pages;
mod samples;
mod schema;
mod statements;
mod trespass;

use axum::http::Method;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use vigie::accounts::roles::Role;
use vigie::platform::web::routes::{Access, Route};

use crate::support::{Answer, Person, World};
use samples::Sample;

/// The tests' world, with every role at each establishment alone and at least one object of each
/// kind at both.
pub struct House {
    pub world: World,
}

/// The two establishments of the tests' world.
pub const CHV: &str = "CHV";
pub const CHM: &str = "CHM";

impl House {
    pub async fn new() -> Self {
        let world = World::new().await;
        let mut owner = world.owner().await;
        let mut tx = owner.begin().await.unwrap();
        sqlx::raw_sql("select set_config('vigie.now', '2026-03-01 08:00Z', true), set_config('vigie.actor_label', 'tests de la maison', true)")
            .execute(&mut *tx)
            .await
            .unwrap();
        let insert_account = "insert into account (id, login, display_name, must_change_password, created_at, version) values ($1, $2, $2, false, '2026-03-01', 1)";
        sqlx::query(insert_account)
            .bind(vigie::kernel::id::fresh())
            .bind("nobody.at.all")
            .execute(&mut *tx)
            .await
            .unwrap();
        for code in [CHV, CHM] {
            for role in Role::ALL {
                let account = vigie::kernel::id::fresh();
                sqlx::query(insert_account)
                    .bind(account)
                    .bind(login(role, code))
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                sqlx::query("insert into access_grant (id, account_id, role, establishment_id, granted_at) select $1, $2, $3, id, '2026-03-01' from establishment where code = $4")
                    .bind(vigie::kernel::id::fresh())
                    .bind(account)
                    .bind(role.code())
                    .bind(code)
                    .execute(&mut *tx)
                    .await
                    .unwrap();
            }
        }
        sqlx::raw_sql(samples::FURNITURE)
            .execute(&mut *tx)
            .await
            .unwrap_or_else(|e| {
                panic!("tests/it/house/samples.rs FURNITURE no longer fits the schema: {e}")
            });
        tx.commit().await.unwrap();
        // The content of the document that FURNITURE adds.
        vigie::platform::blob::Blobs::in_dir(world.app.data_dir())
            .put(b"%PDF-1.4\n")
            .await
            .unwrap();
        Self { world }
    }

    /// Every route of the application.
    pub fn routes(&self) -> Vec<Route> {
        self.world.app.map().to_vec()
    }

    /// Somebody with this role over the whole group.
    pub async fn group(&self, role: Role) -> Person {
        self.world.signed_in(role.code()).await
    }

    /// Somebody with this role at one establishment alone.
    pub async fn local(&self, role: Role, code: &str) -> Person {
        self.world.signed_in(&login(role, code)).await
    }

    /// The address of a route for an object of an establishment; `None` when no sample fits or the
    /// world has no such object.
    pub async fn address(&self, path: &str, code: &str) -> Option<String> {
        if !path.contains('{') {
            return Some(path.to_owned());
        }
        let sample = Sample::of(path)?;
        let values = sample.values(&mut self.world.owner().await, code).await?;
        Some(fill(path, &values))
    }
}

fn login(role: Role, code: &str) -> String {
    format!("{}.{}", role.code(), code.to_lowercase())
}

/// The permission of a route; `None` when it is public.
pub fn permission(route: &Route) -> Option<&'static str> {
    match route.access {
        Access::Permission(name) => Some(name),
        Access::Public(_) => None,
    }
}

/// Some role that holds a permission.
pub fn holder(permission: &str) -> Option<Role> {
    Role::ALL
        .into_iter()
        .find(|r| vigie::accounts::actions::holds(*r, permission))
}

/// `{id}` and its like, replaced in order.
pub fn fill(path: &str, values: &[String]) -> String {
    let (mut out, mut values) = (String::new(), values.iter());
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').unwrap() + open;
        out.push_str(&rest[..open]);
        out.push_str(
            values
                .next()
                .unwrap_or_else(|| panic!("no value for a parameter of {path}")),
        );
        rest = &rest[close + 1..];
    }
    out + rest
}

/// Calls a route as a browser would: a page, or a form with its secret; a form with a file where one is wanted.
pub async fn call(person: &mut Person, method: &Method, path: &str) -> Answer {
    let path = match *method {
        Method::GET => return person.get(path).await,
        Method::POST => path.to_owned(),
        ref other => format!("{path}?_method={}", other.as_str().to_lowercase()),
    };
    let answer = person.post(&path, &[]).await;
    if answer.status == 400 && answer.text.contains("illisible") {
        return person
            .upload(&path, &[], ("file", "x.csv", b"a;b\n1;2\n"))
            .await;
    }
    answer
}

/// One line per table: how many rows, and what they hold. What every request may touch is left out.
pub async fn fingerprint(conn: &mut PgConnection) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let mut lines = vec![];
    // A session's last sight and the log of reads are written outside the request's transaction.
    for table in tables
        .iter()
        .filter(|t| !["session", "read_log"].contains(&t.as_str()))
    {
        let sql = format!(
            "select count(*) as n, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as h from \"{table}\" t"
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        lines.push(format!(
            "{table}: {} rows, {}",
            row.get::<i64, _>("n"),
            row.get::<String, _>("h")
        ));
    }
    lines
}

/// Fails with every finding at once.
#[track_caller]
pub fn none(findings: Vec<String>, what: &str) {
    assert!(
        findings.is_empty(),
        "{what}\n{} finding(s):\n{}",
        findings.len(),
        findings.join("\n")
    );
}
