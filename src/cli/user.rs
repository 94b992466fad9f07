//! `vigie user`: accounts from the machine itself, for the first one and for the day nobody can sign in.

use clap::Subcommand;

use super::{CommandError, open_app, say};
use crate::accounts::access::{GrantScope, Permit, Place};
use crate::accounts::actions::{GiveGrants, ManageAccounts, ManageSites};
use crate::accounts::grants::commands::give;
use crate::accounts::grants::model::NewGrant;
use crate::accounts::links::commands as links;
use crate::accounts::roles::Role;
use crate::accounts::sites::establishments::queries as establishments;
use crate::accounts::users::commands as users;
use crate::accounts::users::model::{NewAccount, is_login};
use crate::accounts::users::queries;
use crate::app::App;
use crate::config::Config;
use crate::kernel::{Error, Result};
use crate::platform::db::{Database, Opening, Read, Tx};

/// What may be done to accounts from the machine.
#[derive(Subcommand)]
pub enum User {
    /// Crée un compte avec son premier rôle, et donne son lien de mot de passe
    Create {
        /// Identifiant
        #[arg(value_name = "IDENTIFIANT")]
        login: String,
        /// Nom de la personne
        #[arg(long, value_name = "NOM")]
        name: String,
        /// Rôle, par son code (administrator, biomedical_engineer…)
        #[arg(long, value_name = "RÔLE")]
        role: String,
        /// Établissement, par son code ou son FINESS ; sans lui, tout le groupe
        #[arg(long, value_name = "CODE")]
        establishment: Option<String>,
    },
    /// Réactive un compte s’il le faut, et donne un nouveau lien de mot de passe
    Reset {
        /// Identifiant
        #[arg(value_name = "IDENTIFIANT")]
        login: String,
    },
}

/// Runs one of them.
pub async fn user(config: Config, command: User) -> Result<(), CommandError> {
    let database = Database::open(&config, Opening::Command).await?;
    let done = obey(&config, &database, command).await;
    database.close().await;
    let (login, address) = done?;
    say(&format!(
        "Lien de mot de passe de {login}, une fois et pendant 24 heures :\n{address}"
    ));
    Ok(())
}

async fn obey(config: &Config, database: &Database, command: User) -> Result<(String, String)> {
    let app = open_app(database, config).await?;
    let manages = Permit::<ManageAccounts>::for_cli("user", app.establishments().await?);
    let mut tx = app.begin_with(&manages, None).await?;
    let (login, token) = match command {
        User::Create {
            login,
            name,
            role,
            establishment,
        } => create(&app, &mut tx, &manages, (login, name), &role, establishment).await?,
        User::Reset { login } => reset(&mut tx, &manages, &login).await?,
    };
    let (token, event) = token;
    tx.commit_quietly(event, "/").await?;
    Ok((
        login,
        format!("{}/accounts/links/{token}", app.public_url()),
    ))
}

/// The one-time address that creates the first administrator, when nobody has an account on a base
/// that is no demonstration.
pub async fn set_up_address(app: &App) -> Result<Option<String>> {
    let nobody = {
        let mut read = Read::open(app.pool()).await?;
        queries::nobody_yet(&mut read).await?
    };
    if !nobody || app.instance().is_demo {
        return Ok(None);
    }
    let manages = Permit::<ManageAccounts>::for_cli("serve", app.establishments().await?);
    let mut tx = app.begin_with(&manages, None).await?;
    let (token, event) = links::invite_first(&mut tx).await?;
    tx.commit_quietly(event, "/").await?;
    Ok(Some(format!("{}/accounts/setup/{token}", app.public_url())))
}

type Handed = (String, (String, crate::kernel::Event));

async fn create(
    app: &App,
    tx: &mut Tx,
    manages: &Permit<ManageAccounts>,
    (login, name): (String, String),
    role: &str,
    establishment: Option<String>,
) -> Result<Handed> {
    let known = || {
        Role::ALL
            .iter()
            .map(|r| r.code())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let role = Role::of_code(role).ok_or_else(|| {
        Error::refused(
            "rôle inconnu",
            format!(
                "« {role} » n’est pas un rôle ; les rôles sont : {}",
                known()
            ),
        )
    })?;
    if !is_login(&login) || name.trim().is_empty() {
        return Err(Error::refused(
            "identifiant",
            format!(
                "l’identifiant « {login} » ou le nom « {name} » ne convient pas : de 2 à 80 minuscules sans accent, chiffres, « . », « - », « _ » et « @ » pour l’un, l’autre non vide"
            ),
        ));
    }
    let establishments = app.establishments().await?;
    let sees = Permit::<ManageSites>::for_cli("user", establishments.clone());
    let scope = match establishment {
        None => GrantScope::Group,
        Some(code) => {
            let found = establishments::maybe_by_code(tx, sees.sees(), &code).await?;
            let found = found.ok_or_else(|| {
                Error::refused(
                    "établissement inconnu",
                    format!("aucun établissement n’a le code ni le FINESS « {code} »"),
                )
            })?;
            GrantScope::Establishment(found.id)
        }
    };
    let place = crate::accounts::grants::queries::place_of(tx, scope).await?;
    let new = NewAccount {
        login: login.clone(),
        name: name.trim().to_owned(),
        ..NewAccount::default()
    };
    let (id, created) = users::create(tx, manages.over(&place)?, new).await?;
    let gives = Permit::<GiveGrants>::for_cli("user", establishments);
    let grant = NewGrant {
        account: id,
        role,
        scope,
        ends_on: None,
    };
    let (_, granted) = give(tx, gives.over(&place)?, grant).await?;
    let (token, handed) = links::hand(tx, manages.over(&Place::SHARED)?, id, &name).await?;
    Ok((login, (token, created.and(granted).and(handed))))
}

async fn reset(tx: &mut Tx, manages: &Permit<ManageAccounts>, login: &str) -> Result<Handed> {
    let now = tx.now();
    let account = queries::find_by_login(tx, manages.sees(), login, now)
        .await
        .map_err(|error| match error {
            Error::NotFound => Error::refused(
                "compte inconnu",
                format!("personne n’a l’identifiant « {login} »"),
            ),
            other => other,
        })?;
    let mut before = None;
    if account.deactivated_at.is_some() {
        before = Some(users::reactivate(tx, account.covered(manages)?, &account).await?);
    }
    let (token, handed) =
        links::hand(tx, account.covered(manages)?, account.id, &account.name).await?;
    let event = match before {
        Some(before) => before.and(handed),
        None => handed,
    };
    Ok((account.login, (token, event)))
}
