//! A site as programs read it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::queries::Site;
use super::tree::Node;

/// The JSON resource.
#[derive(Serialize, ToSchema)]
pub struct SiteResource<'a> {
    id: String,
    establishment_id: String,
    establishment: &'a str,
    code: &'a str,
    name: &'a str,
    address: Option<&'a str>,
    closed_on: Option<NaiveDate>,
    version: i32,
}

impl<'a> From<&'a Site> for SiteResource<'a> {
    fn from(site: &'a Site) -> Self {
        Self {
            id: site.id.to_string(),
            establishment_id: site.establishment_id.to_string(),
            establishment: &site.establishment,
            code: &site.code,
            name: &site.name,
            address: site.address.as_deref(),
            closed_on: site.closed_on,
            version: site.version,
        }
    }
}

/// A place of the tree, and those within it.
#[derive(Serialize, ToSchema)]
#[schema(no_recursion)]
pub struct PlaceResource<'a> {
    href: &'a str,
    kind: &'static str,
    code: &'a str,
    name: &'a str,
    closed: bool,
    note: &'a str,
    children: Vec<PlaceResource<'a>>,
}

impl<'a> From<&'a Node> for PlaceResource<'a> {
    fn from(node: &'a Node) -> Self {
        Self {
            href: &node.href,
            kind: node.kind,
            code: &node.code,
            name: &node.name,
            closed: node.closed,
            note: &node.note,
            children: node.children.iter().map(Into::into).collect(),
        }
    }
}

/// The tree of places.
#[derive(Serialize, ToSchema)]
pub struct TreeResource<'a> {
    /// Its roots.
    pub establishments: Vec<PlaceResource<'a>>,
}
