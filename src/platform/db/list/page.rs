//! What a page shows of a list: rows, chips, sort and page links, forms that work without scripts;
//! and the same list as JSON.

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::clause::Clause;
use super::query::{At, ListQuery, PER, address, encode};
use super::rows::{Part, Rows, Total};
use super::spec::{Column, Kind, ListSpec};
use super::sql::Reading;
use super::words::{Shown, sentence, shown, thousands, typed};

/// An active filter, with the address of the list without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// « Classe est IIb ou III ».
    pub label: String,
    /// Where it is gone.
    pub remove: String,
}

/// A column's heading.
#[derive(Debug, Clone)]
pub struct Head {
    /// Column key.
    pub key: &'static str,
    /// Heading.
    pub label: &'static str,
    /// Address sorted by it, where it sorts.
    pub sort: Option<String>,
    /// `ascending` or `descending` when it is the sort.
    pub sorted: Option<&'static str>,
    /// Numbers stand to the right.
    pub numeric: bool,
}

impl Head {
    /// Class of the heading.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        if self.numeric { "num" } else { "" }
    }
}

/// A column in the chooser.
#[derive(Debug, Clone)]
pub struct ColumnChoice {
    /// Column key.
    pub key: &'static str,
    /// Heading.
    pub label: &'static str,
    /// Chosen now.
    pub on: bool,
}

/// A column in the filter form.
#[derive(Debug, Clone)]
pub struct FilterField {
    /// Column key.
    pub key: &'static str,
    /// Heading.
    pub label: &'static str,
    /// Operators: code and label.
    pub operators: Vec<(&'static str, &'static str)>,
    /// Closed values: code and label.
    pub choices: Vec<(&'static str, &'static str)>,
    /// `text`, `list` (room for a pasted list), `date`, `number`, `choice`, `flag`, `ref`.
    pub control: &'static str,
    /// Where suggestions come from.
    pub suggestions: Option<&'static str>,
}

/// One row ready to be shown.
#[derive(Debug, Clone)]
pub struct ShownRow {
    /// Key of the record.
    pub id: String,
    /// The record, with the list it was opened from.
    pub href: String,
    /// Cells in the order of the headings.
    pub cells: Vec<Shown>,
}

impl ShownRow {
    /// What the row is called: the cell that opens it.
    #[must_use]
    pub fn title(&self) -> &str {
        self.cells
            .iter()
            .find(|cell| cell.column.opens)
            .or(self.cells.first())
            .map_or("la ligne", |cell| cell.text.as_str())
    }
}

/// A list ready to be shown by `templates/components/list.html`, or as JSON.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// Of which list.
    pub spec: &'static ListSpec,
    /// As of the end of which day; `None` = now.
    pub as_of: Option<chrono::NaiveDate>,
    /// Quick search as typed.
    pub q: String,
    /// What was not understood.
    pub warnings: Vec<String>,
    /// Active filters.
    pub chips: Vec<Chip>,
    /// Where no filter is left; `None` when there is none.
    pub clear: Option<String>,
    /// Headings.
    pub heads: Vec<Head>,
    /// Rows.
    pub rows: Vec<ShownRow>,
    /// How many match; not asked for fragments that do not show it.
    pub total: Option<Total>,
    /// First page, from another page.
    pub first: Option<String>,
    /// Page before.
    pub previous: Option<String>,
    /// Page after.
    pub next: Option<String>,
    /// Column chooser.
    pub columns: Vec<ColumnChoice>,
    /// Filter form.
    pub filters: Vec<FilterField>,
    /// Page sizes: size, address, chosen.
    pub sizes: Vec<(u16, String, bool)>,
    /// Exports of exactly this list: label, address.
    pub exports: Vec<(&'static str, String)>,
    /// How the rows divide, when they are gathered.
    pub parts: Vec<ShownPart>,
    /// Columns they may be gathered by: key, label, chosen.
    pub gathers: Vec<(&'static str, &'static str, bool)>,
    /// Saved views of this list that the caller sees, and what may be saved.
    pub views: Option<Views>,
    /// Where many rows are changed at once, when the caller may.
    pub bulk: Option<&'static str>,
    /// The state of the list, as a query string without page.
    pub state: String,
    kept: Vec<(&'static str, String)>,
}

/// The rows of one value, with the address of the list kept to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPart {
    /// The value in words.
    pub label: String,
    /// How many.
    pub count: i64,
    /// The list kept to it.
    pub href: String,
}

