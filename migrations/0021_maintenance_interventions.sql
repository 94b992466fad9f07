-- What is asked for, done and proved: requests, interventions, measured values, returns to service, nonconformities, test tools.

create table checklist_step (
    id            uuid primary key,
    obligation_id uuid not null,
    position      integer not null,
    label         text not null,
    is_measured   boolean not null,
    unit          text,
    lower_limit   double precision,
    upper_limit   double precision,
    limit_source  text,
    limit_status  text not null,
    is_mandatory  boolean not null,
    retired_at    timestamptz,
    constraint checklist_step_obligation_fkey foreign key (obligation_id) references obligation,
    constraint checklist_step_label_check check (length(btrim(label)) between 2 and 200),
    constraint checklist_step_position_check check (position between 1 and 200),
    constraint checklist_step_unit_check check (is_measured or num_nonnulls(unit, lower_limit, upper_limit) = 0),
    constraint checklist_step_limits_check check (lower_limit is null or upper_limit is null or lower_limit <= upper_limit),
    constraint checklist_step_status_check check (limit_status in ('in_force', 'to_verify')),
    constraint checklist_step_source_check check (num_nonnulls(lower_limit, upper_limit) = 0 or coalesce(length(btrim(limit_source)), 0) >= 3)
);
comment on table checklist_step is 'What is looked at or measured each time an obligation is fulfilled, with the limits and where they come from. A step is retired and replaced, never changed; limits to be verified judge nothing.';
create index checklist_step_obligation_idx on checklist_step (obligation_id, position, id);
select audited('checklist_step', parent => 'obligation_id');

create table test_tool (
    id           uuid primary key,
    device_id    uuid not null,
    measures     text not null,
    retired_at   timestamptz,
    constraint test_tool_device_fkey foreign key (device_id) references device,
    constraint test_tool_device_key unique (device_id),
    constraint test_tool_measures_check check (length(btrim(measures)) >= 3)
);
create index test_tool_measures_idx on test_tool (measures collate "fr-x-icu", id) where retired_at is null;
comment on table test_tool is 'A device used to measure others (ECME). Measures made with it while its calibration is not valid are flagged, forwards and backwards.';
select audited('test_tool', parent => 'device_id');

create table tool_calibration (
    id            uuid primary key,
    tool_id       uuid not null,
    done_on       date not null,
    valid_until   date not null,
    certificate   text not null,
    laboratory    text not null,
    is_conform    boolean not null,
    recorded_at   timestamptz not null,
    recorded_by   uuid,
    constraint tool_calibration_tool_fkey foreign key (tool_id) references test_tool,
    constraint tool_calibration_recorded_by_fkey foreign key (recorded_by) references account,
    constraint tool_calibration_valid_check check (valid_until > done_on),
    constraint tool_calibration_certificate_check check (length(btrim(certificate)) >= 2 and length(btrim(laboratory)) >= 2)
);
comment on table tool_calibration is 'A calibration of a test tool: certificate, laboratory, until when, and whether it was found conform. Found not conform, it casts doubt on what was measured since the one before.';
create index tool_calibration_tool_idx on tool_calibration (tool_id, done_on desc, id desc);
select append_only('tool_calibration');
select audited('tool_calibration', parent => 'tool_id');

