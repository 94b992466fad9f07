//! What a resource declares about its list: columns, filters, sorts, scope. Everything that can
//! become SQL text is a `&'static str` written by us; what people type only ever becomes a bind.

use std::collections::HashSet;

/// The list of one resource, declared once as a `static`.
#[derive(Debug)]
pub struct ListSpec {
    /// Short name, the key of saved views and exports (`devices`).
    pub name: &'static str,
    /// Where the list lives; a record lives at `{path}/{id}` unless `record` says otherwise.
    pub path: &'static str,
    /// Where a record lives, without its id; `None` = `path`.
    pub record: Option<&'static str>,
    /// Heading, in French.
    pub title: &'static str,
    /// The thing counted, singular then plural, in French.
    pub noun: (&'static str, &'static str),
    /// What an empty list tells the newcomer.
    pub when_empty: &'static str,
    /// The `from` clause; prefer `left join` on a key: Postgres drops those a query does not use.
    pub from: &'static str,
    /// A permanent condition, such as `d.annulled_at is null`.
    pub always: Option<&'static str>,
    /// The unique, not null key expression that ends every sort.
    pub id: &'static str,
    /// The type of that key.
    pub id_type: IdType,
    /// Who may see which row.
    pub scope: ScopeBy,
    /// The text that quick search reads: already folded by `plain()`, with a trigram index.
    pub search: Option<&'static str>,
    /// Every column a person may show, filter, sort or export.
    pub columns: &'static [Column],
    /// Key of the column sorted by default, and whether from the end.
    pub default_sort: (&'static str, bool),
}

/// Type of the key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdType {
    /// The house's identifiers.
    Uuid,
    /// Journals numbered by Postgres.
    BigInt,
}

/// How rows are kept to what the caller may see.
#[derive(Debug, Clone, Copy)]
pub enum ScopeBy {
    /// Shared by the hospital group: catalogue, makers, nomenclatures.
    Shared,
    /// Rows of an establishment for those who see it, and rows of none (null) for who holds the group.
    OwnOrGroup {
        /// Establishment column.
        establishment: &'static str,
    },
    /// Rows of an establishment for those who see it, and rows of none (null) for everybody.
    OwnOrShared {
        /// Establishment column.
        establishment: &'static str,
    },
    /// Rows that stand at several places at once, such as an account by its grants: let in when one
    /// of them is seen.
    Through {
        /// The places of a row: a table and a condition (`account_place p where p.account_id = a.id`).
        from: &'static str,
        /// Establishment column.
        establishment: &'static str,
        /// Unit column.
        unit: &'static str,
    },
    /// Columns holding the establishment, the unit and the device; one that is `None` never lets
    /// a row in.
    Columns {
        /// Establishment column.
        establishment: Option<&'static str>,
        /// Unit column.
        unit: Option<&'static str>,
        /// Device column (external technicians see the file of their devices only).
        device: Option<&'static str>,
    },
}

/// The rows a caller may see: all listed, there is no « everything » flag.
#[derive(Debug, Clone, Default)]
pub struct Within {
    /// Establishments seen whole.
    pub establishments: Vec<uuid::Uuid>,
    /// Units seen whole.
    pub units: Vec<uuid::Uuid>,
    /// Devices seen one by one.
    pub devices: Vec<uuid::Uuid>,
    /// Held over the whole group: opens what belongs to no establishment, and nothing else.
    pub group: bool,
}

/// Meaning of a value, never said by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to say.
    Neutral,
    /// À jour, conforme.
    Good,
    /// À surveiller.
    Watch,
    /// En retard, non conforme, affecté.
    Bad,
    /// Indéterminé: not known, which is never good.
    Unknown,
}

impl Tone {
    /// The word templates and style sheets use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Neutral => "plain",
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
        }
    }
}

/// A code, what people read, what it means.
pub type Choice = (&'static str, &'static str, Tone);

