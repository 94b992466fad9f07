//! Changing what the sheet of a device says.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::Covered;
use crate::accounts::actions::EditDevices;
use crate::inventory::devices::fields::Fields;
use crate::inventory::devices::{Device, DeviceId, queries, refuse_if_annulled, scan, standing};
use crate::kernel::{Error, Event, Result, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// Writes the sheet as checked. `version` is the one the form was opened with; a serial number is set
/// here only where none is known, and changed by an exchange, which keeps the former one.
pub async fn edit(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    device: &Device,
    version: i32,
    fields: Fields,
    serial: Option<String>,
    serial_unknown_reason: Option<String>,
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    let today = standing::local_day(device, tx.now());
    let mut fields = fields;
    fields.udi_text = scan::kept(fields.udi_text, device.udi_text.as_deref());
    write(tx, device.id, version, &fields, today).await?;
    if device.serial_number.is_none() {
        if let Some(serial) = &serial {
            queries::refuse_same_serial(tx, device.model_id, serial, Some(device.id)).await?;
        }
        sqlx::query!(
            "update device set serial_number = $2, serial_unknown_reason = $3 where id = $1",
            device.id.uuid(),
            serial,
            if serial.is_some() {
                None
            } else {
                serial_unknown_reason
            },
        )
        .execute(&mut **tx)
        .await?;
    } else if serial.is_some() && serial != device.serial_number {
        return Err(Error::field(
            "serial_number",
            "Un numéro de série connu change par un échange ou une correction, qui garde l’ancien : page « Identifiants ».",
        ));
    }
    let (now, actor) = (tx.now(), tx.actor().id);
    if fields.software_version_id != device.software_version_id
        && let Some(version) = fields.software_version_id
    {
        installed(tx, device.id, version, now, actor).await?;
    }
    Ok(Event::new(
        "device.edited",
        device.subject(),
        "Fiche modifiée",
    ))
}

/// Adds a line to the software history.
pub(super) async fn installed(
    conn: &mut PgConnection,
    device: DeviceId,
    version: Uuid,
    now: DateTime<Utc>,
    actor: Option<Uuid>,
) -> Result<()> {
    sqlx::query!(
        "insert into device_software (id, device_id, software_version_id, recorded_at, recorded_by) values ($1, $2, $3, $4, $5)",
        id::fresh(),
        device.uuid(),
        version,
        now,
        actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes every field of the sheet where the version still is the one that was read.
pub(super) async fn write(
    conn: &mut PgConnection,
    device: DeviceId,
    version: i32,
    f: &Fields,
    today: NaiveDate,
) -> Result<()> {
    let scan = scan::read(f.udi_text.as_deref(), today);
    sqlx::query!(
        "
        update device set
            local_name = $3,
            lot_number = $4,
            udi_text = $5,
            supplier_id = $6,
            owner_id = $7,
            software_version_id = $8,
            holding = $9,
            holding_reference = $10,
            holding_start_date = $11,
            holding_start_date_text = $12,
            holding_end_date = $13,
            holding_end_date_text = $14,
            manufacture_date = $15,
            manufacture_date_text = $16,
            purchase_date = $17,
            purchase_date_text = $18,
            delivery_date = $19,
            delivery_date_text = $20,
            acceptance_date = $21,
            acceptance_date_text = $22,
            first_service_date = $23,
            first_service_date_text = $24,
            local_service_date = $25,
            local_service_date_text = $26,
            aptitude_date = $27,
            regular_service_date = $28,
            warranty_end_date = $29,
            warranty_end_date_text = $30,
            asset_number = $31,
            account_code = $32,
            market_number = $33,
            order_number = $34,
            price_cents = $35,
            parent_id = $36,
            is_dmn = $37,
            is_ai = $38,
            dmn_scope = $39,
            stores_data_locally = $40,
            stores_data_remotely = $41,
            data_encrypted = $42,
            storage_media = $43,
            exceptions_reason = $44,
            maintenance_criticality = $45,
            care_criticality = $46,
            cyber_criticality = $47,
            note = $48,
            udi_raw = $49,
            udi_issuer = $50,
            udi_di = $51,
            udi_understood = $52,
            udi_status = $53,
            udi_parser_version = $54,
            version = version + 1
        where id = $1 and version = $2
        ",
        device.uuid(),
        version,
        f.local_name,
        f.lot_number,
        scan.text,
        f.supplier_id,
        f.owner_id,
        f.software_version_id,
        f.holding.map(|h| h.code()),
        f.holding_reference,
        f.holding_start.day,
        f.holding_start.words,
        f.holding_end.day,
        f.holding_end.words,
        f.manufacture.day,
        f.manufacture.words,
        f.purchase.day,
        f.purchase.words,
        f.delivery.day,
        f.delivery.words,
        f.acceptance.day,
        f.acceptance.words,
        f.first_service.day,
        f.first_service.words,
        f.local_service.day,
        f.local_service.words,
        f.aptitude_date,
        f.regular_service_date,
        f.warranty_end.day,
        f.warranty_end.words,
        f.asset_number,
        f.account_code,
        f.market_number,
        f.order_number,
        f.price_cents,
        f.parent_id,
        f.is_dmn,
        f.is_ai,
        f.dmn_scope,
        f.stores_data_locally,
        f.stores_data_remotely,
        f.data_encrypted,
        f.storage_media,
        f.exceptions_reason,
        f.maintenance_criticality.map(|c| c.code()),
        f.care_criticality.map(|c| c.code()),
        f.cyber_criticality.map(|c| c.code()),
        f.note,
        scan.raw,
        scan.issuer,
        scan.di,
        scan.understood,
        scan.status,
        scan.parser,
    )
    .execute(conn)
    .await
    .on_constraint(
        "device_holding_period_check",
        "holding_end",
        "La fin de la détention précède son début.",
    )
    .on_constraint(
        "device_software_version_fkey",
        "software_version",
        "Cette version n’est pas du modèle de l’équipement.",
    )
    .on_constraint(
        "device_parent_self_check",
        "parent",
        "Un équipement ne fait pas partie de lui-même.",
    )
    .on_constraint(
        "device_supplier_fkey",
        "supplier",
        "Ce fournisseur n’existe pas.",
    )
    .on_constraint(
        "device_owner_fkey",
        "owner",
        "Ce propriétaire n’existe pas.",
    )?
    .one_row()
}
