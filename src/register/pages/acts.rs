//! Writing in the register: an operation, a correction, an annulment.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::form::LineForm;
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::{AddDocuments, AppendRegister, CorrectRegister};
use crate::app::App;
use crate::documents::commands::{About, add};
use crate::documents::model::{NewDocument, recognise};
use crate::inventory::devices::pages::Head;
use crate::inventory::devices::{Device, DeviceId, find, standing};
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Event, FieldErrors, Result};
use crate::platform::db::Tx;
use crate::platform::web::upload::SentFile;
use crate::platform::web::{Form, Page, Saved, Typed, Upload, View, check, filters};
use crate::register::commands::{self, document_kind};
use crate::register::model::{Conformity, Line, LineId, LineKind, Report};
use crate::register::queries;

/// The form of a line.
#[derive(Template)]
#[template(path = "register/form.html")]
struct LineFormPage {
    head: Head,
    form: Typed<LineForm>,
    action: String,
    back: String,
    /// The number of the line to correct.
    corrects: Option<i32>,
    kept_report: Option<String>,
    marked_after: i64,
    kinds: Vec<(&'static str, &'static str)>,
    conformities: Vec<(&'static str, &'static str)>,
}

impl LineFormPage {
    fn of(head: Head, form: Typed<LineForm>, action: String, back: String) -> Self {
        Self {
            head,
            form,
            action,
            back,
            corrects: None,
            kept_report: None,
            marked_after: 7,
            kinds: LineKind::ALL
                .iter()
                .map(|k| (k.code(), k.label()))
                .collect(),
            conformities: Conformity::ALL
                .iter()
                .map(|c| (c.code(), c.label()))
                .collect(),
        }
    }

    fn what(&self) -> String {
        match self.corrects {
            Some(number) => format!("Corriger la ligne {number}"),
            None => "Consigner une opération".into(),
        }
    }
}

impl View for LineFormPage {
    fn title(&self) -> String {
        self.head.title(&self.what())
    }

    fn crumbs(&self) -> Vec<Crumb> {
        let mut crumbs = self.head.crumbs("Registre");
        if let Some(last) = crumbs.last_mut() {
            last.href = Some(self.back.clone());
        }
        crumbs.push(Crumb::here(self.what()));
        crumbs
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "kinds": self.kinds, "conformities": self.conformities, "errors": self.form.errors })
    }
}

fn address(device: DeviceId) -> String {
    format!("/register/devices/{device}")
}

/// `GET /register/devices/{id}/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<AppendRegister>,
    Path(id): Path<DeviceId>,
    form: Typed<LineForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Registre");
    let rules = queries::rules(&mut read, today).await?;
    let form = form.or(|| LineForm::fresh(&device, today, &permit.caller().name));
    let mut page = LineFormPage::of(head, form, address(id), address(id));
    page.marked_after = rules.lateness.marked_after_days;
    Ok(Page::of(page))
}

/// Keeps the report as a document of the device, and names it by its content.
async fn keep_report(
    app: &App,
    tx: &mut Tx,
    covered: Covered<AddDocuments>,
    device: &Device,
    kind: LineKind,
    file: &SentFile,
) -> Result<(Report, Event)> {
    let content = recognise(&file.bytes).map_err(|why| Error::field("report", why))?;
    let name: String = file
        .name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let about = About {
        kind: "device",
        id: device.id.uuid(),
        establishment: Some(device.establishment_id.uuid()),
    };
    let document = NewDocument {
        kind: document_kind(kind),
        title: format!("Rapport : {}", kind.label().to_lowercase()),
        edition: None,
        language: None,
        issued_on: None,
        expires_on: None,
        local: false,
    };
    let bytes = content.bytes.clone();
    let added = add(tx, covered, &app.blobs(), &about, document, &name, content).await;
    let (id, event) = added.map_err(|error| match error {
        Error::Invalid(errors) => errors
            .of("file")
            .map_or(Error::Invalid(errors), |why| Error::field("report", why)),
        other => other,
    })?;
    Ok((commands::report_of(id.uuid(), &name, &bytes), event))
}

