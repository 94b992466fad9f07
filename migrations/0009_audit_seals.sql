-- Seals that can name the row that was touched.

alter table audit_block add column leaves bytea not null;
comment on column audit_block.leaves is 'For each row of the block, its id and the first half of its digest: which row was altered, removed or slipped in can be named.';

-- The last row behind which no writer is still at work; null when somebody is writing right now.
-- Numbers are given before their rows are seen: without this, a row could appear inside a sealed block.
create function audit_horizon() returns bigint language plpgsql security definer set search_path = public as $$
begin
    lock table audit_row in share mode nowait;
    return (select coalesce(max(id), 0) from audit_row);
exception when lock_not_available then
    return null;
end $$;
