//! Making one record of two, and taking it back.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::model::{self, Kind};
use super::queries::{self, Merge, Side};
use super::{MergeId, UNDO_DAYS};
use crate::accounts::access::Covered;
use crate::accounts::actions::MergeRecords;
use crate::kernel::{Error, Event, Result, Subject, id};
use crate::platform::db::{OnConstraint, OneRow, Tx};

const RULE: &str = "Fusion de fiches";

fn subject(kind: Kind, record: Uuid, establishment: Option<Uuid>) -> Subject {
    match establishment {
        Some(e) => Subject::of(kind.code(), record, e),
        None => Subject::shared(kind.code(), record),
    }
}

/// Why these two may not be merged now, if they may not.
pub async fn refusal(
    conn: &mut sqlx::PgConnection,
    kind: Kind,
    kept: &Side,
    double: &Side,
) -> Result<Option<String>> {
    if kept.id == double.id {
        return Ok(Some("C’est deux fois la même fiche.".into()));
    }
    if kept.closed || double.closed {
        return Ok(Some(
            "L’une des deux fiches est déjà annulée : partez de celle qui la remplace.".into(),
        ));
    }
    match kind {
        Kind::Organisation => {
            let same = queries::same_models(conn, kept.id, double.id).await?;
            if !same.is_empty() {
                return Ok(Some(format!(
                    "Les deux fabricants ont le même modèle : {}. Fusionnez d’abord ces modèles.",
                    same.join(", ")
                )));
            }
        }
        Kind::Model => {}
        Kind::Device => {
            if kept.establishment != double.establishment {
                return Ok(Some("Les deux équipements sont d’établissements différents : transférez l’un d’abord.".into()));
            }
            let (part, lent) = queries::device_ties(conn, kept.id, double.id).await?;
            if part {
                return Ok(Some("L’un fait partie de l’autre : ce sont deux équipements, ou corrigez d’abord l’ensemble.".into()));
            }
            if lent {
                return Ok(Some(format!(
                    "{} est prêté : enregistrez son retour, ou conservez cette fiche.",
                    double.name
                )));
            }
        }
    }
    Ok(None)
}

/// Merges: the double is annulled, what pointed to it points to the kept record, which takes the chosen groups.
pub async fn merge(
    tx: &mut Tx,
    _: Covered<MergeRecords>,
    kind: Kind,
    (kept, double): (&Side, &Side),
    taken: &[String],
    reason: &str,
) -> Result<(MergeId, Event)> {
    if let Some(why) = refusal(tx, kind, kept, double).await? {
        return Err(Error::refused(RULE, why));
    }
    tx.because(reason).await?;
    let merge = MergeId::fresh();
    let (before, after) = model::written(kind, &kept.record, &double.record, taken);
    mark(tx, kind, kept, double).await?;
    sqlx::query!("set constraints all deferred")
        .execute(&mut **tx)
        .await?;
    let mut added = Map::new();
    if kind == Kind::Model {
        added.insert(
            "device_version".into(),
            same_versions(tx, kept.id, double.id).await?,
        );
    }
    let mut moved = sqlx::query_scalar!(
        r#"select merge_move($1::text::regclass, $2, $3) as "moved!""#,
        kind.code(),
        kept.id,
        double.id
    )
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query!("set constraints all immediate")
        .execute(&mut **tx)
        .await?;
    let documents = sqlx::query_scalar!(
        "update document d set subject_id = $2, version = d.version + 1
         where d.subject_type = $1 and d.subject_id = $3
           and not exists (select from document k where k.subject_id = $2 and k.file_id = d.file_id and k.kind = d.kind and k.withdrawn_at is null)
         returning d.id",
        kind.code(),
        kept.id,
        double.id
    )
    .fetch_all(&mut **tx)
    .await?;
    if let (Some(moved), false) = (moved.as_object_mut(), documents.is_empty()) {
        moved.insert("document.subject_id".into(), json!(documents));
    }
    write(tx, kind, kept.id, &after).await?;
    lead(tx, kind, kept, double, &after, reason, &mut added).await?;
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into record_merge (id, kind, kept_id, merged_id, establishment_id, kept_name, merged_name, taken, before, after, moved, added, reason,
             merged_at, merged_by, undo_before, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)",
        merge.uuid(),
        kind.code(),
        kept.id,
        double.id,
        kept.establishment,
        kept.name,
        double.name,
        taken,
        before,
        after,
        moved,
        Value::Object(added),
        reason,
        now,
        by,
        now + chrono::TimeDelta::days(UNDO_DAYS)
    )
    .execute(&mut **tx)
    .await
    .on_constraint("record_merge_open_key", "double", "Cette fiche est déjà fusionnée.")?;
    Ok((
        merge,
        Event::new(
            "record.merged",
            subject(kind, kept.id, kept.establishment),
            format!("{} fusionné dans {}", double.name, kept.name),
        )
        .with(json!({ "merge_id": merge }))
        .and(Event::new(
            "record.annulled_as_double",
            subject(kind, double.id, double.establishment),
            format!("Fiche annulée : double de {}", kept.name),
        )),
    ))
}

