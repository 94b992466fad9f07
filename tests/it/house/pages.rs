//! Every page, as a browser and an intruder read it.

use std::collections::BTreeSet;

use axum::http::Method;
use scraper::{ElementRef, Html, Selector};
use sqlx::{AssertSqlSafe, Connection};
use vigie::accounts::actions::holds;
use vigie::accounts::roles::Role;

use super::{CHV, House, holder, none, permission};

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

/// Does a path lead to one of the routes?
fn leads_somewhere(paths: &BTreeSet<String>, href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || path.starts_with("/static/") {
        return true;
    }
    paths.iter().any(|route| {
        let (a, b): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
        a.len() == b.len()
            && a.iter()
                .zip(&b)
                .all(|(r, p)| r == p || (r.starts_with('{') && !p.is_empty()))
    })
}

/// What is wrong with one page.
fn faults(text: &str, gets: &BTreeSet<String>, posts: &BTreeSet<String>) -> Vec<String> {
    let html = Html::parse_document(text);
    let mut out = vec![];
    let h1 = select(&html, "h1").len();
    if h1 != 1 {
        out.push(format!("{h1} h1 (one wanted)"));
    }
    let mut ids = BTreeSet::new();
    for element in select(&html, "[id]") {
        let id = element.value().attr("id").unwrap_or_default();
        if !ids.insert(id.to_owned()) {
            out.push(format!("the id « {id} » is there twice"));
        }
    }
    for input in select(&html, "input, select, textarea") {
        let value = input.value();
        if matches!(value.attr("type"), Some("hidden" | "submit" | "button")) {
            continue;
        }
        let labelled = value.attr("aria-label").is_some()
            || value.attr("aria-labelledby").is_some()
            || value.attr("id").is_some_and(|id| {
                select(&html, "label[for]")
                    .iter()
                    .any(|l| l.value().attr("for") == Some(id))
            })
            || input
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|a| a.value().name() == "label");
        if !labelled {
            out.push(format!(
                "an input without label: {}",
                value.attr("name").unwrap_or("?")
            ));
        }
    }
    for form in select(&html, "form") {
        let post = form
            .value()
            .attr("method")
            .is_some_and(|m| m.eq_ignore_ascii_case("post"));
        let action = form.value().attr("action").unwrap_or_default();
        if !leads_somewhere(if post { posts } else { gets }, action) {
            out.push(format!("a form leads nowhere: {action}"));
        }
        let guarded = Selector::parse("input[name=_csrf]").unwrap();
        if post && form.select(&guarded).next().is_none() {
            out.push(format!("a form without its secret: {action}"));
        }
    }
    for link in select(&html, "a[href]") {
        let href = link.value().attr("href").unwrap_or_default();
        let outside = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .any(|s| href.starts_with(s));
        if !outside
            && (href.contains("javascript:")
                || href.starts_with("data:")
                || !leads_somewhere(gets, href))
        {
            out.push(format!("a link leads nowhere: {href}"));
        }
    }
    if !select(
        &html,
        "[style], script:not([src]), [onclick], [onload], [onerror], style",
    )
    .is_empty()
    {
        out.push("inline style or script".into());
    }
    if select(&html, "html[lang]").is_empty() || select(&html, "title").is_empty() {
        out.push("no language or no title".into());
    }
    out
}

fn addresses(house: &House) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut gets, mut posts) = (BTreeSet::new(), BTreeSet::new());
    for route in house.routes() {
        if route.method == Method::GET {
            gets.insert(route.path);
        } else {
            posts.insert(route.path);
        }
    }
    (gets, posts)
}

#[tokio::test]
async fn every_page_is_sound_for_each_role() {
    let house = House::new().await;
    let (gets, posts) = addresses(&house);
    let routes = house.routes();
    let mut findings = BTreeSet::new();
    for role in Role::ALL {
        let mut person = house.group(role).await;
        for route in routes.iter().filter(|r| r.method == Method::GET) {
            if permission(route).is_some_and(|name| !holds(role, name)) {
                continue;
            }
            // Pages of one object are read by one role: what differs between roles is on the others.
            if route.path.contains('{') && permission(route).and_then(holder) != Some(role) {
                continue;
            }
            let Some(path) = house.address(&route.path, CHV).await else {
                continue;
            };
            let answer = person.get(&path).await;
            let html = answer
                .headers
                .get("content-type")
                .is_some_and(|t| t.to_str().unwrap_or_default().starts_with("text/html"));
            if answer.status == 200 && html && answer.text.contains("<html") {
                for fault in faults(&answer.text, &gets, &posts) {
                    findings.insert(format!("{} ({}): {fault}", route.path, route.file));
                }
            }
        }
    }
    none(findings.into_iter().collect(), "pages that are not sound");
}

