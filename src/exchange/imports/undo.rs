//! Taking an import back: devices it created and nobody touched since are annulled, fields that still hold what it wrote
//! get their former value back, and the rest is listed with the reason. Names it made known (makers, models, units) stay:
//! others may use them by now.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What came back and what did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// Devices annulled.
    pub annulled: i64,
    /// Devices that got their former values back, all of them.
    pub restored: i64,
    /// Devices left, wholly or in part, with the reason beside each line.
    pub left: i64,
}

/// Takes a run back, line by line, and says beside each line what could not be.
pub(super) async fn undo(
    conn: &mut PgConnection,
    run_id: Uuid,
    committed_at: DateTime<Utc>,
    now: DateTime<Utc>,
    actor_id: Option<Uuid>,
    reason: &str,
) -> sqlx::Result<Undone> {
    // Touched since: any row written about the device after the import, but what is derived from it.
    sqlx::query!(
        "with entered as materialized (select number, device_id from import_row where run_id = $1 and outcome = 'created'),
         touched as materialized (
             select e.number, d.annulled_at, coalesce(case when d.version > 1 then 'fiche' end, (
                 select string_agg(distinct a.table_name, ', ') from audit_row a
                 where a.subject_id = e.device_id and a.at > $2 and a.table_name not in ('device_fact', 'import_run')), '') as tables
             from entered e join device d on d.id = e.device_id
         )
         update import_row r
         set undone = case
                 when t.annulled_at is not null then 'déjà annulé'
                 when t.tables <> '' then 'modifié depuis l’import (' || t.tables || ')'
                 when exists (select from device p where p.parent_id = r.device_id and p.annulled_at is null
                              and p.id <> all (array(select device_id from entered))) then 'd’autres équipements en dépendent'
                 else 'annulé' end
         from touched t
         where r.run_id = $1 and r.number = t.number",
        run_id,
        committed_at
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "with gone as materialized (select device_id from import_row where run_id = $1 and outcome = 'created' and undone = 'annulé')
         update device d
         set annulled_at = $2, annulled_by = $3, annulled_reason = $4, version = d.version + 1
         from gone g
         where d.id = g.device_id",
        run_id,
        now,
        actor_id,
        reason
    )
    .execute(&mut *conn)
    .await?;
    restore(&mut *conn, run_id, now, actor_id, reason).await?;
    sqlx::query_as!(
        Undone,
        r#"select count(*) filter (where undone = 'annulé') as "annulled!", count(*) filter (where undone = 'rétabli') as "restored!",
                  count(*) filter (where undone is not null and undone not in ('annulé', 'rétabli')) as "left!"
           from import_row where run_id = $1"#,
        run_id
    )
    .fetch_one(conn)
    .await
}

async fn restore(
    conn: &mut PgConnection,
    run_id: Uuid,
    now: DateTime<Utc>,
    actor_id: Option<Uuid>,
    reason: &str,
) -> sqlx::Result<()> {
    // `given` of an updated line is of no more use: it takes the values to put back.
    sqlx::query!(
        "with changed as materialized (select number, device_id, changes from import_row where run_id = $1 and outcome = 'updated'),
         facing as materialized (
             select c.number, c.changes, to_jsonb(d) as card, d.annulled_at
             from changed c join device d on d.id = c.device_id
         ),
         judged as materialized (
             select f.number, f.annulled_at,
                    (select jsonb_object_agg(key, value -> 0) from jsonb_each(f.changes) where f.card ? key and f.card -> key = coalesce(value -> 1, 'null')) as back,
                    (select string_agg(key, ', ' order by key) from jsonb_each(f.changes) where f.card ? key and f.card -> key <> coalesce(value -> 1, 'null')) as later,
                    (select string_agg(key, ', ' order by key) from jsonb_each(f.changes) where not f.card ? key) as beside
             from facing f
         )
         update import_row r
         set given = case when j.annulled_at is null then jsonb_build_object('back', coalesce(j.back, '{}')) else '{}' end || jsonb_build_object('change_id', r.given -> 'undo_id'),
             undone = case
                 when j.annulled_at is not null then 'équipement annulé depuis'
                 when j.later is null and j.beside is null then 'rétabli'
                 else concat_ws(' ; ', 'modifié depuis : ' || j.later, 'à reprendre sur la fiche : ' || j.beside) end
         from judged j
         where r.run_id = $1 and r.number = j.number",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into device_movement (id, device_id, at, from_establishment_id, from_unit_id, from_room_id, from_detail, to_establishment_id, to_unit_id, to_room_id, to_detail, reason, actor_id)
         select (r.given ->> 'change_id')::uuid, d.id, $2, d.establishment_id, d.unit_id, d.room_id, d.place_detail, v.establishment_id, v.unit_id, v.room_id, v.place_detail, $4, $3
         from (select number, device_id, given from import_row
               where run_id = $1 and outcome = 'updated' and given -> 'back' ?| array['unit_id', 'room_id', 'place_detail'] offset 0) r
         join device d on d.id = r.device_id
         cross join lateral jsonb_populate_record(d, r.given -> 'back') v
         where (d.unit_id, d.room_id, d.place_detail) is distinct from (v.unit_id, v.room_id, v.place_detail)",
        run_id,
        now,
        actor_id,
        reason
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "with back as materialized (select device_id, given -> 'back' as fields from import_row where run_id = $1 and outcome = 'updated' and given -> 'back' <> '{}')
         update device d
         set (unit_id, room_id, place_detail, model_id, local_name, serial_number, serial_unknown_reason, lot_number, udi_text, udi_issuer, udi_di, udi_understood, udi_status,
              supplier_id, owner_id, holding, holding_reference, holding_start_date, holding_start_date_text, holding_end_date, holding_end_date_text,
              manufacture_date, manufacture_date_text, purchase_date, purchase_date_text, delivery_date, delivery_date_text, acceptance_date, acceptance_date_text,
              first_service_date, first_service_date_text, local_service_date, local_service_date_text, warranty_end_date, warranty_end_date_text,
              end_of_exploitation_date, end_of_exploitation_date_text, asset_number, account_code, market_number, order_number, price_cents, price_text, parent_id,
              is_connected, stores_data_locally, maintenance_criticality, care_criticality, end_reason, destination, note, version)
           = (select v.unit_id, v.room_id, v.place_detail, v.model_id, v.local_name, v.serial_number, v.serial_unknown_reason, v.lot_number, v.udi_text, v.udi_issuer, v.udi_di, v.udi_understood, v.udi_status,
              v.supplier_id, v.owner_id, v.holding, v.holding_reference, v.holding_start_date, v.holding_start_date_text, v.holding_end_date, v.holding_end_date_text,
              v.manufacture_date, v.manufacture_date_text, v.purchase_date, v.purchase_date_text, v.delivery_date, v.delivery_date_text, v.acceptance_date, v.acceptance_date_text,
              v.first_service_date, v.first_service_date_text, v.local_service_date, v.local_service_date_text, v.warranty_end_date, v.warranty_end_date_text,
              v.end_of_exploitation_date, v.end_of_exploitation_date_text, v.asset_number, v.account_code, v.market_number, v.order_number, v.price_cents, v.price_text, v.parent_id,
              v.is_connected, v.stores_data_locally, v.maintenance_criticality, v.care_criticality, v.end_reason, v.destination, v.note, d.version + 1
              from jsonb_populate_record(d, b.fields) v)
         from back b
         where d.id = b.device_id",
        run_id
    )
    .execute(conn)
    .await?;
    Ok(())
}
