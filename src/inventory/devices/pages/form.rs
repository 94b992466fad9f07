//! The form of a device: entering one, and changing its sheet.

use askama::Template;
use axum::extract::{Path, State};
use uuid::Uuid;

use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{EditDevices, RegisterDevices};
use crate::accounts::{EstablishmentId, RoomId, UnitId};
use crate::app::App;
use crate::inventory::devices::commands::{self, NewDevice};
use crate::inventory::devices::forms::{DeviceForm, Reader, THREE, done, options, said};
use crate::inventory::devices::model::{Criticality, Holding};
use crate::inventory::devices::queries::{self, Choice};
use crate::inventory::devices::{Device, DeviceId, record};
use crate::inventory::states::State as DeviceState;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// What a combobox offers before anything is typed.
pub type Options = Vec<(String, String)>;

/// Choices as the options of a combobox.
pub fn offered(choices: Vec<Choice>) -> Options {
    choices
        .into_iter()
        .map(|c| (c.value.to_string(), c.label))
        .collect()
}

/// The form.
#[derive(Template)]
#[template(path = "inventory/devices/form.html")]
pub struct DeviceFormPage {
    form: Typed<DeviceForm>,
    device: Option<Box<Device>>,
    action: String,
    back: String,
    models: Options,
    units: Options,
    rooms: Options,
    organisations: Options,
    devices: Options,
    versions: Options,
    entries: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    holdings: Vec<(&'static str, &'static str)>,
    criticalities: Vec<(&'static str, &'static str)>,
    three: Vec<(&'static str, &'static str)>,
}

impl DeviceFormPage {
    fn heading(&self) -> String {
        match &self.device {
            Some(device) => format!("Modifier {}", device.inventory_number),
            None => "Inscrire un équipement".into(),
        }
    }
}

impl View for DeviceFormPage {
    fn title(&self) -> String {
        self.heading()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb::to("Équipements", "/inventory/devices")];
        if let Some(device) = &self.device {
            crumbs.push(Crumb::to(device.inventory_number.clone(), device.url()));
        }
        crumbs.push(Crumb::here(if self.device.is_some() {
            "Modifier"
        } else {
            "Inscrire"
        }));
        crumbs
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "action": self.action,
            "version": self.device.as_ref().map(|d| d.version),
            "errors": self.form.errors,
        })
    }
}

fn with_chosen(mut offered: Options, chosen: &[(&str, Option<String>)]) -> Options {
    for (id, label) in chosen {
        if !id.is_empty() && !offered.iter().any(|(known, _)| known == id) {
            offered.push((
                (*id).to_owned(),
                label.clone().unwrap_or_else(|| "choix actuel".to_owned()),
            ));
        }
    }
    offered
}

async fn page(
    conn: &mut sqlx::PgConnection,
    sees: &crate::accounts::access::Scope,
    form: Typed<DeviceForm>,
    device: Option<Device>,
) -> Result<DeviceFormPage> {
    let v = &form.values;
    let ids: Vec<Uuid> = [&v.model, &v.supplier, &v.owner]
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let names = queries::chosen(conn, &ids).await?;
    let name = |id: &str| {
        names
            .iter()
            .find(|c| c.value.to_string() == id)
            .map(|c| c.label.clone())
    };
    let organisations = with_chosen(
        offered(queries::choose_organisations(conn, "").await?),
        &[(&v.supplier, name(&v.supplier)), (&v.owner, name(&v.owner))],
    );
    let parent = device
        .as_ref()
        .and_then(|d| d.parent_inventory_number.clone());
    let versions = match device
        .as_ref()
        .map(|d| d.model_id)
        .or_else(|| v.model.parse().ok())
    {
        Some(model) => offered(queries::choose_versions(conn, model).await?),
        None => Vec::new(),
    };
    Ok(DeviceFormPage {
        models: with_chosen(
            offered(queries::choose_models(conn, "").await?),
            &[(&v.model, name(&v.model))],
        ),
        units: with_chosen(
            offered(queries::choose_units(conn, sees, "").await?),
            &[(&v.unit, None)],
        ),
        rooms: with_chosen(
            offered(queries::choose_rooms(conn, sees, "").await?),
            &[(&v.room, None)],
        ),
        devices: with_chosen(
            offered(queries::choose_devices(conn, sees, "").await?),
            &[(&v.parent, parent)],
        ),
        versions: with_chosen(versions, &[(&v.software_version, None)]),
        organisations,
        action: device.as_ref().map_or_else(
            || "/inventory/devices".into(),
            |d| format!("{}?_method=patch", d.url()),
        ),
        back: device
            .as_ref()
            .map_or_else(|| "/inventory/devices".into(), Device::url),
        entries: vec![
            ("received", "Livré : à recevoir et à recetter"),
            ("requested", "Demandé : pas encore là"),
            (
                "taken_over",
                "Déjà en service ou dans le parc : reprise, preuves non vérifiées",
            ),
        ],
        states: options(DeviceState::ALL, DeviceState::code, DeviceState::label),
        holdings: options(Holding::ALL, Holding::code, Holding::label),
        criticalities: options(Criticality::ALL, Criticality::code, Criticality::label),
        three: THREE.to_vec(),
        device: device.map(Box::new),
        form,
    })
}

