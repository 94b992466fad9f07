//! Instructions for use of a model, one edition for each software version and language.
//!
//! The edition that stands at the bedside must be the one of the version that runs. A new edition is
//! entered, the former withdrawn with its reason; nothing is deleted. The file is a document of the model.

use askama::Template;
use axum::extract::{Path, State};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::pages::url;
use super::queries::{self, Model, Version};
use super::{InstructionId, ModelId, VersionId};
use crate::accounts::access::{Covered, Permit};
use crate::accounts::actions::{Action, ManageCatalogue, SeeCatalogue};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{Error, Event, FieldErrors, Result, Subject};
use crate::platform::db::{OnConstraint, OneRow, Tx};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};

/// Languages of instructions met in French hospitals; French is the one the law asks for.
pub const LANGUAGES: [(&str, &str); 7] = [
    ("fr", "français"),
    ("en", "anglais"),
    ("de", "allemand"),
    ("it", "italien"),
    ("es", "espagnol"),
    ("nl", "néerlandais"),
    ("ja", "japonais"),
];

/// An edition, checked.
#[derive(Clone, Debug)]
pub struct NewInstruction {
    /// For one software version; none = for all.
    pub version: Option<VersionId>,
    /// As printed.
    pub edition: String,
    /// Two letters.
    pub language: String,
    /// Its date.
    pub issued_on: Option<NaiveDate>,
    /// When the hospital got it.
    pub received_on: Option<NaiveDate>,
    /// Its file.
    pub document: Option<Uuid>,
    /// Where the maker publishes it.
    pub url: Option<String>,
    /// What changed.
    pub changes: Option<String>,
}

/// An edition, as kept.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// Its id.
    pub id: InstructionId,
    /// The version it is for.
    pub version_id: Option<VersionId>,
    /// That version's number.
    pub number: Option<String>,
    /// As printed.
    pub edition: String,
    /// Two letters.
    pub language: String,
    /// Its date.
    pub issued_on: Option<NaiveDate>,
    /// When it was received.
    pub received_on: Option<NaiveDate>,
    /// Its file.
    pub document_id: Option<Uuid>,
    /// Where the maker publishes it.
    pub url: Option<String>,
    /// What changed.
    pub changes: Option<String>,
    /// No longer the one to follow since.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why.
    pub withdrawn_reason: Option<String>,
}

impl Instruction {
    /// « français ».
    pub fn language_words(&self) -> &str {
        LANGUAGES
            .iter()
            .find(|(code, _)| *code == self.language)
            .map_or(self.language.as_str(), |(_, words)| words)
    }
}

/// Every edition of a model, those to follow first.
pub async fn of_model(conn: &mut PgConnection, model: ModelId) -> Result<Vec<Instruction>> {
    Ok(sqlx::query_as!(
        Instruction,
        r#"select i.id as "id: InstructionId", i.software_version_id as "version_id: VersionId", v.number as "number?", i.edition, i.language, i.issued_on,
                  i.received_on, i.document_id, i.url, i.changes, i.withdrawn_at, i.withdrawn_reason
           from model_instruction i
           left join software_version v on v.id = i.software_version_id
           where i.model_id = $1
           order by i.withdrawn_at is not null, i.language <> 'fr', i.id desc
           limit 200"#,
        model.uuid()
    )
    .fetch_all(conn)
    .await?)
}

/// The files of a model that are instructions, for a choice.
async fn files(conn: &mut PgConnection, model: ModelId) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select id, concat_ws(' ', title, edition) as "title!" from document
           where subject_type = 'device_model' and subject_id = $1 and kind = 'instructions' and withdrawn_at is null and establishment_id is null
           order by id desc limit 50"#,
        model.uuid()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.id.to_string(), r.title))
        .collect())
}

/// Enters an edition.
pub async fn enter(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    new: NewInstruction,
) -> Result<Event> {
    if let Some(version) = new.version
        && !queries::has_version(tx, of.id, version).await?
    {
        return Err(Error::field(
            "software_version",
            "Cette version n’est pas de ce modèle.",
        ));
    }
    if let Some(document) = new.document
        && !files(tx, of.id)
            .await?
            .iter()
            .any(|(id, _)| *id == document.to_string())
    {
        return Err(Error::field(
            "document",
            "Ce document n’est pas une notice de ce modèle.",
        ));
    }
    let (now, by) = (tx.now(), tx.actor().id);
    sqlx::query!(
        "insert into model_instruction (id, model_id, software_version_id, edition, language, issued_on, received_on, document_id, url, changes, recorded_at, recorded_by, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
        InstructionId::fresh().uuid(),
        of.id.uuid(),
        new.version.map(|v| v.uuid()),
        new.edition,
        new.language,
        new.issued_on,
        new.received_on,
        new.document,
        new.url,
        new.changes,
        now,
        by
    )
    .execute(&mut **tx)
    .await
    .on_constraint("model_instruction_once_key", "edition", "Cette édition est déjà connue dans cette langue, pour cette version.")
    .on_constraint("model_instruction_url_check", "url", "L’adresse commence par https://.")
    .on_constraint("model_instruction_document_fkey", "document", "Ce document n’existe pas.")?;
    Ok(Event::new(
        "model.instruction_entered",
        Subject::shared("device_model", of.id),
        format!(
            "Notice {} ({}) ajoutée à « {} »",
            new.edition,
            new.language,
            of.name()
        ),
    ))
}

