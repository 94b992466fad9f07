//! The description of the JSON face, as OpenAPI 3.1 (`/openapi.json`) and as people read it
//! (`/help/api`): paths, rights and bodies from the routes themselves, schemas from the structs that
//! are answered. `tests/it/house/api.rs` calls every route with what the document says.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::accounts::access::Permit;
use crate::accounts::actions::{self, UseVigie};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::platform::db::list::{self, ListSpec};
use crate::platform::web::routes::{Access, Route};
use crate::platform::web::told::{Answers, BodyKind, Field, Schemas, schema_of};
use crate::platform::web::{Page, Routes, View, filters};

/// What is answered to a write whose result has no address of its own to be read at.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Done {
    /// Where to go next.
    pub url: String,
    /// What was done, in French.
    pub message: String,
}

/// An error, as RFC 9457 tells it. A 4xx means that nothing was written.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says what kind it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What happened, in French.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What it means and what to do.
    pub detail: String,
    /// To quote when asking for help; also in `x-request-id`.
    pub request_id: String,
    /// With 422: the messages of each field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<std::collections::BTreeMap<String, Vec<String>>>,
    /// With 409: the rule that refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

fn operation_id(route: &Route) -> String {
    let path: Vec<&str> = route
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| part.trim_matches(|c| c == '{' || c == '}'))
        .collect();
    format!(
        "{}_{}",
        route.method.as_str().to_lowercase(),
        if path.is_empty() {
            "home".to_owned()
        } else {
            path.join("_")
        }
    )
}

/// The first two segments: the domain and its resource.
fn tag(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && !part.starts_with('{'))
        .take(2)
        .collect();
    if parts.is_empty() {
        "home".to_owned()
    } else {
        parts.join("/")
    }
}

fn right(access: Access) -> &'static str {
    match access {
        Access::Permission(name) => actions::label(name),
        Access::Public(_) => "Ouvert à tous",
    }
}

/// JSON scalars are read as the text a person would have typed.
fn typed(field: Field) -> Value {
    let scalar = json!({ "type": ["string", "number", "boolean", "null"] });
    if field.many {
        json!({ "anyOf": [{ "type": "array", "items": scalar }, scalar] })
    } else {
        scalar
    }
}

fn body(kind: BodyKind, fields: &[Field]) -> Value {
    let mut properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.to_owned(), typed(*field)))
        .collect();
    match kind {
        BodyKind::Form => {
            let schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
            json!({ "content": {
                "application/json": { "schema": schema },
                "application/x-www-form-urlencoded": { "schema": schema },
            }})
        }
        BodyKind::Upload => {
            properties.insert(
                "file".to_owned(),
                json!({ "type": "string", "format": "binary" }),
            );
            let schema = json!({ "type": "object", "properties": properties });
            json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } })
        }
    }
}

fn parameter(name: &str, place: &str, about: &str) -> Value {
    json!({ "name": name, "in": place, "required": place == "path", "description": about, "schema": { "type": "string" } })
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut found: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| parameter(name, "path", ""))
        .collect();
    if let Answers::List(spec) = route.answers {
        found.extend(
            list::PARAMETERS
                .iter()
                .map(|(name, about)| parameter(name, "query", about)),
        );
        let columns: Vec<&str> = spec.columns.iter().map(|column| column.key).collect();
        found.push(parameter(
            "columns",
            "query",
            &format!("Colonnes : {}.", columns.join(", ")),
        ));
    }
    for field in &route.taken.query {
        found.push(parameter(field.name, "query", ""));
    }
    if route.method != Method::GET {
        found.push(parameter(
            "Idempotency-Key",
            "header",
            "La même clé, envoyée deux fois par le même compte, n’écrit qu’une fois et reçoit la même réponse.",
        ));
    }
    found
}

fn list_schema(spec: &'static ListSpec, schemas: &mut Schemas) -> Value {
    let name = format!("List_{}", spec.name);
    schemas.insert(name.clone(), list::schema(spec));
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// What a route answers; `None` for what is no JSON.
fn answer(answers: Answers, schemas: &mut Schemas) -> Option<Value> {
    match answers {
        Answers::Resource(schema) => Some(schema(schemas)),
        Answers::List(spec) => Some(list_schema(spec, schemas)),
        Answers::Choices => Some(
            json!({ "type": "object", "description": "Ce que le formulaire propose à qui le remplit." }),
        ),
        Answers::Unsaid => Some(json!({})),
        Answers::File => None,
    }
}

/// The page that a write leads to: said beside the route, else the resource it makes or changes.
pub fn result_of<'r>(route: &Route, map: &'r [Route]) -> Option<&'r Route> {
    let read = |path: &str| {
        map.iter().find(|r| {
            r.method == Method::GET && r.path == path && !matches!(r.answers, Answers::File)
        })
    };
    if let Some(said) = route.leads_to {
        return read(said);
    }
    if route.method == Method::POST {
        let child = format!("{}/{{", route.path);
        let made = map.iter().find(|r| {
            r.method == Method::GET
                && r.path
                    .strip_prefix(&child)
                    .is_some_and(|rest| rest.ends_with('}') && !rest.contains('/'))
        });
        if made.is_some() {
            return made;
        }
    }
    let mut path = route.path.as_str();
    loop {
        if let Some(found) = read(path).filter(|r| matches!(r.answers, Answers::Resource(_))) {
            return Some(found);
        }
        path = &path[..path.rfind('/').filter(|at| *at > 0)?];
    }
}

