//! The JSON face against its description: every route is in the OpenAPI document, every answer is
//! what the document says, and nothing that the document allows to send breaks the service.

use std::collections::BTreeSet;

use axum::http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use vigie::accounts::roles::Role;
use vigie::platform::web::routes::Route;
use vigie::platform::web::told::Answers;

use crate::support::Answer;

use super::{CHV, House, holder, none, permission};

/// What in `value` is not what `schema` says. A field that is not described is a finding.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/components/schemas/");
        let found = &document["components"]["schemas"][name];
        if found.is_null() {
            return vec![format!("{at}: the schema {name} is not in the document")];
        }
        return misfits(document, found, value, at);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(ways) = schema[key].as_array() {
            let mut best: Option<Vec<String>> = None;
            for way in ways {
                let found = misfits(document, way, value, at);
                if best.as_ref().is_none_or(|b| found.len() < b.len()) {
                    best = Some(found);
                }
            }
            return best.unwrap_or_default();
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all
            .iter()
            .flat_map(|one| misfits(document, one, value, at))
            .collect();
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return vec![format!("{at}: {value} is not among {values:?}")];
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if !allowed.is_empty()
        && !allowed
            .iter()
            .any(|a| *a == kind || (*a == "number" && kind == "integer"))
    {
        return vec![format!("{at}: {kind} where {allowed:?} is said: {value}")];
    }
    match value {
        Value::Object(fields) => {
            let mut found = vec![];
            if let Some(known) = schema["properties"].as_object() {
                for (name, field) in fields {
                    match known.get(name) {
                        Some(said) => {
                            found.extend(misfits(document, said, field, &format!("{at}.{name}")));
                        }
                        None if schema["additionalProperties"].is_object() => {}
                        None => found.push(format!("{at}.{name} is not in the document")),
                    }
                }
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                if !fields.contains_key(name.as_str().unwrap()) {
                    found.push(format!("{at}.{name} is required and absent"));
                }
            }
            found
        }
        Value::Array(items) => {
            let prefix = schema["prefixItems"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            items
                .iter()
                .enumerate()
                .flat_map(|(n, item)| {
                    let said = prefix.get(n).unwrap_or(&schema["items"]);
                    if said.is_object() {
                        misfits(document, said, item, &format!("{at}[{n}]"))
                    } else {
                        vec![]
                    }
                })
                .collect()
        }
        _ => vec![],
    }
}

/// What in an answer is not what the document says of it.
fn surprises(document: &Value, operation: &Value, answer: &Answer) -> Vec<String> {
    let status = answer.status.to_string();
    if answer.status >= 500 {
        return vec![format!("answered {status}: {}", answer.text)];
    }
    let kind = answer
        .headers
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    if answer.status >= 400 {
        if kind != "application/problem+json" {
            return vec![format!("answered {status} as {kind}")];
        }
        let body = answer.json();
        let mut found = misfits(
            document,
            &json!({ "$ref": "#/components/schemas/Problem" }),
            &body,
            "problem",
        );
        if body["status"] != answer.status {
            found.push(format!("the problem says {} in a {status}", body["status"]));
        }
        return found;
    }
    if answer.status == 303 {
        // Leads elsewhere: a label to its device, an identifier sought to what bears it.
        return vec![];
    }
    let said = &operation["responses"][&status];
    if said.is_null() {
        return vec![format!("answered {status}, which is not in the document")];
    }
    if answer.status == 204 {
        return if answer.bytes.is_empty() {
            vec![]
        } else {
            vec!["204 with a body".into()]
        };
    }
    match said["content"].get("application/json") {
        Some(content) if kind == "application/json" => {
            misfits(document, &content["schema"], &answer.json(), "answer")
        }
        Some(_) if kind.starts_with("text/csv") || kind.contains("spreadsheet") => vec![],
        Some(_) => vec![format!("answered {kind}")],
        None => vec![],
    }
}

fn operation<'d>(document: &'d Value, route: &Route) -> &'d Value {
    &document["paths"][&route.path][route.method.as_str().to_lowercase()]
}

async fn document(house: &House) -> Value {
    let mut person = house.group(Role::Technician).await;
    person.get_json("/openapi.json").await.is(200).json()
}

