//! The statements that carry a file into the registry: one per table, whatever the number of lines, so that audit and
//! search triggers run once per statement. The dry run and the commit run these same statements.
//!
//! This is the one place that writes to the tables of `inventory` and `parties` from above: the lines are staged in
//! `import_row` and resolved by joins, which a call per device could not do within seconds.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Who acts, when, for which file.
#[derive(Debug, Clone)]
pub struct Act {
    /// The run.
    pub run_id: Uuid,
    /// When.
    pub now: DateTime<Utc>,
    /// The person or program, if it is one.
    pub actor_id: Option<Uuid>,
    /// How it is named in the timeline.
    pub actor_label: String,
    /// Name of the file.
    pub file_name: String,
}

/// Finds the device each line speaks of, by inventory number, else by model and serial number; then what differs.
pub(super) async fn compare(conn: &mut PgConnection, run_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "with wanted as materialized (
             select number, (given ->> 'establishment_id')::uuid as establishment_id, given ->> 'inventory_number' as inventory_number
             from import_row
             where run_id = $1 and outcome is null and same_as is null and given ? 'inventory_number'
         )
         update import_row r
         set device_id = d.id
         from wanted w
         join device d on d.establishment_id = w.establishment_id and d.inventory_number = w.inventory_number and d.annulled_at is null
         where r.run_id = $1 and r.number = w.number",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "with wanted as materialized (
             select number, (given ->> 'establishment_id')::uuid as establishment_id, (given ->> 'model_id')::uuid as model_id, given ->> 'serial_number' as serial_number
             from import_row
             where run_id = $1 and outcome is null and same_as is null and not given ? 'inventory_number'
         ),
         found as materialized (
             select w.number, array_agg(d.id order by d.id) as ids
             from wanted w
             join device d on d.establishment_id = w.establishment_id and d.model_id = w.model_id and d.serial_number = w.serial_number and d.annulled_at is null
             group by w.number
         )
         update import_row r
         set device_id = case when cardinality(f.ids) = 1 then f.ids[1] end,
             outcome = case when cardinality(f.ids) > 1 then 'rejected' end,
             remarks = case when cardinality(f.ids) > 1 then r.remarks || jsonb_build_array(jsonb_build_object(
                 'level', 'reject', 'field', 'serial_number', 'column', '', 'value', r.given ->> 'serial_number',
                 'reason', 'plusieurs équipements de ce modèle portent ce n° de série', 'expected', 'un n° d’inventaire')) else r.remarks end
         from found f
         where r.run_id = $1 and r.number = f.number",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    // Two lines must not aim at one device.
    sqlx::query!(
        "with aimed as materialized (
             select number, device_id, row_number() over (partition by device_id order by number) as nth,
                    min(number) over (partition by device_id) as first
             from import_row
             where run_id = $1 and outcome is null and same_as is null and device_id is not null
         )
         update import_row r
         set outcome = 'rejected',
             remarks = r.remarks || jsonb_build_array(jsonb_build_object(
                 'level', 'reject', 'field', 'inventory_number', 'column', '', 'value', coalesce(r.given ->> 'inventory_number', r.given ->> 'serial_number'),
                 'reason', 'vise le même équipement que la ligne ' || a.first, 'expected', 'une seule ligne par équipement'))
         from aimed a
         where r.run_id = $1 and r.number = a.number and a.nth > 1",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    // Another serial number is another device, or a standard exchange: never a silent update.
    sqlx::query!(
        "with aimed as materialized (
             select number, device_id, given ->> 'serial_number' as serial_number
             from import_row
             where run_id = $1 and outcome is null and same_as is null and device_id is not null and given ? 'serial_number'
         )
         update import_row r
         set outcome = 'rejected',
             remarks = r.remarks || jsonb_build_array(jsonb_build_object(
                 'level', 'reject', 'field', 'serial_number', 'column', '', 'value', r.given ->> 'serial_number',
                 'reason', 'la fiche ' || d.inventory_number || ' porte le n° de série « ' || d.serial_number || ' »',
                 'expected', 'le même n° de série, ou un échange standard fait sur la fiche'))
         from aimed a
         join device d on d.id = a.device_id and d.serial_number <> a.serial_number
         where r.run_id = $1 and r.number = a.number",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    // A software version belongs to a model: a file does not change the model under it.
    sqlx::query!(
        "with aimed as materialized (
             select number, device_id, (given ->> 'model_id')::uuid as model_id
             from import_row
             where run_id = $1 and outcome is null and same_as is null and device_id is not null
         )
         update import_row r
         set outcome = 'rejected',
             remarks = r.remarks || jsonb_build_array(jsonb_build_object(
                 'level', 'reject', 'field', 'trade_name', 'column', '', 'value', '',
                 'reason', 'la fiche ' || d.inventory_number || ' est d’un autre modèle, et une version de logiciel de ce modèle y est installée',
                 'expected', 'le modèle de la fiche, ou une correction faite sur la fiche'))
         from aimed a
         join device d on d.id = a.device_id and d.software_version_id is not null and d.model_id <> a.model_id
         where r.run_id = $1 and r.number = a.number",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    // The device it is part of: known, or in this very file.
    sqlx::query!(
        "with entering as materialized (
             select number, given ->> 'inventory_number' as inventory_number, given ->> 'establishment_id' as place, (given ->> 'id')::uuid as id
             from import_row
             where run_id = $1 and outcome is null and same_as is null
         ),
         children as materialized (
             select number, given ->> 'parent_number' as parent_number, given ->> 'establishment_id' as place
             from import_row
             where run_id = $1 and outcome is null and same_as is null and given ? 'parent_number'
         ),
         parents as materialized (
             select c.number, coalesce(d.id, o.id) as id
             from children c
             left join device d on d.establishment_id = c.place::uuid and d.inventory_number = c.parent_number and d.annulled_at is null
             left join entering o on o.inventory_number = c.parent_number and o.place = c.place and o.number <> c.number
         )
         update import_row r
         set given = r.given || jsonb_build_object('parent_id', p.id)
         from parents p
         where r.run_id = $1 and r.number = p.number and p.id is not null and p.id is distinct from r.device_id",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    differences(&mut *conn, run_id).await?;
    sqlx::query!(
        "update import_row
         set outcome = 'created', device_id = (given ->> 'id')::uuid
         where run_id = $1 and outcome is null and same_as is null",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    // A line that repeats another shares its fate.
    sqlx::query!(
        "with repeated as materialized (select number, same_as from import_row where run_id = $1 and same_as is not null and outcome is null)
         update import_row r
         set outcome = case when f.outcome = 'rejected' then 'rejected' else 'unchanged' end,
             device_id = f.device_id,
             remarks = r.remarks || jsonb_build_array(jsonb_build_object(
                 'level', case when f.outcome = 'rejected' then 'reject' else 'notice' end, 'field', '', 'column', '', 'value', '',
                 'reason', 'répète la ligne ' || f.number || case when f.outcome = 'rejected' then ', elle-même rejetée' else '' end, 'expected', ''))
         from repeated p
         join import_row f on f.run_id = $1 and f.number = p.same_as
         where r.run_id = $1 and r.number = p.number",
        run_id
    )
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// What a file gives that a device does not say, field by field, old and new. What the file does not give is left out;
/// words never replace a known day, and the state of a device is only compared.
async fn differences(conn: &mut PgConnection, run_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "with staged as materialized (
             select number, device_id, given from import_row where run_id = $1 and outcome is null and same_as is null and device_id is not null
         ),
         facing as materialized (
             select r.number, r.given, d.id, d.state,
                    to_jsonb(d) || jsonb_build_object(
                        'mac', i.mac, 'ip', host(i.ip), 'vlan', i.vlan, 'host_name', i.host_name, 'is_wireless', i.is_wireless,
                        'software_version', s.number) as card
             from staged r
             join device d on d.id = r.device_id
             left join device_interface i on i.device_id = d.id and i.position = 1
             left join software_version s on s.id = d.software_version_id
         ),
         compared as materialized (
             select f.number, f.state, f.given,
                    (select jsonb_object_agg(c.key, c.change) from (
                         select g.key, jsonb_build_array(f.card -> g.key, g.value) as change
                         from jsonb_each(f.given) g
                         where (f.card ? g.key or (g.key in ('old_label', 'old_system', 'rfid', 'dicom_ae') and not exists (
                                   select from device_identifier k where k.device_id = f.id and k.kind = g.key and k.value = g.value #>> '{}')))
                           and g.key not in ('id', 'label_code', 'state', 'establishment_id', 'inventory_number', 'udi_parser_version')
                           and g.value is distinct from f.card -> g.key
                           and not (g.key like '%\\_text' and coalesce(f.card -> left(g.key, -5), f.card -> (left(g.key, -5) || '_cents'), 'null') <> 'null')
                           and not (g.key = 'serial_unknown_reason' and f.card -> 'serial_number' <> 'null')
                         union all
                         -- A value takes the place of the words that stood for it.
                         select w.key, jsonb_build_array(f.card -> w.key, null)
                         from jsonb_object_keys(f.given) k
                         cross join lateral (select case k when 'price_cents' then 'price_text' when 'serial_number' then 'serial_unknown_reason' else k || '_text' end as key) w
                         where f.card -> w.key <> 'null'
                     ) c) as changes
             from facing f
         )
         update import_row r
         set changes = c.changes,
             outcome = case when c.changes is null then 'unchanged' else 'updated' end,
             remarks = case when c.given ->> 'state' = c.state or c.given -> 'state_is_given' is null then r.remarks else r.remarks || jsonb_build_array(jsonb_build_object(
                 'level', 'notice', 'field', 'state', 'column', '', 'value', c.given ->> 'state',
                 'reason', 'l’état du fichier diffère de celui de la fiche (' || c.state || ') : un import ne le change pas', 'expected', 'l’action qui convient, faite sur la fiche')) end
         from compared c
         where r.run_id = $1 and r.number = c.number",
        run_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Creates what was decided, then the devices, then updates the others.
pub(super) async fn apply(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    establishments(conn, act).await?;
    organisations(conn, act).await?;
    units(conn, act).await?;
    models(conn, act).await?;
    software_of_new(conn, act).await?;
    devices(conn, act).await?;
    movements(conn, act).await?;
    update(conn, act).await?;
    belongings(conn, act).await?;
    software(conn, act).await?;
    told(conn, act).await
}

async fn establishments(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into establishment (id, code, name, finess_geographic, time_zone, version)
         select resolved_id, detail ->> 'code', detail ->> 'name', detail ->> 'finess', 'Europe/Paris', 1
         from import_reference
         where run_id = $1 and kind = 'establishment' and decision = 'create'
           and resolved_id = any (array(select distinct (r.given ->> 'establishment_id')::uuid from import_row r where r.run_id = $1 and r.outcome = 'created'))",
        act.run_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn organisations(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into organisation (id, name, roles, version)
         select resolved_id, detail ->> 'name', array(select jsonb_array_elements_text(detail -> 'roles')), 1
         from import_reference
         where run_id = $1 and kind = 'organisation' and decision = 'create'
           and not exists (select from organisation o where o.id = resolved_id)",
        act.run_id
    )
    .execute(&mut *conn)
    .await?;
    // The spellings of this file lead to the same organisation next time.
    sqlx::query!(
        "insert into organisation_alias (id, organisation_id, name, kind, source)
         select (jsonb_array_elements_text(f.detail -> 'alias_ids'))::uuid, f.resolved_id, jsonb_array_elements_text(f.detail -> 'spellings'), 'spelling', $2
         from import_reference f
         where f.run_id = $1 and f.kind = 'organisation' and f.decision is not null
         on conflict do nothing",
        act.run_id,
        act.file_name
    )
    .execute(&mut *conn)
    .await?;
    // A known organisation met in a part it was not known to play.
    sqlx::query!(
        "with parts as (
             select (r.given ->> 'supplier_id')::uuid as id, 'supplier' as part from import_row r where r.run_id = $1 and r.outcome in ('created', 'updated') and r.given ? 'supplier_id'
             union
             select manufacturer_id, 'manufacturer' from device_model where manufacturer_id is not null and id = any (array(
                 select distinct (given ->> 'model_id')::uuid from import_row where run_id = $1 and outcome in ('created', 'updated')))
         )
         update organisation o
         set roles = o.roles || p.parts, version = o.version + 1
         from (select id, array_agg(part order by part) as parts from parts join organisation k using (id) where not k.roles @> array[part] group by id) p
         where o.id = p.id",
        act.run_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn units(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into unit (id, establishment_id, department_id, site_id, uf_code, name, version)
         select f.resolved_id, (f.detail ->> 'establishment_id')::uuid, d.id, s.id, f.detail ->> 'code', f.detail ->> 'name', 1
         from import_reference f
         left join lateral (select id from department where establishment_id = (f.detail ->> 'establishment_id')::uuid
             and (plain(name) = plain(f.detail ->> 'department') or plain(code) = plain(f.detail ->> 'department')) order by id limit 1) d on true
         left join lateral (select id from site where establishment_id = (f.detail ->> 'establishment_id')::uuid
             and (plain(name) = plain(f.detail ->> 'site') or plain(code) = plain(f.detail ->> 'site')) order by id limit 1) s on true
         where f.run_id = $1 and f.kind = 'unit' and f.decision = 'create'
           and exists (select from establishment e where e.id = (f.detail ->> 'establishment_id')::uuid)
           and not exists (select from unit u where u.id = f.resolved_id)",
        act.run_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn models(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into device_model (id, common_name, trade_name, reference, manufacturer_id, regulation, risk_class, risk_class_stated, is_dmn, is_ai, version)
         select resolved_id, detail ->> 'common_name', detail ->> 'trade_name', detail ->> 'reference', (detail ->> 'manufacturer_id')::uuid,
                detail ->> 'regulation',
                case when (detail ->> 'class_fits')::boolean then detail ->> 'risk_class' end,
                case when not (detail ->> 'class_fits')::boolean then detail ->> 'risk_class' end,
                (detail ->> 'is_dmn')::boolean, (detail ->> 'is_ai')::boolean, 1
         from import_reference
         where run_id = $1 and kind = 'model' and decision = 'create'
           and not exists (select from device_model m where m.id = resolved_id)
           and resolved_id = any (array(select distinct (r.given ->> 'model_id')::uuid from import_row r where r.run_id = $1 and r.outcome in ('created', 'updated')))",
        act.run_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into nomenclature_term (id, system, code, edition)
         select distinct on (c ->> 0, c ->> 1) (c ->> 2)::uuid, c ->> 0, c ->> 1, ''
         from import_reference f cross join lateral jsonb_array_elements(f.detail -> 'codes') c
         join device_model m on m.id = f.resolved_id
         where f.run_id = $1 and f.kind = 'model' and f.decision = 'create'
           and not exists (select from nomenclature_term t where t.system = c ->> 0 and t.code = c ->> 1)
         order by c ->> 0, c ->> 1",
        act.run_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into model_code (id, model_id, term_id, source)
         select (c ->> 3)::uuid, f.resolved_id, t.id, $2
         from import_reference f cross join lateral jsonb_array_elements(f.detail -> 'codes') c
         join device_model m on m.id = f.resolved_id
         join lateral (select id from nomenclature_term where system = c ->> 0 and code = c ->> 1 order by edition desc limit 1) t on true
         where f.run_id = $1 and f.kind = 'model' and f.decision = 'create'
         on conflict do nothing",
        act.run_id,
        act.file_name
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn devices(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        r#"insert into device (
             id, establishment_id, unit_id, room_id, place_detail, model_id, inventory_number, label_code, local_name, serial_number, serial_unknown_reason,
             lot_number, udi_text, udi_issuer, udi_di, udi_understood, udi_status, udi_parser_version, supplier_id, owner_id,
             holding, holding_reference, holding_start_date, holding_start_date_text, holding_end_date, holding_end_date_text,
             manufacture_date, manufacture_date_text, purchase_date, purchase_date_text, delivery_date, delivery_date_text, acceptance_date, acceptance_date_text,
             first_service_date, first_service_date_text, local_service_date, local_service_date_text, warranty_end_date, warranty_end_date_text,
             asset_number, account_code, market_number, order_number, price_cents, price_text, parent_id, is_connected, stores_data_locally,
             maintenance_criticality, care_criticality, end_of_exploitation_date, end_of_exploitation_date_text, end_reason, destination, note,
             state, taken_over, recorded_at, recorded_by, version, software_version_id)
         select
             v.id, v.establishment_id, v.unit_id, v.room_id, v.place_detail, v.model_id, v.inventory_number, v.label_code, v.local_name, v.serial_number, v.serial_unknown_reason,
             v.lot_number, v.udi_text, v.udi_issuer, v.udi_di, v.udi_understood, v.udi_status, v.udi_parser_version, v.supplier_id, v.owner_id,
             v.holding, v.holding_reference, v.holding_start_date, v.holding_start_date_text, v.holding_end_date, v.holding_end_date_text,
             v.manufacture_date, v.manufacture_date_text, v.purchase_date, v.purchase_date_text, v.delivery_date, v.delivery_date_text, v.acceptance_date, v.acceptance_date_text,
             v.first_service_date, v.first_service_date_text, v.local_service_date, v.local_service_date_text, v.warranty_end_date, v.warranty_end_date_text,
             v.asset_number, v.account_code, v.market_number, v.order_number, v.price_cents, v.price_text, v.parent_id, v.is_connected, v.stores_data_locally,
             v.maintenance_criticality, v.care_criticality, v.end_of_exploitation_date, v.end_of_exploitation_date_text, v.end_reason, v.destination, v.note,
             v.state, true, $2, $3, 1,
             (select s.id from software_version s where s.model_id = v.model_id and s.number = r.given ->> 'software_version' order by s.id limit 1)
         from import_row r
         cross join lateral jsonb_populate_record(null::device, r.given) v
         where r.run_id = $1 and r.outcome = 'created'
         order by r.number"#,
        act.run_id,
        act.now,
        act.actor_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into device_state_change (id, device_id, transition, from_state, to_state, at, actor_id, reason, cause_type, cause_id)
         select (given ->> 'change_id')::uuid, device_id, 'take_over', null, given ->> 'state', $2, $3, 'reprise, preuves non vérifiées', 'import_run', $1
         from import_row
         where run_id = $1 and outcome = 'created'
         order by number",
        act.run_id,
        act.now,
        act.actor_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A device whose place the file changes has moved: its history says so. Runs before the update.
async fn movements(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into device_movement (id, device_id, at, from_establishment_id, from_unit_id, from_room_id, from_detail, to_establishment_id, to_unit_id, to_room_id, to_detail, reason, actor_id)
         select (r.given ->> 'change_id')::uuid, d.id, $2, d.establishment_id, d.unit_id, d.room_id, d.place_detail,
                d.establishment_id, coalesce((r.given ->> 'unit_id')::uuid, d.unit_id), coalesce((r.given ->> 'room_id')::uuid, d.room_id), coalesce(r.given ->> 'place_detail', d.place_detail),
                'import du fichier ' || $4, $3
         from (select number, device_id, given from import_row
               where run_id = $1 and outcome = 'updated' and changes ?| array['unit_id', 'room_id', 'place_detail'] offset 0) r
         join device d on d.id = r.device_id
         order by r.number",
        act.run_id,
        act.now,
        act.actor_id,
        act.file_name
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn update(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        r#"with changed as materialized (select device_id, given from import_row where run_id = $1 and outcome = 'updated')
         update device d
         set unit_id = coalesce(v.unit_id, d.unit_id),
             room_id = coalesce(v.room_id, d.room_id),
             place_detail = coalesce(v.place_detail, d.place_detail),
             model_id = coalesce(v.model_id, d.model_id),
             local_name = coalesce(v.local_name, d.local_name),
             serial_number = coalesce(d.serial_number, v.serial_number),
             serial_unknown_reason = case when coalesce(d.serial_number, v.serial_number) is null then coalesce(v.serial_unknown_reason, d.serial_unknown_reason) end,
             lot_number = coalesce(v.lot_number, d.lot_number),
             udi_text = coalesce(v.udi_text, d.udi_text),
             udi_issuer = case when v.udi_text is null then d.udi_issuer else v.udi_issuer end,
             udi_di = case when v.udi_text is null then d.udi_di else v.udi_di end,
             udi_understood = case when v.udi_text is null then d.udi_understood else v.udi_understood end,
             udi_status = case when v.udi_text is null then d.udi_status else v.udi_status end,
             udi_parser_version = case when v.udi_text is null then d.udi_parser_version else v.udi_parser_version end,
             supplier_id = coalesce(v.supplier_id, d.supplier_id),
             owner_id = coalesce(v.owner_id, d.owner_id),
             holding = coalesce(v.holding, d.holding),
             holding_reference = coalesce(v.holding_reference, d.holding_reference),
             holding_start_date = coalesce(v.holding_start_date, d.holding_start_date),
             holding_start_date_text = case when coalesce(v.holding_start_date, d.holding_start_date) is null then coalesce(v.holding_start_date_text, d.holding_start_date_text) end,
             holding_end_date = coalesce(v.holding_end_date, d.holding_end_date),
             holding_end_date_text = case when coalesce(v.holding_end_date, d.holding_end_date) is null then coalesce(v.holding_end_date_text, d.holding_end_date_text) end,
             manufacture_date = coalesce(v.manufacture_date, d.manufacture_date),
             manufacture_date_text = case when coalesce(v.manufacture_date, d.manufacture_date) is null then coalesce(v.manufacture_date_text, d.manufacture_date_text) end,
             purchase_date = coalesce(v.purchase_date, d.purchase_date),
             purchase_date_text = case when coalesce(v.purchase_date, d.purchase_date) is null then coalesce(v.purchase_date_text, d.purchase_date_text) end,
             delivery_date = coalesce(v.delivery_date, d.delivery_date),
             delivery_date_text = case when coalesce(v.delivery_date, d.delivery_date) is null then coalesce(v.delivery_date_text, d.delivery_date_text) end,
             acceptance_date = coalesce(v.acceptance_date, d.acceptance_date),
             acceptance_date_text = case when coalesce(v.acceptance_date, d.acceptance_date) is null then coalesce(v.acceptance_date_text, d.acceptance_date_text) end,
             first_service_date = coalesce(v.first_service_date, d.first_service_date),
             first_service_date_text = case when coalesce(v.first_service_date, d.first_service_date) is null then coalesce(v.first_service_date_text, d.first_service_date_text) end,
             local_service_date = coalesce(v.local_service_date, d.local_service_date),
             local_service_date_text = case when coalesce(v.local_service_date, d.local_service_date) is null then coalesce(v.local_service_date_text, d.local_service_date_text) end,
             warranty_end_date = coalesce(v.warranty_end_date, d.warranty_end_date),
             warranty_end_date_text = case when coalesce(v.warranty_end_date, d.warranty_end_date) is null then coalesce(v.warranty_end_date_text, d.warranty_end_date_text) end,
             end_of_exploitation_date = coalesce(v.end_of_exploitation_date, d.end_of_exploitation_date),
             end_of_exploitation_date_text = case when coalesce(v.end_of_exploitation_date, d.end_of_exploitation_date) is null then coalesce(v.end_of_exploitation_date_text, d.end_of_exploitation_date_text) end,
             asset_number = coalesce(v.asset_number, d.asset_number),
             account_code = coalesce(v.account_code, d.account_code),
             market_number = coalesce(v.market_number, d.market_number),
             order_number = coalesce(v.order_number, d.order_number),
             price_cents = coalesce(v.price_cents, d.price_cents),
             price_text = case when coalesce(v.price_cents, d.price_cents) is null then coalesce(v.price_text, d.price_text) end,
             parent_id = coalesce(v.parent_id, d.parent_id),
             is_connected = coalesce(v.is_connected, d.is_connected),
             stores_data_locally = coalesce(v.stores_data_locally, d.stores_data_locally),
             maintenance_criticality = coalesce(v.maintenance_criticality, d.maintenance_criticality),
             care_criticality = coalesce(v.care_criticality, d.care_criticality),
             end_reason = coalesce(v.end_reason, d.end_reason),
             destination = coalesce(v.destination, d.destination),
             note = coalesce(v.note, d.note),
             version = d.version + 1
         from changed r
         cross join lateral jsonb_populate_record(null::device, r.given) v
         where d.id = r.device_id"#,
        act.run_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Versions that devices enter with stand before them: a device is written once, not written then changed.
async fn software_of_new(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into software_version (id, model_id, name, number, version)
         select distinct on (r.model_id, r.number_given) r.software_id, r.model_id, 'Logiciel', r.number_given, 1
         from (select number, (given ->> 'software_id')::uuid as software_id, (given ->> 'model_id')::uuid as model_id, given ->> 'software_version' as number_given
               from import_row
               where run_id = $1 and outcome = 'created' and given ? 'software_version' offset 0) r
         where not exists (select from software_version s where s.model_id = r.model_id and s.number = r.number_given)
         order by r.model_id, r.number_given, r.number",
        act.run_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Addresses on the network and identifiers in other systems.
async fn belongings(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into device_interface as i (id, device_id, position, mac, ip, vlan, host_name, is_wireless)
         select (r.given ->> 'interface_id')::uuid, r.device_id, 1, (r.given ->> 'mac')::macaddr, (r.given ->> 'ip')::inet, r.given ->> 'vlan', r.given ->> 'host_name', (r.given ->> 'is_wireless')::boolean
         from import_row r
         where r.run_id = $1 and r.given ?| array['mac', 'ip', 'vlan', 'host_name']
           and (r.outcome = 'created' or (r.outcome = 'updated' and r.changes ?| array['mac', 'ip', 'vlan', 'host_name', 'is_wireless']))
         order by r.number
         on conflict (device_id, position) do update
         set mac = coalesce(excluded.mac, i.mac), ip = coalesce(excluded.ip, i.ip), vlan = coalesce(excluded.vlan, i.vlan),
             host_name = coalesce(excluded.host_name, i.host_name), is_wireless = coalesce(excluded.is_wireless, i.is_wireless)",
        act.run_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into device_identifier (id, device_id, kind, value, reason, recorded_at, recorded_by)
         select (r.given -> 'identifier_ids' ->> k.kind)::uuid, r.device_id, k.kind, r.given ->> k.kind, null, $2, $3
         from import_row r
         join (values ('old_label'), ('old_system'), ('rfid'), ('dicom_ae')) k (kind) on r.given ? k.kind
         where r.run_id = $1 and (r.outcome = 'created' or (r.outcome = 'updated' and r.changes ? k.kind))
         order by r.number
         on conflict do nothing",
        act.run_id,
        act.now,
        act.actor_id
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn software(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into software_version (id, model_id, name, number, version)
         select distinct on (d.model_id, r.given ->> 'software_version') (r.given ->> 'software_id')::uuid, d.model_id, 'Logiciel', r.given ->> 'software_version', 1
         from (select number, device_id, given from import_row
               where run_id = $1 and given ? 'software_version' and outcome = 'updated' and changes ? 'software_version' offset 0) r
         join device d on d.id = r.device_id
         where not exists (select from software_version s where s.model_id = d.model_id and s.number = r.given ->> 'software_version')
         order by d.model_id, r.given ->> 'software_version', r.number",
        act.run_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update device d
         set software_version_id = (select s.id from software_version s where s.model_id = d.model_id and s.number = r.given ->> 'software_version' order by s.id limit 1),
             version = d.version + 1
         from (select device_id, given from import_row
               where run_id = $1 and given ? 'software_version' and outcome = 'updated' and changes ? 'software_version' offset 0) r
         where d.id = r.device_id",
        act.run_id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into device_software (id, device_id, software_version_id, reason, recorded_at, recorded_by)
         select (r.given ->> 'software_line_id')::uuid, d.id, d.software_version_id, 'import du fichier ' || $4, $2, $3
         from (select number, device_id, given from import_row
               where run_id = $1 and given ? 'software_version' and (outcome = 'created' or (outcome = 'updated' and changes ? 'software_version')) offset 0) r
         join device d on d.id = r.device_id
         where d.software_version_id is not null
         order by r.number",
        act.run_id,
        act.now,
        act.actor_id,
        act.file_name
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One line in the timeline of each device.
async fn told(conn: &mut PgConnection, act: &Act) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into event (id, at, actor_id, actor_label, kind, subject_type, subject_id, establishment_id, summary, data)
         select (r.given ->> 'event_id')::uuid, $2, $3, $4,
                case r.outcome when 'created' then 'device_taken_over' else 'device_imported' end, 'device', r.device_id, (r.given ->> 'establishment_id')::uuid,
                case r.outcome when 'created' then 'Repris du fichier ' || $5 || ' (ligne ' || r.number || ') : preuves non vérifiées'
                               else 'Mis à jour par le fichier ' || $5 || ' (ligne ' || r.number || ')' end,
                jsonb_build_object('run_id', $1::uuid, 'line', r.number)
         from import_row r
         where r.run_id = $1 and r.outcome in ('created', 'updated')
         order by r.number",
        act.run_id,
        act.now,
        act.actor_id,
        act.actor_label,
        act.file_name
    )
    .execute(conn)
    .await?;
    Ok(())
}
