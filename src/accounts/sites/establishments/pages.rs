//! Pages and forms of establishments.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use serde::Deserialize;

use super::api::EstablishmentResource;
use super::commands;
use super::model::{NewEstablishment, Zone, is_code, is_finess};
use super::queries::{self, Counts, ESTABLISHMENTS, Establishment};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place, Placed};
use crate::accounts::actions::{Action, ManageSites, SeeSites};
use crate::accounts::sites::units::model::is_open;
use crate::accounts::sites::units::queries::Options;
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result};
use crate::platform::db::list::ListPage;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "accounts/sites/establishments/index.html")]
struct EstablishmentIndex {
    list: ListPage,
    may_manage: bool,
}

impl View for EstablishmentIndex {
    fn title(&self) -> String {
        "Établissements".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::here("Établissements"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists establishments, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let may_manage = permit.caller().scope(ManageSites::NAME).group;
    lists::index(&app, &permit, &ESTABLISHMENTS, raw.as_deref(), |list| {
        EstablishmentIndex { list, may_manage }
    })
    .await
}

#[derive(Template)]
#[template(path = "accounts/sites/establishments/show.html")]
struct EstablishmentShow {
    establishment: Establishment,
    open: bool,
    may_manage: bool,
    may_close: bool,
    counts: Counts,
}

impl View for EstablishmentShow {
    fn title(&self) -> String {
        format!("{} {}", self.establishment.code, self.establishment.name)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Établissements", "/accounts/establishments"),
            Crumb::here(self.establishment.name.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(EstablishmentResource::from(&self.establishment))
    }
}

/// Shows an establishment.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeSites>,
    Path(id): Path<EstablishmentId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let establishment = queries::find(&mut read, permit.sees(), id).await?;
    let open = is_open(establishment.closed_on, app.clock().now().date_naive());
    let may_manage = permit
        .caller()
        .scope(ManageSites::NAME)
        .reaches(establishment.place());
    let may_close = permit.caller().scope(ManageSites::NAME).group;
    let counts = queries::counts(&mut read, id).await?;
    Ok(Page::of(EstablishmentShow {
        establishment,
        open,
        may_manage,
        may_close,
        counts,
    }))
}

/// What the form of an establishment holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EstablishmentForm {
    code: String,
    name: String,
    finess_legal: String,
    finess_geographic: String,
    time_zone: String,
    inventory_pattern: String,
    service_phone: String,
    version: String,
}

impl Default for EstablishmentForm {
    fn default() -> Self {
        Self {
            code: String::new(),
            name: String::new(),
            finess_legal: String::new(),
            finess_geographic: String::new(),
            time_zone: Zone::Paris.code().into(),
            inventory_pattern: String::new(),
            service_phone: String::new(),
            version: String::new(),
        }
    }
}

fn finess(errors: &mut FieldErrors, field: &str, typed: &str) -> Option<String> {
    let compact: String = typed.split_whitespace().collect::<String>().to_uppercase();
    let found = check::maybe_line(errors, field, &compact, 20)?;
    if !is_finess(&found) {
        errors.add(
            field,
            format!("« {found} » n’est pas un numéro FINESS : neuf caractères, comme 750000018 ou 2A0000014."),
        );
    }
    Some(found)
}

impl EstablishmentForm {
    fn of(establishment: &Establishment) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            code: establishment.code.clone(),
            name: establishment.name.clone(),
            finess_legal: text(&establishment.finess_legal),
            finess_geographic: text(&establishment.finess_geographic),
            time_zone: establishment.time_zone.clone(),
            inventory_pattern: text(&establishment.inventory_pattern),
            service_phone: text(&establishment.service_phone),
            version: establishment.version.to_string(),
        }
    }

    /// The texts as an establishment, or what is wrong with them.
    fn check(&self) -> Result<NewEstablishment> {
        let mut errors = FieldErrors::default();
        let code = check::line(&mut errors, "code", &self.code.to_uppercase(), 20);
        if let Some(code) = code.as_deref().filter(|code| !is_code(code)) {
            errors.add("code", format!("« {code} » n’est pas un code : lettres sans accent, chiffres, « - » et « _ », de 2 à 20."));
        }
        let name = check::line(&mut errors, "name", &self.name, 200);
        let finess_legal = finess(&mut errors, "finess_legal", &self.finess_legal);
        let finess_geographic = finess(&mut errors, "finess_geographic", &self.finess_geographic);
        let zone = check::maybe_code(&mut errors, "time_zone", &self.time_zone, Zone::from_code);
        let pattern = check::maybe_line(
            &mut errors,
            "inventory_pattern",
            &self.inventory_pattern,
            40,
        );
        let inventory_pattern = pattern.and_then(|typed| {
            let pattern = typed.parse().ok();
            if pattern.is_none() {
                errors.add("inventory_pattern", format!("« {typed} » n’est pas un modèle : écrivez les chiffres par une suite de 3 à 9 « # », comme BM######."));
            }
            pattern
        });
        let service_phone =
            check::maybe_line(&mut errors, "service_phone", &self.service_phone, 40);
        match (code, name) {
            (Some(code), Some(name)) if errors.is_empty() => Ok(NewEstablishment {
                code,
                name,
                finess_legal,
                finess_geographic,
                time_zone: zone.unwrap_or(Zone::Paris),
                inventory_pattern,
                service_phone,
            }),
            _ => Err(errors.into()),
        }
    }
}

/// The zones to choose from.
fn zones() -> Options {
    Zone::ALL
        .iter()
        .map(|zone| (zone.code().to_owned(), zone.label().to_owned()))
        .collect()
}

#[derive(Template)]
#[template(path = "accounts/sites/establishments/form.html")]
struct EstablishmentFormPage {
    form: Typed<EstablishmentForm>,
    establishment: Option<Establishment>,
    zones: Options,
}

impl View for EstablishmentFormPage {
    fn title(&self) -> String {
        match &self.establishment {
            Some(establishment) => format!("Modifier {}", establishment.name),
            None => "Nouvel établissement".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Organisation", "/accounts/sites"),
            Crumb::to("Établissements", "/accounts/establishments"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "zones": self.zones })
    }
}

impl EstablishmentFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageSites>,
        form: Typed<EstablishmentForm>,
        id: Option<EstablishmentId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let establishment = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id).await?),
            None => None,
        };
        if let Some(establishment) = &establishment {
            permit.over(establishment)?;
        }
        let form = match &establishment {
            Some(establishment) => form.or(|| EstablishmentForm::of(establishment)),
            None => form,
        };
        if establishment.is_none() {
            permit.over(&Place::SHARED)?;
        }
        Ok(Page::of(Self {
            form,
            establishment,
            zones: zones(),
        }))
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Typed<EstablishmentForm>,
) -> Result<Page> {
    EstablishmentFormPage::of(&app, &permit, form, None).await
}

/// Creates an establishment.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    form: Form<EstablishmentForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let new = form.check()?;
    let covered = permit.over(&Place::SHARED)?;
    let (id, event) = commands::open(&mut tx, covered, new).await?;
    tx.commit(event, format!("/accounts/establishments/{id}"))
        .await
}

/// Shows the form of an establishment.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<EstablishmentId>,
    form: Typed<EstablishmentForm>,
) -> Result<Page> {
    EstablishmentFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes an establishment.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<EstablishmentId>,
    form: Form<EstablishmentForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let establishment = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&establishment)?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, &establishment, form.check()?, version).await?;
    tx.commit(event, format!("/accounts/establishments/{id}"))
        .await
}
