//! What was found, as programs read it.

use serde::Serialize;
use utoipa::ToSchema;

/// An object found.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitResource {
    /// Where it is read.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// What tells it from others.
    pub subtitle: String,
}

/// The objects of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupResource {
    /// Code of the kind.
    pub kind: &'static str,
    /// How many in all.
    pub count: i64,
    /// False when there are at least that many and they were not counted further.
    pub exact: bool,
    /// The best.
    pub hits: Vec<HitResource>,
}

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundResource {
    /// What was sought.
    pub query: String,
    /// What it says, when it is a UDI.
    pub udi: Option<String>,
    /// By kind.
    pub groups: Vec<GroupResource>,
}
