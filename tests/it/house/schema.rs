//! What every table must have, asked of the database itself.

use sqlx::{PgConnection, Row};

use super::none;
use crate::support::World;

/// Tables without audit triggers, each with its reason.
const NOT_AUDITED: &[(&str, &str)] = &[
    ("audit_row", "it is the audit"),
    (
        "audit_block",
        "seals over the audit, append-only and signed",
    ),
    ("event", "the timeline, append-only"),
    (
        "register_head",
        "the end of a chain whose lines are audited; moved by their insertion alone",
    ),
    (
        "register_block",
        "seals over the registers, append-only and signed",
    ),
    (
        "register_block_head",
        "what a seal covers, append-only and signed",
    ),
    ("instance", "written once, at the founding"),
    (
        "idempotency",
        "answers kept for a while, of no meaning afterwards",
    ),
    ("job", "work under way; what it does is audited"),
    (
        "session",
        "openings and ends are events; the last sight is noise",
    ),
    (
        "sign_in_delay",
        "counts failures, erased at the next success",
    ),
    ("counter", "numbers given; each is in the row that bears it"),
    (
        "second_factor_step",
        "the last code taken; each sign-in is an event",
    ),
    ("read_log", "a log itself, append-only"),
    (
        "import_row",
        "staging: what a file said, purged with its run",
    ),
    (
        "import_reference",
        "staging: what was decided is kept with its author and instant",
    ),
    ("search_entry", "derived by triggers from audited tables"),
    (
        "device_obligation",
        "follows devices and obligations by triggers; what moves its dates is audited",
    ),
    ("schema_migration", "kept by the migrations themselves"),
    (
        "tombstone",
        "append-only, written by purge_document() alone with its author and instant",
    ),
    ("_sqlx_migrations", "kept by the migrations themselves"),
];

/// Tables where rows may only be added.
const APPEND_ONLY: &[&str] = &[
    "audit_row",
    "audit_block",
    "event",
    "device_software",
    "device_state_change",
    "device_movement",
    "read_log",
    "register_block",
    "register_block_head",
    "register_line",
    "support_statement",
    "obligation_statement",
    "counter_reading",
    "tombstone",
    "tool_calibration",
    "intervention_change",
    "return_to_service",
    "device_proof",
];

/// Secret columns whose values the audit must hide: by a word in their name.
const SECRET_WORDS: &[&str] = &["hash", "secret", "token", "password"];
/// Columns that have such a word and hide nothing.
const NOT_SECRET: &[(&str, &str)] = &[
    ("account.password_changed_at", "a date"),
    ("account.must_change_password", "a flag"),
    (
        "api_token.token_start",
        "the few characters shown to recognise it",
    ),
    ("device_software.file_hash", "the digest of a public file"),
    ("import_run.file_hash", "the digest of the file sent"),
    ("import_run.plan_hash", "the digest of a dry run"),
    ("asset_file.file_hash", "the digest of the file sent"),
    ("file.sha256", "names the content"),
    (
        "register_line.hash",
        "the proof of a line, printed on papers",
    ),
    (
        "register_line.previous_hash",
        "the proof of the line before, printed on papers",
    ),
    ("tombstone.content_hash", "the digest of what was destroyed"),
];

/// Scoped tables whose establishment may be unknown: null means the group; why.
const GROUP_OR_ESTABLISHMENT: &[(&str, &str)] = &[
    ("tombstone", "a record destroyed may have been the group's"),
    ("audit_row", "rows of what the group shares"),
    ("event", "events of what the group shares"),
    ("access_grant", "a role over the group names no place"),
    ("contact", "a contact may be for the whole group"),
    ("delegation", "as wide as the role that is delegated"),
    ("read_log", "a list read across the group"),
    ("record_merge", "makers and models are the group's"),
    ("obligation", "an obligation may be the whole group's"),
    ("document", "a document may be about what the group shares"),
    (
        "search_entry",
        "what the group shares is found by everybody",
    ),
    ("list_view", "one's own, or for everybody of the group"),
    ("correction", "of devices of several establishments"),
    ("custom_field", "asked of every device of the group"),
];

async fn texts(conn: &mut PgConnection, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(conn).await.unwrap()
}

fn listed(list: &[(&str, &str)], name: &str) -> bool {
    list.iter().any(|(n, _)| *n == name)
}

const TABLES: &str = "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1";

#[tokio::test]
async fn every_table_says_what_it_holds() {
    let world = World::new().await;
    let findings = texts(
        &mut world.owner().await,
        "select relname::text || ': comment on table …' from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname not in ('_sqlx_migrations')
           and coalesce(obj_description(oid, 'pg_class'), '') !~ '\\.' order by 1",
    )
    .await;
    none(findings, "each table opens with a sentence");
}

