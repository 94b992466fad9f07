//! One file on its way: where it stands, the sums that add up, its lines by outcome, its proposals.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::super::commands::{RunId, STEPS, UNDO_DAYS};
use super::super::fields::field;
use super::super::headers::Target;
use super::super::queries::{self, Line, Proposed, Run};
use super::super::references::Kind;
use super::super::reports;
use super::super::rows::Level;
use super::api;
use crate::accounts::access::Permit;
use crate::accounts::actions::ImportDevices;
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::page::Crumb;
use crate::platform::jobs;
use crate::platform::web::{Page, View, filters};

/// Lines shown at once.
const SHOWN: usize = 50;

/// Which lines, after which one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    tab: String,
    after: String,
}

/// Old and new value of a field.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ImportChange)]
pub(super) struct Change {
    label: String,
    before: String,
    after: String,
}

/// A cell to correct.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ImportCell)]
pub(super) struct Cell {
    column: String,
    value: String,
}

/// A line as it is shown.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ImportLine)]
pub(super) struct Shown {
    number: i32,
    title: String,
    href: String,
    changes: Vec<Change>,
    remarks: Vec<(&'static str, String)>,
    cells: Vec<Cell>,
    undone: String,
}

/// A proposal as it is shown.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ImportProposal)]
pub(super) struct Proposal {
    kind: String,
    what: &'static str,
    key: String,
    label: String,
    row_count: i32,
    chosen: String,
    near: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "exchange/imports/show.html")]
struct ImportShow {
    run: Run,
    tab: &'static str,
    lines: Vec<Shown>,
    next: String,
    proposals: Vec<Proposal>,
    working: bool,
    done: i64,
    total: i64,
    why_not: String,
    can_undo: bool,
    undo_days: i64,
}

impl View for ImportShow {
    fn title(&self) -> String {
        format!("Import de {}", self.run.file_name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Parc", "/inventory/devices"),
            Crumb::to("Imports", "/exchange/imports"),
            Crumb::here(self.run.file_name.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let run = &self.run;
        serde_json::json!(api::RunResource {
            id: run.id,
            file_name: &run.file_name,
            establishment_id: run.establishment_id,
            state: &run.state,
            sums: run.sums,
            pending: run.sums.pending,
            error: run.error.as_deref(),
            encoding: &run.encoding,
            separator: run.separator.as_deref(),
            mapping: serde_json::json!(run.mapping),
            lines: &self.lines,
            proposals: &self.proposals,
            committed_at: run.committed_at,
            undo_before: run.undo_before,
            undone_at: run.undone_at,
        })
    }
}

impl ImportShow {
    fn tone(&self) -> &'static str {
        match self.run.state.as_str() {
            "committed" => "good",
            "failed" => "bad",
            "undone" | "cancelled" => "plain",
            _ if self.run.sums.pending > 0 => "watch",
            _ => "info",
        }
    }

    fn sentence(&self) -> String {
        let run = &self.run;
        match run.state.as_str() {
            "mapping" => "Fichier reçu : dites ce que chaque colonne apporte.".into(),
            "planning" => {
                "Essai en cours : chaque ligne est confrontée au parc, rien n’est écrit.".into()
            }
            "committing" => "Import en cours.".into(),
            "undoing" => "Annulation en cours.".into(),
            "planned" if run.sums.pending > 0 => format!(
                "Essai fait : {} proposition(s) attendent votre décision.",
                run.sums.pending
            ),
            "planned" => "Essai fait : rien n’est encore écrit.".into(),
            "committed" => "Importé.".into(),
            "undone" => "Import annulé.".into(),
            "cancelled" => "Import abandonné : rien n’a été écrit.".into(),
            _ => format!(
                "Arrêté : {}.",
                run.error.as_deref().unwrap_or("cause inconnue")
            ),
        }
    }

    /// An address under this run.
    fn at(&self, rest: &str) -> String {
        format!("/exchange/imports/{}{rest}", self.run.id)
    }

    fn pending_tone(&self) -> &'static str {
        if self.run.sums.pending > 0 {
            "watch"
        } else {
            "good"
        }
    }

