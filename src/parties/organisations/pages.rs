//! What people see of organisations.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::api;
use super::list::ORGANISATIONS;
use super::model::{
    AliasKind, NewOrganisation, OrganisationRole, SuccessionKind, is_siren, is_srn,
};
use super::queries::{self, Alias, Alike, Organisation, Succession};
use super::{aliases, commands, successions};
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{Action, ManageParties, SeeParties};
use crate::app::App;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result, date};
use crate::parties::contacts::{self, queries::Contact};
use crate::parties::{OrganisationId, said};
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

/// Where an organisation is read.
pub fn url(id: OrganisationId) -> String {
    format!("/parties/organisations/{id}")
}

/// What was typed of an organisation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationForm {
    name: String,
    roles: Vec<String>,
    country: String,
    srn: String,
    siren: String,
    finess: String,
    cofrac_number: String,
    address: String,
    website: String,
    phone: String,
    note: String,
    version: String,
    /// Ticked when organisations of a near name were seen and this is another.
    distinct: String,
}

impl OrganisationForm {
    fn of(kept: &Organisation) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            name: kept.name.clone(),
            roles: kept.roles.clone(),
            country: text(&kept.country),
            srn: text(&kept.srn),
            siren: text(&kept.siren),
            finess: text(&kept.finess),
            cofrac_number: text(&kept.cofrac_number),
            address: text(&kept.address),
            website: text(&kept.website),
            phone: text(&kept.phone),
            note: text(&kept.note),
            version: kept.version.to_string(),
            distinct: String::new(),
        }
    }

    /// Typed values, or what is wrong with them.
    pub fn check(&self) -> Result<NewOrganisation> {
        let mut wrong = FieldErrors::default();
        let name = said(&self.name).unwrap_or_default();
        if name.is_empty() || name.chars().count() > 300 {
            wrong.add("name", "Le nom est attendu, en 300 caractères au plus.");
        }
        let roles: Vec<_> = self
            .roles
            .iter()
            .filter_map(|code| OrganisationRole::from_code(code))
            .collect();
        if roles.is_empty() || roles.len() != self.roles.len() {
            wrong.add(
                "roles",
                "Au moins un rôle est attendu, parmi ceux proposés.",
            );
        }
        let country = said(&self.country).map(|code| code.to_uppercase());
        if country
            .as_deref()
            .is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()))
        {
            wrong.add(
                "country",
                "Le pays s’écrit en deux lettres (ISO 3166) : FR, DE, US…",
            );
        }
        let srn = said(&self.srn).map(|text| text.to_uppercase());
        if srn.as_deref().is_some_and(|text| !is_srn(text)) {
            wrong.add(
                "srn",
                "Ce numéro s’écrit pays, rôle, neuf chiffres : FR-MF-000012345.",
            );
        }
        let siren = said(&self.siren).map(|text| text.replace(char::is_whitespace, ""));
        if siren.as_deref().is_some_and(|text| !is_siren(text)) {
            wrong.add(
                "siren",
                "Un SIREN a neuf chiffres, dont une clé : celui-ci ne la vérifie pas.",
            );
        }
        let finess =
            said(&self.finess).map(|text| text.replace(char::is_whitespace, "").to_uppercase());
        if finess.as_deref().is_some_and(|text| {
            text.len() != 9
                || !text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        }) {
            wrong.add("finess", "Un numéro FINESS a neuf caractères.");
        }
        let website = said(&self.website);
        if website
            .as_deref()
            .is_some_and(|text| !text.starts_with("https://") && !text.starts_with("http://"))
            && !mutants::on(Fault::AnyScheme)
        {
            wrong.add("website", "Le site s’écrit en entier : https://exemple.fr");
        }
        wrong.done()?;
        Ok(NewOrganisation {
            name,
            roles,
            country,
            srn,
            siren,
            finess,
            cofrac_number: said(&self.cofrac_number),
            address: said(&self.address),
            website,
            phone: said(&self.phone),
            note: said(&self.note),
        })
    }
}

/// The list.
#[derive(Template)]
#[template(path = "parties/organisations/index.html")]
pub struct OrganisationIndex {
    list: ListPage,
    may_create: bool,
}