#[tokio::test]
async fn every_constraint_bears_a_name_of_ours() {
    let world = World::new().await;
    // Postgres itself ends names it makes with _check1, _fkey1…, and names foreign keys after all their columns.
    let findings = texts(
        &mut world.owner().await,
        r"select conrelid::regclass::text || ': ' || conname from pg_constraint c
          where connamespace = 'public'::regnamespace and conrelid <> 0 and contype in ('c', 'f', 'u', 'x')
            and conrelid::regclass::text not in ('_sqlx_migrations')
            and (conname !~ ('^' || (select relname from pg_class where oid = conrelid) || '_.+_(check|fkey|key|excl)$'))
          order by 1",
    )
    .await;
    none(
        findings,
        "name it `<table>_<what>_(check|fkey|key|excl)`, and map it once to the field that caused it (on_constraint)",
    );
}

#[tokio::test]
async fn every_table_is_in_the_audit() {
    let world = World::new().await;
    let mut conn = world.owner().await;
    let mut findings = vec![];
    for table in texts(&mut conn, TABLES).await {
        let triggers: Vec<String> = sqlx::query_scalar(
            "select p.proname::text || ' ' || case when t.tgtype & 4 > 0 then 'insert' when t.tgtype & 8 > 0 then 'delete' else 'update' end
             from pg_trigger t join pg_proc p on p.oid = t.tgfoid
             where t.tgrelid = $1::regclass and not t.tgisinternal and t.tgenabled <> 'D'",
        )
        .bind(format!("public.\"{table}\""))
        .fetch_all(&mut conn)
        .await
        .unwrap();
        let audited = ["insert", "update", "delete"]
            .iter()
            .all(|op| triggers.contains(&format!("audit_statement {op}")));
        match (audited, listed(NOT_AUDITED, &table)) {
            (false, false) => findings.push(format!("{table}: add `select audited('{table}', …);` to its migration, or add it to NOT_AUDITED in tests/it/house/schema.rs with the reason")),
            (true, true) => findings.push(format!("{table}: is audited; take it off NOT_AUDITED")),
            _ => {}
        }
    }
    none(findings, "changes that leave no trace");
}

/// Audited objects that no page of their own names, each with its reason.
const WITHOUT_PAGE: &[(&str, &str)] = &[
    ("file", "content, read through its documents"),
    ("backup", "a line of the list of backups, which is its page"),
    (
        "label_format",
        "a line of the list of formats, which is its page",
    ),
    ("asset", "a line of the reconciliation, which is its page"),
    (
        "asset_file",
        "an extract, read through the lines it gave the reconciliation",
    ),
    (
        "finess_place",
        "a line of a file of the State, read again whole",
    ),
    (
        "heavy_equipment",
        "a line of a file of the State, read again whole",
    ),
    (
        "organisation_document",
        "its page shows its editions, opinions and readers",
    ),
    ("public_holiday", "a line of the calendar of days off"),
    (
        "record_merge",
        "its page says all of it, and the two histories go on being read",
    ),
    (
        "retention_rule",
        "a line of the page of retention, which is its page",
    ),
    ("role_policy", "a line of the matrix, which is its page"),
    ("take_over_plan", "a line of the page of the take-over"),
    ("take_over_waiver", "a line of the page of the take-over"),
];

/// Whatever stands in the journal leads to the history of its object: each kind of object has a
/// domain that names it (`Domain.subjects`).
#[tokio::test]
async fn every_kind_of_object_in_the_audit_has_a_domain_that_names_it() {
    let world = World::new().await;
    let owns = texts(
        &mut world.owner().await,
        // The second argument of the trigger is the column of the parent; empty = its own object.
        "select c.relname::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
         where t.tgname = 'audit_insert' and split_part(encode(t.tgargs, 'escape'), '\\000', 2) = '' order by 1",
    )
    .await;
    assert!(owns.len() > 8, "{owns:?}");
    let offered = |table: &String| {
        let domains = world.app.domains();
        domains
            .iter()
            .any(|domain| domain.subjects.iter().any(|(kind, _)| kind == table))
    };
    let findings = owns
        .into_iter()
        .filter(|table| !listed(WITHOUT_PAGE, table) && !offered(table))
        .map(|table| format!("{table}: add it to `subjects` of its domain, with what names it"))
        .collect();
    none(findings, "histories that nobody can open");
}

