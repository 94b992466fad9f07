//! Carrying out a correction, and undoing it. Every statement is over all the devices at once.

use chrono::Days;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::CorrectionId;
use super::model::{Current, SheetField, Target, UNDO_DAYS};
use super::queries::{self, Correction};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Covered, Place, Scope};
use crate::accounts::actions::EditDevices;
use crate::inventory::custom_fields::{self, CustomFieldId};
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// What is to be carried out.
pub struct NewCorrection {
    /// The field.
    pub target: Target,
    /// The value; none = cleared.
    pub value: Option<String>,
    /// The same in words.
    pub words: String,
    /// The filters it is over, for who reads it later.
    pub selection: String,
    /// The devices, as they are now.
    pub devices: Vec<Current>,
}

fn rule() -> String {
    "modification en nombre".to_owned()
}

/// The proofs cover every device, or nothing is done.
fn all_covered(covered: &[Covered<EditDevices>], devices: &[Current]) -> Result<()> {
    let stands = |device: &Current| {
        covered.iter().any(|proof| {
            let place = proof.place();
            place.establishment.map(EstablishmentId::uuid) == Some(device.establishment_id)
                && place.unit.map(|unit| unit.uuid()) == device.unit_id
        })
    };
    if devices.iter().all(stands) {
        Ok(())
    } else {
        Err(Error::internal(
            "a correction reached further than its proofs",
        ))
    }
}

/// Gives the value to every device that holds another.
pub async fn make(
    tx: &mut Tx,
    covered: &[Covered<EditDevices>],
    new: NewCorrection,
) -> Result<(CorrectionId, Event)> {
    all_covered(covered, &new.devices)?;
    let Some(author) = tx.actor().id else {
        return Err(Error::refused(
            rule(),
            "Une modification en nombre a un auteur.",
        ));
    };
    let value = new.value.as_deref();
    let changed: Vec<&Current> = new
        .devices
        .iter()
        .filter(|device| !device.annulled && device.differs(value))
        .collect();
    if changed.is_empty() {
        return Err(Error::refused(
            rule(),
            "Tous ces équipements ont déjà cette valeur : il n’y a rien à modifier.",
        ));
    }
    let establishment = changed.first().map(|first| first.establishment_id);
    let establishment =
        establishment.filter(|one| changed.iter().all(|device| device.establishment_id == *one));
    let (correction, now) = (CorrectionId::fresh(), tx.now());
    let undo_before = now.checked_add_days(Days::new(UNDO_DAYS)).unwrap_or(now);
    let count = |many: usize| i32::try_from(many).unwrap_or(i32::MAX);
    sqlx::query!(
        "insert into correction (id, establishment_id, field, value, value_words, selection, account_id, made_at, changed_count, unchanged_count, undo_before)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        correction.uuid(),
        establishment,
        new.target.code(),
        value,
        new.words,
        new.selection,
        author,
        now,
        count(changed.len()),
        count(new.devices.len() - changed.len()),
        undo_before
    )
    .execute(&mut **tx)
    .await?;
    let devices: Vec<Uuid> = changed.iter().map(|device| device.id).collect();
    let lines: Vec<Uuid> = devices.iter().map(|_| id::fresh()).collect();
    let before: Vec<Option<String>> = changed.iter().map(|device| device.value.clone()).collect();
    let words: Vec<Option<String>> = changed.iter().map(|device| device.words.clone()).collect();
    sqlx::query!(
        "insert into correction_line (id, correction_id, device_id, before_value, before_words)
         select l.id, $2, l.device_id, l.before_value, l.before_words
         from unnest($1::uuid[], $3::uuid[], $4::text[], $5::text[]) as l (id, device_id, before_value, before_words)",
        &lines,
        correction.uuid(),
        &devices,
        &before as &[Option<String>],
        &words as &[Option<String>]
    )
    .execute(&mut **tx)
    .await?;
    let values: Vec<Option<String>> = devices.iter().map(|_| new.value.clone()).collect();
    let none: Vec<Option<String>> = devices.iter().map(|_| None).collect();
    write(tx, &new.target, &devices, &values, &none).await?;
    let subject = Subject {
        kind: "correction",
        id: correction.uuid(),
        establishment,
    };
    let many = changed.len();
    let said = format!(
        "{} : « {} » donné à {many} équipement{}",
        new.target.label(),
        new.words,
        if many > 1 { "s" } else { "" }
    );
    let event = Event::new("devices.corrected", subject, said)
        .with(json!({ "field": new.target.code(), "value": new.value, "changed": many, "selection": new.selection }));
    Ok((correction, event))
}

