-- The legal register (RSQM, art. R.5212-28 5° CSP): one chain of lines a device, numbered without a gap,
-- never changed; what is wrong is corrected by a line that follows. Heads of the chains are sealed in
-- signed blocks, with a key that the database never sees.

create table register_head (
    device_id    uuid not null,
    line_count   integer not null,
    last_hash    bytea not null,
    sealed_count integer not null,
    constraint register_head_pkey primary key (device_id),
    constraint register_head_device_fkey foreign key (device_id) references device,
    constraint register_head_line_count_check check (line_count >= 0 and sealed_count between 0 and line_count),
    constraint register_head_last_hash_check check (length(last_hash) = 32)
);
comment on table register_head is 'Where the register of a device ends: how many lines, and the hash of the last. Moved by the insertion of a line alone; its row is locked while a line is written, so that numbers have no gap.';
comment on column register_head.sealed_count is 'How many lines the last signed head covers: what remains to be sealed is found by it, never proved by it.';
create index register_head_unsealed_idx on register_head (device_id) where line_count > sealed_count;
revoke insert, update, delete, truncate on register_head from vigie_app;

create table register_line (
    id                 uuid primary key,
    device_id          uuid not null,
    number             integer not null,
    entry              text not null,
    corrects_id        uuid,
    kind               text not null,
    nature             text not null,
    begun_on           date,
    done_on            date,
    done_on_text       text,
    performer_name     text,
    performer_role     text,
    performer_employer text,
    accreditation      text,
    performance        text,
    measurements       text,
    conformity         text,
    stopped_on         date,
    resumed_on         date,
    restrictions       text,
    software_before    text,
    software_after     text,
    report_id          uuid,
    report_name        text,
    report_sha256      text,
    reason             text,
    late_days          integer,
    source             text not null,
    cause_type         text,
    cause_id           uuid,
    recorded_at        timestamptz not null,
    recorded_by        uuid,
    recorded_by_name   text not null,
    previous_hash      bytea not null,
    hash               bytea not null,
    constraint register_line_device_fkey foreign key (device_id) references device,
    constraint register_line_recorded_by_fkey foreign key (recorded_by) references account,
    constraint register_line_report_fkey foreign key (report_id) references document,
    constraint register_line_number_key unique (device_id, number),
    constraint register_line_of_device_key unique (id, device_id),
    constraint register_line_corrects_fkey foreign key (corrects_id, device_id) references register_line (id, device_id),
    constraint register_line_corrects_key unique (corrects_id),
    constraint register_line_hash_key unique (hash),
    constraint register_line_number_check check (number >= 1),
    constraint register_line_entry_check check (entry in ('operation', 'correction', 'annulment')),
    constraint register_line_corrects_check check ((entry = 'operation') = (corrects_id is null)),
    constraint register_line_kind_check check (kind in
        ('preventive', 'corrective', 'internal_control', 'external_control', 'control_audit', 'electrical_safety', 'calibration', 'regulatory',
         'software_update', 'remote_maintenance', 'commissioning', 'post_repair_control', 'user_assistance', 'field_action', 'other')),
    constraint register_line_nature_check check (length(btrim(nature)) >= 1),
    constraint register_line_done_on_check check (num_nonnulls(done_on, done_on_text) <= 1),
    constraint register_line_begun_on_check check (begun_on is null or done_on is null or begun_on <= done_on),
    constraint register_line_conformity_check check (conformity in ('conform', 'conform_with_remark', 'nonconform', 'not_applicable')),
    constraint register_line_resumed_on_check check (resumed_on is null or stopped_on is null or resumed_on >= stopped_on),
    constraint register_line_report_check check ((report_sha256 is null) = (report_name is null) and (report_id is null or report_sha256 is not null)),
    constraint register_line_report_sha256_check check (report_sha256 ~ '^[0-9a-f]{64}$'),
    constraint register_line_late_check check (late_days is null or (late_days > 0 and reason is not null)),
    constraint register_line_reason_check check (entry = 'operation' or length(btrim(reason)) >= 1),
    constraint register_line_source_check check (source in ('manual', 'intervention', 'quality_control', 'import')),
    constraint register_line_cause_check check ((cause_type is null) = (cause_id is null)),
    -- The items of art. R.5212-28 5°, which only a line taken over from another register may lack.
    constraint register_line_items_check check (entry = 'annulment' or source = 'import'
        or (done_on is not null and performer_name is not null and conformity is not null and (performance is not null or conformity = 'not_applicable'))),
    constraint register_line_external_check check (entry = 'annulment' or source = 'import' or kind <> 'external_control'
        or (performer_employer is not null and accreditation is not null and report_sha256 is not null)),
    constraint register_line_hash_check check (length(hash) = 32 and length(previous_hash) = 32)
);
comment on table register_line is 'A line of the register of a device (art. R.5212-28 5° CSP): who did what and when, the performance obtained, conformity, stop and resumption. Corrected or annulled by a later line, never changed. Its hash covers the line and the hash before it, as src/register/model/canonical.rs says.';
comment on column register_line.done_on_text is 'What an earlier register said where a day was expected: the day stays unknown.';
comment on column register_line.late_days is 'How many days after the operation the line was written, when that is more than the rule vigie.registre-antidatage lets pass unmarked.';
comment on column register_line.source is 'How the line came: typed, by an intervention or a control of Vigie, or taken over from another register.';
create index register_line_recorded_idx on register_line (recorded_at, id);
create index register_line_done_idx on register_line (coalesce(done_on, date '-infinity'), id);
create index register_line_cause_idx on register_line (cause_id) where cause_id is not null;
create index register_line_report_idx on register_line (report_id) where report_id is not null;
create index register_line_recorded_by_idx on register_line (recorded_by, id);
create index register_line_search_idx on register_line using gin
    (plain(nature || ' ' || coalesce(performer_name, '') || ' ' || coalesce(performer_employer, '') || ' ' || coalesce(performance, '')) gin_trgm_ops);
