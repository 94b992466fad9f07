-- One table to find anything by what is written on it, kept by triggers; and the indexes that lists sort on.

create table search_entry (
    kind             text not null,
    subject_id       uuid not null,
    establishment_id uuid,
    unit_id          uuid,
    title            text not null,
    subtitle         text not null,
    codes            text[] not null,
    folded           text not null,
    constraint search_entry_pkey primary key (subject_id, kind),
    constraint search_entry_kind_check check (kind in ('device', 'model', 'organisation', 'contact', 'unit', 'room', 'person'))
);
comment on table search_entry is 'What each object can be found by. Derived: triggers keep it, search_rebuild() makes it again. Establishment null = known to the whole group.';
comment on column search_entry.codes is 'Identifiers, past ones included, upper case without spaces or punctuation: found exactly or not at all.';
comment on column search_entry.folded is 'Everything else people may remember of it, through plain(): found by pieces and with typing mistakes.';
create index search_entry_codes_idx on search_entry using gin (codes);
create index search_entry_folded_idx on search_entry using gin (folded gin_trgm_ops);
create index search_entry_title_idx on search_entry (kind, title collate "fr-x-icu", subject_id) where kind <> 'device';

-- An identifier as it is compared: « 6-5 cvlm » is 65CVLM.
create function search_code(value text) returns text
    language sql immutable strict parallel safe
    return upper(regexp_replace(value, '[^[:alnum:]]', '', 'g'));

create function search_codes(variadic given text[]) returns text[]
    language sql immutable parallel safe
    return (select coalesce(array_agg(distinct search_code(value)), '{}') from unnest(given) value where search_code(value) <> '');