/// Gives back what was replaced where the value given still stands; the rest is kept, and says why.
pub async fn undo(
    tx: &mut Tx,
    covered: &[Covered<EditDevices>],
    acts: &Scope,
    correction: &Correction,
    target: &Target,
) -> Result<Event> {
    if correction.undone_at.is_some() {
        return Err(Error::refused(
            rule(),
            "Cette modification est déjà annulée.",
        ));
    }
    if correction.undo_before < tx.now() {
        return Err(Error::refused(
            rule(),
            format!(
                "Une modification en nombre s’annule pendant {UNDO_DAYS} jours : corrigez par une autre."
            ),
        ));
    }
    let lines = queries::lines(tx, acts, correction.id, i64::MAX).await?;
    let ids: Vec<Uuid> = lines.iter().map(|line| line.device_id).collect();
    let now_held = queries::current(tx, target, &ids, acts).await?;
    all_covered(covered, &now_held)?;
    let (mut devices, mut values, mut words) = (Vec::new(), Vec::new(), Vec::new());
    let (mut kept, mut why) = (Vec::new(), Vec::new());
    for line in &lines {
        let held = now_held.iter().find(|held| held.id == line.device_id);
        let reason = match held {
            None => Some("hors de vos droits aujourd’hui"),
            Some(held) if held.annulled => Some("inscription annulée depuis"),
            Some(held) if held.differs(correction.value.as_deref()) => {
                Some("valeur changée depuis")
            }
            Some(_) => None,
        };
        match reason {
            Some(reason) => {
                kept.push(line.device_id);
                why.push(reason.to_owned());
            }
            None => {
                devices.push(line.device_id);
                values.push(line.before_value.clone());
                words.push(line.before_words.clone());
            }
        }
    }
    write(tx, target, &devices, &values, &words).await?;
    let now = tx.now();
    sqlx::query!(
        "update correction_line set restored_at = $3 where correction_id = $1 and device_id = any($2)",
        correction.id.uuid(),
        &devices,
        now
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update correction_line l set kept_why = k.why
         from unnest($2::uuid[], $3::text[]) as k (device_id, why)
         where l.correction_id = $1 and l.device_id = k.device_id",
        correction.id.uuid(),
        &kept,
        &why
    )
    .execute(&mut **tx)
    .await?;
    let actor = tx.actor().id;
    sqlx::query!(
        "update correction set undone_at = $2, undone_by = $3, restored_count = $4 where id = $1 and undone_at is null",
        correction.id.uuid(),
        now,
        actor,
        i32::try_from(devices.len()).unwrap_or(i32::MAX)
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    let subject = Subject {
        kind: "correction",
        id: correction.id.uuid(),
        establishment: correction.establishment_id.map(EstablishmentId::uuid),
    };
    let said = match kept.len() {
        0 => format!(
            "Modification annulée : {} équipements rétablis",
            devices.len()
        ),
        left => format!(
            "Modification annulée : {} équipements rétablis, {left} laissés tels quels",
            devices.len()
        ),
    };
    Ok(Event::new("devices.correction_undone", subject, said))
}

/// Where each device of the list stands, none twice: what a permit is asked over.
pub fn places(devices: &[Current]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for device in devices {
        let place = Place::establishment(EstablishmentId(device.establishment_id))
            .unit(device.unit_id.map(crate::accounts::UnitId));
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

async fn write(
    tx: &mut Tx,
    target: &Target,
    devices: &[Uuid],
    values: &[Option<String>],
    words: &[Option<String>],
) -> Result<()> {
    match target {
        Target::Sheet(field) => write_sheet(tx, *field, devices, values, words).await,
        Target::Custom(field) => write_custom(tx, field.id, devices, values).await,
    }
}

async fn write_custom(
    conn: &mut PgConnection,
    field: CustomFieldId,
    devices: &[Uuid],
    values: &[Option<String>],
) -> Result<()> {
    let (mut cleared, mut given, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (device, value) in devices.iter().zip(values) {
        match value {
            Some(value) => {
                given.push(*device);
                texts.push(value.clone());
            }
            None => cleared.push(*device),
        }
    }
    custom_fields::commands::clear(conn, field, &cleared).await?;
    custom_fields::commands::give(conn, field, &given, &texts).await
}

async fn write_sheet(
    conn: &mut PgConnection,
    field: SheetField,
    devices: &[Uuid],
    values: &[Option<String>],
    words: &[Option<String>],
) -> Result<()> {
    sqlx::query!(
        "update device d set
            supplier_id = case when $1::text = 'supplier' then v.value::uuid else d.supplier_id end,
            owner_id = case when $1 = 'owner' then v.value::uuid else d.owner_id end,
            holding = case when $1 = 'holding' then v.value else d.holding end,
            holding_reference = case when $1 = 'holding_reference' then v.value else d.holding_reference end,
            holding_end_date = case when $1 = 'holding_end_date' then v.value::date else d.holding_end_date end,
            holding_end_date_text = case when $1 = 'holding_end_date' then v.words else d.holding_end_date_text end,
            warranty_end_date = case when $1 = 'warranty_end_date' then v.value::date else d.warranty_end_date end,
            warranty_end_date_text = case when $1 = 'warranty_end_date' then v.words else d.warranty_end_date_text end,
            purchase_date = case when $1 = 'purchase_date' then v.value::date else d.purchase_date end,
            purchase_date_text = case when $1 = 'purchase_date' then v.words else d.purchase_date_text end,
            delivery_date = case when $1 = 'delivery_date' then v.value::date else d.delivery_date end,
            delivery_date_text = case when $1 = 'delivery_date' then v.words else d.delivery_date_text end,
            maintenance_criticality = case when $1 = 'maintenance_criticality' then v.value else d.maintenance_criticality end,
            care_criticality = case when $1 = 'care_criticality' then v.value else d.care_criticality end,
            cyber_criticality = case when $1 = 'cyber_criticality' then v.value else d.cyber_criticality end,
            stores_data_locally = case when $1 = 'stores_data_locally' then v.value::boolean else d.stores_data_locally end,
            data_encrypted = case when $1 = 'data_encrypted' then v.value::boolean else d.data_encrypted end,
            market_number = case when $1 = 'market_number' then v.value else d.market_number end,
            order_number = case when $1 = 'order_number' then v.value else d.order_number end,
            account_code = case when $1 = 'account_code' then v.value else d.account_code end,
            local_name = case when $1 = 'local_name' then v.value else d.local_name end,
            note = case when $1 = 'note' then v.value else d.note end,
            version = d.version + 1
         from unnest($2::uuid[], $3::text[], $4::text[]) as v (id, value, words)
         where d.id = v.id",
        field.code(),
        devices,
        values as &[Option<String>],
        words as &[Option<String>]
    )
    .execute(conn)
    .await
    .on_constraint(
        "device_holding_period_check",
        "value",
        "Pour au moins un de ces équipements, la fin de la détention précéderait son début.",
    )
    .on_constraint("device_supplier_fkey", "value", "Ce fournisseur n’existe pas.")
    .on_constraint("device_owner_fkey", "value", "Ce propriétaire n’existe pas.")?;
    Ok(())
}
