//! The page where both sides stand together.

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::queries::{self, Extract, Line, Side};
use super::{commands, reading};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ReconcileAssets, SeeAssets};
use crate::accounts::sites::units::queries::{Options, establishments};
use crate::app::App;
use crate::inventory::devices::{self, DeviceId};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::platform::sheet::{self, ReadOptions};
use crate::platform::web::{Form, Page, Saved, Typed, Upload, View, check, filters};

const TITLE: &str = "Rapprochement des immobilisations";

fn euros(cents: i64) -> String {
    format!(
        "{},{:02}\u{a0}€",
        crate::platform::db::list::thousands(cents / 100),
        cents % 100
    )
}

#[derive(Template)]
#[template(path = "exchange/assets/index.html")]
struct AssetIndex {
    establishments: Options,
    place: Option<EstablishmentId>,
    extract: Option<Extract>,
    side: Side,
    lines: Vec<Line>,
    counts: Vec<(Side, i64)>,
    may_write: bool,
    form: Typed<FileForm>,
}

impl AssetIndex {
    fn money(&self, cents: &Option<i64>) -> String {
        cents.map(euros).unwrap_or_default()
    }
    fn chosen(&self) -> String {
        self.place.map(|p| p.to_string()).unwrap_or_default()
    }
    fn tab(&self, side: &Side) -> String {
        format!(
            "/exchange/assets?establishment={}&side={}",
            self.chosen(),
            side.code()
        )
    }
    fn tone(&self, side: &Side) -> &'static str {
        match side {
            Side::Matched => "good",
            Side::Different => "bad",
            _ => "watch",
        }
    }
    fn received(&self, extract: &Extract) -> String {
        date::instant(extract.received_at, chrono_tz::Europe::Paris)
    }
    fn adopts(&self, line: &Line) -> bool {
        self.may_write
            && line.asset_id.is_some()
            && line.device_id.is_some()
            && line.side != Side::Matched
    }
}

impl View for AssetIndex {
    fn title(&self) -> String {
        TITLE.into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to("Parc", "/inventory/devices"), Crumb::here(TITLE)]
    }
    fn resource(&self) -> serde_json::Value {
        let lines: Vec<_> = self
            .lines
            .iter()
            .map(|l| serde_json::json!({ "asset_id": l.asset_id, "asset_number": l.asset_number, "label": l.label, "asset_cents": l.asset_cents,
                "device_id": l.device_id, "inventory_number": l.inventory_number, "name": l.name, "device_cents": l.device_cents, "side": l.side }))
            .collect();
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|(side, n)| serde_json::json!({ "side": side, "count": n }))
            .collect();
        serde_json::json!({ "establishment_id": self.place, "counts": counts, "items": lines })
    }
}

/// What is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    establishment: String,
    side: String,
}

/// `GET /exchange/assets`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeAssets>,
    Query(asked): Query<Asked>,
    form: Typed<FileForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let establishments = establishments(&mut read, permit.sees()).await?;
    let place = asked
        .establishment
        .parse::<EstablishmentId>()
        .ok()
        .filter(|p| permit.sees().establishments.contains(&p.uuid()))
        .or_else(|| establishments.first().and_then(|(id, _)| id.parse().ok()));
    let side = Side::from_code(&asked.side).unwrap_or(Side::Different);
    let (extract, (lines, counts)) = match place {
        Some(place) => (
            queries::last(&mut read, place).await?,
            queries::lines(&mut read, place, side).await?,
        ),
        None => (None, (vec![], vec![])),
    };
    let may_write = place.is_some_and(|p| {
        permit
            .caller()
            .scope(ReconcileAssets::NAME)
            .reaches(Place::establishment(p))
    });
    Ok(Page::of(AssetIndex {
        establishments,
        place,
        extract,
        side,
        lines,
        counts,
        may_write,
        form,
    }))
}

/// What comes with an extract.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileForm {
    establishment: String,
}

/// `POST /exchange/assets`
pub async fn create(
    State(app): State<App>,
    permit: Permit<ReconcileAssets>,
    upload: Upload<FileForm>,
) -> Result<Saved> {
    let mut errors = FieldErrors::default();
    let place = check::chosen::<EstablishmentId>(
        &mut errors,
        "establishment",
        &upload.fields.establishment,
    );
    errors.done()?;
    let Some(place) = place else {
        return Err(Error::field("establishment", "Choisissez une valeur."));
    };
    let covered = permit.over(&Place::establishment(place))?;
    let file = upload.file("file")?;
    let bytes = file.bytes.clone();
    let hash = Sha256::digest(&bytes).to_vec();
    // Unzipping and decoding keep the processor: not on the threads that answer people.
    let sheets = tokio::task::spawn_blocking(move || sheet::read(&bytes, &ReadOptions::default()))
        .await
        .map_err(Error::internal)?
        .map_err(|error| Error::field("file", error.to_string()))?;
    let sheet = sheets
        .into_iter()
        .max_by_key(|s| s.rows.len())
        .ok_or_else(|| Error::field("file", "Le fichier est vide."))?;
    let mut tx = app.begin_with(&permit, upload.key.clone()).await?;
    let read =
        reading::read(&sheet, tx.now().date_naive()).map_err(|why| Error::field("file", why))?;
    let name: String = file
        .name
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let (_, event) = commands::receive(&mut tx, &covered, place, (&name, hash), &read).await?;
    tx.commit(event, format!("/exchange/assets?establishment={place}"))
        .await
}

/// Which device takes the number and value of an asset.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdoptionForm {
    device: String,
    side: String,
}

/// `POST /exchange/assets/{id}/adoption`
pub async fn adopt(
    State(app): State<App>,
    permit: Permit<ReconcileAssets>,
    Path(id): Path<Uuid>,
    form: Form<AdoptionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let asset = queries::find(&mut tx, permit.sees(), id).await?;
    let mut errors = FieldErrors::default();
    let device = check::chosen::<DeviceId>(&mut errors, "device", &form.device);
    errors.done()?;
    let Some(device) = device else {
        return Err(Error::field("device", "Choisissez un équipement."));
    };
    let device = devices::find(&mut tx, permit.sees(), device).await?;
    if device.establishment_id != asset.establishment_id {
        return Err(Error::field(
            "device",
            "L’équipement est d’un autre établissement.",
        ));
    }
    let covered = permit.over(&device)?;
    let event = devices::commands::account(
        &mut tx,
        covered.entail(),
        &device,
        &asset.asset_number,
        asset.value_cents,
    )
    .await?;
    let side = Side::from_code(&form.side).unwrap_or(Side::Different);
    tx.commit(
        event,
        format!(
            "/exchange/assets?establishment={}&side={}",
            asset.establishment_id,
            side.code()
        ),
    )
    .await
}