impl View for OrganisationIndex {
    fn title(&self) -> String {
        "Fabricants et fournisseurs".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Fabricants et fournisseurs")]
    }
    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    permit: Permit<SeeParties>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let may_create = permit.caller().scope(ManageParties::NAME).group;
    lists::index(&app, &permit, &ORGANISATIONS, raw.as_deref(), |list| {
        OrganisationIndex { list, may_create }
    })
    .await
}

/// One organisation.
#[derive(Template)]
#[template(path = "parties/organisations/show.html")]
pub struct OrganisationShow {
    organisation: Organisation,
    roles: Vec<&'static str>,
    aliases: Vec<Alias>,
    successors: Vec<Succession>,
    predecessors: Vec<Succession>,
    answering: Vec<(OrganisationId, String)>,
    contacts: Vec<Contact>,
    position: Option<Position>,
    may_manage: bool,
    alias_form: Typed<aliases::AliasForm>,
    succession_form: Typed<successions::SuccessionForm>,
    successor_chosen: Vec<(String, String)>,
    today: NaiveDate,
}

impl OrganisationShow {
    fn alias_kinds(&self) -> Vec<(&'static str, &'static str)> {
        AliasKind::ALL
            .iter()
            .map(|kind| (kind.code(), kind.label()))
            .collect()
    }
    fn succession_kinds(&self) -> Vec<(&'static str, &'static str)> {
        SuccessionKind::ALL
            .iter()
            .map(|kind| (kind.code(), kind.label()))
            .collect()
    }
    fn when(&self, succession: &Succession) -> String {
        match (&succession.happened_on, &succession.happened_on_text) {
            (Some(day), _) => date::short(*day),
            (None, Some(text)) => text.clone(),
            (None, None) => "date inconnue".into(),
        }
    }
}

impl View for OrganisationShow {
    fn title(&self) -> String {
        self.organisation.name.clone()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Fabricants et fournisseurs", "/parties/organisations"),
            Crumb::here(&self.organisation.name),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!(api::OrganisationResource::of(
            &self.organisation,
            &self.aliases,
            &self.successors,
            &self.predecessors,
            &self.answering,
            &self.contacts
        ))
    }
}

pub(super) async fn show(
    State(app): State<App>,
    permit: Permit<SeeParties>,
    Path(id): Path<OrganisationId>,
    RawQuery(raw): RawQuery,
    alias_form: Typed<aliases::AliasForm>,
    succession_form: Typed<successions::SuccessionForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let organisation = queries::find(&mut read, permit.sees(), id).await?;
    let successor_chosen = match succession_form.values.successor.parse() {
        Ok(chosen) => queries::find(&mut read, permit.sees(), chosen)
            .await
            .map(|o| vec![(o.id.to_string(), o.name)])
            .unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    Ok(Page::of(OrganisationShow {
        roles: organisation
            .roles
            .iter()
            .filter_map(|code| OrganisationRole::from_code(code))
            .map(OrganisationRole::label)
            .collect(),
        aliases: queries::aliases(&mut read, id).await?,
        successors: queries::successors(&mut read, id).await?,
        predecessors: queries::predecessors(&mut read, id).await?,
        answering: queries::answering(&mut read, id).await?,
        contacts: contacts::queries::of_organisation(&mut read, permit.sees(), id).await?,
        position: lists::position(&mut read, &ORGANISATIONS, raw.as_deref(), permit.sees(), id)
            .await?,
        may_manage: permit.caller().scope(ManageParties::NAME).group,
        alias_form,
        succession_form,
        successor_chosen,
        today: app.clock().now().date_naive(),
        organisation,
    }))
}

/// The form of an organisation, new or not.
#[derive(Template)]
#[template(path = "parties/organisations/form.html")]
pub struct OrganisationEdit {
    kept: Option<Organisation>,
    form: Typed<OrganisationForm>,
    alike: Vec<Alike>,
}

impl OrganisationEdit {
    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        OrganisationRole::ALL
            .iter()
            .map(|role| (role.code(), role.label()))
            .collect()
    }
    fn action(&self) -> String {
        self.kept.as_ref().map_or_else(
            || "/parties/organisations".into(),
            |kept| format!("{}?_method=patch", url(kept.id)),
        )
    }
    fn back(&self) -> String {
        self.kept
            .as_ref()
            .map_or_else(|| "/parties/organisations".into(), |kept| url(kept.id))
    }
    fn heading(&self) -> String {
        self.kept.as_ref().map_or_else(
            || "Nouvelle organisation".into(),
            |kept| format!("Modifier « {} »", kept.name),
        )
    }
}

