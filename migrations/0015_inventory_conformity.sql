-- What proves that a model may be used, until when its maker stands behind it, how its use is written,
-- how the maintenance is organised, and what the accounts and the public directories say of the same things.

create table certificate (
    id                    uuid primary key,
    manufacturer_id       uuid not null,
    number                text not null,
    kind                  text not null,
    regulation            text not null,
    notified_body_number  text not null,
    notified_body_name    text,
    scope                 text,
    issued_on             date,
    expires_on            date,
    status                text not null,
    status_since          date,
    status_source         text,
    transition_rule_id    uuid,
    transition_letter_on  date,
    verified_on           date,
    verified_by           uuid,
    replaced_by_id        uuid,
    note                  text,
    version               integer not null,
    constraint certificate_manufacturer_fkey foreign key (manufacturer_id) references organisation,
    constraint certificate_transition_rule_fkey foreign key (transition_rule_id) references legal_rule,
    constraint certificate_verified_by_fkey foreign key (verified_by) references account,
    constraint certificate_replaced_by_fkey foreign key (replaced_by_id) references certificate,
    constraint certificate_number_check check (length(btrim(number)) between 1 and 120),
    constraint certificate_kind_check check (kind in
        ('quality_system', 'technical_documentation', 'type_examination', 'product_verification', 'production_quality', 'directive_full', 'directive_design', 'other')),
    constraint certificate_regulation_check check (regulation in ('mdr', 'ivdr', 'mdd', 'aimdd', 'ivdd')),
    constraint certificate_notified_body_check check (notified_body_number ~ '^[0-9]{4}$'),
    constraint certificate_status_check check (status in ('valid', 'transition', 'suspended', 'withdrawn', 'expired')),
    constraint certificate_period_check check (expires_on is null or issued_on is null or expires_on >= issued_on),
    constraint certificate_transition_check check (status <> 'transition' or regulation in ('mdd', 'aimdd', 'ivdd')),
    constraint certificate_rule_check check (transition_rule_id is null or regulation in ('mdd', 'aimdd', 'ivdd')),
    constraint certificate_verified_check check (verified_by is null or verified_on is not null),
    constraint certificate_replaced_check check (replaced_by_id <> id)
);
comment on table certificate is 'A CE certificate of a notified body, for the models it covers: number, period, standing as last read, and for those of the former directives the rule that ends their transition. Shared by the group; replaced, never deleted.';
comment on column certificate.status is 'As last read somewhere (status_source); a date passed is seen on top of it, day by day.';
comment on column certificate.transition_letter_on is 'Date of the maker''s confirmation that the conditions of the extended transition are met.';
create unique index certificate_number_key on certificate (notified_body_number, plain(number));
create index certificate_manufacturer_idx on certificate (manufacturer_id);
create index certificate_sorted_number_idx on certificate (number, id);
create index certificate_sorted_expiry_idx on certificate (coalesce(expires_on, date 'infinity'), id);
create index certificate_search_idx on certificate using gin (plain(number || ' ' || coalesce(notified_body_name, '') || ' ' || notified_body_number) gin_trgm_ops);
select audited('certificate');

create table certificate_model (
    id             uuid primary key,
    certificate_id uuid not null,
    model_id       uuid not null,
    constraint certificate_model_certificate_fkey foreign key (certificate_id) references certificate,
    constraint certificate_model_model_fkey foreign key (model_id) references device_model,
    constraint certificate_model_once_key unique (certificate_id, model_id)
);
comment on table certificate_model is 'The models a certificate covers.';
create index certificate_model_model_idx on certificate_model (model_id);
select audited('certificate_model', parent => 'certificate_id');

