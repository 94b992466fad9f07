//! Whom the simulator may ask about.

use sqlx::PgConnection;

use crate::accounts::AccountId;
use crate::accounts::access::Scope;
use crate::accounts::users::queries::reach;
use crate::kernel::Result;

/// The most accounts examined for « who may ».
pub const MOST: i64 = 500;

/// An active account.
pub struct Person {
    /// Its key.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its login.
    pub login: String,
}

/// The active accounts the caller may see, at most [`MOST`].
pub async fn people(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Person>> {
    let reach = reach(scope);
    Ok(sqlx::query_as!(
        Person,
        r#"
        select a.id as "id!: AccountId", a.display_name as "name!", a.login as "login!"
        from account a
        where a.deactivated_at is null
          and exists (select from account_place p where p.account_id = a.id and (p.establishment_id = any ($1) or p.unit_id = any ($2)))
        order by a.display_name collate "fr-x-icu", a.id
        limit $3
        "#,
        &reach.establishments,
        &reach.units,
        MOST
    )
    .fetch_all(conn)
    .await?)
}
