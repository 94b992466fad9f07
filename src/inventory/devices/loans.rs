//! Loans of a device: to whom, until when, late or not, and back.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;
use uuid::Uuid;

use super::api;
use super::commands::{self, Borrower, NewLoan};
use super::pages::{Head, Options, offered};
use super::queries::Loan;
use super::{
    DeviceId, LoanStanding, Reader, clock_words, done, find, loan_standing, queries, standing,
};
use crate::accounts::access::Permit;
use crate::accounts::actions::{Action, MoveDevices, SeeDevices};
use crate::app::App;
use crate::inventory::states::State as DeviceState;
use crate::kernel::page::Crumb;
use crate::kernel::{Result, date};
use crate::platform::web::{Form, Page, Saved, Typed, View, filters};

/// A loan as it is read.
pub struct LoanLine {
    loan: Loan,
    since: String,
    due: String,
    tone: &'static str,
    words: String,
    returned: String,
}

/// Its loans.
#[derive(Template)]
#[template(path = "inventory/devices/loans.html")]
pub struct LoanIndex {
    head: Head,
    lines: Vec<LoanLine>,
    may_lend: bool,
    may_return: bool,
}

impl View for LoanIndex {
    fn title(&self) -> String {
        self.head.title("Prêts")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Prêts")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::LoansResource {
            items: self
                .lines
                .iter()
                .map(|line| api::LoanResource::of(&line.loan, line.tone == "bad"))
                .collect(),
        })
    }
}

/// `GET /inventory/devices/{id}/loans`
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeDevices>,
    Path(id): Path<DeviceId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    let today = standing::local_day(&device, app.clock().now());
    let weighed = standing::of(&mut read, &device, today).await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Prêts");
    let zone = standing::zone(&device);
    let lines = queries::loans(&mut read, id)
        .await?
        .into_iter()
        .map(|loan| {
            let stands = loan_standing(loan.due_on, loan.returned_at.is_some(), today);
            LoanLine {
                since: date::instant(loan.lent_at, zone),
                due: date::short(loan.due_on),
                tone: match stands {
                    LoanStanding::Overdue(_) => "bad",
                    LoanStanding::Running(days) if days <= 7 => "watch",
                    LoanStanding::Running(_) => "good",
                    LoanStanding::Returned => "plain",
                },
                words: clock_words(stands),
                returned: loan
                    .returned_at
                    .map(|at| date::instant(at, zone))
                    .unwrap_or_default(),
                loan,
            }
        })
        .collect();
    let may_move =
        device.annulled_at.is_none() && super::reaches(permit.caller(), MoveDevices::NAME, &device);
    Ok(Page::of(LoanIndex {
        head,
        lines,
        may_lend: may_move && device.state == DeviceState::InService,
        may_return: may_move,
    }))
}

/// What was typed of a loan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoanForm {
    unit: String,
    organisation: String,
    borrower: String,
    due_on: String,
    reason: String,
}

/// The form.
#[derive(Template)]
#[template(path = "inventory/devices/loan_form.html")]
pub struct LoanFormPage {
    head: Head,
    form: Typed<LoanForm>,
    units: Options,
    organisations: Options,
}

impl View for LoanFormPage {
    fn title(&self) -> String {
        self.head.title("Prêter")
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.head.crumbs("Prêter")
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "errors": self.form.errors })
    }
}

/// `GET /inventory/devices/{id}/loans/new`
pub async fn new(
    State(app): State<App>,
    permit: Permit<MoveDevices>,
    Path(id): Path<DeviceId>,
    form: Typed<LoanForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let device = find(&mut read, permit.sees(), id).await?;
    permit.over(&device)?;
    let weighed = standing::of(
        &mut read,
        &device,
        standing::local_day(&device, app.clock().now()),
    )
    .await?;
    let head = Head::of(&app, permit.caller(), &device, &weighed, "Prêts");
    let units = offered(queries::choose_units(&mut read, permit.sees(), "").await?);
    let organisations = offered(queries::choose_organisations(&mut read, "").await?);
    Ok(Page::of(LoanFormPage {
        head,
        form,
        units,
        organisations,
    }))
}

/// `POST /inventory/devices/{id}/loans`
pub async fn create(
    State(app): State<App>,
    permit: Permit<MoveDevices>,
    Path(id): Path<DeviceId>,
    form: Form<LoanForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    let mut read = Reader::default();
    let unit = read.chosen("unit", &form.unit);
    let organisation = read.chosen("organisation", &form.organisation);
    let name = read.short("borrower", &form.borrower, 200);
    let due_on = read.day("due_on", &form.due_on);
    let reason = read.short("reason", &form.reason, 1000);
    let borrower = match (unit, organisation, name) {
        (Some(unit), None, None) => Some(Borrower::Unit(unit)),
        (None, Some(organisation), None) => Some(Borrower::Organisation(organisation)),
        (None, None, Some(name)) => Some(Borrower::Named(name)),
        (None, None, None) => {
            read.wrong
                .add("unit", "Dites à qui l’équipement est prêté.");
            None
        }
        _ => {
            read.wrong.add(
                "unit",
                "Une unité, une organisation ou une personne : un seul emprunteur.",
            );
            None
        }
    };
    if let Some(unit) = unit
        && queries::home_of_unit(&mut tx, permit.sees(), unit)
            .await?
            .is_none()
    {
        read.wrong
            .add("unit", "Cette unité n’existe pas, ou elle est fermée.");
    }
    if due_on.is_none() && read.wrong.of("due_on").is_none() {
        read.wrong
            .add("due_on", "Dites quel jour le retour est attendu.");
    }
    let (borrower, due_on) = done(read, borrower.zip(due_on))?;
    tx.because(reason.as_deref().unwrap_or_default()).await?;
    let today = standing::local_day(&device, tx.now());
    let event = commands::lend(
        &mut tx,
        covered,
        &device,
        NewLoan {
            borrower,
            due_on,
            reason,
        },
        today,
    )
    .await?;
    tx.commit(event, format!("{}/loans", device.url())).await
}

/// What was typed of a return.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnForm {
    return_note: String,
}

/// `DELETE /inventory/devices/{id}/loans/{loan}`
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<MoveDevices>,
    Path((id, loan)): Path<(DeviceId, Uuid)>,
    form: Form<ReturnForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let device = find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&device)?;
    if !queries::loans(&mut tx, id)
        .await?
        .iter()
        .any(|known| known.id == loan)
    {
        return Err(crate::kernel::Error::NotFound);
    }
    let mut read = Reader::default();
    let note = read.short("return_note", &form.return_note, 1000);
    let note = done(read, Some(note))?;
    tx.because(note.as_deref().unwrap_or_default()).await?;
    let event = commands::take_back(&mut tx, covered, &device, loan, note.as_deref()).await?;
    tx.commit(event, format!("{}/loans", device.url())).await
}
