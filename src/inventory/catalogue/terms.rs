//! Nomenclature terms of a model: several systems, several editions.

use axum::extract::{Path, State};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::form::said;
use super::model::CodeSystem;
use super::pages::url;
use super::{ModelId, TermLinkId, commands, queries};
use crate::accounts::access::{Caller, Permit, Place};
use crate::accounts::actions::{Action, ManageCatalogue, SeeCatalogue};
use crate::app::App;
use crate::kernel::{Error, FieldErrors, Result};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved};
use crate::shell::domain::{Boxed, Named};

/// What was typed of a term.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TermForm {
    pub(super) system: String,
    pub(super) term: String,
    pub(super) term_source: String,
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path(id): Path<ModelId>,
    form: Form<TermForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&model)?;
    let mut wrong = FieldErrors::default();
    let system = CodeSystem::from_code(&form.system);
    if system.is_none() {
        wrong.add("system", "Choisissez la nomenclature.");
    }
    let code = said(&form.term).filter(|code| code.chars().count() <= 60);
    if code.is_none() {
        wrong.add("term", "Un code est attendu, en 60 caractères au plus.");
    }
    wrong.done()?;
    let (Some(system), Some(code)) = (system, code) else {
        return Err(Error::internal("checked above"));
    };
    let event = commands::add_term(
        &mut tx,
        covered,
        &model,
        system,
        &code,
        said(&form.term_source).as_deref(),
    )
    .await?;
    tx.commit(event, url(id)).await
}

pub(super) async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageCatalogue>,
    Path((id, term)): Path<(ModelId, TermLinkId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let model = queries::find(&mut tx, permit.sees(), id).await?;
    let kept = queries::terms(&mut tx, id)
        .await?
        .into_iter()
        .find(|kept| kept.id == term)
        .ok_or(Error::NotFound)?;
    let covered = permit.over(&model)?;
    let event = commands::remove_term(&mut tx, covered, &model, &kept).await?;
    tx.commit(event, url(id)).await
}

/// Names a term of a nomenclature, where the models filed under it are.
pub fn named<'a>(
    conn: &'a mut PgConnection,
    caller: &'a Caller,
    id: Uuid,
) -> Boxed<'a, Option<Named>> {
    Box::pin(async move {
        if !caller.holds(SeeCatalogue::NAME) {
            return Ok(None);
        }
        let found = queries::maybe_term_words(conn, id).await?;
        Ok(found.map(|title| Named {
            title,
            href: "/exchange/nomenclatures".to_owned(),
            place: Place::SHARED,
        }))
    })
}
