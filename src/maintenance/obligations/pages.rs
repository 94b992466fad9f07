//! Pages of obligations.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, RawQuery, State};
use serde::Deserialize;
use uuid::Uuid;

use super::api::ObligationResource;
use super::commands;
use super::form::ObligationForm;
use super::model::{Counter, DueFrom, Kind, OnClosedDay, PeriodUnit, SourceKind};
use super::queries::{self, OBLIGATIONS, Obligation, Trigger};
use super::triggers::TriggerForm;
use super::{ObligationId, ObligationId as Id};
use crate::accounts::access::{Permit, Place, Placed};
use crate::accounts::actions::{Action, ManageObligations, SeeMaintenance};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::maintenance::interventions::StepForm;
use crate::maintenance::interventions::checklists::{StepLine, steps};
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

type Options = Vec<(String, String)>;
type Codes = Vec<(&'static str, &'static str)>;

#[derive(Template)]
#[template(path = "maintenance/obligations/index.html")]
struct ObligationIndex {
    list: ListPage,
    may_manage: bool,
}

impl View for ObligationIndex {
    fn title(&self) -> String {
        "Obligations".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::here("Obligations"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists obligations, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    if let Some(file) = lists::export(&app, &permit, &OBLIGATIONS, raw.as_deref()).await? {
        return Ok(Listed::File(file));
    }
    let mut read = app.read(&permit).await?;
    let list = lists::page(&mut read, &OBLIGATIONS, raw.as_deref(), &permit).await?;
    let may_manage = permit.caller().holds(ManageObligations::NAME);
    Ok(Listed::Page(Page::of(ObligationIndex { list, may_manage })))
}

#[derive(Template)]
#[template(path = "maintenance/obligations/show.html")]
struct ObligationShow {
    kept: Obligation,
    triggers: Vec<Trigger>,
    position: Option<Position>,
    verdict: (&'static str, String),
    may_manage: bool,
    form: Typed<TriggerForm>,
    steps: Vec<StepLine>,
    step: Typed<StepForm>,
}

impl View for ObligationShow {
    fn title(&self) -> String {
        self.kept.title.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::to("Obligations", "/maintenance/obligations"),
            Crumb::here(self.kept.title.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(ObligationResource::of(&self.kept, &self.triggers))
    }
}

fn verdict(kept: &Obligation, reach: (i64, i64)) -> (&'static str, String) {
    let count = |n: i64| format!("{n} équipement{}", if n > 1 { "s" } else { "" });
    if let Some(reason) = &kept.retired_reason {
        return ("watch", format!("Obligation retirée : {reason}"));
    }
    if kept.status == super::model::Status::ToVerify {
        return (
            "unknown",
            "À vérifier : elle n’oblige personne tant que sa source n’a pas été relue.".into(),
        );
    }
    match reach {
        (0, _) => (
            "plain",
            "Aucun équipement en exploitation n’a cette obligation.".into(),
        ),
        (all, 0) => (
            "good",
            format!("{} ; la dernière date est connue de tous.", count(all)),
        ),
        (all, unknown) => (
            "unknown",
            format!(
                "{} ; {} sans dernière date connue.",
                count(all),
                count(unknown)
            ),
        ),
    }
}

/// Shows an obligation.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeMaintenance>,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
    form: Typed<TriggerForm>,
    step: Typed<StepForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = queries::find(&mut read, permit.sees(), id).await?;
    let triggers = queries::triggers(&mut read, id).await?;
    let steps = steps(&mut read, id).await?;
    let reach = queries::reach(&mut read, permit.sees(), id).await?;
    let position =
        lists::position(&mut read, &OBLIGATIONS, raw.as_deref(), permit.sees(), id).await?;
    let may_manage = kept.retired_on.is_none()
        && permit
            .caller()
            .scope(ManageObligations::NAME)
            .reaches(kept.place());
    Ok(Page::of(ObligationShow {
        verdict: verdict(&kept, reach),
        kept,
        triggers,
        position,
        may_manage,
        form,
        steps,
        step,
    }))
}

#[derive(Template)]
#[template(path = "maintenance/obligations/form.html")]
struct ObligationFormPage {
    form: Typed<ObligationForm>,
    kept: Option<Obligation>,
    models: Options,
    versions: Options,
    establishments: Options,
    may_share: bool,
    kinds: Codes,
    units: Codes,
    counters: Codes,
    due_from: Codes,
    closed: Codes,
    sources: Codes,
}

/// The pairs (code, label) of a closed list.
macro_rules! codes {
    ($coded:ty) => {
        <$coded>::ALL
            .iter()
            .map(|v| (v.code(), v.label()))
            .collect()
    };
}

impl View for ObligationFormPage {
    fn title(&self) -> String {
        match &self.kept {
            Some(kept) => format!("Modifier {}", kept.title),
            None => "Nouvelle obligation".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Maintenance", "/maintenance/due"),
            Crumb::to("Obligations", "/maintenance/obligations"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "errors": self.form.errors, "establishments": self.establishments })
    }
}

impl ObligationFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageObligations>,
        form: Typed<ObligationForm>,
        id: Option<ObligationId>,
        model: &str,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let kept = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(kept) = &kept {
            permit.over(kept)?;
        }
        let form = match &kept {
            Some(kept) => form.or(|| ObligationForm::of(kept)),
            None => form.or(|| ObligationForm::usual(model)),
        };
        let chosen: Option<Uuid> = form.values.model.parse().ok();
        let models = queries::models(&mut read, chosen).await?;
        let versions = match chosen {
            Some(model) => queries::versions(&mut read, model).await?,
            None => vec![],
        };
        let establishments = queries::establishments(&mut read, permit.acts()).await?;
        Ok(Page::of(Self {
            form,
            kept,
            models,
            versions,
            establishments,
            may_share: permit.acts().group,
            kinds: codes!(Kind),
            units: codes!(PeriodUnit),
            counters: codes!(Counter),
            due_from: codes!(DueFrom),
            closed: codes!(OnClosedDay),
            sources: codes!(SourceKind),
        }))
    }
}

/// Shows an empty form, for a model when `?model=` says which.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Query(query): Query<HashMap<String, String>>,
    form: Typed<ObligationForm>,
) -> Result<Page> {
    let model = query.get("model").map_or("", String::as_str);
    ObligationFormPage::of(&app, &permit, form, None, model).await
}

