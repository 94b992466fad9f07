//! Whom the names of a file mean: makers, suppliers, owners, models, units, establishments. A name equal to a known one
//! once folded (accents, case, legal form) is known; any other is a proposal with its near names, and waits for a
//! decision. Nothing here touches the database: what is known comes in, what is meant comes out.

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

    fn establishments(
        &mut self,
        rows: &mut [Checked],
        meant: &mut [Meant],
        proposals: &mut Vec<Proposal>,
    ) {
        let mut seen: HashMap<String, Result<Option<Uuid>, usize>> = HashMap::new();
        for (index, row) in rows.iter_mut().enumerate().filter(|(_, row)| is_live(row)) {
            let Some(name) = row.get("establishment").map(str::to_owned) else {
                meant[index].establishment = Some(self.establishment);
                continue;
            };
            let key = names::plain(&name);
            let answer = match seen.get(&key) {
                Some(answer) => *answer,
                None => {
                    let answer = self.establishment(&name, &key, proposals);
                    seen.insert(key, answer);
                    answer
                }
            };
            match answer {
                Ok(Some(id)) => meant[index].establishment = Some(id),
                Ok(None) => row.remark(
                    Level::Reject,
                    "establishment",
                    "",
                    &name,
                    "aucun établissement ne peut porter ce nom",
                    "un n° FINESS, un code ou un nom d’établissement",
                ),
                Err(proposal) => {
                    proposals[proposal].row_count += 1;
                    settle(row, &proposals[proposal], "establishment", &name, |id| {
                        meant[index].establishment = Some(id)
                    });
                }
            }
        }
    }

    /// Known, impossible, or a proposal.
    fn establishment(
        &mut self,
        name: &str,
        key: &str,
        proposals: &mut Vec<Proposal>,
    ) -> Result<Option<Uuid>, usize> {
        let bare: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let known = self.registry.establishments.iter().find(|known| {
            known.code.eq_ignore_ascii_case(&bare)
                || known
                    .finess
                    .iter()
                    .any(|finess| finess.eq_ignore_ascii_case(&bare))
                || names::plain(&known.name) == key
        });
        if let Some(known) = known {
            return Ok(Some(known.id));
        }
        let is_finess = bare.len() == 9
            && bare.chars().all(|c| c.is_ascii_alphanumeric())
            && bare.chars().filter(char::is_ascii_digit).count() >= 8;
        if !is_finess && name.chars().filter(|c| c.is_alphabetic()).count() < 3 {
            return Ok(None);
        }
        let candidates: Vec<Known<Uuid>> = self
            .registry
            .establishments
            .iter()
            .map(|known| Known {
                id: known.id,
                name: known.name.clone(),
            })
            .collect();
        let near = names::nearest(name, &candidates, NEAR, names::nearness);
        let decision = self.decide(Kind::Establishment, key, &near);
        let finess = is_finess.then(|| bare.to_ascii_uppercase());
        proposals.push(Proposal {
            kind: Kind::Establishment,
            key: key.to_owned(),
            label: name.to_owned(),
            detail: json!({ "name": name, "finess": finess, "code": code_of(name, 20) }),
            row_count: 0,
            near,
            decision,
        });
        Err(proposals.len() - 1)
    }

    /// Resolves makers, suppliers and owners; gives, by key, the identifier of each that is settled.
    fn organisations(
        &mut self,
        rows: &mut [Checked],
        meant: &mut [Meant],
        proposals: &mut Vec<Proposal>,
    ) -> HashMap<String, Uuid> {
        const COLUMNS: [(&str, &str); 3] = [
            ("manufacturer", "manufacturer"),
            ("supplier", "supplier"),
            ("owner", "other"),
        ];
        let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
        for row in rows.iter_mut().filter(|row| is_live(row)) {
            // The establishment that owns its device needs no owner's name.
            if row.get("owner").is_some_and(|owner| {
                self.registry.establishments.iter().any(|known| {
                    names::plain(&known.name) == names::plain(owner)
                        || known.code.eq_ignore_ascii_case(owner)
                })
            }) {
                row.values.remove("owner");
            }
            for (column, role) in COLUMNS {
                if let Some(name) = row.get(column) {
                    let entry = gathered.entry(names::company_key(name)).or_default();
                    *entry.spellings.entry(name.to_owned()).or_default() += 1;
                    entry.count += 1;
                    if !entry.roles.contains(&role) {
                        entry.roles.push(role);
                    }
                }
            }
        }
        let mut by_plain: HashMap<String, Uuid> = HashMap::new();
        let mut by_key: HashMap<String, Uuid> = HashMap::new();
        for known in &self.registry.organisations {
            by_plain
                .entry(names::plain(&known.name))
                .or_insert(known.id);
            by_key
                .entry(names::company_key(&known.name))
                .or_insert(known.id);
        }
        let mut settled: HashMap<String, Uuid> = HashMap::new();
        let mut waiting: HashMap<String, usize> = HashMap::new();
        for (key, group) in gathered {
            let known = group
                .spellings
                .keys()
                .find_map(|name| by_plain.get(&names::plain(name)))
                .or_else(|| by_key.get(&key));
            if let Some(id) = known {
                settled.insert(key, *id);
                continue;
            }
            let label = group.label();
            let near = names::nearest(
                &label,
                &self.registry.organisations,
                NEAR,
                names::company_nearness,
            );
            let decision = self.decide(Kind::Organisation, &key, &near);
            if let Some(Decision::Create(id) | Decision::Use(id)) = decision {
                settled.insert(key.clone(), id);
            }
            waiting.insert(key.clone(), proposals.len());
            let spellings: Vec<&String> = group
                .spellings
                .keys()
                .filter(|name| **name != label)
                .collect();
            let detail = json!({ "name": label, "roles": group.roles, "spellings": spellings });
            proposals.push(Proposal {
                kind: Kind::Organisation,
                key,
                label,
                detail,
                row_count: group.count,
                near,
                decision,
            });
        }
        for (index, row) in rows.iter_mut().enumerate().filter(|(_, row)| is_live(row)) {
            for (column, _) in COLUMNS {
                let Some(name) = row.get(column).map(str::to_owned) else {
                    continue;
                };
                let key = names::company_key(&name);
                match settled.get(&key) {
                    Some(id) => match column {
                        "supplier" => meant[index].supplier = Some(*id),
                        "owner" => meant[index].owner = Some(*id),
                        _ => {}
                    },
                    None => wait(row, Kind::Organisation, column, &name),
                }
            }
        }
        settled
    }

    fn units(&mut self, rows: &mut [Checked], meant: &mut [Meant], proposals: &mut Vec<Proposal>) {
        let mut by_code: HashMap<(Uuid, String), Uuid> = HashMap::new();
        let mut by_name: HashMap<(Uuid, String), Uuid> = HashMap::new();
        for unit in &self.registry.units {
            by_code
                .entry((unit.establishment_id, names::plain(&unit.code)))
                .or_insert(unit.id);
            by_name
                .entry((unit.establishment_id, names::plain(&unit.name)))
                .or_insert(unit.id);
        }
        let mut rooms: HashMap<(Uuid, String), Uuid> = HashMap::new();
        for room in &self.registry.rooms {
            rooms
                .entry((room.establishment_id, names::plain(&room.code)))
                .or_insert(room.id);
            rooms
                .entry((room.establishment_id, names::plain(&room.name)))
                .or_insert(room.id);
        }
        // Units that carry a code come first: a line that only gives their name means them.
        let mut coded: HashMap<(Uuid, String), String> = HashMap::new();
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| is_live(row)) {
            if let (Some(place), Some(code), Some(name)) = (
                meant[index].establishment,
                row.get("unit_code"),
                row.get("unit_name"),
            ) {
                coded
                    .entry((place, names::plain(name)))
                    .or_insert_with(|| code.to_owned());
            }
        }
        let mut waiting: HashMap<String, usize> = HashMap::new();
        for index in 0..rows.len() {
            let row = &mut rows[index];
            let Some(place) = meant[index].establishment.filter(|_| is_live(row)) else {
                continue;
            };
            if let Some(room) = row.get("room") {
                match rooms.get(&(place, names::plain(room))) {
                    Some(id) => meant[index].room = Some(*id),
                    None => {
                        let room = room.to_owned();
                        row.values.insert("place_detail".to_owned(), room.into());
                    }
                }
            }
            let name = row.get("unit_name").map(str::to_owned);
            let code = row
                .get("unit_code")
                .map(str::to_owned)
                .or_else(|| coded.get(&(place, names::plain(name.as_deref()?))).cloned());
            let known = code
                .as_ref()
                .and_then(|code| by_code.get(&(place, names::plain(code))))
                .or_else(|| {
                    if code.is_none() {
                        by_name.get(&(place, names::plain(name.as_deref()?)))
                    } else {
                        None
                    }
                });
            // A code that is a name, or a name that is a code: spreadsheets mix them.
            let known = known
                .or_else(|| {
                    name.as_ref()
                        .filter(|_| code.is_none())
                        .and_then(|name| by_code.get(&(place, names::plain(name))))
                })
                .or_else(|| {
                    code.as_ref()
                        .and_then(|code| by_name.get(&(place, names::plain(code))))
                });
            let shown = match (&code, &name) {
                (Some(code), Some(name)) => format!("{code} {name}"),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => continue,
            };
            if let Some(id) = known {
                meant[index].unit = Some(*id);
                continue;
            }
            let key = match (&code, &name) {
                (Some(code), _) => format!("{place}|c|{}", names::plain(code)),
                (None, name) => format!(
                    "{place}|n|{}",
                    names::plain(name.as_deref().unwrap_or_default())
                ),
            };
            let at = match waiting.get(&key) {
                Some(at) => *at,
                None => {
                    let candidates: Vec<Known<Uuid>> = self
                        .registry
                        .units
                        .iter()
                        .filter(|unit| unit.establishment_id == place)
                        .map(|unit| Known {
                            id: unit.id,
                            name: unit.name.clone(),
                        })
                        .collect();
                    let near = name
                        .as_ref()
                        .map(|name| names::nearest(name, &candidates, NEAR, names::nearness))
                        .unwrap_or_default();
                    // Another code is another unit, however alike the names.
                    let decision = if code.is_some() {
                        self.decide(Kind::Unit, &key, &[])
                    } else {
                        self.decide(Kind::Unit, &key, &near)
                    };
                    let detail = json!({ "establishment_id": place, "code": code.clone().unwrap_or_else(|| code_of(name.as_deref().unwrap_or_default(), 16)), "name": name.clone().or(code.clone()), "department": row.get("department"), "site": row.get("site") });
                    proposals.push(Proposal {
                        kind: Kind::Unit,
                        key: key.clone(),
                        label: shown.clone(),
                        detail,
                        row_count: 0,
                        near,
                        decision,
                    });
                    waiting.insert(key, proposals.len() - 1);
                    proposals.len() - 1
                }
            };
            proposals[at].row_count += 1;
            settle(row, &proposals[at], "unit_name", &shown, |id| {
                meant[index].unit = Some(id)
            });
        }
    }

    fn models(
        &mut self,
        rows: &mut [Checked],
        meant: &mut [Meant],
        organisations: &HashMap<String, Uuid>,
        proposals: &mut Vec<Proposal>,
    ) {
        let mut known: HashMap<(Option<Uuid>, String, String), &KnownModel> = HashMap::new();
        let mut by_reference: HashMap<(Option<Uuid>, String), Vec<&KnownModel>> = HashMap::new();
        let mut by_name: HashMap<(Option<Uuid>, String), Vec<&KnownModel>> = HashMap::new();
        for model in &self.registry.models {
            let name = model
                .trade_name
                .as_deref()
                .or(model.common_name.as_deref())
                .map(names::plain)
                .unwrap_or_default();
            let reference = model
                .reference
                .as_deref()
                .map(names::plain)
                .unwrap_or_default();
            by_name
                .entry((model.manufacturer_id, name.clone()))
                .or_default()
                .push(model);
            if !reference.is_empty() {
                by_reference
                    .entry((model.manufacturer_id, reference.clone()))
                    .or_default()
                    .push(model);
            }
            known
                .entry((model.manufacturer_id, name, reference))
                .or_insert(model);
        }
        let mut groups: BTreeMap<String, Gathered> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate().filter(|(_, row)| is_live(row)) {
            let entry = groups.entry(model_key(row)).or_insert_with(|| Gathered {
                first: index,
                ..Gathered::default()
            });
            entry.count += 1;
            if let Some(common) = row.get("common_name") {
                *entry.spellings.entry(common.to_owned()).or_default() += 1;
            }
        }
        let mut answers: HashMap<String, Result<(Uuid, Option<String>), usize>> = HashMap::new();
        for (key, group) in groups {
            let row = &rows[group.first];
            let maker = row
                .get("manufacturer")
                .and_then(|name| organisations.get(&names::company_key(name)))
                .copied();
            let name = row
                .get("trade_name")
                .or(row.get("common_name"))
                .map(names::plain)
                .unwrap_or_default();
            let reference = row.get("reference").map(names::plain).unwrap_or_default();
            let only = |found: Option<&Vec<&'_ KnownModel>>| match found.map(Vec::as_slice) {
                Some([one]) => Some((*one).clone()),
                _ => None,
            };
            let found = known
                .get(&(maker, name.clone(), reference.clone()))
                .map(|model| (*model).clone())
                .or_else(|| {
                    if reference.is_empty() {
                        only(by_name.get(&(maker, name.clone())))
                    } else {
                        None
                    }
                })
                .or_else(|| {
                    if !reference.is_empty() && row.get("trade_name").is_none() {
                        only(by_reference.get(&(maker, reference.clone())))
                    } else {
                        None
                    }
                });
            // A line that names no maker means the one model of that name, if there is only one.
            let found = found.or_else(|| {
                let mut same = self.registry.models.iter().filter(|model| {
                    let known = model.trade_name.as_deref().or(model.common_name.as_deref());
                    known.map(names::plain).as_deref() == Some(name.as_str())
                });
                let one = same.next().filter(|_| row.get("manufacturer").is_none() && !name.is_empty());
                one.filter(|_| same.next().is_none()).cloned()
            });
            // A maker that waits for a decision cannot have models yet.
            let maker_waits = row.get("manufacturer").is_some() && maker.is_none();
            if let Some(model) = found.filter(|_| !maker_waits) {
                answers.insert(key, Ok((model.id, model.common_name)));
                continue;
            }
            let written = [
                row.get("manufacturer"),
                row.get("trade_name").or(row.get("common_name")),
                row.get("reference"),
            ];
            let label = written.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let candidates: Vec<Known<Uuid>> = self
                .registry
                .models
                .iter()
                .filter(|model| model.manufacturer_id == maker)
                .filter_map(|model| {
                    Some(Known {
                        id: model.id,
                        name: model.trade_name.clone().or(model.common_name.clone())?,
                    })
                })
                .collect();
            let near = row
                .get("trade_name")
                .or(row.get("common_name"))
                .map(|name| names::nearest(name, &candidates, NEAR, names::nearness))
                .unwrap_or_default();
            let decision = if reference.is_empty() {
                self.decide(Kind::Model, &key, &near)
            } else {
                self.decide(Kind::Model, &key, &[])
            };
            let common = group.label();
            let codes: Vec<(String, String)> = row
                .values
                .iter()
                .filter_map(|(key, value)| {
                    Some((
                        key.strip_prefix("code_")?.to_owned(),
                        value.as_str()?.to_owned(),
                    ))
                })
                .collect();
            let detail = json!({
                "manufacturer_id": maker, "common_name": (!common.is_empty()).then_some(common), "trade_name": row.get("trade_name"), "reference": row.get("reference"),
                "regulation": row.get("regulation"), "risk_class": row.get("risk_class"), "codes": codes, "is_dmn": row.values.get("is_dmn"), "is_ai": row.values.get("is_ai"),
            });
            answers.insert(key.clone(), Err(proposals.len()));
            proposals.push(Proposal {
                kind: Kind::Model,
                key,
                label,
                detail,
                row_count: group.count,
                near,
                decision,
            });
        }
        for (index, row) in rows.iter_mut().enumerate() {
            if !is_live(row) {
                continue;
            }
            match answers.get(&model_key(row)) {
                Some(Ok((id, common))) => {
                    meant[index].model = Some(*id);
                    meant[index].model_common_name.clone_from(common);
                }
                Some(Err(at)) => {
                    let label = proposals[*at].label.clone();
                    let common = match proposals[*at].decision {
                        Some(Decision::Use(id)) => self
                            .registry
                            .models
                            .iter()
                            .find(|model| model.id == id)
                            .and_then(|model| model.common_name.clone()),
                        _ => proposals[*at].detail["common_name"]
                            .as_str()
                            .map(str::to_owned),
                    };
                    settle(row, &proposals[*at], "trade_name", &label, |id| {
                        meant[index].model = Some(id)
                    });
                    meant[index].model_common_name = common;
                }
                None => {}
            }
        }
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
