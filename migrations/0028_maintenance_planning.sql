-- Calendars of what is due and planned, read by other programs at a secret address; last dates, imported.

create table calendar_feed (
    id          uuid primary key,
    account_id  uuid not null,
    name        text not null,
    shows       text not null,
    token_hash  bytea not null,
    token_start text not null,
    created_at  timestamptz not null,
    revoked_at  timestamptz,
    version     integer not null,
    constraint calendar_feed_account_fkey foreign key (account_id) references account,
    constraint calendar_feed_token_key unique (token_hash),
    constraint calendar_feed_name_check check (length(btrim(name)) between 1 and 100),
    constraint calendar_feed_shows_check check (shows in ('mine', 'due', 'all'))
);
comment on table calendar_feed is 'A calendar that another program reads at a secret address, with what its owner may see on the day it is read. Only the hash of the secret is kept; revoked, the address answers nothing.';
create index calendar_feed_account_idx on calendar_feed (account_id, id desc);
select audited('calendar_feed', hide => '{token_hash,token_start}', parent => 'account_id');

-- Last dates of obligations are imported through the same stages as devices.
alter table import_run drop constraint import_run_kind_check;
alter table import_run add constraint import_run_kind_check check (kind in ('devices', 'nomenclature', 'register', 'last_done'));
alter table import_mapping drop constraint import_mapping_kind_check;
alter table import_mapping add constraint import_mapping_kind_check check (kind in ('devices', 'nomenclature', 'register', 'last_done'));