    fn rejected_tone(&self) -> &'static str {
        if self.run.sums.rejected > 0 {
            "bad"
        } else {
            ""
        }
    }

    fn is(&self, states: &[&str]) -> bool {
        states.contains(&self.run.state.as_str())
    }
}

/// Shows a run.
pub async fn show(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
    Query(asked): Query<Asked>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let run = queries::find(&mut read, permit.acts(), id).await?;
    let proposals: Vec<Proposal> = queries::proposals(&mut read, id)
        .await?
        .into_iter()
        .map(shown)
        .collect();
    let tab = match asked.tab.as_str() {
        "created" => "created",
        "updated" => "updated",
        "unchanged" => "unchanged",
        "rejected" => "rejected",
        "proposals" => "proposals",
        _ if run.sums.pending > 0 => "proposals",
        _ if run.sums.rejected > 0 => "rejected",
        _ if run.sums.updated > 0 => "updated",
        _ => "created",
    };
    let (mut lines, mut next) = (Vec::new(), String::new());
    if tab != "proposals" {
        let after = asked.after.parse().unwrap_or(0);
        let mut found = queries::lines_by_outcome(&mut read, id, tab, after, SHOWN + 1).await?;
        if found.len() > SHOWN {
            found.truncate(SHOWN);
            next = found
                .last()
                .map(|line| format!("/exchange/imports/{id}?tab={tab}&after={}", line.number))
                .unwrap_or_default();
        }
        let ids: Vec<uuid::Uuid> = found.iter().flat_map(Line::named).collect();
        let names = queries::names(&mut read, id, &ids).await?;
        lines = found
            .into_iter()
            .map(|line| line_shown(&run, line, &names))
            .collect();
    }
    let progress = match run.job_id {
        Some(job) => jobs::maybe_progress(&mut read, job).await?,
        None => None,
    };
    let working = matches!(run.state.as_str(), "planning" | "committing" | "undoing");
    let (done, total) = progress.map_or((0, STEPS), |progress| {
        (progress.done, progress.total.unwrap_or(STEPS))
    });
    let why_not = run.why_not_commit().unwrap_or_default();
    let can_undo = run.can_undo(app.clock().now());
    Ok(Page::of(ImportShow {
        run,
        tab,
        lines,
        next,
        proposals,
        working,
        done,
        total,
        why_not,
        can_undo,
        undo_days: UNDO_DAYS,
    }))
}

fn shown(proposed: Proposed) -> Proposal {
    let chosen = match (proposed.decision.as_deref(), proposed.resolved_id) {
        (Some("create"), _) => "create".to_owned(),
        (Some("use"), Some(id)) => id.to_string(),
        _ => String::new(),
    };
    let near = proposed
        .near
        .into_iter()
        .map(|near| {
            (
                near.id.to_string(),
                format!("{} ({} %)", near.name, (near.score * 100.0).round()),
            )
        })
        .collect();
    Proposal {
        what: Kind::from_code(&proposed.kind).map_or("", Kind::label),
        kind: proposed.kind,
        key: proposed.key,
        label: proposed.label,
        row_count: proposed.row_count,
        chosen,
        near,
    }
}

