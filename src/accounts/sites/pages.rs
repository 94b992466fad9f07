//! The tree of places, and the pages of a site.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::api::{SiteResource, TreeResource};
use super::commands;
use super::model::NewSite;
use super::queries::{self, Site};
use super::tree::{self, Tree};
use super::units::model::is_open;
use super::units::queries::{self as places, Options};
use crate::accounts::SiteId;
use crate::accounts::access::{Permit, Place, Placed};
use crate::accounts::actions::{Action, ManageSites, SeeSites};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

#[derive(Template)]
#[template(path = "accounts/sites/sites/index.html")]
struct SiteIndex {
    tree: Tree,
    may_manage: bool,
    may_found: bool,
}

impl View for SiteIndex {
    fn title(&self) -> String {
        "Organisation".into()
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(TreeResource {
            establishments: self.tree.establishments.iter().map(Into::into).collect(),
        })
    }
}

/// Shows everything one sees, from establishments down to rooms.
pub async fn index(State(app): State<App>, permit: Permit<SeeSites>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let today = app.clock().now().date_naive();
    let tree = tree::of(&mut read, permit.sees(), today).await?;
    let may_manage = permit.caller().holds(ManageSites::NAME);
    let may_found = permit.caller().scope(ManageSites::NAME).group;
    Ok(Page::of(SiteIndex {
        tree,
        may_manage,
        may_found,
    }))
}

#[derive(Template)]
#[template(path = "accounts/sites/sites/show.html")]
struct SiteShow {
    site: Site,
    open: bool,
    may_manage: bool,
}

impl View for SiteShow {
    fn title(&self) -> String {
        format!("{} {}", self.site.code, self.site.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::here(self.site.name.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(SiteResource::from(&self.site))
    }
}

/// Shows a site.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    Path(id): Path<SiteId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let site = queries::find(&mut read, permit.sees(), id).await?;
    let open = is_open(site.closed_on, app.clock().now().date_naive());
    let may_manage = permit
        .caller()
        .scope(ManageSites::NAME)
        .reaches(site.place());
    Ok(Page::of(SiteShow {
        site,
        open,
        may_manage,
    }))
}

/// What the form of a site holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteForm {
    establishment: String,
    code: String,
    name: String,
    address: String,
    version: String,
}

impl SiteForm {
    fn of(site: &Site) -> Self {
        Self {
            establishment: site.establishment_id.to_string(),
            code: site.code.clone(),
            name: site.name.clone(),
            address: site.address.clone().unwrap_or_default(),
            version: site.version.to_string(),
        }
    }

    /// The texts as a site, or what is wrong with them.
    fn check(&self) -> Result<NewSite> {
        let mut errors = FieldErrors::default();
        let establishment = check::chosen(&mut errors, "establishment", &self.establishment);
        let code = check::line(&mut errors, "code", &self.code, 20);
        let name = check::line(&mut errors, "name", &self.name, 200);
        let address = check::maybe_paragraph(&mut errors, "address", &self.address, 500);
        match (establishment, code, name) {
            (Some(establishment), Some(code), Some(name)) if errors.is_empty() => Ok(NewSite {
                establishment,
                code,
                name,
                address,
            }),
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/sites/sites/form.html")]
struct SiteFormPage {
    form: Typed<SiteForm>,
    site: Option<Site>,
    establishments: Options,
}

impl View for SiteFormPage {
    fn title(&self) -> String {
        match &self.site {
            Some(site) => format!("Modifier {}", site.name),
            None => "Nouveau site".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "establishments": self.establishments })
    }
}

impl SiteFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageSites>,
        form: Typed<SiteForm>,
        id: Option<SiteId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let site = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(site) = &site {
            permit.over(site)?;
        }
        let form = match &site {
            Some(site) => form.or(|| SiteForm::of(site)),
            None => form,
        };
        let establishments = places::establishments(&mut read, permit.acts()).await?;
        Ok(Page::of(Self {
            form,
            site,
            establishments,
        }))
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Typed<SiteForm>,
) -> Result<Page> {
    SiteFormPage::of(&app, &permit, form, None).await
}

/// Creates a site.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Form<SiteForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check()?;
    let covered = permit.over(&Place::establishment(new.establishment))?;
    let (id, event) = commands::open(&mut tx, covered, new).await?;
    tx.commit(event, format!("/accounts/sites/{id}")).await
}

/// Shows the form of a site.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<SiteId>,
    form: Typed<SiteForm>,
) -> Result<Page> {
    SiteFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes a site.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<SiteId>,
    form: Form<SiteForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let site = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&site)?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, &site, form.check()?, version).await?;
    tx.commit(event, format!("/accounts/sites/{id}")).await
}
