//! Answers kept while nothing changes. Counting to ten thousand costs more than reading a page; what was read
//! under one snapshot is what every reader under the same snapshot would read, whoever they are.
//!
//! What must always hold: an answer is given from here only to a reader whose snapshot is the very one it was
//! read under, so that no page tells another thing than reading again would.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sqlx::{PgConnection, Row as _};

use super::sql::Sql;

/// Names what a transaction sees: this server since it started, this database, this session's own tables,
/// and what is committed. Null in a transaction that writes, which sees more than its snapshot.
pub(super) const SEEN: &str = "(select case when pg_current_xact_id_if_assigned() is null then concat_ws(' ', pg_postmaster_start_time(), current_database(), pg_my_temp_schema(), pg_current_snapshot()) end)";

/// What this transaction sees, by name; `None` when it writes.
///
/// # Errors
/// When the database does not answer.
pub async fn seen(conn: &mut PgConnection) -> sqlx::Result<Option<String>> {
    let mut sql = Sql::new("select ");
    sql.push(SEEN);
    sql.build_kept().fetch_one(conn).await?.try_get(0)
}

/// Answers kept at once.
const MOST: usize = 500;
/// A longer question (a pasted list) is asked each time.
const LONGEST: usize = 4_000;

struct Answers<V> {
    /// Under which snapshot, the last one met.
    seen: String,
    by_question: HashMap<String, V>,
}

/// Answers read under one snapshot, by their question.
pub struct Unchanged<V>(Mutex<Answers<V>>);

impl<V> Default for Unchanged<V> {
    fn default() -> Self {
        Self(Mutex::new(Answers {
            seen: String::new(),
            by_question: HashMap::new(),
        }))
    }
}

impl<V: Clone> Unchanged<V> {
    /// The answer to a question asked before under this snapshot.
    pub fn answer(&self, seen: &str, question: &str) -> Option<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.seen == seen)
            .then(|| kept.by_question.get(question).cloned())
            .flatten()
    }

    /// Keeps an answer; what was read under another snapshot is forgotten.
    pub fn keep(&self, seen: String, question: String, answer: V) {
        if question.len() > LONGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.seen != seen || kept.by_question.len() >= MOST {
            kept.by_question.clear();
            kept.seen = seen;
        }
        kept.by_question.insert(question, answer);
    }
}
