-- Lists in daily use: views that people save and share, and corrections of many devices at once.

create table list_view (
    id               uuid primary key,
    list             text not null,
    name             text not null,
    query            text not null,
    audience         text not null,
    account_id       uuid not null,
    establishment_id uuid,
    unit_id          uuid,
    role             text,
    recorded_at      timestamptz not null,
    version          integer not null,
    constraint list_view_account_fkey foreign key (account_id) references account,
    constraint list_view_establishment_fkey foreign key (establishment_id) references establishment,
    constraint list_view_unit_fkey foreign key (unit_id, establishment_id) references unit (id, establishment_id),
    constraint list_view_audience_check check (audience in ('mine', 'unit', 'everybody')),
    constraint list_view_place_check check (case audience
        when 'mine' then establishment_id is null and unit_id is null
        when 'unit' then establishment_id is not null and unit_id is not null
        else unit_id is null end),
    constraint list_view_role_check check (role is null or audience = 'everybody'),
    constraint list_view_name_check check (length(btrim(name)) between 1 and 80 and name = btrim(name)),
    constraint list_view_list_check check (list ~ '^[a-z_]{1,40}$'),
    constraint list_view_query_check check (length(query) <= 60000)
);
comment on table list_view is 'A list as somebody wants to find it again: its filters, columns, sort and grouping, as the query string of its address. For its author, for a unit, or for everybody of an establishment (of the group when none is said), and then possibly the way the list opens for a role.';
create unique index list_view_own_name_key on list_view (account_id, list, lower(name)) where audience = 'mine';
create unique index list_view_role_key on list_view (list, role, establishment_id) nulls not distinct where role is not null;
create index list_view_establishment_idx on list_view (establishment_id, list);
create index list_view_unit_idx on list_view (unit_id, list);
select audited('list_view');

create table correction (
    id               uuid primary key,
    establishment_id uuid,
    field            text not null,
    value            text,
    value_words      text,
    selection        text not null,
    account_id       uuid not null,
    made_at          timestamptz not null,
    changed_count    integer not null,
    unchanged_count  integer not null,
    undo_before      timestamptz not null,
    undone_at        timestamptz,
    undone_by        uuid,
    restored_count   integer,
    constraint correction_establishment_fkey foreign key (establishment_id) references establishment,
    constraint correction_account_fkey foreign key (account_id) references account,
    constraint correction_undone_by_fkey foreign key (undone_by) references account,
    constraint correction_counts_check check (changed_count >= 0 and unchanged_count >= 0 and restored_count between 0 and changed_count),
    constraint correction_undone_check check ((undone_at is null) = (restored_count is null))
);
comment on table correction is 'One value given to many devices at once, by whom, over which selection; undone within a delay. No establishment = devices of several.';
create index correction_establishment_idx on correction (establishment_id, made_at desc);
create index correction_account_idx on correction (account_id, made_at desc);
select audited('correction', parent => 'establishment_id');

create table correction_line (
    id               uuid primary key,
    correction_id    uuid not null,
    device_id        uuid not null,
    before_value     text,
    before_words     text,
    restored_at      timestamptz,
    kept_why         text,
    constraint correction_line_correction_fkey foreign key (correction_id) references correction,
    constraint correction_line_device_fkey foreign key (device_id) references device,
    constraint correction_line_device_key unique (correction_id, device_id)
);
comment on table correction_line is 'What a correction replaced on one device, and what became of it when the correction was undone: restored, or kept and why.';
create index correction_line_device_idx on correction_line (device_id);
select audited('correction_line', parent => 'device_id');
