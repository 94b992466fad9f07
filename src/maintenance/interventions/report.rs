//! The report that closes an intervention: one page, one key at the end. What is known is filled in.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;
use uuid::Uuid;

use super::InterventionId;
use super::checklists::{self, StepLine};
use super::closing::{self, Answer, Report};
use super::model::{Conformity, number};
use super::queries::{self, Intervention};
use crate::accounts::access::Permit;
use crate::accounts::actions::{ReturnToService, RunInterventions};
use crate::app::App;
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{self, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::maintenance::nonconformities::Grade;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// What was typed of a report; `step`, `value`, `comment` are as many as the points of the checklist.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportForm {
    step: Vec<String>,
    value: Vec<String>,
    comment: Vec<String>,
    tool: String,
    done_on: String,
    performer: String,
    employer: String,
    role: String,
    cause_code: String,
    action_code: String,
    work_done: String,
    software_before: String,
    software_after: String,
    media_left: String,
    media_note: String,
    work_minutes: String,
    travel_minutes: String,
    labour: String,
    external: String,
    measurements: String,
    accreditation: String,
    report: String,
    reason: String,
    performance_level: String,
    conformity: String,
    restrictions: String,
    grade: String,
    nc_description: String,
    operation: Vec<String>,
    back: String,
    test: String,
}

/// A point of the checklist with what was typed and what was measured last time.
struct Asked {
    rank: usize,
    step: StepLine,
    value: String,
    comment: String,
    before: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "maintenance/interventions/report.html")]
struct ReportPage {
    head: Head,
    kept: Intervention,
    form: Typed<ReportForm>,
    asked: Vec<Asked>,
    tools: Vec<(String, String)>,
    operations: Vec<(String, String)>,
    reports: Vec<(String, String)>,
    conformities: Vec<(&'static str, &'static str)>,
    grades: Vec<(&'static str, &'static str)>,
    held: bool,
}

impl View for ReportPage {
    fn title(&self) -> String {
        format!("Compte rendu {}", self.kept.number)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Interventions", "/maintenance/interventions"),
            Crumb::to(self.kept.number.clone(), self.kept.url()),
            Crumb::here("Compte rendu"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({
            "number": self.kept.number, "steps": self.asked.iter().map(|a| &a.step).collect::<Vec<_>>(), "tools": self.tools,
            "operations": self.operations, "errors": self.form.errors,
        })
    }
}

/// `GET /maintenance/interventions/{id}/report/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<InterventionId>,
    form: Typed<ReportForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = queries::find(&mut read, permit.sees(), id).await?;
    permit.over(&kept)?;
    let device = devices::find(&mut read, permit.sees(), kept.device_id).await?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Maintenance");
    let form = form.or(|| ReportForm {
        done_on: today.to_string(),
        performer: permit.caller().name.clone(),
        employer: device.establishment_name.clone(),
        work_done: kept.obligation.clone().unwrap_or_default(),
        conformity: Conformity::Conform.code().into(),
        ..ReportForm::default()
    });
    let steps = match kept.obligation_id {
        Some(obligation) => checklists::steps(&mut read, obligation).await?,
        None => vec![],
    };
    let mut asked = Vec::new();
    for (n, step) in steps.into_iter().enumerate() {
        let (_, last) = checklists::previous(&mut read, device.id, step.id).await?;
        let typed = |list: &[String]| list.get(n).cloned().unwrap_or_default();
        asked.push(Asked {
            rank: n + 1,
            value: typed(&form.values.value),
            comment: typed(&form.values.comment),
            before: last.map(super::model::number_words).unwrap_or_default(),
            problem: form
                .errors
                .of(&format!("value-{}", n + 1))
                .or_else(|| form.errors.of(&format!("comment-{}", n + 1))),
            step,
        });
    }
    Ok(Page::of(ReportPage {
        tools: checklists::tools(&mut read, device.establishment_id).await?,
        operations: checklists::operations(&mut read, device.id).await?,
        reports: checklists::reports(&mut read, device.id)
            .await?
            .into_iter()
            .map(|r| (r.id.to_string(), r.words()))
            .collect(),
        conformities: Conformity::ALL
            .iter()
            .map(|c| (c.code(), c.label()))
            .collect(),
        grades: Grade::ALL.iter().map(|g| (g.code(), g.label())).collect(),
        held: super::returns::way_back(device.state).is_some(),
        head,
        kept,
        form,
        asked,
    }))
}

