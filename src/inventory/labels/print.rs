//! The file of labels: which devices, on which format, from which place, for which printer.

use std::collections::HashMap;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{LabelFormat, LabelText};
use super::queries::Labelled;
use super::zpl::{self, Head};
use super::{LabelFormatId, MOST, formats, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::PrintLabels;
use crate::app::App;
use crate::inventory::devices::DEVICES;
use crate::kernel::{Error, Result};
use crate::platform::db::Read;
use crate::platform::db::list::{ListQuery, Reading, Within};
use crate::platform::pdf;
use crate::shell::lists::ZONE;

/// What the address of a file of labels says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// Devices one by one.
    pub device: Vec<Uuid>,
    /// Or all of a list, by its address.
    pub list: Option<String>,
    /// The format.
    pub format: String,
    /// The first free place of the first sheet.
    pub first: String,
    /// Labels of each device.
    pub copies: String,
    /// `pdf`, `zpl203`, `zpl300`.
    #[serde(rename = "as")]
    pub kind: String,
}

/// Reads the address; what is unknown in it is left aside.
pub(super) fn wanted(raw: Option<&str>) -> Result<Wanted> {
    serde_html_form::from_str(raw.unwrap_or_default()).map_err(|_| {
        Error::BadRequest(
            "l’adresse doit nommer des équipements (device=…) ou une liste (list=…)".into(),
        )
    })
}

/// The devices meant, in their order, and whether there were more than a file holds.
pub(super) async fn chosen(
    read: &mut Read,
    permit: &Permit<PrintLabels>,
    wanted: &Wanted,
) -> Result<(Vec<Labelled>, bool)> {
    if let Some(list) = &wanted.list {
        let query = ListQuery::parse(list, &DEVICES);
        let within = Within::from(permit.acts());
        let reading = Reading {
            query: &query,
            within: &within,
            zone: ZONE,
        };
        let (ids, more) = reading.keys(read, MOST).await?;
        let ids: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        return Ok((queries::labelled(read, permit.acts(), &ids).await?, more));
    }
    let ids: Vec<Uuid> = wanted.device.iter().copied().take(MOST).collect();
    let devices = queries::labelled(read, permit.sees(), &ids).await?;
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let mut found: Vec<Uuid> = devices.iter().map(|d| d.id.uuid()).collect();
    found.sort_unstable();
    found.dedup();
    if found != distinct {
        return Err(Error::NotFound);
    }
    for device in &devices {
        permit.over(device)?;
    }
    Ok((devices, wanted.device.len() > MOST))
}

fn number(typed: &str, what: &str, most: usize) -> Result<usize> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(1);
    }
    typed
        .parse()
        .ok()
        .filter(|n| (1..=most).contains(n))
        .ok_or_else(|| {
            Error::BadRequest(format!(
                "« {typed} » n’est pas {what} : écrivez un nombre entier de 1 à {most}"
            ))
        })
}

/// `GET /inventory/labels`
pub(super) async fn index(
    State(app): State<App>,
    permit: Permit<PrintLabels>,
    RawQuery(raw): RawQuery,
) -> Result<Response> {
    let wanted = wanted(raw.as_deref())?;
    let mut read = app.read(&permit).await?;
    let id: LabelFormatId = wanted
        .format
        .parse()
        .map_err(|_| Error::BadRequest("l’adresse doit nommer un format (format=…)".into()))?;
    let format = formats::queries::find(&mut read, id).await?;
    let copies = number(&wanted.copies, "un nombre d’exemplaires", 20)?;
    let first = number(&wanted.first, "une place de la planche", format.per_page())?;
    let (devices, more) = chosen(&mut read, &permit, &wanted).await?;
    drop(read);
    if devices.is_empty() {
        return Err(Error::BadRequest(
            "aucun équipement à étiqueter : choisissez-en un, ou une liste qui en a".into(),
        ));
    }
    if more || devices.len() * copies > MOST {
        return Err(Error::refused(
            "un fichier d’étiquettes à la fois",
            format!(
                "Un fichier porte au plus {MOST} étiquettes : filtrez la liste, par unité ou par site par exemple."
            ),
        ));
    }
    let texts: Vec<LabelText> = devices.iter().map(|d| d.text(app.public_url())).collect();
    match wanted.kind.as_str() {
        "" | "pdf" => {
            let file = sheet(&app, &format, &texts, first, copies).await?;
            Ok(pdf::answer(file, "etiquettes.pdf"))
        }
        "zpl203" | "zpl300" if format.is_single => {
            let head = if wanted.kind == "zpl300" {
                Head::Dpi300
            } else {
                Head::Dpi203
            };
            let mut out = String::new();
            for text in &texts {
                let drawn = format.draw(text)?;
                out.push_str(&zpl::label(&format, &drawn, &text.url, head, copies));
            }
            Ok(attached(out))
        }
        "zpl203" | "zpl300" => Err(Error::refused(
            "imprimante thermique",
            "Une imprimante thermique imprime sur un rouleau : choisissez un format de rouleau.",
        )),
        other => Err(Error::BadRequest(format!(
            "« {other} » n’est pas une sortie connue : pdf, zpl203 ou zpl300"
        ))),
    }
}

fn attached(text: String) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"etiquettes.zpl\""),
    );
    response
}

/// The labels laid out on pages, as the typst source reads them: lengths in millimetres.
fn data(format: &LabelFormat, texts: &[LabelText], first: usize, copies: usize) -> Result<Value> {
    let mm = |um: i64| um as f64 / 1000.0;
    let mut pages: Vec<Vec<Value>> = Vec::new();
    let spots = format.spots(first, texts.len() * copies);
    let mut drawings: HashMap<usize, Value> = HashMap::new();
    for (n, spot) in spots.iter().enumerate() {
        let of = n / copies;
        if let std::collections::hash_map::Entry::Vacant(free) = drawings.entry(of) {
            let drawn = format.draw(&texts[of])?;
            let lines: Vec<Value> = drawn
                .lines
                .iter()
                .map(|line| json!({ "size": mm(line.size_um), "text": line.text, "face": line.face.code() }))
                .collect();
            free.insert(json!({
                "pad": mm(drawn.pad_um), "side": mm(drawn.qr_side_um), "text_x": mm(drawn.text_x_um), "text_width": mm(drawn.text_width_um),
                "lines": lines, "qr": drawn.qr.svg(), "alt": format!("Code QR de {}", texts[of].url),
            }));
        }
        while pages.len() <= spot.page {
            pages.push(Vec::new());
        }
        pages[spot.page].push(json!({ "x": mm(spot.x_um), "y": mm(spot.y_um), "of": of }));
    }
    let drawn: Vec<Value> = (0..texts.len())
        .filter_map(|n| drawings.remove(&n))
        .collect();
    Ok(json!({
        "title": "Étiquettes",
        "page": { "width": mm(format.page_width_um.into()), "height": mm(format.page_height_um.into()) },
        "label": { "width": mm(format.label_width_um.into()), "height": mm(format.label_height_um.into()) },
        "pages": pages,
        "labels": drawn,
    }))
}

async fn sheet(
    app: &App,
    format: &LabelFormat,
    texts: &[LabelText],
    first: usize,
    copies: usize,
) -> Result<bytes::Bytes> {
    pdf::make(pdf::Print {
        source: include_str!("../../../templates/inventory/labels/sheet.typ"),
        data: data(format, texts, first, copies)?,
        at: app.clock().now(),
        zone: ZONE,
        standard: pdf::Standard::Archive,
    })
    .await
}
