//! Models of devices: what is true once for all devices of a kind.
//!
//! A model has names, a maker, a regulation with its class, flags and ends of support; devices inherit
//! them and store only their exceptions. A class never stands without its regulation. A flag nobody has
//! answered is unknown, not « non ». Whether maintenance is a duty (art. R.5212-26 CSP) is computed from
//! the rules, with its reason.

pub mod api;
pub mod commands;
pub mod form;
pub mod identifiers;
pub mod instructions;
mod list;
mod model;
mod obligation;
mod pages;
pub mod queries;
mod suggestions;
pub mod supports;
mod terms;
pub mod udi;
pub mod versions;

pub use list::MODELS;
pub use model::{
    AppliedParts, ClassMistake, ClassSource, ClassSuffix, CodeSystem, ElectricalClass,
    Qualification, RegulatedFamily, Regulation, RiskClass, UdiIssuer, UdiLevel, check_class,
    class_words,
};
pub use obligation::{ModelFacts, Obligation, Reason, maintenance_obligation};
pub use queries::named;
pub use terms::named as term_named;

use crate::app::App;
use crate::platform::web::Routes;
use crate::shell::suggestions::SuggestionsResource;

crate::id_type!(/** A model of device. */ ModelId);
crate::id_type!(/** A software version of a model. */ VersionId);
crate::id_type!(/** A device identifier (UDI-DI) of a model. */ IdentifierId);
crate::id_type!(/** Instructions for use of a model, one edition. */ InstructionId);
crate::id_type!(/** A model filed under a nomenclature term. */ TermLinkId);

/// The routes of models, their identifiers, versions and nomenclature terms.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/inventory/models", pages::index)
        .lists(&MODELS)
        .get("/inventory/models/suggestions", suggestions::index)
        .answers::<SuggestionsResource>()
        .get("/inventory/models/new", pages::new)
        .post("/inventory/models", pages::create)
        .get("/inventory/models/{id}", pages::show)
        .answers::<api::ModelResource>()
        .get("/inventory/models/{id}/edit", pages::edit)
        .patch("/inventory/models/{id}", pages::update)
        .post("/inventory/models/{id}/identifiers", identifiers::create)
        .delete(
            "/inventory/models/{id}/identifiers/{identifier}",
            identifiers::destroy,
        )
        .get("/inventory/models/{id}/instructions", instructions::index)
        .answers::<api::InstructionsResource>()
        .post("/inventory/models/{id}/instructions", instructions::create)
        .delete(
            "/inventory/models/{id}/instructions/{instruction}",
            instructions::destroy,
        )
        .get("/inventory/models/{id}/supports", supports::index)
        .answers::<api::SupportsResource>()
        .post("/inventory/models/{id}/supports", supports::create)
        .post("/inventory/models/{id}/versions", versions::create)
        .post("/inventory/models/{id}/terms", terms::create)
        .delete("/inventory/models/{id}/terms/{term}", terms::destroy)
}
