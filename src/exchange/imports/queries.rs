//! What an import reads: what the registry knows, the lines staged, the decisions taken.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::commands::RunId;
use super::headers::{Mapping, Target};
use super::names::Known;
use super::references::{Decision, Kind, KnownEstablishment, KnownModel, KnownPlace, Registry};
use super::rows::{Level, Remark};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Place, Placed, Scope};
use crate::accounts::actions::{Action, ImportDevices};
use crate::kernel::page::Tone;
use crate::kernel::{Error, Result};
use crate::platform::sheet::Row;
use crate::shell::domain::{Boxed, HomeBlock, HomeLine, Named};

/// Everything a name of a file may mean.
pub(super) async fn registry(conn: &mut PgConnection) -> sqlx::Result<Registry> {
    let establishments = sqlx::query!("select id, code, name, finess_geographic, finess_legal from establishment where closed_on is null order by code")
        .fetch_all(&mut *conn)
        .await?
        .into_iter()
        .map(|row| KnownEstablishment { id: row.id, code: row.code, name: row.name, finess: row.finess_geographic.into_iter().chain(row.finess_legal).collect() })
        .collect();
    let organisations = sqlx::query!(
        r#"select id as "id!", name as "name!" from (
               select id, name from organisation where merged_into_id is null
               union all
               select organisation_id, name from organisation_alias
           ) known
           order by id, name"#
    )
    .fetch_all(&mut *conn)
    .await?
    .into_iter()
    .map(|row| Known {
        id: row.id,
        name: row.name,
    })
    .collect();
    let models = sqlx::query_as!(KnownModel, r#"select coalesce(merged_into_id, id) as "id!", manufacturer_id, common_name, trade_name, reference from device_model order by merged_into_id nulls first, id"#).fetch_all(&mut *conn).await?;
    let units = sqlx::query_as!(KnownPlace, "select id, establishment_id, uf_code as code, name from unit where closed_on is null order by id").fetch_all(&mut *conn).await?;
    let rooms = sqlx::query_as!(
        KnownPlace,
        "select id, establishment_id, code, name from room where closed_on is null order by id"
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(Registry {
        establishments,
        organisations,
        models,
        units,
        rooms,
    })
}

/// The lines of a run, as read or corrected.
pub(super) async fn lines(conn: &mut PgConnection, run_id: Uuid) -> sqlx::Result<Vec<Row>> {
    Ok(sqlx::query!(
        "select number, cells from import_row where run_id = $1 order by number",
        run_id
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|row| Row {
        number: row.number.unsigned_abs(),
        cells: row.cells,
    })
    .collect())
}

/// Decisions already taken on the proposals of a run.
pub(super) async fn decided(
    conn: &mut PgConnection,
    run_id: Uuid,
) -> sqlx::Result<HashMap<(Kind, String), Decision>> {
    let rows = sqlx::query!(
        r#"select kind, key, decision as "decision!", resolved_id as "resolved_id!"
           from import_reference
           where run_id = $1 and decision is not null and resolved_id is not null"#,
        run_id
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let decision = if row.decision == "create" {
                Decision::Create(row.resolved_id)
            } else {
                Decision::Use(row.resolved_id)
            };
            Some(((Kind::from_code(&row.kind)?, row.key), decision))
        })
        .collect())
}

/// How many lines of each outcome: read, created, updated, unchanged, rejected; and proposals without a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ImportSums)]
pub struct Sums {
    /// Lines of the file.
    pub read: i64,
    /// Devices entered.
    pub created: i64,
    /// Devices changed.
    pub updated: i64,
    /// Lines that bring nothing new.
    pub unchanged: i64,
    /// Lines refused.
    pub rejected: i64,
    /// Proposals that wait for a decision.
    #[serde(skip)]
    pub pending: i64,
}

