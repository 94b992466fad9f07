//! Writing custom fields and their values.

use sqlx::PgConnection;
use uuid::Uuid;

use super::CustomFieldId;
use super::model::{CustomField, NewField};
use crate::accounts::EstablishmentId;
use crate::accounts::access::Covered;
use crate::accounts::actions::{EditDevices, ManageFields};
use crate::inventory::devices::{Device, refuse_if_annulled};
use crate::kernel::{Event, Result, Subject, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

const TAKEN: &str = "Un champ de ce nom existe déjà ici.";

fn subject(id: CustomFieldId, establishment: Option<EstablishmentId>) -> Subject {
    Subject {
        kind: "custom_field",
        id: id.uuid(),
        establishment: establishment.map(EstablishmentId::uuid),
    }
}

/// Adds a field.
pub async fn define(tx: &mut Tx, _: Covered<ManageFields>, new: &NewField) -> Result<Event> {
    let (id, now) = (CustomFieldId::fresh(), tx.now());
    sqlx::query!(
        "insert into custom_field (id, establishment_id, label, kind, choices, help, position, recorded_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        id.uuid(),
        new.establishment.map(|e| e.uuid()),
        new.label,
        new.kind.code(),
        &new.choices,
        new.help,
        new.position,
        now
    )
    .execute(&mut **tx)
    .await
    .on_constraint("custom_field_label_key", "label", TAKEN)?;
    Ok(Event::new(
        "custom_field.defined",
        subject(id, new.establishment),
        format!("Champ « {} » ajouté aux équipements", new.label),
    ))
}

/// Changes what is said of a field; never whose it is nor its kind.
pub async fn revise(
    tx: &mut Tx,
    _: Covered<ManageFields>,
    field: &CustomField,
    new: &NewField,
    version: i32,
) -> Result<Event> {
    sqlx::query!(
        "update custom_field set label = $3, choices = $4, help = $5, position = $6, version = version + 1
         where id = $1 and version = $2",
        field.id.uuid(),
        version,
        new.label,
        &new.choices,
        new.help,
        new.position
    )
    .execute(&mut **tx)
    .await
    .on_constraint("custom_field_label_key", "label", TAKEN)?
    .one_row()?;
    Ok(Event::new(
        "custom_field.revised",
        subject(field.id, field.establishment_id),
        format!("Champ « {} » modifié", new.label),
    ))
}

/// No longer asks for a field; what was written stays.
pub async fn withdraw(tx: &mut Tx, _: Covered<ManageFields>, field: &CustomField) -> Result<Event> {
    let now = tx.now();
    sqlx::query!(
        "update custom_field set withdrawn_at = $2, version = version + 1 where id = $1 and withdrawn_at is null",
        field.id.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "custom_field.withdrawn",
        subject(field.id, field.establishment_id),
        format!("Champ « {} » retiré", field.label),
    ))
}

/// Asks for a withdrawn field again.
pub async fn restore(tx: &mut Tx, _: Covered<ManageFields>, field: &CustomField) -> Result<Event> {
    sqlx::query!(
        "update custom_field set withdrawn_at = null, version = version + 1 where id = $1 and withdrawn_at is not null",
        field.id.uuid()
    )
    .execute(&mut **tx)
    .await
    .on_constraint("custom_field_label_key", "label", TAKEN)?
    .one_row()?;
    Ok(Event::new(
        "custom_field.restored",
        subject(field.id, field.establishment_id),
        format!("Champ « {} » rétabli", field.label),
    ))
}

/// Writes what a device says in the fields given: value by field, none = nothing said.
pub async fn fill(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    device: &Device,
    said: &[(CustomFieldId, Option<String>)],
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    let one = [device.id.uuid()];
    for (field, value) in said {
        match value {
            Some(value) => give(tx, *field, &one, std::slice::from_ref(value)).await?,
            None => clear(tx, *field, &one).await?,
        }
    }
    Ok(Event::new(
        "device.fields_filled",
        device.subject(),
        "Champs complémentaires modifiés",
    ))
}

/// Writes what a file says of the devices of an establishment: field, device, value.
pub async fn take(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    establishment: EstablishmentId,
    values: &[(CustomFieldId, Uuid, String)],
    said: &str,
) -> Result<Event> {
    let _ = covered;
    let mut fields: Vec<CustomFieldId> = values.iter().map(|(field, ..)| *field).collect();
    fields.sort_unstable_by_key(|field| field.uuid());
    fields.dedup();
    for field in fields {
        let of_field = || values.iter().filter(|(one, ..)| *one == field);
        let devices: Vec<Uuid> = of_field().map(|(_, device, _)| *device).collect();
        let texts: Vec<String> = of_field().map(|(.., value)| value.clone()).collect();
        give(tx, field, &devices, &texts).await?;
    }
    Ok(Event::new(
        "devices.fields_imported",
        Subject::of("establishment", establishment, establishment),
        format!("Champs complémentaires importés : {said}"),
    ))
}

/// Gives each device its value in a field, under the column of its kind. Part of a command that has
/// proved the right over each device.
pub(in crate::inventory) async fn give(
    conn: &mut PgConnection,
    field: CustomFieldId,
    devices: &[Uuid],
    values: &[String],
) -> Result<()> {
    let ids: Vec<Uuid> = devices.iter().map(|_| id::fresh()).collect();
    sqlx::query!(
        "insert into device_custom_value as c (id, device_id, field_id, text_value, number_value, date_value, flag_value)
         select v.id, v.device_id, f.id,
                case when f.kind in ('text', 'choice') then v.value end,
                case when f.kind = 'number' then v.value::numeric end,
                case when f.kind = 'date' then v.value::date end,
                case when f.kind = 'yes_no' then v.value::boolean end
         from unnest($2::uuid[], $3::uuid[], $4::text[]) as v (id, device_id, value)
         join custom_field f on f.id = $1
         on conflict (device_id, field_id) do update
         set text_value = excluded.text_value, number_value = excluded.number_value,
             date_value = excluded.date_value, flag_value = excluded.flag_value",
        field.uuid(),
        &ids,
        devices,
        values
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the value of a field away from devices.
pub(in crate::inventory) async fn clear(
    conn: &mut PgConnection,
    field: CustomFieldId,
    devices: &[Uuid],
) -> Result<()> {
    sqlx::query!(
        "delete from device_custom_value where field_id = $1 and device_id = any($2)",
        field.uuid(),
        devices
    )
    .execute(conn)
    .await?;
    Ok(())
}
