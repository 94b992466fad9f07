//! [`ListQuery`] → SQL. The statement is put together from `&'static str` pieces only: that is the
//! type of [`Sql::push`], so a value can get in as a bind and in no other way.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use sqlx::QueryBuilder;
use sqlx::postgres::Postgres;
use uuid::Uuid;

use super::clause::{Clause, Value};
use super::joins::pruned;
use super::query::{Cursor, ListQuery};
use super::spec::{Column, FIELD, IdType, Kind, ListSpec, Op, ScopeBy, SortType, Within};

/// A statement made of our own pieces and of binds.
pub(super) struct Sql(QueryBuilder<Postgres>);

type Bound<'q> = sqlx::query::Query<'q, Postgres, <Postgres as sqlx::Database>::Arguments>;

impl Sql {
    pub(super) fn new(start: &'static str) -> Self {
        Self(QueryBuilder::new(start))
    }
    pub(super) fn push(&mut self, piece: &'static str) -> &mut Self {
        self.0.push(piece);
        self
    }
    fn text(&mut self, value: &str) -> &mut Self {
        self.0.push_bind(value.to_owned());
        self.push("::text")
    }
    fn texts(&mut self, values: Vec<String>) -> &mut Self {
        self.0.push_bind(values);
        self.push("::text[]")
    }
    fn ids(&mut self, values: Vec<Uuid>) -> &mut Self {
        self.0.push_bind(values);
        self.push("::uuid[]")
    }
    pub(super) fn id(&mut self, value: Uuid) -> &mut Self {
        self.0.push_bind(value);
        self
    }
    fn instant(&mut self, value: DateTime<Utc>) -> &mut Self {
        self.0.push_bind(value);
        self
    }
    fn expr(&mut self, expr: impl Into<Expr>) -> &mut Self {
        let Expr { sql, bound } = expr.into();
        match (bound, sql.split_once(FIELD)) {
            (Some(field), Some((before, after))) => {
                self.push(before).id(field).push("::uuid").push(after)
            }
            _ => self.push(sql),
        }
    }
    /// The value of a column.
    pub(super) fn column(&mut self, column: &'static Column) -> &mut Self {
        self.expr(column)
    }
    /// Planned for its values each time, and not kept: what is filtered is rarely asked twice alike, and is
    /// read in another way for a rare value than for a common one.
    pub(super) fn build(&mut self) -> Bound<'_> {
        self.0.build().persistent(false)
    }
    /// Prepared once a connection, and planned once for all values after a few times.
    pub(super) fn build_kept(&mut self) -> Bound<'_> {
        self.0.build()
    }
}

/// An expression of ours, with the id bound inside it where people defined the column.
#[derive(Clone, Copy)]
struct Expr {
    sql: &'static str,
    bound: Option<Uuid>,
}

impl From<&'static str> for Expr {
    fn from(sql: &'static str) -> Self {
        Self { sql, bound: None }
    }
}

impl From<&'static Column> for Expr {
    fn from(column: &'static Column) -> Self {
        Self {
            sql: column.sql,
            bound: column.bound,
        }
    }
}

/// How the words of a quick search are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// As they were typed.
    AsTyped,
    /// Or as they may have been misspelt.
    Forgiven,
}

/// What a list is read with: the query, what the caller may see, the time zone of its days.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The list's address, read.
    pub query: &'a ListQuery,
    /// What the caller may see.
    pub within: &'a Within,
    /// Whose midnights separate the days.
    pub zone: Tz,
}

/// First instant of a local day.
fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        // The clock jumped over midnight: the day starts an hour later.
        LocalResult::None => Utc.from_utc_datetime(&local),
    }
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

/// `like` pattern of a folded text: its own wildcards are escaped after folding, in SQL, for
/// folding may bring some in (full-width forms).
fn pattern(sql: &mut Sql, anywhere: bool, text: &str) {
    sql.push(if anywhere { "'%' || " } else { "" })
        .push("regexp_replace(plain(")
        .text(text)
        .push(r"), '([\\%_])', '\\\1', 'g') || '%'");
}

