-- Fields that an establishment or the group adds to its devices: typed, filterable, exported, imported.

create table custom_field (
    id               uuid primary key,
    establishment_id uuid,
    label            text not null,
    kind             text not null,
    choices          text[] not null,
    help             text,
    position         integer not null,
    withdrawn_at     timestamptz,
    recorded_at      timestamptz not null,
    version          integer not null,
    constraint custom_field_establishment_fkey foreign key (establishment_id) references establishment,
    constraint custom_field_kind_check check (kind in ('text', 'number', 'date', 'choice', 'yes_no')),
    constraint custom_field_choices_check check ((kind = 'choice') = (cardinality(choices) > 0)),
    constraint custom_field_label_check check (length(btrim(label)) between 1 and 60 and label = btrim(label)),
    constraint custom_field_position_check check (position between 0 and 999)
);
comment on table custom_field is 'A field that an establishment (the group when none is said) adds to the sheet of its devices. Withdrawn, it is no longer asked; what was written stays.';
create unique index custom_field_label_key on custom_field (establishment_id, lower(label)) nulls not distinct where withdrawn_at is null;
select audited('custom_field');

create table device_custom_value (
    id               uuid primary key,
    device_id        uuid not null,
    field_id         uuid not null,
    text_value       text,
    number_value     numeric(18, 6),
    date_value       date,
    flag_value       boolean,
    constraint device_custom_value_device_fkey foreign key (device_id) references device,
    constraint device_custom_value_field_fkey foreign key (field_id) references custom_field,
    constraint device_custom_value_one_key unique (device_id, field_id),
    constraint device_custom_value_typed_check check (num_nonnulls(text_value, number_value, date_value, flag_value) = 1),
    constraint device_custom_value_text_check check (length(btrim(text_value)) between 1 and 500)
);
comment on table device_custom_value is 'What a device says in a custom field, in the column of the type of that field. No row = nothing is said.';
create index device_custom_value_field_idx on device_custom_value (field_id);
select audited('device_custom_value', parent => 'device_id');

-- Devices sorted by what presses: how long in a state, when a holding or a warranty ends.
create index device_sorted_state_since_idx on device (coalesce(state_since, timestamptz '-infinity'), id);
create index device_sorted_holding_end_idx on device (coalesce(holding_end_date, date 'infinity'), id);
create index device_sorted_warranty_end_idx on device (coalesce(warranty_end_date, date 'infinity'), id);
