-- What must be done to devices again and again: who asks for it, how often, what is known of it, what was decided.

create table public_holiday (
    id            uuid primary key,
    name          text not null,
    month         integer,
    day           integer,
    easter_offset integer,
    territories   text[] not null,
    source        text not null,
    status        text not null,
    constraint public_holiday_name_key unique (name),
    constraint public_holiday_when_check check ((month is null) = (day is null) and (month is null) <> (easter_offset is null)),
    constraint public_holiday_month_check check (month between 1 and 12),
    constraint public_holiday_day_check check (day between 1 and 31),
    constraint public_holiday_territories_check check (territories <@ array['france', 'alsace_moselle', 'guadeloupe', 'martinique', 'guyane', 'reunion', 'mayotte', 'saint_martin', 'saint_barthelemy'] and territories <> '{}'),
    constraint public_holiday_status_check check (status in ('in_force', 'pending', 'repealed', 'to_verify'))
);
comment on table public_holiday is 'Days off by law: at a fixed date or so many days from Easter, everywhere in France or in some territories only. What is to be verified closes no day.';
select audited('public_holiday');

insert into public_holiday (id, name, month, day, easter_offset, territories, source, status) values
('0199c000-0020-7000-8000-000000000001', 'Jour de l’an', 1, 1, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000002', 'Lundi de Pâques', null, null, 1, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000003', 'Fête du Travail', 5, 1, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000004', 'Victoire de 1945', 5, 8, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000005', 'Ascension', null, null, 39, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000006', 'Lundi de Pentecôte', null, null, 50, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000007', 'Fête nationale', 7, 14, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000008', 'Assomption', 8, 15, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000009', 'Toussaint', 11, 1, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000010', 'Armistice de 1918', 11, 11, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000011', 'Noël', 12, 25, null, '{france}', 'Art. L.3133-1 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000021', 'Vendredi saint', null, null, -2, '{alsace_moselle}', 'Art. L.3134-13 du code du travail (communes ayant un temple protestant ou une église mixte)', 'in_force'),
('0199c000-0020-7000-8000-000000000022', 'Saint-Étienne', 12, 26, null, '{alsace_moselle}', 'Art. L.3134-13 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000031', 'Abolition de l’esclavage (Mayotte)', 4, 27, null, '{mayotte}', 'Art. L.3422-2 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000032', 'Abolition de l’esclavage (Martinique)', 5, 22, null, '{martinique}', 'Art. L.3422-2 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000033', 'Abolition de l’esclavage (Guadeloupe)', 5, 27, null, '{guadeloupe}', 'Art. L.3422-2 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000034', 'Abolition de l’esclavage (Saint-Martin)', 5, 28, null, '{saint_martin}', 'Art. L.3422-2 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000035', 'Abolition de l’esclavage (Guyane)', 6, 10, null, '{guyane}', 'Art. L.3422-2 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000036', 'Abolition de l’esclavage (Saint-Barthélemy)', 10, 9, null, '{saint_barthelemy}', 'Art. L.3422-2 du code du travail', 'in_force'),
('0199c000-0020-7000-8000-000000000037', 'Abolition de l’esclavage (La Réunion)', 12, 20, null, '{reunion}', 'Art. L.3422-2 du code du travail', 'in_force');