create function search_write_devices(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'device'
      and not exists (select from device d where d.id = wanted.id and d.annulled_at is null);

    insert into search_entry as s (kind, subject_id, establishment_id, unit_id, title, subtitle, codes, folded)
    select 'device', d.id, d.establishment_id, d.unit_id,
           concat_ws(' · ', d.inventory_number, coalesce(d.local_name, m.common_name, m.trade_name, m.reference)),
           concat_ws(' · ', nullif(concat_ws(' ', o.name, m.trade_name), ''), 'série ' || d.serial_number, u.name),
           search_codes(variadic array[d.inventory_number, d.serial_number, d.lot_number, d.asset_number, d.label_code, d.udi_di]
               || coalesce(i.past, '{}') || coalesce(n.addresses, '{}')),
           plain(concat_ws(' ', d.inventory_number, d.local_name, m.common_name, m.trade_name, m.reference, o.name,
               d.serial_number, d.lot_number, d.asset_number, d.label_code, d.udi_di,
               u.uf_code, u.name, r.code, r.name, i.words, n.words))
    from unnest(ids) wanted(id)
    join device d on d.id = wanted.id and d.annulled_at is null
    join device_model m on m.id = d.model_id
    left join organisation o on o.id = m.manufacturer_id
    left join unit u on u.id = d.unit_id
    left join room r on r.id = d.room_id
    left join lateral (
        select array_agg(value order by id) as past, string_agg(value, ' ' order by id) as words
        from device_identifier where device_id = d.id
    ) i on true
    left join lateral (
        select array_agg(mac::text order by position) as addresses,
               string_agg(concat_ws(' ', host_name, mac::text, host(ip)), ' ' order by position) as words
        from device_interface where device_id = d.id
    ) n on true
    on conflict (subject_id, kind) do update set
        establishment_id = excluded.establishment_id, unit_id = excluded.unit_id,
        title = excluded.title, subtitle = excluded.subtitle, codes = excluded.codes, folded = excluded.folded
    where (s.establishment_id, s.unit_id, s.title, s.subtitle, s.codes, s.folded)
        is distinct from (excluded.establishment_id, excluded.unit_id, excluded.title, excluded.subtitle, excluded.codes, excluded.folded);
$$;

create function search_write_models(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'model' and not exists (select from device_model m where m.id = wanted.id);

    insert into search_entry as s (kind, subject_id, title, subtitle, codes, folded)
    select 'model', m.id,
           coalesce(m.trade_name, m.common_name, m.reference),
           concat_ws(' · ', o.name, case when m.trade_name is not null then m.common_name end, 'réf. ' || m.reference),
           search_codes(variadic array[m.reference, m.basic_udi_di] || coalesce(i.codes, '{}')),
           plain(concat_ws(' ', m.trade_name, m.common_name, m.reference, o.name, m.basic_udi_di, a.words, i.words))
    from unnest(ids) wanted(id)
    join device_model m on m.id = wanted.id
    left join organisation o on o.id = m.manufacturer_id
    left join lateral (select string_agg(name, ' ' order by name) as words from organisation_alias where organisation_id = o.id) a on true
    left join lateral (
        select array_agg(code order by code) as codes, string_agg(code, ' ' order by code) as words from udi_di where model_id = m.id
    ) i on true
    on conflict (subject_id, kind) do update set
        title = excluded.title, subtitle = excluded.subtitle, codes = excluded.codes, folded = excluded.folded
    where (s.title, s.subtitle, s.codes, s.folded) is distinct from (excluded.title, excluded.subtitle, excluded.codes, excluded.folded);
$$;

create function search_write_organisations(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'organisation' and not exists (select from organisation o where o.id = wanted.id);

    insert into search_entry as s (kind, subject_id, title, subtitle, codes, folded)
    select 'organisation', o.id, o.name, coalesce(left(a.words, 200), ''),
           search_codes(o.srn, o.siren, o.finess),
           plain(concat_ws(' ', o.name, a.words, o.srn, o.siren, o.finess))
    from unnest(ids) wanted(id)
    join organisation o on o.id = wanted.id
    left join lateral (select string_agg(name, ', ' order by name) as words from organisation_alias where organisation_id = o.id) a on true
    on conflict (subject_id, kind) do update set
        title = excluded.title, subtitle = excluded.subtitle, codes = excluded.codes, folded = excluded.folded
    where (s.title, s.subtitle, s.codes, s.folded) is distinct from (excluded.title, excluded.subtitle, excluded.codes, excluded.folded);
$$;

create function search_write_contacts(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'contact' and not exists (select from contact c where c.id = wanted.id);

    insert into search_entry as s (kind, subject_id, establishment_id, title, subtitle, codes, folded)
    select 'contact', c.id, c.establishment_id, c.name, o.name, '{}',
           plain(concat_ws(' ', c.name, c.email, c.phone, o.name))
    from unnest(ids) wanted(id)
    join contact c on c.id = wanted.id
    join organisation o on o.id = c.organisation_id
    on conflict (subject_id, kind) do update set
        establishment_id = excluded.establishment_id, title = excluded.title, subtitle = excluded.subtitle, folded = excluded.folded
    where (s.establishment_id, s.title, s.subtitle, s.folded)
        is distinct from (excluded.establishment_id, excluded.title, excluded.subtitle, excluded.folded);
$$;

create function search_write_units(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'unit' and not exists (select from unit u where u.id = wanted.id);

    insert into search_entry as s (kind, subject_id, establishment_id, unit_id, title, subtitle, codes, folded)
    select 'unit', u.id, u.establishment_id, u.id,
           u.name, concat_ws(' · ', 'UF ' || u.uf_code, e.name, case when u.closed_on is not null then 'fermée' end),
           search_codes(u.uf_code), plain(concat_ws(' ', u.uf_code, u.name, p.name, e.code))
    from unnest(ids) wanted(id)
    join unit u on u.id = wanted.id
    join establishment e on e.id = u.establishment_id
    left join department p on p.id = u.department_id
    on conflict (subject_id, kind) do update set
        establishment_id = excluded.establishment_id, title = excluded.title, subtitle = excluded.subtitle,
        codes = excluded.codes, folded = excluded.folded
    where (s.establishment_id, s.title, s.subtitle, s.codes, s.folded)
        is distinct from (excluded.establishment_id, excluded.title, excluded.subtitle, excluded.codes, excluded.folded);
$$;

create function search_write_rooms(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'room' and not exists (select from room r where r.id = wanted.id);

    insert into search_entry as s (kind, subject_id, establishment_id, unit_id, title, subtitle, codes, folded)
    select 'room', r.id, r.establishment_id, r.unit_id,
           concat_ws(' · ', r.code, nullif(r.name, r.code)),
           concat_ws(' · ', t.name, r.building, r.floor, u.name, case when r.closed_on is not null then 'fermé' end),
           search_codes(r.code, r.gln), plain(concat_ws(' ', r.code, r.name, r.building, r.floor, t.name, u.name, r.gln))
    from unnest(ids) wanted(id)
    join room r on r.id = wanted.id
    join site t on t.id = r.site_id
    left join unit u on u.id = r.unit_id
    on conflict (subject_id, kind) do update set
        establishment_id = excluded.establishment_id, unit_id = excluded.unit_id,
        title = excluded.title, subtitle = excluded.subtitle, codes = excluded.codes, folded = excluded.folded
    where (s.establishment_id, s.unit_id, s.title, s.subtitle, s.codes, s.folded)
        is distinct from (excluded.establishment_id, excluded.unit_id, excluded.title, excluded.subtitle, excluded.codes, excluded.folded);
$$;

create function search_write_people(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'person' and not exists (select from account a where a.id = wanted.id);

    insert into search_entry as s (kind, subject_id, title, subtitle, codes, folded)
    select 'person', a.id, a.display_name, concat_ws(' · ', a.job_title, a.login, case when a.deactivated_at is not null then 'désactivé' end),
           '{}', plain(concat_ws(' ', a.display_name, a.login, a.email, a.job_title))
    from unnest(ids) wanted(id)
    join account a on a.id = wanted.id
    on conflict (subject_id, kind) do update set title = excluded.title, subtitle = excluded.subtitle, folded = excluded.folded
    where (s.title, s.subtitle, s.folded) is distinct from (excluded.title, excluded.subtitle, excluded.folded);
$$;

-- What shows a thing's name changes with it.
create function search_follow_organisations(ids uuid[]) returns void language sql as $$
    select search_write_organisations(ids);
    select search_write_models(array(select m.id from device_model m where m.manufacturer_id = any (ids)));
    select search_write_devices(array(
        select d.id from device d join device_model m on m.id = d.model_id where m.manufacturer_id = any (ids)));
    select search_write_contacts(array(select c.id from contact c where c.organisation_id = any (ids)));
$$;

create function search_follow_aliases(ids uuid[]) returns void language sql as $$
    select search_write_organisations(ids);
    select search_write_models(array(select m.id from device_model m where m.manufacturer_id = any (ids)));
$$;

create function search_follow_models(ids uuid[]) returns void language sql as $$
    select search_write_models(ids);
    select search_write_devices(array(select d.id from device d where d.model_id = any (ids)));
$$;

create function search_follow_units(ids uuid[]) returns void language sql as $$
    select search_write_units(ids);
    select search_write_rooms(array(select r.id from room r where r.unit_id = any (ids)));
    select search_write_devices(array(select d.id from device d where d.unit_id = any (ids)));
$$;

create function search_follow_rooms(ids uuid[]) returns void language sql as $$
    select search_write_rooms(ids);
    select search_write_devices(array(select d.id from device d where d.room_id = any (ids)));
$$;

-- Once a statement, whatever the number of rows.
create function search_changed() returns trigger language plpgsql as $$
declare
    ids uuid[];
begin
    execute format('select array_agg(distinct %I) from %s', tg_argv[1], case tg_op when 'DELETE' then 'old_rows' else 'new_rows' end) into ids;
    if ids is not null then
        execute format('select %I($1)', tg_argv[0]) using ids;
    end if;
    return null;
end $$;

-- One line makes a table searched. `inserted` and `changed`: who writes the entries after an insert, and after anything else.
create function searched(target regclass, key text, inserted text, changed text) returns void language plpgsql as $$
begin
    execute format('create trigger search_insert after insert on %s referencing new table as new_rows for each statement execute function search_changed(%L, %L)', target, inserted, key);
    execute format('create trigger search_update after update on %s referencing new table as new_rows for each statement execute function search_changed(%L, %L)', target, changed, key);
    execute format('create trigger search_delete after delete on %s referencing old table as old_rows for each statement execute function search_changed(%L, %L)', target, changed, key);
end $$;

select searched('device', 'id', 'search_write_devices', 'search_write_devices');
select searched('device_identifier', 'device_id', 'search_write_devices', 'search_write_devices');
select searched('device_interface', 'device_id', 'search_write_devices', 'search_write_devices');
select searched('device_model', 'id', 'search_write_models', 'search_follow_models');
select searched('udi_di', 'model_id', 'search_write_models', 'search_write_models');
select searched('organisation', 'id', 'search_write_organisations', 'search_follow_organisations');
select searched('organisation_alias', 'organisation_id', 'search_follow_aliases', 'search_follow_aliases');
select searched('contact', 'id', 'search_write_contacts', 'search_write_contacts');
select searched('unit', 'id', 'search_write_units', 'search_follow_units');
select searched('room', 'id', 'search_write_rooms', 'search_follow_rooms');
select searched('account', 'id', 'search_write_people', 'search_write_people');

create function search_rebuild() returns void language sql as $$
    delete from search_entry;
    select search_write_organisations(array(select id from organisation));
    select search_write_contacts(array(select id from contact));
    select search_write_models(array(select id from device_model));
    select search_write_units(array(select id from unit));
    select search_write_rooms(array(select id from room));
    select search_write_people(array(select id from account));
    select search_write_devices(array(select id from device));
$$;
select search_rebuild();

-- Lists sort over several establishments at once: their indexes start with what is sorted.
drop index device_by_inventory_number_idx, device_by_serial_idx, device_by_state_idx, device_by_first_service_idx;
create index device_sorted_inventory_number_idx on device (inventory_number, id);
create index device_sorted_serial_number_idx on device (coalesce(serial_number, ''), id);
create index device_sorted_state_idx on device (state, id);
create index device_sorted_first_service_idx on device (coalesce(first_service_date, date '-infinity'), id);
-- Quick search reads search_entry.
drop index device_search_idx;
create index unit_sorted_name_idx on unit (name collate "fr-x-icu", id);
create index unit_sorted_uf_code_idx on unit (uf_code, id);
create index audit_row_sorted_at_idx on audit_row (at, id);
create index audit_row_row_idx on audit_row (row_id, id desc);
