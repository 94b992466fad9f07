-- What was saved of this base, when and where: the age of the last backup is known even without its folder.

create table backup (
    id            uuid primary key,
    started_at    timestamptz not null,
    finished_at   timestamptz not null,
    file_name     text,
    size_bytes    bigint not null,
    sha256        text,
    is_encrypted  boolean not null,
    table_count   integer not null,
    row_count     bigint not null,
    file_count    integer not null,
    missing_count integer not null,
    error         text,
    constraint backup_period_check check (finished_at >= started_at),
    constraint backup_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint backup_outcome_check check ((error is null) = (file_name is not null) and (error is null) = (sha256 is not null)),
    constraint backup_counts_check check (size_bytes >= 0 and table_count >= 0 and row_count >= 0 and file_count >= 0 and missing_count >= 0)
);
comment on table backup is 'A backup made, or tried and failed: its archive, what it holds, its digest. The archive itself is in the folder of backups.';
comment on column backup.missing_count is 'Attached files whose content was missing or damaged on the disk: the archive lacks them.';
create index backup_started_at_idx on backup (started_at, id);
select audited('backup');