create table intervention (
    id                  uuid primary key,
    establishment_id    uuid not null,
    number              text not null,
    device_id           uuid not null,
    kind                text not null,
    state               text not null,
    obligation_id       uuid,
    due_on              date,
    requested_at        timestamptz not null,
    requested_by        uuid,
    requester           text not null,
    requester_phone     text,
    channel             text not null,
    symptom             text not null,
    usable              text not null,
    harm                text not null,
    harm_note           text,
    receipt_token       text,
    request_address     inet,
    priority            text,
    respond_by          timestamptz,
    qualified_at        timestamptz,
    qualified_by        uuid,
    loan_given          boolean,
    planned_on          date,
    assignee_id         uuid,
    provider_id         uuid,
    under_contract      boolean,
    waiting_for         text,
    waiting_why         text,
    not_presented       integer not null,
    started_at          timestamptz,
    done_on             date,
    done_at             timestamptz,
    performer           text,
    performer_employer  text,
    performer_role      text,
    cause_code          text,
    action_code         text,
    work_done           text,
    software_before     text,
    software_after      text,
    media_left          boolean,
    media_note          text,
    work_minutes        integer,
    travel_minutes      integer,
    labour_cents        bigint,
    external_cents      bigint,
    measurements        text,
    performance_level   text,
    conformity          text,
    restrictions        text,
    checked_at          timestamptz,
    checked_by          uuid,
    closed_at           timestamptz,
    closed_by           uuid,
    cancelled_why       text,
    version             integer not null,
    constraint intervention_establishment_fkey foreign key (establishment_id) references establishment,
    constraint intervention_device_fkey foreign key (device_id) references device,
    constraint intervention_obligation_fkey foreign key (obligation_id) references obligation,
    constraint intervention_requested_by_fkey foreign key (requested_by) references account,
    constraint intervention_qualified_by_fkey foreign key (qualified_by) references account,
    constraint intervention_assignee_fkey foreign key (assignee_id) references account,
    constraint intervention_provider_fkey foreign key (provider_id) references organisation,
    constraint intervention_checked_by_fkey foreign key (checked_by) references account,
    constraint intervention_closed_by_fkey foreign key (closed_by) references account,
    constraint intervention_number_key unique (establishment_id, number),
    constraint intervention_receipt_key unique (receipt_token),
    constraint intervention_receipt_check check (receipt_token ~ '^[A-Za-z0-9_-]{10,80}$'),
    constraint intervention_kind_check check (kind in
        ('preventive', 'corrective', 'regulatory', 'internal_control', 'external_control', 'control_audit', 'electrical_safety', 'calibration',
         'software_update', 'remote', 'commissioning', 'after_repair', 'assistance', 'recall')),
    constraint intervention_state_check check (state in
        ('requested', 'qualified', 'planned', 'in_progress', 'waiting', 'done', 'checked', 'closed', 'cancelled')),
    constraint intervention_channel_check check (channel in ('label', 'vigie', 'phone', 'round', 'plan', 'supplier')),
    constraint intervention_usable_check check (usable in ('yes', 'partly', 'no', 'unknown')),
    constraint intervention_harm_check check (harm in ('no', 'possible', 'yes', 'unknown')),
    constraint intervention_priority_check check (priority in ('low', 'normal', 'high', 'urgent')),
    constraint intervention_waiting_check check ((state = 'waiting') = (waiting_for is not null) and waiting_for in ('parts', 'supplier', 'device')),
    constraint intervention_conformity_check check (conformity in ('conform', 'conform_reserve', 'nonconform', 'not_applicable')),
    constraint intervention_presented_check check (not_presented >= 0),
    constraint intervention_minutes_check check (work_minutes between 0 and 100000 and travel_minutes between 0 and 100000),
    constraint intervention_cost_check check (labour_cents >= 0 and external_cents >= 0),
    constraint intervention_software_check check ((software_before is null) = (software_after is null)),
    constraint intervention_done_check check (state not in ('done', 'checked', 'closed')
        or num_nonnulls(done_on, done_at, performer, performer_employer, work_done) = 5),
    constraint intervention_closed_check check ((state = 'closed') = (closed_at is not null)
        and (state <> 'closed' or num_nonnulls(conformity, performance_level) = 2)),
    constraint intervention_cancelled_check check ((state = 'cancelled') = (cancelled_why is not null))
);
comment on table intervention is 'A request and what was done about it: from what the unit says to the report, with the person, the employer, the day, the nature, the level of performance obtained and the conformity (art. R.5212-28 5° CSP). Its number is that of the establishment where it was asked for.';
comment on column intervention.measurements is 'Values measured without a checklist, one a line, as the register keeps them.';
comment on column intervention.harm is 'Was someone harmed, or could have been: anything but « no » is shown to the vigilance correspondent.';
create index intervention_device_idx on intervention (device_id, id desc);
create index intervention_requested_idx on intervention (requested_at, id);
create index intervention_state_idx on intervention (state, id);
create index intervention_assignee_idx on intervention (assignee_id, planned_on) where state not in ('closed', 'cancelled');
create index intervention_obligation_idx on intervention (obligation_id) where obligation_id is not null;
create index intervention_provider_idx on intervention (provider_id) where provider_id is not null;
create index intervention_address_idx on intervention (request_address, requested_at) where request_address is not null;
create index intervention_search_idx on intervention using gin (plain(number || ' ' || symptom) gin_trgm_ops);
select audited('intervention', hide => '{receipt_token}', parent => 'device_id');

