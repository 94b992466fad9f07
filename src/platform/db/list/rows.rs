//! Reading rows: a page, its total, a record's neighbours, everything for an export. All of them
//! start from the same selection, so none can show what another would not.

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::StreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use std::collections::HashMap;
use std::sync::LazyLock;
use uuid::Uuid;

use super::clause::Value;
use super::query::{At, Cursor, ListQuery};
use super::spec::{Column, Kind, Tone};
use super::sql::{Reading, Sql, Words};
use super::unchanged::{SEEN, Unchanged, seen};

/// Totals are exact up to here.
pub const COUNTED: i64 = 10_000;
/// Those of a quick search, which reads words rather than an index in order: whoever finds more searches on.
pub const FOUND: i64 = 1_000;

static TOTALS: LazyLock<Unchanged<Total>> = LazyLock::new(Unchanged::default);

/// One value of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// Serials, lots, versions.
    Mono(String),
    /// A day.
    Date(NaiveDate),
    /// An instant.
    DateTime(DateTime<Utc>),
    /// A whole number.
    Number(i64),
    /// A decimal number, with a point.
    Decimal(String),
    /// Yes or no.
    Bool(bool),
    /// One of a closed list.
    Choice {
        /// The code.
        code: String,
        /// What people read.
        label: &'static str,
        /// What it means.
        tone: Tone,
    },
    /// Another record.
    Ref {
        /// What people read.
        label: String,
        /// Its id.
        id: Option<Uuid>,
        /// Where it lives.
        href: Option<String>,
    },
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    /// The record's key, as text.
    pub id: String,
    /// One cell a column, in the order of the query's columns.
    pub cells: Vec<Cell>,
    /// Where the row stands in the sort.
    pub(super) sort: String,
}

impl ListRow {
    pub(super) fn cursor(&self) -> Cursor {
        Cursor {
            value: self.sort.clone(),
            id: self.id.clone(),
        }
    }
}

/// How many rows match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// Counted rows, at most [`COUNTED`], or [`FOUND`] of a quick search.
    pub count: i64,
    /// False = more than that.
    pub exact: bool,
}

impl Total {
    const fn bounded(count: i64, most: i64) -> Self {
        if count > most {
            Self {
                count: most,
                exact: false,
            }
        } else {
            Self { count, exact: true }
        }
    }
}

/// One page of rows.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<ListRow>,
    /// The page before, if any.
    pub previous: Option<At>,
    /// The page after, if any.
    pub next: Option<At>,
}

/// The rows of one value of the column they are gathered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The value, as Postgres writes it.
    pub value: Option<String>,
    /// Its words, where it names a record.
    pub words: Option<String>,
    /// How many rows.
    pub count: i64,
}

/// A record's place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// Key of the record before.
    pub previous: Option<String>,
    /// Key of the record after.
    pub next: Option<String>,
    /// « 4 » of « 4 / 1 243 »; `None` beyond [`COUNTED`].
    pub position: Option<i64>,
    /// How many in all.
    pub total: Total,
}

fn cell(row: &PgRow, at: usize, column: &'static Column) -> sqlx::Result<(Cell, usize)> {
    fn or_empty<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
        value.map_or(Cell::Empty, cell)
    }
    let words = |row: &PgRow| -> sqlx::Result<Option<String>> {
        Ok(row
            .try_get::<Option<String>, _>(at)?
            .filter(|text| !text.is_empty()))
    };
    Ok(match column.kind {
        Kind::Text => (or_empty(words(row)?, Cell::Text), 1),
        Kind::Mono => (or_empty(words(row)?, Cell::Mono), 1),
        Kind::Decimal => (or_empty(words(row)?, Cell::Decimal), 1),
        Kind::Date => (or_empty(row.try_get(at)?, Cell::Date), 1),
        Kind::DateTime => (or_empty(row.try_get(at)?, Cell::DateTime), 1),
        Kind::Number => (or_empty(row.try_get(at)?, Cell::Number), 1),
        Kind::Bool => (or_empty(row.try_get(at)?, Cell::Bool), 1),
        Kind::Choice(choices) => {
            let named = |code: String| match choices.iter().find(|(known, ..)| *known == code) {
                Some((_, label, tone)) => Cell::Choice {
                    code,
                    label,
                    tone: *tone,
                },
                // A code the interface does not know yet is shown raw, never hidden.
                None => Cell::Text(code),
            };
            (or_empty(words(row)?, named), 1)
        }
        Kind::Ref(to) => {
            let id: Option<Uuid> = row.try_get(at + 1)?;
            let href = to.href.zip(id).map(|(path, id)| format!("{path}/{id}"));
            let named = |label| Cell::Ref { label, id, href };
            (or_empty(words(row)?, named), 2)
        }
    })
}

