//! Pages and forms of documents, and the files themselves.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::api;
use super::commands::{self, About};
use super::model::{DocumentId, DocumentKind, NewDocument, is_shown, recognise};
use super::organisation;
use super::queries::{self, Document};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, AddDocuments, SeeDocuments};
use crate::app::App;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, Upload, View, check, filters};
use crate::shell::domain::Named;

/// Objects that may have documents: their table.
const SUBJECTS: [&str; 6] = [
    "device",
    "device_model",
    "software_version",
    "organisation",
    "establishment",
    "unit",
];

fn kind_of(text: &str) -> Result<&'static str> {
    SUBJECTS
        .into_iter()
        .find(|s| *s == text)
        .ok_or(Error::NotFound)
}

/// The object of some documents, if the caller sees it.
async fn about<A: Action>(
    app: &App,
    conn: &mut PgConnection,
    permit: &Permit<A>,
    kind: &str,
    id: Uuid,
) -> Result<Named> {
    app.subject_under(conn, permit, kind_of(kind)?, id).await
}

fn address(kind: &str, id: Uuid) -> String {
    format!("/documents/subjects/{kind}/{id}")
}

#[derive(Template)]
#[template(path = "documents/index.html")]
struct DocumentIndex {
    subject: Named,
    address: String,
    documents: Vec<Document>,
    may_add: bool,
    today: NaiveDate,
}

impl View for DocumentIndex {
    fn title(&self) -> String {
        format!("Documents · {}", self.subject.title)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to(self.subject.title.clone(), self.subject.href.clone()),
            Crumb::here("Documents"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::DocumentsResource {
            documents: self.documents.iter().map(Into::into).collect(),
        })
    }
}

/// Lists the documents of an object.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDocuments>,
    Path((kind, id)): Path<(String, Uuid)>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let subject = about(&app, &mut read, &permit, &kind, id).await?;
    let place = subject.place.establishment.map(|e| e.uuid());
    let documents = queries::of_subject(&mut read, permit.sees(), &kind, id, place).await?;
    let may_add = permit
        .caller()
        .scope(AddDocuments::NAME)
        .reaches(adding_place(&permit, &subject.place));
    Ok(Page::of(DocumentIndex {
        subject,
        address: address(&kind, id),
        documents,
        may_add,
        today: app.clock().now().date_naive(),
    }))
}

/// Where an addition is judged: at the object's place, or, for what the group shares, at an
/// establishment of the caller, to which the document may be kept.
fn adding_place<A: Action>(permit: &Permit<A>, place: &Place) -> Place {
    let acts = permit.caller().scope(AddDocuments::NAME);
    match (place.establishment, acts.group, acts.establishments.first()) {
        (None, false, Some(first)) => Place::establishment((*first).into()),
        _ => *place,
    }
}

/// What the form of a document holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentForm {
    kind: String,
    title: String,
    edition: String,
    language: String,
    issued_on: String,
    expires_on: String,
    local: String,
}

impl DocumentForm {
    fn check(&self) -> Result<NewDocument> {
        let mut errors = FieldErrors::default();
        let kind = check::maybe_code(&mut errors, "kind", &self.kind, DocumentKind::from_code);
        if self.kind.trim().is_empty() {
            errors.add("kind", "Choisissez la nature du document.");
        }
        let title = check::line(&mut errors, "title", &self.title, 300);
        let edition = check::maybe_line(&mut errors, "edition", &self.edition, 60);
        let language = check::maybe_code(&mut errors, "language", &self.language, |code| {
            LANGUAGES
                .iter()
                .find(|(c, _)| *c == code)
                .map(|(c, _)| (*c).to_owned())
        });
        let issued_on = check::maybe_day(&mut errors, "issued_on", &self.issued_on);
        let expires_on = check::maybe_day(&mut errors, "expires_on", &self.expires_on);
        match (kind, title) {
            (Some(kind), Some(title)) if errors.is_empty() => Ok(NewDocument {
                kind,
                title,
                edition,
                language,
                issued_on,
                expires_on,
                local: check::ticked(&self.local),
            }),
            _ => Err(errors.into()),
        }
    }
}

