-- Manufacturers, suppliers, providers and authorities, the names they go by, and whom to call there.
-- Shared by the whole group: there is one Philips, whatever each hospital writes.

create table organisation (
    id               uuid primary key,
    name             text not null,
    roles            text[] not null,
    country          text,
    srn              text,
    siren            text,
    finess           text,
    cofrac_number    text,
    address          text,
    website          text,
    phone            text,
    note             text,
    closed_on        date,
    version          integer not null,
    constraint organisation_name_check check (length(btrim(name)) between 1 and 300),
    constraint organisation_roles_check check (cardinality(roles) > 0 and roles <@ array[
        'manufacturer', 'authorised_representative', 'importer', 'distributor', 'supplier', 'maintenance_provider',
        'quality_control_body', 'lessor', 'software_host', 'authority', 'care_provider', 'waste_operator', 'other']),
    constraint organisation_country_check check (country ~ '^[A-Z]{2}$'),
    constraint organisation_srn_check check (srn ~ '^[A-Z]{2}-(MF|AR|IM|PR)-[0-9]{9}$'),
    constraint organisation_srn_key unique (srn),
    constraint organisation_siren_check check (siren ~ '^[0-9]{9}$'),
    constraint organisation_finess_check check (finess ~ '^[0-9A-Z]{9}$')
);
comment on table organisation is 'A manufacturer, supplier, provider or authority known to the whole group; one row whatever its spellings, which are aliases.';
comment on column organisation.srn is 'Single registration number of EUDAMED: country, role, nine digits.';
create unique index organisation_name_key on organisation (plain(name));
create index organisation_name_idx on organisation (name collate "fr-x-icu", id);
create index organisation_country_idx on organisation (coalesce(country, ''), id);
create index organisation_roles_idx on organisation using gin (roles);
create index organisation_search_idx on organisation using gin (plain(name) gin_trgm_ops);
select audited('organisation');

create table organisation_alias (
    id              uuid primary key,
    organisation_id uuid not null,
    name            text not null,
    kind            text not null,
    source          text,
    constraint organisation_alias_organisation_fkey foreign key (organisation_id) references organisation,
    constraint organisation_alias_name_check check (length(btrim(name)) between 1 and 300),
    constraint organisation_alias_kind_check check (kind in ('spelling', 'former_name', 'brand', 'abbreviation', 'subsidiary'))
);
comment on table organisation_alias is 'Another name of an organisation (Datex-Ohmeda is GE HealthCare, Phillips is Philips): names on old labels and in files lead to one row.';
create unique index organisation_alias_name_key on organisation_alias (plain(name));
create index organisation_alias_organisation_idx on organisation_alias (organisation_id);
create index organisation_alias_search_idx on organisation_alias using gin (plain(name) gin_trgm_ops);
select audited('organisation_alias', parent => 'organisation_id');

create table organisation_succession (
    id              uuid primary key,
    predecessor_id  uuid not null,
    successor_id    uuid not null,
    kind            text not null,
    happened_on     date,
    happened_on_text text,
    perimeter       text,
    source          text,
    constraint organisation_succession_predecessor_fkey foreign key (predecessor_id) references organisation,
    constraint organisation_succession_successor_fkey foreign key (successor_id) references organisation,
    constraint organisation_succession_once_key unique (predecessor_id, successor_id, kind),
    constraint organisation_succession_self_check check (predecessor_id <> successor_id),
    constraint organisation_succession_kind_check check (kind in ('acquired', 'merged', 'renamed', 'split', 'took_over_range', 'took_over_support')),
    constraint organisation_succession_date_check check (num_nonnulls(happened_on, happened_on_text) <= 1)
);
comment on table organisation_succession is 'Who answers today for what another organisation made: notices and advisories name the one or the other.';
create index organisation_succession_successor_idx on organisation_succession (successor_id);
select audited('organisation_succession', parent => 'predecessor_id');

create table contact (
    id               uuid primary key,
    organisation_id  uuid not null,
    establishment_id uuid,
    function         text not null,
    name             text not null,
    email            text,
    phone            text,
    url              text,
    note             text,
    verified_on      date,
    verified_by      uuid,
    ends_on          date,
    version          integer not null,
    constraint contact_organisation_fkey foreign key (organisation_id) references organisation,
    constraint contact_establishment_fkey foreign key (establishment_id) references establishment,
    constraint contact_verifier_fkey foreign key (verified_by) references account,
    constraint contact_function_check check (function in
        ('support', 'security_officer', 'dpo', 'vigilance', 'commercial', 'technical', 'emergency', 'training', 'other')),
    constraint contact_name_check check (length(btrim(name)) between 1 and 200),
    constraint contact_reachable_check check (num_nonnulls(email, phone, url) >= 1),
    constraint contact_verified_check check (verified_by is null or verified_on is not null)
);
comment on table contact is 'Whom to call at an organisation, by function, with the day it was last verified: an old security address is worth nothing. Establishment null = for the whole group.';
create index contact_organisation_idx on contact (organisation_id, function);
create index contact_establishment_idx on contact (establishment_id);
create index contact_name_idx on contact (name collate "fr-x-icu", id);
create index contact_search_idx on contact using gin (plain(name || ' ' || coalesce(email, '')) gin_trgm_ops);
select audited('contact', parent => 'organisation_id');
