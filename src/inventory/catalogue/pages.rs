//! What people see of models.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::NaiveDate;

use super::form::ModelForm;
use super::identifiers::{IdentifierForm, doubt};
use super::list::MODELS;
use super::model::{
    AppliedParts, ClassSource, ClassSuffix, CodeSystem, ElectricalClass, Qualification,
    RegulatedFamily, Regulation, RiskClass, UdiIssuer, UdiLevel,
};
use super::obligation::{Obligation, maintenance_obligation};
use super::queries::{self, Alike, Identifier, Model, Term, Version};
use super::terms::TermForm;
use super::versions::VersionForm;
use super::{ModelId, api, commands, instructions};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ManageCatalogue, SeeCatalogue, SeeDevices};
use crate::app::App;
use crate::inventory::certificates::queries::{self as certificates, Certificate};
use crate::kernel::page::{Crumb, Tone};
use crate::kernel::{Result, date};
use crate::parties::OrganisationId;
use crate::parties::organisations::queries as organisations;
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::rules::texts;
use crate::shell::lists::{self, Listed};

/// Where a model is read.
pub fn url(id: ModelId) -> String {
    format!("/inventory/models/{id}")
}

/// Pairs for a choice.
type Pairs = Vec<(&'static str, &'static str)>;

macro_rules! pairs {
    ($coded:ty) => {
        <$coded>::ALL
            .iter()
            .map(|one| (one.code(), one.label()))
            .collect::<Pairs>()
    };
}

/// The list.
#[derive(Template)]
#[template(path = "inventory/models/index.html")]
pub struct ModelIndex {
    list: ListPage,
    may_create: bool,
}

impl View for ModelIndex {
    fn title(&self) -> String {
        "Modèles".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Modèles")]
    }
    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    permit: Permit<SeeCatalogue>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let may_create = permit.caller().scope(ManageCatalogue::NAME).group;
    lists::index(&app, &permit, &MODELS, raw.as_deref(), |list| ModelIndex {
        list,
        may_create,
    })
    .await
}

/// One model.
#[derive(Template)]
#[template(path = "inventory/models/show.html")]
pub struct ModelShow {
    model: Model,
    obligation: Obligation,
    answering: Vec<(OrganisationId, String)>,
    terms: Vec<Term>,
    identifiers: Vec<Identifier>,
    versions: Vec<Version>,
    certificates: Vec<Certificate>,
    instructions: Vec<instructions::Instruction>,
    /// In the fleet and gone, within what the caller sees; none when he sees no device.
    devices: Option<(i64, i64)>,
    position: Option<Position>,
    may_manage: bool,
    identifier_form: Typed<IdentifierForm>,
    version_form: Typed<VersionForm>,
    term_form: Typed<TermForm>,
    today: NaiveDate,
}

impl ModelShow {
    fn obligation_tone(&self) -> &'static str {
        match self.obligation {
            Obligation::Listed(_) => "info",
            Obligation::NotListed(_) => "plain",
            Obligation::Undetermined(_) => "unknown",
        }
    }

    fn obligation_words(&self) -> String {
        format!(
            "Maintenance (art. R.5212-26 CSP) : {}. {}",
            self.obligation.label(),
            self.obligation.why()
        )
    }

    fn flags(&self) -> Vec<(&'static str, Option<bool>)> {
        let m = &self.model;
        vec![
            ("DM numérique (DMN)", m.is_dmn),
            ("Intelligence artificielle", m.is_ai),
            ("Rayonnements ionisants", m.is_ionising),
            ("Implantable", m.is_implantable),
            ("Fonction de mesurage", m.is_measuring),
            ("Produit des images", m.is_imaging),
            ("Laser", m.is_laser),
            ("Stérile", m.is_sterile),
            ("Usage unique", m.is_single_use),
            ("Se connecte au réseau", m.is_networked),
            ("Conserve des données personnelles", m.stores_personal_data),
        ]
    }

    /// An end of support, its tone and how far it is.
    fn ends(&self) -> Vec<(&'static str, Option<NaiveDate>, Tone, String)> {
        let m = &self.model;
        [
            ("Fin de commercialisation", m.sale_ends_on),
            ("Fin des pièces", m.parts_support_ends_on),
            ("Fin de support du logiciel", m.software_support_ends_on),
            ("Fin de support de sécurité", m.security_support_ends_on),
        ]
        .into_iter()
        .map(|(label, day)| {
            (
                label,
                day,
                ending(day, self.today),
                day.map(|day| date::relative(day, self.today))
                    .unwrap_or_default(),
            )
        })
        .collect()
    }

    fn version_tone(&self, version: &Version) -> &'static str {
        ending(
            version.security_support_ends_on.or(version.support_ends_on),
            self.today,
        )
        .class()
    }

    fn doubt(&self, identifier: &Identifier) -> Option<&'static str> {
        doubt(identifier.issuer, &identifier.code)
    }

    fn issuers(&self) -> Pairs {
        pairs!(UdiIssuer)
    }
    fn levels(&self) -> Pairs {
        pairs!(UdiLevel)
    }
    fn systems(&self) -> Pairs {
        pairs!(CodeSystem)
    }
    fn contained(&self) -> Vec<(String, String)> {
        self.identifiers
            .iter()
            .map(|one| (one.code.clone(), one.code.clone()))
            .collect()
    }
}

