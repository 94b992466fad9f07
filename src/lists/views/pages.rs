//! Pages and forms of views.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use serde::Deserialize;
use sqlx::PgConnection;

use super::ViewId;
use super::commands::{self, By};
use super::model::{self, Audience, For, NewView};
use super::queries::{self, Kept};
use crate::accounts::access::{Permit, Scope};
use crate::accounts::actions::{ShareViews, UseVigie};
use crate::accounts::roles::Role;
use crate::accounts::sites::units::queries::{Options, establishments};
use crate::accounts::{AccountId, EstablishmentId, UnitId};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::db::list::{ListSpec, address};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// A view on the page that lists them.
struct Line {
    view: Kept,
    list: &'static str,
    href: String,
    manages: bool,
}

#[derive(Template)]
#[template(path = "lists/views/index.html")]
struct ViewIndex {
    lines: Vec<Line>,
}

impl View for ViewIndex {
    fn title(&self) -> String {
        "Vues enregistrées".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Vues enregistrées")]
    }

    fn resource(&self) -> serde_json::Value {
        let items: Vec<_> = self
            .lines
            .iter()
            .map(|line| serde_json::json!({ "id": line.view.id, "name": line.view.name, "list": line.view.list, "query": line.view.query, "audience": line.view.audience.code(), "role": line.view.role }))
            .collect();
        serde_json::json!({ "items": items })
    }
}

fn list_named(app: &App, name: &str) -> Option<&'static ListSpec> {
    app.lists().into_iter().find(|spec| spec.name == name)
}

fn no_such_list() -> Error {
    Error::BadRequest("une vue se fait depuis une liste, et celle-ci n’existe pas".into())
}

fn author(permit: &Permit<UseVigie>) -> Result<AccountId> {
    permit.caller().account.ok_or(Error::NotFound)
}

/// The views one may open, list by list.
pub async fn index(State(app): State<App>, permit: Permit<UseVigie>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let views = queries::seen(&mut read, permit.caller(), None).await?;
    let mut lines: Vec<Line> = views
        .into_iter()
        .filter_map(|view| {
            let spec = list_named(&app, &view.list)?;
            Some(Line {
                list: spec.title,
                href: address(spec.path, &format!("{}&view={}", view.query, view.id)),
                manages: By::of(&permit, view.reach(), view.account_id).is_ok(),
                view,
            })
        })
        .collect();
    lines.sort_by_key(|line| line.list);
    Ok(Page::of(ViewIndex { lines }))
}

/// What the form of a view holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewForm {
    list: String,
    query: String,
    name: String,
    audience: String,
    unit: String,
    establishment: String,
    role: String,
    version: String,
}

impl ViewForm {
    fn of(view: &Kept) -> Self {
        let text = |id: Option<String>| id.unwrap_or_default();
        Self {
            list: view.list.clone(),
            query: view.query.clone(),
            name: view.name.clone(),
            audience: view.audience.code().to_owned(),
            unit: text(view.unit_id.map(|u| u.to_string())),
            establishment: text(view.establishment_id.map(|e| e.to_string())),
            role: text(view.role.clone()),
            version: view.version.to_string(),
        }
    }