/// Says that an edition is no longer the one to follow.
pub async fn withdraw(
    tx: &mut Tx,
    _: Covered<ManageCatalogue>,
    of: &Model,
    id: InstructionId,
    reason: &str,
) -> Result<Event> {
    let there = sqlx::query_scalar!(
        "select edition from model_instruction where id = $1 and model_id = $2",
        id.uuid(),
        of.id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Error::NotFound)?;
    tx.because(reason).await?;
    let now = tx.now();
    sqlx::query!(
        "update model_instruction set withdrawn_at = $2, withdrawn_reason = $3, version = version + 1 where id = $1 and withdrawn_at is null",
        id.uuid(),
        now,
        reason
    )
    .execute(&mut **tx)
    .await?
    .one_row()?;
    Ok(Event::new(
        "model.instruction_withdrawn",
        Subject::shared("device_model", of.id),
        format!("Notice {there} de « {} » retirée", of.name()),
    ))
}

/// What was typed of an edition.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InstructionForm {
    software_version: String,
    edition: String,
    language: String,
    issued_on: String,
    received_on: String,
    document: String,
    url: String,
    changes: String,
}

impl InstructionForm {
    fn check(&self) -> Result<NewInstruction> {
        let mut errors = FieldErrors::default();
        let e = &mut errors;
        let version = check::maybe_chosen(e, "software_version", &self.software_version);
        let edition = check::line(e, "edition", &self.edition, 100);
        let language = check::maybe_code(e, "language", &self.language, |code| {
            LANGUAGES
                .iter()
                .find(|(known, _)| *known == code)
                .map(|(known, _)| (*known).to_owned())
        });
        if self.language.trim().is_empty() {
            e.add("language", "Choisissez une langue.");
        }
        let issued_on = check::maybe_day(e, "issued_on", &self.issued_on);
        let received_on = check::maybe_day(e, "received_on", &self.received_on);
        let document = check::maybe_chosen(e, "document", &self.document);
        let url = check::maybe_line(e, "url", &self.url, 500);
        let changes = check::maybe_paragraph(e, "changes", &self.changes, 2000);
        match (edition, language) {
            (Some(edition), Some(language)) if errors.is_empty() => Ok(NewInstruction {
                version,
                edition,
                language,
                issued_on,
                received_on,
                document,
                url,
                changes,
            }),
            _ => Err(errors.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "inventory/models/instructions.html")]
struct InstructionIndex {
    model: Model,
    versions: Vec<Version>,
    instructions: Vec<Instruction>,
    files: Vec<(String, String)>,
    may_manage: bool,
    form: Typed<InstructionForm>,
}

impl InstructionIndex {
    /// Versions whose instructions in French nobody has.
    fn lacking(&self) -> Vec<&str> {
        lacking(&self.versions, &self.instructions)
    }
    fn languages(&self) -> Vec<(&'static str, &'static str)> {
        LANGUAGES.to_vec()
    }
    fn choices(&self) -> Vec<(String, String)> {
        self.versions
            .iter()
            .map(|v| (v.id.to_string(), format!("{} {}", v.name, v.number)))
            .collect()
    }
    fn verdict(&self) -> (&'static str, String) {
        let french = self
            .instructions
            .iter()
            .any(|i| i.withdrawn_at.is_none() && i.language == "fr");
        match (self.lacking().len(), french) {
            (0, true) => ("good", "La notice en français est connue.".into()),
            (0, false) => (
                "unknown",
                "Aucune notice en français n’est enregistrée pour ce modèle.".into(),
            ),
            (_, _) => (
                "unknown",
                format!(
                    "Notice en français inconnue pour la version {}.",
                    self.lacking().join(", ")
                ),
            ),
        }
    }
}

/// The versions that run somewhere in sight without instructions in French of their own or for all versions.
fn lacking<'a>(versions: &'a [Version], known: &[Instruction]) -> Vec<&'a str> {
    let french = |version: VersionId| {
        known.iter().any(|i| {
            i.withdrawn_at.is_none()
                && i.language == "fr"
                && (i.version_id.is_none() || i.version_id == Some(version))
        })
    };
    versions
        .iter()
        .filter(|v| v.devices > 0 && !french(v.id))
        .map(|v| v.number.as_str())
        .collect()
}