create table obligation (
    id                  uuid primary key,
    model_id            uuid not null,
    software_version_id uuid,
    establishment_id    uuid,
    kind                text not null,
    title               text not null,
    interval_value      integer,
    interval_unit       text,
    counter             text,
    counter_interval    bigint,
    before_days         integer not null,
    after_days          integer not null,
    due_from            text not null,
    on_closed_day       text not null,
    source_kind         text not null,
    source_reference    text not null,
    source_version      text,
    source_page         text,
    asked_value         integer,
    asked_unit          text,
    gap_reason          text,
    needs_measures      boolean not null,
    status              text not null,
    note                text,
    retired_on          date,
    retired_reason      text,
    version             integer not null,
    constraint obligation_model_fkey foreign key (model_id) references device_model,
    constraint obligation_version_fkey foreign key (software_version_id, model_id) references software_version (id, model_id),
    constraint obligation_establishment_fkey foreign key (establishment_id) references establishment,
    constraint obligation_kind_check check (kind in
        ('preventive', 'internal_control', 'external_control', 'control_audit', 'electrical_safety', 'calibration', 'regulatory', 'software_update')),
    constraint obligation_title_check check (length(btrim(title)) between 3 and 200),
    constraint obligation_interval_check check ((interval_value is null) = (interval_unit is null) and interval_value between 1 and 1000),
    constraint obligation_interval_unit_check check (interval_unit in ('days', 'working_days', 'weeks', 'months', 'years')),
    constraint obligation_counter_check check ((counter is null) = (counter_interval is null) and counter_interval > 0),
    constraint obligation_counter_kind_check check (counter in ('hours', 'cycles', 'exposures', 'tests')),
    constraint obligation_rhythm_check check (num_nonnulls(interval_value, counter_interval) >= 1),
    constraint obligation_tolerance_check check (before_days between 0 and 366 and after_days between 0 and 366),
    constraint obligation_due_from_check check (due_from in ('planned', 'actual')),
    constraint obligation_closed_day_check check (on_closed_day in ('keep', 'next', 'previous')),
    constraint obligation_source_kind_check check (source_kind in ('instructions', 'decision', 'regulation', 'contract', 'local')),
    constraint obligation_source_check check (length(btrim(source_reference)) between 3 and 400),
    constraint obligation_asked_check check ((asked_value is null) = (asked_unit is null) and asked_value between 1 and 1000),
    constraint obligation_asked_unit_check check (asked_unit in ('days', 'working_days', 'weeks', 'months', 'years')),
    constraint obligation_gap_check check (
        asked_value is null or (asked_value, asked_unit) is not distinct from (interval_value, interval_unit) or coalesce(length(btrim(gap_reason)), 0) >= 10),
    constraint obligation_status_check check (status in ('in_force', 'to_verify')),
    constraint obligation_retired_check check ((retired_on is null) = (retired_reason is null))
);
comment on table obligation is 'What must be done again and again to every device of a model (or of one of its software versions): how often, with which tolerance, because of which source. The group''s (establishment null) or one establishment''s own. What is to be verified obliges nobody.';
comment on column obligation.asked_value is 'What the source asks for, where the choice made differs: the gap has its reason.';
create index obligation_model_idx on obligation (model_id, id);
create index obligation_establishment_idx on obligation (establishment_id) where establishment_id is not null;
create index obligation_software_idx on obligation (software_version_id) where software_version_id is not null;
create index obligation_title_idx on obligation (title collate "fr-x-icu", id);
create index obligation_kind_idx on obligation (kind, id);
create index obligation_search_idx on obligation using gin (plain(title || ' ' || source_reference) gin_trgm_ops);
select audited('obligation', parent => 'model_id');

create table device_obligation (
    id              uuid primary key,
    device_id       uuid not null,
    obligation_id   uuid not null,
    applies         boolean not null,
    is_exempt       boolean not null,
    last_done_on    date,
    last_due_on     date,
    last_counter    bigint,
    anchor_on       date,
    due_on          date,
    earliest_on     date,
    latest_on       date,
    due_counter     bigint,
    counter_now     bigint,
    triggered_why   text,
    not_presented   integer not null,
    constraint device_obligation_device_fkey foreign key (device_id) references device,
    constraint device_obligation_obligation_fkey foreign key (obligation_id) references obligation,
    constraint device_obligation_once_key unique (device_id, obligation_id),
    constraint device_obligation_window_check check (num_nonnulls(due_on, earliest_on, latest_on) in (0, 3) and earliest_on <= due_on and latest_on >= due_on),
    constraint device_obligation_presented_check check (not_presented >= 0)
);
comment on table device_obligation is 'One obligation of one device: last done, next due. Rows follow devices and obligations by triggers; dates are computed by the date engine from audited statements, operations and exceptions. No due date = nobody knows when it was last done: undetermined, neither late nor up to date.';
comment on column device_obligation.anchor_on is 'The first planned day of the series: the nth due day is counted from it, so that 31 January gives 31 March after 28 February.';
create index device_obligation_obligation_idx on device_obligation (obligation_id, device_id);
create index device_obligation_latest_idx on device_obligation (coalesce(latest_on, date 'infinity'), id) where applies and not is_exempt;
create index device_obligation_due_idx on device_obligation (coalesce(due_on, date 'infinity'), id) where applies and not is_exempt;

