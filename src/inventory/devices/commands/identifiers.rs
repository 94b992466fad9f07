//! Identifiers: exchanges that keep the former one, and those a device has besides its columns.

use crate::accounts::access::Covered;
use crate::accounts::actions::EditDevices;
use crate::inventory::devices::model::{IdentifierKind, label_code};
use crate::inventory::devices::{Device, queries, refuse_if_annulled, scan, standing};
use crate::kernel::{Error, Event, Result, id};
use crate::platform::db::Tx;
use crate::platform::db::constraint::{OnConstraint, OneRow};

/// An identifier to change for another.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Which one; only those kept in a column.
    pub kind: IdentifierKind,
    /// The new one; a label's code is drawn, not typed.
    pub value: String,
    /// Standard exchange, correction, new label…
    pub reason: String,
}

/// Changes an identifier and keeps the former one with the reason.
pub async fn exchange(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    device: &Device,
    version: i32,
    exchange: Exchange,
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    let Exchange {
        kind,
        mut value,
        reason,
    } = exchange;
    let former = match kind {
        IdentifierKind::InventoryNumber => Some(device.inventory_number.clone()),
        IdentifierKind::SerialNumber => device.serial_number.clone(),
        IdentifierKind::LotNumber => device.lot_number.clone(),
        IdentifierKind::Udi => device.udi_text.clone(),
        IdentifierKind::LabelCode => Some(device.label_code.clone()),
        _ => {
            return Err(Error::field(
                "kind",
                "Cet identifiant s’ajoute ou se clôt ; il ne s’échange pas.",
            ));
        }
    };
    if kind == IdentifierKind::LabelCode {
        let mut bytes = [0u8; 8];
        getrandom::fill(&mut bytes).map_err(Error::internal)?;
        value = label_code(bytes);
    }
    if former.as_deref() == Some(value.as_str()) {
        return Err(Error::field("value", "C’est déjà son identifiant."));
    }
    if kind == IdentifierKind::SerialNumber {
        queries::refuse_same_serial(tx, device.model_id, &value, Some(device.id)).await?;
    }
    let today = standing::local_day(device, tx.now());
    let scan = scan::read(
        (kind == IdentifierKind::Udi).then_some(value.as_str()),
        today,
    );
    let only = |wanted: IdentifierKind| (kind == wanted).then_some(value.as_str());
    sqlx::query!(
        "
        update device set
            inventory_number = coalesce($3, inventory_number),
            serial_number = coalesce($4, serial_number),
            serial_unknown_reason = case when $4::text is null then serial_unknown_reason end,
            lot_number = coalesce($5, lot_number),
            udi_text = coalesce($6, udi_text),
            udi_raw = case when $6::text is null then udi_raw else $8 end,
            udi_issuer = case when $6::text is null then udi_issuer else $9 end,
            udi_di = case when $6::text is null then udi_di else $10 end,
            udi_understood = case when $6::text is null then udi_understood else $11 end,
            udi_status = case when $6::text is null then udi_status else $12 end,
            udi_parser_version = case when $6::text is null then udi_parser_version else $13 end,
            label_code = coalesce($7, label_code),
            version = version + 1
        where id = $1 and version = $2
        ",
        device.id.uuid(),
        version,
        only(IdentifierKind::InventoryNumber),
        only(IdentifierKind::SerialNumber),
        only(IdentifierKind::LotNumber),
        only(IdentifierKind::Udi),
        only(IdentifierKind::LabelCode),
        scan.raw,
        scan.issuer,
        scan.di,
        scan.understood,
        scan.status,
        scan.parser,
    )
    .execute(&mut **tx)
    .await
    .on_constraint(
        "device_inventory_number_key",
        "value",
        "Ce numéro d’inventaire est déjà porté par un équipement de l’établissement.",
    )
    .on_constraint(
        "device_inventory_number_check",
        "value",
        "Un numéro d’inventaire a de 1 à 60 caractères, sans espace au bord.",
    )
    .on_constraint(
        "device_serial_number_check",
        "value",
        "Un numéro de série a de 1 à 120 caractères.",
    )?
    .one_row()?;
    if let Some(former) = &former {
        let (now, actor) = (tx.now(), tx.actor().id);
        sqlx::query!(
            "insert into device_identifier (id, device_id, kind, value, valid_to, reason, recorded_at, recorded_by) values ($1, $2, $3, $4, $5, $6, $5, $7)",
            id::fresh(),
            device.id.uuid(),
            kind.code(),
            former,
            now,
            reason,
            actor,
        )
        .execute(&mut **tx)
        .await?;
    }
    let words = format!(
        "{} : « {} » devient « {value} »",
        kind.label(),
        former.as_deref().unwrap_or("inconnu")
    );
    Ok(Event::new(
        "device.identifier_exchanged",
        device.subject(),
        words,
    ))
}

/// Adds an identifier besides those of the columns.
pub async fn add_identifier(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    device: &Device,
    kind: IdentifierKind,
    value: &str,
) -> Result<Event> {
    let _ = covered;
    refuse_if_annulled(device)?;
    if kind.is_column() {
        return Err(Error::field(
            "kind",
            "Cet identifiant est unique sur la fiche : échangez-le.",
        ));
    }
    let (now, actor) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into device_identifier (id, device_id, kind, value, valid_from, recorded_at, recorded_by) values ($1, $2, $3, $4, $5, $5, $6)",
        id::fresh(),
        device.id.uuid(),
        kind.code(),
        value,
        now,
        actor,
    )
    .execute(&mut **tx)
    .await
    .on_constraint("device_identifier_current_key", "value", "L’équipement porte déjà cet identifiant.")
    .on_constraint("device_identifier_value_check", "value", "Un identifiant a de 1 à 200 caractères.")?;
    Ok(Event::new(
        "device.identifier_added",
        device.subject(),
        format!("{} « {value} » ajouté", kind.label()),
    ))
}

/// Ends an identifier added before: it stays in the history.
pub async fn end_identifier(
    tx: &mut Tx,
    covered: Covered<EditDevices>,
    device: &Device,
    kind: IdentifierKind,
    value: &str,
    reason: &str,
) -> Result<Event> {
    let _ = covered;
    let now = tx.now();
    sqlx::query!(
        "update device_identifier set valid_to = $4, reason = $5 where device_id = $1 and kind = $2 and value = $3 and valid_to is null",
        device.id.uuid(),
        kind.code(),
        value,
        now,
        reason,
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "device.identifier_ended",
        device.subject(),
        format!("{} « {value} » clos", kind.label()),
    ))
}