/// A view as the list's menu shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewLink {
    /// Its name.
    pub name: String,
    /// The list as it keeps it.
    pub href: String,
    /// Whose: « moi », a unit, an establishment…
    pub whose: String,
    /// It is the one shown.
    pub current: bool,
    /// Where it is renamed, replaced or removed, for who may.
    pub manage: Option<String>,
}

/// The views of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Views {
    /// Those to open.
    pub links: Vec<ViewLink>,
    /// The name of the one shown.
    pub current: Option<String>,
    /// The list without any view.
    pub plain: String,
    /// May the caller save one for others too?
    pub may_share: bool,
}

/// A record's place in the list it was opened from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// « 4 / 1 243 »; `None` beyond what is counted.
    pub label: Option<String>,
    /// The record before.
    pub previous: Option<String>,
    /// The record after.
    pub next: Option<String>,
    /// Back to the list.
    pub back: String,
}

impl Position {
    /// Where a record stands in the list named by its `list` parameter; `None` when it is not in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(
        conn: &mut PgConnection,
        reading: Reading<'_>,
        id: &str,
    ) -> sqlx::Result<Option<Self>> {
        let Some(found) = reading.neighbours(conn, id).await? else {
            return Ok(None);
        };
        let query = reading.query;
        let beside = |id: String| record_href(query, &id);
        Ok(Some(Self {
            label: found.position.map(|place| match found.total {
                Total { count, exact: true } => {
                    format!("{} / {}", thousands(place), thousands(count))
                }
                Total {
                    count,
                    exact: false,
                } => format!("{} / plus de {}", thousands(place), thousands(count)),
            }),
            previous: found.previous.map(beside),
            next: found.next.map(beside),
            back: query.at(At::Start).href(),
        }))
    }
}

fn record_href(query: &ListQuery, id: &str) -> String {
    if let Some(day) = query.as_of {
        return format!("{}/{id}/as-of?on={day}", query.spec.record_path());
    }
    let list = query.at(At::Start).to_query();
    format!("{}/{id}?list={}", query.spec.record_path(), encode(&list))
}

