//! Proofs that other domains give for a change of state.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::inventory::devices::DeviceId;
use crate::inventory::states::Need;
use crate::kernel::{Result, id};
use crate::platform::db::Tx;

/// Keeps a proof, with the record it comes from (its table and id). It counts until the device is stopped anew.
pub async fn give_proof(
    tx: &mut Tx,
    device: DeviceId,
    need: Need,
    cause: (&str, Uuid),
) -> Result<()> {
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into device_proof (id, device_id, need, given_at, given_by, cause_type, cause_id) values ($1, $2, $3, $4, $5, $6, $7)",
        id::fresh(),
        device.uuid(),
        need.code(),
        now,
        by,
        cause.0,
        cause.1
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The proofs given since the device was last stopped.
pub async fn proofs_given(conn: &mut PgConnection, device: DeviceId) -> Result<Vec<Need>> {
    let codes = sqlx::query_scalar!(
        "select distinct p.need from device_proof p
         where p.device_id = $1
           and p.id > coalesce((select max(c.id::text)::uuid from device_state_change c where c.device_id = $1
               and c.to_state in ('broken', 'in_maintenance', 'quarantined', 'suspended_quality', 'suspended_cyber')), p.device_id)
         order by p.need",
        device.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(codes
        .iter()
        .filter_map(|code| Need::from_code(code))
        .collect())
}
