//! The page behind a device's label: anyone of a unit says what happens and gets a number. No account:
//! the label is the right to report on that device alone, and only so often.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use chrono::TimeDelta;
use serde::Deserialize;

use super::commands::{self, NewRequest};
use super::model::{Channel, Harm, Kind, Usable};
use super::queries::{self, Receipt};
use crate::accounts::EstablishmentId;
use crate::accounts::access::Permit;
use crate::accounts::actions::RequestInterventions;
use crate::app::App;
use crate::inventory::devices::{self, Device, DeviceId};
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::platform::web::reply::Frame;
use crate::platform::web::{Context, Form, Page, Saved, Typed, View, check, filters};

/// Reports of one device within the while below.
const MOST_PER_DEVICE: i64 = 5;
/// Reports from one address within that while: a ward has one.
const MOST_PER_ADDRESS: i64 = 20;
const WHILE: TimeDelta = TimeDelta::minutes(10);

/// Who writes for a visitor: the label's right, over the establishment of the device.
fn label_permit(establishment: EstablishmentId) -> Permit<RequestInterventions> {
    Permit::for_job("signalement par étiquette", vec![establishment])
}

async fn labelled(app: &App, code: &str) -> Result<(DeviceId, Permit<RequestInterventions>)> {
    let mut conn = crate::platform::db::Read::open(app.pool()).await?;
    let (device, establishment) = queries::labelled(&mut conn, code.trim()).await?;
    Ok((device, label_permit(establishment)))
}

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportForm {
    symptom: String,
    usable: String,
    harm: String,
    harm_note: String,
    name: String,
    phone: String,
}

type Codes = Vec<(&'static str, &'static str)>;

#[derive(Template)]
#[template(path = "maintenance/reports/new.html")]
struct ReportNew {
    code: String,
    number: String,
    name: String,
    place: String,
    phone: Option<String>,
    form: Typed<ReportForm>,
    usable: Codes,
    harm: Codes,
}

impl View for ReportNew {
    fn title(&self) -> String {
        format!("Signaler un problème · {}", self.number)
    }

    fn frame(&self) -> Frame {
        Frame::Plain
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "inventory_number": self.number, "name": self.name, "errors": self.form.errors })
    }
}

/// `GET /maintenance/reports/{code}/new`
pub async fn new(
    State(app): State<App>,
    Path(code): Path<String>,
    form: Typed<ReportForm>,
) -> Result<Page> {
    let (id, permit) = labelled(&app, &code).await?;
    let mut read = app.read(&permit).await?;
    let device: Device = devices::find(&mut read, permit.sees(), id).await?;
    let phone = queries::service_phone(&mut read, device.establishment_id).await?;
    Ok(Page::of(ReportNew {
        code: device.label_code.clone(),
        number: device.inventory_number.clone(),
        name: device.name(),
        place: devices::standing::place_words(&device).unwrap_or_else(|| "lieu inconnu".into()),
        phone,
        form,
        usable: Usable::ALL.iter().map(|v| (v.code(), v.label())).collect(),
        harm: Harm::ALL.iter().map(|v| (v.code(), v.label())).collect(),
    }))
}

/// `POST /maintenance/reports/{code}`
pub async fn create(
    State(app): State<App>,
    Path(code): Path<String>,
    Extension(context): Extension<Context>,
    form: Form<ReportForm>,
) -> Result<Saved> {
    let (id, permit) = labelled(&app, &code).await?;
    let mut errors = FieldErrors::default();
    let symptom = check::line(&mut errors, "symptom", &form.symptom, 1000);
    let usable = check::maybe_code(&mut errors, "usable", &form.usable, Usable::from_code);
    let harm = check::maybe_code(&mut errors, "harm", &form.harm, Harm::from_code);
    let harm_note = check::maybe_line(&mut errors, "harm_note", &form.harm_note, 1000);
    let name = check::line(&mut errors, "name", &form.name, 100);
    let phone = check::maybe_line(&mut errors, "phone", &form.phone, 40);
    if usable.is_none() && errors.of("usable").is_none() {
        errors.add("usable", "Peut-on encore l’utiliser ?");
    }
    if harm.is_none() && errors.of("harm").is_none() {
        errors.add(
            "harm",
            "Quelqu’un a-t-il été atteint, ou aurait-il pu l’être ?",
        );
    }
    errors.done()?;
    let (Some(symptom), Some(usable), Some(harm), Some(name)) = (symptom, usable, harm, name)
    else {
        return Err(Error::internal("checked above"));
    };
    let address = context.address.map(|a| a.to_string());
    let mut tx = app.begin(&permit, &form).await?;
    let since = tx.now() - WHILE;
    let (of_device, of_address) = queries::recent(&mut tx, id, address.as_deref(), since).await?;
    if of_device >= MOST_PER_DEVICE || of_address >= MOST_PER_ADDRESS {
        return Err(Error::TooMany(600));
    }
    let device = devices::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let new = NewRequest {
        kind: Kind::Corrective,
        requester: name,
        phone,
        channel: Channel::Label,
        symptom,
        usable,
        harm,
        harm_note,
        address,
        due: None,
    };
    let (asked, event) = commands::ask(&mut tx, covered, &device, new).await?;
    let receipt = asked.receipt.unwrap_or_default();
    tx.commit_quietly(event, format!("/maintenance/receipts/{receipt}"))
        .await
}

#[derive(Template)]
#[template(path = "maintenance/reports/show.html")]
struct ReceiptShow {
    receipt: Receipt,
    asked: String,
    follow_up: String,
    tone: &'static str,
    closed: String,
}

impl View for ReceiptShow {
    fn title(&self) -> String {
        format!("Signalement {}", self.receipt.number)
    }

    fn frame(&self) -> Frame {
        Frame::Plain
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "number": self.receipt.number, "state": self.receipt.state, "planned_on": self.receipt.planned_on })
    }
}

/// `GET /maintenance/receipts/{token}`
pub async fn show(State(app): State<App>, Path(token): Path<String>) -> Result<Page> {
    let mut conn = crate::platform::db::Read::open(app.pool()).await?;
    let receipt = queries::receipt(&mut conn, &token).await?;
    let zone: chrono_tz::Tz = receipt
        .time_zone
        .parse()
        .unwrap_or(chrono_tz::Europe::Paris);
    let follow_up = match receipt.planned_on {
        Some(on) if !receipt.state.is_over() => {
            format!("{}, prévue le {}", receipt.state.label(), date::short(on))
        }
        _ => receipt.state.label().to_owned(),
    };
    Ok(Page::of(ReceiptShow {
        asked: date::instant(receipt.requested_at, zone),
        closed: receipt
            .closed_at
            .map(|at| date::instant(at, zone))
            .unwrap_or_default(),
        tone: receipt.state.tone(),
        follow_up,
        receipt,
    }))
}
