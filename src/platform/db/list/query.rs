//! URL ⇄ [`ListQuery`]. Reading is total: whatever the address says, there is a list to show and
//! French sentences for what was not understood. Writing is canonical: one state, one address.
//!
//! `q` quick search · `f=column:operator:value[,value]`, repeated = and, `|` inside = or ·
//! `sort=-column` · `group=column` · `cols=a,b` or `all` · `per` · `after` / `before` cursor. The filter form, which
//! must work without scripts, sends `o.column`, `v.column`, `w.column` and `any` instead of `f`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use uuid::Uuid;

use super::clause::{Clause, cut, day, decimal, split_plain};
use super::spec::{Column, IdType, Kind, ListSpec, Op, SortType};

/// Rows a page may hold.
pub const PER: [u16; 4] = [25, 50, 100, 200];
const PER_DEFAULT: u16 = 50;
const MOST_GROUPS: usize = 40;
const MOST_CLAUSES: usize = 80;
const MOST_WARNINGS: usize = 10;

/// Kept readable in addresses; everything else is percent-encoded.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b':')
    .remove(b',');

/// A row's place in a sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort expression's value, as Postgres writes it.
    pub value: String,
    /// The row's key.
    pub id: String,
}

/// Which page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum At {
    /// The first.
    #[default]
    Start,
    /// What follows that row.
    After(Cursor),
    /// What precedes that row.
    Before(Cursor),
}

/// Everything a list's address says.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Of which list.
    pub spec: &'static ListSpec,
    /// Quick search, as typed.
    pub q: String,
    /// All of the groups, in each at least one clause.
    pub groups: Vec<Vec<Clause>>,
    /// The column sorted.
    pub sort: &'static Column,
    /// From the end.
    pub descending: bool,
    /// The column rows are gathered by.
    pub group: Option<&'static Column>,
    /// Columns chosen, in order.
    pub columns: Vec<&'static Column>,
    /// Page.
    pub at: At,
    /// Rows a page.
    pub per: u16,
    /// Read as of the end of that day; `None` = now.
    pub as_of: Option<NaiveDate>,
    /// What was not understood, in French.
    pub warnings: Vec<String>,
}

/// Lists that can be read as of a day: the tables they read have their view in schema `as_of`.
const DATED: &[&str] = &["devices"];

impl ListSpec {
    /// Can this list be read as of a day?
    #[must_use]
    pub fn is_dated(&self) -> bool {
        DATED.contains(&self.name)
    }
}

/// The pairs of a query string; never fails, control characters fall out.
fn pairs(raw: &str) -> Vec<(String, String)> {
    let text = |part: &str| -> String {
        let spaced = part.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8_lossy();
        decoded
            .chars()
            .filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
            .collect()
    };
    raw.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| match part.split_once('=') {
            Some((key, value)) => (text(key), text(value)),
            None => (text(part), String::new()),
        })
        .collect()
}

impl Cursor {
    fn encode(&self, sort: &str) -> String {
        let plain = serde_json::json!([sort, self.value, self.id]).to_string();
        URL_SAFE_NO_PAD.encode(plain)
    }

    /// Reads a cursor made for this very sort, and whose value Postgres will take.
    fn decode(text: &str, sort: &str, kind: SortType, id: IdType) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let (of, value, key): (String, String, String) = serde_json::from_slice(&bytes).ok()?;
        if of != sort || value.contains('\0') || value.len() > 4_000 {
            return None;
        }
        let endless = matches!(value.as_str(), "infinity" | "-infinity");
        let fits = match kind {
            SortType::Text => true,
            SortType::Date => endless || (value.len() == 10 && day(&value).is_some()),
            SortType::Instant => {
                endless
                    || chrono::DateTime::parse_from_str(&value, "%Y-%m-%d %H:%M:%S%.f%#z")
                        .is_ok_and(|at| (1000..=9999).contains(&chrono::Datelike::year(&at)))
            }
            SortType::Integer => value.parse::<i64>().is_ok(),
            SortType::Decimal => decimal(&value).is_some() && !value.contains(','),
        };
        let id = Self::key(&key, id)?;
        fits.then_some(Self { value, id })
    }

    /// A key that Postgres will take.
    pub(super) fn key(text: &str, id: IdType) -> Option<String> {
        match id {
            IdType::Uuid => Uuid::try_parse(text).ok().map(|id| id.to_string()),
            IdType::BigInt => text.parse::<i64>().ok().map(|id| id.to_string()),
        }
    }
}

