//! The plan of a run: what every line would become. It is made the same way for the dry run and for the commit; the dry
//! run then takes everything back but what it found.

use super::apply::{self, Act};
use super::commands::Steps;
use super::headers::Mapping;
use super::names;
use super::queries::{self, Sums};
use super::references::{Decision, Kind, Meant, Proposal, Resolver, class_fits};
use super::rows::{Checked, Level, Reading, Remark};
use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

use crate::inventory::catalogue::udi;
use crate::inventory::devices::{NumberPattern, label_code};
use crate::kernel::id;

/// What a plan needs to know of its run.
#[derive(Debug, Clone)]
pub struct Course {
    /// Establishment of the lines that name none.
    pub establishment_id: Uuid,
    /// Headers of the sheet.
    pub headers: Vec<String>,
    /// Which column feeds which field.
    pub mapping: Mapping,
    /// Whether every proposal is accepted.
    pub accepts_all: bool,
    /// Establishments the person may import into; nothing = all of them.
    pub allowed: Option<Vec<Uuid>>,
    /// The day, which places two-digit years.
    pub today: NaiveDate,
}

/// Whether what a plan does to the registry stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Taken back; only what was found is kept.
    DryRun,
    /// Stays.
    Commit,
}

/// What a plan came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Lines by outcome.
    pub sums: Sums,
    /// Digest of what is done: two plans with the same digest do the same.
    pub digest: Vec<u8>,
}

/// Columns of the file that name something rather than give a value of the device.
const NAMES: &[&str] = &[
    "manufacturer",
    "supplier",
    "owner",
    "common_name",
    "trade_name",
    "reference",
    "regulation",
    "risk_class",
    "unit_code",
    "unit_name",
    "department",
    "site",
    "room",
    "establishment",
    "code_umdns",
    "code_emdn",
    "code_gmdn",
    "code_cneh",
    "code_cladimed",
    "code_lpp",
    "is_dmn",
    "is_ai",
    "parent",
    "udi",
];

/// Plans a run whose lines are staged, and does it.
pub async fn run(
    conn: &mut PgConnection,
    act: &Act,
    course: &Course,
    mode: Mode,
    steps: &Steps,
) -> sqlx::Result<Plan> {
    let lines = queries::lines(&mut *conn, act.run_id).await?;
    let registry = queries::registry(&mut *conn).await?;
    let decided = queries::decided(&mut *conn, act.run_id).await?;
    let mut rows = Reading {
        headers: &course.headers,
        mapping: &course.mapping,
        today: course.today,
    }
    .read(&lines);
    let (meant, proposals) = Resolver {
        registry: &registry,
        decided,
        accept_all: course.accepts_all,
        establishment: course.establishment_id,
        fresh: id::fresh,
    }
    .resolve(&mut rows);
    steps.step();
    refuse_elsewhere(&mut rows, &meant, course);
    refuse_merged(&mut rows, &meant);
    keep_proposals(&mut *conn, act, &proposals).await?;
    steps.step();
    stage(&mut *conn, act, course, &rows, &meant).await?;
    steps.step();
    apply::compare(&mut *conn, act.run_id).await?;
    steps.step();
    number(&mut *conn, act.run_id, course.today.year()).await?;
    let (sums, digest) = queries::sums(&mut *conn, act.run_id).await?;
    steps.step();
    match mode {
        Mode::Commit => apply::apply(&mut *conn, act).await?,
        Mode::DryRun => {
            sqlx::query!("savepoint dry_run")
                .execute(&mut *conn)
                .await?;
            apply::apply(&mut *conn, act).await?;
            // What only the end of a transaction checks is checked now.
            sqlx::query!("set constraints all immediate")
                .execute(&mut *conn)
                .await?;
            sqlx::query!("rollback to savepoint dry_run")
                .execute(&mut *conn)
                .await?;
        }
    }
    steps.step();
    Ok(Plan { sums, digest })
}