#[tokio::test]
async fn secrets_are_hidden_from_the_audit() {
    let world = World::new().await;
    let mut conn = world.owner().await;
    let rows = sqlx::query(
        "select c.relname::text as t, a.attname::text as c,
                (select encode(g.tgargs, 'escape') from pg_trigger g where g.tgrelid = c.oid and g.tgname = 'audit_insert') as args
         from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped order by 1, 2",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let mut findings = vec![];
    for row in rows {
        let (table, column): (String, String) = (row.get("t"), row.get("c"));
        let name = format!("{table}.{column}");
        let Some(args) = row.get::<Option<String>, _>("args") else {
            continue;
        };
        let secret = SECRET_WORDS.iter().any(|w| column.contains(w));
        let hidden = args
            .trim_start_matches('{')
            .split(['}', '\\'])
            .next()
            .unwrap_or_default()
            .split(',')
            .any(|h| h == column);
        if secret && !hidden && !listed(NOT_SECRET, &name) {
            findings.push(format!("{name}: `select audited('{table}', hide => '{{{column}}}')`, or NOT_SECRET in tests/it/house/schema.rs with the reason"));
        }
    }
    none(findings, "secrets would be kept in the audit");
}

#[tokio::test]
async fn no_default_tells_the_time_or_makes_an_id() {
    let world = World::new().await;
    let findings = texts(
        &mut world.owner().await,
        r"select c.relname || '.' || a.attname || ' default ' || pg_get_expr(d.adbin, d.adrelid)
          from pg_attrdef d join pg_class c on c.oid = d.adrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
          where c.relnamespace = 'public'::regnamespace and c.relname <> '_sqlx_migrations'
            and pg_get_expr(d.adbin, d.adrelid) ~* '(now\(|current_|timestamp|clock|uuid|localtime)'
          order by 1",
    )
    .await;
    none(findings, "time and ids are arguments");
    let world_code = texts(
        &mut world.owner().await,
        r"select p.proname || ': ' || l from pg_proc p cross join lateral regexp_split_to_table(coalesce(p.prosrc, ''), E'\n') l
          where p.pronamespace = 'public'::regnamespace and p.prolang <> (select oid from pg_language where lanname = 'c')
            and l ~* '(\mnow\(\)|current_timestamp|current_date|clock_timestamp|localtimestamp|gen_random_uuid)'
          order by 1",
    )
    .await;
    none(world_code, "functions of ours that read the clock");
    let source: Vec<String> = super::architecture::sources("src", ".rs")
        .into_iter()
        .flat_map(|(file, text)| {
            text.lines()
                .enumerate()
                .filter(|(_, l)| {
                    let l = l.to_lowercase();
                    !l.trim_start().starts_with("//")
                        && (l.contains(" now()")
                            || l.contains("current_timestamp")
                            || l.contains("current_date")
                            || l.contains("gen_random_uuid"))
                        && (l.contains("select")
                            || l.contains("where")
                            || l.contains("values")
                            || l.contains("set "))
                })
                .map(|(n, l)| format!("{file}:{}: {}", n + 1, l.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    none(
        source,
        "statements that read the database's clock: give them the instant",
    );
}

#[tokio::test]
async fn what_belongs_to_an_establishment_always_says_which() {
    let world = World::new().await;
    let rows = sqlx::query(
        "select c.relname::text as t, a.attnotnull as n from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'establishment_id' order by 1",
    )
    .fetch_all(&mut world.owner().await)
    .await
    .unwrap();
    let mut findings = vec![];
    for row in rows {
        let (table, not_null): (String, bool) = (row.get("t"), row.get("n"));
        if !not_null && !listed(GROUP_OR_ESTABLISHMENT, &table) {
            findings.push(format!("{table}.establishment_id: not null, or GROUP_OR_ESTABLISHMENT in tests/it/house/schema.rs with what null means"));
        }
    }
    none(findings, "rows nobody's scope would bound");
}

/// The application's role can add to the append-only tables and owns nothing.
#[tokio::test]
async fn the_application_cannot_rewrite_history() {
    let world = World::new().await;
    let mut conn = world.owner().await;
    let owned = texts(
        &mut conn,
        "select relname::text from pg_class where pg_get_userbyid(relowner) = 'vigie_app'
         union all select proname::text from pg_proc where pg_get_userbyid(proowner) = 'vigie_app'
         union all select nspname::text from pg_namespace where pg_get_userbyid(nspowner) = 'vigie_app'",
    )
    .await;
    none(
        owned,
        "the application owns this, so it could change its rules",
    );
    let powers = texts(
        &mut conn,
        "select rolname::text from pg_roles where rolname = 'vigie_app'
         and (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication)
         union all select 'member of ' || pg_get_userbyid(roleid) from pg_auth_members where member = (select oid from pg_roles where rolname = 'vigie_app')
         union all select 'create in schema public' where has_schema_privilege('vigie_app', 'public', 'create')
         union all select 'truncate ' || relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and has_table_privilege('vigie_app', oid, 'truncate')
         union all select 'trigger ' || relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and has_table_privilege('vigie_app', oid, 'trigger')",
    )
    .await;
    none(powers, "powers the application does not need");

    let mut findings = vec![];
    let declared = texts(
        &mut conn,
        "select c.relname::text from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'append_only' order by 1",
    )
    .await;
    for table in &declared {
        if !APPEND_ONLY.contains(&table.as_str()) {
            findings.push(format!(
                "{table}: is append-only; add it to APPEND_ONLY in tests/it/house/schema.rs"
            ));
        }
    }
    for table in APPEND_ONLY {
        let rights: Vec<String> = sqlx::query_scalar(
            "select p from unnest(array['update', 'delete', 'truncate']) p where has_table_privilege('vigie_app', $1, p)",
        )
        .bind(format!("public.{table}"))
        .fetch_all(&mut conn)
        .await
        .unwrap();
        if !rights.is_empty() {
            findings.push(format!("{table}: vigie_app may {}", rights.join(", ")));
        }
        if !declared.iter().any(|d| d == table) {
            findings.push(format!("{table}: the trigger append_only is gone"));
        }
    }
    let inserts = texts(
        &mut conn,
        "select t from unnest(array['audit_row', 'tombstone']) t where has_table_privilege('vigie_app', 'public.' || t, 'insert')",
    )
    .await;
    findings.extend(
        inserts
            .into_iter()
            .map(|t| format!("{t}: vigie_app may forge lines")),
    );
    none(findings, "history that could be rewritten");
}

/// Refused for the tables' owner too, by the triggers: a mistake of a migration is not silent.
#[tokio::test]
async fn even_the_owner_is_told_that_history_is_append_only() {
    use sqlx::{AssertSqlSafe, Connection, Executor};
    let world = World::new().await;
    let mut conn = world.owner().await;
    let mut findings = vec![];
    for sql in [
        "delete from audit_row",
        "update audit_row set reason = 'x'",
        "truncate audit_row",
        "truncate event",
    ] {
        let mut tx = conn.begin().await.unwrap();
        match tx.execute(AssertSqlSafe(sql.to_owned())).await {
            Err(e) if e.to_string().contains("append-only") => {}
            other => findings.push(format!("{sql}: {other:?}")),
        }
        tx.rollback().await.unwrap();
    }
    none(
        findings,
        "history that could be rewritten by its owner without disabling a trigger",
    );
}

/// Two scoped rows that refer to each other stand in the same establishment, whatever forms say.
#[tokio::test]
async fn references_between_places_stay_within_the_establishment() {
    let world = World::new().await;
    let findings = texts(
        &mut world.owner().await,
        // A foreign key from a scoped table to a scoped table carries establishment_id on both sides.
        "select c.conrelid::regclass::text || '.' || c.conname || ' → ' || c.confrelid::regclass::text
         from pg_constraint c
         where c.contype = 'f' and c.connamespace = 'public'::regnamespace
           and exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'establishment_id')
           and exists (select from pg_attribute a where a.attrelid = c.confrelid and a.attname = 'establishment_id')
           and not exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = 'establishment_id')
         order by 1",
    )
    .await;
    let findings = findings
        .into_iter()
        .filter(|f| !CROSS_REFERENCES.iter().any(|(name, _)| f.contains(name)))
        .collect();
    none(
        findings,
        "make it `foreign key (x_id, establishment_id) references x (id, establishment_id)`, or add it to CROSS_REFERENCES in tests/it/house/schema.rs with the reason",
    );
}

/// References from a scoped row that may leave its establishment.
const CROSS_REFERENCES: &[(&str, &str)] = &[
    (
        ".access_grant_unit_fkey",
        "a grant over a unit names no establishment",
    ),
    (".access_grant_", "a grant names one place"),
    (
        ".delegation_",
        "a delegation names one place, or is as wide as its role",
    ),
    (
        ".intervention_obligation_fkey",
        "an obligation of the whole group is fulfilled in each hospital",
    ),
    (
        ".intervention_device_fkey",
        "an intervention keeps the hospital that numbered it when its device moves",
    ),
    (
        ".document_replaces_fkey",
        "checked by the command that replaces it",
    ),
];