const LANGUAGES: [(&str, &str); 6] = [
    ("fr", "français"),
    ("en", "anglais"),
    ("de", "allemand"),
    ("it", "italien"),
    ("es", "espagnol"),
    ("nl", "néerlandais"),
];

#[derive(Template)]
#[template(path = "documents/form.html")]
struct DocumentFormPage {
    form: Typed<DocumentForm>,
    subject: Named,
    address: String,
    kinds: Vec<(&'static str, &'static str)>,
    languages: Vec<(&'static str, &'static str)>,
    shared: bool,
}

impl View for DocumentFormPage {
    fn title(&self) -> String {
        "Ajouter un document".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to(self.subject.title.clone(), self.subject.href.clone()),
            Crumb::to("Documents", self.address.clone()),
            Crumb::here("Ajouter"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "kinds": self.kinds, "languages": self.languages })
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<AddDocuments>,
    Path((kind, id)): Path<(String, Uuid)>,
    form: Typed<DocumentForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let subject = about(&app, &mut read, &permit, &kind, id).await?;
    permit.over(&adding_place(&permit, &subject.place))?;
    let kinds = DocumentKind::ALL
        .iter()
        .map(|k| (k.code(), k.label()))
        .collect();
    let shared = subject.place.establishment.is_none();
    Ok(Page::of(DocumentFormPage {
        form,
        subject,
        address: address(&kind, id),
        kinds,
        languages: LANGUAGES.to_vec(),
        shared,
    }))
}

/// Adds a document.
pub async fn create(
    State(app): State<App>,
    permit: Permit<AddDocuments>,
    Path((kind, id)): Path<(String, Uuid)>,
    upload: Upload<DocumentForm>,
) -> Result<Saved> {
    let mut tx = app.begin_with(&permit, upload.key.clone()).await?;
    let subject = about(&app, &mut tx, &permit, &kind, id).await?;
    let new = upload.fields.check()?;
    let file = upload.file("file")?;
    let content = recognise(&file.bytes).map_err(|why| Error::field("file", why))?;
    let place = if new.local {
        adding_place(&permit, &subject.place)
    } else {
        subject.place
    };
    let covered = permit.over(&place)?;
    let about = About {
        kind: kind_of(&kind)?,
        id,
        establishment: place.establishment.map(|e| e.uuid()),
    };
    let name: String = file
        .name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let (_, event) =
        commands::add(&mut tx, covered, &app.blobs(), &about, new, &name, content).await?;
    tx.commit(event, address(&kind, id)).await
}

fn is_organisation(document: &Document) -> bool {
    document.kind == DocumentKind::OrganisationDocument.code()
}

/// The document and its object, if the caller sees both.
async fn seen<A: Action>(
    app: &App,
    conn: &mut PgConnection,
    permit: &Permit<A>,
    id: DocumentId,
) -> Result<(Document, Named)> {
    let document = queries::find_anywhere(conn, id).await?;
    if mutants::on(Fault::ChildAlone) {
        let place = document
            .establishment_id
            .map_or(Place::SHARED, |e| Place::establishment(e.into()));
        let (title, href) = (document.title.clone(), String::new());
        return Ok((document, Named { title, href, place }));
    }
    let (kind, about_id) = (document.subject_type.as_str(), document.subject_id);
    // Diffused to the people of every unit (art. R.5212-28 2° CSP), whose rights stop at their unit.
    let subject = if is_organisation(&document)
        && organisation::queries::is_edition(conn, permit.sees(), id.uuid()).await?
    {
        app.subject(conn, permit.caller(), kind, about_id).await?
    } else {
        about(app, conn, permit, kind, about_id).await?
    };
    let at_home = document.establishment_id.is_none_or(|e| {
        subject.place.establishment.is_some_and(|s| s.uuid() == e)
            || permit.sees().establishments.contains(&e)
    });
    if at_home {
        Ok((document, subject))
    } else {
        Err(Error::NotFound)
    }
}