#[tokio::test]
async fn every_route_is_in_the_document_and_says_what_it_answers() {
    let house = House::new().await;
    let document = document(&house).await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut findings = vec![];
    let mut ids = BTreeSet::new();
    let mut described = 0;
    for route in house.routes() {
        let operation = operation(&document, &route);
        if operation.is_null() {
            findings.push(format!("{} {} is not there", route.method, route.path));
            continue;
        }
        described += 1;
        if !ids.insert(operation["operationId"].as_str().unwrap().to_owned()) {
            findings.push(format!("{} is there twice", operation["operationId"]));
        }
        if route.method == Method::GET && matches!(route.answers, Answers::Unsaid) {
            findings.push(format!(
                "GET {} ({}): say what it answers, after it: .answers::<api::XResource>(), .lists(&SPEC), .choices() or .gives_a_file()",
                route.path, route.file
            ));
        }
        let wanted = route.path.matches('{').count();
        let told = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["in"] == "path")
            .count();
        if wanted != told {
            findings.push(format!("{}: {told} parameters of {wanted}", route.path));
        }
        if route.method != Method::GET && operation["requestBody"].is_null() {
            findings.push(format!(
                "{} {}: no body is described",
                route.method, route.path
            ));
        }
    }
    let paths: usize = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .map(|p| p.as_object().unwrap().len())
        .sum();
    assert_eq!(paths, described, "the document names what is no route");
    none(findings, "the OpenAPI document is not whole");
}

#[tokio::test]
async fn people_read_the_same_list_of_routes_on_a_page() {
    let house = House::new().await;
    let mut person = house.group(Role::WardUser).await;
    let page = person.get("/help/api").await.is(200);
    let rows = page.all("tbody th");
    for route in house.routes() {
        assert!(
            rows.contains(&route.path),
            "{} is not on the page",
            route.path
        );
    }
    assert_eq!(rows.len(), house.routes().len());
    house
        .world
        .visitor()
        .get_json("/openapi.json")
        .await
        .is(401);
}

#[tokio::test]
async fn each_page_answers_to_programs_what_the_document_says() {
    let house = House::new().await;
    let document = document(&house).await;
    let (mut findings, mut read) = (vec![], 0);
    for route in house.routes().iter().filter(|r| r.method == Method::GET) {
        let Some(path) = house.address(&route.path, CHV).await else {
            continue;
        };
        let role = permission(route).and_then(holder).unwrap_or(Role::Auditor);
        let mut person = house.group(role).await;
        let suffixes: &[&str] = match route.answers {
            Answers::List(_) => &["", "?cols=all", "?per=25&q=e"],
            _ => &[""],
        };
        for suffix in suffixes {
            let answer = person.get_json(&format!("{path}{suffix}")).await;
            read += usize::from(answer.status == 200);
            for surprise in surprises(&document, operation(&document, route), &answer) {
                findings.push(format!("GET {path}{suffix} ({}): {surprise}", route.file));
            }
        }
    }
    assert!(read > 60, "{read} pages read only");
    none(
        findings,
        "what programs read must be in the structs that the route says it answers",
    );
}

/// A call that the document allows: the parameters of the path, the query, the body.
#[derive(Clone, Debug)]
struct Call {
    /// The known object, or any text in its place.
    places: Vec<Option<String>>,
    query: Vec<(String, String)>,
    body: Map<String, Value>,
}

/// Texts that forms meet: anything, and what looks like what they want.
fn text(known: Vec<String>) -> impl Strategy<Value = String> + Clone {
    let near = prop::sample::select(vec![
        "",
        " ",
        "1",
        "-1",
        "0",
        "99999999999999999999",
        "2026-02-31",
        "31/12/2026",
        "2026-03-01",
        "true",
        "oui",
        "NaN",
        "1e400",
        "é̀",
        "\u{202e}",
        "'; drop table device; --",
        "<svg onload=x>",
        "../../etc/passwd",
        "%00",
        "=1+1",
        "null",
        "a@b.fr",
        "https://exemple.fr",
        "javascript:alert(1)",
    ])
    .prop_map(str::to_owned);
    let known = prop::sample::select(known);
    prop_oneof![2 => any::<String>(), 3 => near, 5 => known].boxed()
}

fn scalar(known: Vec<String>) -> impl Strategy<Value = Value> + Clone {
    prop_oneof![
        8 => text(known).prop_map(Value::String),
        1 => any::<i64>().prop_map(|n| json!(n)),
        1 => any::<f64>().prop_map(|n| json!(n)),
        1 => any::<bool>().prop_map(|b| json!(b)),
        1 => Just(Value::Null),
    ]
    .boxed()
}

fn call(operation: &Value, known: &[String]) -> BoxedStrategy<Call> {
    let parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let places = parameters.iter().filter(|p| p["in"] == "path").count();
    let queries: Vec<String> = parameters
        .iter()
        .filter(|p| p["in"] == "query" && p["name"] != "columns")
        .map(|p| p["name"].as_str().unwrap().to_owned())
        .collect();
    let content = &operation["requestBody"]["content"];
    let schema = content
        .get("application/json")
        .or_else(|| content.get("multipart/form-data"))
        .map(|c| c["schema"]["properties"].clone())
        .unwrap_or_default();
    let fields: Vec<BoxedStrategy<Option<(String, Value)>>> = schema
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, said)| {
            let name = name.clone();
            let value = if said.get("anyOf").is_some() {
                prop_oneof![
                    prop::collection::vec(scalar(known.to_vec()), 0..3).prop_map(Value::Array),
                    scalar(known.to_vec()),
                ]
                .boxed()
            } else {
                scalar(known.to_vec()).boxed()
            };
            prop::option::weighted(0.8, value.prop_map(move |value| (name.clone(), value))).boxed()
        })
        .collect();
    let place = prop::option::weighted(0.15, text(known.to_vec()));
    let query: Vec<_> = queries
        .into_iter()
        .map(|name| {
            prop::option::weighted(
                0.3,
                text(known.to_vec()).prop_map(move |v| (name.clone(), v)),
            )
        })
        .collect();
    (prop::collection::vec(place, places), query, fields)
        .prop_map(|(places, query, fields)| Call {
            places,
            query: query.into_iter().flatten().collect(),
            body: fields.into_iter().flatten().collect(),
        })
        .boxed()
}

