-- Makes :target devices of the demonstration's, with what hangs on them: same states, places, models,
-- movements and network in the same proportions, and one more set of units per 20,000 devices.
-- Run as the owner of the tables, with every trigger: the journal and the search index grow as they would.
\set ON_ERROR_STOP on
\set QUIET on
set synchronous_commit = off;
set client_min_messages = warning;

create temp table seed as
    select id, row_number() over (order by id) as rank from device where annulled_at is null and inventory_number !~ '^B[0-9]+-';
create unique index on seed (id);
create temp table seed_unit as select id, row_number() over (order by id) as rank from unit where uf_code !~ '^B[0-9]+-';
create unique index on seed_unit (id);

-- Ids ordered in time, as those that Vigie makes: the copy's number and the rank decide.
create function pg_temp.copied(copy integer, rank bigint, kind integer) returns uuid language sql immutable as $$
    select (lpad(to_hex(1600000000000 + copy * 100000::bigint + rank), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
        || '8' || substr(md5(copy || '.' || rank || '.' || kind), 1, 15))::uuid
$$;

-- The eight characters of a label, of an alphabet of 32.
create function pg_temp.label(number bigint) returns text language sql immutable as $$
    select string_agg(substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', (((number * 2654435761 % 1099511627776) >> (5 * place)) & 31)::integer + 1, 1), '')
    from generate_series(0, 7) place
$$;

create function pg_temp.copy_once(copy integer) returns bigint language plpgsql as $$
declare
    units integer := (copy - 1) / 7;
    made  bigint;
    hanging record;
begin
    if units > 0 and not exists (select from unit where uf_code like 'B' || units || '-%') then
        insert into unit
        select (jsonb_populate_record(u, jsonb_build_object('id', pg_temp.copied(units, s.rank, 1), 'uf_code', 'B' || units || '-' || u.uf_code))).*
        from unit u join seed_unit s on s.id = u.id;
    end if;
    insert into device
    select (jsonb_populate_record(d, jsonb_build_object(
        'id', pg_temp.copied(copy, s.rank, 2),
        'inventory_number', 'B' || copy || '-' || d.inventory_number,
        'label_code', pg_temp.label(copy * 100000::bigint + s.rank),
        'serial_number', case when d.serial_number is not null then d.serial_number || '-' || copy end,
        'unit_id', case when units > 0 and su.id is not null then pg_temp.copied(units, su.rank, 1) else d.unit_id end,
        'room_id', case when units > 0 then null else d.room_id end,
        'parent_id', case when p.id is not null then pg_temp.copied(copy, p.rank, 2) end,
        'udi_raw', null, 'udi_text', null, 'udi_understood', null, 'udi_status', null,
        'taken_over', d.taken_over or d.state in ('decommissioning', 'data_destroyed', 'no_data', 'disposed')))).*
    from device d
    join seed s on s.id = d.id
    left join seed_unit su on su.id = d.unit_id
    left join seed p on p.id = d.parent_id
    order by s.rank;
    get diagnostics made = row_count;

    -- What hangs on a device, table by table, under ids of its own.
    for hanging in
        select c.relname as name, row_number() over (order by c.relname) + 2 as kind
        from pg_class c
        where c.oid = any (array['device_state_change', 'device_movement', 'device_identifier', 'device_interface',
            'device_software', 'device_loan', 'device_item_justification', 'device_fact']::regclass[])
    loop
        execute format('insert into %1$I
            select (jsonb_populate_record(null::%1$I, to_jsonb(c) || jsonb_build_object(
                ''id'', pg_temp.copied($1, c.numbered, %2$s), ''device_id'', pg_temp.copied($1, c.rank, 2)))).*
            from (select t.*, s.rank, row_number() over (order by t.id) as numbered
                  from %1$I t join seed s on s.id = t.device_id) c
            order by c.numbered', hanging.name, hanging.kind) using copy;
    end loop;
    return made;
end $$;

-- As many copies as it takes, one transaction each.
select coalesce(max(substring(inventory_number from '^B([0-9]+)-')::integer), 0) as done,
       (select count(*) from device where annulled_at is null) as there,
       (select count(*) from seed) as each
from device where inventory_number ~ '^B[0-9]+-' \gset
select format('select pg_temp.copy_once(%s)', copy)
from generate_series(:done + 1, :done + ((:target - :there) / :each)::integer) copy \gexec
