//! What hostile people send: every query, every form.

use axum::http::Method;
use vigie::accounts::roles::Role;

use crate::support::{Answer, Person};

use super::{CHV, House, fingerprint, holder, none, permission};

const QUERIES: &[&str] = &[
    "q=%27%3B+drop+table+device%3B--&sort=%27&page=%00",
    "q=%25%25%25%5C%5C&f=a%3Ais%3Ab&f=%3A%3A%3A&columns=%2C%2C%2C",
    "sort=-;select&sort=id&after=zzz&before=zzz&limit=-1&limit=99999999999999999999",
    "after=eyJ4IjoxfQ&cursor=AAAA&list=%3F%3F%3F%26sort%3D%27",
    "o.name=is&v.name=%27%22%3E%3Cscript%3E&w.name=&o.=&v.=1&all=1",
    "format=exe",
    "q=%F0%9F%92%A9%E2%80%AE%EF%BB%BF&kind=%27&code=%5D%5B%7D%7B&before=2026-99-99T00%3A00~x",
    "%ff%fe=%ff&=&&&a",
];

/// The address of a route as its own people know it, and somebody of the group who holds its right.
async fn known(
    house: &House,
    route: &vigie::platform::web::routes::Route,
) -> Option<(String, Role)> {
    let role = match permission(route) {
        Some(name) => holder(name)?,
        None => Role::Auditor,
    };
    Some((house.address(&route.path, CHV).await?, role))
}

#[tokio::test]
async fn no_query_breaks_a_page() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut findings = vec![];
    for route in house.routes().iter().filter(|r| r.method == Method::GET) {
        let Some((path, role)) = known(&house, route).await else {
            continue;
        };
        let mut person = house.group(role).await;
        for query in QUERIES {
            let answer = person.get(&format!("{path}?{query}")).await;
            if answer.status >= 500 {
                findings.push(format!(
                    "GET {path}?{query} ({}) answered {}",
                    route.file, answer.status
                ));
            }
        }
    }
    none(
        findings,
        "whatever the query, a page answers or says what is wrong",
    );
    assert_eq!(before, fingerprint(&mut house.world.owner().await).await);
}

/// Sends a file as another site would: with the cookie, without the secret.
async fn upload_without_secret(person: &mut Person, path: &str) -> Answer {
    let body = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\na;b\r\n--edge--\r\n";
    let request = axum::http::Request::post(path)
        .header(
            "cookie",
            format!("vigie_session={}", person.session().unwrap_or_default()),
        )
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(body.into())
        .unwrap();
    person.send(request).await
}

#[tokio::test]
async fn a_form_without_its_secret_writes_nothing() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut findings = vec![];
    for route in house.routes().iter().filter(|r| r.method != Method::GET) {
        let Some((path, role)) = known(&house, route).await else {
            continue;
        };
        let path = match route.method {
            Method::POST => path,
            ref other => format!("{path}?_method={}", other.as_str().to_lowercase()),
        };
        let mut person = house.group(role).await;
        for fields in [&[][..], &[("_csrf", "a-guess")][..]] {
            let mut answer = person.post_bare(&path, fields).await;
            if answer.status == 400 && answer.text.contains("illisible") {
                answer = upload_without_secret(&mut person, &path).await;
            }
            if answer.status != 403 {
                findings.push(format!(
                    "{} {path} ({}) answered {} without its secret",
                    route.method, route.file, answer.status
                ));
            }
        }
    }
    none(
        findings,
        "read the body by Form<T> or Upload<T>, which check the secret first",
    );
    assert_eq!(
        before,
        fingerprint(&mut house.world.owner().await).await,
        "a form without its secret wrote something"
    );
}

#[tokio::test]
async fn a_field_nobody_asked_for_is_refused() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut findings = vec![];
    for route in house.routes().iter().filter(|r| r.method != Method::GET) {
        let Some((path, role)) = known(&house, route).await else {
            continue;
        };
        let path = match route.method {
            Method::POST => path,
            ref other => format!("{path}?_method={}", other.as_str().to_lowercase()),
        };
        let mut person = house.group(role).await;
        let mass = [("is_administrator", "true"), ("granted_by", "x")];
        let mut answer = person.post(&path, &mass).await;
        if answer.status == 400 && answer.text.contains("illisible") {
            answer = person
                .upload(&path, &mass, ("file", "x.csv", b"a\n1\n"))
                .await;
        }
        if answer.status != 422 {
            findings.push(format!(
                "{} {path} ({}) answered {} to an unknown field",
                route.method, route.file, answer.status
            ));
        }
    }
    none(
        findings,
        "put #[serde(default, deny_unknown_fields)] on the form's struct",
    );
    assert_eq!(before, fingerprint(&mut house.world.owner().await).await);
}

#[tokio::test]
async fn a_get_is_never_another_method() {
    let house = House::new().await;
    let before = fingerprint(&mut house.world.owner().await).await;
    let mut engineer = house.group(Role::BiomedicalEngineer).await;
    for method in ["delete", "patch", "post"] {
        for route in house.routes().iter().filter(|r| r.method == Method::DELETE) {
            if let Some(path) = house.address(&route.path, CHV).await {
                let answer = engineer.get(&format!("{path}?_method={method}")).await;
                assert!(answer.status < 500, "{path}");
            }
        }
    }
    assert_eq!(before, fingerprint(&mut house.world.owner().await).await);
}
