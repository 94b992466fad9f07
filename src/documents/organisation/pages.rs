//! Pages and forms of the organisation document.

use askama::Template;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::commands::{self, NewEdition, NewOpinion};
use super::queries::{self, Edition, Reader};
use super::{EditionId, Opinion};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{
    Action, ManageOrganisationDocuments, SeeDocuments, SeeOrganisationDocuments,
};
use crate::accounts::roles::Role;
use crate::accounts::sites::units::queries::{Options, establishments};
use crate::app::App;
use crate::documents::model::recognise;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, Upload, View, check, filters};

const HERE: &str = "/documents/organisation";
const TITLE: &str = "Organisation de la maintenance";

fn when(at: DateTime<Utc>) -> String {
    date::instant(at, chrono_tz::Europe::Paris)
}

#[derive(Template)]
#[template(path = "documents/organisation/index.html")]
struct OrganisationIndex {
    editions: Vec<Edition>,
    /// Establishments in one's charge without any edition.
    without: Vec<String>,
    may_manage: bool,
}

impl View for OrganisationIndex {
    fn title(&self) -> String {
        TITLE.into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here(TITLE)]
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "items": self.editions.iter().map(resource).collect::<Vec<_>>(), "without": self.without })
    }
}

fn resource(one: &Edition) -> serde_json::Value {
    serde_json::json!({
        "id": one.id, "establishment_id": one.establishment_id, "edition": one.edition, "title": one.title, "document_id": one.document_id,
        "changes": one.changes, "applies_from": one.applies_from, "opinion": one.opinion, "opinion_on": one.opinion_on,
        "opinion_reference": one.opinion_reference, "diffused_at": one.diffused_at, "replaced_at": one.replaced_at,
        "sent": one.sent, "read": one.read, "lacking": one.lacking(), "version": one.version,
    })
}

/// `GET /documents/organisation`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeOrganisationDocuments>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let editions = queries::all(&mut read, permit.sees()).await?;
    let acts = permit.caller().scope(ManageOrganisationDocuments::NAME);
    let without = establishments(&mut read, &acts)
        .await?
        .into_iter()
        .filter(|(id, _)| {
            !editions
                .iter()
                .any(|e| e.establishment_id.to_string() == *id)
        })
        .map(|(_, name)| name)
        .collect();
    Ok(Page::of(OrganisationIndex {
        editions,
        without,
        may_manage: !acts.establishments.is_empty(),
    }))
}

/// What comes with a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EditionForm {
    establishment: String,
    edition: String,
    title: String,
    changes: String,
    applies_from: String,
}

#[derive(Template)]
#[template(path = "documents/organisation/form.html")]
struct EditionNew {
    form: Typed<EditionForm>,
    establishments: Options,
}

impl View for EditionNew {
    fn title(&self) -> String {
        "Nouvelle édition".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::to(TITLE, HERE), Crumb::here("Nouvelle édition")]
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments })
    }
}

/// `GET /documents/organisation/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageOrganisationDocuments>,
    form: Typed<EditionForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let establishments = establishments(&mut read, permit.acts()).await?;
    let form = form.or(|| EditionForm {
        title: "Organisation de la maintenance et du contrôle de qualité".into(),
        ..EditionForm::default()
    });
    Ok(Page::of(EditionNew {
        form,
        establishments,
    }))
}

/// `POST /documents/organisation`
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageOrganisationDocuments>,
    upload: Upload<EditionForm>,
) -> Result<Saved> {
    let mut errors = FieldErrors::default();
    let v = &upload.fields;
    let place = check::chosen(&mut errors, "establishment", &v.establishment);
    let edition = check::line(&mut errors, "edition", &v.edition, 60);
    let title = check::line(&mut errors, "title", &v.title, 300);
    let changes = check::maybe_paragraph(&mut errors, "changes", &v.changes, 2000);
    let applies_from = check::maybe_day(&mut errors, "applies_from", &v.applies_from);
    if v.applies_from.trim().is_empty() {
        errors.add(
            "applies_from",
            "Dites à partir de quel jour elle s’applique.",
        );
    }
    let (Some(establishment), Some(edition), Some(title), Some(applies_from), true) =
        (place, edition, title, applies_from, errors.is_empty())
    else {
        return Err(errors.into());
    };
    let file = upload.file("file")?;
    let content = recognise(&file.bytes).map_err(|why| Error::field("file", why))?;
    let name: String = file
        .name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let mut tx = app.begin_with(&permit, upload.key.clone()).await?;
    let covered = permit.over(&Place::establishment(establishment))?;
    let new = NewEdition {
        establishment,
        edition,
        title,
        changes,
        applies_from,
    };
    let (id, event) =
        commands::publish(&mut tx, covered, &app.blobs(), new, (&name, content)).await?;
    tx.commit(event, format!("{HERE}/{id}")).await
}

#[derive(Template)]
#[template(path = "documents/organisation/show.html")]
struct EditionShow {
    one: Edition,
    readers: Vec<Reader>,
    /// The edition was sent to who looks, and when it was read.
    mine: Option<Option<DateTime<Utc>>>,
    may_manage: bool,
    may_open: bool,
    opinion: Typed<OpinionForm>,
    diffusion: Typed<DiffusionForm>,
}

