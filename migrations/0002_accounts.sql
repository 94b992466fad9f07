-- Places people work in, people, and what they may do where.

create table establishment (
    id                uuid primary key,
    code              text not null,
    name              text not null,
    finess_legal      text,
    finess_geographic text,
    time_zone         text not null,
    inventory_pattern text,
    service_phone     text,
    closed_on         date,
    version           integer not null,
    constraint establishment_code_key unique (code),
    constraint establishment_finess_geographic_key unique (finess_geographic),
    constraint establishment_code_check check (code ~ '^[A-Z0-9_-]{2,20}$'),
    constraint establishment_finess_legal_check check (finess_legal ~ '^[0-9A-Z]{9}$'),
    constraint establishment_finess_geographic_check check (finess_geographic ~ '^[0-9A-Z]{9}$')
);
comment on table establishment is 'A hospital of the group: the exploitant of its devices (art. R.5211-5 CSP), the unit of rights and of inventory numbers.';
select audited('establishment');

create table site (
    id               uuid primary key,
    establishment_id uuid not null,
    code             text not null,
    name             text not null,
    address          text,
    closed_on        date,
    version          integer not null,
    constraint site_establishment_fkey foreign key (establishment_id) references establishment,
    constraint site_code_key unique (establishment_id, code)
);
comment on table site is 'A place of an establishment with its own address.';
select audited('site', parent => 'establishment_id');

create table department (
    id               uuid primary key,
    establishment_id uuid not null,
    code             text not null,
    name             text not null,
    closed_on        date,
    version          integer not null,
    constraint department_establishment_fkey foreign key (establishment_id) references establishment,
    constraint department_code_key unique (establishment_id, code)
);
comment on table department is 'A pôle: units under one head of department.';
select audited('department', parent => 'establishment_id');

create table unit (
    id               uuid primary key,
    establishment_id uuid not null,
    department_id    uuid,
    site_id          uuid,
    uf_code          text not null,
    name             text not null,
    valid_from       date,
    closed_on        date,
    version          integer not null,
    constraint unit_establishment_fkey foreign key (establishment_id) references establishment,
    constraint unit_department_fkey foreign key (department_id) references department,
    constraint unit_site_fkey foreign key (site_id) references site,
    constraint unit_uf_code_key unique (establishment_id, uf_code),
    constraint unit_period_check check (closed_on is null or valid_from is null or closed_on >= valid_from)
);
comment on table unit is 'An unité fonctionnelle (UF): where devices are used and who answers for them.';
create index unit_department_idx on unit (department_id);
create index unit_name_idx on unit (establishment_id, name collate "fr-x-icu", id);
create index unit_search_idx on unit using gin (plain(uf_code || ' ' || name) gin_trgm_ops);
select audited('unit', parent => 'establishment_id');

create table room (
    id               uuid primary key,
    establishment_id uuid not null,
    site_id          uuid not null,
    unit_id          uuid,
    code             text not null,
    name             text not null,
    building         text,
    floor            text,
    gln              text,
    closed_on        date,
    version          integer not null,
    constraint room_establishment_fkey foreign key (establishment_id) references establishment,
    constraint room_site_fkey foreign key (site_id) references site,
    constraint room_unit_fkey foreign key (unit_id) references unit,
    constraint room_code_key unique (site_id, code),
    constraint room_gln_check check (gln ~ '^[0-9]{13}$')
);
comment on table room is 'A room (local) of a site, with its GLN where it has one (GS1 AI 414).';
create index room_unit_idx on room (unit_id);
create index room_search_idx on room using gin (plain(code || ' ' || name) gin_trgm_ops);
select audited('room', parent => 'establishment_id');

create table account (
    id                   uuid primary key,
    login                text not null,
    display_name         text not null,
    email                text,
    phone                text,
    job_title            text,
    password_hash        text,
    password_changed_at  timestamptz,
    must_change_password boolean not null,
    created_at           timestamptz not null,
    deactivated_at       timestamptz,
    demo_role            text,
    version              integer not null,
    constraint account_login_key unique (login),
    constraint account_login_check check (login ~ '^[a-z0-9._@-]{2,80}$'),
    constraint account_display_name_check check (length(display_name) between 1 and 200)
);
comment on table account is 'A person who signs in, or a program that acts under its own name. Deactivated, never deleted.';
create index account_search_idx on account using gin (plain(display_name || ' ' || login) gin_trgm_ops);
select audited('account', hide => '{password_hash}');

