-- Two records of the same thing become one: the other is annulled with a pointer, and this can be taken back.

alter table organisation add column merged_into_id uuid;
alter table organisation add constraint organisation_merged_into_fkey foreign key (merged_into_id) references organisation;
alter table organisation add constraint organisation_merged_into_check check (merged_into_id <> id);
comment on column organisation.merged_into_id is 'The organisation this record was a double of: it is read, no longer chosen nor listed.';
create index organisation_merged_into_idx on organisation (merged_into_id) where merged_into_id is not null;

alter table device_model add column merged_into_id uuid;
alter table device_model add constraint device_model_merged_into_fkey foreign key (merged_into_id) references device_model;
alter table device_model add constraint device_model_merged_into_check check (merged_into_id <> id);
comment on column device_model.merged_into_id is 'The model this record was a double of: it is read, no longer chosen nor listed.';
create index device_model_merged_into_idx on device_model (merged_into_id) where merged_into_id is not null;

alter table device add column merged_into_id uuid;
alter table device add constraint device_merged_into_fkey foreign key (merged_into_id, establishment_id) references device (id, establishment_id) deferrable initially immediate;
alter table device add constraint device_merged_into_check check (merged_into_id is null or (merged_into_id <> id and annulled_at is not null));
comment on column device.merged_into_id is 'The device this record was a double of: its numbers and labels open that one.';
create index device_merged_into_idx on device (merged_into_id) where merged_into_id is not null;

-- A double no longer holds its name.
drop index device_model_known_once_key;
create unique index device_model_known_once_key on device_model
    (manufacturer_id, plain(coalesce(trade_name, common_name, '')), plain(coalesce(reference, ''))) nulls not distinct
    where merged_into_id is null;

-- A model moves with its versions: both sides are looked at together, at the end of the statement that says so.
alter table device alter constraint device_software_version_fkey deferrable initially immediate;

create table record_merge (
    id               uuid primary key,
    kind             text not null,
    kept_id          uuid not null,
    merged_id        uuid not null,
    establishment_id uuid,
    kept_name        text not null,
    merged_name      text not null,
    taken            text[] not null,
    before           jsonb not null,
    after            jsonb not null,
    moved            jsonb not null,
    added            jsonb not null,
    reason           text not null,
    merged_at        timestamptz not null,
    merged_by        uuid,
    undo_before      timestamptz not null,
    undone_at        timestamptz,
    undone_by        uuid,
    undone_reason    text,
    left_as_is       text[],
    version          integer not null,
    constraint record_merge_establishment_fkey foreign key (establishment_id) references establishment,
    constraint record_merge_merged_by_fkey foreign key (merged_by) references account,
    constraint record_merge_undone_by_fkey foreign key (undone_by) references account,
    constraint record_merge_kind_check check (kind in ('organisation', 'device_model', 'device')),
    constraint record_merge_pair_check check (kept_id <> merged_id),
    constraint record_merge_place_check check ((kind = 'device') = (establishment_id is not null)),
    constraint record_merge_reason_check check (length(btrim(reason)) >= 5),
    constraint record_merge_undone_check check ((undone_at is null) = (undone_reason is null))
);
comment on table record_merge is 'Two records made one: what was chosen field by field, what each held before, which rows moved, and until when it can be taken back. Establishment null = of what the group shares.';
comment on column record_merge.before is 'Fields of the kept record that the merge changed, with their values before; after: with the values it wrote.';
comment on column record_merge.moved is 'Rows that pointed to the double and now point to the kept record: {"table.column": [ids]}.';
comment on column record_merge.added is 'Rows the merge wrote so that the double''s names and numbers lead to the kept record: {"table": [ids]}.';
create index record_merge_kept_idx on record_merge (kept_id);
create index record_merge_merged_idx on record_merge (merged_id);
create unique index record_merge_open_key on record_merge (merged_id) where undone_at is null;
create index record_merge_sorted_at_idx on record_merge (merged_at, id);
create index record_merge_search_idx on record_merge using gin (plain(kept_name || ' ' || merged_name) gin_trgm_ops);
select audited('record_merge');

-- What points to a record, found in the schema itself: a table added later is moved without anybody thinking of it.
-- History (append-only tables) stays with the record it happened to.
create function merge_references(target regclass) returns table (tab text, col text)
    language sql stable as $$
    select r.relname::text, a.attname::text
    from pg_constraint c
    join pg_class r on r.oid = c.conrelid
    cross join lateral unnest(c.conkey, c.confkey) as k (here, there)
    join pg_attribute f on f.attrelid = c.confrelid and f.attnum = k.there and f.attname = 'id'
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.here
    where c.contype = 'f' and c.confrelid = target
      and a.attname <> 'merged_into_id'
      and exists (select from pg_attribute i where i.attrelid = c.conrelid and i.attname = 'id')
      and not exists (select from pg_trigger t where t.tgrelid = c.conrelid and t.tgname = 'append_only')
      -- Derived by triggers from what a device is: each record has its own again.
      and r.relname not in ('device_obligation', 'device_fact')
    group by 1, 2
    order by 1, 2
$$;

create function merge_count(target regclass, record uuid) returns table (tab text, col text, n bigint)
    language plpgsql stable as $$
declare
    one record;
