//! The page of an error: what happened, in plain French, and the way out.

use std::collections::BTreeMap;

use askama::Template;

use super::openapi::Problem;
use crate::kernel::Error;
use crate::kernel::mutants::{self, Fault};
use crate::kernel::page::Crumb;
use crate::platform::web::{View, filters};

/// An error as people read it. Internal detail never comes here.
#[derive(Template)]
#[template(path = "errors/error.html")]
pub struct ErrorPage {
    /// What happened.
    pub heading: &'static str,
    /// What it means and what to do.
    pub explanation: String,
    /// Rule cited, if any.
    pub rule: Option<String>,
    /// Field messages, when there is no form to show them in.
    pub fields: Vec<(String, String)>,
    /// Label and address of the way out.
    pub way_out: (&'static str, String),
    /// To quote when asking for help.
    pub request_id: String,
}

impl ErrorPage {
    /// The page of `error`. `back` is the page the person came from.
    pub fn of(error: &Error, request_id: String, back: Option<String>) -> Self {
        let home = ("Aller à l’accueil", "/".to_owned());
        let back = back.map_or(home.clone(), |b| ("Revenir à la page précédente", b));
        let (heading, explanation, way_out) = match error {
            Error::NotFound => (
                "Cette page n’existe pas",
                "L’adresse est inexacte, ou l’objet n’est pas dans ce que vos droits vous laissent voir.".to_owned(),
                home,
            ),
            Error::Forbidden(right) => (
                "Vous n’avez pas ce droit",
                format!("Il vous manque ici le droit « {right} ». Un administrateur de votre établissement peut le donner."),
                back,
            ),
            Error::SignIn => ("Connectez-vous", "Cette page demande d’être connecté.".to_owned(), ("Se connecter", "/accounts/sessions/new".to_owned())),
            Error::ChangePassword => (
                "Choisissez d’abord votre mot de passe",
                "Votre mot de passe vous a été donné par quelqu’un d’autre : changez-le avant de continuer.".to_owned(),
                ("Changer mon mot de passe", "/accounts/profile/password/edit".to_owned()),
            ),
            Error::SecondFactor(to) => (
                "Second facteur attendu",
                "Cette page s’ouvre après le code de votre second facteur.".to_owned(),
                ("Continuer", (*to).to_owned()),
            ),
            Error::Invalid(_) => ("La saisie n’a pas été acceptée", "Rien n’a été enregistré. Voici ce qui est à corriger :".to_owned(), back),
            Error::Conflict(why) => ("Quelqu’un d’autre est passé avant vous", format!("{why} Rien n’a été enregistré : rechargez la page et refaites votre modification."), back),
            Error::Refused { why, .. } => ("Cette action n’est pas possible", why.clone(), back),
            Error::AlreadyDone(_) => ("C’est déjà fait", "Cet envoi a déjà été enregistré.".to_owned(), back),
            Error::StaleForm => (
                "Ce formulaire n’est plus valable",
                "La page était ouverte depuis longtemps ou avant une nouvelle connexion. Rien n’a été enregistré : rechargez-la et recommencez.".to_owned(),
                back,
            ),
            Error::TooMany(seconds) => (
                "Trop d’essais",
                format!("Par sécurité, attendez {seconds} s avant de réessayer. Les sessions ouvertes ne sont pas touchées."),
                back,
            ),
            Error::TooLarge => ("Cet envoi est trop volumineux", "La limite est de 1 Mo pour un formulaire, 25 Mo pour un document et 100 Mo pour un import.".to_owned(), back),
            Error::BadRequest(why) => ("Cette demande est illisible", format!("Rien n’a été enregistré : {why}."), back),
            Error::Unavailable(_) => (
                "La base de données ne répond pas",
                "Rien n’est perdu de ce qui était enregistré. Vigie reprendra seule dès que la base sera revenue : réessayez dans un instant.".to_owned(),
                ("Réessayer", String::new()),
            ),
            Error::Internal(_) => (
                "Vigie a rencontré une erreur",
                internal(error),
                back,
            ),
        };
        let fields = match error {
            Error::Invalid(fields) => fields
                .all()
                .map(|(f, m)| (f.to_owned(), m.to_owned()))
                .collect(),
            _ => Vec::new(),
        };
        let rule = match error {
            Error::Refused { rule, .. } => Some(rule.clone()),
            _ => None,
        };
        Self {
            heading,
            explanation,
            rule,
            fields,
            way_out,
            request_id,
        }
    }
}

/// The detail of our own faults is for the log.
fn internal(error: &Error) -> String {
    if mutants::on(Fault::DetailShown) {
        return error.to_string();
    }
    "Rien n’a été enregistré. Si cela se reproduit, donnez à l’administrateur le numéro ci-dessous."
        .to_owned()
}

impl View for ErrorPage {
    fn title(&self) -> String {
        self.heading.to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here(self.heading)]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// RFC 9457 problem+json.
pub fn problem(error: &Error, status: u16, request_id: &str) -> serde_json::Value {
    let page = ErrorPage::of(error, request_id.to_owned(), None);
    let errors = match error {
        Error::Invalid(fields) => {
            let mut by_field = BTreeMap::<String, Vec<String>>::new();
            for (field, message) in fields.all() {
                by_field
                    .entry(field.to_owned())
                    .or_default()
                    .push(message.to_owned());
            }
            Some(by_field)
        }
        _ => None,
    };
    serde_json::json!(Problem {
        kind: "about:blank",
        title: page.heading,
        status,
        detail: page.explanation,
        request_id: request_id.to_owned(),
        errors,
        rule: page.rule,
    })
}
