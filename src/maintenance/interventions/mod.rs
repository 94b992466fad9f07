//! Interventions: what a unit asks for, what is done about it, and the report that closes it.
//!
//! Anyone of a unit reports a problem from the page behind a device's label; the answer is a number. An
//! intervention goes by named steps; it is closed by a report that says who, for whom he works, which day,
//! what was done, the level of performance obtained and the conformity (art. R.5212-28 5° CSP). A control
//! does not close without its measured values, nor a value out of its limits without a word. A report is
//! never dated to come, before its request, nor before what is already known.

pub mod checklists;
pub mod closing;
pub mod commands;
mod home;
mod lines;
pub mod model;
mod pages;
pub mod queries;
mod report;
mod reports;
pub mod returns;
pub mod steps;

pub use home::{harm_block, requests_block};
pub(in crate::maintenance) use lines::of_stop;
pub use queries::{INTERVENTIONS, named};
pub(in crate::maintenance) use steps::StepForm;

use axum::http::Method;

use super::api::{InterventionResource, ReceiptResource};
use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** An intervention. */ InterventionId);

const LABEL: &str = "the label of a device is the right to report a problem on it, from the ward, without an account";

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/maintenance/interventions", pages::index)
        .lists(&queries::INTERVENTIONS)
        .get("/maintenance/interventions/new", pages::new)
        .choices()
        .post("/maintenance/interventions", pages::create)
        .get("/maintenance/interventions/{id}", pages::show)
        .answers::<InterventionResource>()
        .post(
            "/maintenance/interventions/{id}/qualification",
            pages::qualify,
        )
        .post("/maintenance/interventions/{id}/plan", pages::plan)
        .post("/maintenance/interventions/{id}/work", pages::work)
        .post("/maintenance/interventions/{id}/waiting", pages::wait)
        .post(
            "/maintenance/interventions/{id}/cancellation",
            pages::cancel,
        )
        .post("/maintenance/interventions/{id}/parts", pages::add_part)
        .get("/maintenance/interventions/{id}/report/new", report::new)
        .choices()
        .post("/maintenance/interventions/{id}/report", report::create)
        .post("/maintenance/due/{id}/interventions", pages::from_due)
        .leads_to("/maintenance/interventions/{id}/report/new")
        .get("/maintenance/devices/{id}/returns/new", returns::new)
        .choices()
        .post("/maintenance/devices/{id}/returns", returns::create)
        .post("/maintenance/obligations/{id}/steps", steps::create)
        .delete("/maintenance/obligations/{id}/steps/{step}", steps::destroy)
        .public(
            Method::GET,
            "/maintenance/reports/{code}/new",
            reports::new,
            LABEL,
        )
        .choices()
        .public(
            Method::POST,
            "/maintenance/reports/{code}",
            reports::create,
            LABEL,
        )
        .public(
            Method::GET,
            "/maintenance/receipts/{token}",
            reports::show,
            "the receipt of a report is followed by whoever was given it",
        )
        .answers::<ReceiptResource>()
}
