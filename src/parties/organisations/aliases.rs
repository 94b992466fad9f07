//! Other names of an organisation: given and withdrawn on its page.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::model::{AliasKind, NewAlias};
use super::pages::url;
use super::{commands, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageParties;
use crate::app::App;
use crate::kernel::{FieldErrors, Result};
use crate::parties::{AliasId, OrganisationId, said};
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved};

/// What was typed of another name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AliasForm {
    pub(super) alias: String,
    pub(super) alias_kind: String,
    pub(super) alias_source: String,
}

impl AliasForm {
    fn check(&self) -> Result<NewAlias> {
        let mut wrong = FieldErrors::default();
        let name = said(&self.alias).unwrap_or_default();
        if name.is_empty() || name.chars().count() > 300 {
            wrong.add("alias", "Le nom est attendu, en 300 caractères au plus.");
        }
        let kind = AliasKind::from_code(&self.alias_kind);
        match kind {
            Some(kind) if wrong.is_empty() => Ok(NewAlias {
                name,
                kind,
                source: said(&self.alias_source),
            }),
            _ => {
                if kind.is_none() {
                    wrong.add(
                        "alias_kind",
                        "Dites pourquoi ce nom mène à cette organisation.",
                    );
                }
                wrong.done().map(|()| NewAlias {
                    name,
                    kind: AliasKind::Spelling,
                    source: None,
                })
            }
        }
    }
}

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<OrganisationId>,
    form: Form<AliasForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let organisation = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&organisation)?;
    let event = commands::add_alias(&mut tx, covered, &organisation, form.check()?).await?;
    tx.commit(event, url(id)).await
}

pub(super) async fn destroy(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path((id, alias)): Path<(OrganisationId, AliasId)>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let organisation = queries::find(&mut tx, permit.sees(), id).await?;
    let alias = queries::find_alias(&mut tx, id, alias).await?;
    let covered = permit.over(&organisation)?;
    let event = commands::remove_alias(&mut tx, covered, &organisation, &alias).await?;
    tx.commit(event, url(id)).await
}