/// Past is bad, within a year is to be watched, unknown is unknown.
fn ending(day: Option<NaiveDate>, today: NaiveDate) -> Tone {
    match day {
        None => Tone::Unknown,
        Some(day) if day < today => Tone::Bad,
        Some(day) if (day - today).num_days() <= 365 => Tone::Watch,
        Some(_) => Tone::Good,
    }
}

impl View for ModelShow {
    fn title(&self) -> String {
        self.model.name()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Modèles", "/inventory/models"),
            Crumb::here(self.model.name()),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::ModelResource::of(
            &self.model,
            &self.obligation,
            &self.terms,
            &self.identifiers,
            &self.versions
        ))
    }
}

pub(super) async fn show(
    State(app): State<App>,
    permit: Permit<SeeCatalogue>,
    Path(id): Path<ModelId>,
    RawQuery(raw): RawQuery,
    forms: (Typed<IdentifierForm>, Typed<VersionForm>, Typed<TermForm>),
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let model = queries::find(&mut read, permit.sees(), id).await?;
    let today = app.clock().now().date_naive();
    let rules =
        texts::queries::of_purpose(&mut read, texts::Purpose::MaintenanceObligation).await?;
    let seen = permit.caller().scope(SeeDevices::NAME);
    let devices = if permit.caller().holds(SeeDevices::NAME) {
        Some(queries::device_counts(&mut read, &seen, id).await?)
    } else {
        None
    };
    let answering = match model.manufacturer_id {
        Some(maker) => organisations::answering(&mut read, OrganisationId(maker)).await?,
        None => Vec::new(),
    };
    let (identifier_form, version_form, term_form) = forms;
    Ok(Page::of(ModelShow {
        obligation: maintenance_obligation(model.facts(), &rules, today),
        answering,
        terms: queries::terms(&mut read, id).await?,
        identifiers: queries::identifiers(&mut read, id).await?,
        versions: queries::versions(&mut read, &seen, id).await?,
        certificates: certificates::of_model(&mut read, id).await?,
        instructions: instructions::of_model(&mut read, id)
            .await?
            .into_iter()
            .filter(|one| one.withdrawn_at.is_none())
            .collect(),
        devices,
        position: lists::position(&mut read, &MODELS, raw.as_deref(), permit.sees(), id).await?,
        may_manage: permit.caller().scope(ManageCatalogue::NAME).group,
        identifier_form,
        version_form,
        term_form,
        today,
        model,
    }))
}

/// The form of a model, new or not.
#[derive(Template)]
#[template(path = "inventory/models/form.html")]
pub struct ModelEdit {
    kept: Option<Model>,
    form: Typed<ModelForm>,
    alike: Vec<Alike>,
    makers: Vec<(String, String)>,
}