fn line_shown(
    run: &Run,
    line: Line,
    names: &std::collections::HashMap<uuid::Uuid, String>,
) -> Shown {
    let given = |key: &str| {
        line.given
            .get(key)
            .and_then(serde_json::Value::as_str)
            .map(str::to_owned)
    };
    let cell_of = |key: &str| {
        let header = run
            .mapping
            .columns
            .iter()
            .find(|(_, field)| *field == key)
            .map(|(header, _)| header.clone())?;
        let at = run.headers.iter().position(|known| *known == header)?;
        Some(Cell {
            value: line.cells.get(at).cloned().unwrap_or_default(),
            column: header,
        })
    };
    let says = |key: &str| {
        cell_of(key)
            .map(|cell| cell.value)
            .filter(|value| !value.is_empty())
    };
    let title = [
        given("inventory_number").or_else(|| says("inventory_number")),
        says("common_name"),
        says("manufacturer"),
        says("trade_name"),
        says("serial_number").map(|serial| format!("série {serial}")),
        says("op_done_on"),
        says("op_kind"),
        says("op_nature"),
        says("ld_obligation"),
        says("ld_done_on"),
    ];
    let title = title.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let exists = line.outcome != "created" || run.committed_at.is_some();
    let href = line
        .device_id
        .filter(|_| exists)
        .map(|id| match run.mapping.target {
            Target::Devices => format!("/inventory/devices/{id}"),
            Target::Register => format!("/register/devices/{id}"),
            Target::LastDone => format!("/maintenance/devices/{id}"),
        })
        .unwrap_or_default();
    let mut cells: Vec<Cell> = Vec::new();
    let mut remarks = Vec::new();
    for remark in &line.remarks {
        let tone = match remark.level {
            Level::Reject => "bad",
            Level::Warning => "watch",
            Level::Notice => "info",
        };
        let column = if remark.column.is_empty() {
            field(&remark.field)
                .map(|field| field.label.to_owned())
                .unwrap_or_default()
        } else {
            remark.column.clone()
        };
        let mut words = if column.is_empty() {
            remark.reason.clone()
        } else {
            format!("{column} : {}", remark.reason)
        };
        if !remark.expected.is_empty() {
            words = format!("{words} ; attendu : {}", remark.expected);
        }
        remarks.push((tone, words));
        if remark.level == Level::Reject {
            let at = if remark.column.is_empty() {
                cell_of(&remark.field)
            } else {
                run.headers
                    .iter()
                    .position(|known| *known == remark.column)
                    .map(|at| Cell {
                        value: line.cells.get(at).cloned().unwrap_or_default(),
                        column: remark.column.clone(),
                    })
            };
            if let Some(cell) =
                at.filter(|cell| !cells.iter().any(|known| known.column == cell.column))
            {
                cells.push(cell);
            }
        }
    }
    let value = |value: &serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::Bool(yes) => if *yes { "oui" } else { "non" }.to_owned(),
        serde_json::Value::String(text) => text
            .parse()
            .ok()
            .and_then(|id| names.get(&id))
            .cloned()
            .unwrap_or_else(|| text.clone()),
        other => other.to_string(),
    };
    let mut changes: Vec<Change> = line
        .changes
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "udi_understood" | "udi_status"))
        .map(|(key, pair)| Change {
            label: label(key),
            before: money(key, value(&pair[0])),
            after: money(key, value(&pair[1])),
        })
        .collect();
    changes.sort_by(|a, b| a.label.cmp(&b.label));
    Shown {
        number: line.number,
        title,
        href,
        changes,
        remarks,
        cells,
        undone: line.undone.unwrap_or_default(),
    }
}

fn money(key: &str, value: String) -> String {
    match (key, value.parse::<i64>()) {
        ("price_cents", Ok(cents)) => format!("{},{:02} €", cents / 100, cents % 100),
        _ => value,
    }
}

/// The French name of a column of a device.
fn label(key: &str) -> String {
    let base = key
        .strip_suffix("_text")
        .or(key.strip_suffix("_cents"))
        .or(key.strip_suffix("_id"))
        .unwrap_or(key);
    let base = match base {
        "unit" => "unit_name",
        "model" => "trade_name",
        "place_detail" => "room",
        "udi_di" | "udi_issuer" => "udi",
        other => other,
    };
    let words = field(base).map_or(base, |field| field.label);
    if key.ends_with("_text") && key != "udi_text" {
        format!("{words} (en texte)")
    } else {
        words.to_owned()
    }
}

/// The lines refused, as a workbook that can be corrected and imported again.
pub async fn report(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    Path(id): Path<RunId>,
) -> Result<Response> {
    let mut read = app.read(&permit).await?;
    let run = queries::find(&mut read, permit.acts(), id).await?;
    let rejected = queries::rejected(&mut read, id).await?;
    let mut response = reports::workbook(&run, &rejected)?.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"lignes-rejetees.xlsx\""),
    );
    Ok(response)
}
