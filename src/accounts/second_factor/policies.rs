//! Of which roles a second factor is asked: one page, one choice, over the whole group.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;

use super::{api, commands, queries};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ManageAccounts, SeeAccounts};
use crate::accounts::roles::Role;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::{Form, Page, Routes, Saved, Typed, View, filters};

/// The routes of this page.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/accounts/role-policies", index)
        .answers::<api::RolePoliciesResource>()
        .post("/accounts/role-policies", create)
}

/// The roles ticked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyForm {
    required: Vec<String>,
    version: String,
}

struct Line {
    role: Role,
    holders: i64,
    protected: i64,
    asked: bool,
}

#[derive(Template)]
#[template(path = "accounts/policies/index.html")]
struct PolicyIndex {
    lines: Vec<Line>,
    version: i64,
    may_change: bool,
    form: Typed<PolicyForm>,
}

impl View for PolicyIndex {
    fn title(&self) -> String {
        "Second facteur par rôle".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Comptes", "/accounts/users"),
            Crumb::here("Second facteur par rôle"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        let rows: Vec<_> = self
            .lines
            .iter()
            .map(|l| serde_json::json!({ "role": l.role.code(), "required": l.asked, "holders": l.holders, "protected": l.protected }))
            .collect();
        serde_json::json!({ "version": self.version, "rows": rows })
    }
}

/// Shows what is asked of each role, and who already has it.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeAccounts>,
    form: Typed<PolicyForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let (asked, version) = queries::required(&mut read).await?;
    let coverage = queries::coverage(&mut read, app.clock().now()).await?;
    let lines = Role::ALL
        .into_iter()
        .map(|role| {
            let (holders, protected) = coverage
                .iter()
                .find(|(r, ..)| *r == role)
                .map_or((0, 0), |(_, h, p)| (*h, *p));
            Line {
                role,
                holders,
                protected,
                asked: asked.contains(&role),
            }
        })
        .collect();
    let may_change = permit
        .caller()
        .scope(ManageAccounts::NAME)
        .reaches(Place::SHARED);
    Ok(Page::of(PolicyIndex {
        lines,
        version,
        may_change,
        form,
    }))
}

/// Changes what is asked.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    form: Form<PolicyForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let covered = permit.over(&Place::SHARED)?;
    let mut errors = FieldErrors::default();
    let mut roles = vec![];
    for code in &form.required {
        match Role::of_code(code) {
            Some(role) => roles.push(role),
            None => errors.add("required", format!("« {code} » n’est pas un rôle.")),
        }
    }
    let version = form.version.trim().parse().unwrap_or(-1);
    errors.done()?;
    let event = commands::ask(&mut tx, covered, &roles, version).await?;
    tx.commit(event, "/accounts/role-policies").await
}