/// A line may name an establishment where the person has no right.
fn refuse_elsewhere(rows: &mut [Checked], meant: &[Meant], course: &Course) {
    let Some(allowed) = &course.allowed else {
        return;
    };
    for (row, meant) in rows.iter_mut().zip(meant) {
        if let Some(place) = meant.establishment.filter(|place| !allowed.contains(place)) {
            let name = row
                .get("establishment")
                .map_or_else(|| place.to_string(), str::to_owned);
            row.remark(
                Level::Reject,
                "establishment",
                "",
                &name,
                "vous n’avez pas le droit d’importer dans cet établissement",
                "un établissement de votre périmètre",
            );
        }
    }
}

/// Lines whose keys only meet once names are resolved (an establishment under its code and under its name).
fn refuse_merged(rows: &mut [Checked], meant: &[Meant]) {
    let mut seen: HashMap<(Uuid, String), u32> = HashMap::new();
    for (row, meant) in rows.iter_mut().zip(meant) {
        if row.is_rejected() || row.same_as.is_some() {
            continue;
        }
        if let (Some(place), Some(number)) = (meant.establishment, row.get("inventory_number")) {
            let key = (place, number.to_owned());
            if let Some(first) = seen.get(&key) {
                let (first, value) = (*first, key.1);
                row.remark(
                    Level::Reject,
                    "inventory_number",
                    "",
                    &value,
                    format!(
                        "même n° d’inventaire que la ligne {first}, dans le même établissement"
                    ),
                    "une seule ligne par équipement",
                );
            } else {
                seen.insert(key, row.number);
            }
        }
    }
}

