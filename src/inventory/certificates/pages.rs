//! What people see of certificates.

use askama::Template;
use axum::extract::{Path, Query, RawQuery, State};
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::api::CertificateResource;
use super::form::CertificateForm;
use super::list::CERTIFICATES;
use super::model::{Kind, Law, SOON, Standing, Status};
use super::queries::{self, Certificate, Covered, Transition};
use super::{CertificateId, commands};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ManageCatalogue, SeeCatalogue, SeeDevices, SeeParties};
use crate::app::App;
use crate::inventory::catalogue::{self, ModelId};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::parties::OrganisationId;
use crate::parties::organisations::queries as organisations;
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

type Pairs = Vec<(&'static str, &'static str)>;
type Options = Vec<(String, String)>;

fn way(end: Crumb) -> Vec<Crumb> {
    vec![
        Crumb::to("Modèles", "/inventory/models"),
        Crumb::to("Certificats CE", "/inventory/certificates"),
        end,
    ]
}

#[derive(Template)]
#[template(path = "inventory/certificates/index.html")]
struct CertificateIndex {
    list: ListPage,
    may_create: bool,
    /// Words and address of the questions asked most.
    asked: Vec<(&'static str, String)>,
}

impl View for CertificateIndex {
    fn title(&self) -> String {
        "Certificats CE".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Modèles", "/inventory/models"),
            Crumb::here("Certificats CE"),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists certificates, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeCatalogue>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    if let Some(file) = lists::export(&app, &permit, &CERTIFICATES, raw.as_deref()).await? {
        return Ok(Listed::File(file));
    }
    let today = app.clock().now().date_naive();
    let soon = today
        .checked_add_days(Days::new(SOON.unsigned_abs()))
        .unwrap_or(today);
    let mut read = app.read(&permit).await?;
    let list = lists::page(&mut read, &CERTIFICATES, raw.as_deref(), &permit).await?;
    Ok(Listed::Page(Page::of(CertificateIndex {
        list,
        may_create: permit.caller().scope(ManageCatalogue::NAME).group,
        asked: vec![
            (
                "Suspendus, retirés ou expirés",
                "/inventory/certificates?f=status:in:suspended,withdrawn,expired&f=replaced:is:false".into(),
            ),
            (
                "Terme passé",
                format!("/inventory/certificates?f=ends_on:max:{today}&f=replaced:is:false"),
            ),
            (
                "Terme dans les six mois",
                format!("/inventory/certificates?f=ends_on:between:{today},{soon}&f=replaced:is:false"),
            ),
            (
                "En transition",
                "/inventory/certificates?f=status:is:transition".into(),
            ),
        ],
    })))
}

#[derive(Template)]
#[template(path = "inventory/certificates/show.html")]
struct CertificateShow {
    one: Certificate,
    standing: Standing,
    models: Vec<Covered>,
    position: Option<Position>,
    may_manage: bool,
    sees_makers: bool,
    form: Typed<CoverForm>,
    today: NaiveDate,
}

impl CertificateShow {
    fn words(&self) -> String {
        format!("Ce certificat est {}.", self.standing.words(self.today))
    }
    fn day(&self, day: &Option<NaiveDate>) -> String {
        day.map(date::short).unwrap_or_default()
    }
    fn devices(&self) -> i64 {
        self.models.iter().map(|m| m.devices).sum()
    }
}

impl View for CertificateShow {
    fn title(&self) -> String {
        format!("Certificat {}", self.one.number)
    }
    fn crumbs(&self) -> Vec<Crumb> {
        way(Crumb::here(self.one.number.clone()))
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!(CertificateResource::of(&self.one, &self.models, self.today))
    }
}

/// Shows a certificate.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeCatalogue>,
    Path(id): Path<CertificateId>,
    RawQuery(raw): RawQuery,
    form: Typed<CoverForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let one = queries::find(&mut read, permit.sees(), id).await?;
    let seen = permit.caller().scope(SeeDevices::NAME);
    let today = app.clock().now().date_naive();
    Ok(Page::of(CertificateShow {
        standing: one.standing(today),
        models: queries::models(&mut read, &seen, id).await?,
        position: lists::position(&mut read, &CERTIFICATES, raw.as_deref(), permit.sees(), id)
            .await?,
        may_manage: permit.caller().scope(ManageCatalogue::NAME).group,
        sees_makers: permit.caller().holds(SeeParties::NAME),
        form,
        today,
        one,
    }))
}

#[derive(Template)]
#[template(path = "inventory/certificates/form.html")]
struct CertificateEdit {
    kept: Option<Certificate>,
    form: Typed<CertificateForm>,
    makers: Options,
    transitions: Vec<Transition>,
    siblings: Options,
    from_model: Option<String>,
}

impl CertificateEdit {
    fn action(&self) -> String {
        self.kept.as_ref().map_or_else(
            || "/inventory/certificates".into(),
            |kept| format!("{}?_method=patch", kept.url()),
        )
    }
    fn back(&self) -> String {
        self.kept
            .as_ref()
            .map_or_else(|| "/inventory/certificates".into(), Certificate::url)
    }
    fn heading(&self) -> String {
        self.kept.as_ref().map_or_else(
            || "Nouveau certificat CE".into(),
            |kept| format!("Modifier le certificat {}", kept.number),
        )
    }
    fn kinds(&self) -> Pairs {
        Kind::ALL.iter().map(|k| (k.code(), k.label())).collect()
    }
    fn laws(&self) -> Pairs {
        Law::ALL.iter().map(|k| (k.code(), k.label())).collect()
    }
    fn statuses(&self) -> Pairs {
        Status::ALL.iter().map(|k| (k.code(), k.label())).collect()
    }
    fn rules(&self) -> Options {
        self.transitions
            .iter()
            .map(|rule| {
                let end = rule
                    .ends_on
                    .map(|day| format!(" – {}", date::short(day)))
                    .unwrap_or_default();
                let doubt = if rule.is_sure { "" } else { " (à vérifier)" };
                (rule.id.to_string(), format!("{}{end}{doubt}", rule.title))
            })
            .collect()
    }
}

impl View for CertificateEdit {
    fn title(&self) -> String {
        self.heading()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        way(Crumb::here(self.heading()))
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "transitions": self.rules(), "kinds": self.kinds(), "statuses": self.statuses() })
    }
}

