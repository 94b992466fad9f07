//! Whom the names of a file mean: makers, suppliers, owners, models, units, establishments. A name equal to a known one
//! once folded (accents, case, legal form) is known; any other is a proposal with its near names, and waits for a
//! decision. Nothing here touches the database: what is known comes in, what is meant comes out.

mod catalogue;
mod organisations;
mod places;

use super::fields::field;
use super::names::{self, Known, Near};
use super::rows::{Checked, Level, model_key};
use super::words;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// From this nearness on, accepting everything means « it is that one » rather than « create it ».
const SAME: f64 = 0.95;
/// From this nearness on, a known name is shown beside a proposal.
const NEAR: f64 = 0.8;

/// What a name may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An establishment of the group.
    Establishment,
    /// A maker, supplier or owner.
    Organisation,
    /// A unit (UF).
    Unit,
    /// A model.
    Model,
}

impl Kind {
    /// Code in tables and addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Establishment => "establishment",
            Kind::Organisation => "organisation",
            Kind::Unit => "unit",
            Kind::Model => "model",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Kind> {
        [
            Kind::Establishment,
            Kind::Organisation,
            Kind::Unit,
            Kind::Model,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
    }

    /// French word.
    pub const fn label(self) -> &'static str {
        match self {
            Kind::Establishment => "établissement",
            Kind::Organisation => "fabricant ou fournisseur",
            Kind::Unit => "unité",
            Kind::Model => "modèle",
        }
    }
}

/// What was decided of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// A new one, under the identifier reserved for it.
    Create(Uuid),
    /// It is one we know.
    Use(Uuid),
}

/// A name that the registry did not know.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What it names.
    pub kind: Kind,
    /// What gathers the spellings of one name.
    pub key: String,
    /// The name, as most lines write it.
    pub label: String,
    /// What a new one would be made with.
    pub detail: Value,
    /// Lines that name it.
    pub row_count: usize,
    /// Known names near it, the nearest first.
    pub near: Vec<Near<Uuid>>,
    /// What was decided, if it was.
    pub decision: Option<Decision>,
}

/// An establishment known.
#[derive(Debug, Clone)]
pub struct KnownEstablishment {
    /// Identifier.
    pub id: Uuid,
    /// Our code.
    pub code: String,
    /// Name.
    pub name: String,
    /// FINESS numbers, geographic and legal.
    pub finess: Vec<String>,
}

/// A unit or a room known.
#[derive(Debug, Clone)]
pub struct KnownPlace {
    /// Identifier.
    pub id: Uuid,
    /// Where.
    pub establishment_id: Uuid,
    /// UF code, or code of the room.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A model known.
#[derive(Debug, Clone)]
pub struct KnownModel {
    /// Identifier.
    pub id: Uuid,
    /// Its maker.
    pub manufacturer_id: Option<Uuid>,
    /// Common name.
    pub common_name: Option<String>,
    /// Trade name.
    pub trade_name: Option<String>,
    /// Reference.
    pub reference: Option<String>,
}

/// What the registry knows.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// Establishments of the group.
    pub establishments: Vec<KnownEstablishment>,
    /// Names and aliases of organisations.
    pub organisations: Vec<Known<Uuid>>,
    /// Models of the group.
    pub models: Vec<KnownModel>,
    /// Units open.
    pub units: Vec<KnownPlace>,
    /// Rooms open.
    pub rooms: Vec<KnownPlace>,
}

/// Whom the names of one line mean.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meant {
    /// Where the device is registered.
    pub establishment: Option<Uuid>,
    /// Its model.
    pub model: Option<Uuid>,
    /// Common name of that model.
    pub model_common_name: Option<String>,
    /// Supplier.
    pub supplier: Option<Uuid>,
    /// Owner.
    pub owner: Option<Uuid>,
    /// Unit.
    pub unit: Option<Uuid>,
    /// Room.
    pub room: Option<Uuid>,
}

