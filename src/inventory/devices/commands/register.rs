//! Entering a device in the inventory.

use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

use super::edit;
use crate::accounts::access::Covered;
use crate::accounts::actions::RegisterDevices;
use crate::accounts::{EstablishmentId, RoomId};
use crate::inventory::devices::fields::Fields;
use crate::inventory::devices::model::{NumberPattern, label_code};
use crate::inventory::devices::{DeviceId, queries};
use crate::inventory::states::{State, Transition};
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::OnConstraint;

/// How a device enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Asked for, not there yet.
    Requested,
    /// Delivered.
    Received,
    /// Already in the fleet: « reprise, preuves non vérifiées ».
    TakenOver {
        /// The state it is in.
        state: State,
        /// Since when, if known.
        since: Option<DateTime<Utc>>,
    },
}

/// A device to enter. Where it goes is the place the permit covers.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Its model.
    pub model_id: Uuid,
    /// Typed; none = proposed from the establishment's pattern.
    pub inventory_number: Option<String>,
    /// N° de série.
    pub serial_number: Option<String>,
    /// Why it is unknown.
    pub serial_unknown_reason: Option<String>,
    /// Where it stands.
    pub room_id: Option<RoomId>,
    /// Where within the room.
    pub place_detail: Option<String>,
    /// How it enters.
    pub entry: Entry,
    /// The rest of the sheet.
    pub fields: Fields,
}

/// Enters a device at the covered place and answers its key with the event.
pub async fn register(
    tx: &mut Tx,
    covered: Covered<RegisterDevices>,
    new: NewDevice,
) -> Result<(DeviceId, Event)> {
    let place = covered.place();
    let establishment = place
        .establishment
        .ok_or_else(|| Error::field("unit", "Indiquez l’unité ou l’établissement."))?;
    if let Some(serial) = &new.serial_number {
        queries::refuse_same_serial(tx, new.model_id, serial, None).await?;
    }
    let number = match new.inventory_number {
        Some(number) => number,
        None => next_number(tx, establishment).await?,
    };
    let (transition, state, since, taken_over) = match new.entry {
        Entry::Requested => (Transition::Request, State::Requested, Some(tx.now()), false),
        Entry::Received => (Transition::Receive, State::Received, Some(tx.now()), false),
        Entry::TakenOver { state, since } => (Transition::TakeOver, state, since, true),
    };
    let device = DeviceId::fresh();
    let mut bytes = [0u8; 8];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "
        insert into device (id, establishment_id, unit_id, room_id, place_detail, model_id, inventory_number, label_code,
            serial_number, serial_unknown_reason, state, state_since, taken_over, recorded_at, recorded_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0)
        ",
        device.uuid(),
        establishment.uuid(),
        place.unit.map(|u| u.uuid()),
        new.room_id.map(|r| r.uuid()),
        new.place_detail,
        new.model_id,
        number,
        label_code(bytes),
        new.serial_number,
        if new.serial_number.is_some() { None } else { new.serial_unknown_reason },
        state.code(),
        since,
        taken_over,
        now,
        actor,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("device_inventory_number_key", "inventory_number", "Ce numéro d’inventaire est déjà porté par un équipement de l’établissement.")
    .on_constraint("device_inventory_number_check", "inventory_number", "Un numéro d’inventaire a de 1 à 60 caractères, sans espace au bord.")
    .on_constraint("device_model_fkey", "model", "Ce modèle n’existe pas.")
    .on_constraint("device_unit_fkey", "unit", "Cette unité n’est pas de l’établissement.")
    .on_constraint("device_room_fkey", "room", "Ce local n’est pas de l’établissement.")?;
    let today = now.date_naive();
    edit::write(tx, device, 0, &new.fields, today).await?;
    if let Some(version) = new.fields.software_version_id {
        edit::installed(tx, device, version, now, actor).await?;
    }
    sqlx::query!(
        "insert into device_state_change (id, device_id, transition, to_state, at, actor_id) values ($1, $2, $3, $4, $5, $6)",
        id::fresh(),
        device.uuid(),
        transition.code(),
        state.code(),
        since.unwrap_or(now),
        actor,
    )
    .execute(&mut **tx)
    .await?;
    let words = match new.entry {
        Entry::Requested => format!("{number} demandé"),
        Entry::Received => format!("{number} inscrit à l’inventaire, reçu"),
        Entry::TakenOver { .. } => format!(
            "{number} repris « {} », preuves non vérifiées",
            state.label()
        ),
    };
    let event = Event::new(
        "device.registered",
        Subject::of("device", device, establishment),
        words,
    );
    Ok((
        device,
        event.with(serde_json::json!({ "state": state.code(), "taken_over": taken_over })),
    ))
}

/// The next free number of the establishment's pattern. Numbers taken by hand are stepped over.
pub async fn next_number(tx: &mut Tx, establishment: EstablishmentId) -> Result<String> {
    let pattern = sqlx::query_scalar!(
        "select inventory_pattern from establishment where id = $1",
        establishment.uuid()
    )
    .fetch_one(&mut **tx)
    .await?
    .and_then(|text| NumberPattern::parse(&text))
    .unwrap_or_else(NumberPattern::of_the_house);
    let year = tx.now().year();
    for _ in 0..10_000 {
        let rank = sqlx::query_scalar!(
            "
            insert into counter (establishment_id, name, year, last) values ($1, 'inventory', $2, 1)
            on conflict (establishment_id, name, year) do update set last = counter.last + 1
            returning last
            ",
            establishment.uuid(),
            if pattern.is_yearly() { year } else { 0 },
        )
        .fetch_one(&mut **tx)
        .await?;
        let number = pattern.number(rank, year);
        let taken = sqlx::query_scalar!(
            r#"select exists (select from device where establishment_id = $1 and inventory_number = $2) as "taken!""#,
            establishment.uuid(),
            number,
        )
        .fetch_one(&mut **tx)
        .await?;
        if !taken {
            return Ok(number);
        }
    }
    Err(Error::field(
        "inventory_number",
        "Aucun numéro libre n’a été trouvé : tapez-en un.",
    ))
}