create table intervention_change (
    id              uuid primary key,
    intervention_id uuid not null,
    step            text not null,
    from_state      text,
    to_state        text not null,
    at              timestamptz not null,
    actor_id        uuid,
    note            text,
    constraint intervention_change_intervention_fkey foreign key (intervention_id) references intervention,
    constraint intervention_change_actor_fkey foreign key (actor_id) references account
);
comment on table intervention_change is 'Each step of an intervention: from which state to which, when, by whom.';
create index intervention_change_intervention_idx on intervention_change (intervention_id, id);
select append_only('intervention_change');
select audited('intervention_change', parent => 'intervention_id');

create table intervention_measure (
    id              uuid primary key,
    intervention_id uuid not null,
    step_id         uuid not null,
    label           text not null,
    value           double precision,
    is_good         boolean,
    unit            text,
    lower_limit     double precision,
    upper_limit     double precision,
    reference_value double precision,
    verdict         text not null,
    comment         text,
    tool_id         uuid,
    is_tool_valid   boolean,
    doubted_at      timestamptz,
    doubted_by      uuid,
    constraint intervention_measure_intervention_fkey foreign key (intervention_id) references intervention,
    constraint intervention_measure_step_fkey foreign key (step_id) references checklist_step,
    constraint intervention_measure_tool_fkey foreign key (tool_id) references test_tool,
    constraint intervention_measure_doubt_fkey foreign key (doubted_by) references tool_calibration,
    constraint intervention_measure_once_key unique (intervention_id, step_id),
    constraint intervention_measure_value_check check (num_nonnulls(value, is_good) = 1),
    constraint intervention_measure_verdict_check check (verdict in ('within', 'outside', 'not_judged')),
    constraint intervention_measure_comment_check check (verdict <> 'outside' or coalesce(length(btrim(comment)), 0) >= 3),
    constraint intervention_measure_tool_check check ((tool_id is null) = (is_tool_valid is null))
);
comment on table intervention_measure is 'A value measured or a point looked at, with the limits of that day and the tool used. Out of its limits it has a comment; the first value of a device is its reference.';
create index intervention_measure_tool_idx on intervention_measure (tool_id) where tool_id is not null;
create index intervention_measure_step_idx on intervention_measure (step_id);
select audited('intervention_measure', parent => 'intervention_id');

create table intervention_part (
    id              uuid primary key,
    intervention_id uuid not null,
    reference       text not null,
    lot             text,
    serial          text,
    quantity        integer not null,
    unit_cents      bigint,
    is_original     boolean,
    constraint intervention_part_intervention_fkey foreign key (intervention_id) references intervention,
    constraint intervention_part_reference_check check (length(btrim(reference)) between 1 and 200),
    constraint intervention_part_quantity_check check (quantity between 1 and 10000),
    constraint intervention_part_cost_check check (unit_cents >= 0)
);
comment on table intervention_part is 'A part used: reference, lot or serial, price, original or compatible.';
create index intervention_part_intervention_idx on intervention_part (intervention_id);
select audited('intervention_part', parent => 'intervention_id');

create table return_to_service (
    id              uuid primary key,
    device_id       uuid not null,
    intervention_id uuid,
    at              timestamptz not null,
    recorded_by     uuid,
    done_by         text not null,
    test            text not null,
    restrictions    text,
    constraint return_to_service_device_fkey foreign key (device_id) references device,
    constraint return_to_service_intervention_fkey foreign key (intervention_id) references intervention,
    constraint return_to_service_by_fkey foreign key (recorded_by) references account,
    constraint return_to_service_done_by_check check (length(btrim(done_by)) >= 2),
    constraint return_to_service_test_check check (length(btrim(test)) >= 5)
);
comment on table return_to_service is 'Who says that a device stopped for a reason may be used again, after which test, with which restrictions. No device comes back without one.';
create index return_to_service_device_idx on return_to_service (device_id, id desc);
create index return_to_service_intervention_idx on return_to_service (intervention_id) where intervention_id is not null;
select append_only('return_to_service');
select audited('return_to_service', parent => 'device_id');

