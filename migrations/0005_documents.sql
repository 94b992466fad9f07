-- Files and what they prove. A file is its content; a document is a file said to be something, about something.

create table file (
    id         uuid primary key,
    sha256     text not null,
    size_bytes bigint not null,
    media_type text not null,
    stored_at  timestamptz not null,
    constraint file_sha256_key unique (sha256),
    constraint file_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint file_size_check check (size_bytes >= 0)
);
comment on table file is 'A content kept once under its SHA-256, whatever number of documents show it. The type is the one found in the content, never the one announced.';
select audited('file');

create table document (
    id               uuid primary key,
    subject_type     text not null,
    subject_id       uuid not null,
    establishment_id uuid,
    file_id          uuid not null,
    file_name        text not null,
    kind             text not null,
    title            text not null,
    edition          text,
    language         text,
    issued_on        date,
    expires_on       date,
    replaces_id      uuid,
    recorded_at      timestamptz not null,
    recorded_by      uuid,
    withdrawn_at     timestamptz,
    withdrawn_by     uuid,
    withdrawn_reason text,
    version          integer not null,
    constraint document_establishment_fkey foreign key (establishment_id) references establishment,
    constraint document_file_fkey foreign key (file_id) references file,
    constraint document_replaces_fkey foreign key (replaces_id) references document,
    constraint document_recorded_by_fkey foreign key (recorded_by) references account,
    constraint document_withdrawn_by_fkey foreign key (withdrawn_by) references account,
    constraint document_replaces_key unique (replaces_id),
    constraint document_subject_check check (subject_type in
        ('device', 'device_model', 'software_version', 'organisation', 'establishment', 'unit', 'legal_rule')),
    constraint document_kind_check check (kind in
        ('instructions', 'technical_manual', 'declaration_of_conformity', 'certificate', 'commissioning_report', 'acceptance_report',
         'maintenance_report', 'quality_control_report', 'electrical_safety_report', 'agreement', 'invoice', 'delivery_note',
         'training_record', 'safety_notice', 'security_document', 'data_destruction', 'disposal_record', 'photo', 'organisation_document', 'other')),
    constraint document_title_check check (length(btrim(title)) between 1 and 300),
    constraint document_language_check check (language ~ '^[a-z]{2}$'),
    constraint document_period_check check (expires_on is null or issued_on is null or expires_on >= issued_on),
    constraint document_withdrawn_check check ((withdrawn_at is null) = (withdrawn_reason is null))
);
comment on table document is 'A file about an object, with its kind, edition and end of validity. Replaced or withdrawn with a reason, never deleted. Establishment null = for the whole group.';
create index document_subject_idx on document (subject_id, kind, id);
create index document_file_idx on document (file_id);
create index document_establishment_idx on document (establishment_id);
create index document_expiry_idx on document (expires_on) where withdrawn_at is null and expires_on is not null;
create index document_title_idx on document (title collate "fr-x-icu", id);
create index document_search_idx on document using gin (plain(title || ' ' || file_name) gin_trgm_ops);
create unique index document_same_file_key on document (subject_id, file_id, kind) where withdrawn_at is null;
select audited('document', parent => 'subject_id');

create function refuse_document_delete() returns trigger language plpgsql as $$
begin
    raise exception 'a document is withdrawn, never deleted' using errcode = 'restrict_violation';
end $$;
create trigger document_kept before delete on document for each row execute function refuse_document_delete();