/// `GET /inventory/devices/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<RegisterDevices>,
    form: Typed<DeviceForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let form = form.or(|| DeviceForm {
        entry: "received".into(),
        ..DeviceForm::default()
    });
    Ok(Page::of(page(&mut read, permit.acts(), form, None).await?))
}

/// `POST /inventory/devices`
pub async fn create(
    State(app): State<App>,
    permit: Permit<RegisterDevices>,
    form: Form<DeviceForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let mut read = Reader::default();
    let fields = form.fields.fields(&mut read);
    let entry = form.fields.entry(&mut read);
    let (serial_number, serial_unknown_reason) = form.fields.serial(&mut read);
    let inventory_number = read.short("inventory_number", &form.fields.inventory_number, 60);
    let place_detail = read.short("place_detail", &form.fields.place_detail, 200);
    let model = read.chosen("model", &form.fields.model);
    let unit = read.chosen("unit", &form.fields.unit);
    let room = read.chosen("room", &form.fields.room);
    if model.is_none() && said(&form.fields.model).is_none() {
        read.wrong.add(
            "model",
            "Choisissez le modèle ; s’il n’est pas au catalogue, créez-le d’abord.",
        );
    }
    if unit.is_none() && room.is_none() {
        read.wrong.add(
            "unit",
            "Choisissez l’unité qui utilise l’équipement, ou un local.",
        );
    }
    let place = place_of(&mut tx, &permit, unit, room, &mut read).await?;
    let (model_id, entry, place) = done(
        read,
        model.zip(entry).zip(place).map(|((m, e), p)| (m, e, p)),
    )?;
    if let Some(parent) = fields.parent_id {
        same_establishment(&mut tx, permit.sees(), parent, place.establishment).await?;
    }
    let covered = permit.over(&place)?;
    let new = NewDevice {
        model_id,
        inventory_number,
        serial_number,
        serial_unknown_reason,
        room_id: room.map(RoomId),
        place_detail,
        entry,
        fields,
    };
    let (device, event) = commands::register(&mut tx, covered, new).await?;
    tx.commit(event, format!("/inventory/devices/{device}"))
        .await
}

/// Where a chosen unit or room is, if it may be seen.
pub async fn place_of<A: crate::accounts::actions::Action>(
    conn: &mut sqlx::PgConnection,
    permit: &Permit<A>,
    unit: Option<Uuid>,
    room: Option<Uuid>,
    read: &mut Reader,
) -> Result<Option<Place>> {
    let unit_home = match unit {
        Some(unit) => {
            let home = queries::home_of_unit(conn, permit.sees(), unit).await?;
            if home.is_none() {
                read.wrong
                    .add("unit", "Cette unité n’existe pas, ou elle est fermée.");
            }
            home
        }
        None => None,
    };
    let room_home = match room {
        Some(room) => {
            let home = queries::home_of_room(conn, permit.sees(), room).await?;
            if home.is_none() {
                read.wrong
                    .add("room", "Ce local n’existe pas, ou il est fermé.");
            }
            home
        }
        None => None,
    };
    if let (Some(unit), Some(room)) = (unit_home, room_home)
        && unit.establishment_id != room.establishment_id
    {
        read.wrong
            .add("room", "Ce local n’est pas de l’établissement de l’unité.");
    }
    Ok(unit_home.or(room_home).map(|home| {
        Place::establishment(EstablishmentId(home.establishment_id)).unit(home.unit_id.map(UnitId))
    }))
}

/// An assembly stays within one establishment.
async fn same_establishment(
    conn: &mut sqlx::PgConnection,
    sees: &crate::accounts::access::Scope,
    parent: Uuid,
    establishment: Option<EstablishmentId>,
) -> Result<()> {
    let parent = match record::find(conn, sees, DeviceId(parent)).await {
        Err(Error::NotFound) => return Err(Error::field("parent", "Cet équipement n’existe pas.")),
        found => found?,
    };
    if Some(parent.establishment_id) != establishment {
        return Err(Error::field(
            "parent",
            "Un ensemble reste dans un établissement.",
        ));
    }
    Ok(())
}

/// `GET /inventory/devices/{id}/edit`
pub async fn edit(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<DeviceId>,
    form: Typed<DeviceForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = record::find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let form = form.or(|| DeviceForm::of(&device));
    Ok(Page::of(
        page(&mut read, permit.sees(), form, Some(device)).await?,
    ))
}

/// `PATCH /inventory/devices/{id}`
pub async fn update(
    State(app): State<App>,
    permit: Permit<EditDevices>,
    Path(id): Path<DeviceId>,
    form: Form<DeviceForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = record::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut read = Reader::default();
    let fields = form.fields.fields(&mut read);
    let (serial, unknown) = form.fields.serial(&mut read);
    let fields = done(read, Some(fields))?;
    if let Some(parent) = fields.parent_id {
        same_establishment(
            &mut tx,
            permit.sees(),
            parent,
            Some(device.establishment_id),
        )
        .await?;
        if queries::is_within(&mut tx, DeviceId(parent), id).await? {
            return Err(Error::field(
                "parent",
                "Cet équipement fait déjà partie de celui-ci : l’ensemble tournerait en rond.",
            ));
        }
    }
    let event = commands::edit(
        &mut tx,
        covered,
        &device,
        form.fields.version(),
        fields,
        serial,
        unknown,
    )
    .await?;
    tx.commit(event, device.url()).await
}
