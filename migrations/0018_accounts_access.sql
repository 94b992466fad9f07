-- Access, complete: second factors, delegations, reads that are logged; and what is registered as it was on a day.

create table second_factor (
    id            uuid primary key,
    account_id    uuid not null,
    secret_sealed bytea not null,
    begun_at      timestamptz not null,
    confirmed_at  timestamptz,
    constraint second_factor_account_fkey foreign key (account_id) references account,
    constraint second_factor_account_key unique (account_id)
);
comment on table second_factor is 'The authenticator of an account (TOTP, RFC 6238). Its secret is encrypted with a key kept outside the database; it counts from its confirmation on.';
select audited('second_factor', hide => '{secret_sealed}', parent => 'account_id');

create table second_factor_step (
    account_id uuid primary key,
    step       bigint not null,
    constraint second_factor_step_account_fkey foreign key (account_id) references account
);
comment on table second_factor_step is 'The last step of thirty seconds whose code was taken: a code serves once.';

create table recovery_code (
    id         uuid primary key,
    account_id uuid not null,
    code_hash  bytea not null,
    made_at    timestamptz not null,
    used_at    timestamptz,
    constraint recovery_code_account_fkey foreign key (account_id) references account,
    constraint recovery_code_once_key unique (account_id, code_hash)
);
comment on table recovery_code is 'Codes that stand for a lost authenticator, shown once, each good once. Only their SHA-256 is kept.';
select audited('recovery_code', hide => '{code_hash}', parent => 'account_id');

create table role_policy (
    id                     uuid primary key,
    role                   text not null,
    second_factor_required boolean not null,
    version                integer not null,
    constraint role_policy_role_key unique (role)
);
comment on table role_policy is 'What is asked of the holders of a role before they may act. No row: nothing more than a password.';
select audited('role_policy');

alter table session
    add column factor_due boolean not null default false,
    add column acting_for_id uuid,
    add constraint session_acting_for_fkey foreign key (acting_for_id) references account;
comment on column session.factor_due is 'The password was right, the code of the second factor is still to come: nothing else is open.';

create table delegation (
    id               uuid primary key,
    giver_id         uuid not null,
    taker_id         uuid not null,
    grant_id         uuid not null,
    establishment_id uuid,
    unit_id          uuid,
    starts_on        date not null,
    ends_on          date not null,
    reason           text not null,
    given_at         timestamptz not null,
    revoked_at       timestamptz,
    revoked_by       uuid,
    constraint delegation_giver_fkey foreign key (giver_id) references account,
    constraint delegation_taker_fkey foreign key (taker_id) references account,
    constraint delegation_grant_fkey foreign key (grant_id) references access_grant,
    constraint delegation_establishment_fkey foreign key (establishment_id) references establishment,
    constraint delegation_unit_fkey foreign key (unit_id) references unit,
    constraint delegation_revoked_by_fkey foreign key (revoked_by) references account,
    constraint delegation_self_check check (giver_id <> taker_id),
    constraint delegation_period_check check (ends_on between starts_on and starts_on + 366),
    constraint delegation_scope_check check (num_nonnulls(establishment_id, unit_id) <= 1),
    constraint delegation_reason_check check (length(btrim(reason)) between 5 and 500)
);
comment on table delegation is 'One acts for another: which of the giver''s roles, where (as wide as the role when no place is named), from when to when, why. It gives nothing once the giver no longer holds the role.';
create index delegation_taker_idx on delegation (taker_id) where revoked_at is null;
create index delegation_giver_idx on delegation (giver_id);
select audited('delegation', parent => 'giver_id');

create table read_log (
    id               uuid primary key,
    at               timestamptz not null,
    account_id       uuid,
    actor_label      text not null,
    request_id       uuid,
    kind             text not null,
    what             text not null,
    address          text not null,
    establishment_id uuid,
    constraint read_log_account_fkey foreign key (account_id) references account,
    constraint read_log_establishment_fkey foreign key (establishment_id) references establishment,
    constraint read_log_kind_check check (kind in ('export', 'zone'))
);
comment on table read_log is 'Reads that leave a trace: lists taken away as files, and sensitive zones opened. Who, when, exactly what; never changed.';
create index read_log_at_idx on read_log (at, id);
create index read_log_account_idx on read_log (account_id, id desc);
select append_only('read_log');

-- As of a day. In schema as_of each table is a view of the same name and columns: the rows as they were just
-- before the instant of the setting vigie.as_of, rebuilt from the audit. A transaction that puts as_of first in
-- its search path reads the past with the statements of the present.
create schema as_of;
grant usage on schema as_of to vigie_app;

create function as_of_moment() returns timestamptz
    language sql stable parallel safe
    return current_setting('vigie.as_of')::timestamptz;

create index audit_row_at_idx on audit_row using brin (at);

-- One line makes a table readable as of a day, or renews its view once columns were added to it.
-- `lost`: rows of it are deleted, and come back from what the audit kept of them.
create function read_as_of(target text, lost boolean default false) returns void language plpgsql as $$
declare
    -- The id never changes: taken from the table, it lets one row be found without rebuilding the others.
    fields text := (
        select string_agg(case when attname = 'id' then '%s as id' else format('r.%I', attname) end, ', ' order by attnum)
        from pg_attribute where attrelid = format('public.%I', target)::regclass and attnum > 0 and not attisdropped);
begin
    execute format('drop view if exists as_of.%I', target);
    execute format($v$
        create view as_of.%1$I as
        select t.*
        from public.%1$I t
        where not exists (select from public.audit_row a where a.row_id = t.id and a.table_name = %1$L and a.at >= public.as_of_moment())
        union all
        select %3$s
        from (%2$s) s
        join public.%1$I t on t.id = s.row_id
        cross join lateral jsonb_populate_record(t, s.undo) r
        where not s.born
    $v$ || case when lost then $v$
        union all
        select %4$s
        from (%2$s) s
        cross join lateral jsonb_populate_record(null::public.%1$I, s.undo) r
        where s.gone and not s.born
    $v$ else '' end, target, format($s$
        select a.row_id, bool_or(a.operation = 'insert') as born, bool_or(a.operation = 'delete') as gone,
               coalesce(jsonb_object_agg(e.key, e.value order by a.id desc) filter (where e.key is not null), '{}') as undo
        from public.audit_row a
        left join lateral jsonb_each(a.before) e on true
        where a.table_name = %L and a.at >= public.as_of_moment()
        group by a.row_id
    $s$, target), format(fields, 't.id'), format(fields, 's.row_id'));
    execute format('comment on view as_of.%I is %L', target, 'The rows of ' || target || ' as they were at the instant of vigie.as_of.');
    execute format('grant select on as_of.%I to vigie_app', target);
end $$;

select read_as_of('establishment');
select read_as_of('site');
select read_as_of('department');
select read_as_of('unit');
select read_as_of('room');
select read_as_of('organisation');
select read_as_of('device_model');
select read_as_of('software_version');
select read_as_of('device');
select read_as_of('device_identifier', lost => true);
select read_as_of('device_interface', lost => true);
select read_as_of('device_software');
select read_as_of('device_state_change');
select read_as_of('device_movement');
select read_as_of('device_loan');
select read_as_of('device_item_justification', lost => true);