impl Reading<'_> {
    fn spec(&self) -> &'static ListSpec {
        self.query.spec
    }

    /// The expressions that [`Reading::select`] reads of these columns, and of the sort.
    pub(super) fn reads(&self, columns: &[&'static Column]) -> Vec<&'static str> {
        let mut used = vec![self.sort().0];
        for column in columns {
            used.push(column.sql);
            if let Kind::Ref(to) = column.kind {
                used.push(to.id);
            }
        }
        used
    }

    /// The sort expression; every `ListQuery` has one, the key is the way out.
    fn sort(&self) -> (&'static str, SortType) {
        self.query
            .sort
            .sort
            .unwrap_or((self.spec().id, SortType::Text))
    }

    /// What every statement over the selection reads, whatever it selects of it.
    fn read(&self) -> Vec<&'static str> {
        let spec = self.spec();
        let mut used = vec![spec.id];
        used.extend(spec.always);
        match spec.scope {
            ScopeBy::Shared => {}
            ScopeBy::OwnOrShared { establishment } | ScopeBy::OwnOrGroup { establishment } => {
                used.push(establishment);
            }
            ScopeBy::Through { from, .. } => used.push(from),
            ScopeBy::Columns {
                establishment,
                unit,
                device,
            } => used.extend([establishment, unit, device].into_iter().flatten()),
        }
        for clause in self.query.groups.iter().flatten() {
            used.push(clause.column.sql);
            if let Kind::Ref(to) = clause.column.kind {
                used.push(to.id);
            }
        }
        if !self.query.q.is_empty() {
            used.extend(spec.search);
        }
        used
    }

    /// ` from … where …`: everything but the page. `more` = the expressions that the statement reads besides.
    pub(super) fn selection(&self, sql: &mut Sql, words: Words, more: &[&'static str]) {
        let spec = self.spec();
        let mut used = self.read();
        used.extend(more);
        sql.push(" from ");
        for piece in pruned(spec.from, &used) {
            sql.push(piece);
        }
        sql.push(" where ");
        self.scope(sql);
        if let Some(always) = spec.always {
            sql.push(" and (").push(always).push(")");
        }
        for group in &self.query.groups {
            sql.push(" and (");
            for (place, clause) in group.iter().enumerate() {
                if place > 0 {
                    sql.push(" or ");
                }
                self.clause(sql, clause);
            }
            sql.push(")");
        }
        if let Some(search) = spec.search {
            for word in typed_words(&self.query.q) {
                sql.push(" and (").push(search).push(" like ");
                pattern(sql, true, &word);
                if words == Words::Forgiven && bears_a_typo(&word) {
                    sql.push(" or plain(")
                        .text(&word)
                        .push(") <% ")
                        .push(search);
                }
                sql.push(")");
            }
        }
    }

    fn scope(&self, sql: &mut Sql) {
        if self.query.as_of.is_some() {
            // Rights are those of today, over where things stand today: the one dated list is of devices.
            sql.push(self.spec().id)
                .push(" in (select present.id from public.device present where present.establishment_id = any(")
                .ids(self.within.establishments.clone())
                .push(") or present.unit_id = any(")
                .ids(self.within.units.clone())
                .push(") or present.id = any(")
                .ids(self.within.devices.clone())
                .push("))");
            return;
        }
        let (establishment, unit, device) = match self.spec().scope {
            ScopeBy::Shared => {
                sql.push("true");
                return;
            }
            ScopeBy::OwnOrShared { establishment } => {
                sql.push("(")
                    .push(establishment)
                    .push(" is null or ")
                    .push(establishment);
                sql.push(" = any(")
                    .ids(self.within.establishments.clone())
                    .push("))");
                return;
            }
            ScopeBy::Through {
                from,
                establishment,
                unit,
            } => {
                sql.push("exists (select from ").push(from).push(" and (");
                sql.push(establishment)
                    .push(" = any(")
                    .ids(self.within.establishments.clone())
                    .push(") or ");
                sql.push(unit)
                    .push(" = any(")
                    .ids(self.within.units.clone())
                    .push(")))");
                return;
            }
            ScopeBy::OwnOrGroup { establishment } => {
                sql.push("(").push(establishment).push(" = any(");
                sql.ids(self.within.establishments.clone()).push(")");
                if self.within.group {
                    sql.push(" or ").push(establishment).push(" is null");
                }
                sql.push(")");
                return;
            }
            ScopeBy::Columns {
                establishment,
                unit,
                device,
            } => (establishment, unit, device),
        };
        let seen = [
            (establishment, &self.within.establishments),
            (unit, &self.within.units),
            (device, &self.within.devices),
        ];
        sql.push("(false");
        for (column, ids) in seen {
            if let Some(column) = column
                && !ids.is_empty()
            {
                sql.push(" or ")
                    .push(column)
                    .push(" = any(")
                    .ids(ids.clone())
                    .push(")");
            }
        }
        sql.push(")");
    }

    fn clause(&self, sql: &mut Sql, clause: &Clause) {
        let column = clause.column;
        let label = Expr::from(column);
        match (&column.kind, clause.op) {
            (Kind::Ref(to), Op::Empty) => self.null(sql, to.id.into(), true),
            (Kind::Ref(to), Op::Filled) => self.null(sql, to.id.into(), false),
            (Kind::Text | Kind::Mono, Op::Empty) => {
                sql.push("coalesce((").expr(label).push(")::text, '') = ''");
            }
            (Kind::Text | Kind::Mono, Op::Filled) => {
                sql.push("coalesce((")
                    .expr(label)
                    .push(")::text, '') <> ''");
            }
            (_, Op::Empty) => self.null(sql, label, true),
            (_, Op::Filled) => self.null(sql, label, false),
            (Kind::Text | Kind::Mono, op) => words_clause(sql, label, op, &clause.values),
            (Kind::Ref(_), op @ (Op::Has | Op::Starts)) => {
                words_clause(sql, label, op, &clause.values)
            }
            (Kind::Ref(to), op) => {
                let ids: Vec<Uuid> = clause
                    .values
                    .iter()
                    .filter_map(|value| {
                        if let Value::Id(id) = value {
                            Some(*id)
                        } else {
                            None
                        }
                    })
                    .collect();
                member(sql, to.id.into(), op, |sql| {
                    sql.ids(ids);
                });
            }
            (Kind::Choice(_), op) => {
                let codes = clause.values.iter().map(Value::code).collect();
                member(sql, label, op, |sql| {
                    sql.texts(codes);
                });
            }
            (Kind::Bool, _) => {
                let yes = matches!(clause.values.first(), Some(Value::Bool(true)));
                sql.push("(")
                    .expr(label)
                    .push(if yes { ") is true" } else { ") is false" });
            }
            (Kind::DateTime, op) => self.instants(sql, label, op, &clause.values),
            (Kind::Date | Kind::Number | Kind::Decimal, op) => {
                ordered(sql, label, op, &clause.values)
            }
        }
    }

    fn null(&self, sql: &mut Sql, expression: Expr, is: bool) {
        sql.push("(")
            .expr(expression)
            .push(if is { ") is null" } else { ") is not null" });
    }

    /// Days asked of an instant: from one midnight to the next.
    fn instants(&self, sql: &mut Sql, expression: Expr, op: Op, values: &[Value]) {
        let days: Vec<NaiveDate> = values
            .iter()
            .filter_map(|value| {
                if let Value::Date(day) = value {
                    Some(*day)
                } else {
                    None
                }
            })
            .collect();
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            sql.push("false");
            return;
        };
        let (from, until) = (
            midnight(*first, self.zone),
            midnight(next(*last), self.zone),
        );
        sql.push("coalesce(");
        if op != Op::Max {
            sql.push("(").expr(expression).push(") >= ").instant(from);
        }
        if matches!(op, Op::Is | Op::Not | Op::Between) {
            sql.push(" and ");
        }
        if op != Op::Min {
            sql.push("(").expr(expression).push(") < ").instant(until);
        }
        sql.push(if op == Op::Not {
            ", false) is false"
        } else {
            ", false)"
        });
    }

    /// ` and (sort, key) > (…)`: what lies beyond a row, in the order read or against it.
    pub(super) fn beyond(&self, sql: &mut Sql, cursor: &Cursor, backward: bool) {
        let (expression, kind) = self.sort();
        let up = self.query.descending == backward;
        sql.push(" and (")
            .push(expression)
            .push(", ")
            .push(self.spec().id);
        sql.push(if up { ") > (" } else { ") < (" })
            .text(&cursor.value);
        sql.push(match kind {
            SortType::Text => ", ",
            SortType::Date => "::date, ",
            SortType::Instant => "::timestamptz, ",
            SortType::Integer => "::bigint, ",
            SortType::Decimal => "::numeric, ",
        });
        self.key(sql, &cursor.id);
        sql.push(")");
    }

    fn key(&self, sql: &mut Sql, key: &str) {
        sql.text(key).push(match self.spec().id_type {
            IdType::Uuid => "::uuid",
            IdType::BigInt => "::bigint",
        });
    }

    /// ` and key = …`
    pub(super) fn is(&self, sql: &mut Sql, key: &str) {
        sql.push(" and ").push(self.spec().id).push(" = ");
        self.key(sql, key);
    }

    /// ` order by sort, key`, in the order read or against it.
    pub(super) fn order(&self, sql: &mut Sql, backward: bool) {
        let way = if self.query.descending == backward {
            " asc"
        } else {
            " desc"
        };
        sql.push(" order by ")
            .push(self.sort().0)
            .push(way)
            .push(", ")
            .push(self.spec().id)
            .push(way);
    }

    /// `select key, sort value, columns…`, or its explanation.
    pub(super) fn select(&self, verb: &'static str, columns: &[&'static Column]) -> Sql {
        let mut sql = Sql::new(verb);
        sql.push(" ")
            .push(self.spec().id)
            .push("::text, (")
            .push(self.sort().0)
            .push(")::text");
        for column in columns {
            sql.push(", (").column(column);
            sql.push(match column.kind {
                Kind::Text | Kind::Mono | Kind::Choice(_) | Kind::Decimal => ")::text",
                Kind::Date => ")::date",
                Kind::DateTime => ")::timestamptz",
                Kind::Number => ")::bigint",
                Kind::Bool => ")::boolean",
                Kind::Ref(_) => ")::text, (",
            });
            if let Kind::Ref(to) = column.kind {
                sql.push(to.id).push(")::uuid");
            }
        }
        sql
    }

    /// Whether any word of the quick search may match approximately.
    pub(super) fn approximates(&self) -> bool {
        self.spec().search.is_some()
            && typed_words(&self.query.q)
                .iter()
                .any(|word| bears_a_typo(word))
    }
}