    /// The texts as a view of a list of ours, or what is wrong with them.
    async fn check(&self, app: &App, conn: &mut PgConnection, seen: &Scope) -> Result<NewView> {
        let mut errors = FieldErrors::default();
        let spec = list_named(app, &self.list).ok_or_else(no_such_list)?;
        let name = check::line(&mut errors, "name", &self.name, 80);
        let audience =
            check::maybe_code(&mut errors, "audience", &self.audience, Audience::from_code)
                .unwrap_or(Audience::Mine);
        let unit: Option<UnitId> = check::maybe_chosen(&mut errors, "unit", &self.unit);
        let establishment: Option<EstablishmentId> =
            check::maybe_chosen(&mut errors, "establishment", &self.establishment);
        let role = check::maybe_code(&mut errors, "role", &self.role, Role::of_code);
        let reach = match (audience, unit) {
            (Audience::Mine, _) => For::Mine,
            (Audience::Unit, Some(unit)) => {
                For::Unit(queries::establishment_of(conn, seen, unit).await?, unit)
            }
            (Audience::Unit, None) => {
                errors.add(
                    "unit",
                    "Choisissez l’unité pour laquelle la vue est partagée.",
                );
                For::Mine
            }
            (Audience::Everybody, _) => For::Everybody(establishment, role),
        };
        if role.is_some() && audience != Audience::Everybody {
            errors.add(
                "role",
                "Une vue n’ouvre la liste d’un rôle que si elle est à tout le monde.",
            );
        }
        let query = model::kept(&self.query);
        if query.len() > 60_000 {
            errors.add("query", "Cette liste a trop de filtres pour être gardée.");
        }
        match name {
            Some(name) if errors.is_empty() => Ok(NewView {
                list: spec.name,
                name,
                query,
                audience: reach,
            }),
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "lists/views/form.html")]
struct ViewFormPage {
    form: Typed<ViewForm>,
    view: Option<Kept>,
    list: &'static ListSpec,
    may_share: bool,
    audiences: Vec<(&'static str, &'static str)>,
    units: Options,
    establishments: Options,
    roles: Vec<(&'static str, &'static str)>,
}

impl View for ViewFormPage {
    fn title(&self) -> String {
        match &self.view {
            Some(view) => format!("Modifier la vue « {} »", view.name),
            None => "Enregistrer une vue".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to(self.list.title, self.list.path),
            Crumb::to("Vues enregistrées", "/lists/views"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "list": self.list.name, "audiences": self.audiences })
    }
}

impl ViewFormPage {
    async fn of(
        app: &App,
        permit: &Permit<UseVigie>,
        form: Typed<ViewForm>,
        view: Option<Kept>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let list = list_named(app, &form.values.list).ok_or_else(no_such_list)?;
        let sharing = Permit::<ShareViews>::ask(permit.caller().clone()).ok();
        let (mut units, mut places) = (Options::new(), Options::new());
        if let Some(sharing) = &sharing {
            units = queries::units(&mut read, sharing.acts()).await?;
            places = establishments(&mut read, sharing.acts()).await?;
            if sharing.acts().group {
                places.insert(0, (String::new(), "Tout le groupe".to_owned()));
            }
        }
        let audiences = Audience::ALL
            .iter()
            .filter(|audience| **audience == Audience::Mine || sharing.is_some())
            .map(|audience| (audience.code(), audience.label()))
            .collect();
        let roles = Role::ALL
            .iter()
            .map(|role| (role.code(), role.label()))
            .collect();
        Ok(Page::of(Self {
            form,
            view,
            list,
            may_share: sharing.is_some(),
            audiences,
            units,
            establishments: places,
            roles,
        }))
    }
}

/// The list and its state, as the menu of a list gives them.
fn asked(raw: Option<&str>) -> ViewForm {
    let pairs: Vec<(String, String)> =
        serde_html_form::from_str(raw.unwrap_or_default()).unwrap_or_default();
    let value = |key: &str| {
        let found = pairs.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    ViewForm {
        list: value("list"),
        query: value("query"),
        audience: Audience::Mine.code().to_owned(),
        ..ViewForm::default()
    }
}

/// Shows the form that saves a list as it is shown.
pub async fn new(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    RawQuery(raw): RawQuery,
    form: Typed<ViewForm>,
) -> Result<Page> {
    let form = form.or(|| asked(raw.as_deref()));
    ViewFormPage::of(&app, &permit, form, None).await
}

/// Saves a view.
pub async fn create(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    form: Form<ViewForm>,
) -> Result<Saved> {
    let author = author(&permit)?;
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check(&app, &mut tx, permit.sees()).await?;
    let by = By::of(&permit, new.audience, author)?;
    let (id, event) = commands::save(&mut tx, by, author, &new).await?;
    tx.commit(event, opened(&app, &new, id)).await
}

fn opened(app: &App, view: &NewView, id: ViewId) -> String {
    match list_named(app, view.list) {
        Some(spec) => address(spec.path, &format!("{}&view={id}", view.query)),
        None => "/lists/views".to_owned(),
    }
}

/// Shows the form of a view.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    Path(id): Path<ViewId>,
    form: Typed<ViewForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let view = queries::find(&mut read, permit.caller(), id).await?;
    drop(read);
    By::of(&permit, view.reach(), view.account_id)?;
    let form = form.or(|| ViewForm::of(&view));
    ViewFormPage::of(&app, &permit, form, Some(view)).await
}

/// Changes a view.
pub async fn update(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    Path(id): Path<ViewId>,
    form: Form<ViewForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let view = queries::find(&mut tx, permit.caller(), id).await?;
    By::of(&permit, view.reach(), view.account_id)?;
    let new = form.check(&app, &mut tx, permit.sees()).await?;
    let by = By::of(&permit, new.audience, view.account_id)?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, by, &view, &new, version).await?;
    tx.commit(event, opened(&app, &new, id)).await
}

/// Removes a view.
pub async fn destroy(
    State(app): State<App>,
    permit: Permit<UseVigie>,
    Path(id): Path<ViewId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let view = queries::find(&mut tx, permit.caller(), id).await?;
    let by = By::of(&permit, view.reach(), view.account_id)?;
    let event = commands::remove(&mut tx, by, &view).await?;
    tx.commit(event, "/lists/views").await
}