/// `POST /register/devices/{id}`
pub async fn create(
    State(app): State<App>,
    permit: Permit<AppendRegister>,
    Path(id): Path<DeviceId>,
    upload: Upload<LineForm>,
) -> Result<Saved> {
    let mut tx = app.begin_with(&permit, upload.key.clone()).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let (report, added) = match upload.file("report") {
        Ok(file) => {
            let kind = LineKind::from_code(upload.fields.kind.trim()).unwrap_or(LineKind::Other);
            let (report, event) =
                keep_report(&app, &mut tx, covered.entail(), &device, kind, file).await?;
            (Some(report), Some(event))
        }
        Err(_) => (None, None),
    };
    let (_, event) =
        commands::append(&mut tx, covered, &device, upload.fields.check(report)?).await?;
    let event = match added {
        Some(added) => event.and(added),
        None => event,
    };
    tx.commit(event, address(id)).await
}

async fn its_device<A: crate::accounts::actions::Action>(
    conn: &mut sqlx::PgConnection,
    permit: &Permit<A>,
    id: LineId,
) -> Result<(Line, Device)> {
    let line = queries::find(conn, permit.sees(), id).await?;
    let device = find(conn, permit.sees(), line.device_id).await?;
    Ok((line, device))
}

/// `GET /register/lines/{id}/corrections/new`
pub async fn corrections_new(
    State(app): State<App>,
    permit: Permit<CorrectRegister>,
    Path(id): Path<LineId>,
    form: Typed<LineForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let (line, device) = its_device(&mut read, &permit, id).await?;
    permit.over(&device)?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Registre");
    let mut page = LineFormPage::of(
        head,
        form.or(|| LineForm::of(&line)),
        format!("/register/lines/{id}/corrections"),
        format!("/register/lines/{id}"),
    );
    page.corrects = Some(line.number);
    page.kept_report = line.report_name;
    Ok(Page::of(page))
}

/// `POST /register/lines/{id}/corrections`
pub async fn correct(
    State(app): State<App>,
    permit: Permit<CorrectRegister>,
    Path(id): Path<LineId>,
    upload: Upload<LineForm>,
) -> Result<Saved> {
    let mut tx = app.begin_with(&permit, upload.key.clone()).await?;
    let (line, device) = its_device(&mut tx, &permit, id).await?;
    let covered = permit.over(&device)?;
    let kept = line.report_name.clone().zip(line.report_sha256.clone());
    let (report, added) = match upload.file("report") {
        Ok(file) => {
            let (report, event) =
                keep_report(&app, &mut tx, covered.entail(), &device, line.kind, file).await?;
            (Some(report), Some(event))
        }
        Err(_) => {
            let report = kept.map(|(name, sha256)| Report {
                document: line.report_id,
                name,
                sha256,
            });
            (report, None)
        }
    };
    let mut new = upload.fields.check(report)?;
    if new.done_on.is_none() {
        new.done_on_text.clone_from(&line.done_on_text);
    }
    let (written, event) = commands::correct(&mut tx, covered, &device, &line, new).await?;
    let event = match added {
        Some(added) => event.and(added),
        None => event,
    };
    tx.commit(event, format!("/register/lines/{}", written.id))
        .await
}

/// Why a line is annulled.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnnulmentForm {
    pub(super) reason: String,
}

/// `POST /register/lines/{id}/annulment`
pub async fn annul(
    State(app): State<App>,
    permit: Permit<CorrectRegister>,
    Path(id): Path<LineId>,
    form: Form<AnnulmentForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let (line, device) = its_device(&mut tx, &permit, id).await?;
    let covered = permit.over(&device)?;
    let mut wrong = FieldErrors::default();
    let reason = check::line(&mut wrong, "reason", &form.reason, 1000);
    wrong.done()?;
    let reason = reason.unwrap_or_default();
    let (_, event) = commands::annul(&mut tx, covered, &device, &line, &reason).await?;
    tx.commit(event, format!("/register/lines/{id}")).await
}