/// The choices of a column from a closed list declared with `coded!`: `choices!(State, tone_of)`,
/// where `tone_of` is a `const fn(State) -> Tone`; without it they mean nothing in particular.
#[macro_export]
macro_rules! choices {
    ($coded:ty) => {{
        const fn nothing(_: $coded) -> $crate::platform::db::list::Tone {
            $crate::platform::db::list::Tone::Neutral
        }
        $crate::choices!($coded, nothing)
    }};
    ($coded:ty, $tone:path) => {{
        const CHOICES: [$crate::platform::db::list::Choice; <$coded>::ALL.len()] = {
            let mut all =
                [("", "", $crate::platform::db::list::Tone::Neutral); <$coded>::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                let value = <$coded>::ALL[at];
                all[at] = (value.code(), value.label(), $tone(value));
                at += 1;
            }
            all
        };
        &CHOICES
    }};
}

/// A column that names another record.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// Expression of the other record's id (uuid).
    pub id: &'static str,
    /// Where that record lives, without its id; `None` = shown without a link.
    pub href: Option<&'static str>,
    /// Where suggestions come from while typing.
    pub suggestions: Option<&'static str>,
}

/// What a column holds, hence how it is shown, filtered and compared.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Words.
    Text,
    /// Serials, lots, versions, addresses: read character by character.
    Mono,
    /// A day.
    Date,
    /// An instant.
    DateTime,
    /// A whole number.
    Number,
    /// A decimal number.
    Decimal,
    /// Yes or no.
    Bool,
    /// One of a closed list of codes.
    Choice(&'static [Choice]),
    /// Another record, by its label.
    Ref(Reference),
}

/// What a sort expression yields; decides how a cursor's value is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortType {
    /// Collated text.
    Text,
    /// Day.
    Date,
    /// Instant.
    Instant,
    /// Whole number.
    Integer,
    /// Decimal number.
    Decimal,
}

/// One column of a list.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Key in URLs and JSON.
    pub key: &'static str,
    /// Heading on the screen and in exports: the importer maps it back.
    pub label: &'static str,
    /// The value.
    pub sql: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Shown when nobody chose columns.
    pub shown: bool,
    /// Links to the record itself.
    pub opens: bool,
    /// Not null expression, collated when text, with an index `(expression, id)`.
    pub sort: Option<(&'static str, SortType)>,
    /// May be filtered.
    pub filter: bool,
    /// What an empty cell says.
    pub empty: &'static str,
    /// Left out of exports (a computed verdict that cannot be imported back).
    pub screen_only: bool,
    /// The id bound where [`FIELD`] stands in `sql`: a column that people defined.
    pub bound: Option<uuid::Uuid>,
}

/// Stands in the expression of a column for the id it is bound to.
pub const FIELD: &str = "$field";

