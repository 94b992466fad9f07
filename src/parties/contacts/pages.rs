//! What people see of contacts.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::api::ContactResource;
use super::commands;
use super::list::CONTACTS;
use super::model::{ContactFunction, NewContact, looks_like_mail};
use super::queries::{self, Contact};
use crate::accounts::EstablishmentId;
use crate::accounts::access::{Permit, Place};
use crate::accounts::actions::{ManageParties, SeeParties};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, FieldErrors, Result, date};
use crate::parties::organisations::queries as organisations;
use crate::parties::{ContactId, OrganisationId, said};
use crate::platform::db::list::ListPage;
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

/// Where a contact is read.
pub(super) fn url(id: ContactId) -> String {
    format!("/parties/contacts/{id}")
}

/// What was typed of a contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactForm {
    establishment: String,
    function: String,
    name: String,
    email: String,
    phone: String,
    url: String,
    note: String,
    ends_on: String,
    version: String,
    /// Ticked when the contact has just been checked.
    verified: String,
}

impl ContactForm {
    fn of(kept: &Contact) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            establishment: kept
                .establishment_id
                .map(|e| e.to_string())
                .unwrap_or_default(),
            function: kept.function.code().into(),
            name: kept.name.clone(),
            email: text(&kept.email),
            phone: text(&kept.phone),
            url: text(&kept.url),
            note: text(&kept.note),
            ends_on: kept.ends_on.map(|day| day.to_string()).unwrap_or_default(),
            version: kept.version.to_string(),
            verified: String::new(),
        }
    }

    fn check(&self) -> Result<NewContact> {
        let mut wrong = FieldErrors::default();
        let establishment = match self.establishment.as_str() {
            "" => None,
            text => match text.parse::<EstablishmentId>() {
                Ok(id) => Some(id),
                Err(_) => {
                    wrong.add("establishment", "Cet établissement n’existe pas.");
                    None
                }
            },
        };
        let function = ContactFunction::from_code(&self.function);
        if function.is_none() {
            wrong.add("function", "Dites à quoi sert ce contact.");
        }
        let name = said(&self.name).unwrap_or_default();
        if name.is_empty() || name.chars().count() > 200 {
            wrong.add(
                "name",
                "Le nom d’une personne ou d’un service est attendu, en 200 caractères au plus.",
            );
        }
        let (email, phone, url) = (said(&self.email), said(&self.phone), said(&self.url));
        if email.is_none() && phone.is_none() && url.is_none() {
            wrong.add(
                "email",
                "Donnez au moins un moyen de le joindre : courriel, téléphone ou portail.",
            );
        }
        if email.as_deref().is_some_and(|mail| !looks_like_mail(mail)) {
            wrong.add("email", "Un courriel s’écrit nom@domaine.fr.");
        }
        if url
            .as_deref()
            .is_some_and(|text| !text.starts_with("https://") && !text.starts_with("http://"))
        {
            wrong.add("url", "Le portail s’écrit en entier : https://exemple.fr");
        }
        let ends_on = check::maybe_day(&mut wrong, "ends_on", &self.ends_on);
        wrong.done()?;
        let function = function.ok_or_else(|| Error::internal("checked above"))?;
        Ok(NewContact {
            establishment,
            function,
            name,
            email,
            phone,
            url,
            note: said(&self.note),
            ends_on,
        })
    }
}

/// The list.
#[derive(Template)]
#[template(path = "parties/contacts/index.html")]
pub struct ContactIndex {
    list: ListPage,
}

impl View for ContactIndex {
    fn title(&self) -> String {
        "Contacts".into()
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Fabricants et fournisseurs", "/parties/organisations"),
            Crumb::here("Contacts"),
        ]
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
    lists::index(&app, &permit, &CONTACTS, raw.as_deref(), |list| {
        ContactIndex { list }
    })
    .await
}

/// One contact.
#[derive(Template)]
#[template(path = "parties/contacts/show.html")]
pub struct ContactShow {
    contact: Contact,
    may_manage: bool,
    today: NaiveDate,
}

impl ContactShow {
    fn verdict(&self) -> String {
        match self.contact.verified_on {
            Some(day) => format!(
                "Dernière vérification le {} ({}).",
                date::short(day),
                date::relative(day, self.today)
            ),
            None => "Personne n’a jamais vérifié ce contact.".into(),
        }
    }
    fn until(&self) -> Option<String> {
        self.contact.ends_on.map(date::short)
    }
}

impl View for ContactShow {
    fn title(&self) -> String {
        format!("{} – {}", self.contact.name, self.contact.organisation)
    }
    fn crumbs(&self) -> Vec<Crumb> {
        way(
            self.contact.organisation_id,
            &self.contact.organisation,
            &self.contact.name,
        )
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!(ContactResource::from(&self.contact))
    }
}

fn way(id: OrganisationId, organisation: &str, here: &str) -> Vec<Crumb> {
    vec![
        Crumb::to("Fabricants et fournisseurs", "/parties/organisations"),
        Crumb::to(organisation, format!("/parties/organisations/{id}")),
        Crumb::here(here),
    ]
}

