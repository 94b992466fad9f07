//! The list of accounts, an account, and the form that changes it.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::api::AccountResource;
use super::commands;
use super::model::{NewAccount, is_email, is_login};
use super::queries::{self, Account, USERS, reach};
use crate::accounts::AccountId;
use crate::accounts::access::{GrantScope, Permit};
use crate::accounts::actions::{Action, GiveGrants, ManageAccounts, SeeAccounts};
use crate::accounts::grants::commands as giving;
use crate::accounts::grants::model::NewGrant;
use crate::accounts::grants::pages::{Where, role, roles, scopes};
use crate::accounts::grants::queries::{self as grants, Grant};
use crate::accounts::sessions::queries::{self as sessions, OpenSession};
use crate::accounts::sites::units::queries::{self as places, Options};
use crate::accounts::tokens::queries::{self as tokens, Token};
use crate::app::App;
use crate::kernel::page::Crumb;
use crate::kernel::{FieldErrors, Result, date};
use crate::platform::db::list::{ListPage, Position};
use crate::platform::web::{Form, Page, Saved, Typed, View, check, filters};
use crate::shell::lists::{self, Listed};

#[derive(Template)]
#[template(path = "accounts/users/index.html")]
struct UserIndex {
    list: ListPage,
    may_manage: bool,
}

impl View for UserIndex {
    fn title(&self) -> String {
        "Comptes".into()
    }

    fn resource(&self) -> serde_json::Value {
        self.list.json()
    }
}

/// Lists accounts, or exports them.
pub async fn index(
    State(app): State<App>,
    permit: Permit<SeeAccounts>,
    RawQuery(raw): RawQuery,
) -> Result<Listed> {
    let reach = reach(permit.sees());
    let may_manage = permit.caller().holds(ManageAccounts::NAME);
    lists::index_within(&app, &permit, &USERS, raw.as_deref(), &reach, |list| {
        UserIndex { list, may_manage }
    })
    .await
}

/// What the caller may do on the page of an account.
struct Mine {
    manage: bool,
    give: bool,
    oneself: bool,
}

#[derive(Template)]
#[template(path = "accounts/users/show.html")]
struct UserShow {
    account: Account,
    position: Option<Position>,
    grants: Vec<Grant>,
    elsewhere: usize,
    sessions: Vec<OpenSession>,
    tokens: Vec<Token>,
    now: DateTime<Utc>,
    mine: Mine,
    reached: Vec<Uuid>,
}

impl UserShow {
    fn when(&self, at: &DateTime<Utc>) -> String {
        date::instant(*at, lists::ZONE)
    }

    fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    fn ended(&self, grant: &Grant) -> bool {
        grant.revoked_at.is_some() || grant.ends_on.is_some_and(|last| last < self.today())
    }

    fn may_revoke(&self, grant: &Grant) -> bool {
        self.mine.give
            && !self.mine.oneself
            && grant.revoked_at.is_none()
            && self.reached.contains(&grant.id.uuid())
    }
}

impl View for UserShow {
    fn title(&self) -> String {
        self.account.name.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Comptes", "/accounts/users"),
            Crumb::here(self.account.name.clone()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!(AccountResource::of(&self.account, &self.grants))
    }
}

/// Shows an account.
pub async fn show(
    State(app): State<App>,
    permit: Permit<SeeAccounts>,
    Path(id): Path<AccountId>,
    RawQuery(raw): RawQuery,
) -> Result<Page> {
    let mut read = app.read(&permit).await?;
    let now = app.clock().now();
    let account = queries::find(&mut read, permit.sees(), id, now).await?;
    let reach = reach(permit.sees());
    let position = lists::position(&mut read, &USERS, raw.as_deref(), &reach, id).await?;
    let (grants, others): (Vec<_>, Vec<_>) = grants::of_account(&mut read, id)
        .await?
        .into_iter()
        .partition(|grant| permit.sees().reaches(grant.place));
    let gives = permit.caller().scope(GiveGrants::NAME);
    let reached = grants
        .iter()
        .filter(|grant| gives.reaches(grant.place))
        .map(|grant| grant.id.uuid())
        .collect();
    let mine = Mine {
        manage: account.within(&permit.caller().scope(ManageAccounts::NAME)),
        give: permit.caller().holds(GiveGrants::NAME),
        oneself: permit.caller().account == Some(id),
    };
    // What a person opened concerns who answers for the whole account.
    let (sessions, tokens) = if mine.manage {
        (
            sessions::of_account(&mut read, id, now).await?,
            tokens::of_account(&mut read, id).await?,
        )
    } else {
        (vec![], vec![])
    };
    Ok(Page::of(UserShow {
        account,
        position,
        grants,
        elsewhere: others.len(),
        sessions,
        tokens,
        now,
        mine,
        reached,
    }))
}

/// What the form of an account holds; the last four fields are its first role, asked when it is made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserForm {
    login: String,
    name: String,
    email: String,
    phone: String,
    job_title: String,
    version: String,
    role: String,
    scope: String,
    unit: String,
    device: String,
}