/// The double bears its pointer.
async fn mark(tx: &mut Tx, kind: Kind, kept: &Side, double: &Side) -> Result<()> {
    match kind {
        // A registration number is unique: the double lets go of it, and gets it back when the merge is taken back.
        Kind::Organisation => sqlx::query!(
            "update organisation set merged_into_id = $2, srn = null, version = version + 1 where id = $1 and merged_into_id is null",
            double.id,
            kept.id
        )
        .execute(&mut **tx)
        .await?
        .one_row(),
        Kind::Model => sqlx::query!(
            "update device_model set merged_into_id = $2, version = version + 1 where id = $1 and merged_into_id is null",
            double.id,
            kept.id
        )
        .execute(&mut **tx)
        .await?
        .one_row(),
        Kind::Device => {
            let (now, by) = (tx.now(), tx.actor().id);
            sqlx::query!(
                "update device set merged_into_id = $2, annulled_at = $3, annulled_by = $4, annulled_reason = $5, version = version + 1 where id = $1 and annulled_at is null",
                double.id,
                kept.id,
                now,
                by,
                format!("double de {}", kept.name)
            )
            .execute(&mut **tx)
            .await?
            .one_row()
        }
    }
}

/// Devices of the double that run a version both models know: they run the kept model's. Says which, for the way back.
async fn same_versions(tx: &mut Tx, kept: Uuid, double: Uuid) -> Result<Value> {
    let found = sqlx::query!(
        "with same as materialized (
             select b.id as old, a.id as new
             from software_version a join software_version b on b.model_id = $2 and b.name = a.name and b.number = a.number
             where a.model_id = $1
         )
         update device d set software_version_id = s.new, model_id = $1, version = d.version + 1
         from same s where d.software_version_id = s.old
         returning d.id, s.old, s.new",
        kept,
        double
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(json!(
        found
            .into_iter()
            .map(|row| json!([row.id, row.old, row.new]))
            .collect::<Vec<_>>()
    ))
}