/// Counts the outcomes of a run, and digests what it would do.
pub(super) async fn sums(conn: &mut PgConnection, run_id: Uuid) -> sqlx::Result<(Sums, Vec<u8>)> {
    let row = sqlx::query!(
        r#"select count(*) as "read!",
                  count(*) filter (where outcome = 'created') as "created!",
                  count(*) filter (where outcome = 'updated') as "updated!",
                  count(*) filter (where outcome = 'unchanged') as "unchanged!",
                  count(*) filter (where outcome = 'rejected') as "rejected!",
                  (select count(*) from import_reference where run_id = $1 and decision is null) as "pending!",
                  sha256(convert_to(coalesce(string_agg(concat_ws('|', number, outcome, case when outcome in ('updated', 'unchanged') and same_as is null then device_id end, changes), e'\n' order by number), ''), 'UTF8')) as "digest!"
           from import_row
           where run_id = $1"#,
        run_id
    )
    .fetch_one(conn)
    .await?;
    let sums = Sums {
        read: row.read,
        created: row.created,
        updated: row.updated,
        unchanged: row.unchanged,
        rejected: row.rejected,
        pending: row.pending,
    };
    Ok((sums, row.digest))
}

/// A run, as its pages and jobs need it.
#[derive(Debug, Clone)]
pub struct Run {
    /// Identifier.
    pub id: RunId,
    /// Where its devices are registered.
    pub establishment_id: EstablishmentId,
    /// Name of that establishment.
    pub establishment: String,
    /// Its time zone.
    pub time_zone: String,
    /// The source its mapping is saved under.
    pub source: Option<String>,
    /// Name of the file.
    pub file_name: String,
    /// Encoding, or kind of workbook.
    pub encoding: String,
    /// Separator of a delimited text.
    pub separator: Option<String>,
    /// Name of the sheet.
    pub sheet_name: String,
    /// Line of the header.
    pub header_row: i32,
    /// Headers.
    pub headers: Vec<String>,
    /// What the reader said.
    pub warnings: Vec<String>,
    /// Which column feeds which field.
    pub mapping: Mapping,
    /// Whether every proposal is accepted.
    pub accepts_all: bool,
    /// Where it stands.
    pub state: String,
    /// Lines by outcome at the last plan.
    pub sums: Sums,
    /// Digest of the last plan.
    pub plan_hash: Option<Vec<u8>>,
    /// Why it stopped.
    pub error: Option<String>,
    /// The job that works on it.
    pub job_id: Option<Uuid>,
    /// When it was staged.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: Option<String>,
    /// When it was committed.
    pub committed_at: Option<DateTime<Utc>>,
    /// Until when it can be taken back.
    pub undo_before: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
}

impl Run {
    /// The day it is where the devices are.
    pub fn local_day(&self, now: DateTime<Utc>) -> NaiveDate {
        let zone = self.time_zone.parse().unwrap_or(chrono_tz::Europe::Paris);
        crate::kernel::clock::local_day(now, zone)
    }
}

impl Placed for Run {
    fn place(&self) -> Place {
        Place::establishment(self.establishment_id)
    }
}

/// The run of this id, where the caller may see it.
pub async fn find(conn: &mut PgConnection, scope: &Scope, id: RunId) -> Result<Run> {
    let row = sqlx::query!(
        r#"select r.id, r.establishment_id, e.name as establishment, e.time_zone, r.source, r.file_name, r.encoding, r.separator, r.sheet_name, r.header_row, r.headers, r.warnings,
                  r.mapping, r.accepts_all, r.state, r.read_count, r.created_count, r.updated_count, r.unchanged_count, r.rejected_count, r.pending_count,
                  r.plan_hash, r.error, r.job_id, r.created_at, a.display_name as "created_by?", r.committed_at, r.undo_before, r.undone_at
           from import_run r
           join establishment e on e.id = r.establishment_id
           left join account a on a.id = r.created_by
           where r.id = $1 and r.establishment_id = any ($2)"#,
        id.uuid(),
        &scope.establishments
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Run {
        id: RunId(row.id),
        establishment_id: EstablishmentId(row.establishment_id),
        establishment: row.establishment,
        time_zone: row.time_zone,
        source: row.source,
        file_name: row.file_name,
        encoding: row.encoding,
        separator: row.separator,
        sheet_name: row.sheet_name,
        header_row: row.header_row,
        headers: row.headers,
        warnings: row.warnings,
        mapping: serde_json::from_value(row.mapping).unwrap_or_default(),
        accepts_all: row.accepts_all,
        state: row.state,
        sums: Sums {
            read: row.read_count.into(),
            created: row.created_count.into(),
            updated: row.updated_count.into(),
            unchanged: row.unchanged_count.into(),
            rejected: row.rejected_count.into(),
            pending: row.pending_count.into(),
        },
        plan_hash: row.plan_hash,
        error: row.error,
        job_id: row.job_id,
        created_at: row.created_at,
        created_by: row.created_by,
        committed_at: row.committed_at,
        undo_before: row.undo_before,
        undone_at: row.undone_at,
    })
}