/// Equality with a set of one or many, nulls being different from everything.
fn member(sql: &mut Sql, expression: Expr, op: Op, values: impl FnOnce(&mut Sql)) {
    if op == Op::Not {
        sql.push("coalesce((").expr(expression).push(") <> all(");
        values(sql);
        sql.push("), true)");
    } else {
        sql.push("(").expr(expression).push(") = any(");
        values(sql);
        sql.push(")");
    }
}

fn words_clause(sql: &mut Sql, expression: Expr, op: Op, values: &[Value]) {
    let texts: Vec<String> = values.iter().map(Value::code).collect();
    let first = texts.first().map_or("", String::as_str);
    match op {
        Op::Has | Op::Starts => {
            sql.push("plain((").expr(expression).push(")::text) like ");
            pattern(sql, op == Op::Has, first);
        }
        Op::Not => {
            sql.push("coalesce(plain((")
                .expr(expression)
                .push(")::text), '') <> plain(")
                .text(first)
                .push(")");
        }
        _ => {
            sql.push("plain((")
                .expr(expression)
                .push(")::text) = any(array(select plain(v) from unnest(");
            sql.texts(texts).push(") v))");
        }
    }
}

fn ordered(sql: &mut Sql, expression: Expr, op: Op, values: &[Value]) {
    let mut one = |before: &'static str, value: Option<&Value>, after: &'static str| {
        sql.push(before).push("(").expr(expression).push(after);
        match value {
            Some(Value::Date(day)) => {
                sql.0.push_bind(*day);
            }
            Some(Value::Number(number)) => {
                sql.0.push_bind(*number);
            }
            Some(Value::Decimal(text)) => {
                sql.text(text).push("::numeric");
            }
            // Never met: `Clause::read` types values by column.
            _ => {
                sql.push("null");
            }
        }
    };
    match op {
        Op::Min => one("", values.first(), ") >= "),
        Op::Max => one("", values.first(), ") <= "),
        Op::Between => {
            one("(", values.first(), ") >= ");
            one(" and ", values.last(), ") <= ");
            sql.push(")");
        }
        Op::Not => one("", values.first(), ") is distinct from "),
        _ => one("", values.first(), ") = "),
    }
}

/// The words of a quick search, few enough to stay quick.
fn typed_words(q: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in q.split_whitespace().take(8) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// A long enough word of letters may be misspelt; a number is looked for as typed, or one
/// inventory number would bring all its neighbours.
fn bears_a_typo(word: &str) -> bool {
    word.chars().count() >= 4
        && word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''))
}