/// Writes fields on the kept record.
async fn write(tx: &mut Tx, kind: Kind, kept: Uuid, fields: &Value) -> Result<()> {
    if fields.as_object().is_none_or(Map::is_empty) {
        return Ok(());
    }
    let done = match kind {
        Kind::Organisation => sqlx::query!(
            "update organisation o
             set (roles, country, srn, siren, finess, cofrac_number, address, website, phone, note, version)
               = (select v.roles, v.country, v.srn, v.siren, v.finess, v.cofrac_number, v.address, v.website, v.phone, v.note, o.version + 1 from jsonb_populate_record(o, $2) v)
             where o.id = $1",
            kept,
            fields
        )
        .execute(&mut **tx)
        .await
        .on_constraint("organisation_srn_key", "", "Ce n° d’enregistrement est celui d’une troisième organisation.")?,
        Kind::Model => sqlx::query!(
            "update device_model m
             set (common_name, trade_name, reference, manufacturer_id, qualification, regulation, risk_class, class_suffixes, class_rule, class_source, risk_class_stated,
                  is_in_house, in_house_basis, ce_mark, notified_body, basic_udi_di, intended_purpose, is_dmn, is_ai, is_ionising, regulated_family, is_implantable, is_measuring,
                  is_imaging, is_laser, is_sterile, is_single_use, is_networked, stores_personal_data, electrical_class, applied_parts, expected_life_years, sale_ends_on,
                  parts_support_ends_on, software_support_ends_on, security_support_ends_on, training_required, training_note, cleaning_note, note, version)
               = (select v.common_name, v.trade_name, v.reference, v.manufacturer_id, v.qualification, v.regulation, v.risk_class, v.class_suffixes, v.class_rule, v.class_source, v.risk_class_stated,
                  v.is_in_house, v.in_house_basis, v.ce_mark, v.notified_body, v.basic_udi_di, v.intended_purpose, v.is_dmn, v.is_ai, v.is_ionising, v.regulated_family, v.is_implantable, v.is_measuring,
                  v.is_imaging, v.is_laser, v.is_sterile, v.is_single_use, v.is_networked, v.stores_personal_data, v.electrical_class, v.applied_parts, v.expected_life_years, v.sale_ends_on,
                  v.parts_support_ends_on, v.software_support_ends_on, v.security_support_ends_on, v.training_required, v.training_note, v.cleaning_note, v.note, m.version + 1
                  from jsonb_populate_record(m, $2) v)
             where m.id = $1",
            kept,
            fields
        )
        .execute(&mut **tx)
        .await
        .on_constraint("device_model_known_once_key", "", "Un troisième modèle a déjà ce fabricant, ce nom et cette référence.")
        .on_constraint("device_model_in_house_check", "", "La fabrication interne et sa justification vont ensemble.")
        .on_constraint("device_model_risk_class_check", "", "La classe ne va pas avec la réglementation.")?,
        Kind::Device => sqlx::query!(
            "update device d
             set (unit_id, room_id, place_detail, local_name, model_id, software_version_id, serial_number, serial_unknown_reason, lot_number, udi_raw, udi_text, udi_issuer, udi_di,
                  udi_understood, udi_status, udi_parser_version, supplier_id, owner_id, holding, holding_reference, holding_start_date, holding_start_date_text, holding_end_date,
                  holding_end_date_text, manufacture_date, manufacture_date_text, purchase_date, purchase_date_text, delivery_date, delivery_date_text, acceptance_date, acceptance_date_text,
                  first_service_date, first_service_date_text, local_service_date, local_service_date_text, warranty_end_date, warranty_end_date_text, asset_number, account_code,
                  market_number, order_number, price_cents, price_text, is_connected, network_zone, remote_access, remote_access_note, is_dmn, is_ai, dmn_scope, stores_data_locally,
                  stores_data_remotely, data_encrypted, storage_media, maintenance_criticality, care_criticality, cyber_criticality, note, version)
               = (select v.unit_id, v.room_id, v.place_detail, v.local_name, v.model_id, v.software_version_id, v.serial_number, v.serial_unknown_reason, v.lot_number, v.udi_raw, v.udi_text, v.udi_issuer, v.udi_di,
                  v.udi_understood, v.udi_status, v.udi_parser_version, v.supplier_id, v.owner_id, v.holding, v.holding_reference, v.holding_start_date, v.holding_start_date_text, v.holding_end_date,
                  v.holding_end_date_text, v.manufacture_date, v.manufacture_date_text, v.purchase_date, v.purchase_date_text, v.delivery_date, v.delivery_date_text, v.acceptance_date, v.acceptance_date_text,
                  v.first_service_date, v.first_service_date_text, v.local_service_date, v.local_service_date_text, v.warranty_end_date, v.warranty_end_date_text, v.asset_number, v.account_code,
                  v.market_number, v.order_number, v.price_cents, v.price_text, v.is_connected, v.network_zone, v.remote_access, v.remote_access_note, v.is_dmn, v.is_ai, v.dmn_scope, v.stores_data_locally,
                  v.stores_data_remotely, v.data_encrypted, v.storage_media, v.maintenance_criticality, v.care_criticality, v.cyber_criticality, v.note, d.version + 1
                  from jsonb_populate_record(d, $2) v)
             where d.id = $1",
            kept,
            fields
        )
        .execute(&mut **tx)
        .await?,
    };
    done.one_row()?;
    if kind == Kind::Device {
        move_along(tx, kept, fields).await?;
    }
    Ok(())
}

