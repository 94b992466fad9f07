//! Closing and reopening a place: the same small form and the same two handlers for each kind of it.

use std::fmt::Display;
use std::future::Future;

use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;

use crate::accounts::access::{Covered, Permit, Place, Placed, Scope};
use crate::accounts::actions::ManageSites;
use crate::app::App;
use crate::kernel::{Event, FieldErrors, Result};
use crate::platform::db::Tx;
use crate::platform::web::form::Nothing;
use crate::platform::web::{Form, Saved, check};

/// A place that closes and may open again.
pub trait Closes: Placed + Sized + Send + Sync + 'static {
    /// Its id.
    type Id: DeserializeOwned + Display + Copy + Send + Sync + 'static;
    /// Where its pages are.
    const PATH: &'static str;

    /// The place over which the right to close it is asked: its own, but for what belongs to the group.
    fn decided_at(&self) -> Place {
        self.place()
    }

    /// The place of that id.
    fn seen(
        conn: &mut PgConnection,
        sees: &Scope,
        id: Self::Id,
    ) -> impl Future<Output = Result<Self>> + Send;

    /// Closes it from `day` on.
    fn close(
        &self,
        tx: &mut Tx,
        covered: Covered<ManageSites>,
        day: NaiveDate,
    ) -> impl Future<Output = Result<Event>> + Send;

    /// Opens it again.
    fn reopen(
        &self,
        tx: &mut Tx,
        covered: Covered<ManageSites>,
    ) -> impl Future<Output = Result<Event>> + Send;
}

/// Says how a kind of place closes: its type, its id, its path, and the room of its queries and commands.
macro_rules! closes {
    ($place:ty, $id:ty, $path:literal, $queries:path, $commands:path $(, at $decided:expr)?) => {
        impl Closes for $place {
            type Id = $id;
            const PATH: &'static str = $path;

            $(fn decided_at(&self) -> Place {
                $decided
            })?

            async fn seen(conn: &mut PgConnection, sees: &Scope, id: $id) -> Result<Self> {
                use $queries as queries;
                queries::find(conn, sees, id).await
            }

            async fn close(
                &self,
                tx: &mut Tx,
                covered: Covered<ManageSites>,
                day: NaiveDate,
            ) -> Result<Event> {
                use $commands as commands;
                commands::close(tx, covered, self, day).await
            }

            async fn reopen(&self, tx: &mut Tx, covered: Covered<ManageSites>) -> Result<Event> {
                use $commands as commands;
                commands::reopen(tx, covered, self).await
            }
        }
    };
}

closes!(
    super::establishments::queries::Establishment,
    crate::accounts::EstablishmentId,
    "/accounts/establishments",
    super::establishments::queries,
    super::establishments::commands,
    at Place::SHARED
);
closes!(
    super::queries::Site,
    crate::accounts::SiteId,
    "/accounts/sites",
    super::queries,
    super::commands
);
closes!(
    super::departments::queries::Department,
    crate::accounts::DepartmentId,
    "/accounts/departments",
    super::departments::queries,
    super::departments::commands
);
closes!(
    super::units::queries::Unit,
    crate::accounts::UnitId,
    "/accounts/units",
    super::units::queries,
    super::units::commands
);
closes!(
    super::rooms::queries::Room,
    crate::accounts::RoomId,
    "/accounts/rooms",
    super::rooms::queries,
    super::rooms::commands
);

/// Closes a place.
pub async fn close<P: Closes>(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<P::Id>,
    form: Form<ClosureForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let place = P::seen(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&place.decided_at())?;
    let day = form.day(tx.now().date_naive())?;
    let event = place.close(&mut tx, covered, day).await?;
    tx.commit(event, format!("{}/{id}", P::PATH)).await
}

/// Reopens a place.
pub async fn reopen<P: Closes>(
    State(app): State<App>,
    permit: Permit<ManageSites>,
    Path(id): Path<P::Id>,
    form: Form<Nothing>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let place = P::seen(&mut tx, permit.sees(), id).await?;
    let covered = permit.over(&place.decided_at())?;
    let event = place.reopen(&mut tx, covered).await?;
    tx.commit(event, format!("{}/{id}", P::PATH)).await
}

/// From when a place is closed; today when nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClosureForm {
    closed_on: String,
}

impl ClosureForm {
    /// The day, or what is wrong with it.
    pub fn day(&self, today: NaiveDate) -> Result<NaiveDate> {
        let mut errors = FieldErrors::default();
        let day = check::maybe_day(&mut errors, "closed_on", &self.closed_on);
        errors.done()?;
        Ok(day.unwrap_or(today))
    }
}
