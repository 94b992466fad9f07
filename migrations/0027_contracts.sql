-- Contracts of maintenance: what is covered, device by device, until when, and when to decide.

create table agreement (
    id               uuid primary key,
    establishment_id uuid not null,
    reference        text not null,
    title            text not null,
    provider_id      uuid not null,
    starts_on        date not null,
    ends_on          date,
    notice_months    integer,
    renewal          text not null,
    renewal_months   integer,
    services         text[] not null,
    response_hours   integer,
    yearly_cents     bigint,
    price_revision   text,
    penalties        text,
    note             text,
    ended_on         date,
    ended_why        text,
    standing         text not null,
    current_end_on   date,
    notice_by        date,
    version          integer not null,
    constraint agreement_establishment_fkey foreign key (establishment_id) references establishment,
    constraint agreement_provider_fkey foreign key (provider_id) references organisation,
    constraint agreement_reference_key unique (establishment_id, reference),
    constraint agreement_reference_check check (length(btrim(reference)) between 1 and 60),
    constraint agreement_title_check check (length(btrim(title)) between 2 and 200),
    constraint agreement_period_check check (ends_on is null or ends_on >= starts_on),
    constraint agreement_notice_check check (notice_months is null or (notice_months between 1 and 36 and ends_on is not null)),
    constraint agreement_renewal_check check (renewal in ('none', 'express', 'tacit')),
    constraint agreement_renewal_months_check check ((renewal = 'tacit') = (renewal_months is not null) and renewal_months between 1 and 120),
    constraint agreement_tacit_check check (renewal <> 'tacit' or ends_on is not null),
    constraint agreement_services_check check (cardinality(services) > 0 and services <@ array
        ['preventive', 'corrective', 'parts', 'consumables', 'loan', 'internal_control', 'external_control', 'calibration', 'software', 'remote', 'hotline']),
    constraint agreement_response_check check (response_hours between 1 and 1000),
    constraint agreement_yearly_check check (yearly_cents >= 0),
    constraint agreement_ended_check check (num_nonnulls(ended_on, ended_why) in (0, 2)),
    constraint agreement_standing_check check (standing in ('to_come', 'active', 'notice', 'expired', 'ended'))
);
comment on table agreement is 'A contract of maintenance or control with a provider: what is covered, from when to when, the notice to give and how it is renewed. Standing, end and notice day are computed each night.';
create index agreement_reference_idx on agreement (reference collate "fr-x-icu", id);
create index agreement_end_idx on agreement (coalesce(current_end_on, date 'infinity'), id);
create index agreement_provider_idx on agreement (provider_id);
select audited('agreement');

create table agreement_line (
    id           uuid primary key,
    agreement_id uuid not null,
    device_id    uuid not null,
    from_on      date not null,
    until_on     date,
    removed_at   timestamptz,
    removed_by   uuid,
    removed_why  text,
    constraint agreement_line_agreement_fkey foreign key (agreement_id) references agreement,
    constraint agreement_line_device_fkey foreign key (device_id) references device,
    constraint agreement_line_removed_by_fkey foreign key (removed_by) references account,
    constraint agreement_line_period_check check (until_on is null or until_on >= from_on),
    constraint agreement_line_removed_check check (num_nonnulls(removed_at, removed_why) in (0, 2))
);
comment on table agreement_line is 'A device covered by a contract, from a day on. Taken out with its last day and a reason, never deleted.';
create unique index agreement_line_open_key on agreement_line (agreement_id, device_id) where removed_at is null;
create index agreement_line_device_idx on agreement_line (device_id) where removed_at is null;
select audited('agreement_line', parent => 'agreement_id');