create table device_proof (
    id         uuid primary key,
    device_id  uuid not null,
    need       text not null,
    given_at   timestamptz not null,
    given_by   uuid,
    cause_type text not null,
    cause_id   uuid not null,
    constraint device_proof_device_fkey foreign key (device_id) references device,
    constraint device_proof_given_by_fkey foreign key (given_by) references account
);
comment on table device_proof is 'A proof that another domain gives for a change of state (return to service, conform control, decision): what it proves, from which record. It counts while the device has not been stopped anew since.';
create index device_proof_device_idx on device_proof (device_id, id desc);
select append_only('device_proof');
select audited('device_proof', parent => 'device_id');

create table nonconformity (
    id                 uuid primary key,
    device_id          uuid not null,
    intervention_id    uuid,
    grade              text not null,
    rule_id            uuid not null,
    is_persistent      boolean not null,
    description        text not null,
    found_on           date not null,
    stop_asked_at      timestamptz,
    stopped_at         timestamptz,
    stop_confirmed_by  uuid,
    stop_confirmed_name text,
    fallback           text,
    authority_told_on  date,
    counter_visit_by   date,
    resolved_at        timestamptz,
    resolved_by        uuid,
    resolution         text,
    resumed_at         timestamptz,
    version            integer not null,
    constraint nonconformity_device_fkey foreign key (device_id) references device,
    constraint nonconformity_intervention_fkey foreign key (intervention_id) references intervention,
    constraint nonconformity_rule_fkey foreign key (rule_id) references legal_rule,
    constraint nonconformity_stop_confirmed_by_fkey foreign key (stop_confirmed_by) references account,
    constraint nonconformity_resolved_by_fkey foreign key (resolved_by) references account,
    constraint nonconformity_grade_check check (grade in ('minor', 'grave')),
    constraint nonconformity_description_check check (length(btrim(description)) >= 5),
    constraint nonconformity_stop_check check (num_nonnulls(stopped_at, stop_confirmed_name, fallback) in (0, 3)),
    constraint nonconformity_resolved_check check (num_nonnulls(resolved_at, resolution) in (0, 2))
);
comment on table nonconformity is 'A device found not conform: its grade, the rule that says what follows, the stop asked for and the one that really happened, said by a named person with what replaces the device, and how it ended.';
create index nonconformity_device_idx on nonconformity (device_id, id desc);
create index nonconformity_found_idx on nonconformity (found_on, id);
create index nonconformity_rule_idx on nonconformity (rule_id);
create index nonconformity_intervention_idx on nonconformity (intervention_id) where intervention_id is not null;
select audited('nonconformity', parent => 'device_id');

insert into legal_rule (id, code, edition, purpose, title, summary, source, source_url, valid_from, valid_to, status, parameters, version) values
('0199c000-0021-7000-8000-000000000001', 'vigie.nc.grave', 1, 'duty', 'Non-conformité grave d’un contrôle de qualité',
 'L’arrêt est demandé sans délai et confirmé par une personne nommée avec la solution de remplacement ; l’ANSM est informée ; une contre-visite a lieu ; la remise en conformité est notifiée. La rédaction des articles R.5212-31 et R.5212-32 est à relire ; la décision propre à la famille de dispositif prévaut.',
 'Règle de la maison, d’après les art. R.5212-31 et R.5212-32 CSP (rédaction à vérifier)', null, null, null, 'in_force',
 '{"nonconformity": {"grade": "grave", "stop": "without_delay", "authority": "ansm", "counter_visit": true, "notify_restored": true}}', 1),
('0199c000-0021-7000-8000-000000000002', 'vigie.nc.mineure', 1, 'duty', 'Non-conformité mineure d’un contrôle de qualité',
 'L’équipement est remis en conformité dans le délai que fixe la décision de sa famille ; l’utilisation continue sauf si cette décision dit autrement. Non corrigée au contrôle suivant, elle est persistante et l’ANSM en est informée.',
 'Règle de la maison, d’après les art. R.5212-31 et R.5212-32 CSP (rédaction à vérifier)', null, null, null, 'in_force',
 '{"nonconformity": {"grade": "minor", "stop": "by_decision", "persistent": {"authority": "ansm"}}}', 1);