-- In operation: the states of the stage « exploitation », in which obligations run.
create function in_operation(state text) returns boolean
    language sql immutable parallel safe
    return state in ('in_service', 'lent', 'in_maintenance', 'broken', 'quarantined', 'suspended_quality', 'suspended_cyber', 'stored', 'on_trial');

create function obliges(o obligation, d device) returns boolean
    language sql immutable parallel safe
    return o.model_id = d.model_id
        and o.retired_on is null
        and o.status = 'in_force'
        and (o.software_version_id is null or o.software_version_id = d.software_version_id)
        and (o.establishment_id is null or o.establishment_id = d.establishment_id)
        and d.annulled_at is null
        and in_operation(d.state);

create function follow_device() returns trigger language plpgsql as $$
begin
    insert into device_obligation (id, device_id, obligation_id, applies, is_exempt, not_presented)
    select md5(new.id::text || o.id::text)::uuid, new.id, o.id, true, false, 0
    from obligation o
    where o.model_id = new.model_id and obliges(o, new)
    on conflict (device_id, obligation_id) do update set applies = true where not device_obligation.applies;
    update device_obligation x set applies = false
    from obligation o
    where x.device_id = new.id and x.applies and o.id = x.obligation_id and not obliges(o, new);
    return null;
end $$;
create trigger follow_device_insert after insert on device for each row execute function follow_device();
create trigger follow_device_update after update of model_id, software_version_id, establishment_id, annulled_at, state on device for each row
    when ((old.model_id, old.software_version_id, old.establishment_id, old.annulled_at, in_operation(old.state))
          is distinct from (new.model_id, new.software_version_id, new.establishment_id, new.annulled_at, in_operation(new.state)))
    execute function follow_device();

create function follow_obligation() returns trigger language plpgsql as $$
begin
    insert into device_obligation (id, device_id, obligation_id, applies, is_exempt, not_presented)
    select md5(d.id::text || new.id::text)::uuid, d.id, new.id, true, false, 0
    from device d
    where d.model_id = new.model_id and obliges(new, d)
    on conflict (device_id, obligation_id) do update set applies = true where not device_obligation.applies;
    update device_obligation x set applies = false
    from device d
    where x.obligation_id = new.id and x.applies and d.id = x.device_id and not obliges(new, d);
    return null;
end $$;
create trigger follow_obligation_insert after insert on obligation for each row execute function follow_obligation();
create trigger follow_obligation_update after update of model_id, software_version_id, establishment_id, status, retired_on on obligation for each row execute function follow_obligation();

create table obligation_statement (
    id            uuid primary key,
    device_id     uuid not null,
    obligation_id uuid not null,
    done_on       date not null,
    counter_value bigint,
    source        text not null,
    stated_at     timestamptz not null,
    stated_by     uuid,
    constraint obligation_statement_device_fkey foreign key (device_id) references device,
    constraint obligation_statement_obligation_fkey foreign key (obligation_id) references obligation,
    constraint obligation_statement_by_fkey foreign key (stated_by) references account,
    constraint obligation_statement_source_check check (length(btrim(source)) >= 5)
);
comment on table obligation_statement is 'When an obligation was last fulfilled before Vigie followed it, as somebody states it with his source: the take-over of a device. It starts the clock and proves nothing in the register.';
create index obligation_statement_device_idx on obligation_statement (device_id, obligation_id, id);
create index obligation_statement_obligation_idx on obligation_statement (obligation_id);
select append_only('obligation_statement');
select audited('obligation_statement', parent => 'device_id');