impl UserForm {
    fn of(account: &Account) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            login: account.login.clone(),
            name: account.name.clone(),
            email: text(&account.email),
            phone: text(&account.phone),
            job_title: text(&account.job_title),
            version: account.version.to_string(),
            ..Self::default()
        }
    }

    /// The texts as an account; what is wrong is added to `errors`.
    fn check(&self, errors: &mut FieldErrors) -> NewAccount {
        let login = check::line(errors, "login", &self.login.to_lowercase(), 80);
        if let Some(login) = login.as_deref().filter(|login| !is_login(login)) {
            errors.add("login", format!("« {login} » n’est pas un identifiant : lettres sans accent, chiffres, « . », « - », « _ » et « @ », de 2 à 80."));
        }
        let name = check::line(errors, "name", &self.name, 200);
        let email = check::maybe_line(errors, "email", &self.email, 200);
        if let Some(email) = email.as_deref().filter(|email| !is_email(email)) {
            errors.add(
                "email",
                format!(
                    "« {email} » n’est pas une adresse de courriel : elle s’écrit nom@domaine.fr."
                ),
            );
        }
        NewAccount {
            login: login.unwrap_or_default(),
            name: name.unwrap_or_default(),
            email,
            phone: check::maybe_line(errors, "phone", &self.phone, 40),
            job_title: check::maybe_line(errors, "job_title", &self.job_title, 120),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/users/form.html")]
struct UserFormPage {
    form: Typed<UserForm>,
    account: Option<Account>,
    roles: Options,
    scopes: Options,
    units: Options,
}

impl View for UserFormPage {
    fn title(&self) -> String {
        match &self.account {
            Some(account) => format!("Modifier {}", account.name),
            None => "Nouveau compte".into(),
        }
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::to("Comptes", "/accounts/users"),
            Crumb::here(self.title()),
        ]
    }

    fn resource(&self) -> serde_json::Value {
        serde_json::json!({ "roles": self.roles, "scopes": self.scopes })
    }
}

impl UserFormPage {
    async fn of(
        app: &App,
        permit: &Permit<ManageAccounts>,
        form: Typed<UserForm>,
        id: Option<AccountId>,
    ) -> Result<Page> {
        let mut read = app.read(permit).await?;
        let account = match id {
            Some(id) => Some(queries::find(&mut read, permit.sees(), id, app.clock().now()).await?),
            None => None,
        };
        if let Some(account) = &account {
            account.covered(permit)?;
        }
        let form = match &account {
            Some(account) => form.or(|| UserForm::of(account)),
            None => form,
        };
        let scopes = scopes(&mut read, permit.acts()).await?;
        let kept = form.values.unit.parse().ok();
        let units = places::few(&mut read, permit.acts(), kept).await?;
        Ok(Page::of(Self {
            form,
            account,
            roles: roles(),
            scopes,
            units,
        }))
    }
}

/// Shows an empty form.
pub async fn new(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    form: Typed<UserForm>,
) -> Result<Page> {
    UserFormPage::of(&app, &permit, form, None).await
}

/// Creates an account with its first role.
pub async fn create(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    form: Form<UserForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let gives = Permit::<GiveGrants>::ask(permit.caller().clone())?;
    let mut errors = FieldErrors::default();
    let new = form.check(&mut errors);
    let role = role(&mut errors, &form.role);
    let place = Where {
        scope: &form.scope,
        unit: &form.unit,
        device: &form.device,
    };
    let scope: Option<GrantScope> = place.read(&mut tx, gives.acts(), &mut errors).await?;
    let (Some(role), Some(scope), true) = (role, scope, errors.is_empty()) else {
        return Err(errors.into());
    };
    let place = grants::place_of(&mut tx, scope).await?;
    let (covered, gives) = (permit.over(&place)?, gives.over(&place)?);
    let (id, event) = commands::create(&mut tx, covered, new).await?;
    let first = NewGrant {
        account: id,
        role,
        scope,
        ends_on: None,
    };
    let (_, granted) = giving::give(&mut tx, gives, first).await?;
    tx.commit(event.and(granted), format!("/accounts/users/{id}"))
        .await
}

/// Shows the form of an account.
pub async fn edit(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path(id): Path<AccountId>,
    form: Typed<UserForm>,
) -> Result<Page> {
    UserFormPage::of(&app, &permit, form, Some(id)).await
}

/// Changes an account.
pub async fn update(
    State(app): State<App>,
    permit: Permit<ManageAccounts>,
    Path(id): Path<AccountId>,
    form: Form<UserForm>,
) -> Result<Saved> {
    let mut tx = app.begin(&permit, &form).await?;
    let now = tx.now();
    let account = queries::find(&mut tx, permit.sees(), id, now).await?;
    let covered = account.covered(&permit)?;
    let mut errors = FieldErrors::default();
    let new = form.check(&mut errors);
    errors.done()?;
    let version = check::version(&form.version)?;
    let event = commands::revise(&mut tx, covered, &account, new, version).await?;
    tx.commit(event, format!("/accounts/users/{id}")).await
}