create table access_grant (
    id               uuid primary key,
    account_id       uuid not null,
    role             text not null,
    establishment_id uuid,
    unit_id          uuid,
    device_id        uuid,
    ends_on          date,
    granted_at       timestamptz not null,
    granted_by       uuid,
    revoked_at       timestamptz,
    revoked_by       uuid,
    constraint access_grant_account_fkey foreign key (account_id) references account,
    constraint access_grant_establishment_fkey foreign key (establishment_id) references establishment,
    constraint access_grant_unit_fkey foreign key (unit_id) references unit,
    constraint access_grant_scope_check check (num_nonnulls(establishment_id, unit_id, device_id) <= 1)
);
comment on table access_grant is 'A role over a scope: the whole group (no place named), an establishment, a unit, or one device (external technician, art. R.5212-28 6° CSP).';
create index access_grant_account_idx on access_grant (account_id) where revoked_at is null;
create unique index access_grant_once_key on access_grant
    (account_id, role, coalesce(establishment_id, unit_id, device_id, '00000000-0000-0000-0000-000000000000'))
    where revoked_at is null;
select audited('access_grant', parent => 'account_id');

create table session (
    id                 uuid primary key,
    token_hash         bytea not null,
    account_id         uuid not null,
    created_at         timestamptz not null,
    last_seen_at       timestamptz not null,
    expires_at         timestamptz not null,
    revoked_at         timestamptz,
    address            text,
    user_agent         text,
    constraint session_account_fkey foreign key (account_id) references account,
    constraint session_token_hash_key unique (token_hash)
);
comment on table session is 'An open sign-in. The cookie holds the token, the table only its SHA-256.';
create index session_account_idx on session (account_id) where revoked_at is null;

create table api_token (
    id            uuid primary key,
    account_id    uuid not null,
    name          text not null,
    token_hash    bytea not null,
    token_start   text not null,
    may_write     boolean not null,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    revoked_at    timestamptz,
    last_used_at  timestamptz,
    version       integer not null,
    constraint api_token_account_fkey foreign key (account_id) references account,
    constraint api_token_hash_key unique (token_hash),
    constraint api_token_name_check check (length(name) between 1 and 100)
);
comment on table api_token is 'A key for programs, acting with at most its owner''s rights, read-only unless said otherwise, always with an end. Shown once, stored as SHA-256.';
create index api_token_account_idx on api_token (account_id);
select audited('api_token', hide => '{token_hash}', parent => 'account_id');

create table one_time_link (
    id         uuid primary key,
    account_id uuid,
    purpose    text not null,
    token_hash bytea not null,
    created_at timestamptz not null,
    created_by uuid,
    expires_at timestamptz not null,
    used_at    timestamptz,
    constraint one_time_link_account_fkey foreign key (account_id) references account,
    constraint one_time_link_hash_key unique (token_hash),
    constraint one_time_link_purpose_check check (purpose in ('first_account', 'set_password'))
);
comment on table one_time_link is 'Addresses that work once: the first administrator, a new or forgotten password handed over without mail.';
select audited('one_time_link', hide => '{token_hash}', parent => 'account_id');

create table sign_in_delay (
    key             text primary key,
    failures        integer not null,
    last_failure_at timestamptz not null,
    constraint sign_in_delay_failures_check check (failures > 0)
);
comment on table sign_in_delay is 'Progressive delay after failed sign-ins, per account and per address. Never locks anyone out, never touches an open session.';

create table counter (
    establishment_id uuid not null,
    name             text not null,
    year             integer not null,
    last             bigint not null,
    constraint counter_pkey primary key (establishment_id, name, year),
    constraint counter_establishment_fkey foreign key (establishment_id) references establishment
);
comment on table counter is 'Numbers given in order per establishment and year (EV-2026-00042). Gaps are allowed.';
