//! Exports of one register, of a unit's, of a family's.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::groups::MOST;
use crate::accounts::UnitId;
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, ExportLists, SeeRegister};
use crate::app::App;
use crate::audit::reads::{Kind, Note};
use crate::audit::seals::keys::{Keys, Known};
use crate::inventory::devices::{DeviceId, find};
use crate::kernel::{Error, Result};
use crate::platform::db::Read;
use crate::platform::pdf;
use crate::register::exports::{self, Cover};
use crate::register::queries::{self, Group};

/// Lines in a file, at most: more is for narrower exports.
const LINES: i64 = 100_000;

/// Lines on paper, at most: nobody reads more, and typesetting keeps a processor.
const ON_PAPER: i64 = 5_000;

/// In which form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    format: String,
}

fn file(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
                c
            } else {
                '-'
            }
        })
        .collect();
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

async fn export(
    app: &App,
    permit: &Permit<SeeRegister>,
    mut read: Read,
    title: String,
    (devices, address): (Vec<DeviceId>, String),
    asked: &Asked,
) -> Result<Response> {
    let format = match asked.format.as_str() {
        "" => "jsonl",
        known @ ("pdf" | "csv" | "jsonl") => known,
        other => {
            return Err(Error::BadRequest(format!(
                "« {other} » n’est pas un format d’export : pdf, csv ou jsonl est attendu"
            )));
        }
    };
    let ids: Vec<Uuid> = devices.iter().map(|d| d.uuid()).collect();
    let total = queries::line_total(&mut read, &ids).await?;
    if total > LINES {
        return Err(Error::refused(
            "Export du registre",
            format!(
                "{total} lignes : un fichier en porte {LINES} au plus. Exportez une unité ou un équipement à la fois."
            ),
        ));
    }
    if format == "pdf" && total > ON_PAPER {
        return Err(Error::refused(
            "Export du registre",
            format!(
                "{total} lignes : un PDF en porte {ON_PAPER} au plus. Prenez le CSV, ou un équipement à la fois."
            ),
        ));
    }
    let known = Known::of(app.data_dir())?;
    let registers = exports::gather(&mut read, permit.sees(), &devices, &known).await?;
    let cover = Cover {
        by: permit.caller().name.clone(),
        at: app.clock().now(),
        day: queries::days(&mut read, 1).await?.pop(),
        title,
    };
    drop(read);
    let first = registers.first().map(|r| r.device.establishment_id);
    let note = Note {
        kind: Kind::Export,
        what: format!("Registre, {}, {}", cover.title, format.to_uppercase()),
        address: format!("{address}?format={format}"),
        establishment: first
            .filter(|one| registers.iter().all(|r| r.device.establishment_id == *one)),
    };
    drop(app.read_logged(permit, note).await?);
    let day = cover.at.date_naive();
    let name = |end: &str| format!("registre-{}-{day}.{end}", cover.title);
    match format {
        "csv" => Ok(file(
            exports::csv(&registers)?,
            "text/csv; charset=utf-8",
            &name("csv"),
        )),
        "pdf" => {
            let keys = Keys::open_or_make(app.data_dir()).await?;
            let paper = exports::paper(&cover, &registers, &keys).await?;
            Ok(pdf::answer(paper, &name("pdf")))
        }
        _ => {
            let keys = Keys::open_or_make(app.data_dir()).await?;
            Ok(file(
                exports::for_verifier(&cover, &registers, &keys)?,
                "application/jsonl",
                &name("jsonl"),
            ))
        }
    }
}

/// `GET /register/devices/{id}/export?format=pdf|csv|jsonl`
pub async fn device(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Path(id): Path<DeviceId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    Permit::<ExportLists>::ask(permit.caller().clone())?.over(&device)?;
    let title = device.inventory_number.clone();
    let what = (vec![id], format!("/register/devices/{id}/export"));
    export(&app, &permit, read, title, what, &asked).await
}

async fn group(
    app: &App,
    permit: &Permit<SeeRegister>,
    group: Group,
    asked: &Asked,
) -> Result<Response> {
    Permit::<ExportLists>::ask(permit.caller().clone())?;
    // Registers read at one place and exported at another do not add up.
    let both = permit
        .caller()
        .scope_of_both(SeeRegister::NAME, ExportLists::NAME);
    let mut read = app.read(permit).await?;
    let title = match group {
        Group::Unit(id) => queries::unit_name(&mut read, permit.sees(), id).await?,
        Group::Family(id) => queries::family_name(&mut read, id).await?,
    };
    let rows = queries::registers(&mut read, &both, group, MOST + 1).await?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MOST {
        return Err(Error::refused(
            "Export du registre",
            format!(
                "Plus de {MOST} équipements : exportez une unité à la fois, ou la liste des lignes."
            ),
        ));
    }
    let devices = rows.into_iter().map(|r| r.device_id).collect();
    let address = match group {
        Group::Unit(id) => format!("/register/units/{id}/export"),
        Group::Family(id) => format!("/register/families/{id}/export"),
    };
    export(app, permit, read, title, (devices, address), asked).await
}

/// `GET /register/units/{id}/export`
pub async fn unit(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    group(&app, &permit, Group::Unit(id), &asked).await
}

/// `GET /register/families/{id}/export`
pub async fn family(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    group(&app, &permit, Group::Family(id), &asked).await
}