/// What the filter form sends for one column.
#[derive(Default)]
struct Typed {
    op: Option<Op>,
    values: Vec<String>,
    until: Option<String>,
}

impl ListQuery {
    /// The list as it opens.
    #[must_use]
    pub fn new(spec: &'static ListSpec) -> Self {
        Self::parse("", spec)
    }

    /// Reads an address; never fails.
    #[must_use]
    pub fn parse(raw: &str, spec: &'static ListSpec) -> Self {
        // `faults()` refuses a spec without columns; the first column is a way out, not a guess.
        let sort = spec.default_column().unwrap_or(&spec.columns[0]);
        let mut query = Self {
            spec,
            q: String::new(),
            groups: Vec::new(),
            sort,
            descending: spec.default_sort.1,
            group: None,
            columns: spec.columns.iter().filter(|column| column.shown).collect(),
            at: At::Start,
            per: PER_DEFAULT,
            as_of: None,
            warnings: Vec::new(),
        };
        let pairs = pairs(raw);
        let mut typed: Vec<(&'static Column, Typed)> = Vec::new();
        let (mut any, mut chosen) = (false, Vec::new());
        let (mut after, mut before) = (None, None);
        for (key, value) in &pairs {
            match key.as_str() {
                "q" => query.q = cut(value),
                "f" => query.read_group(value),
                "sort" => query.read_sort(value),
                "group" => query.read_group_by(value),
                "cols" => chosen.extend(
                    value
                        .split(',')
                        .map(|key| key.trim().to_owned())
                        .filter(|key| !key.is_empty()),
                ),
                "per" => query.read_per(value),
                "after" => after = Some(value),
                "before" => before = Some(value),
                "as_of" => query.read_as_of(value),
                "any" => any = value == "1",
                // Read by the pages that show a list, not by the list.
                "list" | "format" | "part" | "view" => {}
                key => match key
                    .split_once('.')
                    .and_then(|(part, key)| Some((part, spec.column(key)?)))
                {
                    Some((part @ ("o" | "v" | "w"), column)) if column.filter => {
                        let place =
                            match typed.iter().position(|(known, _)| known.key == column.key) {
                                Some(place) => place,
                                None => {
                                    typed.push((column, Typed::default()));
                                    typed.len() - 1
                                }
                            };
                        let entry = &mut typed[place].1;
                        match part {
                            "o" => entry.op = Op::from_code(value),
                            "v" => entry.values.push(value.clone()),
                            _ => entry.until = Some(value.clone()),
                        }
                    }
                    _ => query.warn(format!("Paramètre ignoré : « {} ».", cut(key))),
                },
            }
        }
        query.read_form(typed, any);
        query.read_columns(&chosen);
        query.read_cursors(after, before);
        let clauses: usize = query.groups.iter().map(Vec::len).sum();
        if query.groups.len() > MOST_GROUPS || clauses > MOST_CLAUSES {
            query.groups.clear();
            query.warn(format!(
                "Filtres ignorés : au plus {MOST_GROUPS} filtres et {MOST_CLAUSES} critères."
            ));
        }
        query
    }

    fn warn(&mut self, sentence: String) {
        if self.warnings.len() < MOST_WARNINGS && !self.warnings.contains(&sentence) {
            self.warnings.push(sentence);
        }
    }

    fn read_group_by(&mut self, key: &str) {
        if key.is_empty() {
            return;
        }
        match self.spec.column(key).filter(|column| column.gathers()) {
            Some(column) => self.group = Some(column),
            None => self.warn(format!("Regroupement ignoré : « {} ».", cut(key))),
        }
    }

    fn push_group(&mut self, group: Vec<Clause>) {
        let mut alone: Vec<Clause> = Vec::with_capacity(group.len());
        for clause in group {
            if !alone.contains(&clause) {
                alone.push(clause);
            }
        }
        if !alone.is_empty() && !self.groups.contains(&alone) {
            self.groups.push(alone);
        }
    }

    fn read_group(&mut self, text: &str) {
        if self.groups.len() > MOST_GROUPS {
            return;
        }
        let mut group = Vec::new();
        for part in split_plain(text, '|') {
            match Clause::parse(self.spec, part) {
                Ok(Some(clause)) => group.push(clause),
                Ok(None) => self.warn(format!(
                    "Filtre ignoré : « {} » est sans valeur.",
                    cut(part)
                )),
                Err(sentence) => self.warn(sentence),
            }
        }
        self.push_group(group);
    }

    fn read_form(&mut self, typed: Vec<(&'static Column, Typed)>, any: bool) {
        let mut together = Vec::new();
        for (column, entry) in typed {
            let Some(mut op) = entry.op.or_else(|| column.operators().first().copied()) else {
                continue;
            };
            let mut values = entry.values;
            if values.len() > 1 && op == Op::Is {
                op = Op::In;
            }
            if op == Op::In && !matches!(column.kind, Kind::Choice(_)) {
                values = values
                    .iter()
                    .flat_map(|text| text.split(['\n', ';', '\t', ',']))
                    .map(str::to_owned)
                    .collect();
            }
            if let Some(until) = entry.until.filter(|until| !until.trim().is_empty()) {
                // Two bounds typed say « entre » whatever the operator left in the list.
                if values.iter().all(|text| text.trim().is_empty()) {
                    op = Op::Max;
                    values = vec![until];
                } else {
                    op = Op::Between;
                    values.push(until);
                }
            } else if op == Op::Between {
                op = Op::Min;
            }
            match Clause::read(column, op, &values) {
                Ok(Some(clause)) if any => together.push(clause),
                Ok(Some(clause)) => self.push_group(vec![clause]),
                Ok(None) => {}
                Err(sentence) => self.warn(sentence),
            }
        }
        self.push_group(together);
    }

    fn read_as_of(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if !self.spec.is_dated() {
            self.warn("Cette liste ne se lit qu’au présent.".to_owned());
            return;
        }
        match day(text.trim()) {
            Some(day) => self.as_of = Some(day),
            None => self.warn(format!("Date ignorée : « {} ».", cut(text))),
        }
    }

    fn read_sort(&mut self, text: &str) {
        let (key, descending) = match text.strip_prefix('-') {
            Some(key) => (key, true),
            None => (text, false),
        };
        match self.spec.column(key).filter(|column| column.sort.is_some()) {
            Some(column) => {
                self.sort = column;
                self.descending = descending;
            }
            None if key.is_empty() => {}
            None => self.warn(format!("Tri ignoré : on ne trie pas par « {} ».", cut(key))),
        }
    }

    fn read_per(&mut self, text: &str) {
        match text.trim().parse().ok().filter(|per| PER.contains(per)) {
            Some(per) => self.per = per,
            None => self.warn(format!(
                "Taille de page ignorée : « {} » ; au choix 25, 50, 100 ou 200.",
                cut(text)
            )),
        }
    }

    fn read_columns(&mut self, chosen: &[String]) {
        let mut columns: Vec<&'static Column> = Vec::new();
        for key in chosen {
            if key == "all" {
                columns = self.spec.columns.iter().collect();
                break;
            }
            match self.spec.column(key) {
                Some(column) if columns.iter().all(|known| known.key != column.key) => {
                    columns.push(column)
                }
                Some(_) => {}
                None => self.warn(format!("Colonne ignorée : « {} ».", cut(key))),
            }
        }
        if !columns.is_empty() {
            self.columns = columns;
        }
    }

    fn read_cursors(&mut self, after: Option<&String>, before: Option<&String>) {
        let (text, forward) = match (after, before) {
            (Some(text), _) => (text, true),
            (None, Some(text)) => (text, false),
            (None, None) => return,
        };
        let kind = self.sort.sort.map_or(SortType::Text, |(_, kind)| kind);
        match Cursor::decode(text, &self.sort_code(), kind, self.spec.id_type) {
            Some(cursor) if forward => self.at = At::After(cursor),
            Some(cursor) => self.at = At::Before(cursor),
            None => self
                .warn("La page demandée n’existe plus pour ce tri : voici la première.".to_owned()),
        }
    }

    /// Whether everything in the address was understood: a selection that was not must never be
    /// acted upon, for a filter dropped is a selection widened.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.warnings.is_empty()
    }

    /// `-column` or `column`.
    #[must_use]
    pub fn sort_code(&self) -> String {
        format!(
            "{}{}",
            if self.descending { "-" } else { "" },
            self.sort.key
        )
    }

    /// The pairs of the canonical address, in order, without page.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.selection_pairs();
        if self.sort.key != self.spec.default_sort.0 || self.descending != self.spec.default_sort.1
        {
            pairs.push(("sort", self.sort_code()));
        }
        if let Some(column) = self.group {
            pairs.push(("group", column.key.to_owned()));
        }
        let keys: Vec<&str> = self.columns.iter().map(|column| column.key).collect();
        let usual: Vec<&str> = self
            .spec
            .columns
            .iter()
            .filter(|column| column.shown)
            .map(|column| column.key)
            .collect();
        if keys != usual {
            let every = keys
                .iter()
                .copied()
                .eq(self.spec.columns.iter().map(|column| column.key));
            pairs.push((
                "cols",
                if every {
                    "all".to_owned()
                } else {
                    keys.join(",")
                },
            ));
        }
        if self.per != PER_DEFAULT {
            pairs.push(("per", self.per.to_string()));
        }
        pairs
    }

