//! Where a device went: the history of its « localisation », and moving it.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::api;
use super::commands::{self, Destination};
use super::pages::{Head, Options, offered, place_of};
use super::queries::Movement;
use super::{Device, DeviceId, Reader, done, find, queries, said, standing};
use crate::accounts::RoomId;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, MoveDevices, SeeDevices};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Result, date};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// Its moves.
#[derive(Template)]
#[template(path = "inventory/devices/movements.html")]
pub struct MovementIndex {
    head: Head,
    moves: Vec<(String, Movement)>,
    may_move: bool,
}

impl View for MovementIndex {
    fn title(&self) -> String {
        self.head.title("Mouvements")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Mouvements")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::MovementsResource {
            items: self.moves.iter().map(|(_, moved)| moved.into()).collect(),
        })
    }
}

/// `GET /inventory/devices/{id}/movements`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Mouvements");
    let zone = standing::zone(&device);
    let moves = queries::movements(&mut read, id)
        .await?
        .into_iter()
        .map(|m| (date::instant(m.at, zone), m))
        .collect();
    let may_move =
        device.annulled_at.is_none() && super::reaches(permit.caller(), MoveDevices::NAME, &device);
    Ok(Page::of(MovementIndex {
        head,
        moves,
        may_move,
    }))
}

/// What was typed of a move.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MovementForm {
    unit: String,
    room: String,
    place_detail: String,
    reason: String,
}

/// The form.
#[derive(Template)]
#[template(path = "inventory/devices/movement_form.html")]
pub struct MovementFormPage {
    head: Head,
    form: Typed<MovementForm>,
    units: Options,
    rooms: Options,
}

impl View for MovementFormPage {
    fn title(&self) -> String {
        self.head.title("Déplacer")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Déplacer")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "errors": self.form.errors })
    }
}

fn keep(mut options: Options, id: &str, label: Option<String>) -> Options {
    if !id.is_empty() && !options.iter().any(|(known, _)| known == id) {
        options.insert(
            0,
            (
                id.to_owned(),
                label.unwrap_or_else(|| "choix actuel".to_owned()),
            ),
        );
    }
    options
}

fn present(device: &Device) -> MovementForm {
    MovementForm {
        unit: device.unit_id.map(|u| u.to_string()).unwrap_or_default(),
        room: device.room_id.map(|r| r.to_string()).unwrap_or_default(),
        place_detail: device.place_detail.clone().unwrap_or_default(),
        reason: String::new(),
    }
}

/// `GET /inventory/devices/{id}/movements/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<MoveDevices>,
    Path(id): Path<DeviceId>,
    form: Typed<MovementForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Mouvements");
    let form = form.or(|| present(&device));
    let units = offered(queries::choose_units(&mut read, permit.acts(), "").await?);
    let rooms = offered(queries::choose_rooms(&mut read, permit.acts(), "").await?);
    let is = |id: Option<String>, typed: &str, name: &Option<String>| {
        if id.as_deref() == Some(typed) {
            name.clone()
        } else {
            None
        }
    };
    let unit_name = is(
        device.unit_id.map(|u| u.to_string()),
        &form.values.unit,
        &device.unit_name,
    );
    let room_name = is(
        device.room_id.map(|r| r.to_string()),
        &form.values.room,
        &device.room_name,
    );
    let (units, rooms) = (
        keep(units, &form.values.unit, unit_name),
        keep(rooms, &form.values.room, room_name),
    );
    Ok(Page::of(MovementFormPage {
        head,
        form,
        units,
        rooms,
    }))
}

/// `POST /inventory/devices/{id}/movements`
pub async fn create(
    State(app): State<App>,
    permit: Permit<MoveDevices>,
    Path(id): Path<DeviceId>,
    form: Form<MovementForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut read = Reader::default();
    let unit = read.chosen("unit", &form.unit);
    let room = read.chosen("room", &form.room);
    let detail = read.short("place_detail", &form.place_detail, 200);
    let reason = read.short("reason", &form.reason, 1000);
    let place = place_of(&mut tx, &permit, unit, room, &mut read).await?;
    // A place said in words alone stays within the establishment, and leaves the unit unknown.
    let place = done(
        read,
        Some(place.unwrap_or_else(|| Place::establishment(device.establishment_id))),
    )?;
    let into = permit.over(&place)?;
    tx.because(reason.as_deref().unwrap_or_default()).await?;
    let to = Destination {
        room_id: room.map(RoomId),
        detail,
    };
    let event = commands::relocate(
        &mut tx,
        covered,
        into,
        &device,
        to,
        said(&form.reason).as_deref(),
    )
    .await?;
    // Moved out of what its mover sees, its page would be a 404: the list is read instead.
    let seen = permit.sees().reaches(place.device(device.id));
    tx.commit(
        event,
        if seen {
            device.url()
        } else {
            "/inventory/devices".to_owned()
        },
    )
    .await
}