/// A place that changes by a merge is a movement like any other.
async fn move_along(tx: &mut Tx, device: Uuid, fields: &Value) -> Result<()> {
    let moves = ["unit_id", "room_id", "place_detail"]
        .iter()
        .any(|c| fields.get(c).is_some());
    if !moves {
        return Ok(());
    }
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into device_movement (id, device_id, at, from_establishment_id, from_unit_id, from_room_id, from_detail, to_establishment_id, to_unit_id, to_room_id, to_detail, reason, actor_id)
         select $2, d.id, $3, d.establishment_id, w.to_unit_id, w.to_room_id, w.to_detail, d.establishment_id, d.unit_id, d.room_id, d.place_detail, 'fusion de deux fiches', $4
         from device d
         left join lateral (
             select m.to_unit_id, m.to_room_id, m.to_detail from device_movement m where m.device_id = d.id order by m.id desc limit 1
         ) w on true
         where d.id = $1 and (d.unit_id, d.room_id, d.place_detail) is distinct from (w.to_unit_id, w.to_room_id, w.to_detail)",
        device,
        id::fresh(),
        now,
        by
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the double was found by now leads to the kept record.
async fn lead(
    tx: &mut Tx,
    kind: Kind,
    kept: &Side,
    double: &Side,
    after: &Value,
    reason: &str,
    added: &mut Map<String, Value>,
) -> Result<()> {
    let (now, by) = (tx.now(), tx.actor().id);
    match kind {
        Kind::Organisation => {
            let alias = sqlx::query_scalar!(
                "insert into organisation_alias (id, organisation_id, name, kind, source)
                 select $1, $2, $3, 'spelling', 'fusion' where plain($3) <> plain($4)
                 on conflict (plain(name)) do nothing
                 returning id",
                id::fresh(),
                kept.id,
                double.name,
                kept.name
            )
            .fetch_optional(&mut **tx)
            .await?;
            added.insert("organisation_alias".into(), json!(alias.as_slice()));
        }
        Kind::Model => {}
        Kind::Device => {
            let text = |record: &Value, column: &str| {
                record
                    .get(column)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let mut ids = vec![];
            for (identifier, column) in [
                ("inventory_number", "inventory_number"),
                ("label_code", "label_code"),
                ("serial_number", "serial_number"),
                ("lot_number", "lot_number"),
                ("asset_number", "asset_number"),
            ] {
                // Both sides' values lead here: the double's, and the kept record's own when the double's replaced it.
                let mut values = vec![text(&double.record, column)];
                if after.get(column).is_some() {
                    values = vec![text(&kept.record, column)];
                }
                for value in values.into_iter().filter(|v| !v.trim().is_empty()) {
                    if value == text(&kept.record, column) && after.get(column).is_none() {
                        continue;
                    }
                    let line = id::fresh();
                    sqlx::query!(
                        "insert into device_identifier (id, device_id, kind, value, valid_to, reason, recorded_at, recorded_by) values ($1, $2, $3, $4, $5, $6, $5, $7)",
                        line,
                        kept.id,
                        identifier,
                        value,
                        now,
                        format!("fusion : {reason}"),
                        by
                    )
                    .execute(&mut **tx)
                    .await?;
                    ids.push(line);
                }
            }
            added.insert("device_identifier".into(), json!(ids));
        }
    }
    Ok(())
}

/// Identifiers kept in a JSON list.
fn ids(of: Option<&Value>) -> Vec<Uuid> {
    of.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|v| v.as_str()?.parse().ok())
        .collect()
}

/// Takes a merge back, as far as nobody changed what it wrote since; says what stays.
pub async fn undo(
    tx: &mut Tx,
    _: Covered<MergeRecords>,
    merge: &Merge,
    now_kept: &Value,
    reason: &str,
) -> Result<Event> {
    let now = tx.now();
    if merge.undone_at.is_some() {
        return Err(Error::Conflict("Cette fusion est déjà défaite.".into()));
    }
    if !merge.may_be_undone(now) {
        return Err(Error::refused(
            format!("une fusion se défait pendant {UNDO_DAYS} jours"),
            "Le délai est passé : inscrivez de nouveau la fiche, ou corrigez celle qui reste.",
        ));
    }
    tx.because(reason).await?;
    let (back, left) = model::put_back(now_kept, &merge.before, &merge.after);
    let mut left: Vec<String> = model::labels(merge.kind, &left)
        .into_iter()
        .map(|label| format!("{label} : modifié depuis la fusion"))
        .collect();
    for (table, rows) in merge.added.as_object().into_iter().flatten() {
        let rows = ids(Some(rows));
        match table.as_str() {
            "organisation_alias" => {
                sqlx::query!("delete from organisation_alias where id = any ($1)", &rows)
                    .execute(&mut **tx)
                    .await?;
            }
            "device_identifier" => {
                sqlx::query!("delete from device_identifier where id = any ($1)", &rows)
                    .execute(&mut **tx)
                    .await?;
            }
            _ => {}
        }
    }
    write(tx, merge.kind, merge.kept_id, &back).await?;
    unmark(tx, merge).await?;
    sqlx::query!("set constraints all deferred")
        .execute(&mut **tx)
        .await?;
    let mut moved = merge.moved.clone();
    let documents = ids(moved
        .as_object_mut()
        .and_then(|m| m.remove("document.subject_id"))
        .as_ref());
    let lost = sqlx::query_scalar!(
        r#"select merge_put_back($1::text::regclass, $2, $3, $4) as "lost!""#,
        merge.kind.code(),
        merge.kept_id,
        merge.merged_id,
        moved
    )
    .fetch_one(&mut **tx)
    .await?;
    versions_back(tx, merge).await?;
    sqlx::query!("set constraints all immediate")
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "update document set subject_id = $2, version = version + 1 where id = any ($1) and subject_id = $3",
        &documents,
        merge.merged_id,
        merge.kept_id
    )
    .execute(&mut **tx)
    .await?;
    if lost > 0 {
        left.push(format!(
            "{lost} liaison(s) changée(s) depuis la fusion restent où elles sont"
        ));
    }
    let by = tx.actor().id;
    sqlx::query!(
        "update record_merge set undone_at = $2, undone_by = $3, undone_reason = $4, left_as_is = $5, version = version + 1 where id = $1 and undone_at is null",
        merge.id.uuid(),
        now,
        by,
        reason,
        &left
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    let said = if left.is_empty() {
        "tout est rétabli".to_owned()
    } else {
        left.join(" ; ")
    };
    Ok(Event::new(
        "record.unmerged",
        subject(merge.kind, merge.kept_id, merge.establishment_id),
        format!(
            "Fusion de {} dans {} défaite : {said}",
            merge.merged_name, merge.kept_name
        ),
    )
    .and(Event::new(
        "record.restored",
        subject(merge.kind, merge.merged_id, merge.establishment_id),
        "Fiche rétablie : la fusion est défaite".to_owned(),
    )))
}

/// Devices that ran the double's own version run it again, unless they changed since.
async fn versions_back(tx: &mut Tx, merge: &Merge) -> Result<()> {
    for line in merge
        .added
        .get("device_version")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let line = ids(Some(line));
        if let [device, old, new] = line[..] {
            sqlx::query!(
                "update device set software_version_id = $2, model_id = $4, version = version + 1 where id = $1 and software_version_id = $3",
                device,
                old,
                new,
                merge.merged_id
            )
            .execute(&mut **tx)
            .await?;
        }
    }
    Ok(())
}

