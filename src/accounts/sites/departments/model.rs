//! What a pôle is, without SQL or HTTP.

use crate::accounts::EstablishmentId;

/// What is said of a pôle, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDepartment {
    /// Its establishment, which never changes.
    pub establishment: EstablishmentId,
    /// Its code, unique in the establishment.
    pub code: String,
    /// Its name.
    pub name: String,
}