impl ListPage {
    /// Reads one page and everything around it. `counted` = with its total.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(
        conn: &mut PgConnection,
        reading: Reading<'_>,
        counted: bool,
    ) -> sqlx::Result<Self> {
        let rows = reading.page(conn).await?;
        let total = match counted {
            // A first page that is not full is its own count.
            true if reading.query.at == At::Start && rows.next.is_none() => Some(Total {
                count: rows.rows.len() as i64,
                exact: true,
            }),
            true => Some(reading.total(conn).await?),
            false => None,
        };
        let names = reading.named(conn).await?;
        let mut page = Self::of(reading, rows, total, &names);
        if let Some(column) = reading.query.group {
            let parts = reading.gathered(conn, column).await?;
            page.parts = parts
                .into_iter()
                .filter_map(|part| shown_part(reading.query, column, part))
                .collect();
        }
        Ok(page)
    }

    fn of(
        reading: Reading<'_>,
        rows: Rows,
        total: Option<Total>,
        names: &HashMap<Uuid, String>,
    ) -> Self {
        let query = reading.query;
        let start = query.at(At::Start);
        let to = |at: At| query.at(at).href();
        Self {
            spec: query.spec,
            as_of: query.as_of,
            q: query.q.clone(),
            warnings: query.warnings.clone(),
            chips: chips(&start, names),
            clear: (!start.groups.is_empty() || !start.q.is_empty()).then(|| {
                ListQuery {
                    q: String::new(),
                    groups: Vec::new(),
                    ..start.clone()
                }
                .href()
            }),
            heads: query
                .columns
                .iter()
                .map(|column| head(&start, column))
                .collect(),
            rows: rows
                .rows
                .into_iter()
                .map(|row| ShownRow {
                    href: record_href(query, &row.id),
                    id: row.id,
                    cells: query
                        .columns
                        .iter()
                        .zip(row.cells)
                        .map(|(column, cell)| shown(column, cell, reading.zone))
                        .collect(),
                })
                .collect(),
            total,
            first: (query.at != At::Start).then(|| start.href()),
            previous: rows.previous.map(to),
            next: rows.next.map(to),
            columns: chooser(query),
            filters: query
                .spec
                .columns
                .iter()
                .filter(|column| column.filter)
                .map(field)
                .collect(),
            sizes: PER
                .into_iter()
                .map(|per| {
                    (
                        per,
                        ListQuery {
                            per,
                            ..start.clone()
                        }
                        .href(),
                        per == query.per,
                    )
                })
                .collect(),
            exports: exports(&start),
            parts: Vec::new(),
            gathers: query
                .spec
                .columns
                .iter()
                .filter(|column| column.gathers())
                .map(|column| {
                    let chosen = query.group.is_some_and(|group| group.key == column.key);
                    (column.key, column.label, chosen)
                })
                .collect(),
            views: None,
            bulk: None,
            state: start.to_query(),
            kept: start.pairs(),
        }
    }

    /// « État au 31 oct. 2026… », on a list that is not read at present.
    #[must_use]
    pub fn dated(&self) -> Option<String> {
        let day = crate::kernel::date::short(self.as_of?);
        Some(format!(
            "État au {day}, à la fin de la journée : la liste telle qu’elle était alors, de ce que vous pouvez voir aujourd’hui. La recherche rapide, elle, porte sur les mots d’aujourd’hui."
        ))
    }

    /// « 1 243 équipements »
    #[must_use]
    pub fn count(&self) -> Option<String> {
        let total = self.total?;
        let (one, many) = self.spec.noun;
        Some(match total {
            Total {
                count,
                exact: false,
            } => format!("plus de {} {many}", thousands(count)),
            Total { count: 0 | 1, .. } => format!("{} {one}", total.count),
            Total { count, .. } => format!("{} {many}", thousands(count)),
        })
    }

    /// What is said to who listens when the list has changed.
    #[must_use]
    pub fn announced(&self) -> String {
        self.count()
            .unwrap_or_else(|| "Liste mise à jour".to_owned())
    }

    /// Hidden fields that keep the state of the list in a form which sets the others itself.
    #[must_use]
    pub fn kept(&self, form: &str) -> Vec<(&'static str, &str)> {
        let own = match form {
            "search" => "q",
            "columns" => "cols",
            "as_of" => "as_of",
            "group" => "group",
            _ => "",
        };
        self.kept
            .iter()
            .filter(|(key, _)| *key != own)
            .map(|(key, value)| (*key, value.as_str()))
            .collect()
    }

    /// The list as programs read it.
    #[must_use]
    pub fn json(&self) -> Json {
        let rows: Vec<Json> = self
            .rows
            .iter()
            .map(|row| {
                let cells = row.cells.iter();
                let mut object: Map<String, Json> = cells
                    .map(|shown| (shown.column.key.to_owned(), typed(&shown.cell)))
                    .collect();
                object.insert("id".to_owned(), json!(row.id));
                Json::Object(object)
            })
            .collect();
        json!({
            "as_of": self.as_of,
            "total": self.total.map(|total| json!({"count": total.count, "exact": total.exact})),
            "rows": rows,
            "previous": self.previous,
            "next": self.next,
            "warnings": self.warnings,
        })
    }
}

/// A part in words, and the list kept to it and no longer gathered.
fn shown_part(query: &ListQuery, column: &'static Column, part: Part) -> Option<ShownPart> {
    let (code, label) = match (part.value, column.kind) {
        (None, _) => (format!("{}:empty", column.key), column.empty.to_owned()),
        (Some(value), Kind::Choice(choices)) => {
            let label = choices
                .iter()
                .find(|(code, ..)| *code == value)
                .map_or(value.clone(), |(_, label, _)| (*label).to_owned());
            (format!("{}:is:{value}", column.key), label)
        }
        (Some(value), Kind::Bool) => {
            let label = if value == "true" { "oui" } else { "non" };
            (format!("{}:is:{value}", column.key), label.to_owned())
        }
        (Some(value), _) => (
            format!("{}:is:{value}", column.key),
            part.words.unwrap_or_default(),
        ),
    };
    let clause = Clause::parse(query.spec, &code).ok().flatten()?;
    let mut kept = query.at(At::Start);
    kept.group = None;
    kept.groups.push(vec![clause]);
    Some(ShownPart {
        label,
        count: part.count,
        href: kept.href(),
    })
}