create table obligation_exception (
    id             uuid primary key,
    device_id      uuid not null,
    obligation_id  uuid not null,
    interval_value integer,
    interval_unit  text,
    reason         text not null,
    ends_on        date,
    decided_at     timestamptz not null,
    decided_by     uuid,
    withdrawn_at   timestamptz,
    withdrawn_by   uuid,
    constraint obligation_exception_device_fkey foreign key (device_id) references device,
    constraint obligation_exception_obligation_fkey foreign key (obligation_id) references obligation,
    constraint obligation_exception_decided_by_fkey foreign key (decided_by) references account,
    constraint obligation_exception_withdrawn_by_fkey foreign key (withdrawn_by) references account,
    constraint obligation_exception_interval_check check ((interval_value is null) = (interval_unit is null) and interval_value between 1 and 1000),
    constraint obligation_exception_unit_check check (interval_unit in ('days', 'working_days', 'weeks', 'months', 'years')),
    constraint obligation_exception_reason_check check (length(btrim(reason)) >= 10)
);
comment on table obligation_exception is 'Why an obligation of its model does not apply to a device, or at another rhythm: who decided it, when, until when.';
create unique index obligation_exception_open_key on obligation_exception (device_id, obligation_id) where withdrawn_at is null;
create index obligation_exception_obligation_idx on obligation_exception (obligation_id);
select audited('obligation_exception', parent => 'device_id');

create table obligation_deferral (
    id            uuid primary key,
    device_id     uuid not null,
    obligation_id uuid not null,
    due_on        date not null,
    until         date not null,
    reason        text not null,
    asked_at      timestamptz not null,
    asked_by      uuid,
    answered_at   timestamptz,
    answered_by   uuid,
    is_approved   boolean,
    answer_note   text,
    constraint obligation_deferral_device_fkey foreign key (device_id) references device,
    constraint obligation_deferral_obligation_fkey foreign key (obligation_id) references obligation,
    constraint obligation_deferral_asked_by_fkey foreign key (asked_by) references account,
    constraint obligation_deferral_answered_by_fkey foreign key (answered_by) references account,
    constraint obligation_deferral_until_check check (until > due_on),
    constraint obligation_deferral_reason_check check (length(btrim(reason)) >= 10),
    constraint obligation_deferral_answer_check check (num_nonnulls(answered_at, is_approved) in (0, 2)),
    constraint obligation_deferral_self_check check (answered_by <> asked_by)
);
comment on table obligation_deferral is 'An operation put off: why, until when, asked by whom, and answered by somebody else. The due date does not move; a deferral says who took it upon himself.';
create unique index obligation_deferral_open_key on obligation_deferral (device_id, obligation_id) where answered_at is null;
create index obligation_deferral_device_idx on obligation_deferral (device_id, obligation_id, id);
create index obligation_deferral_obligation_idx on obligation_deferral (obligation_id);
select audited('obligation_deferral', parent => 'device_id');

create table obligation_trigger (
    id            uuid primary key,
    obligation_id uuid not null,
    operation     text not null,
    within_days   integer not null,
    source        text not null,
    constraint obligation_trigger_obligation_fkey foreign key (obligation_id) references obligation,
    constraint obligation_trigger_once_key unique (obligation_id, operation),
    constraint obligation_trigger_operation_check check (length(btrim(operation)) between 3 and 200),
    constraint obligation_trigger_within_check check (within_days between 0 and 366),
    constraint obligation_trigger_source_check check (length(btrim(source)) >= 3)
);
comment on table obligation_trigger is 'An operation after which a control is due out of its cycle (change of tube, of detector…): art. R.5212-27 3° and 4° CSP, or the instructions.';
select audited('obligation_trigger', parent => 'obligation_id');

create table counter_reading (
    id        uuid primary key,
    device_id uuid not null,
    counter   text not null,
    value     bigint not null,
    read_on   date not null,
    read_at   timestamptz not null,
    read_by   uuid,
    constraint counter_reading_device_fkey foreign key (device_id) references device,
    constraint counter_reading_by_fkey foreign key (read_by) references account,
    constraint counter_reading_counter_check check (counter in ('hours', 'cycles', 'exposures', 'tests')),
    constraint counter_reading_value_check check (value >= 0)
);
comment on table counter_reading is 'What a counter of a device showed on a day.';
create index counter_reading_device_idx on counter_reading (device_id, counter, read_on desc, id desc);
select append_only('counter_reading');
select audited('counter_reading', parent => 'device_id');