#[derive(Template)]
#[template(path = "documents/show.html")]
struct DocumentShow {
    document: Document,
    subject: Named,
    back: String,
    shown: bool,
    may_withdraw: bool,
    form: Typed<WithdrawalForm>,
}

impl View for DocumentShow {
    fn title(&self) -> String {
        self.document.title.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to(self.subject.title.clone(), self.subject.href.clone()),
            Crumb::to("Documents", self.back.clone()),
            Crumb::here(self.document.title.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::DocumentResource::from(&self.document))
    }
}

fn place_of(document: &Document, subject: &Named) -> Place {
    match document.establishment_id {
        Some(e) if subject.place.establishment.is_none() => Place::establishment(e.into()),
        _ => subject.place,
    }
}

/// Shows what is said of a document.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeDocuments>,
    Path(id): Path<DocumentId>,
    form: Typed<WithdrawalForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let (document, subject) = seen(&app, &mut read, &permit, id).await?;
    let may_withdraw = document.withdrawn_at.is_none()
        && permit
            .caller()
            .scope(AddDocuments::NAME)
            .reaches(place_of(&document, &subject));
    let (back, shown) = (
        if is_organisation(&document) {
            "/documents/organisation".to_owned()
        } else {
            address(&document.subject_type, document.subject_id)
        },
        is_shown(&document.media_type),
    );
    Ok(Page::of(DocumentShow {
        document,
        subject,
        back,
        shown,
        may_withdraw,
        form,
    }))
}

/// Gives the file.
pub async fn download(
    State(app): State<App>,
    permit: Permit<SeeDocuments>,
    Path(id): Path<DocumentId>,
) -> Result<Response> {
    let document = {
        let mut read = app.read(&permit).await?;
        seen(&app, &mut read, &permit, id).await?.0
    };
    let file = app.blobs().open(&document.sha256).await?;
    let mut response = Body::from_stream(ReaderStream::new(file)).into_response();
    let shown = is_shown(&document.media_type);
    let media_type = if shown {
        document.media_type.as_str()
    } else {
        "application/octet-stream"
    };
    let name = percent_encoding::utf8_percent_encode(
        &document.file_name,
        percent_encoding::NON_ALPHANUMERIC,
    );
    let disposition = if mutants::on(Fault::NameInHeader) {
        format!("attachment; filename=\"{}\"", document.file_name)
    } else {
        format!(
            "{}; filename*=UTF-8''{name}",
            if shown { "inline" } else { "attachment" }
        )
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(media_type).map_err(Error::internal)?,
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).map_err(Error::internal)?,
    );
    headers.insert(
        header::CONTENT_LENGTH,
        HeaderValue::from(document.size_bytes),
    );
    Ok(response)
}

/// Why a document is withdrawn.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WithdrawalForm {
    reason: String,
}

/// Withdraws a document.
pub async fn withdraw(
    State(app): State<App>,
    permit: Permit<AddDocuments>,
    Path(id): Path<DocumentId>,
    form: Form<WithdrawalForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (document, subject) = seen(&app, &mut tx, &permit, id).await?;
    let covered = permit.over(&place_of(&document, &subject))?;
    let mut errors = FieldErrors::default();
    let reason = check::line(&mut errors, "reason", &form.reason, 500);
    errors.done()?;
    let about = About {
        kind: kind_of(&document.subject_type)?,
        id: document.subject_id,
        establishment: document.establishment_id,
    };
    let event = commands::withdraw(
        &mut tx,
        covered,
        &document,
        &about,
        &reason.unwrap_or_default(),
    )
    .await?;
    tx.commit(event, format!("/documents/{id}")).await
}