/// A rejected line with its cells and why.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// Number in the file.
    pub number: i32,
    /// Cells as read or corrected.
    pub cells: Vec<String>,
    /// Why.
    pub reasons: Vec<Remark>,
}

/// The lines refused, in the order of the file.
pub async fn rejected(conn: &mut PgConnection, run: RunId) -> Result<Vec<Rejected>> {
    let rows = sqlx::query!("select number, cells, remarks from import_row where run_id = $1 and outcome = 'rejected' order by number", run.uuid()).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| Rejected {
            number: row.number,
            cells: row.cells,
            reasons: super::plan::remarks(row.remarks.as_ref())
                .into_iter()
                .filter(|remark| remark.level == Level::Reject)
                .collect(),
        })
        .collect())
}

/// A proposal as a person reads it.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// What it names.
    pub kind: String,
    /// What gathers its spellings.
    pub key: String,
    /// The name.
    pub label: String,
    /// Lines that name it.
    pub row_count: i32,
    /// Near names known.
    pub near: Vec<NearName>,
    /// What was decided.
    pub decision: Option<String>,
    /// The one it is.
    pub resolved_id: Option<Uuid>,
}

/// A known name near a proposal.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct NearName {
    /// What it names.
    pub id: Uuid,
    /// The spelling known.
    pub name: String,
    /// How near, from 0 to 1.
    pub score: f64,
}

/// The proposals of a run, those that wait first.
pub async fn proposals(conn: &mut PgConnection, run: RunId) -> Result<Vec<Proposed>> {
    let rows = sqlx::query!("select kind, key, label, row_count, near, decision, resolved_id from import_reference where run_id = $1 order by decision is not null, kind, row_count desc, key", run.uuid()).fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| Proposed {
            kind: row.kind,
            key: row.key,
            label: row.label,
            row_count: row.row_count,
            near: serde_json::from_value(row.near).unwrap_or_default(),
            decision: row.decision,
            resolved_id: row.resolved_id,
        })
        .collect())
}

/// The mapping saved for a source.
pub async fn saved_mapping(
    conn: &mut PgConnection,
    establishment: EstablishmentId,
    source: &str,
    target: Target,
) -> Result<Option<Mapping>> {
    let found = sqlx::query_scalar!("select mapping from import_mapping where establishment_id = $1 and kind = $3 and source = $2", establishment.uuid(), source, target.code()).fetch_optional(conn).await?;
    Ok(found.and_then(|value| serde_json::from_value(value).ok()))
}

