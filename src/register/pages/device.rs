//! The register of one device: a tab of its page.

use askama::Template;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::view::{LineView, views};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, AppendRegister, ExportLists, SeeRegister};
use crate::app::App;
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{Device, DeviceId, find, reaches, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{Result, date};
use crate::platform::web::{Page, View, filters};
use crate::register::api;
use crate::register::model::canonical::code;
use crate::register::model::retained_until;
use crate::register::queries::{self, Rules, Summary};

/// Lines on a page.
const PER_PAGE: i64 = 50;

/// Until when a register is kept, in words.
#[derive(Clone, Debug)]
pub struct Retention {
    /// `good`: the clock does not run; `watch`: it runs; `unknown`: nobody knows.
    pub tone: &'static str,
    /// The sentence.
    pub words: String,
    /// The day, when there is one.
    pub until: Option<chrono::NaiveDate>,
}

/// The clock of art. R.5212-28 5°: it starts at the end of exploitation, not at the operation.
pub fn retention(device: &Device, rules: &Rules, today: chrono::NaiveDate) -> Retention {
    let says = |tone, words: String, until| Retention { tone, words, until };
    let Some(years) = rules.retention_years else {
        return says(
            "unknown",
            "Durée de conservation : aucune règle en vigueur, rien ne se détruit.".into(),
            None,
        );
    };
    match (
        device.end_of_exploitation_date,
        &device.end_of_exploitation_date_text,
    ) {
        (Some(end), _) => match retained_until(end, years) {
            Some(until) if until >= today => says(
                "watch",
                format!(
                    "À conserver jusqu’au {} : {years} ans après la fin d’exploitation, le {}.",
                    date::short(until),
                    date::short(end)
                ),
                Some(until),
            ),
            Some(until) => says(
                "plain",
                format!(
                    "Conservation échue le {} ({years} ans après la fin d’exploitation, le {}). Rien n’est détruit sans décision.",
                    date::short(until),
                    date::short(end)
                ),
                Some(until),
            ),
            None => says(
                "unknown",
                "Fin d’exploitation hors du calendrier : à vérifier.".into(),
                None,
            ),
        },
        (None, Some(words)) => says(
            "unknown",
            format!(
                "Fin d’exploitation « {words} » : sans date, le délai de {years} ans ne peut courir."
            ),
            None,
        ),
        (None, None) => says(
            "good",
            format!(
                "En exploitation : le délai de {years} ans n’a pas commencé, rien ne se détruit."
            ),
            None,
        ),
    }
}

#[derive(Template)]
#[template(path = "register/device.html")]
struct RegisterShow {
    head: Head,
    device: DeviceId,
    summary: Summary,
    sealed: String,
    code: String,
    lines: Vec<LineView>,
    retention: Retention,
    verdict: (&'static str, String),
    next: Option<i32>,
    first: bool,
    may_append: bool,
    may_export: bool,
    printed: String,
}

impl View for RegisterShow {
    fn title(&self) -> String {
        self.head.title("Registre")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Registre")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "device_id": self.device,
            "line_count": self.summary.line_count,
            "sealed_count": self.summary.sealed_count,
            "sealed_at": self.summary.sealed_at,
            "code": self.code,
            "retained_until": self.retention.until,
            "lines": self.lines.iter().map(|l| api::resource(&l.line)).collect::<Vec<_>>(),
            "next": self.next.map(|n| format!("/register/devices/{}?from={n}", self.device)),
        })
    }
}

/// What the register says at first sight.
fn verdict(lines: &[LineView], count: i32) -> (&'static str, String) {
    if count == 0 {
        return (
            "unknown",
            "Aucune opération consignée : on ne sait ni ce qui a été fait, ni dans quel état il était.".into(),
        );
    }
    // The last line that speaks of a stop or of a resumption says how things stand.
    let last_word = lines
        .iter()
        .find(|l| l.in_force() && (l.line.stopped_on.is_some() || l.line.resumed_on.is_some()));
    if let Some(open) = last_word.filter(|l| l.line.resumed_on.is_none()) {
        return (
            "bad",
            format!("Ligne {} : {}.", open.line.number, open.stoppage),
        );
    }
    match lines
        .iter()
        .filter(|l| l.in_force())
        .max_by_key(|l| (l.line.done_on, l.line.number))
    {
        Some(last) => (
            last.tone,
            format!(
                "{count} ligne{} ; dernière opération : {}, {}, {}.",
                if count > 1 { "s" } else { "" },
                last.line.kind.label().to_lowercase(),
                if last.day.is_empty() {
                    "à une date inconnue"
                } else {
                    &last.day
                },
                last.conformity.to_lowercase()
            ),
        ),
        None => (
            "plain",
            format!("{count} lignes, dont aucune en vigueur sur cette page."),
        ),
    }
}

/// From which line down.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    from: Option<String>,
}

/// `GET /register/devices/{id}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeRegister>,
    Path(id): Path<DeviceId>,
    Query(from): Query<From>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    let (now, zone) = (app.clock().now(), standing::zone(&device));
    let today = standing::local_day(&device, now);
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Registre");
    let summary = queries::summary(&mut read, id).await?;
    let rules = queries::rules(&mut read, today).await?;
    let up_to = from.from.and_then(|n| n.parse().ok()).unwrap_or(i32::MAX);
    let lines = queries::latest(&mut read, id, up_to, PER_PAGE).await?;
    let next = lines.last().map(|l| l.number - 1).filter(|n| *n >= 1);
    let lines = views(&mut read, lines, zone).await?;
    Ok(Page::of(RegisterShow {
        device: id,
        sealed: summary
            .sealed_at
            .map(|at| date::instant(at, zone))
            .unwrap_or_default(),
        code: if summary.line_count > 0 {
            code(&summary.last_hash)
        } else {
            String::new()
        },
        verdict: verdict(&lines, summary.line_count),
        retention: retention(&device, &rules, today),
        first: up_to == i32::MAX,
        may_append: device.annulled_at.is_none()
            && reaches(permit.caller(), AppendRegister::NAME, &device),
        may_export: reaches(permit.caller(), ExportLists::NAME, &device),
        printed: format!("{}, par {}", date::instant(now, zone), permit.caller().name),
        head,
        summary,
        lines,
        next,
    }))
}