impl ModelEdit {
    fn action(&self) -> String {
        self.kept.as_ref().map_or_else(
            || "/inventory/models".into(),
            |kept| format!("{}?_method=patch", url(kept.id)),
        )
    }
    fn back(&self) -> String {
        self.kept
            .as_ref()
            .map_or_else(|| "/inventory/models".into(), |kept| url(kept.id))
    }
    fn heading(&self) -> String {
        self.kept.as_ref().map_or_else(
            || "Nouveau modèle".into(),
            |kept| format!("Modifier « {} »", kept.name()),
        )
    }
    fn answers(&self) -> Pairs {
        vec![("yes", "oui"), ("no", "non")]
    }
    fn qualifications(&self) -> Pairs {
        pairs!(Qualification)
    }
    fn regulations(&self) -> Pairs {
        pairs!(Regulation)
    }
    fn classes(&self) -> Pairs {
        pairs!(RiskClass)
    }
    fn suffixes(&self) -> Pairs {
        pairs!(ClassSuffix)
    }
    fn sources(&self) -> Pairs {
        pairs!(ClassSource)
    }
    fn families(&self) -> Pairs {
        pairs!(RegulatedFamily)
    }
    fn electrical(&self) -> Pairs {
        pairs!(ElectricalClass)
    }
    fn parts(&self) -> Pairs {
        pairs!(AppliedParts)
    }
    fn flags(&self) -> Vec<(&'static str, &'static str, &str)> {
        let v = &self.form.values;
        vec![
            ("is_dmn", "DM numérique (DMN)", &v.is_dmn),
            ("is_ai", "Intelligence artificielle", &v.is_ai),
            ("is_ionising", "Rayonnements ionisants", &v.is_ionising),
            ("is_implantable", "Implantable", &v.is_implantable),
            ("is_measuring", "Fonction de mesurage", &v.is_measuring),
            ("is_imaging", "Produit des images", &v.is_imaging),
            ("is_laser", "Laser", &v.is_laser),
            ("is_sterile", "Stérile", &v.is_sterile),
            ("is_single_use", "Usage unique", &v.is_single_use),
            ("is_networked", "Se connecte au réseau", &v.is_networked),
            (
                "stores_personal_data",
                "Conserve des données personnelles",
                &v.stores_personal_data,
            ),
        ]
    }
}

impl View for ModelEdit {
    fn title(&self) -> String {
        self.heading()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        let mut way = vec![Crumb::to("Modèles", "/inventory/models")];
        if let Some(kept) = &self.kept {
            way.push(Crumb::to(kept.name(), url(kept.id)));
        }
        way.push(Crumb::here(if self.kept.is_some() {
            "Modifier"
        } else {
            "Nouveau"
        }));
        way
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "alike": self.alike.iter().map(|found| serde_json::json!({ "id": found.id, "label": found.label })).collect::<Vec<_>>() })
    }
}

/// The maker already chosen, for the combobox.
async fn chosen_maker(
    conn: &mut sqlx::PgConnection,
    permit: &Permit<ManageCatalogue>,
    typed: &str,
) -> Result<Vec<(String, String)>> {
    let Ok(id) = typed.parse::<OrganisationId>() else {
        return Ok(Vec::new());
    };
    match organisations::find(conn, permit.sees(), id).await {
        Ok(maker) => Ok(vec![(maker.id.to_string(), maker.name)]),
        Err(crate::kernel::Error::NotFound) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

pub(super) async fn new(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    form: Typed<ModelForm>,
) -> Result<Page> {
    permit.over(&Place::SHARED)?;
    let mut read = app.read(&permit).await?;
    let makers = chosen_maker(&mut read, &permit, &form.values.manufacturer).await?;
    let alike = if form.is_again() {
        let v = &form.values;
        let name = if v.trade_name.trim().is_empty() {
            &v.common_name
        } else {
            &v.trade_name
        };
        queries::alike(&mut read, v.manufacturer.parse().ok(), name, &v.reference).await?
    } else {
        Vec::new()
    };
    Ok(Page::of(ModelEdit {
        kept: None,
        form,
        alike,
        makers,
    }))
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    form: Form<ModelForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let covered = permit.over(&Place::SHARED)?;
    let new = form.check()?;
    if form.distinct != "true" {
        commands::refuse_near_duplicates(&mut tx, &new).await?;
    }
    let (id, event) = commands::create(&mut tx, covered, new).await?;
    tx.commit(event, url(id)).await
}

pub(super) async fn edit(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<ModelId>,
    form: Typed<ModelForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = queries::find(&mut read, permit.sees(), id).await?;
    permit.over(&kept)?;
    let form = form.or(|| ModelForm::of(&kept));
    let makers = chosen_maker(&mut read, &permit, &form.values.manufacturer).await?;
    Ok(Page::of(ModelEdit {
        kept: Some(kept),
        form,
        alike: Vec::new(),
        makers,
    }))
}

pub(super) async fn update(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<ModelId>,
    form: Form<ModelForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&kept)?;
    let event = commands::edit(
        &mut tx,
        covered,
        &kept,
        check::version(&form.version)?,
        form.check()?,
    )
    .await?;
    tx.commit(event, url(id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_of_support_is_bad_once_past_and_unknown_is_never_good() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-03-02");
        assert_eq!(ending(None, today), Tone::Unknown);
        assert_eq!(ending(Some(day("2026-03-01")), today), Tone::Bad);
        assert_eq!(ending(Some(today), today), Tone::Watch);
        assert_eq!(ending(Some(day("2027-03-02")), today), Tone::Watch);
        assert_eq!(ending(Some(day("2027-03-03")), today), Tone::Good);
    }
}
