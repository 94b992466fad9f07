//! Nomenclatures: the lists of codes (EMDN, UMDNS, CNEH…) that models are filed under, and the file that
//! brings one in. Shared by the group: who loads one holds the import over the whole group.

use askama::Template;
use axum::extract::State;
use serde::Deserialize;
use sqlx::PgConnection;

use super::imports::headers::best_sheet;
use super::imports::nomenclatures;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ImportDevices, SeeCatalogue};
use crate::app::App;
use crate::inventory::catalogue::CodeSystem;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::sheet::{self, ReadOptions};
use crate::platform::web::{Page, Routes, Saved, Typed, Upload, View, check, filters};

/// The routes of this resource.
pub fn routes() -> Routes<App> {
    Routes::new()
        .get("/exchange/nomenclatures", index)
        .answers::<NomenclaturesResource>()
        .get("/exchange/nomenclatures/new", new)
        .post("/exchange/nomenclatures", create)
}

/// An edition of a nomenclature, as loaded.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[schema(as = LoadedNomenclature)]
pub struct Loaded {
    system: String,
    edition: String,
    terms: i64,
    named: i64,
    models: i64,
}

impl Loaded {
    fn label(&self) -> &str {
        CodeSystem::from_code(&self.system).map_or(self.system.as_str(), |system| system.label())
    }
}

async fn loaded(conn: &mut PgConnection) -> Result<Vec<Loaded>> {
    Ok(sqlx::query_as!(
        Loaded,
        r#"select t.system, t.edition, count(*) as "terms!", count(t.label) as "named!",
                  (select count(distinct c.model_id) from model_code c join nomenclature_term o on o.id = c.term_id
                   where o.system = t.system and o.edition = t.edition) as "models!"
           from nomenclature_term t
           group by t.system, t.edition
           order by t.system, t.edition desc"#
    )
    .fetch_all(conn)
    .await?)
}

/// The nomenclatures, for programs.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct NomenclaturesResource<'a> {
    #[schema(value_type = Vec<Loaded>)]
    items: &'a [Loaded],
}

#[derive(Template)]
#[template(path = "exchange/nomenclatures/index.html")]
struct NomenclatureIndex {
    loaded: Vec<Loaded>,
    may_load: bool,
}

impl View for NomenclatureIndex {
    fn title(&self) -> String {
        "Nomenclatures".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Modèles", "/inventory/models"),
            Crumb::here("Nomenclatures"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(NomenclaturesResource {
            items: &self.loaded,
        })
    }
}

/// Which nomenclatures are there, in which editions.
async fn index(State(app): State<App>, permit: Permit<SeeCatalogue>) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let loaded = loaded(&mut read).await?;
    let may_load = permit.caller().scope(ImportDevices::NAME).group;
    Ok(Page::of(NomenclatureIndex { loaded, may_load }))
}

/// What comes with the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NomenclatureForm {
    system: String,
    edition: String,
}

#[derive(Template)]
#[template(path = "exchange/nomenclatures/form.html")]
struct NomenclatureNew {
    form: Typed<NomenclatureForm>,
    systems: Vec<(&'static str, &'static str)>,
}

impl View for NomenclatureNew {
    fn title(&self) -> String {
        "Charger une nomenclature".into()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Modèles", "/inventory/models"),
            Crumb::to("Nomenclatures", "/exchange/nomenclatures"),
            Crumb::here("Charger"),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "systems": self.systems })
    }
}

/// The form that sends a file.
async fn new(
    State(_): State<App>,
    permit: Permit<ImportDevices>,
    form: Typed<NomenclatureForm>,
) -> Result<Page> {
    permit.over(&Place::SHARED)?;
    let systems = CodeSystem::ALL
        .iter()
        .map(|system| (system.code(), system.label()))
        .collect();
    Ok(Page::of(NomenclatureNew { form, systems }))
}

/// Loads the terms of a file: the same reading as `vigie import nomenclature`.
async fn create(
    State(app): State<App>,
    permit: Permit<ImportDevices>,
    form: Upload<NomenclatureForm>,
) -> Result<Saved> {
    permit.over(&Place::SHARED)?;
    let mut errors = FieldErrors::default();
    let system = check::maybe_code(
        &mut errors,
        "system",
        &form.fields.system,
        CodeSystem::from_code,
    );
    if system.is_none() && errors.is_empty() {
        errors.add("system", "Choisissez une nomenclature.");
    }
    let edition = check::maybe_line(&mut errors, "edition", &form.fields.edition, 40);
    let (Some(system), true) = (system, errors.is_empty()) else {
        return Err(errors.into());
    };
    let bytes = form.file("file")?.bytes.clone();
    let sheets = tokio::task::spawn_blocking(move || sheet::read(&bytes, &ReadOptions::default()))
        .await
        .map_err(Error::internal)?
        .map_err(|error| Error::field("file", error.to_string()))?;
    let (sheet, _) = best_sheet(sheets, None);
    let mut tx = app.begin_with(&permit, form.key.clone()).await?;
    let edition = edition.unwrap_or_default();
    let (_, event) = nomenclatures::load(&mut tx, &permit, system.code(), &edition, &sheet).await?;
    tx.commit(event, "/exchange/nomenclatures").await
}