/// The double is a record again.
async fn unmark(tx: &mut Tx, merge: &Merge) -> Result<()> {
    match merge.kind {
        Kind::Organisation => {
            // Its registration number was let go of; it is in what the audit kept of the row before.
            sqlx::query!(
                "update organisation o
                 set merged_into_id = null, version = o.version + 1,
                     srn = (select a.before ->> 'srn' from audit_row a
                            where a.row_id = o.id and a.table_name = 'organisation' and a.after ->> 'merged_into_id' = $2::text and a.before ->> 'srn' is not null
                            order by a.id desc limit 1)
                 where o.id = $1 and o.merged_into_id is not null",
                merge.merged_id,
                merge.kept_id.to_string()
            )
            .execute(&mut **tx)
            .await
            .on_constraint("organisation_srn_key", "", "Son n° d’enregistrement est désormais celui d’une autre organisation.")?
            .one_row()
        }
        Kind::Model => sqlx::query!(
            "update device_model set merged_into_id = null, version = version + 1 where id = $1 and merged_into_id is not null",
            merge.merged_id
        )
        .execute(&mut **tx)
        .await
        .on_constraint("device_model_known_once_key", "", "Un autre modèle a désormais ce fabricant, ce nom et cette référence.")?
        .one_row(),
        Kind::Device => sqlx::query!(
            "update device set merged_into_id = null, annulled_at = null, annulled_by = null, annulled_reason = null, version = version + 1 where id = $1 and merged_into_id is not null",
            merge.merged_id
        )
        .execute(&mut **tx)
        .await
        .on_constraint("device_inventory_number_key", "", "Son n° d’inventaire est désormais celui d’un autre équipement.")?
        .one_row(),
    }
}
