//! Pages and forms of pôles.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use serde::Deserialize;

use super::api::DepartmentResource;
use super::commands;
use super::model::NewDepartment;
use super::queries::{self, DEPARTMENTS, Department};
use crate::accounts::DepartmentId;
use crate::accounts::access::{Permit, Place, Placed};
use crate::accounts::actions::{Action, ManageSites, SeeSites};
use crate::accounts::sites::units::model::is_open;
use crate::accounts::sites::units::queries::{self as places, Options};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::db::list::ListPage;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "accounts/sites/departments/index.html")]
struct DepartmentIndex {
    list: ListPage,
    may_manage: bool,
}

impl View for DepartmentIndex {
    fn title(&self) -> String {
        "Pôles".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::here("Pôles"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists pôles, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let may_manage = permit.caller().holds(ManageSites::NAME);
    lists::index(&app, &permit, &DEPARTMENTS, raw.as_deref(), |list| {
        DepartmentIndex { list, may_manage }
    })
    .await
}

#[derive(Template)]
#[template(path = "accounts/sites/departments/show.html")]
struct DepartmentShow {
    department: Department,
    open: bool,
    may_manage: bool,
}

impl View for DepartmentShow {
    fn title(&self) -> String {
        format!("{} {}", self.department.code, self.department.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Pôles", "/accounts/departments"),
            Crumb::here(self.department.name.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(DepartmentResource::from(&self.department))
    }
}

/// Shows a pôle.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    Path(id): Path<DepartmentId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let department = queries::find(&mut read, permit.sees(), id).await?;
    let open = is_open(department.closed_on, app.clock().now().date_naive());
    let may_manage = permit
        .caller()
        .scope(ManageSites::NAME)
        .reaches(department.place());
    Ok(Page::of(DepartmentShow {
        department,
        open,
        may_manage,
    }))
}

/// What the form of a pôle holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DepartmentForm {
    establishment: String,
    code: String,
    name: String,
    version: String,
}

impl DepartmentForm {
    fn of(department: &Department) -> Self {
        Self {
            establishment: department.establishment_id.to_string(),
            code: department.code.clone(),
            name: department.name.clone(),
            version: department.version.to_string(),
        }
    }

    /// The texts as a pôle, or what is wrong with them.
    fn check(&self) -> Result<NewDepartment> {
        let mut errors = FieldErrors::default();
        let establishment = check::chosen(&mut errors, "establishment", &self.establishment);
        let code = check::line(&mut errors, "code", &self.code, 20);
        let name = check::line(&mut errors, "name", &self.name, 200);
        match (establishment, code, name) {
            (Some(establishment), Some(code), Some(name)) if errors.is_empty() => {
                Ok(NewDepartment {
                    establishment,
                    code,
                    name,
                })
            }
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/sites/departments/form.html")]
struct DepartmentFormPage {
    form: Typed<DepartmentForm>,
    department: Option<Department>,
    establishments: Options,
}

impl View for DepartmentFormPage {
    fn title(&self) -> String {
        match &self.department {
            Some(department) => format!("Modifier {}", department.name),
            None => "Nouveau pôle".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Pôles", "/accounts/departments"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments })
    }
}

impl DepartmentFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageSites>,
        form: Typed<DepartmentForm>,
        id: Option<DepartmentId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let department = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(department) = &department {
            permit.over(department)?;
        }
        let form = match &department {
            Some(department) => form.or(|| DepartmentForm::of(department)),
            None => form,
        };
        let establishments = places::establishments(&mut read, permit.acts()).await?;
        Ok(Page::of(Self {
            form,
            department,
            establishments,
        }))
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Typed<DepartmentForm>,
) -> Result<Page> {
    DepartmentFormPage::of(&app, &permit, form, None).await
}

/// Creates a pôle.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Form<DepartmentForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check()?;
    let covered = permit.over(&Place::establishment(new.establishment))?;
    let (id, event) = commands::open(&mut tx, covered, new).await?;
    tx.commit(event, format!("/accounts/departments/{id}"))
        .await
}

/// Shows the form of a pôle.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<DepartmentId>,
    form: Typed<DepartmentForm>,
) -> Result<Page> {
    DepartmentFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes a pôle.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<DepartmentId>,
    form: Form<DepartmentForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let department = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&department)?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, &department, form.check()?, version).await?;
    tx.commit(event, format!("/accounts/departments/{id}"))
        .await
}