fn read(row: &PgRow, columns: &[&'static Column]) -> sqlx::Result<ListRow> {
    let mut cells = Vec::with_capacity(columns.len());
    let mut at = 2;
    for column in columns {
        let (cell, width) = cell(row, at, column)?;
        cells.push(cell);
        at += width;
    }
    Ok(ListRow {
        id: row.try_get(0)?,
        sort: row.try_get::<Option<String>, _>(1)?.unwrap_or_default(),
        cells,
    })
}

impl Reading<'_> {
    /// Whether the words of the quick search are forgiven their mistakes: only when nothing that the caller
    /// sees bears them as they were typed. Every reading of the list decides alike.
    async fn words(&self, conn: &mut PgConnection) -> sqlx::Result<Words> {
        if !self.approximates() {
            return Ok(Words::AsTyped);
        }
        let words = ListQuery {
            groups: Vec::new(),
            ..self.query.clone()
        };
        let mut sql = Sql::new("select exists (select 1");
        let unfiltered = Reading {
            query: &words,
            ..*self
        };
        unfiltered.selection(&mut sql, Words::AsTyped, &[]);
        sql.push(")");
        if sql.build().fetch_one(&mut *conn).await?.try_get(0)? {
            return Ok(Words::AsTyped);
        }
        // Tolerance to typing mistakes, for this transaction: pg_trgm reads it from a setting.
        sqlx::query("select set_config('pg_trgm.word_similarity_threshold', '0.5', true)")
            .execute(conn)
            .await?;
        Ok(Words::Forgiven)
    }

    /// Nothing was filtered nor searched: read alike for all values, hence planned once for all.
    fn is_plain(&self) -> bool {
        self.query.groups.is_empty() && self.query.q.is_empty() && self.query.as_of.is_none()
    }

    fn page_sql(&self, verb: &'static str, words: Words) -> (Sql, bool, usize) {
        let per = usize::from(self.query.per);
        let mut sql = self.select(verb, &self.query.columns);
        self.selection(&mut sql, words, &self.reads(&self.query.columns));
        let backward = matches!(self.query.at, At::Before(_));
        if let At::After(cursor) | At::Before(cursor) = &self.query.at {
            self.beyond(&mut sql, cursor, backward);
        }
        self.order(&mut sql, backward);
        // One row more than the page tells whether another page follows.
        sql.push(match per {
            0..=25 => " limit 26",
            26..=50 => " limit 51",
            51..=100 => " limit 101",
            _ => " limit 201",
        });
        (sql, backward, per)
    }

    /// One page.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn page(&self, conn: &mut PgConnection) -> sqlx::Result<Rows> {
        // What is found as typed needs no forgiveness: it is asked for only when nothing is.
        let rows = self.page_of(conn, Words::AsTyped).await?;
        if rows.rows.is_empty() && self.words(conn).await? == Words::Forgiven {
            return self.page_of(conn, Words::Forgiven).await;
        }
        Ok(rows)
    }

    async fn page_of(&self, conn: &mut PgConnection, words: Words) -> sqlx::Result<Rows> {
        let (mut sql, backward, per) = self.page_sql("select", words);
        let statement = if self.is_plain() {
            sql.build_kept()
        } else {
            sql.build()
        };
        let found = statement.fetch_all(conn).await?;
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            rows.push(read(row, &self.query.columns)?);
        }
        let more = rows.len() > per;
        rows.truncate(per);
        if backward {
            rows.reverse();
        }
        let started = matches!(self.query.at, At::Start);
        let (behind, ahead) = if backward {
            (more, true)
        } else {
            (!started, more)
        };
        let previous = rows
            .first()
            .filter(|_| behind)
            .map(|row| At::Before(row.cursor()));
        let next = rows
            .last()
            .filter(|_| ahead)
            .map(|row| At::After(row.cursor()));
        Ok(Rows {
            rows,
            previous,
            next,
        })
    }

    /// How many rows match, counted no further than needed and no sooner than something changed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn total(&self, conn: &mut PgConnection) -> sqlx::Result<Total> {
        let question = self.question();
        if let Some(seen) = seen(conn).await?
            && let Some(total) = TOTALS.answer(&seen, &question)
        {
            return Ok(total);
        }
        let words = self.words(conn).await?;
        let mut sql = Sql::new("select count(*), ");
        sql.push(SEEN).push(" from (select 1");
        self.selection(&mut sql, words, &[]);
        let most = if self.query.q.is_empty() {
            sql.push(" limit 10001) counted");
            COUNTED
        } else {
            sql.push(" limit 1001) counted");
            FOUND
        };
        let statement = if self.is_plain() {
            sql.build_kept()
        } else {
            sql.build()
        };
        let row = statement.fetch_one(conn).await?;
        let total = Total::bounded(row.try_get(0)?, most);
        if let Some(seen) = row.try_get(1)? {
            TOTALS.keep(seen, question, total);
        }
        Ok(total)
    }

    /// What a total answers: the list, who reads it and what is asked, whatever the page.
    fn question(&self) -> String {
        format!(
            "{:p} {} {:?} {}",
            self.query.spec,
            self.zone,
            self.within,
            self.query.selection()
        )
    }

    /// How many rows match, exactly: for a number that somebody confirms.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn exact_total(&self, conn: &mut PgConnection) -> sqlx::Result<i64> {
        let words = self.words(conn).await?;
        let mut sql = Sql::new("select count(*)");
        self.selection(&mut sql, words, &[]);
        sql.build().fetch_one(conn).await?.try_get(0)
    }

    /// How the rows divide by the column they are gathered by, the largest part first: the value as a
    /// filter says it, its words, how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn gathered(
        &self,
        conn: &mut PgConnection,
        column: &'static Column,
    ) -> sqlx::Result<Vec<Part>> {
        let words = self.words(conn).await?;
        let mut sql = Sql::new("select ");
        match column.kind {
            Kind::Ref(to) => {
                sql.push("(").push(to.id).push(")::text, min((");
                sql.column(column).push(")::text)");
            }
            _ => {
                sql.push("(").column(column).push(")::text, null::text");
            }
        }
        sql.push(", count(*)");
        self.selection(&mut sql, words, &self.reads(&[column]));
        sql.push(" group by 1 order by 3 desc, 1 limit 60");
        let rows = sql.build().fetch_all(conn).await?;
        let mut parts = Vec::with_capacity(rows.len());
        for row in &rows {
            parts.push(Part {
                value: row.try_get(0)?,
                words: row.try_get(1)?,
                count: row.try_get(2)?,
            });
        }
        Ok(parts)
    }

    /// Where a record stands in this list; `None` when it is not in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn neighbours(
        &self,
        conn: &mut PgConnection,
        id: &str,
    ) -> sqlx::Result<Option<Neighbours>> {
        let Some(key) = Cursor::key(id, self.query.spec.id_type) else {
            return Ok(None);
        };
        let words = self.words(conn).await?;
        let reads = self.reads(&[]);
        let mut sql = self.select("select", &[]);
        self.selection(&mut sql, words, &reads);
        self.is(&mut sql, &key);
        let Some(here) = sql.build().fetch_optional(&mut *conn).await? else {
            return Ok(None);
        };
        let here = read(&here, &[])?.cursor();

        let mut sql = Sql::new("select (select ");
        for backward in [true, false] {
            sql.push(self.query.spec.id).push("::text");
            self.selection(&mut sql, words, &reads);
            self.beyond(&mut sql, &here, backward);
            self.order(&mut sql, backward);
            sql.push(if backward {
                " limit 1), (select "
            } else {
                " limit 1), (select count(*) from (select 1"
            });
        }
        self.selection(&mut sql, words, &reads);
        self.beyond(&mut sql, &here, true);
        sql.push(" limit 10001) preceding), (select count(*) from (select 1");
        self.selection(&mut sql, words, &[]);
        sql.push(" limit 10001) counted)");
        let row = sql.build().fetch_one(conn).await?;
        let preceding: i64 = row.try_get(2)?;
        Ok(Some(Neighbours {
            previous: row.try_get(0)?,
            next: row.try_get(1)?,
            position: (preceding < COUNTED).then_some(preceding + 1),
            total: Total::bounded(row.try_get(3)?, COUNTED),
        }))
    }

    /// Every row of the list in its order, as they come: the export.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn every<F>(
        &self,
        conn: &mut PgConnection,
        columns: &[&'static Column],
        mut each: F,
    ) -> sqlx::Result<u64>
    where
        F: AsyncFnMut(ListRow) -> sqlx::Result<()>,
    {
        let words = self.words(conn).await?;
        let mut sql = self.select("select", columns);
        self.selection(&mut sql, words, &self.reads(columns));
        self.order(&mut sql, false);
        let mut rows = sql.build().fetch(conn);
        let mut count = 0;
        while let Some(row) = rows.next().await {
            each(read(&row?, columns)?).await?;
            count += 1;
        }
        Ok(count)
    }

    /// Keys of the first `most` records in the order of the list, and whether there are more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keys(
        &self,
        conn: &mut PgConnection,
        most: usize,
    ) -> sqlx::Result<(Vec<String>, bool)> {
        let words = self.words(conn).await?;
        let mut sql = self.select("select", &[]);
        self.selection(&mut sql, words, &self.reads(&[]));
        self.order(&mut sql, false);
        let mut rows = sql.build().fetch(conn);
        let mut keys = Vec::new();
        while let Some(row) = rows.next().await {
            if keys.len() == most {
                return Ok((keys, true));
            }
            keys.push(read(&row?, &[])?.id);
        }
        Ok((keys, false))
    }

    /// Labels of the records that filters name by id, for the chips; only of records that some
    /// visible row names, so that an id typed by hand tells nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn named(&self, conn: &mut PgConnection) -> sqlx::Result<HashMap<Uuid, String>> {
        let mut names = HashMap::new();
        let bare = super::ListQuery {
            q: String::new(),
            groups: Vec::new(),
            ..self.query.clone()
        };
        let everything = Reading {
            query: &bare,
            ..*self
        };
        for clause in self.query.groups.iter().flatten() {
            let Kind::Ref(to) = clause.column.kind else {
                continue;
            };
            for id in clause.values.iter().take(10) {
                let Value::Id(id) = id else { continue };
                if names.contains_key(id) {
                    continue;
                }
                let mut sql = Sql::new("select (");
                sql.push(clause.column.sql).push(")::text");
                let reads = [clause.column.sql, to.id];
                everything.selection(&mut sql, Words::AsTyped, &reads);
                sql.push(" and ")
                    .push(to.id)
                    .push(" = ")
                    .id(*id)
                    .push(" limit 1");
                if let Some(row) = sql.build().fetch_optional(&mut *conn).await?
                    && let Some(name) = row.try_get::<Option<String>, _>(0)?
                {
                    names.insert(*id, name);
                }
            }
        }
        Ok(names)
    }

    /// How Postgres would read this page; the house test wants an index under every sort.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn explain(&self, conn: &mut PgConnection) -> sqlx::Result<String> {
        let (mut sql, ..) = self.page_sql("explain (costs off) select", Words::AsTyped);
        let lines = sql.build().fetch_all(conn).await?;
        let lines: Vec<String> = lines
            .iter()
            .map(|row| row.try_get(0))
            .collect::<sqlx::Result<_>>()?;
        Ok(lines.join("\n"))
    }
}