/// Proposals are written afresh at each plan; the decisions and the identifiers they reserved stay.
async fn keep_proposals(
    conn: &mut PgConnection,
    act: &Act,
    proposals: &[Proposal],
) -> sqlx::Result<()> {
    sqlx::query!("delete from import_reference where run_id = $1", act.run_id)
        .execute(&mut *conn)
        .await?;
    let (
        mut kinds,
        mut keys,
        mut labels,
        mut details,
        mut counts,
        mut nears,
        mut decisions,
        mut resolved,
    ) = (
        vec![],
        vec![],
        vec![],
        vec![],
        vec![],
        vec![],
        vec![],
        vec![],
    );
    for proposal in proposals {
        let mut detail = proposal.detail.clone();
        match proposal.kind {
            Kind::Organisation => {
                // Spellings that differ only by case or accents are one alias, and the name itself is none.
                let mut seen: HashSet<String> = HashSet::from([folded(&proposal.label)]);
                let spellings: Vec<String> = detail["spellings"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .filter(|name| seen.insert(folded(name)))
                    .map(str::to_owned)
                    .collect();
                let mut spellings = spellings;
                if let Some(Decision::Use(_)) = proposal.decision {
                    spellings.push(proposal.label.clone());
                }
                detail["alias_ids"] = spellings.iter().map(|_| id::fresh().to_string()).collect();
                detail["spellings"] = json!(spellings);
            }
            Kind::Model => {
                detail["class_fits"] = class_fits(
                    detail["regulation"].as_str(),
                    detail["risk_class"].as_str().unwrap_or_default(),
                )
                .into();
                let codes: Vec<Value> = detail["codes"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|code| json!([code[0], code[1], id::fresh(), id::fresh()]))
                    .collect();
                detail["codes"] = codes.into();
            }
            Kind::Unit | Kind::Establishment => {}
        }
        kinds.push(proposal.kind.code().to_owned());
        keys.push(proposal.key.clone());
        labels.push(proposal.label.clone());
        details.push(detail);
        counts.push(i32::try_from(proposal.row_count).unwrap_or(i32::MAX));
        nears.push(
            proposal
                .near
                .iter()
                .map(|near| json!({ "id": near.id, "name": near.name, "score": near.score }))
                .collect::<Value>(),
        );
        decisions.push(proposal.decision.map(|decision| match decision {
            Decision::Create(_) => "create".to_owned(),
            Decision::Use(_) => "use".to_owned(),
        }));
        resolved.push(proposal.decision.map(|decision| match decision {
            Decision::Create(id) | Decision::Use(id) => id,
        }));
    }
    sqlx::query!(
        "insert into import_reference (run_id, kind, key, label, detail, row_count, near, decision, resolved_id, decided_by, decided_at, is_new)
         select $1, p.kind, p.key, p.label, p.detail, p.row_count, p.near, p.decision, p.resolved_id,
                case when p.decision is not null then $10::uuid end, case when p.decision is not null then $11::timestamptz end, p.decision is not distinct from 'create'
         from unnest($2::text[], $3::text[], $4::text[], $5::jsonb[], $6::int[], $7::jsonb[], $8::text[], $9::uuid[])
             as p (kind, key, label, detail, row_count, near, decision, resolved_id)",
        act.run_id,
        &kinds,
        &keys,
        &labels,
        &details,
        &counts,
        &nears,
        &decisions as &[Option<String>],
        &resolved as &[Option<Uuid>],
        act.actor_id,
        act.now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// As `plain()` folds a name in the database.
fn folded(name: &str) -> String {
    names::plain(name).replace(' ', "")
}

/// Writes what each line gives, under the names of the columns of a device.
async fn stage(
    conn: &mut PgConnection,
    act: &Act,
    course: &Course,
    rows: &[Checked],
    meant: &[Meant],
) -> sqlx::Result<()> {
    let (mut numbers, mut given, mut remarks, mut outcomes, mut same) =
        (vec![], vec![], vec![], vec![], vec![]);
    for (row, meant) in rows.iter().zip(meant) {
        let live = !row.is_rejected() && row.same_as.is_none();
        numbers.push(row.number.cast_signed());
        given.push(if live {
            Value::Object(columns(row, meant, course.today))
        } else {
            Value::Object(row.values.clone())
        });
        remarks
            .push(serde_json::to_value(&row.remarks).unwrap_or_else(|_| Value::Array(Vec::new())));
        outcomes.push(row.is_rejected().then(|| "rejected".to_owned()));
        same.push(
            row.same_as
                .filter(|_| !row.is_rejected())
                .map(u32::cast_signed),
        );
    }
    sqlx::query!(
        "update import_row r
         set given = s.given, remarks = s.remarks, outcome = s.outcome, same_as = s.same_as, device_id = null, changes = null, undone = null
         from unnest($2::int[], $3::jsonb[], $4::jsonb[], $5::text[], $6::int[]) as s (number, given, remarks, outcome, same_as)
         where r.run_id = $1 and r.number = s.number",
        act.run_id,
        &numbers,
        &given,
        &remarks,
        &outcomes as &[Option<String>],
        &same as &[Option<i32>]
    )
    .execute(&mut *conn)
    .await?;
    Ok(())
}

fn columns(row: &Checked, meant: &Meant, today: NaiveDate) -> Map<String, Value> {
    let mut given: Map<String, Value> = row
        .values
        .iter()
        .filter(|(key, _)| !NAMES.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            given.insert(key.to_owned(), value);
        }
    };
    put("id", Some(json!(id::fresh())));
    put("event_id", Some(json!(id::fresh())));
    put("change_id", Some(json!(id::fresh())));
    put("undo_id", Some(json!(id::fresh())));
    put("label_code", Some(label().into()));
    put("establishment_id", meant.establishment.map(|id| json!(id)));
    put("model_id", meant.model.map(|id| json!(id)));
    put("supplier_id", meant.supplier.map(|id| json!(id)));
    put("owner_id", meant.owner.map(|id| json!(id)));
    put("unit_id", meant.unit.map(|id| json!(id)));
    put("room_id", meant.room.map(|id| json!(id)));
    put("parent_number", row.get("parent").map(Into::into));
    if let Some(raw) = row.get("udi") {
        let read = udi::parse(raw, today);
        put("udi_text", Some(raw.into()));
        put("udi_issuer", read.issuer.map(|issuer| issuer.code().into()));
        put("udi_di", read.di.as_ref().map(|di| di.value.clone().into()));
        put(
            "udi_status",
            Some(
                match read.status {
                    udi::Status::Parsed if read.warnings.is_empty() => "understood",
                    udi::Status::Parsed => "warnings",
                    udi::Status::Ambiguous => "ambiguous",
                    udi::Status::Unparsed(_) => "not_understood",
                }
                .into(),
            ),
        );
        put(
            "udi_parser_version",
            Some(udi::PARSER_VERSION.to_string().into()),
        );
        put("udi_understood", serde_json::to_value(&read).ok());
    }
    if let (None, Some(site)) = (meant.unit, row.get("site")) {
        let place = row
            .get("place_detail")
            .map_or_else(|| site.to_owned(), |room| format!("{site} — {room}"));
        put("place_detail", Some(place.into()));
    }
    // A name that is not the model's is what people here call this device.
    if let (Some(ours), None) = (row.get("common_name"), row.get("local_name"))
        && row.get("trade_name").is_some()
        && meant.model_common_name.as_deref().map(names::plain) != Some(names::plain(ours))
    {
        put("local_name", Some(ours.into()));
    }
    match row.get("state") {
        Some(_) => put("state_is_given", Some(true.into())),
        None => put("state", Some("in_service".into())),
    }
    if ["mac", "ip", "vlan", "host_name"]
        .iter()
        .any(|key| row.get(key).is_some())
    {
        put("interface_id", Some(json!(id::fresh())));
    }
    if row.get("software_version").is_some() {
        put("software_id", Some(json!(id::fresh())));
        put("software_line_id", Some(json!(id::fresh())));
    }
    let identifiers: Map<String, Value> = ["old_label", "old_system", "rfid", "dicom_ae"]
        .iter()
        .filter(|kind| row.get(kind).is_some())
        .map(|kind| ((*kind).to_owned(), json!(id::fresh())))
        .collect();
    if !identifiers.is_empty() {
        put("identifier_ids", Some(Value::Object(identifiers)));
    }
    given
}

/// Gives an inventory number to the devices that enter without one, after the pattern of their establishment, never one
/// that is taken.
async fn number(conn: &mut PgConnection, run_id: Uuid, year: i32) -> sqlx::Result<()> {
    let waiting = sqlx::query!(
        r#"select r.number, (r.given ->> 'establishment_id')::uuid as "establishment_id?", e.inventory_pattern as "inventory_pattern?"
           from import_row r
           left join establishment e on e.id = (r.given ->> 'establishment_id')::uuid
           where r.run_id = $1 and r.outcome = 'created' and not r.given ? 'inventory_number'
           order by r.number"#,
        run_id
    )
    .fetch_all(&mut *conn)
    .await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let taken = sqlx::query!(
        r#"select establishment_id as "establishment_id?", inventory_number as "inventory_number!" from device where annulled_at is null
           union all
           select (given ->> 'establishment_id')::uuid, given ->> 'inventory_number' from import_row where run_id = $1 and outcome = 'created' and given ? 'inventory_number'"#,
        run_id
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut taken: HashSet<(Option<Uuid>, String)> = taken
        .into_iter()
        .map(|row| (row.establishment_id, row.inventory_number))
        .collect();
    let (mut lines, mut numbers) = (Vec::new(), Vec::new());
    let mut last: HashMap<Option<Uuid>, i64> = HashMap::new();
    for line in waiting {
        let pattern = line
            .inventory_pattern
            .as_deref()
            .and_then(NumberPattern::parse)
            .unwrap_or_else(NumberPattern::of_the_house);
        let rank = last.entry(line.establishment_id).or_default();
        loop {
            *rank += 1;
            let number = pattern.number(*rank, year);
            if taken.insert((line.establishment_id, number.clone())) {
                lines.push(line.number);
                numbers.push(number);
                break;
            }
        }
    }
    sqlx::query!(
        "update import_row r
         set given = r.given || jsonb_build_object('inventory_number', n.number)
         from unnest($2::int[], $3::text[]) as n (line, number)
         where r.run_id = $1 and r.number = n.line",
        run_id,
        &lines,
        &numbers
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The eight characters of a new label.
fn label() -> String {
    let mut random = [0u8; 8];
    // Without randomness all labels would be the same, and the second be refused by its key: nothing false is stored.
    let _ = getrandom::fill(&mut random);
    label_code(random)
}

/// Remarks of a staged line.
pub fn remarks(stored: Option<&Value>) -> Vec<Remark> {
    stored
        .and_then(|value| serde_json::from_value(value.clone()).ok())
        .unwrap_or_default()
}