create table model_instruction (
    id                  uuid primary key,
    model_id            uuid not null,
    software_version_id uuid,
    edition             text not null,
    language            text not null,
    issued_on           date,
    received_on         date,
    document_id         uuid,
    url                 text,
    changes             text,
    recorded_at         timestamptz not null,
    recorded_by         uuid,
    withdrawn_at        timestamptz,
    withdrawn_reason    text,
    version             integer not null,
    constraint model_instruction_model_fkey foreign key (model_id) references device_model,
    constraint model_instruction_version_fkey foreign key (software_version_id) references software_version,
    constraint model_instruction_document_fkey foreign key (document_id) references document,
    constraint model_instruction_recorded_by_fkey foreign key (recorded_by) references account,
    constraint model_instruction_edition_check check (length(btrim(edition)) between 1 and 100),
    constraint model_instruction_language_check check (language ~ '^[a-z]{2}$'),
    constraint model_instruction_url_check check (url ~ '^https?://'),
    constraint model_instruction_withdrawn_check check ((withdrawn_at is null) = (withdrawn_reason is null))
);
comment on table model_instruction is 'Instructions for use of a model, for one of its software versions or for all of them: edition, language, and where they are. The former edition is withdrawn with its reason, never deleted.';
create unique index model_instruction_once_key on model_instruction
    (model_id, software_version_id, language, plain(edition)) nulls not distinct where withdrawn_at is null;
create index model_instruction_model_idx on model_instruction (model_id, id);
create index model_instruction_version_idx on model_instruction (software_version_id) where software_version_id is not null;
select audited('model_instruction', parent => 'model_id');

create table support_statement (
    id                  uuid primary key,
    model_id            uuid not null,
    software_version_id uuid,
    kind                text not null,
    ends_on             date,
    source              text not null,
    verified_on         date not null,
    recorded_at         timestamptz not null,
    recorded_by         uuid,
    constraint support_statement_model_fkey foreign key (model_id) references device_model,
    constraint support_statement_version_fkey foreign key (software_version_id) references software_version,
    constraint support_statement_recorded_by_fkey foreign key (recorded_by) references account,
    constraint support_statement_kind_check check (kind in ('sale', 'parts', 'software', 'security')),
    constraint support_statement_version_check check (software_version_id is null or kind in ('software', 'security')),
    constraint support_statement_source_check check (length(btrim(source)) between 3 and 500)
);
comment on table support_statement is 'Who said, and when it was checked, that a maker stops selling a model, its parts, its software support or its security updates. Lines are added; the last one of a kind is the date models and versions show. No date = no end announced.';
create index support_statement_model_idx on support_statement (model_id, kind, id desc);
create index support_statement_version_idx on support_statement (software_version_id) where software_version_id is not null;
select append_only('support_statement');
select audited('support_statement', parent => 'model_id');

create index device_model_sale_end_idx on device_model (coalesce(sale_ends_on, date 'infinity'), id);
create index device_model_security_end_idx on device_model (coalesce(security_support_ends_on, date 'infinity'), id);

alter table document add constraint document_of_establishment_key unique (id, establishment_id);

-- The organisation of maintenance and controls (art. R.5212-28 2° CSP).
create table organisation_document (
    id                uuid primary key,
    establishment_id  uuid not null,
    edition           text not null,
    title             text not null,
    document_id       uuid not null,
    changes           text,
    applies_from      date not null,
    opinion           text not null,
    opinion_on        date,
    opinion_reference text,
    diffused_at       timestamptz,
    replaced_at       timestamptz,
    recorded_at       timestamptz not null,
    recorded_by       uuid,
    version           integer not null,
    constraint organisation_document_establishment_fkey foreign key (establishment_id) references establishment,
    constraint organisation_document_document_fkey foreign key (document_id, establishment_id) references document (id, establishment_id),
    constraint organisation_document_recorded_by_fkey foreign key (recorded_by) references account,
    constraint organisation_document_edition_key unique (establishment_id, edition),
    constraint organisation_document_of_establishment_key unique (id, establishment_id),
    constraint organisation_document_edition_check check (length(btrim(edition)) between 1 and 60),
    constraint organisation_document_title_check check (length(btrim(title)) between 1 and 300),
    constraint organisation_document_opinion_check check (opinion in ('awaited', 'favourable', 'with_reservations', 'unfavourable')),
    constraint organisation_document_opinion_day_check check ((opinion = 'awaited') = (opinion_on is null))
);
comment on table organisation_document is 'The document that describes how maintenance and quality controls are organised in an establishment (art. R.5212-28 2° CSP), edition by edition: opinion of the medical committee, day it applies, diffusion. An edition is replaced by the next, never deleted.';
create index organisation_document_establishment_idx on organisation_document (establishment_id, id desc);
select audited('organisation_document');

