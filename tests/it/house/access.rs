//! Every route, asked by nobody, by people without rights, and by each role.

use vigie::accounts::actions::{MATRIX, holds};
use vigie::accounts::roles::Role;

use super::{CHV, House, call, fill, fingerprint, none, permission};

/// The only doors without a permit. This list shrinks; whoever adds to it says why in SECURITY.md.
const PUBLIC: [&str; 14] = [
    "GET /maintenance/calendars/{token}",
    "GET /maintenance/receipts/{token}",
    "GET /maintenance/reports/{code}/new",
    "GET /q/{code}",
    "POST /maintenance/reports/{code}",
    "GET /about",
    "GET /accounts/links/{token}",
    "POST /accounts/links/{token}",
    "GET /accounts/setup/{token}",
    "POST /accounts/setup/{token}",
    "GET /accounts/sessions/new",
    "GET /help",
    "POST /accounts/sessions",
    "POST /accounts/sessions/demonstration",
];

const UNKNOWN: &str = "01950000-dead-7000-8000-000000000000";

/// The address of a route for an object that does not exist.
fn nowhere(path: &str) -> String {
    fill(path, &vec![UNKNOWN.to_owned(); path.matches('{').count()])
}

#[tokio::test]
async fn the_public_doors_are_those_of_the_list() {
    let house = House::new().await;
    let mut found: Vec<String> = house
        .routes()
        .iter()
        .filter(|r| permission(r).is_none())
        .map(|r| format!("{} {}", r.method, r.path))
        .collect();
    found.sort();
    let mut listed: Vec<String> = PUBLIC.iter().map(|r| (*r).to_owned()).collect();
    listed.sort();
    assert_eq!(
        found, listed,
        "left: public routes declared; right: PUBLIC in tests/it/house/access.rs"
    );
}

#[tokio::test]
async fn every_route_asks_for_a_permission_of_the_matrix_and_is_declared_once() {
    let house = House::new().await;
    let mut findings = vec![];
    let mut seen = std::collections::BTreeSet::new();
    for route in house.routes() {
        if let Some(name) = permission(&route)
            && !MATRIX.iter().any(|p| p.name == name)
        {
            findings.push(format!("{} {}: « {name} » is not in accounts::actions::MATRIX; declare its Action in the table of src/accounts/actions.rs", route.method, route.path));
        }
        if !seen.insert(format!("{} {}", route.method, route.path)) {
            findings.push(format!(
                "{} {} is declared twice ({})",
                route.method, route.path, route.file
            ));
        }
    }
    none(findings, "routes and the matrix disagree");
}

#[tokio::test]
async fn a_visitor_enters_nowhere() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut findings = vec![];
    for route in house.routes().iter().filter(|r| permission(r).is_some()) {
        let mut visitor = house.world.visitor();
        let answer = call(&mut visitor, &route.method, &nowhere(&route.path)).await;
        let sent_to_sign_in =
            answer.status == 303 && answer.location().starts_with("/accounts/sessions/new");
        if !(answer.status == 401 || sent_to_sign_in) {
            findings.push(format!(
                "{} {} ({}) answered {} to a visitor",
                route.method, route.path, route.file, answer.status
            ));
        }
        let json = visitor
            .send_json(
                route.method.clone(),
                &nowhere(&route.path),
                serde_json::json!({}),
            )
            .await;
        if json.status != 401 {
            findings.push(format!(
                "{} {} ({}) answered {} to a program without a token",
                route.method, route.path, route.file, json.status
            ));
        }
    }
    none(findings, "a visitor must be told to sign in, and no more");
    assert_eq!(
        before,
        fingerprint(&mut house.world.owner().await).await,
        "a visitor wrote something"
    );
}

#[tokio::test]
async fn an_account_without_a_grant_may_do_nothing() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut nobody = house.world.signed_in("nobody.at.all").await;
    let mut findings = vec![];
    for route in house.routes().iter().filter(|r| permission(r).is_some()) {
        let answer = call(&mut nobody, &route.method, &nowhere(&route.path)).await;
        if answer.status != 403 {
            findings.push(format!(
                "{} {} ({}) answered {}",
                route.method, route.path, route.file, answer.status
            ));
        }
    }
    none(
        findings,
        "an account without any role must get 403 everywhere: let the handler take its Permit before anything else",
    );
    assert_eq!(before, fingerprint(&mut house.world.owner().await).await);
}

#[tokio::test]
async fn each_role_passes_where_the_matrix_says_and_nowhere_else() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let routes = house.routes();
    let mut findings = vec![];
    for role in Role::ALL {
        let mut person = house.group(role).await;
        for route in &routes {
            let Some(name) = permission(route) else {
                continue;
            };
            if holds(role, name) {
                // Acting is tested by each resource; reading a page without an object must work for its holders.
                if route.method == axum::http::Method::GET && !route.path.contains('{') {
                    let answer = person.get(&route.path).await;
                    // 400 and 422: a page that wants something in its query says so.
                    if answer.status >= 400 && !matches!(answer.status, 400 | 422) {
                        findings.push(format!(
                            "{} holds {name} but GET {} ({}) answered {}: {}",
                            role.code(),
                            route.path,
                            route.file,
                            answer.status,
                            answer.words().chars().take(200).collect::<String>()
                        ));
                    }
                }
            } else {
                let answer = call(&mut person, &route.method, &nowhere(&route.path)).await;
                if answer.status != 403 {
                    findings.push(format!(
                        "{} does not hold {name} but {} {} ({}) answered {}",
                        role.code(),
                        route.method,
                        route.path,
                        route.file,
                        answer.status
                    ));
                }
            }
        }
    }
    none(findings, "the matrix and the doors disagree");
    assert_eq!(
        before,
        fingerprint(&mut house.world.owner().await).await,
        "a refused request wrote something"
    );
}

#[tokio::test]
async fn reading_writes_nothing() {
    let house = House::new().await;
    let mut findings = vec![];
    let mut owner = house.world.owner().await;
    for route in house
        .routes()
        .iter()
        .filter(|r| r.method == axum::http::Method::GET)
    {
        // A route without a sample is named by isolation.rs.
        let Some(path) = house.address(&route.path, CHV).await else {
            continue;
        };
        let role = permission(route)
            .and_then(super::holder)
            .unwrap_or(Role::Auditor);
        let mut person = house.group(role).await;
        let before = fingerprint(&mut owner).await;
        let page = person.get(&path).await;
        let json = person.get_json(&path).await;
        if page.status >= 500 || json.status >= 500 {
            findings.push(format!(
                "GET {path} ({}) answered {} and, as JSON, {}",
                route.file, page.status, json.status
            ));
        }
        let after = fingerprint(&mut owner).await;
        for (was, is) in before.iter().zip(&after).filter(|(was, is)| was != is) {
            findings.push(format!(
                "GET {path} ({}) changed « {was} » into « {is} »",
                route.file
            ));
        }
    }
    none(
        findings,
        "a GET must read only: use app.read, and put what is written on the way in a job or a POST",
    );
}