/// An amount in euros, in cents.
pub(super) fn cents(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<i64> {
    if typed.trim().is_empty() {
        return None;
    }
    let found = number(typed.trim_end_matches('€'))
        .map(|euros| (euros * 100.0).round())
        .filter(|c| (0.0..1e12).contains(c));
    if found.is_none() {
        errors.add(
            field,
            format!("« {} » n’est pas un montant, comme 12,50.", typed.trim()),
        );
    }
    #[allow(clippy::cast_possible_truncation)] // within 0 and 1e12, whole
    found.map(|c| c as i64)
}

fn answers(
    errors: &mut FieldErrors,
    form: &ReportForm,
    steps: Vec<StepLine>,
) -> Vec<(StepLine, Answer)> {
    let mut answers = Vec::new();
    for (n, step) in steps.into_iter().enumerate() {
        let at = form.step.iter().position(|id| *id == step.id.to_string());
        let typed = |list: &[String]| {
            at.and_then(|i| list.get(i))
                .map(|t| t.trim().to_owned())
                .unwrap_or_default()
        };
        let value = typed(&form.value);
        let mut answer = Answer {
            comment: check::maybe_line(
                errors,
                &format!("comment-{}", n + 1),
                &typed(&form.comment),
                400,
            ),
            ..Answer::default()
        };
        match (step.is_measured, value.as_str()) {
            (_, "") => {}
            (true, text) => {
                answer.value = number(text);
                if answer.value.is_none() {
                    errors.add(
                        &format!("value-{}", n + 1),
                        format!(
                            "{} : « {text} » n’est pas un nombre, comme 0,3.",
                            step.label
                        ),
                    );
                }
            }
            (false, "good") => answer.is_good = Some(true),
            (false, "bad") => answer.is_good = Some(false),
            (false, text) => errors.add(
                &format!("value-{}", n + 1),
                format!("« {text} » n’est pas dans la liste."),
            ),
        }
        answers.push((step, answer));
    }
    answers
}

/// `POST /maintenance/interventions/{id}/report`
pub async fn create(
    State(app): State<App>,
    permit: Permit<RunInterventions>,
    Path(id): Path<InterventionId>,
    form: Form<ReportForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let device = devices::find(&mut tx, permit.sees(), kept.device_id).await?;
    let covered = permit.over(&device)?;
    let mut errors = FieldErrors::default();
    let e = &mut errors;
    let steps = match kept.obligation_id {
        Some(obligation) => checklists::steps(&mut tx, obligation).await?,
        None => vec![],
    };
    let answers = answers(e, &form, steps);
    let done_on = check::maybe_day(e, "done_on", &form.done_on);
    if done_on.is_none() && e.of("done_on").is_none() {
        e.add("done_on", "Dites quel jour le travail a été fait.");
    }
    let performer = check::line(e, "performer", &form.performer, 200);
    let employer = check::line(e, "employer", &form.employer, 200);
    let work_done = check::line(e, "work_done", &form.work_done, 2000);
    let conformity = check::maybe_code(e, "conformity", &form.conformity, Conformity::from_code);
    if conformity.is_none() && e.of("conformity").is_none() {
        e.add("conformity", "Dites la conformité de l’équipement.");
    }
    let before = check::maybe_line(e, "software_before", &form.software_before, 100);
    let after = check::maybe_line(e, "software_after", &form.software_after, 100);
    if before.is_some() != after.is_some() {
        e.add(
            "software_after",
            "Dites la version avant et la version après.",
        );
    }
    let tool: Option<Uuid> = check::maybe_chosen(e, "tool", &form.tool);
    let media_left = check::ticked(&form.media_left);
    let media_note = check::maybe_line(e, "media_note", &form.media_note, 400);
    if media_left && media_note.is_none() {
        e.add(
            "media_note",
            "Dites quel support part, avec quelles données, et qui l’a accepté.",
        );
    }
    let minutes = |e: &mut FieldErrors, field: &str, text: &str| {
        check::maybe_number(e, field, text, 0..=100_000).and_then(|n| i32::try_from(n).ok())
    };
    let test = check::maybe_line(e, "test", &form.test, 400);
    let back = check::ticked(&form.back);
    if back && test.as_ref().is_none_or(|t| t.chars().count() < 5) {
        e.add("test", "Dites l’essai qui permet la remise en service.");
    }
    let mut operations = Vec::new();
    for one in &form.operation {
        operations.extend(check::maybe_chosen::<Uuid>(e, "operation", one));
    }
    let known = checklists::operations(&mut tx, device.id).await?;
    if operations
        .iter()
        .any(|o| !known.iter().any(|(id, _)| *id == o.to_string()))
    {
        e.add("operation", "Cette opération n’est pas dans la liste.");
    }
    let grade = check::maybe_code(e, "grade", &form.grade, Grade::from_code);
    let nc = check::maybe_line(e, "nc_description", &form.nc_description, 1000);
    if grade.is_some() && nc.is_none() {
        e.add("nc_description", "Décrivez la non-conformité.");
    }
    let found = conformity == Some(Conformity::Nonconform);
    let mut report = Report {
        done_on: done_on.unwrap_or_default(),
        performer: performer.unwrap_or_default(),
        employer: employer.unwrap_or_default(),
        role: check::maybe_line(e, "role", &form.role, 200),
        cause_code: check::maybe_line(e, "cause_code", &form.cause_code, 60),
        action_code: check::maybe_line(e, "action_code", &form.action_code, 60),
        work_done: work_done.unwrap_or_default(),
        software: before.zip(after),
        media_left: Some(media_left),
        media_note,
        work_minutes: minutes(e, "work_minutes", &form.work_minutes),
        travel_minutes: minutes(e, "travel_minutes", &form.travel_minutes),
        labour_cents: cents(e, "labour", &form.labour),
        external_cents: cents(e, "external", &form.external),
        measurements: check::maybe_paragraph(e, "measurements", &form.measurements, 8000),
        accreditation: check::maybe_line(e, "accreditation", &form.accreditation, 60),
        attached: None,
        late_reason: check::maybe_line(e, "reason", &form.reason, 1000),
        performance_level: check::maybe_line(e, "performance_level", &form.performance_level, 400),
        conformity: conformity.unwrap_or(Conformity::NotApplicable),
        restrictions: check::maybe_line(e, "restrictions", &form.restrictions, 1000),
        answers,
        tool: None,
        operations,
        back_in_service: test.filter(|_| back),
        nonconformity: grade.zip(nc).filter(|_| found),
    };
    if let Some(id) = check::maybe_chosen::<Uuid>(e, "report", &form.report) {
        match checklists::reports(&mut tx, device.id)
            .await?
            .into_iter()
            .find(|r| r.id == id)
        {
            Some(found) => report.attached = Some(found.named()),
            None => e.add(
                "report",
                "Ce rapport n’est pas dans les documents de l’équipement.",
            ),
        }
    }
    if let Some(tool) = tool {
        match checklists::is_tool_valid(&mut tx, device.establishment_id, tool, report.done_on)
            .await?
        {
            Some(valid) => report.tool = Some((tool, valid)),
            None => e.add("tool", "Cet appareil de mesure n’est pas dans la liste."),
        }
    }
    errors.done()?;
    let returns = match report.back_in_service {
        Some(_) => Some(Permit::<ReturnToService>::ask(permit.caller().clone())?.over(&device)?),
        None => None,
    };
    let event = closing::report(&mut tx, covered, returns, &device, &kept, report).await?;
    tx.commit(event, kept.url()).await
}
