//! Before printing: how many labels, on what, from where, and what the first looks like.

use askama::Template;
use axum::extract::{RawQuery, State};

use super::model::{Drawn, Face, LabelFormat};
use super::{MOST, formats, print};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ManageLabelFormats, PrintLabels};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result};
use crate::platform::web::{Page, View, filters};

/// A line of the drawing, in micrometres.
struct Said {
    y: i64,
    size: i64,
    text: String,
    class: &'static str,
}

/// The first label as it will be printed.
struct Preview {
    width: i32,
    height: i32,
    qr_x: i64,
    qr_y: i64,
    qr_side: i64,
    qr_box: usize,
    path: String,
    text_x: i64,
    lines: Vec<Said>,
}

impl Preview {
    fn of(format: &LabelFormat, drawn: Drawn) -> Self {
        let height = i64::from(format.label_height_um);
        let total: i64 = drawn.lines.iter().map(|l| l.size_um * 135 / 100).sum();
        let mut y = (height - total) / 2;
        let lines = drawn
            .lines
            .iter()
            .map(|line| {
                let said = Said {
                    y: y + line.size_um * 90 / 100,
                    size: line.size_um,
                    text: line.text.clone(),
                    class: match line.face {
                        Face::Number => "label-number",
                        Face::Code => "label-code",
                        Face::Words => "label-words",
                    },
                };
                y += line.size_um * 135 / 100;
                said
            })
            .collect();
        Self {
            width: format.label_width_um,
            height: format.label_height_um,
            qr_x: drawn.pad_um,
            qr_y: (height - drawn.qr_side_um) / 2,
            qr_side: drawn.qr_side_um,
            qr_box: drawn.qr.size + 8,
            path: drawn.qr.path(),
            text_x: drawn.text_x_um,
            lines,
        }
    }
}

#[derive(Template)]
#[template(path = "inventory/labels/new.html")]
struct LabelNew {
    count: usize,
    more: bool,
    devices: Vec<String>,
    list: Option<String>,
    one: Option<(String, String)>,
    formats: Vec<LabelFormat>,
    preview: Option<Preview>,
    too_fine: Option<String>,
    may_manage: bool,
}

impl LabelNew {
    fn what(&self) -> String {
        match (self.count, &self.one) {
            (1, Some((number, _))) => format!("Une étiquette, pour {number}"),
            (0, _) => "Aucun équipement à étiqueter".into(),
            (n, _) if self.more => {
                format!("Plus de {n} équipements : un fichier porte au plus {MOST} étiquettes")
            }
            (n, _) => format!("{n} équipements"),
        }
    }

    fn too_many(&self) -> bool {
        self.more || self.count == 0
    }
}

impl View for LabelNew {
    fn title(&self) -> String {
        "Imprimer des étiquettes".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb::to("Équipements", "/inventory/devices")];
        if let Some((number, href)) = &self.one {
            crumbs.push(Crumb::to(number.clone(), href.clone()));
        }
        crumbs.push(Crumb::here("Étiquettes"));
        crumbs
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "count": self.count, "more": self.more,
            "formats": self.formats.iter().map(formats::api::FormatResource::from).collect::<Vec<_>>(),
        })
    }
}

/// `GET /inventory/labels/new`
pub(super) async fn new(
    State(app): State<App>,
    permit: Permit<PrintLabels>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let mut wanted = print::wanted(raw.as_deref())?;
    if wanted.device.is_empty() && wanted.list.is_none() {
        wanted.list = Some(String::new());
    }
    let mut read = app.read(&permit).await?;
    let (devices, more) = print::chosen(&mut read, &permit, &wanted).await?;
    let formats = formats::queries::offered(&mut read).await?;
    let (mut preview, mut too_fine) = (None, None);
    let shown = formats
        .iter()
        .find(|f| f.id.to_string() == wanted.format)
        .or(formats.first());
    if let (Some(device), Some(format)) = (devices.first(), shown) {
        match format.draw(&device.text(app.public_url())) {
            Ok(drawn) => preview = Some(Preview::of(format, drawn)),
            Err(Error::Refused { why, .. }) => too_fine = Some(why),
            Err(error) => return Err(error),
        }
    }
    let may_manage = permit
        .caller()
        .scope(ManageLabelFormats::NAME)
        .reaches(Place::SHARED);
    let one = match (&devices[..], wanted.list.is_none()) {
        ([device], true) => Some((
            device.inventory_number.clone(),
            format!("/inventory/devices/{}", device.id),
        )),
        _ => None,
    };
    Ok(Page::of(LabelNew {
        count: devices.len(),
        more,
        devices: wanted.device.iter().map(ToString::to_string).collect(),
        list: wanted.list,
        one,
        formats,
        preview,
        too_fine,
        may_manage,
    }))
}