begin
    for one in select * from merge_references(target) loop
        tab := one.tab;
        col := one.col;
        execute format('select count(*) from %I where %I = $1', one.tab, one.col) into n using record;
        if n > 0 then
            return next;
        end if;
    end loop;
end $$;

-- Moves what points to the double. A row the kept record already has the like of stays where it is.
create function merge_move(target regclass, kept uuid, double_id uuid) returns jsonb
    language plpgsql as $$
declare
    one   record;
    row   record;
    ids   uuid[];
    moved jsonb := '{}';
    bump  text;
begin
    for one in select * from merge_references(target) loop
        bump := case when exists (select from pg_attribute where attrelid = one.tab::regclass and attname = 'version' and not attisdropped)
                     then ', version = version + 1' else '' end;
        ids := '{}';
        begin
            execute format('with m as (update %I set %I = $1%s where %I = $2 returning id) select coalesce(array_agg(id), ''{}'') from m',
                           one.tab, one.col, bump, one.col)
            into ids using kept, double_id;
        exception when unique_violation or check_violation or exclusion_violation then
            for row in execute format('select id from %I where %I = $1 order by id', one.tab, one.col) using double_id loop
                begin
                    execute format('update %I set %I = $1%s where id = $2', one.tab, one.col, bump) using kept, row.id;
                    ids := ids || row.id;
                exception when unique_violation or check_violation or exclusion_violation then
                    null;
                end;
            end loop;
        end;
        if cardinality(ids) > 0 then
            moved := moved || jsonb_build_object(one.tab || '.' || one.col, to_jsonb(ids));
        end if;
    end loop;
    return moved;
end $$;

-- Puts back what a merge moved and that still points where it put it; says how many no longer do.
create function merge_put_back(target regclass, kept uuid, double_id uuid, moved jsonb) returns bigint
    language plpgsql as $$
declare
    one  record;
    bump text;
    done bigint;
    lost bigint := 0;
begin
    for one in
        select r.tab, r.col, array(select jsonb_array_elements_text(m.value)::uuid) as ids
        from jsonb_each(moved) m
        join merge_references(target) r on m.key = r.tab || '.' || r.col
    loop
        bump := case when exists (select from pg_attribute where attrelid = one.tab::regclass and attname = 'version' and not attisdropped)
                     then ', version = version + 1' else '' end;
        execute format('update %I set %I = $1%s where id = any ($2) and %I = $3', one.tab, one.col, bump, one.col)
        using double_id, one.ids, kept;
        get diagnostics done = row_count;
        lost := lost + cardinality(one.ids) - done;
    end loop;
    return lost;
end $$;

-- Doubles are not found under their own name: the kept record is found under theirs (its aliases, its identifiers).
create or replace function search_write_models(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'model' and not exists (select from device_model m where m.id = wanted.id and m.merged_into_id is null);

    insert into search_entry as s (kind, subject_id, title, subtitle, codes, folded)
    select 'model', m.id,
           coalesce(m.trade_name, m.common_name, m.reference),
           concat_ws(' · ', o.name, case when m.trade_name is not null then m.common_name end, 'réf. ' || m.reference),
           search_codes(variadic array[m.reference, m.basic_udi_di] || coalesce(i.codes, '{}')),
           plain(concat_ws(' ', m.trade_name, m.common_name, m.reference, o.name, m.basic_udi_di, a.words, i.words))
    from unnest(ids) wanted(id)
    join device_model m on m.id = wanted.id and m.merged_into_id is null
    left join organisation o on o.id = m.manufacturer_id
    left join lateral (select string_agg(name, ' ' order by name) as words from organisation_alias where organisation_id = o.id) a on true
    left join lateral (
        select array_agg(code order by code) as codes, string_agg(code, ' ' order by code) as words from udi_di where model_id = m.id
    ) i on true
    on conflict (subject_id, kind) do update set
        title = excluded.title, subtitle = excluded.subtitle, codes = excluded.codes, folded = excluded.folded
    where (s.title, s.subtitle, s.codes, s.folded) is distinct from (excluded.title, excluded.subtitle, excluded.codes, excluded.folded);
$$;

create or replace function search_write_organisations(ids uuid[]) returns void language sql as $$
    delete from search_entry s using unnest(ids) wanted(id)
    where s.subject_id = wanted.id and s.kind = 'organisation' and not exists (select from organisation o where o.id = wanted.id and o.merged_into_id is null);

    insert into search_entry as s (kind, subject_id, title, subtitle, codes, folded)
    select 'organisation', o.id, o.name, coalesce(left(a.words, 200), ''),
           search_codes(o.srn, o.siren, o.finess),
           plain(concat_ws(' ', o.name, a.words, o.srn, o.siren, o.finess))
    from unnest(ids) wanted(id)
    join organisation o on o.id = wanted.id and o.merged_into_id is null
    left join lateral (select string_agg(name, ', ' order by name) as words from organisation_alias where organisation_id = o.id) a on true
    on conflict (subject_id, kind) do update set
        title = excluded.title, subtitle = excluded.subtitle, codes = excluded.codes, folded = excluded.folded
    where (s.title, s.subtitle, s.codes, s.folded) is distinct from (excluded.title, excluded.subtitle, excluded.codes, excluded.folded);
$$;
