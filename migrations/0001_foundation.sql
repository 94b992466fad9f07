-- What every table of Vigie stands on: text folding, the audit, the timeline, jobs and idempotency.
-- Time is an argument: the application sets vigie.now, vigie.actor, vigie.request and vigie.reason
-- for the length of a transaction, and the triggers read them.

create extension if not exists pg_trgm;
create extension if not exists unaccent;
create extension if not exists btree_gist;

-- Lower case without accents, fit for an index: unaccent() alone is only stable because its dictionary may change.
create function plain(value text) returns text
    language sql immutable strict parallel safe
    return lower(public.unaccent('public.unaccent'::regdictionary, value));

alter default privileges in schema public grant select, insert, update, delete on tables to vigie_app;
alter default privileges in schema public grant usage, select on sequences to vigie_app;
grant usage on schema public to vigie_app;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the rows of % are append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- One line under a table makes it append-only for everybody, its owner included.
create function append_only(target regclass) returns void language plpgsql as $$
begin
    execute format('create trigger append_only before update or delete on %s for each row execute function refuse_change()', target);
    execute format('create trigger append_only_whole before truncate on %s for each statement execute function refuse_change()', target);
    execute format('revoke update, delete, truncate on %s from vigie_app', target);
end $$;

create table instance (
    id            uuid primary key,
    is_demo       boolean not null,
    group_name    text not null,
    created_at    timestamptz not null,
    only_one      boolean not null default true,
    constraint instance_only_one_key unique (only_one),
    constraint instance_only_one_check check (only_one)
);
comment on table instance is 'What this database is, set when it is created: demonstration or not, and the name of the hospital group.';

create table audit_row (
    id               bigint generated always as identity primary key,
    at               timestamptz not null,
    actor_id         uuid,
    actor_label      text not null,
    request_id       uuid,
    reason           text,
    table_name       text not null,
    row_id           uuid,
    subject_id       uuid,
    establishment_id uuid,
    operation        text not null,
    before           jsonb,
    after            jsonb,
    constraint audit_row_operation_check check (operation in ('insert', 'update', 'delete'))
);
comment on table audit_row is 'Who changed which row, when and why, with the values before and after (changed columns only on update). Written by triggers, never changed.';
create index audit_row_subject_idx on audit_row (subject_id, id desc);
create index audit_row_establishment_idx on audit_row (establishment_id, id desc);
create index audit_row_actor_idx on audit_row (actor_id, id desc);
create index audit_row_request_idx on audit_row (request_id);
select append_only('audit_row');
revoke insert on audit_row from vigie_app;

create table audit_block (
    id            bigint primary key,
    first_row_id  bigint not null,
    last_row_id   bigint not null,
    row_count     bigint not null,
    sealed_at     timestamptz not null,
    previous_hash bytea not null,
    hash          bytea not null,
    signature     bytea not null,
    constraint audit_block_range_check check (last_row_id >= first_row_id),
    constraint audit_block_first_key unique (first_row_id)
);
comment on table audit_block is 'Seals over consecutive audit rows: each hash covers the rows and the hash before it, and is signed with a key kept outside the database.';
select append_only('audit_block');

-- The values of one row as the audit keeps them: columns named in `hidden` are said to exist, never shown.
create function audit_values(row_data jsonb, hidden text[]) returns jsonb
    language sql immutable parallel safe
    return (
        select jsonb_object_agg(key, case when key = any (hidden) and value <> 'null'::jsonb then '"•••"'::jsonb else value end)
        from jsonb_each(row_data)
    );

create function audit_statement() returns trigger language plpgsql security definer set search_path = public as $$
declare
    hidden  text[] := tg_argv[0]::text[];
    parent  text   := nullif(tg_argv[1], '');
    moment  timestamptz := nullif(current_setting('vigie.now', true), '')::timestamptz;
    actor   uuid := nullif(current_setting('vigie.actor', true), '')::uuid;
    label   text := nullif(current_setting('vigie.actor_label', true), '');
    request uuid := nullif(current_setting('vigie.request', true), '')::uuid;
    reason  text := nullif(current_setting('vigie.reason', true), '');
    source  text;
