//! Pages and forms of rooms.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use serde::Deserialize;
use sqlx::PgConnection;

use super::api::RoomResource;
use super::commands;
use super::model::{NewRoom, is_gln};
use super::queries::{self, ROOMS, Room};
use crate::accounts::RoomId;
use crate::accounts::access::{Permit, Place, Placed, Scope};
use crate::accounts::actions::{Action, ManageSites, SeeSites};
use crate::accounts::sites::queries as sites;
use crate::accounts::sites::units::model::is_open;
use crate::accounts::sites::units::queries::{self as places, Options};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::db::list::ListPage;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "accounts/sites/rooms/index.html")]
struct RoomIndex {
    list: ListPage,
    may_manage: bool,
}

impl View for RoomIndex {
    fn title(&self) -> String {
        "Locaux".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::here("Locaux"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists rooms, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let may_manage = permit.caller().holds(ManageSites::NAME);
    lists::index(&app, &permit, &ROOMS, raw.as_deref(), |list| RoomIndex {
        list,
        may_manage,
    })
    .await
}

#[derive(Template)]
#[template(path = "accounts/sites/rooms/show.html")]
struct RoomShow {
    room: Room,
    open: bool,
    may_manage: bool,
}

impl View for RoomShow {
    fn title(&self) -> String {
        format!("{} {}", self.room.code, self.room.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Locaux", "/accounts/rooms"),
            Crumb::here(self.room.name.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(RoomResource::from(&self.room))
    }
}

/// Shows a room.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    Path(id): Path<RoomId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let room = queries::find(&mut read, permit.sees(), id).await?;
    let open = is_open(room.closed_on, app.clock().now().date_naive());
    let may_manage = permit
        .caller()
        .scope(ManageSites::NAME)
        .reaches(room.place());
    Ok(Page::of(RoomShow {
        room,
        open,
        may_manage,
    }))
}

/// What the form of a room holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoomForm {
    site: String,
    unit: String,
    code: String,
    name: String,
    building: String,
    floor: String,
    gln: String,
    version: String,
}

impl RoomForm {
    fn of(room: &Room) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            site: room.site_id.to_string(),
            unit: room.unit_id.map(|u| u.to_string()).unwrap_or_default(),
            code: room.code.clone(),
            name: room.name.clone(),
            building: text(&room.building),
            floor: text(&room.floor),
            gln: text(&room.gln),
            version: room.version.to_string(),
        }
    }

    /// The texts as a room of the establishment of its site, or what is wrong with them.
    async fn check(&self, conn: &mut PgConnection, sees: &Scope) -> Result<NewRoom> {
        let mut errors = FieldErrors::default();
        let site = check::chosen(&mut errors, "site", &self.site);
        let unit = check::maybe_chosen(&mut errors, "unit", &self.unit);
        let code = check::line(&mut errors, "code", &self.code, 40);
        let name = check::line(&mut errors, "name", &self.name, 200);
        let building = check::maybe_line(&mut errors, "building", &self.building, 80);
        let floor = check::maybe_line(&mut errors, "floor", &self.floor, 40);
        let gln = check::maybe_line(&mut errors, "gln", &self.gln, 20);
        if let Some(gln) = gln.as_deref().filter(|gln| !is_gln(gln)) {
            errors.add("gln", format!("« {gln} » n’est pas un GLN : treize chiffres, dont le dernier vérifie les autres."));
        }
        match (site, code, name) {
            (Some(site), Some(code), Some(name)) if errors.is_empty() => {
                let site = sites::find(conn, sees, site).await?;
                Ok(NewRoom {
                    establishment: site.establishment_id,
                    site: site.id,
                    unit,
                    code,
                    name,
                    building,
                    floor,
                    gln,
                })
            }
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/sites/rooms/form.html")]
struct RoomFormPage {
    form: Typed<RoomForm>,
    room: Option<Room>,
    sites: Options,
    units: Options,
}

impl View for RoomFormPage {
    fn title(&self) -> String {
        match &self.room {
            Some(room) => format!("Modifier {}", room.name),
            None => "Nouveau local".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Locaux", "/accounts/rooms"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "sites": self.sites })
    }
}

impl RoomFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageSites>,
        form: Typed<RoomForm>,
        id: Option<RoomId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let room = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(room) = &room {
            permit.over(room)?;
        }
        let form = match &room {
            Some(room) => form.or(|| RoomForm::of(room)),
            None => form,
        };
        let sites = places::sites(&mut read, permit.acts()).await?;
        let kept = form.values.unit.parse().ok();
        let units = places::few(&mut read, permit.acts(), kept).await?;
        Ok(Page::of(Self {
            form,
            room,
            sites,
            units,
        }))
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Typed<RoomForm>,
) -> Result<Page> {
    RoomFormPage::of(&app, &permit, form, None).await
}

/// Creates a room.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Form<RoomForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check(&mut tx, permit.sees()).await?;
    let covered = permit.over(&Place::establishment(new.establishment).unit(new.unit))?;
    let (id, event) = commands::open(&mut tx, covered, new).await?;
    tx.commit(event, format!("/accounts/rooms/{id}")).await
}

/// Shows the form of a room.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<RoomId>,
    form: Typed<RoomForm>,
) -> Result<Page> {
    RoomFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes a room.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<RoomId>,
    form: Form<RoomForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let room = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&room)?;
    let version = check::version(&form.version)?;
    let new = form.check(&mut tx, permit.sees()).await?;
    permit.over(&Place::establishment(new.establishment).unit(new.unit))?;
    let event = commands::revise(&mut tx, covered, &room, new, version).await?;
    tx.commit(event, format!("/accounts/rooms/{id}")).await
}