/// Resolves the names of all lines of a file.
pub struct Resolver<'a, F: FnMut() -> Uuid> {
    /// What is known.
    pub registry: &'a Registry,
    /// Decisions already taken, by kind and key.
    pub decided: HashMap<(Kind, String), Decision>,
    /// Whether every proposal is accepted.
    pub accept_all: bool,
    /// Establishment of the lines that name none.
    pub establishment: Uuid,
    /// Makes identifiers for what is accepted.
    pub fresh: F,
}

/// The lines that use one key, gathered before it is looked up.
#[derive(Default)]
struct Gathered {
    spellings: BTreeMap<String, usize>,
    roles: Vec<&'static str>,
    first: usize,
    count: usize,
}

impl Gathered {
    fn label(&self) -> String {
        // The commonest spelling; of equals, one that is not all capitals.
        let shouting = |name: &str| {
            name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase)
        };
        self.spellings
            .iter()
            .max_by_key(|(name, count)| (!shouting(name), **count))
            .map(|(name, _)| name.clone())
            .unwrap_or_default()
    }
}

impl<F: FnMut() -> Uuid> Resolver<'_, F> {
    /// Says whom each line means, adds to the lines what is not decided, and gives the proposals.
    pub fn resolve(&mut self, rows: &mut [Checked]) -> (Vec<Meant>, Vec<Proposal>) {
        let mut meant = vec![Meant::default(); rows.len()];
        let mut proposals = Vec::new();
        self.establishments(rows, &mut meant, &mut proposals);
        let organisations = self.organisations(rows, &mut meant, &mut proposals);
        self.units(rows, &mut meant, &mut proposals);
        self.models(rows, &mut meant, &organisations, &mut proposals);
        (meant, proposals)
    }

    fn decide(&mut self, kind: Kind, key: &str, near: &[Near<Uuid>]) -> Option<Decision> {
        if let Some(decision) = self.decided.get(&(kind, key.to_owned())) {
            return Some(*decision);
        }
        if !self.accept_all {
            return None;
        }
        Some(match near.first() {
            Some(known) if known.score >= SAME => Decision::Use(known.id),
            _ => Decision::Create((self.fresh)()),
        })
    }
}

/// A line still on its way: not rejected by itself, no repetition. Lines that wait for a decision stay on their way, so
/// that all their decisions are asked at once.
fn is_live(row: &Checked) -> bool {
    row.same_as.is_none()
        && !row
            .remarks
            .iter()
            .any(|remark| remark.level == Level::Reject && !remark.expected.starts_with(DECISION))
}

/// What a line that waits expects.
pub const DECISION: &str = "une décision";

fn wait(row: &mut Checked, kind: Kind, column: &str, name: &str) {
    let label = field(column).map_or(kind.label(), |field| field.label);
    let expected = format!("{DECISION} : en créer un, ou dire lequel c’est");
    row.remark(
        Level::Reject,
        column,
        "",
        name,
        format!("{label} inconnu : « {name} »"),
        &expected,
    );
}

fn settle(
    row: &mut Checked,
    proposal: &Proposal,
    column: &str,
    name: &str,
    give: impl FnOnce(Uuid),
) {
    match proposal.decision {
        Some(Decision::Create(id) | Decision::Use(id)) => give(id),
        None => wait(row, proposal.kind, column, name),
    }
}

/// A code made of a name: capitals and digits, words joined by a dash.
fn code_of(name: &str, most: usize) -> String {
    let code: String = names::plain(name)
        .to_uppercase()
        .replace(' ', "-")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(most)
        .collect();
    let code = code.trim_matches('-').to_owned();
    if code.chars().count() < 2 {
        format!("X{code}1")
    } else {
        code
    }
}

/// Whether a class can be stored with its regulation; otherwise it is kept as stated.
pub fn class_fits(regulation: Option<&str>, class: &str) -> bool {
    let Some(class) = words::class(class) else {
        return false;
    };
    match regulation {
        Some("mdr" | "mdd") => matches!(class, "I" | "IIa" | "IIb" | "III"),
        Some("ivdr") => matches!(class, "A" | "B" | "C" | "D"),
        _ => false,
    }
}
