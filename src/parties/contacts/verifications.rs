//! Verifying a contact: one press, the day and the person are kept.

use axum::extract::{Path, State};

use super::pages::url;
use super::{commands, queries};
use crate::accounts::access::Permit;
use crate::accounts::actions::ManageParties;
use crate::app::App;
use crate::kernel::Result;
use crate::parties::ContactId;
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved};

pub(super) async fn create(
    State(app): State<App>,
    permit: Permit<ManageParties>,
    Path(id): Path<ContactId>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let contact = queries::find(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&contact)?;
    let event =
        commands::verify(&mut tx, covered, &contact, app.clock().now().date_naive()).await?;
    tx.commit(event, url(id)).await
}
