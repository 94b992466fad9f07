//! Reading accounts: seen from every place where they hold, or held, a grant.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::AccountId;
use crate::accounts::access::{Covered, Permit, Place, Scope};
use crate::accounts::actions::Action;
use crate::accounts::grants::queries as grants;
use crate::kernel::{Error, Result};
use crate::platform::db::list::{Column, IdType, ListSpec, ScopeBy, SortType, Tone};

/// The list of accounts; its scope is [`reach`].
pub static USERS: ListSpec = ListSpec {
    name: "users",
    path: "/accounts/users",
    record: None,
    title: "Comptes",
    noun: ("compte", "comptes"),
    when_empty: "Un compte est une personne qui se connecte. Créez-le avec son premier rôle, puis remettez-lui son lien de mot de passe.",
    from: "account a",
    always: None,
    id: "a.id",
    id_type: IdType::Uuid,
    scope: ScopeBy::Through {
        from: "account_place p where p.account_id = a.id",
        establishment: "p.establishment_id",
        unit: "p.unit_id",
    },
    search: Some("plain(a.display_name || ' ' || a.login)"),
    columns: &[
        Column::text("name", "Nom", "a.display_name")
            .shown()
            .opens()
            .sorted("a.display_name collate \"fr-x-icu\"", SortType::Text),
        Column::mono("login", "Identifiant", "a.login")
            .shown()
            .opens()
            .sorted("a.login", SortType::Text),
        Column::text("job_title", "Fonction", "a.job_title").shown(),
        Column::text("email", "Courriel", "a.email"),
        Column::text("phone", "Téléphone", "a.phone"),
        Column::choice(
            "state",
            "État",
            "case when a.deactivated_at is not null then 'deactivated' when a.password_hash is null then 'no_password' else 'active' end",
            &[
                ("active", "Actif", Tone::Good),
                ("no_password", "Sans mot de passe", Tone::Watch),
                ("deactivated", "Désactivé", Tone::Neutral),
            ],
        )
        .shown(),
        Column::instant("created_at", "Créé le", "a.created_at")
            .sorted("a.created_at", SortType::Instant),
    ],
    default_sort: ("name", false),
};

/// Where accounts are seen from: holders over the group also see who holds over the group, or holds
/// nothing (the nil id of `account_place`).
pub fn reach(scope: &Scope) -> Scope {
    let mut scope = scope.clone();
    if scope.group {
        scope.establishments.push(Uuid::nil());
    }
    scope
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What is typed to sign in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Mail address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// What is printed under the name.
    pub job_title: Option<String>,
    /// Was a password ever set?
    pub has_password: bool,
    /// Must it be changed first?
    pub must_change_password: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was deactivated, if it is.
    pub deactivated_at: Option<DateTime<Utc>>,
    /// Counts its changes.
    pub version: i32,
    /// Where its present grants stand; its past ones when it has none any more; the group when it
    /// never had any.
    pub places: Vec<Place>,
}

impl Account {
    /// Proof that the caller may do `A` to this account: he must reach *every* place where it holds a
    /// grant. Otherwise an administrator of one hospital would hand himself the password of somebody
    /// who holds more than he does.
    pub fn covered<A: Action>(&self, permit: &Permit<A>) -> Result<Covered<A>> {
        for place in &self.places {
            permit.over(place)?;
        }
        permit.over(self.places.first().unwrap_or(&Place::SHARED))
    }

    /// Would [`Account::covered`] succeed for this permission?
    pub fn within(&self, scope: &Scope) -> bool {
        self.places.iter().all(|place| scope.reaches(*place))
    }
}

struct Row {
    id: AccountId,
    login: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    job_title: Option<String>,
    has_password: bool,
    must_change_password: bool,
    created_at: DateTime<Utc>,
    deactivated_at: Option<DateTime<Utc>>,
    version: i32,
}

impl Row {
    async fn placed(self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Account> {
        let places = grants::places(conn, self.id, now).await?;
        Ok(Account {
            id: self.id,
            login: self.login,
            name: self.name,
            email: self.email,
            phone: self.phone,
            job_title: self.job_title,
            has_password: self.has_password,
            must_change_password: self.must_change_password,
            created_at: self.created_at,
            deactivated_at: self.deactivated_at,
            version: self.version,
            places,
        })
    }
}

/// The account, or `NotFound` when the caller may not see it.
pub async fn find(
    conn: &mut PgConnection,
    scope: &Scope,
    id: AccountId,
    now: DateTime<Utc>,
) -> Result<Account> {
    let reach = reach(scope);
    sqlx::query_as!(
        Row,
        r#"select id as "id: AccountId", login, display_name as name, email, phone, job_title,
                  password_hash is not null as "has_password!", must_change_password, created_at, deactivated_at, version
           from account a
           where id = $1
             and exists (select from account_place p where p.account_id = a.id and (p.establishment_id = any ($2) or p.unit_id = any ($3)))"#,
        id.uuid(),
        &reach.establishments,
        &reach.units
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?
    .placed(conn, now)
    .await
}

/// The account of a login, within what the caller may see.
pub async fn find_by_login(
    conn: &mut PgConnection,
    scope: &Scope,
    login: &str,
    now: DateTime<Utc>,
) -> Result<Account> {
    let id = sqlx::query_scalar!(
        r#"select id as "id: AccountId" from account where login = $1"#,
        login
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?;
    find(conn, scope, id, now).await
}

/// Does anybody have an account yet?
pub async fn nobody_yet(conn: &mut PgConnection) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select not exists (select from account) as "nobody!""#)
            .fetch_one(conn)
            .await?,
    )
}
