//! The results page, and the suggestions that choices and filters ask for while one types.

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::api::{FoundResource, GroupResource, HitResource};
use super::model::{Kind, Typed, scanned};
use super::queries::{self, Hit, Reach, UdiAsked};
use crate::accounts::access::{Permit, Scope};
use crate::accounts::actions::{Action, Search, SeeCatalogue, SeeSites};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result};
use crate::platform::db::Read;
use crate::platform::db::list::{address, encode};
use crate::platform::web::context::Face;
use crate::platform::web::reply::Frame;
use crate::platform::web::{Context, Page, View, filters};
use crate::shell::layer::see_other;
use crate::shell::suggestions::SuggestionsResource;

/// Shown of each kind.
const EACH: i64 = 10;
/// Suggestions given at once.
const SUGGESTED: i64 = 20;

/// The value of a parameter; whatever the address says, there is an answer.
fn parameter(raw: Option<&str>, key: &str) -> String {
    let pairs: Vec<(String, String)> =
        serde_html_form::from_str(raw.unwrap_or_default()).unwrap_or_default();
    pairs
        .into_iter()
        .find(|(known, _)| known == key)
        .map(|(_, value)| value)
        .unwrap_or_default()
}

/// One line of the results.
struct Found {
    href: String,
    title: String,
    subtitle: String,
}

/// The results of one kind.
struct Group {
    kind: Kind,
    hits: Vec<Found>,
    of: i64,
    bounded: bool,
    all: Option<String>,
}

impl Group {
    fn heading(&self) -> &'static str {
        self.kind.heading()
    }
    fn more(&self) -> bool {
        self.bounded || self.of > self.hits.len() as i64
    }
    /// « 12 », « plus de 100 »
    fn count(&self) -> String {
        let more = if self.bounded { "plus de " } else { "" };
        format!("{more}{}", self.of)
    }
}

#[derive(Template)]
#[template(path = "search/index.html")]
struct SearchIndex {
    typed: String,
    short: bool,
    udi: Option<String>,
    groups: Vec<Group>,
}

impl SearchIndex {
    fn summary(&self) -> String {
        let count: i64 = self.groups.iter().map(|group| group.of).sum();
        let more = if self.groups.iter().any(|group| group.bounded) {
            "Plus de "
        } else {
            ""
        };
        match count {
            _ if self.typed.is_empty() => String::new(),
            0 => format!("Rien pour « {} »", self.typed),
            1 => format!("Une réponse pour « {} »", self.typed),
            count => format!("{more}{count} réponses pour « {} »", self.typed),
        }
    }
}

impl View for SearchIndex {
    fn title(&self) -> String {
        if self.typed.is_empty() {
            "Recherche".into()
        } else {
            format!("Recherche : {}", self.typed)
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Recherche")]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(FoundResource {
            query: self.typed.clone(),
            udi: self.udi.clone(),
            groups: self
                .groups
                .iter()
                .map(|group| GroupResource {
                    kind: group.kind.code(),
                    count: group.of,
                    exact: !group.bounded,
                    hits: group
                        .hits
                        .iter()
                        .map(|hit| HitResource {
                            href: hit.href.clone(),
                            title: hit.title.clone(),
                            subtitle: hit.subtitle.clone(),
                        })
                        .collect(),
                })
                .collect(),
        })
    }
}

fn grouped(hits: Vec<Hit>, text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for hit in hits {
        let place = match groups.iter().position(|group| group.kind == hit.kind) {
            Some(place) => place,
            None => {
                // Lists of these kinds search the same words in the same table.
                let all = matches!(hit.kind, Kind::Device | Kind::Model)
                    .then(|| address(hit.kind.path(), &format!("q={}", encode(text))));
                groups.push(Group {
                    kind: hit.kind,
                    hits: Vec::new(),
                    of: hit.of,
                    bounded: hit.bounded,
                    all,
                });
                groups.len() - 1
            }
        };
        groups[place].hits.push(Found {
            href: format!("{}/{}", hit.kind.path(), hit.id),
            title: hit.title,
            subtitle: hit.subtitle,
        });
    }
    groups
}

