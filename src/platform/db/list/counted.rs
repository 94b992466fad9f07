//! Totals kept while nothing changes. Counting to ten thousand costs more than reading a page; a total
//! read under one snapshot is that of every reader under the same snapshot, whoever they are.
//!
//! What must always hold: a total is answered from here only to a reader whose snapshot is the very one
//! it was counted under, so that no page tells another number than counting again would.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::rows::Total;

/// Names what a transaction sees: this server since it started, this database, this session's own tables,
/// and what is committed. Null in a transaction that writes, which sees more than its snapshot.
pub(super) const SEEN: &str = "(select case when pg_current_xact_id_if_assigned() is null then concat_ws(' ', pg_postmaster_start_time(), current_database(), pg_my_temp_schema(), pg_current_snapshot()) end)";

/// Totals kept at once.
const MOST: usize = 500;
/// A longer question (a pasted list) is counted each time.
const LONGEST: usize = 2_000;

#[derive(Default)]
struct Kept {
    /// Under which snapshot, the last one met.
    seen: String,
    totals: HashMap<String, Total>,
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// The total of a question asked before under this snapshot.
pub(super) fn kept(seen: &str, question: &str) -> Option<Total> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    (kept.seen == seen)
        .then(|| kept.totals.get(question).copied())
        .flatten()
}

/// Keeps a total; what was counted under another snapshot is forgotten.
pub(super) fn keep(seen: String, question: String, total: Total) {
    if question.len() > LONGEST {
        return;
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.seen != seen || kept.totals.len() >= MOST {
        kept.totals.clear();
        kept.seen = seen;
    }
    kept.totals.insert(question, total);
}