fn chips(start: &ListQuery, names: &HashMap<Uuid, String>) -> Vec<Chip> {
    let mut chips = Vec::with_capacity(start.groups.len() + 2);
    if let Some(day) = start.as_of {
        chips.push(Chip {
            label: format!("État au {}", crate::kernel::date::short(day)),
            remove: ListQuery {
                as_of: None,
                ..start.clone()
            }
            .href(),
        });
    }
    if !start.q.is_empty() {
        chips.push(Chip {
            label: format!("Recherche « {} »", start.q),
            remove: ListQuery {
                q: String::new(),
                ..start.clone()
            }
            .href(),
        });
    }
    for (place, group) in start.groups.iter().enumerate() {
        let mut parts = Vec::with_capacity(group.len());
        for (at, clause) in group.iter().enumerate() {
            let same_column = at > 0 && group[at - 1].column.key == clause.column.key;
            parts.push(sentence(clause, names, !same_column));
        }
        let mut without = start.clone();
        without.groups.remove(place);
        chips.push(Chip {
            label: parts.join(" ou "),
            remove: without.href(),
        });
    }
    chips
}

fn head(start: &ListQuery, column: &'static Column) -> Head {
    let now = start.sort.key == column.key;
    let sorted = ListQuery {
        sort: column,
        descending: now && !start.descending,
        ..start.clone()
    };
    Head {
        key: column.key,
        label: column.label,
        sort: column.sort.map(|_| sorted.href()),
        sorted: now.then_some(if start.descending {
            "descending"
        } else {
            "ascending"
        }),
        numeric: matches!(column.kind, Kind::Number | Kind::Decimal),
    }
}

/// Chosen columns first, in their order, then the others.
fn chooser(query: &ListQuery) -> Vec<ColumnChoice> {
    let choice = |column: &&'static Column, on| ColumnChoice {
        key: column.key,
        label: column.label,
        on,
    };
    let mut columns: Vec<ColumnChoice> = query
        .columns
        .iter()
        .map(|column| choice(column, true))
        .collect();
    for column in query.spec.columns {
        if columns.iter().all(|known| known.key != column.key) {
            columns.push(choice(&column, false));
        }
    }
    columns
}

fn field(column: &'static Column) -> FilterField {
    FilterField {
        key: column.key,
        label: column.label,
        operators: column
            .operators()
            .iter()
            .map(|op| (op.code(), op.label(&column.kind)))
            .collect(),
        choices: match column.kind {
            Kind::Choice(choices) => choices
                .iter()
                .map(|(code, label, _)| (*code, *label))
                .collect(),
            Kind::Bool => vec![("true", "oui"), ("false", "non")],
            _ => Vec::new(),
        },
        control: match column.kind {
            Kind::Text | Kind::Mono => "list",
            Kind::Date | Kind::DateTime => "date",
            Kind::Number | Kind::Decimal => "number",
            Kind::Bool => "flag",
            Kind::Choice(_) => "choice",
            Kind::Ref(_) => "ref",
        },
        suggestions: match column.kind {
            Kind::Ref(to) => to.suggestions,
            _ => None,
        },
    }
}

fn exports(start: &ListQuery) -> Vec<(&'static str, String)> {
    let all = ListQuery {
        columns: start.spec.columns.iter().collect(),
        ..start.clone()
    };
    let link = |format: &str, query: &ListQuery| {
        let state = query.to_query();
        let mark = if state.is_empty() { "" } else { "&" };
        address(start.spec.path, &format!("format={format}{mark}{state}"))
    };
    vec![
        ("Excel (XLSX), colonnes affichées", link("xlsx", start)),
        ("Excel (XLSX), toutes les colonnes", link("xlsx", &all)),
        ("CSV, colonnes affichées", link("csv", start)),
        ("CSV, toutes les colonnes", link("csv", &all)),
    ]
}