select append_only('register_line');
select audited('register_line', parent => 'device_id');

-- The head of a device, locked until the transaction ends; made at its first line.
create function lock_register_head(device uuid) returns table (line_count integer, last_hash bytea)
language plpgsql security definer set search_path = public as $$
begin
    insert into register_head as h (device_id, line_count, last_hash, sealed_count)
    values (device, 0, decode(repeat('00', 32), 'hex'), 0) on conflict do nothing;
    return query select h.line_count, h.last_hash from register_head h where h.device_id = device for update;
end $$;

-- A line enters at the end of its chain, or not at all.
create function follow_register_head() returns trigger language plpgsql security definer set search_path = public as $$
begin
    update register_head h set line_count = new.number, last_hash = new.hash
    where h.device_id = new.device_id and h.line_count = new.number - 1 and h.last_hash = new.previous_hash;
    if not found then
        raise exception 'line % does not follow the head of its register', new.number
            using errcode = 'check_violation', constraint = 'register_line_chain_check';
    end if;
    return new;
end $$;
create trigger register_line_follows before insert on register_line for each row execute function follow_register_head();

create table register_block (
    id            bigint primary key,
    kind          text not null,
    day           date,
    sealed_at     timestamptz not null,
    device_count  integer not null,
    line_count    bigint not null,
    content_hash  bytea not null,
    previous_hash bytea not null,
    hash          bytea not null,
    signature     bytea not null,
    constraint register_block_kind_check check (kind in ('heads', 'day')),
    constraint register_block_day_check check ((kind = 'day') = (day is not null)),
    constraint register_block_count_check check (device_count >= 1 and line_count >= 1)
);
comment on table register_block is 'Seals over the registers: a block of heads (those that moved since the last), or, once a day, of every head. Each covers the hash of the block before and is signed with a key kept outside the database.';
create unique index register_block_day_key on register_block (day) where day is not null;
select append_only('register_block');

create table register_block_head (
    block_id   bigint not null,
    device_id  uuid not null,
    line_count integer not null,
    last_hash  bytea not null,
    signature  bytea not null,
    constraint register_block_head_pkey primary key (block_id, device_id),
    constraint register_block_head_block_fkey foreign key (block_id) references register_block,
    constraint register_block_head_device_fkey foreign key (device_id) references device
);
comment on table register_block_head is 'The head of one register as a block sealed it: how many lines, the hash of the last, signed for itself so that an export carries its own proof.';
create index register_block_head_device_idx on register_block_head (device_id, block_id desc);
select append_only('register_block_head');

create function note_sealed_head() returns trigger language plpgsql security definer set search_path = public as $$
begin
    update register_head h set sealed_count = least(new.line_count, h.line_count) where h.device_id = new.device_id;
    return new;
end $$;
create trigger register_block_head_noted after insert on register_block_head for each row execute function note_sealed_head();

insert into legal_rule (id, code, edition, purpose, title, summary, source, source_url, valid_from, valid_to, status, parameters, version) values
('0199c000-0022-7000-8000-000000000001', 'vigie.registre-antidatage', 1, 'register', 'Consigner une opération ancienne',
 'Une opération se consigne dans les 7 jours. Au-delà, la ligne porte le nombre de jours et le motif du retard ; au-delà de 365 jours elle est refusée à la saisie et n’entre que par l’import d’un registre antérieur, marquée comme telle. Règle de Vigie, non du droit.',
 'Règle de la maison', null, null, null, 'in_force', '{"marked_after_days": 7, "refused_after_days": 365}', 1);
