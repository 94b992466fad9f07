//! What is known of a device on the network.

use crate::accounts::access::Covered;
use crate::accounts::actions::EditDeviceNetwork;
use crate::inventory::devices::model::RemoteAccess;
use crate::inventory::devices::queries::Interface;
use crate::inventory::devices::{Device, refuse_if_annulled};
use crate::kernel::{Event, Result, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// Network facts, checked; the interfaces replace those known.
#[derive(Clone, Debug, Default)]
pub struct NetworkFacts {
    /// On a network, when said.
    pub is_connected: Option<bool>,
    /// Zone.
    pub network_zone: Option<String>,
    /// How someone outside reaches it.
    pub remote_access: Option<RemoteAccess>,
    /// Details of that access.
    pub remote_access_note: Option<String>,
    /// The main one first.
    pub interfaces: Vec<Interface>,
}

/// Writes the network facts of a device.
pub async fn edit_network(
    tx: &mut Tx,
    covered: Covered<EditDeviceNetwork>,
    device: &Device,
    version: i32,
    facts: NetworkFacts,
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    sqlx::query!(
        "
        update device set is_connected = $3, network_zone = $4, remote_access = $5, remote_access_note = $6, version = version + 1
        where id = $1 and version = $2
        ",
        device.id.uuid(),
        version,
        facts.is_connected,
        facts.network_zone,
        facts.remote_access.map(|a| a.code()),
        facts.remote_access_note,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    let kept: Vec<i32> = facts.interfaces.iter().map(|i| i.position).collect();
    sqlx::query!(
        "delete from device_interface where device_id = $1 and not position = any($2)",
        device.id.uuid(),
        &kept
    )
    .execute(&mut **tx)
    .await?;
    for interface in &facts.interfaces {
        sqlx::query!(
            "
            insert into device_interface (id, device_id, position, label, mac, ip, vlan, host_name, is_wireless)
            values ($1, $2, $3, $4, $5::text::macaddr, $6::text::inet, $7, $8, $9)
            on conflict (device_id, position) do update set label = excluded.label, mac = excluded.mac, ip = excluded.ip,
                vlan = excluded.vlan, host_name = excluded.host_name, is_wireless = excluded.is_wireless
            ",
            id::fresh(),
            device.id.uuid(),
            interface.position,
            interface.label,
            interface.mac,
            interface.ip,
            interface.vlan,
            interface.host_name,
            interface.is_wireless,
        )
        .execute(&mut **tx)
        .await
        .on_constraint("device_interface_something_check", "interfaces", "Une interface a au moins une adresse, un VLAN ou un nom.")?;
    }
    Ok(Event::new(
        "device.network_edited",
        device.subject(),
        "Données réseau modifiées",
    ))
}
