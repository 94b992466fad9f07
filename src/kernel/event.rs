//! What a command did, in the words of the trade: the only thing `Tx::commit` accepts.

use serde_json::Value;
use uuid::Uuid;

/// Any object of the house, named from outside its room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The table's name: `device`, `unit`, `account`…
    pub kind: &'static str,
    /// Its id.
    pub id: Uuid,
    /// The establishment whose people may know of it; `None` for what the group shares.
    pub establishment: Option<Uuid>,
}

impl Subject {
    /// An object of one establishment.
    pub fn of(kind: &'static str, id: impl Into<Uuid>, establishment: impl Into<Uuid>) -> Self {
        Self {
            kind,
            id: id.into(),
            establishment: Some(establishment.into()),
        }
    }

    /// An object shared by the group.
    pub fn shared(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self {
            kind,
            id: id.into(),
            establishment: None,
        }
    }
}

/// One line of the timeline.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What happened, past tense: `device.moved`.
    pub kind: &'static str,
    /// To what.
    pub subject: Subject,
    /// The sentence people read, in French.
    pub summary: String,
    /// Facts for programs.
    pub data: Value,
}

/// What a command did. Dropping it is dropping the trace, hence `must_use`.
#[must_use = "only Tx::commit may take an event; without it the write is rolled back"]
#[derive(Clone, Debug)]
pub struct Event(pub(crate) Vec<Entry>);

impl Event {
    /// Something happened to `subject`.
    pub fn new(kind: &'static str, subject: Subject, summary: impl Into<String>) -> Self {
        Self(vec![Entry {
            kind,
            subject,
            summary: summary.into(),
            data: Value::Null,
        }])
    }

    /// Adds facts for programs.
    pub fn with(mut self, data: Value) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.data = data;
        }
        self
    }

    /// What else happened in the same transaction.
    pub fn and(mut self, other: Event) -> Self {
        self.0.extend(other.0);
        self
    }
}
