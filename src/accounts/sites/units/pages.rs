//! Pages and forms of units.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use serde::Deserialize;

use super::api::UnitResource;
use super::commands;
use super::model::{NewUnit, is_open};
use super::queries::{self, Options, UNITS, Unit};
use crate::accounts::UnitId;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ManageSites, SeeSites};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "accounts/sites/units/index.html")]
struct UnitIndex {
    list: ListPage,
    may_manage: bool,
}

impl View for UnitIndex {
    fn title(&self) -> String {
        "Unités".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::here("Unités"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists units, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let may_manage = permit.caller().holds(ManageSites::NAME);
    lists::index(&app, &permit, &UNITS, raw.as_deref(), |list| UnitIndex {
        list,
        may_manage,
    })
    .await
}

#[derive(Template)]
#[template(path = "accounts/sites/units/show.html")]
struct UnitShow {
    unit: Unit,
    position: Option<Position>,
    open: bool,
    may_manage: bool,
}

impl View for UnitShow {
    fn title(&self) -> String {
        format!("{} {}", self.unit.uf_code, self.unit.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Unités", "/accounts/units"),
            Crumb::here(self.unit.name.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(UnitResource::from(&self.unit))
    }
}

/// Shows a unit.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    Path(id): Path<UnitId>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let unit = queries::find(&mut read, permit.sees(), id).await?;
    let position = lists::position(&mut read, &UNITS, raw.as_deref(), permit.sees(), id).await?;
    let open = is_open(unit.closed_on, app.clock().now().date_naive());
    let may_manage = permit
        .caller()
        .scope(ManageSites::NAME)
        .reaches(Place::establishment(unit.establishment_id).unit(Some(id)));
    Ok(Page::of(UnitShow {
        unit,
        position,
        open,
        may_manage,
    }))
}

/// What the form of a unit holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnitForm {
    establishment: String,
    department: String,
    site: String,
    uf_code: String,
    name: String,
    valid_from: String,
    version: String,
}

impl UnitForm {
    fn of(unit: &Unit) -> Self {
        let text = |id: Option<String>| id.unwrap_or_default();
        Self {
            establishment: unit.establishment_id.to_string(),
            department: text(unit.department_id.map(|i| i.to_string())),
            site: text(unit.site_id.map(|i| i.to_string())),
            uf_code: unit.uf_code.clone(),
            name: unit.name.clone(),
            valid_from: text(unit.valid_from.map(|d| d.to_string())),
            version: unit.version.to_string(),
        }
    }

    /// The texts as a unit, or what is wrong with them.
    fn check(&self) -> Result<NewUnit> {
        let mut errors = FieldErrors::default();
        let establishment = check::chosen(&mut errors, "establishment", &self.establishment);
        let department = check::maybe_chosen(&mut errors, "department", &self.department);
        let site = check::maybe_chosen(&mut errors, "site", &self.site);
        let uf_code = check::line(&mut errors, "uf_code", &self.uf_code, 20);
        let name = check::line(&mut errors, "name", &self.name, 200);
        let valid_from = check::maybe_day(&mut errors, "valid_from", &self.valid_from);
        match (establishment, uf_code, name) {
            (Some(establishment), Some(uf_code), Some(name)) if errors.is_empty() => Ok(NewUnit {
                establishment,
                department,
                site,
                uf_code,
                name,
                valid_from,
            }),
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/sites/units/form.html")]
struct UnitFormPage {
    form: Typed<UnitForm>,
    unit: Option<Unit>,
    establishments: Options,
    departments: Options,
    sites: Options,
}

impl View for UnitFormPage {
    fn title(&self) -> String {
        match &self.unit {
            Some(unit) => format!("Modifier {}", unit.name),
            None => "Nouvelle unité".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Unités", "/accounts/units"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments, "departments": self.departments, "sites": self.sites })
    }
}

impl UnitFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageSites>,
        form: Typed<UnitForm>,
        id: Option<UnitId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let unit = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(unit) = &unit {
            permit.over(unit)?;
        }
        let form = match &unit {
            Some(unit) => form.or(|| UnitForm::of(unit)),
            None => form,
        };
        let establishments = queries::establishments(&mut read, permit.acts()).await?;
        let departments = queries::departments(&mut read, permit.acts()).await?;
        let sites = queries::sites(&mut read, permit.acts()).await?;
        Ok(Page::of(Self {
            form,
            unit,
            establishments,
            departments,
            sites,
        }))
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Typed<UnitForm>,
) -> Result<Page> {
    UnitFormPage::of(&app, &permit, form, None).await
}

/// Creates a unit.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Form<UnitForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check()?;
    let covered = permit.over(&Place::establishment(new.establishment))?;
    let (id, event) = commands::open(&mut tx, covered, new).await?;
    tx.commit(event, format!("/accounts/units/{id}")).await
}

/// Shows the form of a unit.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<UnitId>,
    form: Typed<UnitForm>,
) -> Result<Page> {
    UnitFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes a unit.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<UnitId>,
    form: Form<UnitForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let unit = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&unit)?;
    let event = commands::revise(
        &mut tx,
        covered,
        &unit,
        form.check()?,
        check::version(&form.version)?,
    )
    .await?;
    tx.commit(event, format!("/accounts/units/{id}")).await
}