begin
    if moment is null then
        if session_user = 'vigie_app' then
            raise exception 'a write to % outside a transaction of the application', tg_table_name;
        end if;
        moment := statement_timestamp();
        label := coalesce(label, 'migration');
    end if;
    source := case tg_op
        when 'INSERT' then 'select null::jsonb as b, to_jsonb(n) as a from new_rows n'
        when 'DELETE' then 'select to_jsonb(o) as b, null::jsonb as a from old_rows o'
        else 'select to_jsonb(o) as b, to_jsonb(n) as a from old_rows o join new_rows n using (id) where o is distinct from n'
    end;
    execute format($q$
        with changed as materialized (%s),
        kept as (
            select coalesce(a, b) as whole,
                   case when a is null then audit_values(b, $1)
                        when b is null then null
                        else (select audit_values(jsonb_object_agg(key, value), $1) from jsonb_each(b) where value is distinct from a -> key) end as before,
                   case when b is null then audit_values(jsonb_strip_nulls(a), $1)
                        when a is null then null
                        else (select audit_values(jsonb_object_agg(key, value), $1) from jsonb_each(a) where value is distinct from b -> key) end as after
            from changed
        )
        insert into audit_row (at, actor_id, actor_label, request_id, reason, table_name, row_id, subject_id, establishment_id, operation, before, after)
        select $2, $3, coalesce($4, 'Vigie'), $5, $6, $7, (whole ->> 'id')::uuid,
               coalesce((whole ->> $8)::uuid, (whole ->> 'id')::uuid),
               %s,
               $9, before, after
        from kept
    $q$, source,
        case when tg_table_name = 'establishment' then '(whole ->> ''id'')::uuid'
             when parent = 'device_id' then 'coalesce((whole ->> ''establishment_id'')::uuid, (select d.establishment_id from device d where d.id = (whole ->> ''device_id'')::uuid))'
             else '(whole ->> ''establishment_id'')::uuid' end)
    using hidden, moment, actor, label, request, reason, tg_table_name::text, parent, lower(tg_op);
    return null;
end $$;

-- One line under a table puts it in the audit. `hide`: columns whose values are secret.
-- `parent`: the column that names the object in whose history the rows belong (a device, a model…).
create function audited(target regclass, hide text[] default '{}', parent text default null) returns void language plpgsql as $$
begin
    execute format('create trigger audit_insert after insert on %s referencing new table as new_rows for each statement execute function audit_statement(%L, %L)', target, hide::text, coalesce(parent, ''));
    execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function audit_statement(%L, %L)', target, hide::text, coalesce(parent, ''));
    execute format('create trigger audit_delete after delete on %s referencing old table as old_rows for each statement execute function audit_statement(%L, %L)', target, hide::text, coalesce(parent, ''));
end $$;

create table event (
    id               uuid primary key,
    at               timestamptz not null,
    actor_id         uuid,
    actor_label      text not null,
    request_id       uuid,
    kind             text not null,
    subject_type     text not null,
    subject_id       uuid not null,
    establishment_id uuid,
    summary          text not null,
    reason           text,
    data             jsonb not null
);
comment on table event is 'The timeline: what happened to which object, in the words of the trade. Written at commit, never changed.';
create index event_subject_idx on event (subject_id, id desc);
create index event_establishment_idx on event (establishment_id, id desc);
select append_only('event');

create table idempotency (
    account_id uuid not null,
    key        text not null,
    url        text not null,
    at         timestamptz not null,
    constraint idempotency_pkey primary key (account_id, key)
);
comment on table idempotency is 'Answers already given to a form or a program that sends the same key again: a double click writes once.';
create index idempotency_at_idx on idempotency (at);

create table job (
    id           uuid primary key,
    kind         text not null,
    payload      jsonb not null,
    actor_id     uuid,
    created_at   timestamptz not null,
    run_at       timestamptz not null,
    attempts     integer not null,
    claimed_at   timestamptz,
    claimed_by   text,
    done         bigint not null,
    total        bigint,
    cancelled_at timestamptz,
    finished_at  timestamptz,
    failed_at    timestamptz,
    error        text,
    constraint job_progress_check check (done >= 0 and (total is null or total >= 0))
);
comment on table job is 'Long work, enqueued in the transaction of its cause, claimed with skip locked, with the progress its page shows.';
create index job_waiting_idx on job (run_at) where finished_at is null and failed_at is null and cancelled_at is null;