create table organisation_document_reader (
    id                       uuid primary key,
    organisation_document_id uuid not null,
    establishment_id         uuid not null,
    account_id               uuid not null,
    sent_at                  timestamptz not null,
    read_at                  timestamptz,
    constraint organisation_document_reader_document_fkey foreign key (organisation_document_id, establishment_id) references organisation_document (id, establishment_id),
    constraint organisation_document_reader_establishment_fkey foreign key (establishment_id) references establishment,
    constraint organisation_document_reader_account_fkey foreign key (account_id) references account,
    constraint organisation_document_reader_once_key unique (organisation_document_id, account_id),
    constraint organisation_document_reader_order_check check (read_at is null or read_at >= sent_at)
);
comment on table organisation_document_reader is 'To whom an edition of the organisation document was made known, and when that person said to have read it.';
create index organisation_document_reader_account_idx on organisation_document_reader (account_id) where read_at is null;
select audited('organisation_document_reader', parent => 'organisation_document_id');

-- What the economic system says of the same equipment.
create table asset_file (
    id               uuid primary key,
    establishment_id uuid not null,
    file_name        text not null,
    file_hash        bytea not null,
    read_count       integer not null,
    created_count    integer not null,
    updated_count    integer not null,
    unchanged_count  integer not null,
    rejected_count   integer not null,
    received_at      timestamptz not null,
    received_by      uuid,
    constraint asset_file_establishment_fkey foreign key (establishment_id) references establishment,
    constraint asset_file_received_by_fkey foreign key (received_by) references account,
    constraint asset_file_of_establishment_key unique (id, establishment_id),
    constraint asset_file_sum_check check (read_count = created_count + updated_count + unchanged_count + rejected_count)
);
comment on table asset_file is 'An extract of the economic system, once read: every line is new, changed, the same or rejected.';
create index asset_file_establishment_idx on asset_file (establishment_id, id desc);
select audited('asset_file');

create table asset (
    id               uuid primary key,
    establishment_id uuid not null,
    asset_number     text not null,
    label            text,
    value_cents      bigint,
    acquired_on      date,
    account_code     text,
    serial_number    text,
    inventory_number text,
    file_id          uuid not null,
    line             integer not null,
    gone_since       timestamptz,
    constraint asset_establishment_fkey foreign key (establishment_id) references establishment,
    constraint asset_file_fkey foreign key (file_id, establishment_id) references asset_file (id, establishment_id),
    constraint asset_number_key unique (establishment_id, asset_number),
    constraint asset_number_check check (length(btrim(asset_number)) between 1 and 60),
    constraint asset_value_check check (value_cents >= 0)
);
comment on table asset is 'A fixed asset as the economic system last gave it: the other side of the reconciliation with devices, by asset number. One that a later extract no longer has keeps the instant since when.';
create index asset_serial_idx on asset (establishment_id, upper(serial_number)) where serial_number is not null;
create index asset_inventory_idx on asset (establishment_id, inventory_number) where inventory_number is not null;
select audited('asset');
create index device_asset_number_idx on device (establishment_id, asset_number) where asset_number is not null and annulled_at is null;

-- Public directories.
create table finess_place (
    id           uuid primary key,
    finess       text not null,
    legal_finess text,
    name         text not null,
    category     text,
    address      text,
    town         text,
    edition      text not null,
    constraint finess_place_number_key unique (finess),
    constraint finess_place_number_check check (finess ~ '^[0-9][0-9AB][0-9A-Z]{7}$'),
    constraint finess_place_legal_check check (legal_finess ~ '^[0-9][0-9AB][0-9A-Z]{7}$')
);
comment on table finess_place is 'Establishments of the national directory FINESS, as one of its extracts gives them: to check our own numbers and names against.';
create index finess_place_search_idx on finess_place using gin (plain(finess || ' ' || name) gin_trgm_ops);
select audited('finess_place');

create table heavy_equipment (
    id            uuid primary key,
    finess        text not null,
    kind_code     text not null,
    kind          text,
    authorisation text not null,
    authorised_on date,
    starts_on     date,
    ends_on       date,
    edition       text not null,
    constraint heavy_equipment_authorisation_key unique (finess, authorisation),
    constraint heavy_equipment_finess_check check (finess ~ '^[0-9][0-9AB][0-9A-Z]{7}$')
);
comment on table heavy_equipment is 'Authorisations of heavy medical equipment (scanners, MRI…) by FINESS number, as an extract of the directory gives them: to check against the devices of the establishment.';
select audited('heavy_equipment');
