//! What a site is, without SQL or HTTP.

use crate::accounts::EstablishmentId;

/// What is said of a site, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSite {
    /// Its establishment, which never changes.
    pub establishment: EstablishmentId,
    /// Its code, unique in the establishment.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: Option<String>,
}