/// The establishment of a FINESS number or of our code.
pub async fn maybe_establishment(
    conn: &mut PgConnection,
    code: &str,
) -> Result<Option<EstablishmentId>> {
    Ok(sqlx::query_scalar!(r#"select id as "id: EstablishmentId" from establishment where upper(code) = upper($1) or finess_geographic = upper($1) or finess_legal = upper($1) order by finess_geographic = upper($1) desc, id limit 1"#, code).fetch_optional(conn).await?)
}

impl Run {
    /// Why the run cannot be committed now, if it cannot.
    pub fn why_not_commit(&self) -> Option<String> {
        match self.state.as_str() {
            "planned" if self.plan_hash.is_none() => {
                Some("L’essai date d’avant vos dernières corrections : refaites-le.".into())
            }
            "planned" if self.sums.pending > 0 => Some(format!(
                "{} proposition(s) attendent une décision.",
                self.sums.pending
            )),
            "planned" if self.sums.created + self.sums.updated == 0 => Some(
                "Ce fichier n’apporte rien de nouveau : aucune fiche ne serait créée ni modifiée."
                    .into(),
            ),
            "planned" => None,
            _ => Some("Faites d’abord l’essai.".into()),
        }
    }

    /// Whether the run can be taken back as a whole.
    pub fn can_undo(&self, now: DateTime<Utc>) -> bool {
        self.state == "committed"
            && self.mapping.target != Target::LastDone
            && self.undo_before.is_some_and(|before| now <= before)
    }
}

/// A run in the list of those received.
#[derive(Debug)]
pub struct Received {
    /// Identifier.
    pub id: Uuid,
    /// Name of the file.
    pub file_name: String,
    /// Where its devices go.
    pub establishment: String,
    /// Where it stands.
    pub state: String,
    /// Lines read.
    pub read_count: i32,
    /// Lines created.
    pub created_count: i32,
    /// Lines updated.
    pub updated_count: i32,
    /// Lines unchanged.
    pub unchanged_count: i32,
    /// Lines rejected.
    pub rejected_count: i32,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// Who sent it.
    pub sent_by: String,
}

impl Received {
    /// Its state in French and its tone.
    pub fn standing(&self) -> (&'static str, &'static str) {
        match self.state.as_str() {
            "mapping" => ("watch", "colonnes à dire"),
            "planning" | "committing" | "undoing" => ("info", "en cours"),
            "planned" => ("watch", "essai fait"),
            "committed" => ("good", "importé"),
            "failed" => ("bad", "arrêté"),
            "undone" => ("plain", "annulé"),
            _ => ("plain", "abandonné"),
        }
    }

    /// The day it came.
    pub fn day(&self) -> NaiveDate {
        crate::kernel::clock::local_day(self.created_at, chrono_tz::Europe::Paris)
    }
}

/// The last hundred files received, where the caller may import.
pub async fn received(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Received>> {
    Ok(sqlx::query_as!(
        Received,
        r#"select r.id, r.file_name, e.name as establishment, r.state, r.read_count, r.created_count, r.updated_count, r.unchanged_count, r.rejected_count, r.created_at,
                  coalesce(a.display_name, 'ligne de commande') as "sent_by!"
           from import_run r
           join establishment e on e.id = r.establishment_id
           left join account a on a.id = r.created_by
           where r.establishment_id = any ($1)
           order by r.id desc
           limit 100"#,
        &scope.establishments
    )
    .fetch_all(conn)
    .await?)
}

/// The sources whose mapping is saved.
pub async fn sources(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select distinct source from import_mapping where establishment_id = any ($1) order by source", &scope.establishments).fetch_all(conn).await?)
}

/// The first lines of a run, which its mapping is guessed from.
pub async fn first_lines(conn: &mut PgConnection, run: RunId) -> Result<Vec<Row>> {
    let rows = sqlx::query!(
        "select number, cells from import_row where run_id = $1 order by number limit 500",
        run.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Row {
            number: row.number.unsigned_abs(),
            cells: row.cells,
        })
        .collect())
}

/// A line with what it became.
#[derive(Debug)]
pub struct Line {
    /// Number in the file.
    pub number: i32,
    /// Cells as read or corrected.
    pub cells: Vec<String>,
    /// What became of it.
    pub outcome: String,
    /// What it gives.
    pub given: serde_json::Map<String, serde_json::Value>,
    /// What must be known about it.
    pub remarks: Vec<Remark>,
    /// Field → old and new value.
    pub changes: serde_json::Map<String, serde_json::Value>,
    /// The device it is about.
    pub device_id: Option<Uuid>,
    /// What undoing did with it.
    pub undone: Option<String>,
}

impl Line {
    /// The identifiers among its changes, whose names are shown instead.
    pub fn named(&self) -> Vec<Uuid> {
        self.changes
            .iter()
            .filter(|(key, _)| key.ends_with("_id"))
            .flat_map(|(_, pair)| pair.as_array().cloned().unwrap_or_default())
            .filter_map(|value| value.as_str()?.parse().ok())
            .collect()
    }
}

/// Lines of one outcome after a given one, in the order of the file.
pub async fn lines_by_outcome(
    conn: &mut PgConnection,
    run: RunId,
    outcome: &str,
    after: i32,
    most: usize,
) -> Result<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select number, cells, outcome as "outcome!", given, remarks, changes, device_id, undone
           from import_row
           where run_id = $1 and outcome = $2 and number > $3
           order by number
           limit $4"#,
        run.uuid(),
        outcome,
        after,
        i64::try_from(most).unwrap_or(i64::MAX)
    )
    .fetch_all(conn)
    .await?;
    let map = |value: Option<serde_json::Value>| match value {
        Some(serde_json::Value::Object(map)) => map,
        _ => serde_json::Map::new(),
    };
    Ok(rows
        .into_iter()
        .map(|row| Line {
            number: row.number,
            cells: row.cells,
            outcome: row.outcome,
            given: map(row.given),
            remarks: super::plan::remarks(row.remarks.as_ref()),
            changes: map(row.changes),
            device_id: row.device_id,
            undone: row.undone,
        })
        .collect())
}