    fn selection_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        for group in &self.groups {
            let codes: Vec<String> = group.iter().map(Clause::code).collect();
            pairs.push(("f", codes.join("|")));
        }
        if let Some(day) = self.as_of {
            pairs.push(("as_of", day.to_string()));
        }
        pairs
    }

    /// What is selected, and nothing of how it is shown: what a bulk action's token signs.
    #[must_use]
    pub fn selection(&self) -> String {
        let mut pairs = self.selection_pairs();
        pairs.sort();
        write(&pairs)
    }

    /// The canonical query string, page included, without `?`.
    #[must_use]
    pub fn to_query(&self) -> String {
        let mut pairs = self.pairs();
        match &self.at {
            At::Start => {}
            At::After(cursor) => pairs.push(("after", cursor.encode(&self.sort_code()))),
            At::Before(cursor) => pairs.push(("before", cursor.encode(&self.sort_code()))),
        }
        write(&pairs)
    }

    /// The canonical address.
    #[must_use]
    pub fn href(&self) -> String {
        address(self.spec.path, &self.to_query())
    }

    /// The same list on another page.
    #[must_use]
    pub fn at(&self, at: At) -> Self {
        Self {
            at,
            warnings: Vec::new(),
            ..self.clone()
        }
    }
}

fn write(pairs: &[(&'static str, String)]) -> String {
    let parts: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={}", encode(value)))
        .collect();
    parts.join("&")
}

/// Percent-encodes one value of a query string.
#[must_use]
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, QUERY).to_string()
}

/// A path and its query string, which may be empty.
#[must_use]
pub fn address(path: &str, query: &str) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}