/// What a UDI leads to.
enum Scanned {
    Device(Uuid),
    Model(Uuid),
    Several(&'static str),
}

async fn follow(read: &mut Read, permit: &Permit<Search>, asked: &UdiAsked) -> Result<Scanned> {
    let devices = queries::devices_with_udi(read, permit.sees(), asked).await?;
    if let [only] = devices.as_slice() {
        return Ok(Scanned::Device(*only));
    }
    if devices.len() > 1 {
        return Ok(Scanned::Several(
            "Cet IUD désigne plusieurs équipements : précisez par le numéro de série ou d’inventaire.",
        ));
    }
    let model = match permit.caller().holds(SeeCatalogue::NAME) {
        true => queries::maybe_model_with_di(read, &asked.dis).await?,
        false => None,
    };
    Ok(match model {
        // No serial was asked for: the model is the answer, not a device that is missing.
        Some(model) if asked.serial.is_none() && asked.lot.is_none() => Scanned::Model(model),
        Some(_) => Scanned::Several(
            "Le modèle de cet IUD est au catalogue, mais aucun équipement que vous voyez n’a ce numéro de série.",
        ),
        None => Scanned::Several(
            "Cet IUD est bien formé, mais ni équipement ni modèle que vous voyez ne le porte.",
        ),
    })
}

/// The box: opens what is named exactly, else shows what matches, by kind.
pub async fn index(
    State(app): State<App>,
    permit: Permit<Search>,
    RawQuery(raw): RawQuery,
    Extension(context): Extension<Context>,
) -> Result<Response> {
    let typed = Typed::new(&parameter(raw.as_deref(), "q"));
    let mut read = app.read(&permit).await?;
    let opens = |path: &str, id: Uuid| see_other(&format!("{path}/{id}"));
    let (mut udi, mut dis) = (None, Vec::new());
    // Programs ask for the results; people want the thing.
    if let Some(asked) = scanned(&typed.raw, context.now.date_naive()) {
        match follow(&mut read, &permit, &asked).await? {
            Scanned::Device(id) if context.face == Face::Html => {
                return Ok(opens(Kind::Device.path(), id));
            }
            Scanned::Model(id) if context.face == Face::Html => {
                return Ok(opens(Kind::Model.path(), id));
            }
            Scanned::Several(sentence) => udi = Some(sentence.to_owned()),
            _ => {}
        }
        dis = asked.dis;
    } else if context.face == Face::Html
        && !typed.is_short()
        && let Some(id) = queries::maybe_device_coded(&mut read, permit.sees(), &typed.text).await?
    {
        return Ok(opens(Kind::Device.path(), id));
    }
    let reach = Reach::of(permit.caller());
    // Nothing bears the whole of a UDI: its model's other devices are found by the DI inside it.
    let words = match dis.first() {
        Some(di) => Typed::new(di),
        None => typed.clone(),
    };
    let hits = match words.is_short() {
        true => Vec::new(),
        false => queries::best(&mut read, &reach, &words, EACH).await?,
    };
    Ok(Page::of(SearchIndex {
        groups: grouped(hits, &words.text),
        short: typed.is_short(),
        typed: typed.text,
        udi,
    })
    .into_response())
}

/// A suggestion.
struct Suggestion {
    value: Uuid,
    label: String,
    hint: String,
}

#[derive(Template)]
#[template(path = "search/suggestions.html")]
struct Suggestions {
    items: Vec<Suggestion>,
}

impl View for Suggestions {
    fn title(&self) -> String {
        "Propositions".into()
    }

    fn frame(&self) -> Frame {
        Frame::Part
    }

    fn resource(&self) -> serde_json::Value {
        SuggestionsResource::of(
            self.items
                .iter()
                .map(|item| (item.value, item.label.clone(), Some(item.hint.clone()))),
        )
    }
}

/// At most twenty of one kind, within what the caller may see of it.
pub async fn suggestions(
    State(app): State<App>,
    permit: Permit<Search>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let (kind, q) = (
        parameter(raw.as_deref(), "kind"),
        parameter(raw.as_deref(), "q"),
    );
    let typed = Typed::new(&q);
    let mut read = app.read(&permit).await?;
    let items = match Kind::from_code(&kind) {
        Some(kind) => {
            let reach = Reach::of(permit.caller()).only(&[kind]);
            let hits = match typed.words.is_empty() {
                true => queries::first(&mut read, &reach, SUGGESTED).await?,
                false => queries::best(&mut read, &reach, &typed, SUGGESTED).await?,
            };
            hits.into_iter()
                .map(|hit| Suggestion {
                    value: hit.id,
                    label: hit.title,
                    hint: hit.subtitle,
                })
                .collect()
        }
        None => {
            let scope = few(&permit, &kind)?;
            let found = queries::choices(&mut read, &scope, &kind, &typed.text, SUGGESTED).await?;
            found
                .into_iter()
                .map(|choice| Suggestion {
                    value: choice.id,
                    label: choice.label,
                    hint: choice.hint,
                })
                .collect()
        }
    };
    Ok(Page::of(Suggestions { items }))
}

/// Where choices of a kind that is no search entry may be seen.
fn few(permit: &Permit<Search>, kind: &str) -> Result<Scope> {
    let caller = permit.caller();
    let permission = match kind {
        "establishment" | "site" | "department" => SeeSites::NAME,
        "nomenclature" => SeeCatalogue::NAME,
        _ => {
            return Err(Error::BadRequest(
                "le genre de proposition demandé n’existe pas".into(),
            ));
        }
    };
    if !caller.holds(permission) {
        return Err(Error::NotFound);
    }
    Ok(caller.scope(permission))
}