impl Column {
    /// A column of any kind, filterable, neither shown nor sortable.
    #[must_use]
    pub const fn new(
        key: &'static str,
        label: &'static str,
        sql: &'static str,
        kind: Kind,
    ) -> Self {
        Self {
            key,
            label,
            sql,
            kind,
            shown: false,
            opens: false,
            sort: None,
            filter: true,
            empty: "inconnu",
            screen_only: false,
            bound: None,
        }
    }
    /// A column that people defined: its id is bound where [`FIELD`] stands in the expression.
    #[must_use]
    pub const fn bound_to(mut self, field: uuid::Uuid) -> Self {
        self.bound = Some(field);
        self
    }
    /// May rows be gathered by it: what has few values, or names another record.
    #[must_use]
    pub const fn gathers(&self) -> bool {
        self.filter && matches!(self.kind, Kind::Choice(_) | Kind::Ref(_) | Kind::Bool)
    }
    /// Words.
    #[must_use]
    pub const fn text(key: &'static str, label: &'static str, sql: &'static str) -> Self {
        Self::new(key, label, sql, Kind::Text)
    }
    /// Serials, lots, versions.
    #[must_use]
    pub const fn mono(key: &'static str, label: &'static str, sql: &'static str) -> Self {
        Self::new(key, label, sql, Kind::Mono)
    }
    /// A day.
    #[must_use]
    pub const fn date(key: &'static str, label: &'static str, sql: &'static str) -> Self {
        Self::new(key, label, sql, Kind::Date)
    }
    /// An instant.
    #[must_use]
    pub const fn instant(key: &'static str, label: &'static str, sql: &'static str) -> Self {
        Self::new(key, label, sql, Kind::DateTime)
    }
    /// A whole number.
    #[must_use]
    pub const fn number(key: &'static str, label: &'static str, sql: &'static str) -> Self {
        Self::new(key, label, sql, Kind::Number)
    }
    /// A decimal number.
    #[must_use]
    pub const fn decimal(key: &'static str, label: &'static str, sql: &'static str) -> Self {
        Self::new(key, label, sql, Kind::Decimal)
    }
    /// Yes or no.
    #[must_use]
    pub const fn flag(key: &'static str, label: &'static str, sql: &'static str) -> Self {
        Self::new(key, label, sql, Kind::Bool)
    }
    /// One of a closed list.
    #[must_use]
    pub const fn choice(
        key: &'static str,
        label: &'static str,
        sql: &'static str,
        choices: &'static [Choice],
    ) -> Self {
        Self::new(key, label, sql, Kind::Choice(choices))
    }
    /// Another record.
    #[must_use]
    pub const fn reference(
        key: &'static str,
        label: &'static str,
        sql: &'static str,
        to: Reference,
    ) -> Self {
        Self::new(key, label, sql, Kind::Ref(to))
    }
    /// Shown by default.
    #[must_use]
    pub const fn shown(mut self) -> Self {
        self.shown = true;
        self
    }
    /// Links to the record itself.
    #[must_use]
    pub const fn opens(mut self) -> Self {
        self.opens = true;
        self
    }
    /// Sortable by this not null expression.
    #[must_use]
    pub const fn sorted(mut self, sql: &'static str, kind: SortType) -> Self {
        self.sort = Some((sql, kind));
        self
    }
    /// Not filterable.
    #[must_use]
    pub const fn unfiltered(mut self) -> Self {
        self.filter = false;
        self
    }
    /// What an empty cell says, when « inconnu » is not the truth.
    #[must_use]
    pub const fn when_empty(mut self, word: &'static str) -> Self {
        self.empty = word;
        self
    }
    /// Left out of exports.
    #[must_use]
    pub const fn screen_only(mut self) -> Self {
        self.screen_only = true;
        self
    }
    /// The operators a filter on this column accepts, the most natural first.
    #[must_use]
    pub const fn operators(&self) -> &'static [Op] {
        if !self.filter {
            return &[];
        }
        match self.kind {
            Kind::Text => &[
                Op::Has,
                Op::Is,
                Op::Not,
                Op::Starts,
                Op::In,
                Op::Empty,
                Op::Filled,
            ],
            Kind::Mono => &[
                Op::Is,
                Op::Has,
                Op::Starts,
                Op::In,
                Op::Not,
                Op::Empty,
                Op::Filled,
            ],
            Kind::Date | Kind::DateTime | Kind::Number | Kind::Decimal => &[
                Op::Is,
                Op::Min,
                Op::Max,
                Op::Between,
                Op::Not,
                Op::Empty,
                Op::Filled,
            ],
            Kind::Bool => &[Op::Is, Op::Empty, Op::Filled],
            Kind::Choice(_) => &[Op::In, Op::Is, Op::Not, Op::Empty, Op::Filled],
            Kind::Ref(_) => &[
                Op::Has,
                Op::Is,
                Op::In,
                Op::Not,
                Op::Starts,
                Op::Empty,
                Op::Filled,
            ],
        }
    }
}

/// What a filter may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Equal.
    Is,
    /// Different, or nothing.
    Not,
    /// Contains.
    Has,
    /// Starts with.
    Starts,
    /// One of a list.
    In,
    /// No value.
    Empty,
    /// Some value.
    Filled,
    /// At least.
    Min,
    /// At most.
    Max,
    /// From … to, both included.
    Between,
}

