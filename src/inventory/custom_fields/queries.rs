//! Reading custom fields and their values.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::CustomFieldId;
use super::model::{CustomField, FieldKind};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Placed, Scope};
use crate::accounts::actions::{Action, SeeDevices};
use crate::inventory::devices::DeviceId;
use crate::kernel::{Error, Result};
use crate::shell::domain::{Boxed, Named};

/// The fields of the establishments seen and of the group, in their order; those in use alone, or all.
///
/// Who sees a unit or a device alone sees the fields of its establishment.
pub async fn seen(conn: &mut PgConnection, sees: &Scope, all: bool) -> Result<Vec<CustomField>> {
    Ok(sqlx::query_as!(
        CustomField,
        r#"select f.id as "id: CustomFieldId", f.establishment_id as "establishment_id: EstablishmentId", e.name as "establishment?",
                  f.label, f.kind as "kind: FieldKind", f.choices, f.help, f.position, f.withdrawn_at is not null as "withdrawn!", f.version
           from custom_field f
           left join establishment e on e.id = f.establishment_id
           where (f.establishment_id is null or f.establishment_id = any($1)
                  or exists (select from unit u where u.id = any($2) and u.establishment_id = f.establishment_id)
                  or exists (select from device d where d.id = any($3) and d.establishment_id = f.establishment_id))
             and ($4 or f.withdrawn_at is null)
           order by f.withdrawn_at is not null, f.establishment_id nulls first, f.position, f.label collate "fr-x-icu", f.id
           limit 200"#,
        &sees.establishments,
        &sees.units,
        &sees.devices,
        all
    )
    .fetch_all(conn)
    .await?)
}

/// One field.
pub async fn find(conn: &mut PgConnection, sees: &Scope, id: CustomFieldId) -> Result<CustomField> {
    let fields = seen(conn, sees, true).await?;
    fields
        .into_iter()
        .find(|field| field.id == id)
        .ok_or(Error::NotFound)
}

/// The fields asked of the devices of an establishment.
pub fn asked(fields: Vec<CustomField>, establishment: EstablishmentId) -> Vec<CustomField> {
    fields
        .into_iter()
        .filter(|field| {
            field
                .establishment_id
                .is_none_or(|own| own == establishment)
        })
        .collect()
}

/// What a device says, by field, as written.
pub async fn values(conn: &mut PgConnection, device: DeviceId) -> Result<HashMap<Uuid, String>> {
    let rows = sqlx::query!(
        r#"select field_id, coalesce(text_value, trim_scale(number_value)::text, date_value::text, flag_value::text) as "value!"
           from device_custom_value where device_id = $1"#,
        device.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.field_id, row.value))
        .collect())
}

/// Names a field.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeDevices::NAME) {
            return Ok(None);
        }
        match find(conn, &caller.scope(SeeDevices::NAME), CustomFieldId(id)).await {
            Ok(field) => Ok(Some(Named {
                place: field.place(),
                title: format!("Champ « {} »", field.label),
                href: "/inventory/custom_fields".to_owned(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}
