//! Devices: what the hospital exploits, one by one, whoever owns them.
//!
//! A device is a model somewhere, with its own identifiers, holding, dates and life. What must always hold:
//! - the seven items of art. R.5212-28 1° CSP (common name, trade name, manufacturer, supplier, serial
//!   number, location, date of first service) are each present, missing, or « sans objet » with a reason;
//! - a day nobody knows is empty beside the words that were given, never a guess;
//! - its state changes only by the named transitions of [`crate::inventory::states`];
//! - entered by mistake it is annulled within 24 hours, else it lives a whole life; it is never deleted;
//! - a standard exchange changes its serial number, and the former one stays in its history.

pub mod annulment;
mod api;
pub mod commands;
mod fields;
mod forms;
pub mod history;
pub mod identifiers;
pub mod items;
mod labels;
pub mod lifecycle;
mod list;
pub mod loans;
mod model;
pub mod movements;
pub mod network;
pub mod pages;
pub mod queries;
mod record;
mod scan;
pub mod standing;
pub mod transitions;

use axum::http::Method;

use crate::accounts::EstablishmentId;
use crate::accounts::access::{Caller, Placed};
use crate::app::App;
use crate::kernel::{Error, Result, Subject};
use crate::platform::web::Routes;

pub use fields::{DayOrWords, Fields};
pub use forms::{Reader, THREE, done, options, reason, said};
pub use list::DEVICES;
pub use model::{
    Annulment, Criticality, Holding, IdentifierKind, Item, ItemStanding, ItemState, LoanStanding,
    NumberPattern, RemoteAccess, annulment, clock_words, holding_standing, items as seven_items,
    label_code, loan_standing, present_count,
};
pub use queries::named;
pub use record::{Device, find};

crate::id_type!(/** A device. */ DeviceId);

impl Device {
    /// Where its page is.
    pub fn url(&self) -> String {
        format!("/inventory/devices/{}", self.id)
    }

    /// What it is called: the common name first.
    pub fn name(&self) -> String {
        self.common_name
            .clone()
            .or_else(|| self.trade_name.clone())
            .or_else(|| self.reference.clone())
            .unwrap_or_else(|| "équipement".to_owned())
    }

    /// The device, in the timeline.
    pub fn subject(&self) -> Subject {
        Subject::of("device", self.id, self.establishment_id)
    }

    /// The device, once it is in another establishment.
    pub fn subject_in(&self, establishment: EstablishmentId) -> Subject {
        Subject::of("device", self.id, establishment)
    }
}

/// What was annulled is read, never changed.
pub fn refuse_if_annulled(device: &Device) -> Result<()> {
    match &device.annulled_reason {
        None => Ok(()),
        Some(why) => Err(Error::refused(
            "Annulation d’une saisie erronée",
            format!("Cette inscription a été annulée : {why}."),
        )),
    }
}

/// Whether the caller holds a permission over a device: what its page offers, the handler decides again.
pub fn reaches(caller: &Caller, permission: &str, device: &Device) -> bool {
    caller.scope(permission).reaches(device.place())
}

/// The routes of devices.
pub fn routes() -> Routes<App> {
    Routes::new()
        .public(
            Method::GET,
            "/q/{code}",
            labels::show,
            "who scans a label without an account is led to the page that reports a problem",
        )
        .gives_a_file()
        .get("/inventory/devices", pages::index)
        .lists(&DEVICES)
        .post("/inventory/devices", pages::create)
        .get("/inventory/devices/new", pages::new)
        .get("/inventory/devices/{id}", pages::show)
        .answers::<api::DeviceResource>()
        .patch("/inventory/devices/{id}", pages::update)
        .get("/inventory/devices/{id}/edit", pages::edit)
        .get("/inventory/devices/{id}/as-of", pages::as_of)
        .answers::<api::DeviceAsOfResource>()
        .get("/inventory/devices/{id}/history", history::show)
        .answers::<api::DeviceHistoryResource>()
        .get("/inventory/devices/{id}/movements", movements::index)
        .answers::<api::MovementsResource>()
        .post("/inventory/devices/{id}/movements", movements::create)
        .leads_to("/inventory/devices/{id}")
        .get("/inventory/devices/{id}/movements/new", movements::new)
        .get("/inventory/devices/{id}/loans", loans::index)
        .answers::<api::LoansResource>()
        .post("/inventory/devices/{id}/loans", loans::create)
        .get("/inventory/devices/{id}/loans/new", loans::new)
        .delete("/inventory/devices/{id}/loans/{loan}", loans::destroy)
        .post("/inventory/devices/{id}/transitions", transitions::create)
        .get("/inventory/devices/{id}/transitions/new", transitions::new)
        .post("/inventory/devices/{id}/annulment", annulment::create)
        .get("/inventory/devices/{id}/annulment/new", annulment::new)
        .get("/inventory/devices/{id}/identifiers", identifiers::index)
        .answers::<api::DeviceIdentifiersResource>()
        .post("/inventory/devices/{id}/identifiers", identifiers::create)
        .get("/inventory/devices/{id}/identifiers/new", identifiers::new)
        .get("/inventory/devices/{id}/items", items::index)
        .answers::<api::ItemsResource>()
        .post("/inventory/devices/{id}/items", items::create)
        .delete("/inventory/devices/{id}/items/{item}", items::destroy)
        .get("/inventory/devices/{id}/network", network::show)
        .answers::<api::NetworkResource>()
        .get("/inventory/devices/{id}/network/edit", network::edit)
        .patch("/inventory/devices/{id}/network", network::update)
}