impl Op {
    /// All operators.
    pub const ALL: [Self; 10] = [
        Self::Is,
        Self::Not,
        Self::Has,
        Self::Starts,
        Self::In,
        Self::Empty,
        Self::Filled,
        Self::Min,
        Self::Max,
        Self::Between,
    ];
    /// The word in URLs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::Not => "not",
            Self::Has => "has",
            Self::Starts => "starts",
            Self::In => "in",
            Self::Empty => "empty",
            Self::Filled => "filled",
            Self::Min => "min",
            Self::Max => "max",
            Self::Between => "between",
        }
    }
    /// The operator of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.code() == code)
    }
    /// What people read.
    #[must_use]
    pub const fn label(self, kind: &Kind) -> &'static str {
        let day = matches!(kind, Kind::Date | Kind::DateTime);
        match self {
            Self::Is if day => "le",
            Self::Is => "est",
            Self::Not if day => "autre que le",
            Self::Not => "n’est pas",
            Self::Has => "contient",
            Self::Starts => "commence par",
            Self::In => "parmi",
            Self::Empty => "non renseigné",
            Self::Filled => "renseigné",
            Self::Min if day => "à partir du",
            Self::Min => "≥",
            Self::Max if day => "jusqu’au",
            Self::Max => "≤",
            Self::Between => "entre",
        }
    }
    /// Whether it takes a value at all.
    #[must_use]
    pub const fn takes_value(self) -> bool {
        !matches!(self, Self::Empty | Self::Filled)
    }
}

impl ListSpec {
    /// The column of that key.
    #[must_use]
    pub fn column(&'static self, key: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.key == key)
    }
    /// The column that shows this very column of the list's own table, if one does.
    #[must_use]
    pub fn column_of(&'static self, table: &str, name: &str) -> Option<&'static Column> {
        let mut words = self.from.split_whitespace();
        let (own, alias) = (words.next()?, words.next()?);
        (own == table).then_some(())?;
        self.columns
            .iter()
            .find(|column| column.sql.split_once('.') == Some((alias, name)))
    }
    /// Where records live, without their id.
    #[must_use]
    pub fn record_path(&self) -> &'static str {
        self.record.unwrap_or(self.path)
    }
    /// The default sort column, with its expression.
    #[must_use]
    pub fn default_column(&'static self) -> Option<&'static Column> {
        self.column(self.default_sort.0)
            .filter(|column| column.sort.is_some())
    }
    /// What is wrong with the declaration; a house test wants none for every list.
    #[must_use]
    pub fn faults(&'static self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut keys = HashSet::new();
        let mut labels = HashSet::new();
        for column in self.columns {
            let key_is_plain = column
                .key
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit());
            if !key_is_plain || column.key.is_empty() || column.key == "all" {
                faults.push(format!(
                    "{}: the key « {} » is not a plain word",
                    self.name, column.key
                ));
            }
            if !keys.insert(column.key) {
                faults.push(format!(
                    "{}: the key « {} » is there twice",
                    self.name, column.key
                ));
            }
            if !labels.insert(column.label) {
                faults.push(format!(
                    "{}: the label « {} » is there twice",
                    self.name, column.label
                ));
            }
            if matches!(column.kind, Kind::Text | Kind::Ref(_))
                && let Some((sql, SortType::Text)) = column.sort
                && !sql.contains("collate")
            {
                faults.push(format!(
                    "{}: the sort of « {} » has no collation",
                    self.name, column.key
                ));
            }
            if let Kind::Choice(choices) = column.kind
                && choices.iter().any(|(code, ..)| code.is_empty())
            {
                faults.push(format!(
                    "{}: « {} » has an empty code",
                    self.name, column.key
                ));
            }
        }
        if !self.columns.iter().any(|column| column.shown) {
            faults.push(format!("{}: no column is shown", self.name));
        }
        if self.default_column().is_none() {
            faults.push(format!(
                "{}: the default sort « {} » is not sortable",
                self.name, self.default_sort.0
            ));
        }
        faults
    }
}