/// The names behind identifiers, those this very run would create included.
pub async fn names(
    conn: &mut PgConnection,
    run: RunId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, String>> {
    let rows = sqlx::query!(
        r#"select id as "id!", name as "name!" from (
               select id, uf_code || ' ' || name as name from unit where id = any ($1)
               union all select id, code || ' ' || name from room where id = any ($1)
               union all select id, name from organisation where id = any ($1)
               union all select id, coalesce(trade_name, common_name, reference) from device_model where id = any ($1)
               union all select id, inventory_number from device where id = any ($1)
               union all select resolved_id, label || ' (à créer)' from import_reference where run_id = $2 and decision = 'create' and resolved_id = any ($1)
                   and not exists (select from organisation o where o.id = resolved_id) and not exists (select from unit u where u.id = resolved_id)
                   and not exists (select from device_model m where m.id = resolved_id)
           ) known"#,
        ids,
        run.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Names a run.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        let found = find(conn, &caller.scope(ImportDevices::NAME), RunId(id)).await;
        match found {
            Ok(found) => Ok(Some(Named {
                title: format!("Import de {}", found.file_name),
                href: format!("/exchange/imports/{id}"),
                place: found.place(),
            })),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    })
}

/// The files that wait for somebody: to be mapped, decided, or seen to have failed.
pub fn to_decide<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    _: NaiveDate,
) -> Boxed<'a, HomeBlock> {
    Box::pin(async move {
        let scope = caller.scope(ImportDevices::NAME).narrowed();
        let runs = sqlx::query!(
            r#"select r.id, r.file_name, r.state, r.read_count, e.name as establishment, count(*) over () as "total!"
               from import_run r
               join establishment e on e.id = r.establishment_id
               where r.establishment_id = any($1) and r.state in ('mapping', 'planned', 'failed')
               order by r.created_at desc, r.id
               limit 7"#,
            &scope.establishments
        )
        .fetch_all(conn)
        .await?;
        Ok(HomeBlock {
            title: "Imports en attente".to_owned(),
            total: runs.first().map_or(0, |run| run.total),
            href: "/exchange/imports".to_owned(),
            empty: "Aucun fichier n’attend de décision.",
            lines: runs
                .into_iter()
                .map(|run| {
                    let (words, tone) = match run.state.as_str() {
                        "mapping" => ("colonnes à faire correspondre", Tone::Watch),
                        "failed" => ("import interrompu", Tone::Bad),
                        _ => ("à décider, puis à importer", Tone::Watch),
                    };
                    HomeLine {
                        label: run.file_name,
                        note: format!(
                            "{words} · {} lignes · {}",
                            run.read_count, run.establishment
                        ),
                        href: format!("/exchange/imports/{}", run.id),
                        tone,
                    }
                })
                .collect(),
        })
    })
}
