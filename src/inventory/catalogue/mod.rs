//! Models of devices: what is true once for all devices of a kind.
//!
//! A model has names, a maker, a regulation with its class, flags and ends of support; devices inherit
//! them and store only their exceptions. A class never stands without its regulation. A flag nobody has
//! answered is unknown, not « non ». Whether maintenance is a duty (art. R.5212-26 CSP) is computed from
//! the rules, with its reason.

mod list;
mod model;
mod obligation;
pub mod udi;

pub use list::MODELS;
pub use model::{
    AppliedParts, ClassMistake, ClassSource, ClassSuffix, CodeSystem, ElectricalClass,
    Qualification, RegulatedFamily, Regulation, RiskClass, UdiIssuer, UdiLevel, check_class,
    class_words,
};
pub use obligation::{ModelFacts, Obligation, Reason, maintenance_obligation};
