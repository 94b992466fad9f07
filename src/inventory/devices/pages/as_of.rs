//! A device as it was at the end of a day, beside what it is now; the same as a file.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use chrono::NaiveDate;
use serde::Deserialize;

use super::head::Head;
use super::sections::{Section, sections};
use super::show::Line;
use crate::accounts::access::{Permit, Scope};
use crate::accounts::actions::{Action, ExportLists, SeeDevices};
use crate::app::App;
use crate::audit::reads::{Kind, Note};
use crate::inventory::devices::queries::Interface;
use crate::inventory::devices::{Device, DeviceId, queries, reaches, record, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, clock, date};
use crate::platform::pdf;
use crate::platform::sheet::{CsvWriter, Value};
use crate::platform::web::{Page, View, check, filters};
use crate::shell::lists::Listed;

/// Which day, and as what.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    on: String,
    format: String,
}

/// One fact, then and now.
#[derive(Clone, Debug, serde::Serialize)]
struct Compared {
    section: &'static str,
    label: &'static str,
    then: String,
    now: String,
    changed: bool,
}

#[derive(Template)]
#[template(path = "inventory/devices/as_of.html")]
struct DeviceAsOf {
    head: Head,
    day: NaiveDate,
    said: String,
    existed: bool,
    lines: Vec<Compared>,
    changed: usize,
    timeline: Vec<Line>,
    may_export: bool,
    problem: String,
}

impl DeviceAsOf {
    fn verdict(&self) -> String {
        format!(
            "État au {}, à la fin de la journée : la fiche telle qu’elle était alors, et non telle qu’elle est.",
            self.said
        )
    }

    fn not_yet(&self) -> String {
        format!(
            "État au {} : cet équipement n’était pas encore inscrit à l’inventaire.",
            self.said
        )
    }
}

impl View for DeviceAsOf {
    fn title(&self) -> String {
        self.head.title(&format!("État au {}", self.said))
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("À une date")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "as_of": self.day, "existed": self.existed, "facts": self.lines, "changed_since": self.changed })
    }
}

/// What is said of a device, its state first.
fn told(
    device: &Device,
    interfaces: &[Interface],
    day: NaiveDate,
    whole: bool,
) -> Vec<(&'static str, &'static str, String)> {
    let mut facts = vec![("Cycle de vie", "État", device.state.label().to_owned())];
    let all: Vec<Section> = sections(device, interfaces, day, whole);
    for section in all {
        for fact in section.facts {
            facts.push((section.title, fact.label, fact.value));
        }
    }
    facts
}

/// `GET /inventory/devices/{id}/as-of`
pub async fn as_of(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
    Query(asked): Query<Asked>,
) -> Result<Listed> {
    let mut read = app.read(&permit).await?;
    // Rights are those of today, over where the device stands today.
    let present = record::find(&mut read, permit.sees(), id).await?;
    let zone = standing::zone(&present);
    let today = standing::local_day(&present, app.clock().now());
    let weighed = standing::of(&mut read, &present, today).await?;
    let head = Head::of(&app, permit.caller(), &present, &weighed, "");
    let interfaces = queries::interfaces(&mut read, id).await?;
    drop(read);
    let mut errors = FieldErrors::default();
    let typed = check::maybe_day(&mut errors, "on", &asked.on);
    if typed.is_some_and(|day| day > today) {
        errors.add("on", "Cette date n’est pas encore passée.");
    }
    let problem = errors.of("on").unwrap_or_default();
    let day = typed.filter(|day| *day <= today).unwrap_or(today);
    let moment = clock::end_of_day(day, zone);
    let mut past = app.read_as_of(&permit, moment).await?;
    let alone = Scope {
        devices: vec![id.uuid()],
        ..Scope::default()
    };
    let then = match record::find(&mut past, &alone, id).await {
        Ok(then) => Some(then),
        Err(Error::NotFound) => None,
        Err(error) => return Err(error),
    };
    let whole = permit
        .sees()
        .establishments
        .contains(&present.establishment_id.uuid());
    let mut lines = vec![];
    if let Some(then) = &then {
        let interfaces_then = queries::interfaces(&mut past, id).await?;
        let before = told(then, &interfaces_then, day, whole);
        let after = told(&present, &interfaces, today, whole);
        for (section, label, value) in before {
            let now = after
                .iter()
                .find(|(s, l, _)| *s == section && *l == label)
                .map(|(.., v)| v.clone())
                .unwrap_or_default();
            lines.push(Compared {
                changed: now != value,
                section,
                label,
                then: value,
                now,
            });
        }
    }
    let timeline = queries::timeline(&mut past, id, 500)
        .await?
        .into_iter()
        .filter(|h| h.at < moment)
        .map(|h| Line::of(h, zone))
        .collect();
    drop(past);
    let page = DeviceAsOf {
        changed: lines.iter().filter(|l| l.changed).count(),
        said: date::short(day),
        existed: then.is_some(),
        head,
        day,
        lines,
        timeline,
        may_export: reaches(permit.caller(), ExportLists::NAME, &present),
        problem,
    };
    if asked.format.is_empty() {
        return Ok(Listed::Page(Page::of(page)));
    }
    file(&app, &permit, &asked, &present, page).await
}

