-- Files on their way into the registry: what each line said, what it became, and how to take it back.

create table import_mapping (
    id               uuid primary key,
    establishment_id uuid not null,
    source           text not null,
    kind             text not null,
    mapping          jsonb not null,
    saved_at         timestamptz not null,
    saved_by         uuid,
    version          integer not null,
    constraint import_mapping_establishment_fkey foreign key (establishment_id) references establishment,
    constraint import_mapping_saved_by_fkey foreign key (saved_by) references account,
    constraint import_mapping_source_key unique (establishment_id, kind, source),
    constraint import_mapping_source_check check (length(btrim(source)) between 1 and 100),
    constraint import_mapping_kind_check check (kind in ('devices', 'nomenclature'))
);
comment on table import_mapping is 'Which columns of a source (the old GMAO, a department''s spreadsheet) feed which fields, and what its words mean: said once, used for every later file.';
select audited('import_mapping', parent => 'establishment_id');

create table import_run (
    id               uuid primary key,
    establishment_id uuid not null,
    kind             text not null,
    source           text,
    file_name        text not null,
    file_hash        bytea not null,
    file_size        bigint not null,
    encoding         text not null,
    separator        text,
    sheet_name       text not null,
    header_row       integer not null,
    headers          text[] not null,
    warnings         text[] not null,
    mapping          jsonb not null,
    parameters       jsonb not null,
    accepts_all      boolean not null,
    state            text not null,
    read_count       integer not null,
    created_count    integer not null,
    updated_count    integer not null,
    unchanged_count  integer not null,
    rejected_count   integer not null,
    pending_count    integer not null,
    plan_hash        bytea,
    error            text,
    job_id           uuid,
    created_at       timestamptz not null,
    created_by       uuid,
    planned_at       timestamptz,
    committed_at     timestamptz,
    committed_by     uuid,
    undo_before      timestamptz,
    undone_at        timestamptz,
    undone_by        uuid,
    version          integer not null,
    constraint import_run_establishment_fkey foreign key (establishment_id) references establishment,
    constraint import_run_created_by_fkey foreign key (created_by) references account,
    constraint import_run_committed_by_fkey foreign key (committed_by) references account,
    constraint import_run_undone_by_fkey foreign key (undone_by) references account,
    constraint import_run_kind_check check (kind in ('devices', 'nomenclature')),
    constraint import_run_state_check check (state in ('mapping', 'planning', 'planned', 'committing', 'committed', 'cancelled', 'failed', 'undoing', 'undone')),
    constraint import_run_sum_check check (planned_at is null or read_count = created_count + updated_count + unchanged_count + rejected_count),
    constraint import_run_committed_check check ((committed_at is null) = (undo_before is null)),
    constraint import_run_undone_check check (undone_at is null or committed_at is not null)
);
comment on table import_run is 'One file on its way in. Every line read is created, updated, unchanged or rejected, and the database holds that sum.';
comment on column import_run.plan_hash is 'What the dry run would do; the commit does it again and stops if it would do anything else.';
comment on column import_run.accepts_all is 'Whether every proposal of a new establishment, organisation, model or place was accepted at once.';
create index import_run_establishment_idx on import_run (establishment_id, id desc);
select audited('import_run', parent => 'establishment_id');

create table import_row (
    run_id    uuid not null,
    number    integer not null,
    cells     text[] not null,
    corrected boolean not null,
    given     jsonb,
    remarks   jsonb,
    outcome   text,
    same_as   integer,
    device_id uuid,
    changes   jsonb,
    undone    text,
    constraint import_row_pkey primary key (run_id, number),
    constraint import_row_run_fkey foreign key (run_id) references import_run on delete cascade,
    constraint import_row_outcome_check check (outcome in ('created', 'updated', 'unchanged', 'rejected'))
);
comment on table import_row is 'A line of a file: its cells as read or corrected, what they were understood to give, what became of it. Staging: purged with its run.';
-- No other index: a plan rewrites every line of its run, and reading a run goes through its key.
alter table import_row set (fillfactor = 60);

create table import_reference (
    run_id      uuid not null,
    kind        text not null,
    key         text not null,
    label       text not null,
    detail      jsonb not null,
    row_count   integer not null,
    near        jsonb not null,
    decision    text,
    resolved_id uuid,
    decided_by  uuid,
    decided_at  timestamptz,
    is_new      boolean not null,
    constraint import_reference_pkey primary key (run_id, kind, key),
    constraint import_reference_run_fkey foreign key (run_id) references import_run on delete cascade,
    constraint import_reference_decided_by_fkey foreign key (decided_by) references account,
    constraint import_reference_kind_check check (kind in ('establishment', 'organisation', 'model', 'unit')),
    constraint import_reference_decision_check check (decision in ('create', 'use')),
    constraint import_reference_use_check check (decision is distinct from 'use' or resolved_id is not null)
);
comment on table import_reference is 'A maker, model, unit or establishment that a file names and the registry did not know: the near names, and what was decided. Nothing is created without a decision.';