pub(super) async fn show(
    State(app): State<App>,
    permit: Permit<SeeParties>,
    Path(id): Path<ContactId>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let contact = queries::find(&mut read, permit.sees(), id).await?;
    let may_manage = Permit::<ManageParties>::ask(permit.caller().clone())
        .is_ok_and(|manage| manage.over(&contact).is_ok());
    Ok(Page::of(ContactShow {
        contact,
        may_manage,
        today: app.clock().now().date_naive(),
    }))
}

/// The form of a contact, new or not.
#[derive(Template)]
#[template(path = "parties/contacts/form.html")]
pub struct ContactEdit {
    organisation_id: OrganisationId,
    organisation: String,
    kept: Option<Contact>,
    form: Typed<ContactForm>,
    establishments: Vec<(String, String)>,
    may_share: bool,
}

impl ContactEdit {
    fn functions(&self) -> Vec<(&'static str, &'static str)> {
        ContactFunction::ALL
            .iter()
            .map(|function| (function.code(), function.label()))
            .collect()
    }
    fn action(&self) -> String {
        self.kept.as_ref().map_or_else(
            || format!("/parties/organisations/{}/contacts", self.organisation_id),
            |kept| format!("{}?_method=patch", url(kept.id)),
        )
    }
    fn back(&self) -> String {
        format!("/parties/organisations/{}", self.organisation_id)
    }
    fn everybody(&self) -> &'static str {
        if self.may_share {
            "Tout le groupe"
        } else {
            "— choisir —"
        }
    }
}

impl View for ContactEdit {
    fn title(&self) -> String {
        self.kept.as_ref().map_or_else(
            || format!("Nouveau contact chez « {} »", self.organisation),
            |kept| format!("Modifier « {} »", kept.name),
        )
    }
    fn crumbs(&self) -> Vec<Crumb> {
        way(
            self.organisation_id,
            &self.organisation,
            if self.kept.is_some() {
                "Modifier le contact"
            } else {
                "Nouveau contact"
            },
        )
    }
    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "fields": ["establishment", "function", "name", "email", "phone", "url", "note", "ends_on", "version", "verified"] })
    }
}

pub(super) async fn new(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<OrganisationId>,
    form: Typed<ContactForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let organisation = organisations::find(&mut read, permit.sees(), id).await?;
    ContactEdit::of(
        &mut read,
        &permit,
        organisation.id,
        organisation.name,
        None,
        form,
    )
    .await
    .map(Page::of)
}

impl ContactEdit {
    async fn of(
        conn: &mut sqlx::PgConnection,
        permit: &Permit<ManageParties>,
        organisation_id: OrganisationId,
        organisation: String,
        kept: Option<Contact>,
        form: Typed<ContactForm>,
    ) -> Result<Self> {
        let establishments = queries::establishments(conn, permit.acts()).await?;
        Ok(Self {
            organisation_id,
            organisation,
            kept,
            form,
            establishments: establishments
                .into_iter()
                .map(|(id, name)| (id.to_string(), name))
                .collect(),
            may_share: permit.acts().group,
        })
    }
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<OrganisationId>,
    form: Form<ContactForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let organisation = organisations::find(&mut tx, permit.sees(), id).await?;
    let new = form.check()?;
    let covered = permit.over(
        &new.establishment
            .map_or(Place::SHARED, Place::establishment),
    )?;
    let verified_on = (form.verified == "true").then(|| app.clock().now().date_naive());
    let (_, event) = commands::create(&mut tx, covered, organisation.id, new, verified_on).await?;
    tx.commit(event, format!("/parties/organisations/{id}"))
        .await
}

pub(super) async fn edit(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<ContactId>,
    form: Typed<ContactForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let kept = queries::find(&mut read, permit.sees(), id).await?;
    permit.over(&kept)?;
    let form = form.or(|| ContactForm::of(&kept));
    ContactEdit::of(
        &mut read,
        &permit,
        kept.organisation_id,
        kept.organisation.clone(),
        Some(kept),
        form,
    )
    .await
    .map(Page::of)
}

pub(super) async fn update(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<ContactId>,
    form: Form<ContactForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let kept = queries::find(&mut tx, permit.sees(), id).await?;
    permit.over(&kept)?;
    let new = form.check()?;
    // Where it goes must be as much the caller's as where it was.
    let covered = permit.over(
        &new.establishment
            .map_or(Place::SHARED, Place::establishment),
    )?;
    let event =
        commands::edit(&mut tx, covered, &kept, check::version(&form.version)?, new).await?;
    tx.commit(event, url(id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> ContactForm {
        ContactForm {
            function: "support".into(),
            name: "Assistance".into(),
            phone: "01 99 00 10 01".into(),
            ..ContactForm::default()
        }
    }

    #[test]
    fn a_contact_that_cannot_be_reached_is_refused() {
        assert!(typed().check().is_ok());
        assert!(
            ContactForm {
                phone: String::new(),
                ..typed()
            }
            .check()
            .is_err()
        );
        assert!(
            ContactForm {
                email: "nobody".into(),
                ..typed()
            }
            .check()
            .is_err()
        );
        assert!(
            ContactForm {
                url: "javascript:alert(1)".into(),
                ..typed()
            }
            .check()
            .is_err()
        );
        assert!(
            ContactForm {
                ends_on: "un jour".into(),
                ..typed()
            }
            .check()
            .is_err()
        );
    }
}