/// The page as a file, once its reading is written down.
async fn file(
    app: &App,
    permit: &Permit<SeeDevices>,
    asked: &Asked,
    device: &Device,
    page: DeviceAsOf,
) -> Result<Listed> {
    Permit::<ExportLists>::ask(permit.caller().clone())?.over(device)?;
    if !matches!(asked.format.as_str(), "csv" | "pdf") {
        return Err(Error::BadRequest("le format est csv ou pdf".into()));
    }
    let note = Note {
        kind: Kind::Export,
        what: format!(
            "{}, état au {}, {}",
            device.inventory_number,
            page.said,
            asked.format.to_uppercase()
        ),
        address: format!(
            "{}/as-of?on={}&format={}",
            device.url(),
            page.day,
            asked.format
        ),
        establishment: Some(device.establishment_id),
    };
    drop(app.read_logged(permit, note).await?);
    let name = format!(
        "{}-etat-au-{}.{}",
        device.inventory_number, page.day, asked.format
    );
    if asked.format == "pdf" {
        let made = pdf::make(pdf::Print {
            source: include_str!("../../../../templates/inventory/devices/as_of.typ"),
            data: serde_json::json!({
                "title": format!("{} · {} : état au {}", device.inventory_number, device.name(), page.said),
                "existed": page.existed,
                "foot": format!("État au {}, à la fin de la journée, imprimé par {} le {}.", page.said, permit.caller().name, date::instant(app.clock().now(), standing::zone(device))),
                "lines": page.lines.iter().map(|l| vec![l.section.to_owned(), l.label.to_owned(), or_unknown(&l.then), if l.changed { or_unknown(&l.now) } else { String::new() }]).collect::<Vec<_>>(),
            }),
            at: app.clock().now(),
            zone: standing::zone(device),
            standard: pdf::Standard::Archive,
        })
        .await?;
        return Ok(Listed::File(pdf::answer(made, &name)));
    }
    let mut bytes = Vec::new();
    let then = format!("Au {}", page.said);
    let mut sheet = CsvWriter::new(
        &mut bytes,
        &["Rubrique", "Donnée", then.as_str(), "Aujourd’hui"],
    )
    .map_err(Error::internal)?;
    for line in page.lines {
        sheet
            .row(&[
                Value::Text(line.section.to_owned()),
                Value::Text(line.label.to_owned()),
                Value::Text(line.then),
                Value::Text(line.now),
            ])
            .map_err(Error::internal)?;
    }
    sheet.finish().map_err(Error::internal)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '-'
            }
        })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(Listed::File(response))
}

fn or_unknown(value: &str) -> String {
    if value.is_empty() {
        "inconnu".to_owned()
    } else {
        value.to_owned()
    }
}
