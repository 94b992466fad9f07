-- A fleet taken over in service: what nobody has evaluated yet is told apart from what is known to be wrong,
-- with a day to settle it by criticality, and waivers that bear a reason and an end.

create table take_over_plan (
    id               uuid primary key,
    establishment_id uuid not null,
    criticality      text not null,
    due_on           date not null,
    decided_at       timestamptz not null,
    decided_by       uuid,
    version          integer not null,
    constraint take_over_plan_establishment_fkey foreign key (establishment_id) references establishment,
    constraint take_over_plan_decided_by_fkey foreign key (decided_by) references account,
    constraint take_over_plan_criticality_key unique (establishment_id, criticality),
    constraint take_over_plan_criticality_check check (criticality in ('vital', 'high', 'medium', 'low', 'unset'))
);
comment on table take_over_plan is 'By what day an establishment settles what a take-over left unevaluated, for each criticality. Past that day, a point still unevaluated is a breach.';
select audited('take_over_plan');

create table take_over_waiver (
    id               uuid primary key,
    device_id        uuid not null,
    establishment_id uuid not null,
    point            text not null,
    reason           text not null,
    expires_on       date not null,
    granted_at       timestamptz not null,
    granted_by       uuid,
    revoked_at       timestamptz,
    revoked_by       uuid,
    revoked_reason   text,
    constraint take_over_waiver_device_fkey foreign key (device_id, establishment_id) references device (id, establishment_id),
    constraint take_over_waiver_establishment_fkey foreign key (establishment_id) references establishment,
    constraint take_over_waiver_granted_by_fkey foreign key (granted_by) references account,
    constraint take_over_waiver_revoked_by_fkey foreign key (revoked_by) references account,
    constraint take_over_waiver_point_check check (point in
        ('inventory_items', 'obligation', 'commissioning_proof', 'maintenance_proof', 'quality_control_proof', 'connection', 'security_opinion', 'data', 'criticality')),
    constraint take_over_waiver_reason_check check (length(btrim(reason)) >= 5),
    constraint take_over_waiver_revoked_check check ((revoked_at is null) = (revoked_reason is null))
);
comment on table take_over_waiver is 'A point of a device taken over that somebody with the right allowed to stay unevaluated until a day, and why. Ended by its day or revoked, never deleted.';
create index take_over_waiver_device_idx on take_over_waiver (device_id, point);
create index take_over_waiver_establishment_idx on take_over_waiver (establishment_id, expires_on);
create unique index take_over_waiver_open_key on take_over_waiver (device_id, point, expires_on) where revoked_at is null;
select audited('take_over_waiver', parent => 'device_id');

-- What is not yet known of each device taken over and still in the fleet, point by point.
create view take_over_gap as
    select d.id as device_id, d.establishment_id, d.unit_id, p.point,
           coalesce((array['vital', 'high', 'medium', 'low'])[least(
               array_position(array['vital', 'high', 'medium', 'low'], d.maintenance_criticality),
               array_position(array['vital', 'high', 'medium', 'low'], d.care_criticality))], 'unset') as criticality
    from device d
    join device_model m on m.id = d.model_id
    cross join lateral (values
        ('inventory_items', exists (
            select from unnest(array[
                case when m.common_name is null then 'common_name' end,
                case when m.trade_name is null then 'trade_name' end,
                case when m.manufacturer_id is null then 'manufacturer' end,
                case when d.supplier_id is null then 'supplier' end,
                case when d.serial_number is null then 'serial_number' end,
                case when d.unit_id is null and d.room_id is null and d.place_detail is null then 'location' end,
                case when d.first_service_date is null then 'first_service_date' end]) item
            where item is not null
              and not exists (select from device_item_justification j where j.device_id = d.id and j.item = item and j.withdrawn_at is null))),
        ('obligation', m.risk_class is null and m.regulation is distinct from 'not_dm' and m.is_ionising is not true and m.regulated_family is null),
        ('commissioning_proof', not exists (
            select from document x where x.subject_id = d.id and x.kind in ('commissioning_report', 'acceptance_report') and x.withdrawn_at is null)),
        ('maintenance_proof', (m.risk_class in ('IIb', 'III') or m.is_ionising is true or m.regulated_family is not null) and not exists (
            select from document x where x.subject_id = d.id and x.kind = 'maintenance_report' and x.withdrawn_at is null)),
        ('quality_control_proof', (m.is_ionising is true or m.regulated_family is not null) and not exists (
            select from document x where x.subject_id = d.id and x.kind = 'quality_control_report' and x.withdrawn_at is null)),
        ('connection', d.is_connected is null),
        ('security_opinion', d.is_connected is true and not exists (
            select from document x where x.subject_id = d.id and x.kind = 'security_document' and x.withdrawn_at is null)),
        ('data', d.stores_data_locally is null and d.stores_data_remotely is null),
        ('criticality', d.maintenance_criticality is null or d.care_criticality is null)
    ) as p (point, lacks)
    where d.taken_over and d.annulled_at is null and p.lacks
      and d.state in ('in_service', 'lent', 'in_maintenance', 'broken', 'quarantined', 'suspended_quality', 'suspended_cyber', 'stored', 'on_trial');
comment on view take_over_gap is 'Points that a take-over left unevaluated, device by device: no verdict, neither good nor bad, until somebody looks.';
create index device_taken_over_idx on device (establishment_id, id) where taken_over and annulled_at is null;