impl View for InstructionIndex {
    fn title(&self) -> String {
        format!("Notices · {}", self.model.name())
    }
    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Modèles", "/inventory/models"),
            Crumb::to(self.model.name(), url(self.model.id)),
            Crumb::here("Notices"),
        ]
    }
    fn resource(&self) -> serde_json::Value {
        let items: Vec<_> = self
            .instructions
            .iter()
            .map(|i| {
                serde_json::json!({
                    "id": i.id, "software_version_id": i.version_id, "software_version": i.number, "edition": i.edition, "language": i.language,
                    "issued_on": i.issued_on, "received_on": i.received_on, "document_id": i.document_id, "url": i.url,
                    "withdrawn_at": i.withdrawn_at, "withdrawn_reason": i.withdrawn_reason,
                })
            })
            .collect();
        serde_json::json!({ "model_id": self.model.id, "instructions": items, "versions_without_french": self.lacking() })
    }
}

/// `GET /inventory/models/{id}/instructions`
pub(super) async fn index(
    State(app): State<App>,
    permit: Permit<SeeCatalogue>,
    Path(id): Path<ModelId>,
    form: Typed<InstructionForm>,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let model = queries::find(&mut read, permit.sees(), id).await?;
    let seen = permit
        .caller()
        .scope(crate::accounts::actions::SeeDevices::NAME);
    Ok(Page::of(InstructionIndex {
        versions: queries::versions(&mut read, &seen, id).await?,
        instructions: of_model(&mut read, id).await?,
        files: files(&mut read, id).await?,
        may_manage: permit.caller().scope(ManageCatalogue::NAME).group,
        form: form.or(|| InstructionForm {
            language: "fr".into(),
            ..InstructionForm::default()
        }),
        model,
    }))
}

/// `POST /inventory/models/{id}/instructions`
pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<ModelId>,
    form: Form<InstructionForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&model)?;
    let event = enter(&mut tx, covered, &model, form.check()?).await?;
    tx.commit(event, format!("{}/instructions", url(id))).await
}

/// Why an edition is withdrawn.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WithdrawalForm {
    reason: String,
}

/// `DELETE /inventory/models/{id}/instructions/{instruction}`
pub(super) async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path((id, instruction)): Path<(ModelId, InstructionId)>,
    form: Form<WithdrawalForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&model)?;
    let mut errors = FieldErrors::default();
    let reason = check::line(&mut errors, "reason", &form.reason, 300);
    errors.done()?;
    let event = withdraw(
        &mut tx,
        covered,
        &model,
        instruction,
        &reason.unwrap_or_default(),
    )
    .await?;
    tx.commit(event, format!("{}/instructions", url(id))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(devices: i64) -> Version {
        Version {
            id: VersionId::fresh(),
            name: "Logiciel".into(),
            number: format!("v{devices}"),
            released_on: None,
            support_ends_on: None,
            security_support_ends_on: None,
            note: None,
            devices,
        }
    }

    fn known(version: Option<VersionId>, language: &str, withdrawn: bool) -> Instruction {
        Instruction {
            id: InstructionId::fresh(),
            version_id: version,
            number: None,
            edition: "A".into(),
            language: language.into(),
            issued_on: None,
            received_on: None,
            document_id: None,
            url: None,
            changes: None,
            withdrawn_at: withdrawn.then(chrono::DateTime::<Utc>::default),
            withdrawn_reason: None,
        }
    }

    #[test]
    fn a_version_that_runs_lacks_instructions_until_some_in_french_are_in_force() {
        let versions = [version(3), version(0)];
        let id = versions[0].id;
        assert_eq!(lacking(&versions, &[]), ["v3"]);
        assert_eq!(lacking(&versions, &[known(Some(id), "en", false)]), ["v3"]);
        assert_eq!(lacking(&versions, &[known(Some(id), "fr", true)]), ["v3"]);
        assert_eq!(
            lacking(&versions, &[known(Some(versions[1].id), "fr", false)]),
            ["v3"]
        );
        assert!(lacking(&versions, &[known(Some(id), "fr", false)]).is_empty());
        assert!(lacking(&versions, &[known(None, "fr", false)]).is_empty());
    }
}