#[tokio::test]
async fn every_answer_bears_the_security_headers() {
    let house = House::new().await;
    let mut findings = vec![];
    for route in house.routes() {
        let path = house
            .address(&route.path, CHV)
            .await
            .unwrap_or_else(|| "/".into());
        let role = permission(&route).and_then(holder).unwrap_or(Role::Auditor);
        let mut person = house.group(role).await;
        let answer = super::call(&mut person, &route.method, &path).await;
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let csp = header("content-security-policy");
        for (name, sound) in [
            (
                "content-security-policy",
                csp.contains("default-src 'none'") && !csp.contains("unsafe"),
            ),
            (
                "x-content-type-options",
                header("x-content-type-options") == "nosniff",
            ),
            ("x-frame-options", header("x-frame-options") == "DENY"),
            (
                "referrer-policy",
                header("referrer-policy") == "same-origin",
            ),
            (
                "cache-control",
                header("cache-control").contains("no-store")
                    || header("cache-control").contains("private"),
            ),
            ("x-request-id", !header("x-request-id").is_empty()),
        ] {
            if !sound {
                findings.push(format!(
                    "{} {path} ({}): {name}: {}",
                    route.method,
                    route.file,
                    header(name)
                ));
            }
        }
    }
    none(findings, "answers without their security headers");
}

/// Breaks out of attributes, of texts and of JSON if anything forgets to escape.
const POLYGLOT: &str = "\"'><svg/onload=x9x>";

#[tokio::test]
async fn what_people_type_is_never_markup() {
    let house = House::new().await;
    let mut owner = house.world.owner().await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
           and a.atttypid = 'text'::regtype and c.relname not in ('search_entry', 'idempotency', 'job') order by 1, 2",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let mut seeded = vec![];
    for (table, column) in columns {
        let mut tx = owner.begin().await.unwrap();
        sqlx::raw_sql("select set_config('vigie.now', '2026-03-02 08:00Z', true), set_config('vigie.actor_label', $$\"'><svg/onload=x9x>$$, true), set_config('vigie.reason', $$\"'><svg/onload=x9x>$$, true)")
            .execute(&mut *tx)
            .await
            .unwrap();
        // Distinct values, for unique columns; what a constraint refuses cannot be shown either.
        let sql = format!(
            "update \"{table}\" t set \"{column}\" = $1 || left(md5(t::text), 6) where \"{column}\" is not null or true"
        );
        match sqlx::query(AssertSqlSafe(sql))
            .bind(POLYGLOT)
            .execute(&mut *tx)
            .await
        {
            Ok(done) if done.rows_affected() > 0 => {
                if tx.commit().await.is_ok() {
                    seeded.push(format!("{table}.{column}"));
                }
            }
            _ => tx.rollback().await.unwrap(),
        }
    }
    for wanted in [
        "unit.name",
        "device.serial_number",
        "organisation.name",
        "account.display_name",
        "contact.name",
    ] {
        assert!(
            seeded.iter().any(|s| s == wanted),
            "{wanted} could not be seeded: {seeded:?}"
        );
    }
    let (mut findings, mut shown) = (vec![], 0);
    for route in house.routes().iter().filter(|r| r.method == Method::GET) {
        let Some(path) = house.address(&route.path, CHV).await else {
            continue;
        };
        let role = permission(route).and_then(holder).unwrap_or(Role::Auditor);
        let mut person = house.group(role).await;
        for path in [
            path.clone(),
            format!("{path}?q=svg"),
            format!("{path}?q=%22%27%3E%3Csvg%2Fonload%3Dx9x%3E"),
        ] {
            let answer = person.get(&path).await;
            let html = answer
                .headers
                .get("content-type")
                .is_some_and(|t| t.to_str().unwrap_or_default().starts_with("text/html"));
            if html {
                shown += usize::from(answer.text.contains("svg/onload=x9x"));
                if answer.text.contains("<svg/onload=x9x") {
                    let at = answer.text.find("<svg/onload=x9x").unwrap();
                    let start = answer.text[..at]
                        .char_indices()
                        .rev()
                        .nth(80)
                        .map_or(0, |(i, _)| i);
                    findings.push(format!(
                        "GET {path} ({}): …{}",
                        route.file,
                        &answer.text[start..at + 15]
                    ));
                }
            }
            if answer.status >= 500 {
                findings.push(format!(
                    "GET {path} ({}) answered {}",
                    route.file, answer.status
                ));
            }
        }
    }
    none(findings, "a value reached the page as markup");
    assert!(
        shown > 10,
        "the polyglot was shown on {shown} pages only: nothing was proved"
    );
}