impl View for OrganisationEdit {
    fn title(&self) -> String {
        self.heading()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        let mut way = vec![Crumb::to(
            "Fabricants et fournisseurs",
            "/parties/organisations",
        )];
        if let Some(kept) = &self.kept {
            way.push(Crumb::to(&kept.name, url(kept.id)));
        }
        way.push(Crumb::here(if self.kept.is_some() {
            "Modifier"
        } else {
            "Nouvelle"
        }));
        way
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "fields": ["name", "roles", "country", "srn", "siren", "finess", "cofrac_number", "address", "website", "phone", "note", "version", "distinct"] })
    }
}

pub(super) async fn new(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    form: Typed<OrganisationForm>,
) -> Result<Page> {
    permit.over(&Place::SHARED)?;
    let mut read = app.read(&permit).await?;
    let alike = if form.is_again() {
        queries::alike(&mut read, &form.values.name).await?
    } else {
        Vec::new()
    };
    Ok(Page::of(OrganisationEdit {
        kept: None,
        form,
        alike,
    }))
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    form: Form<OrganisationForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let covered = permit.over(&Place::SHARED)?;
    let new = form.check()?;
    if form.distinct != "true" {
        commands::refuse_near_duplicates(&mut tx, &new.name).await?;
    }
    let (id, event) = commands::create(&mut tx, covered, new).await?;
    tx.commit(event, url(id)).await
}

pub(super) async fn edit(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<OrganisationId>,
    form: Typed<OrganisationForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = queries::find(&mut read, permit.sees(), id).await?;
    permit.over(&kept)?;
    let form = form.or(|| OrganisationForm::of(&kept));
    Ok(Page::of(OrganisationEdit {
        kept: Some(kept),
        form,
        alike: Vec::new(),
    }))
}

pub(super) async fn update(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<OrganisationId>,
    form: Form<OrganisationForm>,
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
    use crate::kernel::Error;

    fn typed(change: impl FnOnce(&mut OrganisationForm)) -> OrganisationForm {
        let mut form = OrganisationForm {
            name: " Dräger ".into(),
            roles: vec!["manufacturer".into()],
            ..OrganisationForm::default()
        };
        change(&mut form);
        form
    }

    fn wrong(form: &OrganisationForm) -> Vec<String> {
        match form.check() {
            Err(Error::Invalid(errors)) => {
                errors.all().map(|(field, _)| field.to_owned()).collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn blanks_are_nothing_said() {
        let new = typed(|form| form.country = "  ".into()).check().unwrap();
        assert_eq!((new.name.as_str(), new.country), ("Dräger", None));
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert_eq!(wrong(&typed(|form| form.name = " ".into())), ["name"]);
        assert_eq!(wrong(&typed(|form| form.roles.clear())), ["roles"]);
        assert_eq!(
            wrong(&typed(|form| form.roles.push("king".into()))),
            ["roles"]
        );
        assert_eq!(
            wrong(&typed(|form| form.country = "Allemagne".into())),
            ["country"]
        );
        assert_eq!(wrong(&typed(|form| form.srn = "12".into())), ["srn"]);
        assert_eq!(
            wrong(&typed(|form| form.siren = "732829321".into())),
            ["siren"]
        );
        assert_eq!(
            wrong(&typed(|form| form.website = "javascript:alert(1)".into())),
            ["website"]
        );
    }

    #[test]
    fn numbers_may_be_typed_with_spaces_and_small_letters() {
        let new = typed(|form| {
            form.siren = "732 829 320".into();
            form.srn = "de-mf-000012345".into();
        })
        .check()
        .unwrap();
        assert_eq!(new.siren.as_deref(), Some("732829320"));
        assert_eq!(new.srn.as_deref(), Some("DE-MF-000012345"));
    }
}
