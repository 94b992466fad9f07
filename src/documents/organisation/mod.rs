//! The organisation document of art. R.5212-28 2° CSP: how an establishment makes sure that maintenance
//! and quality controls are done, edition by edition.
//!
//! It is adopted after the opinion of the medical committee (CME in most hospitals), made known to users,
//! and updated without delay when the organisation changes. What must always hold: an edition is replaced
//! by the next, never changed nor deleted; who it was sent to and who said to have read it stays; only a
//! person says having read for himself.

mod api;
pub mod commands;
mod pages;
pub mod queries;

use crate::app::App;
use crate::platform::web::Routes;

crate::id_type!(/** An edition of the organisation document. */ EditionId);

crate::coded! {
    /// What the medical committee said.
    pub enum Opinion {
        Awaited = "awaited" => "avis attendu",
        Favourable = "favourable" => "avis favorable",
        WithReservations = "with_reservations" => "avis favorable avec réserves",
        Unfavourable = "unfavourable" => "avis défavorable",
    }
}

/// The routes of the organisation document.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/documents/organisation", pages::index)
        .answers::<api::OrganisationEditions>()
        .get("/documents/organisation/new", pages::new)
        .post("/documents/organisation", pages::create)
        .get("/documents/organisation/{id}", pages::show)
        .answers::<api::OrganisationEdition>()
        .post("/documents/organisation/{id}/opinion", pages::opine)
        .post("/documents/organisation/{id}/diffusion", pages::diffuse)
        .post("/documents/organisation/{id}/receipt", pages::acknowledge)
}
