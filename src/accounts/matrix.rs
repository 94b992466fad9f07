//! Who may do what: the matrix role × permission, as the code applies it.

use askama::Template;
use axum::extract::State;

use super::access::Permit;
use super::actions::{MATRIX, Permission, UseVigie};
use super::roles::Role;
use crate::app::App;
use crate::kernel::Result;
use crate::platform::web::{Page, Routes, View, filters};

/// The route of this page.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/matrix", show)
        .answers::<MatrixResource>()
}

/// The permissions of one domain, in the order of the matrix.
struct Group {
    heading: &'static str,
    lines: Vec<&'static Permission>,
}

/// A permission and the roles that hold it.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct PermissionResource {
    permission: &'static str,
    label: &'static str,
    roles: Vec<&'static str>,
}

/// The matrix, as programs read it.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct MatrixResource {
    permissions: Vec<PermissionResource>,
}

#[derive(Template)]
#[template(path = "accounts/matrix/show.html")]
struct MatrixShow {
    roles: Vec<Role>,
    groups: Vec<Group>,
}

/// The first word of a permission's name, as people read it.
fn heading(name: &str) -> &'static str {
    match name.split('.').next().unwrap_or_default() {
        "accounts" => "Comptes et organisation",
        "audit" => "Journal",
        "lists" => "Listes",
        "rules" => "Textes",
        "parties" => "Fabricants, fournisseurs et contacts",
        "documents" => "Documents",
        "inventory" => "Parc et catalogue",
        "exchange" => "Imports et exports",
        "search" => "Recherche",
        _ => "Autres",
    }
}

impl MatrixShow {
    fn new() -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for permission in MATRIX {
            let heading = heading(permission.name);
            match groups.iter_mut().find(|group| group.heading == heading) {
                Some(group) => group.lines.push(permission),
                None => groups.push(Group {
                    heading,
                    lines: vec![permission],
                }),
            }
        }
        Self {
            roles: Role::ALL.to_vec(),
            groups,
        }
    }

    fn held(&self, permission: &Permission, role: &Role) -> bool {
        permission.roles.contains(role)
    }
}

impl View for MatrixShow {
    fn title(&self) -> String {
        "Qui peut quoi".into()
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(MatrixResource {
            permissions: MATRIX
                .iter()
                .map(|p| PermissionResource {
                    permission: p.name,
                    label: p.label,
                    roles: p.roles.iter().map(|r| r.code()).collect(),
                })
                .collect(),
        })
    }
}

/// Shows the matrix.
pub async fn show(State(_): State<App>, _: Permit<UseVigie>) -> Result<Page> {
    Ok(Page::of(MatrixShow::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_shown_once() {
        let shown = MatrixShow::new();
        let count: usize = shown.groups.iter().map(|g| g.lines.len()).sum();
        assert_eq!(count, MATRIX.len());
    }
}