/// Defines an obligation.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    form: Form<ObligationForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check()?;
    let covered = permit.over(
        &new.establishment
            .map_or(Place::SHARED, Place::establishment),
    )?;
    let (id, event) = commands::define(&mut tx, covered, new).await?;
    tx.commit(event, format!("/maintenance/obligations/{id}"))
        .await
}

/// Shows the form of an obligation.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Path(id): Path<Id>,
    form: Typed<ObligationForm>,
) -> Result<Page> {
    ObligationFormPage::of(&app, &permit, form, Some(id), "").await
}

/// Changes an obligation.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Path(id): Path<Id>,
    form: Form<ObligationForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, &kept, form.check()?, version).await?;
    tx.commit(event, kept.url()).await
}

/// Why an obligation is followed no more.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetirementForm {
    retired_reason: String,
}

/// Retires an obligation.
pub async fn retire(
    State(app): State<App>,
    permit: Permit<ManageObligations>,
    Path(id): Path<Id>,
    form: Form<RetirementForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let reason = check::line(&mut errors, "retired_reason", &form.retired_reason, 400);
    errors.done()?;
    let today = lists::ZONE;
    let on = crate::kernel::clock::local_day(tx.now(), today);
    let event = commands::retire(&mut tx, covered, &kept, on, &reason.unwrap_or_default()).await?;
    tx.commit(event, kept.url()).await
}