impl CertificateEdit {
    async fn of(
        app: &App,
        permit: &Permit<ManageCatalogue>,
        form: Typed<CertificateForm>,
        kept: Option<CertificateId>,
        model: Option<ModelId>,
    ) -> Result<Page> {
        permit.over(&Place::SHARED)?;
        let mut read = app.read(permit).await?;
        let kept = match kept {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        let model = match (model, form.values.model.parse().ok()) {
            (Some(id), _) | (None, Some(id)) => {
                match catalogue::queries::find(&mut read, permit.sees(), id).await {
                    Ok(model) => Some(model),
                    Err(Error::NotFound) => None,
                    Err(other) => return Err(other),
                }
            }
            (None, None) => None,
        };
        let form = form.or(|| match (&kept, &model) {
            (Some(kept), _) => CertificateForm::of(kept),
            (None, Some(model)) => CertificateForm {
                manufacturer: model
                    .manufacturer_id
                    .map(|id| id.to_string())
                    .unwrap_or_default(),
                model: model.id.to_string(),
                regulation: model
                    .regulation
                    .and_then(Law::of)
                    .map(|law| law.code().to_owned())
                    .unwrap_or_default(),
                notified_body_number: model.notified_body.clone().unwrap_or_default(),
                ..CertificateForm::default()
            },
            (None, None) => CertificateForm::default(),
        });
        let makers = match form.values.manufacturer.parse::<OrganisationId>() {
            Ok(id) => match organisations::find(&mut read, permit.sees(), id).await {
                Ok(maker) => vec![(maker.id.to_string(), maker.name)],
                Err(Error::NotFound) => vec![],
                Err(other) => return Err(other),
            },
            Err(_) => vec![],
        };
        let siblings = match &kept {
            Some(kept) => queries::siblings(&mut read, kept.manufacturer_id, kept.id).await?,
            None => vec![],
        };
        Ok(Page::of(Self {
            form,
            makers,
            transitions: queries::transitions(&mut read).await?,
            siblings,
            from_model: model.map(|m| m.name()),
            kept,
        }))
    }
}

/// From which model the form was opened.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    model: String,
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Query(from): Query<From>,
    form: Typed<CertificateForm>,
) -> Result<Page> {
    CertificateEdit::of(&app, &permit, form, None, from.model.parse().ok()).await
}

/// Enters a certificate.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    form: Form<CertificateForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let covered = permit.over(&Place::SHARED)?;
    let (new, model) = form.check()?;
    let number = new.number.clone();
    let (id, mut event) = commands::enter(&mut tx, covered, new).await?;
    if let Some(model) = model {
        let more =
            commands::cover(&mut tx, permit.over(&Place::SHARED)?, id, &number, model).await?;
        event = event.and(more);
    }
    tx.commit(event, format!("/inventory/certificates/{id}"))
        .await
}

/// Shows the form of a certificate.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<CertificateId>,
    form: Typed<CertificateForm>,
) -> Result<Page> {
    CertificateEdit::of(&app, &permit, form, Some(id), None).await
}

/// Changes a certificate.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<CertificateId>,
    form: Form<CertificateForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let (new, _) = form.check()?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, &kept, version, new).await?;
    tx.commit(event, kept.url()).await
}

/// Which model is covered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoverForm {
    model: String,
}

/// Adds a model to a certificate.
pub async fn cover(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<CertificateId>,
    form: Form<CoverForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let mut errors = FieldErrors::default();
    let model = check::chosen::<ModelId>(&mut errors, "model", &form.model);
    errors.done()?;
    let Some(model) = model else {
        return Err(Error::field("model", "Choisissez un modèle."));
    };
    let event = commands::cover(&mut tx, covered, id, &kept.number, model).await?;
    tx.commit(event, kept.url()).await
}

/// Takes a model off a certificate.
pub async fn uncover(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path((id, model)): Path<(CertificateId, ModelId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let event = commands::uncover(&mut tx, covered, &kept, model).await?;
    tx.commit(event, kept.url()).await
}
