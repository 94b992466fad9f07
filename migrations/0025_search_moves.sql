-- What moves from one object to another (an alias, an identifier, a UDI-DI: merging does it, and undoing)
-- is told to the entries of both: the one it left kept words that were no longer its own.
create or replace function search_changed() returns trigger language plpgsql as $$
declare
    ids uuid[];
begin
    execute format('select array_agg(distinct %1$I) from (%2$s) touched', tg_argv[1],
        case tg_op
            when 'INSERT' then format('select %I from new_rows', tg_argv[1])
            when 'DELETE' then format('select %I from old_rows', tg_argv[1])
            else format('select %1$I from new_rows union select %1$I from old_rows', tg_argv[1])
        end) into ids;
    if ids is not null then
        execute format('select %I($1)', tg_argv[0]) using ids;
    end if;
    return null;
end $$;

-- The triggers of updates see what was as well as what is.
do $$
declare
    target record;
begin
    for target in
        select t.tgrelid::regclass as name,
               split_part(encode(t.tgargs, 'escape'), '\000', 1) as writer,
               split_part(encode(t.tgargs, 'escape'), '\000', 2) as key
        from pg_trigger t
        where t.tgname = 'search_update' and not t.tgisinternal
    loop
        execute format('drop trigger search_update on %s', target.name);
        execute format('create trigger search_update after update on %s referencing old table as old_rows new table as new_rows for each statement execute function search_changed(%L, %L)',
            target.name, target.writer, target.key);
    end loop;
end $$;