impl EditionShow {
    fn verdict(&self) -> (&'static str, String) {
        if let Some(at) = self.one.replaced_at {
            return (
                "plain",
                format!("Édition remplacée le {}.", date::short(at.date_naive())),
            );
        }
        match self.one.lacking().as_slice() {
            [] => (
                "good",
                "Avis rendu, édition diffusée et lue par tous ses destinataires.".into(),
            ),
            lacking => ("watch", format!("Il manque {}.", lacking.join(", "))),
        }
    }
    fn opinions(&self) -> Vec<(&'static str, &'static str)> {
        Opinion::ALL.iter().map(|o| (o.code(), o.label())).collect()
    }
    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        Role::ALL.iter().map(|r| (r.code(), r.label())).collect()
    }
    fn applies(&self) -> String {
        date::short(self.one.applies_from)
    }
    fn at(&self, at: &DateTime<Utc>) -> String {
        when(*at)
    }
    fn day(&self, day: &Option<chrono::NaiveDate>) -> String {
        day.map(date::short).unwrap_or_default()
    }
}

impl View for EditionShow {
    fn title(&self) -> String {
        format!("{} · {}", self.one.title, self.one.edition)
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to(TITLE, HERE),
            Crumb::here(format!("Édition {}", self.one.edition)),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        let mut whole = resource(&self.one);
        if self.may_manage {
            whole["readers"] = self
                .readers
                .iter()
                .map(|r| serde_json::json!({ "account_id": r.account_id, "name": r.name, "sent_at": r.sent_at, "read_at": r.read_at }))
                .collect();
        }
        whole
    }
}

/// `GET /documents/organisation/{id}`
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeOrganisationDocuments>,
    Path(id): Path<EditionId>,
    forms: (Typed<OpinionForm>, Typed<DiffusionForm>),
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let one = queries::find(&mut read, permit.sees(), id).await?;
    let readers = queries::readers(&mut read, id).await?;
    let caller = permit.caller();
    let me = caller.account.map(|a| a.uuid());
    let may_manage = caller
        .scope(ManageOrganisationDocuments::NAME)
        .reaches(Place::establishment(one.establishment_id));
    let (opinion, diffusion) = forms;
    Ok(Page::of(EditionShow {
        mine: readers
            .iter()
            .find(|r| Some(r.account_id) == me)
            .map(|r| r.read_at),
        may_open: caller.holds(SeeDocuments::NAME),
        opinion: opinion.or(|| OpinionForm {
            opinion: one.opinion.code().into(),
            opinion_on: one.opinion_on.map(|d| d.to_string()).unwrap_or_default(),
            opinion_reference: one.opinion_reference.clone().unwrap_or_default(),
            version: one.version.to_string(),
        }),
        diffusion,
        readers: if may_manage { readers } else { vec![] },
        may_manage,
        one,
    }))
}

/// What the committee said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpinionForm {
    opinion: String,
    opinion_on: String,
    opinion_reference: String,
    version: String,
}

/// `POST /documents/organisation/{id}/opinion`
pub async fn opine(
    State(app): State<App>,
    permit: Permit<ManageOrganisationDocuments>,
    Path(id): Path<EditionId>,
    form: Form<OpinionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let one = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&one)?;
    let mut errors = FieldErrors::default();
    let opinion = check::maybe_code(&mut errors, "opinion", &form.opinion, Opinion::from_code);
    if form.opinion.trim().is_empty() {
        errors.add("opinion", "Choisissez un avis.");
    }
    let on = check::maybe_day(&mut errors, "opinion_on", &form.opinion_on);
    let reference = check::maybe_line(
        &mut errors,
        "opinion_reference",
        &form.opinion_reference,
        200,
    );
    errors.done()?;
    let new = NewOpinion {
        opinion: opinion.unwrap_or(Opinion::Awaited),
        on,
        reference,
    };
    let version = check::version(&form.version)?;
    let event = commands::opine(&mut tx, covered, &one, version, new).await?;
    tx.commit(event, one.url()).await
}

/// To whom.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiffusionForm {
    roles: Vec<String>,
}

/// `POST /documents/organisation/{id}/diffusion`
pub async fn diffuse(
    State(app): State<App>,
    permit: Permit<ManageOrganisationDocuments>,
    Path(id): Path<EditionId>,
    form: Form<DiffusionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let one = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&one)?;
    if form.roles.is_empty() {
        return Err(Error::field("roles", "Choisissez au moins un rôle."));
    }
    if let Some(unknown) = form.roles.iter().find(|r| Role::of_code(r).is_none()) {
        return Err(Error::field(
            "roles",
            format!("« {unknown} » n’est pas un rôle."),
        ));
    }
    let event = commands::diffuse(&mut tx, covered, &one, &form.roles).await?;
    tx.commit(event, one.url()).await
}

/// `POST /documents/organisation/{id}/receipt`
pub async fn acknowledge(
    State(app): State<App>,
    permit: Permit<SeeOrganisationDocuments>,
    Path(id): Path<EditionId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let one = queries::find(&mut tx, permit.sees(), id).await?;
    let event = commands::acknowledge(&mut tx, permit.caller(), &one).await?;
    tx.commit(event, one.url()).await
}