fn responses(route: &Route, map: &[Route], schemas: &mut Schemas) -> Value {
    let mut found = Map::new();
    let content = |schema: Value| json!({ "application/json": { "schema": schema } });
    match route.method {
        Method::GET => match answer(route.answers, schemas) {
            Some(schema) => {
                found.insert(
                    "200".into(),
                    json!({ "description": "La ressource.", "content": content(schema) }),
                );
            }
            None => {
                found.insert("200".into(), json!({ "description": "Le fichier.", "content": { "application/octet-stream": {} } }));
            }
        },
        Method::DELETE => {
            found.insert("204".into(), json!({ "description": "C’est fait." }));
        }
        // What is shown once: a token, an address.
        _ if matches!(route.answers, Answers::Resource(_)) => {
            let schema = answer(route.answers, schemas).unwrap_or_default();
            found.insert(
                "200".into(),
                json!({ "description": "Montré en réponse, sans adresse où le relire.", "content": content(schema) }),
            );
        }
        _ => {
            let done = schema_of::<Done>(schemas);
            let schema = match result_of(route, map).and_then(|r| answer(r.answers, schemas)) {
                Some(schema) => json!({ "anyOf": [schema, done] }),
                None => done,
            };
            let status = if route.method == Method::POST {
                "201"
            } else {
                "200"
            };
            found.insert(status.into(), json!({
                "description": "La ressource relue après l’écriture.",
                "headers": { "Location": { "description": "Où elle se lit.", "schema": { "type": "string" } } },
                "content": content(schema),
            }));
        }
    }
    found.insert("default".into(), json!({
        "description": "L’erreur, en français ; un 4xx dit que rien n’a été écrit.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    }));
    Value::Object(found)
}

/// The document.
pub fn document(map: &[Route], public_url: &str) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in map {
        let mut operation = json!({
            "operationId": operation_id(route),
            "tags": [tag(&route.path)],
            "summary": right(route.access),
            "parameters": parameters(route),
            "responses": responses(route, map, &mut schemas),
        });
        match route.access {
            Access::Permission(name) => operation["x-permission"] = name.into(),
            Access::Public(_) => operation["security"] = json!([]),
        }
        if let Some((kind, fields)) = &route.taken.body {
            operation["requestBody"] = body(*kind, fields);
        }
        let path = paths.entry(route.path.clone()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_lowercase()] = operation;
    }
    schema_of::<Problem>(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Vigie",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later" },
            "description": "Chaque adresse a deux faces : la page pour les personnes, la ressource pour les programmes qui demandent « Accept: application/json ». Les droits sont les mêmes. PATCH prend le formulaire entier, avec la version lue : un champ omis est un champ vidé. Un champ inconnu est refusé (422).",
        },
        "servers": [{ "url": public_url }],
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "Jeton créé dans « Mes jetons », en lecture seule sauf mention contraire." },
                "session": { "type": "apiKey", "in": "cookie", "name": "vigie_session", "description": "La session du navigateur ; les écritures portent alors « X-CSRF-Token »." },
            },
        },
    })
}

/// An operation as the page lists it.
struct Line {
    method: String,
    path: String,
    right: &'static str,
    fields: String,
}

/// A resource and its operations.
struct Group {
    tag: String,
    lines: Vec<Line>,
}

/// What programs may ask, for people.
#[derive(Template)]
#[template(path = "shell/api.html")]
struct ApiShow {
    groups: Vec<Group>,
    document: Value,
}

impl View for ApiShow {
    fn title(&self) -> String {
        "Interface pour les programmes".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Aide", "/help"), Crumb::here(self.title())]
    }

    fn resource(&self) -> Value {
        self.document.clone()
    }
}

async fn show(State(app): State<App>, _: Permit<UseVigie>) -> Page {
    let mut groups: Vec<Group> = Vec::new();
    let mut map: Vec<&Route> = app.map().iter().collect();
    map.sort_by(|a, b| {
        (tag(&a.path), &a.path, a.method.as_str()).cmp(&(tag(&b.path), &b.path, b.method.as_str()))
    });
    for route in map {
        let names = |fields: &[Field]| fields.iter().map(|f| f.name).collect::<Vec<_>>().join(", ");
        let fields = match (&route.taken.body, route.answers) {
            (Some((BodyKind::Form, fields)), _) => names(fields),
            (Some((BodyKind::Upload, fields)), _) => format!("file, {}", names(fields)),
            (None, Answers::List(_)) => list::PARAMETERS
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
                .join(", "),
            (None, _) => names(&route.taken.query),
        };
        let line = Line {
            method: route.method.to_string(),
            path: route.path.clone(),
            right: right(route.access),
            fields,
        };
        let tag = tag(&route.path);
        match groups.last_mut().filter(|group| group.tag == tag) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group {
                tag,
                lines: vec![line],
            }),
        }
    }
    Page::of(ApiShow {
        groups,
        document: document(app.map(), app.public_url()),
    })
}

async fn read(State(app): State<App>, _: Permit<UseVigie>) -> Json<Value> {
    Json(document(app.map(), app.public_url()))
}

/// Where the description is read.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/help/api", show)
        .choices()
        .get("/openapi.json", read)
        .choices()
}
