//! Reading what was written.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::access::Scope;
use crate::kernel::{Error, Result};
use crate::platform::db::list::{Choice, Column, IdType, ListSpec, ScopeBy, SortType, Tone};

/// Rows of a history read at once.
pub const AT_ONCE: i64 = 200;

static OPERATIONS: [Choice; 3] = [
    ("insert", "Création", Tone::Neutral),
    ("update", "Modification", Tone::Neutral),
    ("delete", "Suppression", Tone::Watch),
];

/// The journal: newest first. No quick search: a table of millions is filtered, by index.
pub static JOURNAL: ListSpec = ListSpec {
    name: "journal",
    path: "/audit/rows",
    record: None,
    title: "Journal",
    noun: ("ligne", "lignes"),
    when_empty: "Chaque écriture paraîtra ici : qui, quand, quoi, pourquoi.",
    from: "audit_row a",
    always: None,
    id: "a.id",
    id_type: IdType::BigInt,
    scope: ScopeBy::OwnOrGroup {
        establishment: "a.establishment_id",
    },
    search: None,
    columns: &[
        Column::instant("at", "Le", "a.at")
            .shown()
            .opens()
            .sorted("a.at", SortType::Instant),
        Column::text("actor", "Par", "a.actor_label").shown(),
        Column::choice("operation", "Écriture", "a.operation", &OPERATIONS).shown(),
        Column::choice("table", "Objet", "a.table_name", super::words::TABLES).shown(),
        Column::text("reason", "Motif", "a.reason")
            .shown()
            .when_empty("non demandé"),
        Column::mono("subject", "Identifiant de l’objet", "a.subject_id::text").when_empty("aucun"),
        Column::mono("request", "Requête", "a.request_id::text").when_empty("aucune"),
    ],
    default_sort: ("at", true),
};

/// One row of the audit.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor_label: String,
    /// In which request: rows of one request are one act.
    pub request_id: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// In which table.
    pub table_name: String,
    /// Which row.
    pub row_id: Option<Uuid>,
    /// The object in whose history it belongs.
    pub subject_id: Option<Uuid>,
    /// `insert`, `update` or `delete`.
    pub operation: String,
    /// Values before; on update, of the changed columns.
    pub before: Option<Value>,
    /// Values after; on update, of the changed columns.
    pub after: Option<Value>,
}

/// The rows of an object's history, newest first, older than `before`.
pub async fn of_subject(
    conn: &mut PgConnection,
    subject: Uuid,
    before: Option<i64>,
) -> Result<Vec<Written>> {
    Ok(sqlx::query_as!(
        Written,
        r#"
        select id, at, actor_label, request_id, reason, table_name, row_id, subject_id, operation, before, after
        from audit_row
        where (subject_id = $1 or row_id = $1) and ($2::bigint is null or id < $2)
        order by id desc
        limit $3
        "#,
        subject,
        before,
        AT_ONCE
    )
    .fetch_all(conn)
    .await?)
}

/// What kind of object this is: the table of its own first row.
pub async fn kind_of(conn: &mut PgConnection, subject: Uuid) -> Result<String> {
    sqlx::query_scalar!(
        "select table_name from audit_row where row_id = $1 order by id desc limit 1",
        subject
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}

/// What the timeline says of some requests on an object: request and sentence.
pub async fn sentences(
    conn: &mut PgConnection,
    subject: Uuid,
    requests: &[Uuid],
) -> Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        r#"
        select request_id as "request_id!", summary
        from event
        where subject_id = $1 and request_id = any($2)
        order by id
        "#,
        subject,
        requests
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.request_id, row.summary))
        .collect())
}

/// One row of the journal, within what the caller may see of it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: i64) -> Result<Written> {
    sqlx::query_as!(
        Written,
        r#"
        select id, at, actor_label, request_id, reason, table_name, row_id, subject_id, operation, before, after
        from audit_row
        where id = $1 and (establishment_id = any($2) or ($3 and establishment_id is null))
        "#,
        id,
        &scope.establishments,
        scope.group
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)
}
