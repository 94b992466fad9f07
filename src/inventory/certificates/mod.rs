//! CE certificates: which notified body answers for which models, until when, and in what standing.
//!
//! A certificate covers one or several models; the group shares it. Its *status* is what somebody last
//! read (register of the body, letter, EUDAMED) with the source and the day; its *standing* is computed
//! each day from that status, its end and, for a certificate of the former directives, the rule that ends
//! its transition ([`crate::rules`], purpose `transition`). What must always hold: a number is unique for
//! its notified body; a standing that rests on a rule nobody has verified says so; a certificate is
//! replaced, never deleted. Legal basis: regulations (EU) 2017/745 art. 56 and 120, 2017/746 art. 51 and 110.

pub mod alerts;
mod api;
pub mod commands;
pub mod form;
mod list;
pub mod model;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

pub use list::CERTIFICATES;
pub use model::{Kind, Law, Standing, Status};
pub use queries::named;

crate::id_type!(/** A CE certificate. */ CertificateId);

/// The routes of certificates.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/certificates", pages::index)
        .lists(&list::CERTIFICATES)
        .get("/inventory/certificates/new", pages::new)
        .post("/inventory/certificates", pages::create)
        .get("/inventory/certificates/{id}", pages::show)
        .answers::<api::CertificateResource>()
        .get("/inventory/certificates/{id}/edit", pages::edit)
        .patch("/inventory/certificates/{id}", pages::update)
        .post("/inventory/certificates/{id}/models", pages::cover)
        .delete(
            "/inventory/certificates/{id}/models/{model}",
            pages::uncover,
        )
}
