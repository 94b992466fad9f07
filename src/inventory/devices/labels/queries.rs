//! Whose label a code is.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::accounts::access::Scope;
use crate::inventory::devices::DeviceId;
use crate::kernel::{Error, Result};

/// The device whose label has this code, or the one that answers for it since they were merged, within what the caller sees.
pub async fn by_label(conn: &mut PgConnection, scope: &Scope, code: &str) -> Result<DeviceId> {
    sqlx::query_scalar!(
        r#"
        select d.id as "id!: DeviceId"
        from device l
        join device d on d.id = coalesce(l.merged_into_id, l.id)
        where l.label_code = upper($1)
          and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))
        "#,
        code,
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// Since when a label's code is that of no device any more, within what the caller sees.
pub async fn revoked_label(
    conn: &mut PgConnection,
    scope: &Scope,
    code: &str,
) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!(
        r#"
        select i.valid_to as "valid_to!"
        from device_identifier i
        join device d on d.id = i.device_id
        where i.kind = 'label_code' and i.value = upper($1) and i.valid_to is not null
          and (d.establishment_id = any($2) or d.unit_id = any($3) or d.id = any($4))
        order by i.valid_to desc
        limit 1
        "#,
        code,
        &scope.establishments,
        &scope.units,
        &scope.devices
    )
    .fetch_optional(conn)
    .await?)
}