/// Every code and id that a caller may have read.
async fn known(house: &House, document: &Value) -> Vec<String> {
    fn codes(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if name == "enum" || name == "examples" {
                        let values = value.as_array().into_iter().flatten();
                        found.extend(values.filter_map(Value::as_str).map(str::to_owned));
                    } else {
                        codes(value, found);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| codes(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    codes(&document["components"]["schemas"], &mut found);
    found.extend(Role::ALL.iter().map(|role| role.code().to_owned()));
    let ids: Vec<String> = sqlx::query_scalar(
        "select id::text from establishment union all select id::text from unit union all select id::text from device
         union all select id::text from organisation union all select id::text from device_model union all select id::text from account",
    )
    .fetch_all(&mut house.world.owner().await)
    .await
    .unwrap();
    found.extend(ids);
    found.into_iter().collect()
}

#[allow(clippy::disallowed_methods, reason = "a setting of who runs the tests")]
fn cases() -> u32 {
    std::env::var("VIGIE_API_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(6)
}

/// Calls each route with what the document allows, drawn at random (the same draw each run), until
/// one breaks; the smallest call that does is told. `VIGIE_API_CASES` says how many calls a route.
#[test]
fn no_call_the_document_allows_breaks_the_service_or_answers_what_it_does_not_say() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let house = runtime.block_on(House::new());
    let document = runtime.block_on(document(&house));
    let known = runtime.block_on(known(&house, &document));
    assert!(known.len() > 50);
    let (mut findings, accepted) = (vec![], std::cell::Cell::new(0u32));
    for route in house.routes() {
        let operation = operation(&document, &route);
        let role = permission(&route).and_then(holder).unwrap_or(Role::Auditor);
        let Some(address) = runtime.block_on(house.address(&route.path, CHV)) else {
            continue;
        };
        let config = Config {
            cases: cases(),
            failure_persistence: None,
            max_shrink_iters: 60,
            ..Config::default()
        };
        let mut runner =
            TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let result = runner.run(&call(operation, &known), |call| {
            let answer = runtime.block_on(async {
                let mut person = house.group(role).await;
                send(&mut person, &route, &address, &call).await
            });
            accepted.set(accepted.get() + u32::from(answer.status < 300));
            let surprises = surprises(&document, operation, &answer);
            if surprises.is_empty() {
                Ok(())
            } else {
                Err(TestCaseError::fail(surprises.join(" | ")))
            }
        });
        if let Err(error) = result {
            findings.push(format!(
                "{} {} ({}): {error}",
                route.method, route.path, route.file
            ));
        }
    }
    none(findings, "a call of the document breaks the service");
    assert!(
        accepted.get() > 100,
        "{} calls were accepted: too few to prove anything",
        accepted.get()
    );
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn send(
    person: &mut crate::support::Person,
    route: &Route,
    address: &str,
    call: &Call,
) -> Answer {
    // The sample's own parts, but for those drawn in their place.
    let mut places = call.places.iter();
    let mut parts: Vec<String> = vec![];
    for (said, part) in route.path.split('/').zip(address.split('/')) {
        match said.starts_with('{').then(|| places.next()).flatten() {
            Some(Some(drawn)) if !drawn.is_empty() => parts.push(encoded(drawn)),
            _ => parts.push(part.to_owned()),
        }
    }
    let mut path = parts.join("/");
    if !call.query.is_empty() {
        let pairs: Vec<String> = call
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        path = format!("{path}?{}", pairs.join("&"));
    }
    if route.method == Method::GET {
        return person.get_json(&path).await;
    }
    let upload = matches!(
        route.taken.body,
        Some((vigie::platform::web::told::BodyKind::Upload, _))
    );
    if !upload {
        let body = Value::Object(call.body.clone());
        return person.send_json(route.method.clone(), &path, body).await;
    }
    let texts: Vec<(String, String)> = call
        .body
        .iter()
        .filter(|(name, _)| *name != "file")
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    let fields: Vec<(&str, &str)> = texts
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let content = call
        .body
        .get("file")
        .map(Value::to_string)
        .unwrap_or_default();
    person
        .upload_json(&path, &fields, ("file", "envoi.csv", content.as_bytes()))
        .await
}
